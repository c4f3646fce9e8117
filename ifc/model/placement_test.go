package model_test

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

func TestAxes(t *testing.T) {
	s := math.Sqrt(0.5)
	for _, c := range []struct {
		name, in string
		want     model.Transform
	}{
		{"3D without axes", "#10=IFCAXIS2PLACEMENT3D(#20,$,$);", model.Transform{1, 0, 0, 1, 0, 1, 0, 2, 0, 0, 1, 3}},
		{"3D with both axes", "#10=IFCAXIS2PLACEMENT3D(#20,#33,#32);", model.Transform{0, -1, 0, 1, 1, 0, 0, 2, 0, 0, 1, 3}},
		{"3D with a long z axis only", "#10=IFCAXIS2PLACEMENT3D(#20,#34,$);", model.Transform{1, 0, 0, 1, 0, 0, 1, 2, 0, -1, 0, 3}},
		{"3D whose z axis is the x axis", "#10=IFCAXIS2PLACEMENT3D(#20,#31,$);", model.Transform{0, 0, 1, 1, 1, 0, 0, 2, 0, 1, 0, 3}},
		{"3D with a slanted reference direction", "#10=IFCAXIS2PLACEMENT3D(#20,#33,#35);", model.Transform{s, -s, 0, 1, s, s, 0, 2, 0, 0, 1, 3}},
		{"3D with parallel axes", "#10=IFCAXIS2PLACEMENT3D(#20,#33,#33);", model.Transform{1, 0, 0, 1, 0, 1, 0, 2, 0, 0, 1, 3}},
		{"3D with an axis of no length", "#10=IFCAXIS2PLACEMENT3D(#20,#36,#31);", model.Transform{1, 0, 0, 1, 0, 1, 0, 2, 0, 0, 1, 3}},
		{"3D with a tiny axis", "#10=IFCAXIS2PLACEMENT3D(#20,#37,#31);", model.Transform{1, 0, 0, 1, 0, 1, 0, 2, 0, 0, 1, 3}},
		{"3D without location", "#10=IFCAXIS2PLACEMENT3D($,$,$);", mesh.Identity()},
		{"2D", "#10=IFCAXIS2PLACEMENT2D(#21,#38);", model.Transform{0, -1, 0, 1, 1, 0, 0, 2, 0, 0, 1, 0}},
		{"2D without direction", "#10=IFCAXIS2PLACEMENT2D(#21,$);", model.Transform{1, 0, 0, 1, 0, 1, 0, 2, 0, 0, 1, 0}},
		{"1D", "#10=IFCAXIS1PLACEMENT(#20,#34);", model.Transform{1, 0, 0, 1, 0, 0, -1, 2, 0, 1, 0, 3}},
		{"no placement", "#10=IFCDIRECTION((1.,0.));", mesh.Identity()},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := load(t, "IFC4", units+c.in+`
#20=IFCCARTESIANPOINT((1000.,2000.,3000.));
#21=IFCCARTESIANPOINT((1000.,2000.));
#31=IFCDIRECTION((1.,0.,0.));
#32=IFCDIRECTION((0.,1.,0.));
#33=IFCDIRECTION((0.,0.,1.));
#34=IFCDIRECTION((0.,250.,0.));
#35=IFCDIRECTION((1.,1.,7.));
#36=IFCDIRECTION((0.,0.,0.));
#37=IFCDIRECTION((0.,0.,1.E-200));
#38=IFCDIRECTION((0.,1.));`)
			if c.in == "#10=IFCAXIS1PLACEMENT(#20,#34);" {
				// Only the z axis matters.
				if got := m.Axis(m.Find(10)); !near(model.Transform{2: got[2], 6: got[6], 10: got[10]}, model.Transform{6: 1}, nanometre) {
					t.Errorf("got %v", got)
				}
				return
			}
			if got := m.Axis(m.Find(10)); !near(got, c.want, nanometre) {
				t.Errorf("got  %v\nwant %v", got, c.want)
			}
		})
	}
}

