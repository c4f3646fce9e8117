package shape_test

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shikong-cim/shikong/fixtures/samples"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/ifc/shape"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// surfaceArea builds the item and returns the area of what came out.
func surfaceArea(t *testing.T, schema, item, lines string) (float64, shape.Result) {
	t.Helper()
	m := load(t, schema, item, lines)
	r := shape.New(m, shape.Options{Chord: 1e-4, MaxTurn: 0.06}).Product(m.Find(100))
	area := 0.0
	for _, in := range r.Instances {
		area += in.Mesh.Moved(in.Transform).Area()
	}
	return area, r
}

// axes are lines that several tests share: points #90x on axes, an arc and a line.
const axes = `#900=IFCCARTESIANPOINT((1000.,0.,0.));
#901=IFCCARTESIANPOINT((0.,1000.,0.));
#902=IFCCARTESIANPOINT((0.,0.,1000.));
#903=IFCCARTESIANPOINT((2000.,0.,0.));
#904=IFCPOLYLINE((#900,#903));
#905=IFCARBITRARYOPENPROFILEDEF(.CURVE.,$,#904);
#906=IFCCIRCLE(#25,1000.);
#907=IFCTRIMMEDCURVE(#906,(IFCPARAMETERVALUE(0.)),(IFCPARAMETERVALUE(90.)),.T.,.PARAMETER.);
#908=IFCARBITRARYOPENPROFILEDEF(.CURVE.,$,#907);
#909=IFCAXIS1PLACEMENT(#21,#24);
`

func TestSurfacesAsItems(t *testing.T) {
	const pi = math.Pi
	for _, c := range []struct {
		name, item, lines string
		area              float64
	}{
		{"a plane within a curve, with a hole", "#300", `#300=IFCCURVEBOUNDEDPLANE(#33,#301,(#302));
#301=IFCPOLYLINE((#26,#303,#304,#305,#26));
#302=IFCCIRCLE(#306,500.);
#303=IFCCARTESIANPOINT((3000.,0.));
#304=IFCCARTESIANPOINT((3000.,2000.));
#305=IFCCARTESIANPOINT((0.,2000.));
#306=IFCAXIS2PLACEMENT2D(#307,$);
#307=IFCCARTESIANPOINT((1500.,1000.));`, 6 - pi/4},
		{"an extruded line", "#300", "#300=IFCSURFACEOFLINEAREXTRUSION(#905,#20,#22,3000.);", 3},
		{"an extruded arc", "#300", "#300=IFCSURFACEOFLINEAREXTRUSION(#908,#20,#22,3000.);", 3 * pi / 2},
		{"a line turned around an axis", "#300", "#300=IFCSURFACEOFREVOLUTION(#905,#20,#909);", pi * 3},
		{"part of a cylinder by its parameters", "#300", `#300=IFCRECTANGULARTRIMMEDSURFACE(#301,0.,0.,90.,2000.,.T.,.T.);
#301=IFCCYLINDRICALSURFACE(#20,1000.);`, pi},
		{"part of a cylinder across the beginning of its angle", "#300", `#300=IFCRECTANGULARTRIMMEDSURFACE(#301,270.,0.,90.,2000.,.T.,.T.);
#301=IFCCYLINDRICALSURFACE(#20,1000.);`, 2 * pi},
		{"a whole sphere", "#300", "#300=IFCSPHERICALSURFACE(#20,1000.);", 4 * pi},
		{"a whole torus", "#300", "#300=IFCTOROIDALSURFACE(#20,2000.,500.);", 4 * pi * pi},
		{"a bilinear B-spline", "#300", `#300=IFCBSPLINESURFACEWITHKNOTS(1,1,((#21,#901),(#900,#301)),.UNSPECIFIED.,.F.,.F.,.F.,(2,2),(2,2),(0.,1.),(0.,1.),.UNSPECIFIED.);
#301=IFCCARTESIANPOINT((1000.,1000.,0.));`, 1},
		{"a rational quarter of a cylinder", "#300", fmt.Sprintf(`#300=IFCRATIONALBSPLINESURFACEWITHKNOTS(2,1,((#900,#301),(#302,#303),(#901,#304)),.UNSPECIFIED.,.F.,.F.,.F.,(3,3),(2,2),(0.,1.),(0.,1.),.UNSPECIFIED.,((1.,1.),(%[1]v,%[1]v),(1.,1.)));
#301=IFCCARTESIANPOINT((1000.,0.,2000.));
#302=IFCCARTESIANPOINT((1000.,1000.,0.));
#303=IFCCARTESIANPOINT((1000.,1000.,2000.));
#304=IFCCARTESIANPOINT((0.,1000.,2000.));`, math.Sqrt(0.5)), pi},
		{"a cylinder within a curve of its parameters", "#300", `#300=IFCCURVEBOUNDEDSURFACE(#301,(#302),.F.);
#301=IFCCYLINDRICALSURFACE(#20,1000.);
#302=IFCOUTERBOUNDARYCURVE((#303),.F.);
#303=IFCCOMPOSITECURVESEGMENT(.CONTINUOUS.,.T.,#304);
#304=IFCPCURVE(#301,#305);
#305=IFCPOLYLINE((#306,#307,#308,#309,#306));
#306=IFCCARTESIANPOINT((0.,0.));
#307=IFCCARTESIANPOINT((90.,0.));
#308=IFCCARTESIANPOINT((90.,2000.));
#309=IFCCARTESIANPOINT((0.,2000.));`, pi},
	} {
		t.Run(c.name, func(t *testing.T) {
			area, r := surfaceArea(t, "IFC4", c.item, c.lines+"\n"+axes)
			if r.Outcome != shape.Exact || !r.Body {
				t.Fatalf("outcome %v, body %v, %s: %s", r.Outcome, r.Body, r.Code, r.Message)
			}
			near(t, "area", area, c.area, 0.004*c.area)
		})
	}
}

