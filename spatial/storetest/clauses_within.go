package storetest

import (
	"math"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
)

// withinClauses say what Within finds.
var withinClauses = []clause{
	{"within a distance of a point is found what is as near, in the default order with its distance", func(p *play) {
		p.put(replace("m", thing("d", "", at(114.01, 22.5)), thing("c", "", at(114.001, 22.5)), thing("b", "", at(114, 22.5)),
			thing("a", "", shape(square(113.9, 22.4, 114.1, 22.6))), thing("e", "", shape(nil)), thing("f", "", at(114, 22.501))))
		q := within(point(114, 22.5), 500)
		p.want(q, "a ", "b ", "c  103m", "f  111m")
		q.Within.Distance = 105
		p.want(q, "a ", "b ", "c  103m")
		q.Within.Distance = 0
		p.want(q, "a ", "b ")
		q.Within.Distance, q.Limit = 500, 2
		p.want(q, "a ", "b ")
		q.After = &spatial.Cursor{ID: "b"}
		p.want(q, "c  103m", "f  111m")
	}},
	{"within a distance of a line is a corridor", func(p *play) {
		p.put(replace("m", thing("before", "", at(113.9995, 22.5)), thing("beside", "", at(114.05, 22.5004)), thing("far", "", at(114.05, 22.502)),
			thing("on", "", at(114.05, 22.5)), thing("across", "", shape(line(114.02, 22.49, 114.02, 22.51)))))
		p.want(within(line(114, 22.5, 114.1, 22.5), 60), "across ", "before  51m", "beside  44m", "on ")
	}},
	{"within a distance of a polygon is what lies in it and about it, not in its hole", func(p *play) {
		p.put(replace("m", thing("in", "", at(114.001, 22.501)), thing("court", "", at(114.005, 22.505)), thing("about", "", at(114.0105, 22.505)),
			thing("around", "", shape(square(113, 22, 115, 23)))))
		p.want(within(square(114, 22.5, 114.01, 22.51, 114.002, 22.502, 114.008, 22.508), 60), "about  51m", "around ", "in ")
		p.want(within(square(114, 22.5, 114.01, 22.51), 0), "around ", "court ", "in ")
	}},
	{"with heights it is a corridor in space", func(p *play) {
		p.put(replace("m", thing("tower", "", at(114.0001, 22.5), heights(-10, 300)), thing("hut", "", at(114.0001, 22.5), heights(0, 3)),
			thing("deep", "", at(114.0001, 22.5), heights(-90, -80)), thing("unknown", "", at(114.0001, 22.5))))
		tunnel := geom.NewLineStringFlat(geom.XYZ, []float64{114, 22.4, -20, 114, 22.6, -20})
		p.want(within(tunnel, 15), "tower  14m", "unknown  10m")
		p.want(within(tunnel, 25), "hut  22m", "tower  14m", "unknown  10m")
		p.want(within(line(114, 22.4, 114, 22.6), 15), "deep  10m", "hut  10m", "tower  10m", "unknown  10m")
	}},
	{"it reaches over the antimeridian and the poles", func(p *play) {
		p.put(replace("m", thing("east", "", at(179.9999, 0)), thing("west", "", at(-179.9999, 0)), thing("pole", "", at(90, 89.9999)), thing("far", "", at(0, 0))))
		p.want(within(point(180, 0), 20), "east  11m", "west  11m")
		p.want(within(line(179.9, 0, 179.9998, 0), 40), "east  11m", "west  33m")
		p.want(within(point(-90, 89.9999), 25), "pole  22m")
	}},
	{"an edge of a thousand kilometres that bulges into reach is found", func(p *play) {
		// A great circle between its ends would pass 15 km farther north.
		p.put(replace("m", thing("long", "", shape(line(0, 60, 20, 60)))))
		n := spatial.Near{Lon: 10, Lat: 61}
		n.Max = n.Distance(line(0, 60, 20, 60), spatial.ZRange{}) + 0.001
		p.want(spatial.Query{Collection: city, Near: &n}, "long  111421m")
		p.want(within(point(10, 61), n.Max), "long  111421m")
		n.Max -= 0.002
		p.want(spatial.Query{Collection: city, Near: &n})
		p.want(within(point(10, 61), n.Max))
	}},
	{"it goes together with everything else", func(p *play) {
		p.put(replace("m", thing("a", "1", at(114, 22.5)), thing("b", "1", at(114.002, 22.5), valid("2020-01-01", ""))))
		p.put(replace("n", thing("c", "1", at(114.001, 22.5)), thing("d", "1", at(115, 22.5))))
		q := within(point(114, 22.5), 300)
		p.want(q, "a 1", "b 1 2020-01-01.. 206m", "c 1 103m")
		q.Valid = spatial.At(day("2019-01-01"))
		p.want(q, "a 1", "c 1 103m")
		q.Model = "n"
		p.want(q, "c 1 103m")
		q = within(point(114, 22.5), 300)
		b := spatial.Box2D(114.0005, 22, 115, 23)
		q.Box = &b
		p.want(q, "b 1 2020-01-01.. 206m", "c 1 103m")
		q.IDs = []string{"a", "b"}
		p.want(q, "b 1 2020-01-01.. 206m")
		q = within(point(114, 22.5), 300)
		q.Near = &spatial.Near{Lon: 114.002, Lat: 22.5, Max: 150}
		p.want(q, "b 1 2020-01-01..", "c 1 103m")
		q.AtRevision = 1
		p.want(q, "b 1 2020-01-01..")
	}},
	{"what has no meaning is refused", func(p *play) {
		p.put(replace("m", thing("a", "1")))
		for code, w := range map[string]spatial.Within{"invalid-geometry": {Distance: 1}, "invalid-distance": {Geometry: point(1, 1), Distance: math.Inf(1)},
			"outside-earth": {Geometry: point(1, 100)}} {
			q := spatial.Query{Collection: city, Within: &w}
			p.wantError(fails(p, p.reader.Features(p.ctx, q)), spatial.ErrInvalid, code)
			_, err := p.reader.Count(p.ctx, q)
			p.wantError(err, spatial.ErrInvalid, code)
		}
	}},
}

func within(g geom.T, distance float64) spatial.Query {
	return spatial.Query{Collection: city, Within: &spatial.Within{Geometry: g, Distance: distance}}
}
