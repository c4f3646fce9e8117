package storetest

import (
	"context"
	"math"
	"strings"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

func contextWithCancel(p *play) (context.Context, context.CancelFunc) {
	return context.WithCancel(p.ctx)
}

// contentClauses say that what is put in comes out.
var contentClauses = []clause{
	{"every type of geometry comes back as it was, with heights and without", func(p *play) {
		p.put(replace("m", geometries()...))
		p.check()
		p.ask(all())
		p.counts(p.put(replace("m", geometries()...)), 0, 0, 0, int64(len(geometries())))
	}},
	{"empty geometries and none come back as they were", func(p *play) {
		p.put(replace("m", append(emptyThings(), thing("none", "", shape(nil)))...))
		p.check()
		p.ask(all())
	}},
	{"every kind of value comes back as it was", func(p *play) {
		f := thing("a", "1")
		f.Properties = spatial.NewProperties([]spatial.Property{
			{Name: "null"}, {Name: "true", Value: spatial.BoolOf(true)}, {Name: "false", Value: spatial.BoolOf(false)},
			{Name: "int", Value: spatial.IntOf(-7)}, {Name: "zero", Value: spatial.IntOf(0)},
			{Name: "max", Value: spatial.IntOf(math.MaxInt64)}, {Name: "min", Value: spatial.IntOf(math.MinInt64)},
			{Name: "whole", Value: spatial.FloatOf(14)}, {Name: "tenth", Value: spatial.FloatOf(0.1)}, {Name: "tiny", Value: spatial.FloatOf(5e-324)},
			{Name: "huge", Value: spatial.FloatOf(math.MaxFloat64)}, {Name: "minus zero", Value: spatial.FloatOf(math.Copysign(0, -1))},
			{Name: "empty", Value: spatial.StringOf("")}, {Name: "text", Value: spatial.StringOf("深圳 \"a\"\\\n\t\x00\x1f<b> \u2028 𠮷")},
			{Name: "like a number", Value: spatial.StringOf("14.0")}, {Name: "like null", Value: spatial.StringOf("null")},
			{Name: "list", Value: spatial.JSONOf(`[1,2.0,"x",null,{"a":[]}]`)}, {Name: "object", Value: spatial.JSONOf(`{"b": 1, "a": {"深": [1.50]}}`)},
			{Name: "big", Value: spatial.JSONOf("18446744073709551616")}, {Name: "名称", Value: spatial.StringOf("楼")},
			{Name: "", Value: spatial.IntOf(1)}, {Name: `q"u\o.te$[0]`, Value: spatial.IntOf(2)}, {Name: "long", Value: spatial.StringOf(strings.Repeat("长", 30000))},
		})
		p.put(replace("m", f, thing("b", "no properties"), thing("c", "", properties(`{}`))))
		p.check()
		got := p.ask(all())[0].Properties
		for i, want := range f.Properties {
			if got[i] != want {
				p.Fatalf("property %q: got kind %d %q, want kind %d %q", want.Name, got[i].Value.Kind(), got[i].Value.Text(), want.Value.Kind(), want.Value.Text())
			}
		}
		p.counts(p.put(replace("m", f, thing("b", "no properties"), thing("c", "", properties(`{}`)))), 0, 0, 0, 3)
	}},
	{"class, name, storey, depth and heights come back as they were", func(p *play) {
		a := thing("a", "地铁 11 号线", heights(-31.25, -20.5))
		a.Kind, a.Storey, a.Underground = "IfcWall", "B2 地下二层", spatial.Yes
		b := thing("b", "", heights(0, 0))
		b.Underground = spatial.No
		p.put(replace("m", a, b, thing("c", "")))
		p.check()
	}},
	{"names of collections, models and ids are of any script", func(p *play) {
		i := in("建筑_2024.v-1", replace("模型.A", thing("标识/1 ~'\"%_", "一")))
		p.put(i)
		p.want(spatial.Query{Collection: "建筑_2024.v-1", IDs: []string{"标识/1 ~'\"%_"}, Model: "模型.A"}, "标识/1 ~'\"%_ 一")
		p.check()
	}},
	{"collections whose names differ in case only, or sound like tables, are different", func(p *play) {
		names := []string{"Roads", "roads", "ROADS", "roads_history", "sqlite_master", "gpkg_contents", "rtree_roads", "version", "collection", "spatial_ref_sys", "pg_class", "select", "shikong", "shikong_store"}
		for _, name := range names {
			p.put(in(name, replace("m", thing("a", name, properties(`{"id":1,"ID":2,"Id":"x","name":"n","geom":0,"fid":1,"valid_from":true,"properties":[]}`)))))
		}
		p.put(in("roads", replace("m", thing("a", "other"))))
		for _, name := range names {
			p.ask(spatial.Query{Collection: name})
		}
		p.check()
		p.purge("Roads", "")
		p.check()
	}},
	{"ids of a thousand bytes work", func(p *play) {
		p.put(replace("m", thing(strings.Repeat("楼", 341), "1"), thing(strings.Repeat("楼", 340)+"x", "1")))
		p.check()
	}},
	{"bodies come back when asked, with shared meshes, materials and the frame", func(p *play) {
		m := tetrahedron(2)
		lines := &mesh.Mesh{Positions: []float64{0, 0, 0, 1.23456789, 0, 0}, Lines: []uint32{0, 1}}
		i := replace("m",
			thing("a", "1", body(stand(m, 1, 2, 3, "混凝土"), stand(m, -1.5, 0, 0, ""))),
			thing("b", "1", body(stand(m, 0, 0, 0, "steel"), stand(lines, 0, 0, 0, "axis"))),
			thing("c", "1"))
		i.Frame = frame(114.05, 22.54)
		p.put(i)
		q := all()
		q.Body = true
		got := p.ask(q)
		if got[0].Body == nil || len(got[0].Body.Instances) != 2 || got[2].Body != nil {
			p.Fatalf("bodies: %+v", got)
		}
		if got := p.ask(all()); got[0].Body != nil {
			p.Fatal("a body nobody asked for")
		}
		p.check()
		p.counts(p.put(i), 0, 0, 0, 3)
		i = replace("m", thing("a", "1", body(stand(m, 1, 2, 3, "混凝土"), stand(m, -1.5, 0, 0.5, ""))), thing("b", "1"), thing("c", "1"))
		i.Frame = frame(114.05, 22.54)
		p.counts(p.put(i), 0, 2, 0, 1)
		p.ask(q)
		q.AtRevision = 1
		p.ask(q)
	}},
	{"moving a model moves its bodies from then on and not before", func(p *play) {
		i := replace("m", thing("a", "1", body(stand(tetrahedron(1), 0, 0, 0, ""))), thing("b", "1"))
		i.Frame = frame(114, 22)
		p.put(i)
		i.From, i.Frame = day("2024-05-01"), frame(115, 23)
		p.counts(p.put(i), 0, 1, 0, 1)
		q := all()
		q.Body = true
		got := p.ask(q)
		if *got[0].Body.Frame != *frame(114, 22) || *got[1].Body.Frame != *frame(115, 23) {
			p.Fatalf("frames: %v %v", got[0].Body.Frame, got[1].Body.Frame)
		}
		p.check()
		p.counts(p.put(i), 0, 0, 0, 2)
		i = continueFrom("2025-01-01", "m")
		p.put(i)
		p.check()
		i = replace("m", thing("b", "1"))
		p.put(i)
		p.check()
	}},
	{"a purge leaves the meshes that others use", func(p *play) {
		p.put(replace("m", thing("a", "1", body(stand(tetrahedron(1), 0, 0, 0, "")))))
		p.put(replace("n", thing("b", "1", body(stand(tetrahedron(1), 1, 0, 0, ""), stand(tetrahedron(3), 1, 0, 0, "")))))
		p.purge(city, "n")
		p.check()
		p.put(replace("n", thing("b", "1", body(stand(tetrahedron(3), 1, 0, 0, "")))))
		p.check()
	}},
	{"a feature of a hundred thousand corners is kept", func(p *play) {
		const n = 100_000
		flat := make([]float64, 0, 2*n+2)
		for i := range n {
			s, c := math.Sincos(2 * math.Pi * float64(i) / n)
			flat = append(flat, 114+c/10, 22+s/10)
		}
		flat = append(flat, flat[0], flat[1])
		p.put(replace("m", thing("a", "1", shape(geom.NewPolygonFlat(geom.XY, flat, []int{len(flat)})))))
		p.ask(box(114, 22, 114.01, 22.01))
	}},
}

func collectionOf(parts ...geom.T) geom.T {
	c := geom.NewGeometryCollection()
	if err := c.Push(parts...); err != nil {
		panic("a geometry in the suite is wrong: " + err.Error())
	}
	return c
}

func geometries() []spatial.Feature {
	xy := []float64{0, 0, 4, 0, 4, 4, 0, 0, 1, 1, 2, 1, 2, 2, 1, 1, 10, 10, 11, 10, 11, 11, 10, 10}
	xyz := make([]float64, 0, len(xy)/2*3)
	for i := 0; i < len(xy); i += 2 {
		xyz = append(xyz, xy[i], xy[i+1], float64(i)+0.5)
	}
	var list []spatial.Feature
	for name, flat := range map[string][]float64{"XY": xy, "XYZ": xyz} {
		layout, s := geom.XY, 2
		if name == "XYZ" {
			layout, s = geom.XYZ, 3
		}
		polygon := geom.NewPolygonFlat(layout, flat[:8*s], []int{4 * s, 8 * s})
		multi := geom.NewMultiPolygonFlat(layout, flat, [][]int{{4 * s, 8 * s}, {12 * s}})
		lines := geom.NewMultiLineStringFlat(layout, flat[:5*s], []int{2 * s, 5 * s})
		for kind, g := range map[string]geom.T{
			"point": geom.NewPointFlat(layout, flat[:s]), "line": geom.NewLineStringFlat(layout, flat[:3*s]),
			"ring": geom.NewLinearRingFlat(layout, flat[:4*s]), "polygon": polygon, "points": geom.NewMultiPointFlat(layout, flat[:3*s]),
			"lines": lines, "polygons": multi, "collection": collectionOf(geom.NewPointFlat(layout, flat[:s]), polygon, lines),
			"nested": collectionOf(collectionOf(geom.NewPointFlat(layout, flat[:s])), multi),
		} {
			list = append(list, thing(kind+" "+name, "", shape(g)))
		}
	}
	return list
}

func emptyThings() []spatial.Feature {
	var list []spatial.Feature
	for name, layout := range map[string]geom.Layout{"XY": geom.XY, "XYZ": geom.XYZ} {
		for kind, g := range map[string]geom.T{
			"point": geom.NewPointEmpty(layout), "line": geom.NewLineString(layout), "polygon": geom.NewPolygon(layout),
			"points": geom.NewMultiPoint(layout), "lines": geom.NewMultiLineString(layout), "polygons": geom.NewMultiPolygon(layout),
		} {
			list = append(list, thing("empty "+kind+" "+name, "", shape(g)))
		}
	}
	return append(list, thing("empty collection", "", shape(geom.NewGeometryCollection())))
}
