package filter

import (
	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
)

// Row is a version of a feature as a condition asks for it. Readers that keep features in
// another form than spatial.Feature have a Row of their own.
type Row interface {
	// Value returns what a Ref of the filter stands for; members of time and space are asked
	// for below.
	Value(ref int) spatial.Value
	// Code returns a number other than 0 that is the same only for equal values of the Ref, so
	// that what was found out about one need not be found out again; 0 when there is none.
	Code(ref int) uint32
	// Valid and Recorded return when it stands and since when that is known.
	Valid() spatial.Interval
	Recorded() spatial.Interval
	// Geometry returns the geometry, nil for none. It need not stay as it is beyond the row.
	Geometry() geom.T
	// Heights returns the heights that it fills.
	Heights() spatial.ZRange
	// Apart reports that the row has a geometry and that this shares no point with a Box of
	// the filter. False says nothing.
	Apart(box int) bool
}

// featureRow is a spatial.Feature.
type featureRow struct {
	*spatial.Feature
	refs  []Ref
	boxes []spatial.Box
	box   spatial.Box
	boxed bool
}

func (r *featureRow) Code(int) uint32            { return 0 }
func (r *featureRow) Valid() spatial.Interval    { return r.Feature.Valid }
func (r *featureRow) Recorded() spatial.Interval { return r.Feature.Recorded }
func (r *featureRow) Geometry() geom.T           { return r.Feature.Geometry }
func (r *featureRow) Heights() spatial.ZRange    { return r.Z }

func (r *featureRow) Apart(box int) bool {
	if r.Feature.Geometry == nil {
		return false
	}
	if !r.boxed {
		r.box, r.boxed = spatial.BoxOf(r.Feature.Geometry), true
	}
	return !r.boxes[box].Overlaps2D(r.box)
}

func (r *featureRow) Value(ref int) spatial.Value {
	of := r.refs[ref]
	if v := r.member(of.Member); v.Kind() != spatial.Null {
		return v
	}
	v, _ := r.Properties.Get(of.Name)
	return v
}

func (r *featureRow) member(m Member) spatial.Value {
	switch m {
	case ID:
		return spatial.StringOf(r.ID)
	case Class:
		return Known(r.Kind)
	case Name:
		return Known(r.Feature.Name)
	case Model:
		return Known(r.Feature.Model)
	case Storey:
		return Known(r.Feature.Storey)
	case ZMin, ZMax, Underground:
		return MemberOf(m, r.Z, r.Feature.Underground)
	}
	return spatial.Value{}
}

// Known returns a text, or null for one that nobody gave.
func Known(s string) spatial.Value {
	if s == "" {
		return spatial.Value{}
	}
	return spatial.StringOf(s)
}

// MemberOf returns a member that is no text: ZMin, ZMax or Underground; null for others and
// for what is not known.
func MemberOf(m Member, z spatial.ZRange, underground spatial.Truth) spatial.Value {
	switch {
	case m == ZMin && z.Known:
		return spatial.FloatOf(z.Min)
	case m == ZMax && z.Known:
		return spatial.FloatOf(z.Max)
	case m == Underground && underground != spatial.Unknown:
		return spatial.BoolOf(underground == spatial.Yes)
	}
	return spatial.Value{}
}