func TestOperators(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     model.Transform
		ok       bool
	}{
		{"plain", "#10=IFCCARTESIANTRANSFORMATIONOPERATOR3D($,$,#20,$,$);", model.Transform{1, 0, 0, 1, 0, 1, 0, 2, 0, 0, 1, 3}, true},
		{"scaled", "#10=IFCCARTESIANTRANSFORMATIONOPERATOR3D($,$,#20,2.,$);", model.Transform{2, 0, 0, 1, 0, 2, 0, 2, 0, 0, 2, 3}, true},
		{"turned", "#10=IFCCARTESIANTRANSFORMATIONOPERATOR3D(#32,#33,#20,1.,#31);", model.Transform{0, 0, 1, 1, 1, 0, 0, 2, 0, 1, 0, 3}, true},
		{"mirrored by its second axis", "#10=IFCCARTESIANTRANSFORMATIONOPERATOR3D(#31,#34,#20,1.,#33);", model.Transform{1, 0, 0, 1, 0, -1, 0, 2, 0, 0, 1, 3}, true},
		{"not uniform", "#10=IFCCARTESIANTRANSFORMATIONOPERATOR3DNONUNIFORM($,$,#20,2.,$,3.,4.);", model.Transform{2, 0, 0, 1, 0, 3, 0, 2, 0, 0, 4, 3}, true},
		{"not uniform, missing factors are the first", "#10=IFCCARTESIANTRANSFORMATIONOPERATOR3DNONUNIFORM($,$,#20,2.,$,$,5.);", model.Transform{2, 0, 0, 1, 0, 2, 0, 2, 0, 0, 5, 3}, true},
		{"2D by its second axis", "#10=IFCCARTESIANTRANSFORMATIONOPERATOR2D($,#35,#21,$);", model.Transform{0, 1, 0, 1, -1, 0, 0, 2, 0, 0, 1, 0}, true},
		{"2D mirrored", "#10=IFCCARTESIANTRANSFORMATIONOPERATOR2D(#36,#37,#21,2.);", model.Transform{2, 0, 0, 1, 0, -2, 0, 2, 0, 0, 1, 0}, true},
		{"scaled to nothing", "#10=IFCCARTESIANTRANSFORMATIONOPERATOR3D($,$,#20,0.,$);", model.Transform{3: 1, 7: 2, 11: 3}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := load(t, "IFC4", units+c.in+`
#20=IFCCARTESIANPOINT((1000.,2000.,3000.));
#21=IFCCARTESIANPOINT((1000.,2000.));
#31=IFCDIRECTION((1.,0.,0.));
#32=IFCDIRECTION((0.,1.,0.));
#33=IFCDIRECTION((0.,0.,1.));
#34=IFCDIRECTION((0.,-1.,0.));
#35=IFCDIRECTION((1.,0.));
#36=IFCDIRECTION((1.,0.));
#37=IFCDIRECTION((0.,-1.));`)
			got, ok := m.Operator(m.Find(10))
			if !near(got, c.want, nanometre) || ok != c.ok {
				t.Errorf("got  %v %v\nwant %v %v", got, ok, c.want, c.ok)
			}
		})
	}
}

