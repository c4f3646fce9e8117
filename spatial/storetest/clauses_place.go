package storetest

import (
	"math"

	"github.com/shikong-cim/shikong/spatial"
)

// placeClauses say what Box and Near find.
var placeClauses = []clause{
	{"a box finds what meets it, touching counts", func(p *play) {
		p.put(replace("m", thing("corner", "", at(1, 1)), thing("inside", "", at(0.5, 0.5)), thing("outside", "", at(1.0000001, 1)),
			thing("crossing", "", shape(line(-1, 0.5, 2, 0.6))), thing("passing", "", shape(line(0.9, 1.5, 1.5, 0.9))),
			thing("around", "", shape(square(-1, -1, 2, 2))), thing("touching", "", shape(square(1, 1, 2, 2))),
			thing("nowhere", "", shape(nil))))
		p.want(box(0, 0, 1, 1), "around ", "corner ", "crossing ", "inside ", "touching ")
		p.want(box(5, 5, 6, 6))
		p.want(box(0.5, 0.5, 0.5, 0.5), "around ", "inside ")
	}},
	{"a box in the hole of a polygon does not meet it", func(p *play) {
		p.put(replace("m", thing("a", "", shape(square(0, 0, 10, 10, 2, 2, 8, 8)))))
		p.want(box(4, 4, 5, 5))
		p.want(box(8, 4, 9, 5), "a ")
		p.want(box(4, 4, 9, 5), "a ")
		p.want(box(1, 1, 1.5, 1.5), "a ")
	}},
	{"a box is exact where the bounding boxes meet and the shapes do not", func(p *play) {
		p.put(replace("m", thing("l", "", shape(line(0, 0, 10, 10))), thing("u", "", shape(square(0, 0, 10, 10, 1, 1, 9, 9)))))
		p.want(box(7, 2, 8, 3))
		p.want(box(2, 2, 3, 3), "l ")
	}},
	{"heights of the box and of the thing must meet, unknown ones always do", func(p *play) {
		p.put(replace("m", thing("ground", "", heights(0, 10)), thing("tower", "", heights(0, 100)), thing("tunnel", "", heights(-30, -20)),
			thing("unknown", ""), thing("z only", "", shape(point(114, 22.5, 1000)))))
		q := box(113, 22, 115, 23)
		p.want(q, "ground ", "tower ", "tunnel ", "unknown ", "z only ")
		q.Box.Min[2], q.Box.Max[2] = 10, 20
		p.want(q, "ground ", "tower ", "unknown ", "z only ")
		q.Box.Min[2], q.Box.Max[2] = 10.5, math.Inf(1)
		p.want(q, "tower ", "unknown ", "z only ")
		q.Box.Min[2], q.Box.Max[2] = math.Inf(-1), -20
		p.want(q, "tunnel ", "unknown ", "z only ")
	}},
	{"a box over the antimeridian meets both sides", func(p *play) {
		p.put(replace("m", thing("east", "", at(179.5, 0)), thing("west", "", at(-179.5, 0)), thing("far", "", at(0, 0)),
			thing("on", "", at(180, 0)), thing("on the other", "", at(-180, 0))))
		p.want(box(179, -1, -179, 1), "east ", "on ", "on the other ", "west ")
		p.want(box(-180, -90, 180, 90), "east ", "far ", "on ", "on the other ", "west ")
	}},
	{"the box of a hundred millionth of a degree is not widened by a coarse index", func(p *play) {
		p.put(replace("m", thing("a", "", at(114.00000001, 22.50000001)), thing("b", "", at(114.00000002, 22.50000001))))
		p.want(box(114.00000001, 22.5, 114.000000015, 22.6), "a ")
		p.want(box(114.000000015, 22.5, 114.00000002, 22.6), "b ")
	}},
	{"empty geometries are nowhere", func(p *play) {
		p.put(replace("m", emptyThings()...))
		p.want(box(-180, -90, 180, 90))
		p.want(spatial.Query{Collection: city, Near: &spatial.Near{}})
		p.check()
	}},
	{"a box that is none is refused", func(p *play) {
		p.put(replace("m", thing("a", "1")))
		for _, q := range []spatial.Query{box(0, 1, 1, 0), box(0, 0, 1, 100), box(-200, 0, 1, 1), box(math.NaN(), 0, 1, 1)} {
			p.wantError(fails(p, p.reader.Features(p.ctx, q)), spatial.ErrInvalid, "invalid-bbox")
			_, err := p.reader.Count(p.ctx, q)
			p.wantError(err, spatial.ErrInvalid, "invalid-bbox")
		}
	}},
	{"near orders by true distance and then by id", func(p *play) {
		p.put(replace("m", thing("d", "", at(114.01, 22.5)), thing("c", "", at(114.001, 22.5)), thing("b", "", at(114, 22.5)),
			thing("a", "", shape(square(113.9, 22.4, 114.1, 22.6))), thing("e", "", shape(nil)), thing("f", "", at(114.001, 22.5))))
		near := &spatial.Near{Lon: 114, Lat: 22.5}
		p.want(spatial.Query{Collection: city, Near: near}, "a ", "b ", "c  103m", "f  103m", "d  1029m")
		p.want(spatial.Query{Collection: city, Near: near, Limit: 3}, "a ", "b ", "c  103m")
		p.want(spatial.Query{Collection: city, Near: &spatial.Near{Lon: 114, Lat: 22.5, Max: 500}}, "a ", "b ", "c  103m", "f  103m")
		p.want(spatial.Query{Collection: city, Near: &spatial.Near{Lon: 114, Lat: 22.5, Max: 500}, Limit: 1}, "a ")
	}},
	{"near in three dimensions goes to the extruded shape", func(p *play) {
		p.put(replace("m", thing("tower", "", at(114.0001, 22.5), heights(0, 300)), thing("hut", "", at(114.0001, 22.5), heights(0, 3)),
			thing("unknown", "", at(114.0002, 22.5)), thing("tunnel", "", at(114, 22.5), heights(-40, -30))))
		p.want(spatial.Query{Collection: city, Near: &spatial.Near{Lon: 114, Lat: 22.5, H: 100, HasH: true}}, "tower  10m", "unknown  21m", "hut  98m", "tunnel  130m")
		p.want(spatial.Query{Collection: city, Near: &spatial.Near{Lon: 114, Lat: 22.5, H: 100, HasH: true, Max: 50}}, "tower  10m", "unknown  21m")
		p.want(spatial.Query{Collection: city, Near: &spatial.Near{Lon: 114, Lat: 22.5, H: -35, HasH: true}, Limit: 1}, "tunnel ")
	}},
	{"near reaches over the antimeridian, to the poles and to the far side", func(p *play) {
		p.put(replace("m", thing("east", "", at(179.999, 0)), thing("west", "", at(-179.999, 0)), thing("pole", "", at(90, 89.999)),
			thing("south", "", at(0, -90)), thing("far", "", at(0, 0))))
		p.want(spatial.Query{Collection: city, Near: &spatial.Near{Lon: -179.998, Lat: 0}, Limit: 2}, "west  111m", "east  334m")
		p.want(spatial.Query{Collection: city, Near: &spatial.Near{Lon: -90, Lat: 89.999}, Limit: 1}, "pole  223m")
		p.want(spatial.Query{Collection: city, Near: &spatial.Near{Lon: 77, Lat: -89.999, Max: 1000}}, "south  112m")
		if n := len(p.ask(spatial.Query{Collection: city, Near: &spatial.Near{Lon: 10, Lat: 10}})); n != 5 {
			p.Fatalf("%d found of 5", n)
		}
	}},
	{"near goes together with a box, a model and a time", func(p *play) {
		p.put(replace("m", thing("a", "1", at(114, 22.5)), thing("b", "1", at(114.002, 22.5), valid("2020-01-01", ""))))
		p.put(replace("n", thing("c", "1", at(114.001, 22.5)), thing("d", "1", at(115, 22.5))))
		q := box(114.0005, 22, 114.5, 23)
		q.Near = &spatial.Near{Lon: 114, Lat: 22.5}
		p.want(q, "c 1 103m", "b 1 2020-01-01.. 206m")
		q.Valid = spatial.At(day("2019-01-01"))
		p.want(q, "c 1 103m")
		q.Model = "m"
		p.want(q)
	}},
	{"a point that is none is refused", func(p *play) {
		p.put(replace("m", thing("a", "1")))
		for _, n := range []spatial.Near{{Lon: 181}, {Lat: math.NaN()}, {Max: -1}, {H: math.NaN()}} {
			p.wantError(fails(p, p.reader.Features(p.ctx, spatial.Query{Collection: city, Near: &n})), spatial.ErrInvalid, "invalid-point")
		}
	}},
}

func box(w, s, e, n float64) spatial.Query {
	b := spatial.Box2D(w, s, e, n)
	return spatial.Query{Collection: city, Box: &b}
}
