package postgis

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/wkb"
)

// columns are what a row holds, in the order of decode.
const columns = `v.version_id, v.id, v.num, v.model_id, v.kind, v.name, v.storey, v.underground, st_asbinary(v.geom),
 v.z_min, v.z_max, v.properties, v.valid_from, v.valid_to, v.recorded_from, v.hash, v.has_body, v.frame_id, v.cell,
 v.rev_to, v.recorded_to`

const (
	atVersion = iota
	atID
	atNum
	atModel
	atKind
	atName
	atStorey
	atUnderground
	atGeom
	atZMin
	atZMax
	atProperties
	atValidFrom
	atValidTo
	atRecorded
	atHash
	atHasBody
	atFrame
	atCell
	atRevTo
	atRecordedTo
)

// timeFrom is a parameter: nil for the zero time, which is unbounded.
func timeFrom(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// timeTo is the opposite.
func timeTo(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// row is a decoded row of shikong.version, with what only the store needs.
type row struct {
	number  int64
	cell    int64
	frame   *int64
	hasBody bool
	feature spatial.Feature
}

// decoder turns raw rows into features of one collection.
type decoder struct {
	collection string
	models     map[int32]string
	properties []string // to return, nil for all
	known      int64    // up to this revision it is told when versions ended to be recorded; 0 for not at all
}

// decode reads the binary values of one row; they are only lent.
func (d *decoder) decode(raw [][]byte, out *row) error {
	*out = row{number: int64At(raw[atVersion]), cell: int64At(raw[atCell]), hasBody: raw[atHasBody][0] != 0}
	if b := raw[atFrame]; b != nil {
		frame := int64At(b)
		out.frame = &frame
	}
	f := &out.feature
	f.Collection = d.collection
	f.ID = string(raw[atID])
	f.Num = uint64(int64At(raw[atNum]))
	f.Model = d.models[int32(binary.BigEndian.Uint32(raw[atModel]))]
	f.Kind, f.Name, f.Storey = string(raw[atKind]), string(raw[atName]), string(raw[atStorey])
	f.Underground = spatial.Truth(int16(binary.BigEndian.Uint16(raw[atUnderground])))
	if raw[atZMin] != nil && raw[atZMax] != nil {
		f.Z = spatial.ZRange{Min: float64At(raw[atZMin]), Max: float64At(raw[atZMax]), Known: true}
	}
	f.Valid = spatial.Interval{Start: timeAt(raw[atValidFrom]), End: timeAt(raw[atValidTo])}
	f.Recorded = spatial.Interval{Start: timeAt(raw[atRecorded])}
	if to := raw[atRevTo]; to != nil && int64At(to) <= d.known {
		f.Recorded.End = timeAt(raw[atRecordedTo])
	}
	copy(f.Hash[:], raw[atHash])
	var err error
	if f.Geometry, err = decodeGeometry(raw[atGeom]); err != nil {
		return fmt.Errorf("geometry of %q: %w", f.ID, err)
	}
	p, err := spatial.ParseProperties(raw[atProperties])
	if err != nil {
		return fmt.Errorf("feature %q: %w", f.ID, err)
	}
	f.Properties = p.Select(d.properties)
	return nil
}

func int64At(b []byte) int64     { return int64(binary.BigEndian.Uint64(b)) }
func float64At(b []byte) float64 { return math.Float64frombits(binary.BigEndian.Uint64(b)) }

// epoch2000 is where PostgreSQL's binary timestamps begin, in microseconds since 1970.
const epoch2000 = 946_684_800_000_000

func timeAt(b []byte) time.Time {
	if b == nil {
		return time.Time{}
	}
	return time.UnixMicro(int64At(b) + epoch2000).UTC()
}

func decodeGeometry(b []byte) (geom.T, error) {
	if b == nil {
		return nil, nil
	}
	return wkb.Parse(b)
}
