package flatgeobuf_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/wkt"

	"github.com/shikong-cim/shikong/spatial"
)

// This reader knows the schemas of FlatGeobuf and the layout of FlatBuffers, and nothing of the
// writer. What is not as they say is a panic, which fails the test.

var le = binary.LittleEndian

// table is a FlatBuffers table in a buffer that begins with its size.
type table struct {
	b  []byte
	at int
}

func rootOf(b []byte) table {
	if int(le.Uint32(b)) != len(b)-4 || len(b)%8 != 0 {
		panic(fmt.Sprintf("a buffer of %d bytes says it has %d", len(b), le.Uint32(b)))
	}
	return table{b, 4 + int(le.Uint32(b[4:]))}
}

// field returns where a field of a size stands, 0 when it is absent.
func (t table) field(id, size int) int {
	vtable := t.at - int(int32(le.Uint32(t.b[t.at:])))
	if 4+2*id >= int(le.Uint16(t.b[vtable:])) {
		return 0
	}
	at := int(le.Uint16(t.b[vtable+4+2*id:]))
	if at == 0 {
		return 0
	}
	if at+size > int(le.Uint16(t.b[vtable+2:])) || t.at%4 != 0 || vtable%2 != 0 || (t.at+at)%size != 0 {
		panic(fmt.Sprintf("the field %d of %d bytes stands at %d of a table at %d", id, size, at, t.at))
	}
	return t.at + at
}

func (t table) number(id, size int) uint64 {
	at := t.field(id, size)
	if at == 0 {
		return 0
	}
	var b [8]byte
	copy(b[:], t.b[at:at+size])
	return le.Uint64(b[:])
}

// vector returns where the elements of a size begin, and their number.
func (t table) vector(id, size int) (at, n int) {
	at = t.field(id, 4)
	if at == 0 {
		return 0, 0
	}
	at += int(le.Uint32(t.b[at:]))
	n = int(le.Uint32(t.b[at:]))
	if at += 4; at%size != 0 || at+n*size > len(t.b) {
		panic(fmt.Sprintf("a vector of %d × %d bytes stands at %d", n, size, at))
	}
	return at, n
}

func (t table) floats(id int) (list []float64) {
	at, n := t.vector(id, 8)
	for i := range n {
		list = append(list, math.Float64frombits(le.Uint64(t.b[at+8*i:])))
	}
	return list
}

func (t table) text(id int) string {
	at, n := t.vector(id, 1)
	if at > 0 && t.b[at+n] != 0 {
		panic("a text does not end with a zero")
	}
	return string(t.b[at : at+n])
}

func (t table) tables(id int) (list []table) {
	at, n := t.vector(id, 4)
	for i := range n {
		list = append(list, table{t.b, at + 4*i + int(le.Uint32(t.b[at+4*i:]))})
	}
	return list
}

// file is a FlatGeobuf file as it was read.
type file struct {
	name, title, description, crs string
	kind                          int
	z                             bool
	envelope                      []float64
	columns                       []string // "name type"
	nodes                         int
	features                      []feature
	tree                          []byte
	at                            map[uint64]int // offsets of the features
}

type feature struct {
	geometry geom.T
	values   map[string]spatial.Value
}

func (f *feature) id() string { return f.values["id"].Text() }

var columnNames = map[uint64]string{2: "bool", 7: "long", 10: "double", 11: "string", 12: "json", 13: "datetime"}

func read(t testing.TB, path string) *file {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(b[:8]) != "fgb\x03fgb\x01" {
		t.Fatalf("the file begins with %q", b[:8])
	}
	size := 12 + int(le.Uint32(b[8:]))
	h := rootOf(b[8:size])
	f := &file{name: h.text(0), envelope: h.floats(1), kind: int(h.number(2, 1)), z: h.number(3, 1) == 1, nodes: int(h.number(9, 2)),
		title: h.text(11), description: h.text(12), at: map[uint64]int{}}
	for _, c := range h.tables(7) {
		f.columns = append(f.columns, c.text(0)+" "+columnNames[c.number(1, 1)])
	}
	at := h.field(10, 4)
	crs := table{h.b, at + int(le.Uint32(h.b[at:]))}
	f.crs = fmt.Sprintf("%s:%d %s", crs.text(0), crs.number(1, 4), crs.text(2))
	count := h.number(8, 8)
	b = b[size:]
	if f.nodes > 0 {
		n := 40 * total(levels(int(count), f.nodes))
		f.tree, b = b[:n], b[n:]
	}
	for offset := uint64(0); len(b) > 0; {
		size := 4 + int(le.Uint32(b))
		f.at[offset] = len(f.features)
		f.features = append(f.features, f.feature(rootOf(b[:size])))
		b, offset = b[size:], offset+uint64(size)
	}
	if uint64(len(f.features)) != count {
		t.Fatalf("%d features, and the header says %d", len(f.features), count)
	}
	return f
}

