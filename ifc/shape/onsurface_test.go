package shape_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/shikong-cim/shikong/ifc/shape"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// A profile that lies to one side of its origin, swept along a curve on a surface: its
// volume is its area times the way of its middle (Pappus), and so tells where its x
// axis pointed. The profile is 0.2 by 0.1 m, its middle 0.3 m along x.
func TestProfilesFollowTheNormalOfTheirSurface(t *testing.T) {
	const pi, area = math.Pi, 0.02
	half := math.Sqrt(0.5)
	for _, c := range []struct {
		name, surface, directrix, lines string
		volume                          float64
	}{
		{"around a cylinder", "IFCCYLINDRICALSURFACE(#20,1000.)", "IFCCIRCLE(#20,1000.)", "", 2 * pi * 1.3 * area},
		{"around a cylinder the other way", "IFCCYLINDRICALSURFACE(#20,1000.)", "IFCCIRCLE(#320,1000.)", "#320=IFCAXIS2PLACEMENT3D(#21,#321,#23);\n#321=IFCDIRECTION((0.,0.,-1.));", 2 * pi * 1.3 * area},
		{"up a cylinder", "IFCCYLINDRICALSURFACE(#20,1000.)", "IFCPOLYLINE((#900,#320))", "#320=IFCCARTESIANPOINT((1000.,0.,2000.));", 2 * area},
		{"half around a cylinder", "IFCCYLINDRICALSURFACE(#20,1000.)", "IFCTRIMMEDCURVE(#906,(IFCPARAMETERVALUE(0.)),(IFCPARAMETERVALUE(180.)),.T.,.PARAMETER.)", "", pi * 1.3 * area},
		{"around a part of a cylinder", "IFCRECTANGULARTRIMMEDSURFACE(#320,0.,0.,90.,2000.,.T.,.T.)", "IFCTRIMMEDCURVE(#906,(IFCPARAMETERVALUE(0.)),(IFCPARAMETERVALUE(90.)),.T.,.PARAMETER.)", "#320=IFCCYLINDRICALSURFACE(#20,1000.);", pi / 2 * 1.3 * area},
		{"around a cylinder within curves", "IFCCURVEBOUNDEDSURFACE(#320,(),.T.)", "IFCCIRCLE(#20,1000.)", "#320=IFCCYLINDRICALSURFACE(#20,1000.);", 2 * pi * 1.3 * area},
		{"around the widest of a sphere", "IFCSPHERICALSURFACE(#20,1000.)", "IFCCIRCLE(#20,1000.)", "", 2 * pi * 1.3 * area},
		{"around a sphere further up", "IFCSPHERICALSURFACE(#20,1000.)", "IFCCIRCLE(#320,800.)", "#320=IFCAXIS2PLACEMENT3D(#321,$,$);\n#321=IFCCARTESIANPOINT((0.,0.,600.));", 2 * pi * 1.04 * area},
		{"over the poles of a sphere", "IFCSPHERICALSURFACE(#20,1000.)", "IFCCIRCLE(#320,1000.)", "#320=IFCAXIS2PLACEMENT3D(#21,#24,#23);", 2 * pi * 1.3 * area},
		{"on top of a torus", "IFCTOROIDALSURFACE(#20,2000.,500.)", "IFCCIRCLE(#320,2000.)", "#320=IFCAXIS2PLACEMENT3D(#321,$,$);\n#321=IFCCARTESIANPOINT((0.,0.,500.));", 2 * pi * 2 * area},
		{"around a torus", "IFCTOROIDALSURFACE(#20,2000.,500.)", "IFCCIRCLE(#20,2500.)", "", 2 * pi * 2.8 * area},
		{"around the tube of a torus", "IFCTOROIDALSURFACE(#20,2000.,1000.)", "IFCCIRCLE(#320,1000.)", "#320=IFCAXIS2PLACEMENT3D(#903,#24,#23);", 2 * pi * 1.3 * area},
		{"around a cone", "IFCSURFACEOFREVOLUTION(#320,$,#322)", "IFCCIRCLE(#323,500.)", `#320=IFCARBITRARYOPENPROFILEDEF(.CURVE.,$,#321);
#321=IFCPOLYLINE((#900,#902));
#322=IFCAXIS1PLACEMENT(#21,#22);
#323=IFCAXIS2PLACEMENT3D(#324,$,$);
#324=IFCCARTESIANPOINT((0.,0.,500.));`, 2 * pi * (0.5 + 0.3*half) * area},
		{"around an arc that turns", "IFCSURFACEOFREVOLUTION(#908,$,#909)", "IFCCIRCLE(#320,800.)", "#320=IFCAXIS2PLACEMENT3D(#321,#24,#23);\n#321=IFCCARTESIANPOINT((0.,600.,0.));", 2 * pi * 1.04 * area},
		{"along an extruded arc", "IFCSURFACEOFLINEAREXTRUSION(#908,#20,#22,3000.)", "IFCTRIMMEDCURVE(#906,(IFCPARAMETERVALUE(0.)),(IFCPARAMETERVALUE(90.)),.T.,.PARAMETER.)", "", pi / 2 * 1.3 * area},
		{"along an extruded arc, against it", "IFCSURFACEOFLINEAREXTRUSION(#908,#20,#22,3000.)", "IFCTRIMMEDCURVE(#906,(IFCPARAMETERVALUE(90.)),(IFCPARAMETERVALUE(0.)),.F.,.PARAMETER.)", "", pi / 2 * 1.3 * area},
		{"around a corner of an extruded line", "IFCSURFACEOFLINEAREXTRUSION(#320,#20,#22,3000.)", "IFCPOLYLINE((#21,#903,#322))", `#320=IFCARBITRARYOPENPROFILEDEF(.CURVE.,$,#321);
#321=IFCPOLYLINE((#21,#903,#322));
#322=IFCCARTESIANPOINT((2000.,2000.,0.));`, (4 + 2*0.3) * area},
		{"along a rational quarter of a cylinder", fmt.Sprintf("IFCRATIONALBSPLINESURFACEWITHKNOTS(2,1,((#900,#320),(#321,#322),(#901,#323)),.UNSPECIFIED.,.F.,.F.,.F.,(3,3),(2,2),(0.,1.),(0.,1.),.UNSPECIFIED.,((1.,1.),(%[1]v,%[1]v),(1.,1.)))", half),
			"IFCTRIMMEDCURVE(#906,(IFCPARAMETERVALUE(0.)),(IFCPARAMETERVALUE(90.)),.T.,.PARAMETER.)", `#320=IFCCARTESIANPOINT((1000.,0.,2000.));
#321=IFCCARTESIANPOINT((1000.,1000.,0.));
#322=IFCCARTESIANPOINT((1000.,1000.,2000.));
#323=IFCCARTESIANPOINT((0.,1000.,2000.));`, pi / 2 * 1.3 * area},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, r := sweptOn(t, c.surface, c.directrix, c.lines)
			near(t, "volume", r.Volume(), c.volume, 2e-3*c.volume)
		})
	}
}