func TestSectionsAlongACurve(t *testing.T) {
	const road = `#910=IFCPOLYLINE((#21,#911));
#911=IFCCARTESIANPOINT((10000.,0.,0.));
#912=IFCAXIS2PLACEMENTLINEAR(#913,$,$);
#913=IFCPOINTBYDISTANCEEXPRESSION(IFCLENGTHMEASURE(0.),$,$,$,#910);
#914=IFCAXIS2PLACEMENTLINEAR(#915,$,$);
#915=IFCPOINTBYDISTANCEEXPRESSION(IFCLENGTHMEASURE(10000.),$,$,$,#910);
`
	for _, c := range []struct {
		name, lines string
		area        float64
	}{
		{"a carriageway of two slopes", `#300=IFCSECTIONEDSURFACE(#910,(#912,#914),(#301,#301));
#301=IFCOPENCROSSPROFILEDEF(.CURVE.,$,.T.,(3000.,1000.),(0.,45.),$,$);`, 10 * (3 + math.Sqrt2)},
		{"one whose widths run along its slopes", `#300=IFCSECTIONEDSURFACE(#910,(#912,#914),(#301,#301));
#301=IFCOPENCROSSPROFILEDEF(.CURVE.,$,.F.,(3000.,1000.),(0.,45.),$,$);`, 40},
		{"one that narrows", `#300=IFCSECTIONEDSURFACE(#910,(#912,#914),(#301,#302));
#301=IFCOPENCROSSPROFILEDEF(.CURVE.,$,.T.,(4000.),(0.),$,$);
#302=IFCOPENCROSSPROFILEDEF(.CURVE.,$,.T.,(2000.),(0.),$,$);`, 30},
		{"lines with unlike numbers of points", `#300=IFCSECTIONEDSURFACE(#910,(#912,#914),(#301,#302));
#301=IFCOPENCROSSPROFILEDEF(.CURVE.,$,.T.,(4000.),(0.),$,$);
#302=IFCOPENCROSSPROFILEDEF(.CURVE.,$,.T.,(1000.,3000.),(0.,0.),$,$);`, 40},
	} {
		t.Run(c.name, func(t *testing.T) {
			area, r := surfaceArea(t, "IFC4X3_ADD2", "#300", c.lines+"\n"+road)
			if r.Outcome != shape.Exact {
				t.Fatalf("outcome %v, %s: %s", r.Outcome, r.Code, r.Message)
			}
			near(t, "area", area, c.area, 1e-3)
		})
	}
}