// levels returns the number of nodes of each level, the root's first.
func levels(leaves, size int) []int {
	list := []int{leaves}
	for ok := true; ok; ok = list[0] > 1 {
		list = append([]int{(list[0] + size - 1) / size}, list...)
	}
	return list
}

func total(list []int) (n int) {
	for _, v := range list {
		n += v
	}
	return n
}

// search returns the numbers of the features that the tree finds in minx, miny, maxx, maxy.
func (f *file) search(box [4]float64) (found []int) {
	counts := levels(len(f.features), f.nodes)
	var visit func(level, number int)
	visit = func(level, number int) {
		end := total(counts[:level+1])
		for i := number; i < min(number+f.nodes, end); i++ {
			b := f.tree[40*i:]
			at := func(k int) float64 { return math.Float64frombits(le.Uint64(b[8*k:])) }
			if at(0) > box[2] || at(1) > box[3] || at(2) < box[0] || at(3) < box[1] {
				continue
			}
			child := le.Uint64(b[32:])
			if level < len(counts)-1 {
				visit(level+1, int(child))
				continue
			}
			n, ok := f.at[child]
			if !ok || n != i-total(counts[:level]) {
				panic(fmt.Sprintf("the leaf %d leads to %d, where no feature or another begins", i, child))
			}
			found = append(found, n)
		}
	}
	visit(0, 0)
	return found
}

func (f *file) feature(t table) (got feature) {
	got.values = map[string]spatial.Value{}
	if at := t.field(0, 4); at > 0 {
		got.geometry = f.geometry(table{t.b, at + int(le.Uint32(t.b[at:]))}, f.kind)
	}
	at, n := t.vector(1, 1)
	for b := t.b[at : at+n]; len(b) > 0; {
		name, kind, _ := strings.Cut(f.columns[le.Uint16(b)], " ")
		b = b[2:]
		var v spatial.Value
		switch kind {
		case "bool":
			v, b = spatial.BoolOf(b[0] == 1), b[1:]
		case "long":
			v, b = spatial.IntOf(int64(le.Uint64(b))), b[8:]
		case "double":
			v, b = spatial.FloatOf(math.Float64frombits(le.Uint64(b))), b[8:]
		default:
			text := string(b[4 : 4+le.Uint32(b)])
			v, b = spatial.StringOf(text), b[4+len(text):]
			if kind == "json" {
				v = spatial.JSONOf(text)
			}
		}
		if _, twice := got.values[name]; twice {
			panic("a value is given twice: " + name)
		}
		got.values[name] = v
	}
	return got
}

// geometry reads a geometry; kind is what holds it promises, or 0.
func (f *file) geometry(t table, kind int) geom.T {
	if own := int(t.number(6, 1)); kind == 0 {
		kind = own
	} else if own != 0 && own != kind {
		panic("a geometry is of another type than its file")
	}
	layout := geom.XY
	if f.z {
		layout = geom.XYZ
	}
	var flat []float64
	xy, z := t.floats(1), t.floats(2)
	for i := 0; i < len(xy); i += 2 {
		if flat = append(flat, xy[i], xy[i+1]); f.z {
			flat = append(flat, z[i/2])
		}
	}
	var ends []int
	at, n := t.vector(0, 4)
	for i := range n {
		ends = append(ends, int(le.Uint32(t.b[at+4*i:]))*layout.Stride())
	}
	if len(ends) == 0 {
		ends = []int{len(flat)}
	}
	if len(flat) == 0 && len(t.tables(7)) == 0 {
		panic("an empty geometry")
	}
	switch kind {
	case 1:
		return geom.NewPointFlat(layout, flat)
	case 2:
		return geom.NewLineStringFlat(layout, flat)
	case 3:
		return geom.NewPolygonFlat(layout, flat, ends)
	case 4:
		return geom.NewMultiPointFlat(layout, flat)
	case 5:
		return geom.NewMultiLineStringFlat(layout, flat, ends)
	case 6:
		m := geom.NewMultiPolygon(layout)
		for _, p := range t.tables(7) {
			if err := m.Push(f.geometry(p, 3).(*geom.Polygon)); err != nil {
				panic(err)
			}
		}
		return m
	case 7:
		c := geom.NewGeometryCollection()
		for _, p := range t.tables(7) {
			c.MustPush(f.geometry(p, 0))
		}
		return c
	}
	panic(fmt.Sprintf("a geometry of type %d", kind))
}

// String writes all that was read, a line a feature.
func (f *file) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %q, %q\n%s\ntype %d, z %t, envelope %v, nodes of %d\n%s\n", f.name, f.title, f.description, f.crs, f.kind, f.z, f.envelope, f.nodes, strings.Join(f.columns, ", "))
	for _, v := range f.features {
		text := "-"
		if v.geometry != nil {
			text, _ = wkt.Marshal(v.geometry)
		}
		b.WriteString(text)
		for _, c := range f.columns {
			name, _, _ := strings.Cut(c, " ")
			if v, ok := v.values[name]; ok {
				fmt.Fprintf(&b, " %s=%s", name, v.AppendJSON(nil))
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}
