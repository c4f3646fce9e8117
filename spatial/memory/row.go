package memory

import (
	"time"

	"github.com/shikong-cim/shikong/spatial"
)

// reading is what a row needs besides its own columns to become a feature again.
type reading struct {
	collection string
	values     Values
	schema     Schema
	exact      exactReader
}

// feature returns row i as the store has it.
func (r *reading) feature(t *Table, i int) spatial.Feature {
	f := spatial.Feature{Collection: r.collection, ID: t.id(i), Num: t.num[i], Hash: t.hash[i]}
	f.Model, f.Kind, f.Name, f.Storey = r.text(t.model[i]), r.text(t.kind[i]), r.text(t.name[i]), r.text(t.storey[i])
	f.Z, f.Underground = t.zRange(i), spatial.Truth(t.flags[i]&flagTruth)
	f.Valid = spatial.Interval{Start: timeOf(t.start[i]), End: timeOf(t.end[i])}
	f.Recorded = spatial.Interval{Start: timeOf(t.recorded[i])}
	r.exact.buf = t.exactOf(i)
	f.Geometry, f.Properties = r.exact.geometry(), r.properties(t, i)
	return f
}

func (r *reading) text(id ValueID) string {
	if id == 0 {
		return ""
	}
	return r.values.Value(id).Text()
}

func (r *reading) properties(t *Table, i int) spatial.Properties {
	start, end := t.attrEnds.span(i)
	if start == end {
		return nil
	}
	list := make(spatial.Properties, end-start)
	for j, c := range r.schema.Shapes[t.shape[i]] {
		list[j] = spatial.Property{Name: r.schema.Names[c], Value: r.values.Value(t.attrs[start+j])}
	}
	return list
}

func timeOf(micros int64) time.Time {
	if micros == never || micros == forever {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}