func TestCraneRails(t *testing.T) {
	for item, area := range map[string]float64{
		// In the order of the attributes: height, foot, radius, head, its two depths, web, knee, three depths of the foot.
		"IFCCRANERAILASHAPEPROFILEDEF(.AREA.,$,#25,1000.,800.,$,500.,300.,200.,100.,600.,50.,200.,100.,$)": 0.29,
		"IFCCRANERAILFSHAPEPROFILEDEF(.AREA.,$,#25,1000.,500.,$,300.,200.,100.,50.,200.,$)":                0.25,
	} {
		m := load(t, "IFC2X3", "#300", "#300=IFCEXTRUDEDAREASOLID(#301,#20,#22,1000.);\n#301="+item+";")
		r := shape.New(m, shape.Options{}).Product(m.Find(100))
		if r.Outcome != shape.Exact {
			t.Fatalf("outcome %v, %s: %s", r.Outcome, r.Code, r.Message)
		}
		near(t, item, r.Instances[0].Mesh.Volume(), area, 1e-6)
	}
}

func TestSegmentsOfAlignmentsThatSayLittle(t *testing.T) {
	// The first has no start on its line, the last marks the end and has a curve without a shape.
	m := load(t, "IFC4X3_ADD2", "#300", `#300=IFCCOMPOSITECURVE((#301,#302),.F.);
#301=IFCCURVESEGMENT(.CONTINUOUS.,#25,$,IFCLENGTHMEASURE(10000.),#303);
#302=IFCCURVESEGMENT(.DISCONTINUOUS.,#306,IFCLENGTHMEASURE(0.),IFCLENGTHMEASURE(0.),#308);
#303=IFCLINE(#26,#304);
#304=IFCVECTOR(#305,1.);
#305=IFCDIRECTION((1.,0.));
#306=IFCAXIS2PLACEMENT2D(#307,$);
#307=IFCCARTESIANPOINT((10000.,0.));
#308=IFCCLOTHOID(#306,0.);`)
	r := shape.New(m, shape.Options{}).Product(m.Find(100))
	if r.Outcome != shape.Exact {
		t.Fatalf("outcome %v, %s: %s", r.Outcome, r.Code, r.Message)
	}
	near(t, "length", mesh.Bounds(r.Instances).Size()[0], 10, 1e-9)
	// On a clothoid the start matters.
	m = load(t, "IFC4X3_ADD2", "#300", `#300=IFCCOMPOSITECURVE((#301),.F.);
#301=IFCCURVESEGMENT(.CONTINUOUS.,#25,$,IFCLENGTHMEASURE(10000.),#302);
#302=IFCCLOTHOID(#25,30000.);`)
	if r := shape.New(m, shape.Options{}).Product(m.Find(100)); r.Outcome == shape.Exact || r.Code != shape.CodeMissing {
		t.Errorf("outcome %v, code %q, want missing-reference", r.Outcome, r.Code)
	}
}

func TestTerrainLeavesOutItsHoles(t *testing.T) {
	area, r := surfaceArea(t, "IFC4X3_ADD2", "#300", `#300=IFCTRIANGULATEDIRREGULARNETWORK(#301,$,.F.,((1,2,3),(1,3,4)),$,(0,-1));
#301=IFCCARTESIANPOINTLIST3D(((0.,0.,0.),(2000.,0.,0.),(2000.,2000.,0.),(0.,2000.,0.)),$);`)
	if r.Outcome != shape.Exact {
		t.Fatalf("outcome %v, %s: %s", r.Outcome, r.Code, r.Message)
	}
	near(t, "area", area, 2, 1e-9)
}