func TestPlacementChains(t *testing.T) {
	m := load(t, "IFC4X3_ADD2", units+`#10=IFCWALL('a',$,$,$,$,#20,$,$,$);
#11=IFCWALL('b',$,$,$,$,$,$,$,$);
#12=IFCWALL('c',$,$,$,$,#777,$,$,$);
#13=IFCWALL('d',$,$,$,$,#25,$,$,$);
#14=IFCWALL('e',$,$,$,$,#26,$,$,$);
#15=IFCWALL('f',$,$,$,$,#27,$,$,$);
#20=IFCLOCALPLACEMENT(#21,#30);
#21=IFCLOCALPLACEMENT(#22,#31);
#22=IFCLOCALPLACEMENT($,#30);
#25=IFCLINEARPLACEMENT(#22,$,#30);
#26=IFCLINEARPLACEMENT(#22,$,$);
#27=IFCLOCALPLACEMENT(#778,#30);
#30=IFCAXIS2PLACEMENT3D(#40,$,$);
#31=IFCAXIS2PLACEMENT3D(#40,#41,#42);
#40=IFCCARTESIANPOINT((1000.,0.,0.));
#41=IFCDIRECTION((0.,0.,1.));
#42=IFCDIRECTION((0.,1.,0.));`)
	place := func(n uint64) model.Entity { return m.Attr(m.Find(n), "ObjectPlacement").Entity() }
	for _, c := range []struct {
		name   string
		number uint64
		want   model.Transform
		ok     bool
	}{
		{"three in a row", 10, model.Transform{0, -1, 0, 2, 1, 0, 0, 1, 0, 0, 1, 0}, true},
		{"none", 11, mesh.Identity(), false},
		{"one that is missing", 12, mesh.Identity(), false},
		{"linear with a Cartesian position", 13, mesh.Translation(mesh.Vec3{2, 0, 0}), true},
		{"linear without one", 14, mesh.Translation(mesh.Vec3{1, 0, 0}), false},
		{"relative to one that is missing", 15, mesh.Translation(mesh.Vec3{1, 0, 0}), false},
	} {
		if got := m.Placement(m.Find(c.number)); !near(got, c.want, nanometre) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
		if got, ok := m.PlacementOf(place(c.number)); !near(got, c.want, nanometre) || ok != c.ok {
			t.Errorf("%s: got %v %v, want %v %v", c.name, got, ok, c.want, c.ok)
		}
	}
	along := func(e model.Entity) (mesh.Transform, bool) {
		return mesh.Translation(mesh.Vec3{0, 0, 5}), m.Number(e) == 26
	}
	if got, ok := m.PlacementBy(place(14), along); !ok || !near(got, mesh.Translation(mesh.Vec3{1, 0, 5}), nanometre) {
		t.Errorf("a linear placement that is resolved: %v %v", got, ok)
	}
	if got := m.PlacementIssues(m.Find(12)); len(got) != 1 || got[0].Code != model.CodePlacementRef {
		t.Errorf("issues of a missing placement: %v", got)
	}
	if got := m.PlacementIssues(m.Find(14)); len(got) != 1 || got[0].Code != model.CodePlacementKind || got[0].Number != 26 {
		t.Errorf("issues of an unresolved placement: %v", got)
	}
}

func TestLongChainsEnd(t *testing.T) {
	text := units + "#10=IFCWALL('a',$,$,$,$,#1000,$,$,$);\n#11=IFCAXIS2PLACEMENT3D(#12,$,$);\n#12=IFCCARTESIANPOINT((1000.,0.,0.));\n"
	for n := 1000; n < 6000; n++ {
		text += fmt.Sprintf("#%d=IFCLOCALPLACEMENT(#%d,#11);\n", n, n+1)
	}
	m := load(t, "IFC4", text)
	if !m.Placement(m.Find(10)).IsFinite() {
		t.Error("placement is not finite")
	}
}

