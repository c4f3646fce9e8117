package cityjson

import (
	"errors"
	"math"

	"github.com/go-faster/jx"
)

// depths is how deep the boundaries of each type nest, down to the vertex numbers.
var depths = map[string]int{
	"MultiPoint": 1, "MultiLineString": 2, "MultiSurface": 3, "CompositeSurface": 3,
	"Solid": 4, "MultiSolid": 5, "CompositeSolid": 5,
}

// geometry is one geometry of a city object.
type geometry struct {
	typ        string
	lod        string
	boundaries boundaries
	surfaces   []string // types of the semantic surfaces
	values     []int    // for each surface its number among surfaces, -1 for none
	// Of an instance of a template:
	template int
	matrix   [16]float64 // row-major
}

// boundaries are nested lists of vertex numbers, laid out flat: rings of vertices, surfaces
// of rings, solids of surfaces. Solids without their shells apart, since all shells of a solid
// bound it together.
type boundaries struct {
	vertices []uint32
	rings    []int // ends among vertices
	surfaces []int // ends among rings
	solids   []int // ends among surfaces
}

var errDepth = errors.New("boundaries nest deeper or less deep than their type")

// read reads a list of the given depth.
func (b *boundaries) read(d *jx.Decoder, depth int) error {
	if d.Next() != jx.Array {
		return errDepth
	}
	err := d.Arr(func(d *jx.Decoder) error {
		if depth > 1 {
			return b.read(d, depth-1)
		}
		v, err := d.UInt32()
		b.vertices = append(b.vertices, v)
		return err
	})
	switch depth {
	case 1:
		b.rings = append(b.rings, len(b.vertices))
	case 2:
		b.surfaces = append(b.surfaces, len(b.rings))
	}
	return err
}

// readTop reads the boundaries of a type and closes solids where its depth says so.
func (b *boundaries) readTop(d *jx.Decoder, depth int) error {
	if depth < 5 {
		if err := b.read(d, depth); err != nil {
			return err
		}
		b.solids = append(b.solids, len(b.surfaces))
		return nil
	}
	return d.Arr(func(d *jx.Decoder) error { return b.readTop(d, depth-1) })
}

// readGeometry reads a geometry object, whose members come in any order.
func readGeometry(raw jx.Raw) (*geometry, error) {
	g := &geometry{template: -1}
	var bounds, semantics jx.Raw
	err := jx.DecodeBytes(raw).ObjBytes(func(d *jx.Decoder, key []byte) (err error) {
		switch string(key) {
		case "type":
			g.typ, err = d.Str()
		case "lod":
			g.lod, err = lodOf(d)
		case "boundaries":
			bounds, err = d.Raw()
		case "semantics":
			semantics, err = d.Raw()
		case "template":
			g.template, err = d.Int()
		case "transformationMatrix":
			err = g.readMatrix(d)
		default:
			err = d.Skip()
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	depth := depths[g.typ]
	if g.typ == "GeometryInstance" {
		depth = 1
	}
	if depth == 0 {
		return nil, invalid("unsupported-geometry", "a geometry of the type %.40q is not known", g.typ)
	}
	if bounds == nil {
		return g, nil
	}
	if err := g.boundaries.readTop(jx.DecodeBytes(bounds), depth); err != nil {
		return nil, invalid("invalid-boundaries", "%s", err)
	}
	if semantics != nil {
		g.readSemantics(semantics)
	}
	return g, nil
}

// lodOf reads a level of detail, a text since version 1.1 and a number before.
func lodOf(d *jx.Decoder) (string, error) {
	if d.Next() == jx.Number {
		n, err := d.Num()
		return n.String(), err
	}
	return d.Str()
}

func (g *geometry) readMatrix(d *jx.Decoder) error {
	i := 0
	err := d.Arr(func(d *jx.Decoder) (err error) {
		if i == len(g.matrix) {
			return errors.New("more than sixteen numbers in a transformationMatrix")
		}
		g.matrix[i], err = d.Float64()
		i++
		return err
	})
	if err == nil && i != len(g.matrix) {
		err = errors.New("fewer than sixteen numbers in a transformationMatrix")
	}
	return err
}

// readSemantics reads what each surface is. What does not fit the surfaces is left aside: it
// only helps to find the ground.
func (g *geometry) readSemantics(raw jx.Raw) {
	var values []int
	err := jx.DecodeBytes(raw).ObjBytes(func(d *jx.Decoder, key []byte) error {
		switch string(key) {
		case "surfaces":
			if d.Next() != jx.Array {
				return d.Skip()
			}
			return d.Arr(func(d *jx.Decoder) error {
				g.surfaces = append(g.surfaces, "")
				return d.ObjBytes(func(d *jx.Decoder, key []byte) (err error) {
					if string(key) != "type" {
						return d.Skip()
					}
					g.surfaces[len(g.surfaces)-1], err = d.Str()
					return err
				})
			})
		case "values":
			return readValues(d, &values)
		}
		return d.Skip()
	})
	if err == nil && len(values) == len(g.boundaries.surfaces) {
		g.values = values
	}
}

func readValues(d *jx.Decoder, to *[]int) error {
	switch d.Next() {
	case jx.Array:
		return d.Arr(func(d *jx.Decoder) error { return readValues(d, to) })
	case jx.Null:
		*to = append(*to, -1)
		return d.Null()
	}
	v, err := d.Int()
	*to = append(*to, v)
	return err
}

// is reports whether surface i is of the semantic type.
func (g *geometry) is(i int, typ string) bool {
	return g.values != nil && g.values[i] >= 0 && g.values[i] < len(g.surfaces) && g.surfaces[g.values[i]] == typ
}

// check returns an error when a vertex number is not below n.
func (b *boundaries) check(n int) error {
	for _, v := range b.vertices {
		if uint64(v) >= uint64(min(n, math.MaxUint32)) { //nolint:gosec // not negative
			return invalid("invalid-boundaries", "a boundary names vertex %d of %d", v, n)
		}
	}
	return nil
}

// compact numbers the vertices anew in the order of their use and returns the positions of
// those that are used: an object uses few of all that a document has.
func (b *boundaries) compact(positions []float64) []float64 {
	numbers := make(map[uint32]uint32, len(b.vertices))
	used := make([]float64, 0, 3*len(b.vertices))
	for i, v := range b.vertices {
		n, ok := numbers[v]
		if !ok {
			n = uint32(len(numbers)) //nolint:gosec // no more than there are vertices
			numbers[v] = n
			used = append(used, positions[3*v:3*v+3]...)
		}
		b.vertices[i] = n
	}
	return used
}

// span returns items from, to of a list of ends.
func span(ends []int, i int) (from, to int) {
	if i > 0 {
		from = ends[i-1]
	}
	return from, ends[i]
}
