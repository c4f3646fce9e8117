package storetest

import (
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

const city = "city"

// day reads a date as its first instant in UTC; "" is unbounded.
func day(s string) time.Time {
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse("2006-01-02", s)
	if err != nil {
		panic("a date in the suite is wrong: " + s)
	}
	return t
}

func span(from, to string) spatial.Interval {
	return spatial.Interval{Start: day(from), End: day(to)}
}

// trait changes a feature while it is made.
type trait func(*spatial.Feature)

func valid(from, to string) trait {
	return func(f *spatial.Feature) { f.Valid = span(from, to) }
}

func at(lon, lat float64) trait { return shape(point(lon, lat)) }

func shape(g geom.T) trait { return func(f *spatial.Feature) { f.Geometry = g } }

func heights(low, high float64) trait {
	return func(f *spatial.Feature) { f.Z = spatial.ZRange{Min: low, Max: high, Known: true} }
}

func properties(json string) trait {
	return func(f *spatial.Feature) {
		p, err := spatial.ParseProperties([]byte(json))
		if err != nil {
			panic("properties in the suite are wrong: " + err.Error())
		}
		f.Properties = p
	}
}

func body(instances ...mesh.Instance) trait {
	return func(f *spatial.Feature) { f.Body = &spatial.Body{Instances: instances} }
}

// thing makes a feature whose name tells its versions apart.
func thing(id, name string, traits ...trait) spatial.Feature {
	f := spatial.Feature{ID: id, Name: name, Geometry: point(114, 22.5)}
	for _, t := range traits {
		t(&f)
	}
	return f
}

func point(c ...float64) geom.T {
	if len(c) == 3 {
		return geom.NewPointFlat(geom.XYZ, c)
	}
	return geom.NewPointFlat(geom.XY, c)
}

// square returns the polygon of a rectangle, with a hole when one is given.
func square(x0, y0, x1, y1 float64, hole ...float64) geom.T {
	flat := []float64{x0, y0, x1, y0, x1, y1, x0, y1, x0, y0}
	ends := []int{10}
	if len(hole) == 4 {
		a, b, c, d := hole[0], hole[1], hole[2], hole[3]
		flat = append(flat, a, b, a, d, c, d, c, b, a, b)
		ends = append(ends, 20)
	}
	return geom.NewPolygonFlat(geom.XY, flat, ends)
}

func line(c ...float64) geom.T { return geom.NewLineStringFlat(geom.XY, c) }

// tetrahedron returns a closed mesh of the given size.
func tetrahedron(size float64) *mesh.Mesh {
	return &mesh.Mesh{
		Positions: []float64{0, 0, 0, size, 0, 0, 0, size, 0, 0, 0, size},
		Triangles: []uint32{0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3},
		Closed:    true,
	}
}

func stand(m *mesh.Mesh, x, y, z float64, material string) mesh.Instance {
	return mesh.Instance{Mesh: m, Transform: mesh.Translation(mesh.Vec3{x, y, z}),
		Material: mesh.Material{Name: material, RGBA: [4]float32{0.25, 0.5, 0.75, 1}}}
}

func frame(lon, lat float64) *spatial.Frame {
	return &spatial.Frame{Origin: [3]float64{lon, lat, 3.5}, Axes: [9]float64{1, 0, 0, 0, 1, 0, 0, 0, 1}}
}

func stream(list []spatial.Feature) iter.Seq2[spatial.Feature, error] {
	return func(yield func(spatial.Feature, error) bool) {
		for _, f := range list {
			if !yield(f, nil) {
				return
			}
		}
	}
}

// replace makes an import of the whole model.
func replace(model string, list ...spatial.Feature) spatial.Import {
	return spatial.Import{Collection: spatial.Collection{Name: city}, Model: model,
		Source: spatial.Source{Name: model + ".geojson", Bytes: int64(len(list)), Schema: "GeoJSON"}, Features: stream(slices.Clone(list))}
}

// continueFrom makes an import of the model's content from a day on.
func continueFrom(from, model string, list ...spatial.Feature) spatial.Import {
	in := replace(model, list...)
	in.From = day(from)
	return in
}

// only narrows an import to some ids.
func only(i spatial.Import, ids ...string) spatial.Import {
	i.Only = ids
	return i
}

func in(collection string, i spatial.Import) spatial.Import {
	i.Collection.Name = collection
	return i
}

func all() spatial.Query { return spatial.Query{Collection: city} }

func on(date string) spatial.Query {
	return spatial.Query{Collection: city, Valid: spatial.At(day(date))}
}

// sorted asks for everything in an order, a minus before a name for descending.
func sorted(names ...string) spatial.Query {
	q := all()
	for _, name := range names {
		bare, descending := strings.CutPrefix(name, "-")
		q.Sort = append(q.Sort, spatial.SortKey{Name: bare, Descending: descending})
	}
	return q
}
