package memory

import (
	"fmt"
	"slices"

	"github.com/shikong-cim/shikong/spatial"
)

// builder adds rows to a table. It belongs to one writer.
type builder struct {
	*Table
	dict   *dict
	schema *schema
	exact  exactWriter
	out    outliner
	last   [3]label // of model, kind and storey
	expect int      // how many rows are to come, about; 0 where nobody knows
	ids    []ValueID
}

// sampled is how many rows tell how long the others will be.
const sampled = 4096

// reserve makes room in a table of the first few rows for n in all: columns that grow by
// doubling are copied again and again, and are twice as large for a while.
func (t *Table) reserve(n int) {
	rows := t.len()
	part := float64(n-rows) / float64(rows) * 1.02
	if part <= 0 {
		return
	}
	t.number, t.num, t.hash = more(t.number, part), more(t.num, part), more(t.hash, part)
	t.recorded, t.start, t.end = more(t.recorded, part), more(t.start, part), more(t.end, part)
	t.model, t.kind, t.name, t.storey = more(t.model, part), more(t.kind, part), more(t.name, part), more(t.storey, part)
	t.flags, t.area, t.z, t.shape, t.box = more(t.flags, part), more(t.area, part), more(t.z, part), more(t.shape, part), more(t.box, part)
	t.ids, t.attrs, t.exact = more(t.ids, part), more(t.attrs, part), more(t.exact, part)
	t.ringKind, t.xy = more(t.ringKind, part), more(t.xy, part)
	for _, o := range [...]*offsets{&t.idEnds, &t.attrEnds, &t.exactEnds, &t.rowRings, &t.ringEnds} {
		o.reserve(part)
	}
}

// more returns a column with room for part of its length more.
func more[T any](column []T, part float64) []T {
	return slices.Grow(column, int(float64(len(column))*part))
}

func newBuilder() *builder {
	b := &builder{Table: new(Table), dict: newDict(), schema: newSchema()}
	b.out.t = b.Table
	return b
}

// tail returns a builder of another table with the same dictionary and schema.
func (b *builder) tail() *builder {
	t := &builder{Table: new(Table), dict: b.dict, schema: b.schema, exact: b.exact}
	t.out.t = t.Table
	return t
}

// together is how many versions have their values looked up at once.
const together = 32

// add adds versions as the next rows.
func (b *builder) add(list ...spatial.Version) error {
	for len(list) > 0 {
		some := list[:min(len(list), together)]
		list = list[len(some):]
		b.ids = b.dict.appendIDs(b.ids[:0], some)
		ids := b.ids
		for i := range some {
			n := 1 + len(some[i].Feature.Properties)
			if err := b.row(&some[i], ids[:n]); err != nil {
				return err
			}
			ids = ids[n:]
		}
	}
	return nil
}

// row adds a version as the next row, whose name and properties have these values.
func (b *builder) row(v *spatial.Version, ids []ValueID) error {
	t, f, i := b.Table, &v.Feature, b.Table.len()
	if i == sampled {
		t.reserve(b.expect)
	}
	box := spatial.BoxOf(f.Geometry)
	b.out.add(f.Geometry, box)

	t.ids = append(t.ids, f.ID...)
	fits := t.idEnds.push(len(t.ids))
	t.exact = b.exact.append(t.exact, f.Geometry)
	fits = t.exactEnds.push(len(t.exact)) && fits
	t.rowRings.push(t.ringEnds.len())
	t.box = append(t.box, rectOf(box))
	t.area = append(t.area, float32(b.out.area))

	t.num = append(t.num, f.Num)
	t.hash = append(t.hash, f.Hash)
	recorded, _ := micros(f.Recorded)
	t.recorded = append(t.recorded, recorded)
	start, end := micros(f.Valid)
	t.start, t.end = append(t.start, start), append(t.end, end)
	t.model = append(t.model, b.dict.label(&b.last[0], f.Model))
	t.kind = append(t.kind, b.dict.label(&b.last[1], f.Kind))
	t.name = append(t.name, ids[0])
	t.storey = append(t.storey, b.dict.label(&b.last[2], f.Storey))
	flags := b.out.flags | uint8(f.Underground)&flagTruth
	if f.Z.Known {
		flags |= flagZ
	}
	t.flags = append(t.flags, flags)
	t.traits |= t.traitsOf(i)
	t.pushZ(i, f.Z.Known, [2]float64{f.Z.Min, f.Z.Max})

	shape := b.schema.shape(f.Properties)
	t.shape = append(t.shape, shape)
	for j, c := range b.schema.Shapes[shape] {
		b.schema.kinds[c] |= 1 << f.Properties[j].Value.Kind()
	}
	t.attrs = append(t.attrs, ids[1:]...)
	fits = t.attrEnds.push(len(t.attrs)) && fits
	t.number = append(t.number, v.Number)
	if !fits || b.dict.full {
		return &spatial.Problem{Kind: spatial.ErrUnsupported, Code: "mirror-full",
			Message: fmt.Sprintf("feature %q and its neighbours are too large to be held in memory", f.ID),
			Hint:    "split the collection"}
	}
	return nil
}

// traitsOf returns what a row has, as Table.traits names it.
func (t *Table) traitsOf(i int) (traits uint8) {
	for l, id := range [Labels]ValueID{t.model[i], t.kind[i], t.name[i], t.storey[i]} {
		if id != 0 {
			traits |= 1 << l
		}
	}
	if t.flags[i]&flagTruth != 0 {
		traits |= traitGround
	}
	return traits
}