// On z = x·y the normal along the y axis turns by 45° on one metre, though the
// curve is straight.
func TestProfilesTurnWithTheirSurface(t *testing.T) {
	box, m := sweptOn(t, "IFCBSPLINESURFACEWITHKNOTS(1,1,((#320,#321),(#322,#323)),.UNSPECIFIED.,.F.,.F.,.F.,(2,2),(2,2),(0.,1.),(0.,1.),.UNSPECIFIED.)", "IFCPOLYLINE((#21,#901))", `#320=IFCCARTESIANPOINT((-1000.,0.,0.));
#321=IFCCARTESIANPOINT((-1000.,1000.,-1000.));
#322=IFCCARTESIANPOINT((1000.,0.,0.));
#323=IFCCARTESIANPOINT((1000.,1000.,1000.));`)
	near(t, "volume", m.Volume(), 0.02, 2e-5)
	half := math.Sqrt(0.5)
	near(t, "the far end's lowest x", box.Min[0], -0.45*half, 1e-4)
	near(t, "the highest of all that turns", box.Max[2], math.Hypot(0.4, 0.05), 1e-4)
}

// sweptOn sweeps the profile of these tests along a curve on a surface, and returns the
// box and the mesh of what came out, in the coordinates of the representation.
func sweptOn(t *testing.T, surface, directrix, lines string) (mesh.Box, *mesh.Mesh) {
	t.Helper()
	m := load(t, "IFC4", "#300", `#300=IFCSURFACECURVESWEPTAREASOLID(#301,$,#305,$,$,#306);
#301=IFCRECTANGLEPROFILEDEF(.AREA.,$,#302,200.,100.);
#302=IFCAXIS2PLACEMENT2D(#303,$);
#303=IFCCARTESIANPOINT((300.,0.));
#305=`+directrix+`;
#306=`+surface+`;
`+lines+"\n"+axes)
	r := shape.New(m, fine).Product(m.Find(100))
	if r.Outcome != shape.Exact || len(r.Instances) != 1 {
		t.Fatalf("outcome %v, %d instances, %s: %s", r.Outcome, len(r.Instances), r.Code, r.Message)
	}
	in := r.Instances[0]
	if !in.Mesh.Closed {
		t.Error("the solid is not closed")
	}
	return in.Mesh.Bounds(), in.Mesh
}