func TestGridPlacement(t *testing.T) {
	m := load(t, "IFC4", units+`#10=IFCCOLUMN('a',$,$,$,$,#20,$,$,$);
#20=IFCGRIDPLACEMENT(#21,$);
#21=IFCVIRTUALGRIDINTERSECTION((#31,#32),(0.,500.,250.));
#30=IFCGRID('g',$,$,$,$,#40,$,(#31),(#32),$,$);
#31=IFCGRIDAXIS('A',#33,.T.);
#32=IFCGRIDAXIS('1',#34,.T.);
#33=IFCPOLYLINE((#35,#36));
#34=IFCPOLYLINE((#37,#38));
#35=IFCCARTESIANPOINT((0.,2000.));
#36=IFCCARTESIANPOINT((9000.,2000.));
#37=IFCCARTESIANPOINT((3000.,0.));
#38=IFCCARTESIANPOINT((3000.,9000.));
#40=IFCLOCALPLACEMENT($,#41);
#41=IFCAXIS2PLACEMENT3D(#42,$,$);
#42=IFCCARTESIANPOINT((0.,0.,1000.));`)
	want := mesh.Translation(mesh.Vec3{2.5, 2, 1.25})
	if got := m.Placement(m.Find(10)); !near(got, want, nanometre) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Radial grids: rings around the point (10, 0) m and rays.
func TestGridPlacementOnRings(t *testing.T) {
	const s = 0.7071067811865476
	for _, c := range []struct {
		name, axes, offsets string
		want                model.Transform
		ok                  bool
	}{
		{"a quarter of a ring and a ray", "#31,#33", "0.,0.", model.Transform{-s, -s, 0, 10 + 5*s, s, -s, 0, 5 * s, 0, 0, 1, 0}, true},
		{"a ray and a quarter of a ring", "#33,#31", "0.,0.", model.Transform{s, -s, 0, 10 + 5*s, s, s, 0, 5 * s, 0, 0, 1, 0}, true},
		{"a ring moved to its left is smaller", "#31,#33", "1000.,0.,500.", model.Transform{-s, -s, 0, 10 + 4*s, s, -s, 0, 4 * s, 0, 0, 1, 0.5}, true},
		{"an arc against its circle", "#32,#33", "1000.,0.", model.Transform{s, s, 0, 10 + 6*s, -s, s, 0, 6 * s, 0, 0, 1, 0}, true},
		{"two rings that meet in one point of their arcs", "#31,#35", "0.,0.", model.Transform{-1, 0, 0, 10, 0, -1, 0, 5, 0, 0, 1, 0}, true},
		{"a whole ring and a ray meet twice", "#34,#33", "0.,0.", mesh.Identity(), false},
		{"rings that do not meet", "#31,#34", "3000.,0.", mesh.Identity(), false},
	} {
		m := load(t, "IFC4", units+`#10=IFCCOLUMN('a',$,$,$,$,#20,$,$,$);
#20=IFCGRIDPLACEMENT(#21,$);
#21=IFCVIRTUALGRIDINTERSECTION((`+c.axes+`),(`+c.offsets+`));
#30=IFCGRID('g',$,$,$,$,$,$,(#31,#32,#34,#35),(#33),$,$);
#31=IFCGRIDAXIS('R',#41,.T.);
#32=IFCGRIDAXIS('S',#41,.F.);
#33=IFCGRIDAXIS('1',#51,.T.);
#34=IFCGRIDAXIS('T',#42,.T.);
#35=IFCGRIDAXIS('U',#43,.T.);
#41=IFCTRIMMEDCURVE(#42,(#60),(#61),.T.,.CARTESIAN.);
#42=IFCCIRCLE(#44,5000.);
#43=IFCTRIMMEDCURVE(#45,(#63),(#61),.T.,.CARTESIAN.);
#44=IFCAXIS2PLACEMENT2D(#46,$);
#45=IFCCIRCLE(#47,5000.);
#46=IFCCARTESIANPOINT((10000.,0.));
#47=IFCAXIS2PLACEMENT2D(#48,$);
#48=IFCCARTESIANPOINT((15000.,5000.));
#51=IFCINDEXEDPOLYCURVE(#52,$,$);
#52=IFCCARTESIANPOINTLIST2D(((10000.,0.),(20000.,10000.)));
#60=IFCCARTESIANPOINT((15000.,0.));
#61=IFCCARTESIANPOINT((10000.,5000.));
#63=IFCCARTESIANPOINT((15000.,10000.));`)
		got, ok := m.PlacementOf(m.Find(20))
		if ok != c.ok || !near(got, c.want, nanometre) {
			t.Errorf("%s: %v %v, want %v %v", c.name, got, ok, c.want, c.ok)
		}
	}
}

// TestEveryAxisIsRightHanded builds placements with random directions, useless ones too.
func TestEveryAxisIsRightHanded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ratio := rapid.SampledFrom([]float64{0, 0, 1, -1, 0.5, 1e-12, 1e-300, 1e300, math.Sqrt2})
		d := make([]float64, 6)
		for i := range d {
			d[i] = ratio.Draw(t, "ratio")
		}
		m := load(t, "IFC4", units+fmt.Sprintf(`#10=IFCAXIS2PLACEMENT3D(#11,#12,#13);
#11=IFCCARTESIANPOINT((1.,2.,3.));
#12=IFCDIRECTION((%e,%e,%e));
#13=IFCDIRECTION((%e,%e,%e));`, d[0], d[1], d[2], d[3], d[4], d[5]))
		got := m.Axis(m.Find(10))
		if !got.IsRigid(nanometre) || got.IsMirror() {
			t.Fatalf("directions %v give %v", d, got)
		}
	})
}
