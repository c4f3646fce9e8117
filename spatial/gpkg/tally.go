package gpkg

import (
	"fmt"
	"math"

	"github.com/shikong-cim/shikong/spatial"
)

// tally adds up what came or what went in an import.
type tally struct {
	count  int64
	box    rect             // around all that have a place
	z      spatial.ZRange   // around the known heights of those
	anyZ   bool             // one that has a place has no known heights
	time   spatial.Interval // around all valid intervals
	fields fieldCounts
	shapes int64
}

func (t *tally) add(box rect, z spatial.ZRange, valid spatial.Interval) {
	if t.count == 0 {
		t.box, t.time = emptyRect(), valid
	}
	t.count++
	t.time = around(t.time, valid)
	if box.isEmpty() {
		return
	}
	t.box.add(box)
	t.z = t.z.Extend(z)
	t.anyZ = t.anyZ || !z.Known
}

// around returns the smallest interval around both.
func around(a, b spatial.Interval) spatial.Interval {
	if b.Start.IsZero() || (!a.Start.IsZero() && b.Start.Before(a.Start)) {
		a.Start = b.Start
	}
	if b.End.IsZero() || (!a.End.IsZero() && b.End.After(a.End)) {
		a.End = b.End
	}
	return a
}

// change returns box and interval around everything that came or went; heights that are not
// known leave the box unbounded.
func change(a, b *tally) (spatial.Box, spatial.Interval) {
	box, valid := spatial.EmptyBox(), spatial.Interval{}
	first := true
	for _, t := range []*tally{a, b} {
		if t.count == 0 {
			continue
		}
		if first {
			valid, first = t.time, false
		}
		valid = around(valid, t.time)
		if t.box.isEmpty() {
			continue
		}
		part := spatial.Box2D(t.box[0], t.box[2], t.box[1], t.box[3])
		if !t.anyZ {
			part.Min[2], part.Max[2] = t.z.Min, t.z.Max
		}
		box = box.Extend(part)
	}
	return box, valid
}

// touches reports whether taking away what t holds could shrink the extent.
func (t *tally) touches(b spatial.Box) bool {
	if t.count == 0 || t.box.isEmpty() {
		return false
	}
	flat := t.box[0] <= b.Min[0] || t.box[2] <= b.Min[1] || t.box[1] >= b.Max[0] || t.box[3] >= b.Max[1]
	return flat || (t.z.Known && (t.z.Min <= b.Min[2] || t.z.Max >= b.Max[2]))
}

// extend returns the extent with what t holds.
func (t *tally) extend(b spatial.Box) spatial.Box {
	if t.count == 0 || t.box.isEmpty() {
		return b
	}
	z := t.z
	if !b.IsEmpty() && b.HasZ() {
		z = z.Extend(spatial.ZRange{Min: b.Min[2], Max: b.Max[2], Known: true})
	}
	b.Min[2], b.Max[2] = math.Inf(1), math.Inf(-1)
	b = b.Extend(spatial.Box2D(t.box[0], t.box[2], t.box[1], t.box[3]))
	if z.Known {
		b.Min[2], b.Max[2] = z.Min, z.Max
	}
	return b
}

// fieldCounts counts values by name and kind. Rows mostly have the same names in the same
// order, so the place in the row before is tried first.
type fieldCounts struct {
	byName map[string]*fieldCount
	row    []*fieldCount
}

// maxFields bounds the names of properties that one import may bring: a schema that grows
// with the features is a mistake of the source, and would not fit into memory.
const maxFields = 50_000

// check refuses what has too many fields.
func (c *fieldCounts) check(id string) error {
	if len(c.byName) <= maxFields {
		return nil
	}
	return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "too-many-fields",
		Message: fmt.Sprintf("with feature %q the properties have more than %d different names", id, maxFields),
		Hint:    "keep what varies in values, not in names"}
}

type fieldCount struct {
	name string
	n    [len(fieldTypes)]int64 // by ValueKind
}

func (c *fieldCounts) add(p spatial.Properties) {
	for i := range p {
		var f *fieldCount
		if i < len(c.row) && c.row[i].name == p[i].Name {
			f = c.row[i]
		} else {
			f = c.find(p[i].Name, i)
		}
		f.n[p[i].Value.Kind()]++
	}
}

func (c *fieldCounts) find(name string, i int) *fieldCount {
	f := c.byName[name]
	if f == nil {
		if c.byName == nil {
			c.byName = map[string]*fieldCount{}
		}
		f = &fieldCount{name: name}
		c.byName[name] = f
	}
	if i < len(c.row) {
		c.row[i] = f
	} else if i == len(c.row) {
		c.row = append(c.row, f)
	}
	return f
}