func TestAnOuterBoundOfTwoPointsBoundsNothing(t *testing.T) {
	area, r := surfaceArea(t, "IFC4", "#300", `#300=IFCFACEBASEDSURFACEMODEL((#301));
#301=IFCCONNECTEDFACESET((#302));
#302=IFCFACE((#303,#304));
#303=IFCFACEOUTERBOUND(#305,.T.);
#304=IFCFACEBOUND(#306,.T.);
#305=IFCPOLYLOOP((#21,#902));
#306=IFCPOLYLOOP((#21,#903,#307,#901));
#307=IFCCARTESIANPOINT((2000.,1000.,0.));`+"\n"+axes)
	if r.Outcome != shape.Exact {
		t.Fatalf("outcome %v, %s: %s", r.Outcome, r.Code, r.Message)
	}
	near(t, "area", area, 2, 1e-9)
}

// advanced writes an advanced B-rep of a cylinder of radius 1 m and height 2 m: two discs
// and a skin, with or without a seam.
func advanced(seam bool, surface string) string {
	skin := "#330=IFCADVANCEDFACE((#331,#333),#340,.T.);\n#331=IFCFACEOUTERBOUND(#332,.T.);\n#332=IFCEDGELOOP((#350));\n#333=IFCFACEBOUND(#334,.T.);\n#334=IFCEDGELOOP((#351));\n"
	if seam {
		skin = "#330=IFCADVANCEDFACE((#331),#340,.T.);\n#331=IFCFACEOUTERBOUND(#332,.T.);\n#332=IFCEDGELOOP((#350,#352,#351,#353));\n"
	}
	return `#300=IFCADVANCEDBREP(#301);
#301=IFCCLOSEDSHELL((#310,#320,#330));
#310=IFCADVANCEDFACE((#311),#313,.F.);
#311=IFCFACEOUTERBOUND(#312,.T.);
#312=IFCEDGELOOP((#354));
#313=IFCPLANE(#20);
#320=IFCADVANCEDFACE((#321),#323,.T.);
#321=IFCFACEOUTERBOUND(#322,.T.);
#322=IFCEDGELOOP((#355));
#323=IFCPLANE(#324);
#324=IFCAXIS2PLACEMENT3D(#325,$,$);
#325=IFCCARTESIANPOINT((0.,0.,2000.));
` + skin + "#340=" + surface + `;
#350=IFCORIENTEDEDGE(*,*,#360,.T.);
#351=IFCORIENTEDEDGE(*,*,#361,.F.);
#352=IFCORIENTEDEDGE(*,*,#362,.T.);
#353=IFCORIENTEDEDGE(*,*,#362,.F.);
#354=IFCORIENTEDEDGE(*,*,#360,.F.);
#355=IFCORIENTEDEDGE(*,*,#361,.T.);
#360=IFCEDGECURVE(#370,#370,#372,.T.);
#361=IFCEDGECURVE(#371,#371,#373,.T.);
#362=IFCEDGECURVE(#370,#371,#374,.T.);
#370=IFCVERTEXPOINT(#375);
#371=IFCVERTEXPOINT(#376);
#372=IFCCIRCLE(#20,1000.);
#373=IFCCIRCLE(#324,1000.);
#374=IFCLINE(#375,#377);
#375=IFCCARTESIANPOINT((1000.,0.,0.));
#376=IFCCARTESIANPOINT((1000.,0.,2000.));
#377=IFCVECTOR(#22,1000.);
#380=IFCARBITRARYOPENPROFILEDEF(.CURVE.,$,#381);
#381=IFCPOLYLINE((#375,#376));
#382=IFCAXIS1PLACEMENT(#21,#22);
#383=IFCARBITRARYCLOSEDPROFILEDEF(.AREA.,$,#384);
#384=IFCCIRCLE(#25,1000.);
`
}

func TestAdvancedBreps(t *testing.T) {
	for name, surface := range map[string]string{
		"cylinder":                      "IFCCYLINDRICALSURFACE(#20,1000.)",
		"revolved line":                 "IFCSURFACEOFREVOLUTION(#380,$,#382)",
		"extruded circle":               "IFCSURFACEOFLINEAREXTRUSION(#383,#20,#22,2000.)",
		"turned cylinder":               "IFCCYLINDRICALSURFACE(#390,1000.);\n#390=IFCAXIS2PLACEMENT3D(#21,#22,#391);\n#391=IFCDIRECTION((-0.3,0.7,0.))",
		"extruded circle, placed twice": "IFCSURFACEOFLINEAREXTRUSION(#383,#390,#22,2000.);\n#390=IFCAXIS2PLACEMENT3D(#391,#22,#24);\n#391=IFCCARTESIANPOINT((1000.,0.,0.))",
		"revolved line, placed twice":   "IFCSURFACEOFREVOLUTION(#380,#390,#382);\n#390=IFCAXIS2PLACEMENT3D(#391,#22,#24);\n#391=IFCCARTESIANPOINT((1000.,0.,0.))",
		"lowered cylinder":              "IFCCYLINDRICALSURFACE(#390,1000.);\n#390=IFCAXIS2PLACEMENT3D(#391,#22,#24);\n#391=IFCCARTESIANPOINT((0.,0.,-7000.))",
	} {
		for _, seam := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, seam %v", name, seam), func(t *testing.T) {
				lines := advanced(seam, surface)
				m := load(t, "IFC4", "#300", lines)
				r := shape.New(m, fine).Product(m.Find(100))
				if r.Outcome != shape.Exact {
					t.Fatalf("outcome %v, %s: %s", r.Outcome, r.Code, r.Message)
				}
				for _, in := range r.Instances {
					if !in.Mesh.Closed {
						t.Error("the solid is not closed")
					}
					near(t, "volume", in.Mesh.Volume(), 2*math.Pi, 1e-3)
				}
			})
		}
	}
}

func TestFacesWithoutTheirSurface(t *testing.T) {
	lines := strings.Replace(advanced(true, "IFCCYLINDRICALSURFACE(#20,-1.)"), "\n\n", "\n", 1)
	m := load(t, "IFC4", "#300", lines)
	r := shape.New(m, fine).Product(m.Find(100))
	if r.Outcome != shape.Approximate || r.Code != shape.CodeInvalidItem || m.Number(r.Entity) != 340 {
		t.Errorf("outcome %v, code %q, entity #%d, want approximate, invalid-item, #340", r.Outcome, r.Code, m.Number(r.Entity))
	}
	if len(r.Instances) != 1 || r.Instances[0].Mesh.Closed {
		t.Errorf("instances %v, want the two lids", r.Instances)
	}
}

// Some samples hold advanced B-reps that no product uses: they are asked for themselves.
func TestAdvancedBrepsOfRealFilesAreClosed(t *testing.T) {
	count, gaping := 0, 0
	for _, path := range samples.Models(t) {
		m := open(t, path)
		// Some say no unit, and have millimetres for metres.
		b := shape.New(m, shape.Options{Chord: 0.5})
		for e := range m.All(schema.IfcAdvancedBrep) {
			count++
			if solid, err := b.Solid(e); err != nil || !solid.Closed || !(solid.Volume() > 0) {
				gaping++
				t.Logf("%s #%d is not closed (%v)", filepath.Base(path), m.Number(e), err)
			}
		}
	}
	if gaping > 0 {
		t.Errorf("%d of %d are not closed", gaping, count)
	}
}
