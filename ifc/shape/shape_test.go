package shape_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/shape"
	"github.com/shikong-cim/shikong/ifc/step"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// frame is what every hand-made file begins with: units (millimetre, degree), a
// context (#10), axes and points. The product under test is #100, its body #200
// with the items that a test gives; lines of a test are numbered from 300.
const frame = `ISO-10303-21;
HEADER;FILE_DESCRIPTION((''),'2;1');FILE_NAME('','',(''),(''),'','','');FILE_SCHEMA(('%s'));ENDSEC;
DATA;
#1=IFCPROJECT('0000000000000000000001',$,$,$,$,$,$,(#10),#2);
#2=IFCUNITASSIGNMENT((#3,#4));
#3=IFCSIUNIT(*,.LENGTHUNIT.,.MILLI.,.METRE.);
#4=IFCCONVERSIONBASEDUNIT(#5,.PLANEANGLEUNIT.,'DEGREE',#6);
#5=IFCDIMENSIONALEXPONENTS(0,0,0,0,0,0,0);
#6=IFCMEASUREWITHUNIT(IFCPLANEANGLEMEASURE(0.017453292519943295),#7);
#7=IFCSIUNIT(*,.PLANEANGLEUNIT.,$,.RADIAN.);
#10=IFCGEOMETRICREPRESENTATIONCONTEXT($,'Model',3,1.E-5,#20,$);
#20=IFCAXIS2PLACEMENT3D(#21,$,$);
#21=IFCCARTESIANPOINT((0.,0.,0.));
#22=IFCDIRECTION((0.,0.,1.));
#23=IFCDIRECTION((1.,0.,0.));
#24=IFCDIRECTION((0.,1.,0.));
#25=IFCAXIS2PLACEMENT2D(#26,$);
#26=IFCCARTESIANPOINT((0.,0.));
#30=IFCRECTANGLEPROFILEDEF(.AREA.,$,#25,2000.,3000.);
#31=IFCEXTRUDEDAREASOLID(#30,#20,#22,4000.);
#32=IFCCIRCLEPROFILEDEF(.AREA.,$,#25,1000.);
#33=IFCPLANE(#34);
#34=IFCAXIS2PLACEMENT3D(#35,$,$);
#35=IFCCARTESIANPOINT((0.,0.,1000.));
#50=IFCLOCALPLACEMENT($,#51);
#51=IFCAXIS2PLACEMENT3D(#52,$,$);
#52=IFCCARTESIANPOINT((10000.,20000.,30000.));
#100=IFCWALL('1000000000000000000001',$,$,$,$,#50,#101,$,$);
#101=IFCPRODUCTDEFINITIONSHAPE($,$,(#200));
#200=IFCSHAPEREPRESENTATION(#10,'Body','SweptSolid',(%s));
%s
ENDSEC;
END-ISO-10303-21;
`

func load(t testing.TB, schema, items, lines string) *model.Model {
	t.Helper()
	f, err := step.Parse(fmt.Appendf(nil, frame, schema, items, lines))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	m, err := model.Load(f)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// fine cuts curves so that volumes are exact to a few parts in ten thousand.
var fine = shape.Options{Chord: 1e-5, MaxTurn: 0.03}

func near(t testing.TB, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s = %.9g, want %.9g ± %g", what, got, want, tol)
	}
}

type box = mesh.Box

func TestItems(t *testing.T) {
	for _, c := range []struct {
		name, item, lines string
		volume            float64
		box               box // in the coordinates of the representation
	}{
		{"extruded rectangle", "#31", "", 24, box{Min: mesh.Vec3{-1, -1.5, 0}, Max: mesh.Vec3{1, 1.5, 4}}},
		{"extrusion with a position of its own", "#300", `#300=IFCEXTRUDEDAREASOLID(#30,#301,#22,4000.);
#301=IFCAXIS2PLACEMENT3D(#302,#23,#24);
#302=IFCCARTESIANPOINT((5000.,0.,0.));`, 24, box{Min: mesh.Vec3{5, -1, -1.5}, Max: mesh.Vec3{9, 1, 1.5}}},
		{"derived profile, scaled and moved", "#300", `#300=IFCEXTRUDEDAREASOLID(#301,#20,#22,1000.);
#301=IFCDERIVEDPROFILEDEF(.AREA.,$,#30,#302,$);
#302=IFCCARTESIANTRANSFORMATIONOPERATOR2D($,$,#303,0.5);
#303=IFCCARTESIANPOINT((1000.,0.));`, 1.5, box{Min: mesh.Vec3{0.5, -0.75, 0}, Max: mesh.Vec3{1.5, 0.75, 1}}},
		{"mirrored profile", "#300", `#300=IFCEXTRUDEDAREASOLID(#301,#20,#22,1000.);
#301=IFCMIRROREDPROFILEDEF(.AREA.,$,#302,*,$);
#302=IFCARBITRARYCLOSEDPROFILEDEF(.AREA.,$,#303);
#303=IFCPOLYLINE((#26,#304,#305,#26));
#304=IFCCARTESIANPOINT((1000.,0.));
#305=IFCCARTESIANPOINT((0.,2000.));`, 1, box{Min: mesh.Vec3{-1, 0, 0}, Max: mesh.Vec3{0, 2, 1}}},
		{"profile of lines and arcs", "#300", `#300=IFCEXTRUDEDAREASOLID(#301,#20,#22,1000.);
#301=IFCARBITRARYCLOSEDPROFILEDEF(.AREA.,$,#302);
#302=IFCINDEXEDPOLYCURVE(#303,(IFCLINEINDEX((1,2)),IFCARCINDEX((2,3,4)),IFCLINEINDEX((4,1))),.F.);
#303=IFCCARTESIANPOINTLIST2D(((0.,0.),(1000.,0.),(707.10678118655,707.10678118655),(0.,1000.)));`, math.Pi / 4, box{Max: mesh.Vec3{1, 1, 1}}},
		{"profile of a half circle and a line", "#300", `#300=IFCEXTRUDEDAREASOLID(#301,#20,#22,1000.);
#301=IFCARBITRARYCLOSEDPROFILEDEF(.AREA.,$,#302);
#302=IFCCOMPOSITECURVE((#303,#304),.F.);
#303=IFCCOMPOSITECURVESEGMENT(.CONTINUOUS.,.T.,#305);
#304=IFCCOMPOSITECURVESEGMENT(.CONTINUOUS.,.F.,#306);
#305=IFCTRIMMEDCURVE(#307,(IFCPARAMETERVALUE(0.)),(IFCPARAMETERVALUE(180.)),.T.,.PARAMETER.);
#306=IFCPOLYLINE((#308,#309));
#307=IFCCIRCLE(#25,1000.);
#308=IFCCARTESIANPOINT((1000.,0.));
#309=IFCCARTESIANPOINT((-1000.,0.));`, math.Pi / 2, box{Min: mesh.Vec3{-1, 0, 0}, Max: mesh.Vec3{1, 1, 1}}},
		{"profile with a void", "#300", `#300=IFCEXTRUDEDAREASOLID(#301,#20,#22,1000.);
#301=IFCARBITRARYPROFILEDEFWITHVOIDS(.AREA.,$,#302,(#303));
#302=IFCCIRCLE(#25,1000.);
#303=IFCELLIPSE(#25,500.,250.);`, math.Pi * (1 - 0.125), box{Min: mesh.Vec3{-1, -1, 0}, Max: mesh.Vec3{1, 1, 1}}},
		{"two profiles in one", "#300", `#300=IFCEXTRUDEDAREASOLID(#301,#20,#22,1000.);
#301=IFCCOMPOSITEPROFILEDEF(.AREA.,$,(#30,#302),$);
#302=IFCRECTANGLEPROFILEDEF(.AREA.,$,#303,1000.,1000.);
#303=IFCAXIS2PLACEMENT2D(#304,$);
#304=IFCCARTESIANPOINT((5000.,0.));`, 7, box{Min: mesh.Vec3{-1, -1.5, 0}, Max: mesh.Vec3{5.5, 1.5, 1}}},
		{"tapered extrusion", "#300", `#300=IFCEXTRUDEDAREASOLIDTAPERED(#30,#20,#22,3000.,#301);
#301=IFCRECTANGLEPROFILEDEF(.AREA.,$,#25,1000.,1500.);`, 6 * 3 * 7.0 / 12, box{Min: mesh.Vec3{-1, -1.5, 0}, Max: mesh.Vec3{1, 1.5, 3}}},
		{"revolved circle: a quarter of a torus", "#300", `#300=IFCREVOLVEDAREASOLID(#32,#20,#301,90.);
#301=IFCAXIS1PLACEMENT(#302,#24);
#302=IFCCARTESIANPOINT((-3000.,0.,0.));`, math.Pi * math.Pi / 2 * 3, box{Min: mesh.Vec3{-3, -1, -4}, Max: mesh.Vec3{1, 1, 0}}},
		{"swept disk with a hole", "#300", `#300=IFCSWEPTDISKSOLID(#301,100.,50.,$,$);
#301=IFCPOLYLINE((#21,#302));
#302=IFCCARTESIANPOINT((0.,0.,2000.));`, 2 * math.Pi * 0.0075, box{Min: mesh.Vec3{-0.1, -0.1, 0}, Max: mesh.Vec3{0.1, 0.1, 2}}},
		{"block", "#300", `#300=IFCBLOCK(#34,1000.,2000.,3000.);`, 6, box{Min: mesh.Vec3{0, 0, 1}, Max: mesh.Vec3{1, 2, 4}}},
		{"sphere", "#300", `#300=IFCSPHERE(#34,1000.);`, 4 * math.Pi / 3, box{Min: mesh.Vec3{-1, -1, 0}, Max: mesh.Vec3{1, 1, 2}}},
		{"cylinder", "#300", `#300=IFCRIGHTCIRCULARCYLINDER(#20,2000.,1000.);`, 2 * math.Pi, box{Min: mesh.Vec3{-1, -1, 0}, Max: mesh.Vec3{1, 1, 2}}},
		{"cone", "#300", `#300=IFCRIGHTCIRCULARCONE(#20,3000.,1000.);`, math.Pi, box{Min: mesh.Vec3{-1, -1, 0}, Max: mesh.Vec3{1, 1, 3}}},
		{"pyramid in a CSG solid", "#300", `#300=IFCCSGSOLID(#301);
#301=IFCRECTANGULARPYRAMID(#20,1000.,2000.,3000.);`, 2, box{Max: mesh.Vec3{1, 2, 3}}},
		{"clipping by a half space", "#300", `#300=IFCBOOLEANCLIPPINGRESULT(.DIFFERENCE.,#31,#301);
#301=IFCHALFSPACESOLID(#33,.F.);`, 6, box{Min: mesh.Vec3{-1, -1.5, 0}, Max: mesh.Vec3{1, 1.5, 1}}},
		{"clipping by the other half space", "#300", `#300=IFCBOOLEANCLIPPINGRESULT(.DIFFERENCE.,#31,#301);
#301=IFCHALFSPACESOLID(#33,.T.);`, 18, box{Min: mesh.Vec3{-1, -1.5, 1}, Max: mesh.Vec3{1, 1.5, 4}}},
		{"clipping by a bounded half space", "#300", `#300=IFCBOOLEANCLIPPINGRESULT(.DIFFERENCE.,#31,#301);
#301=IFCPOLYGONALBOUNDEDHALFSPACE(#33,.F.,#20,#302);
#302=IFCPOLYLINE((#26,#303,#304,#305,#26));
#303=IFCCARTESIANPOINT((5000.,0.));
#304=IFCCARTESIANPOINT((5000.,5000.));
#305=IFCCARTESIANPOINT((0.,5000.));`, 24 - 1.5*3, box{Min: mesh.Vec3{-1, -1.5, 0}, Max: mesh.Vec3{1, 1.5, 4}}},
		{"intersection of two solids", "#300", `#300=IFCBOOLEANRESULT(.INTERSECTION.,#31,#301);
#301=IFCBLOCK(#34,500.,500.,500.);`, 0.125, box{Min: mesh.Vec3{0, 0, 1}, Max: mesh.Vec3{0.5, 0.5, 1.5}}},
		{"union of two solids", "#300", `#300=IFCBOOLEANRESULT(.UNION.,#31,#301);
#301=IFCBLOCK(#34,2000.,500.,500.);`, 24.25, box{Min: mesh.Vec3{-1, -1.5, 0}, Max: mesh.Vec3{2, 1.5, 4}}},
		{"triangulated face set", "#300", `#300=IFCTRIANGULATEDFACESET(#301,$,.T.,((1,3,2),(1,2,4),(2,3,4),(3,1,4)),$);
#301=IFCCARTESIANPOINTLIST3D(((0.,0.,0.),(1000.,0.,0.),(0.,1000.,0.),(0.,0.,1000.)));`, 1.0 / 6, box{Max: mesh.Vec3{1, 1, 1}}},
		{"triangulated face set with indices of normals, as IFC4 had them at first", "#300", `#300=IFCTRIANGULATEDFACESET(#301,((0.,0.,1.)),.T.,((1,3,2),(1,2,4),(2,3,4),(3,1,4)),((1,1,1),(1,1,1),(1,1,1),(1,1,1)));
#301=IFCCARTESIANPOINTLIST3D(((0.,0.,0.),(1000.,0.,0.),(0.,1000.,0.),(0.,0.,1000.)));`, 1.0 / 6, box{Max: mesh.Vec3{1, 1, 1}}},
		{"profile of a circle whose whole turn is written a little too large", "#300", `#300=IFCEXTRUDEDAREASOLID(#301,#20,#22,1000.);
#301=IFCARBITRARYCLOSEDPROFILEDEF(.AREA.,$,#302);
#302=IFCTRIMMEDCURVE(#303,(IFCPARAMETERVALUE(0.)),(IFCPARAMETERVALUE(360.0003)),.T.,.PARAMETER.);
#303=IFCCIRCLE(#25,1000.);`, math.Pi, box{Min: mesh.Vec3{-1, -1, 0}, Max: mesh.Vec3{1, 1, 1}}},
		{"profile of an arc whose angles are in radians, which the file does not say, but whose ends are given as well", "#300", `#300=IFCEXTRUDEDAREASOLID(#301,#20,#22,1000.);
#301=IFCARBITRARYCLOSEDPROFILEDEF(.AREA.,$,#302);
#302=IFCCOMPOSITECURVE((#303,#304),.F.);
#303=IFCCOMPOSITECURVESEGMENT(.CONTINUOUS.,.T.,#305);
#304=IFCCOMPOSITECURVESEGMENT(.CONTINUOUS.,.T.,#306);
#305=IFCTRIMMEDCURVE(#307,(IFCPARAMETERVALUE(0.),#308),(IFCPARAMETERVALUE(3.14159265358979),#309),.T.,.PARAMETER.);
#306=IFCPOLYLINE((#309,#308));
#307=IFCCIRCLE(#25,1000.);
#308=IFCCARTESIANPOINT((1000.,0.));
#309=IFCCARTESIANPOINT((-1000.,0.));`, math.Pi / 2, box{Min: mesh.Vec3{-1, 0, 0}, Max: mesh.Vec3{1, 1, 1}}},
		{"triangulated face set turned inside out, indices through PnIndex", "#300", `#300=IFCTRIANGULATEDFACESET(#301,$,.T.,((1,2,3),(1,4,2),(2,4,3),(3,4,1)),(2,3,4,5));
#301=IFCCARTESIANPOINTLIST3D(((9.,9.,9.),(0.,0.,0.),(1000.,0.,0.),(0.,1000.,0.),(0.,0.,1000.)));`, 1.0 / 6, box{Max: mesh.Vec3{1, 1, 1}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := load(t, "IFC4", c.item, c.lines)
			checkSolid(t, m, shape.New(m, fine).Product(m.Find(100)), c.volume, c.box)
		})
	}
}

// checkSolid checks a result whose product stands at (10, 20, 30).
func checkSolid(t *testing.T, m *model.Model, r shape.Result, volume float64, b box) {
	t.Helper()
	if r.Outcome != shape.Exact || r.Code != "" || !r.Body {
		t.Fatalf("outcome %v, code %q, body %v: #%d %s", r.Outcome, r.Code, r.Body, m.Number(r.Entity), r.Message)
	}
	near(t, "volume", mesh.Volume(r.Instances), volume, 1e-3*volume)
	got := mesh.Bounds(r.Instances)
	for i, o := range (mesh.Vec3{10, 20, 30}) {
		near(t, "lower bound", got.Min[i], b.Min[i]+o, 1e-5)
		near(t, "upper bound", got.Max[i], b.Max[i]+o, 1e-5)
	}
	for i, in := range r.Instances {
		if !in.Mesh.Closed || !in.Mesh.IsClosed(1e-6) {
			t.Errorf("instance %d is not closed", i)
		}
		if err := in.Mesh.Validate(); err != nil {
			t.Error(err)
		}
	}
}

// cube returns STEP lines of a faceted B-rep of a cube of one metre, from #number
// on; left is the number of a face to leave out.
func cube(left int) string {
	var s strings.Builder
	s.WriteString("#300=IFCFACETEDBREP(#301);\n#301=IFCCLOSEDSHELL((")
	sep := ""
	for i := range 6 {
		if i != left {
			fmt.Fprintf(&s, "%s#%d", sep, 320+10*i)
			sep = ","
		}
	}
	s.WriteString("));\n")
	for i := range 8 {
		fmt.Fprintf(&s, "#%d=IFCCARTESIANPOINT((%d.,%d.,%d.));\n", 302+i, i&1*1000, i>>1&1*1000, i>>2*1000)
	}
	for i, f := range [6][4]int{{0, 2, 3, 1}, {4, 5, 7, 6}, {0, 1, 5, 4}, {2, 6, 7, 3}, {0, 4, 6, 2}, {1, 3, 7, 5}} {
		n := 320 + 10*i
		fmt.Fprintf(&s, "#%d=IFCFACE((#%d));\n#%d=IFCFACEOUTERBOUND(#%d,.T.);\n#%d=IFCPOLYLOOP((#%d,#%d,#%d,#%d));\n",
			n, n+1, n+1, n+2, n+2, 302+f[0], 302+f[1], 302+f[2], 302+f[3])
	}
	return s.String()
}

func TestFacetedBrep(t *testing.T) {
	m := load(t, "IFC2X3", "#300", cube(-1))
	checkSolid(t, m, shape.New(m, fine).Product(m.Find(100)), 1, box{Max: mesh.Vec3{1, 1, 1}})

	m = load(t, "IFC2X3", "#300", cube(1))
	r := shape.New(m, fine).Product(m.Find(100))
	if r.Outcome != shape.Approximate || r.Code != shape.CodeNotClosed || m.Number(r.Entity) != 301 || len(r.Instances) != 1 {
		t.Errorf("a cube without lid: outcome %v, code %q, entity #%d, %d instances, want approximate, not-closed, #301, 1",
			r.Outcome, r.Code, m.Number(r.Entity), len(r.Instances))
	}
}

func TestMappedItemsShareTheirMesh(t *testing.T) {
	m := load(t, "IFC4", "#300,#301", `#300=IFCMAPPEDITEM(#302,#303);
#301=IFCMAPPEDITEM(#302,#304);
#302=IFCREPRESENTATIONMAP(#20,#305);
#303=IFCCARTESIANTRANSFORMATIONOPERATOR3D($,$,#21,$,$);
#304=IFCCARTESIANTRANSFORMATIONOPERATOR3DNONUNIFORM($,$,#306,2.,$,1.,0.5);
#305=IFCSHAPEREPRESENTATION(#10,'Body','SweptSolid',(#31));
#306=IFCCARTESIANPOINT((10000.,0.,0.));`)
	r := shape.New(m, fine).Product(m.Find(100))
	checkSolid(t, m, r, 48, box{Min: mesh.Vec3{-1, -1.5, 0}, Max: mesh.Vec3{12, 1.5, 4}})
	if len(r.Instances) != 2 || r.Instances[0].Mesh != r.Instances[1].Mesh {
		t.Errorf("%d instances, want 2 of one mesh", len(r.Instances))
	}
}

const opening = `#300=IFCRELVOIDSELEMENT('3000000000000000000001',$,$,$,#100,#301);
#301=IFCOPENINGELEMENT('3000000000000000000002',$,$,$,$,#302,#304,$,$);
#302=IFCLOCALPLACEMENT(#50,#34);
#304=IFCPRODUCTDEFINITIONSHAPE($,$,(#305));
#305=IFCSHAPEREPRESENTATION(#10,'Body','SweptSolid',(#306));
`

func TestOpenings(t *testing.T) {
	m := load(t, "IFC4", "#31", opening+`#306=IFCEXTRUDEDAREASOLID(#307,#20,#22,1000.);
#307=IFCRECTANGLEPROFILEDEF(.AREA.,$,#25,500.,3000.);`)
	r := shape.New(m, fine).Product(m.Find(100))
	checkSolid(t, m, r, 22.5, box{Min: mesh.Vec3{-1, -1.5, 0}, Max: mesh.Vec3{1, 1.5, 4}})

	m = load(t, "IFC4", "#31", opening+`#306=IFCEXTRUDEDAREASOLID(#307,#308,#22,9000.);
#307=IFCRECTANGLEPROFILEDEF(.AREA.,$,#25,2000.,3000.);
#308=IFCAXIS2PLACEMENT3D(#309,$,$);
#309=IFCCARTESIANPOINT((0.,0.,-2000.));`)
	r = shape.New(m, fine).Product(m.Find(100))
	if r.Outcome != shape.Exact || r.Code != "" || !r.Body || len(r.Instances) != 0 {
		t.Errorf("an opening that takes all: outcome %v, code %q, %d instances, want exact and none", r.Outcome, r.Code, len(r.Instances))
	}

	m = load(t, "IFC4", "#31", opening+`#306=IFCEXTRUDEDAREASOLID(#307,#20,#22,1000.);
#307=IFCRECTANGLEPROFILEDEF(.AREA.,$,#25,-500.,3000.);`)
	r = shape.New(m, fine).Product(m.Find(100))
	if r.Outcome != shape.Approximate || r.Code != shape.CodeOpening || m.Number(r.Entity) != 307 {
		t.Errorf("an opening of negative size: outcome %v, code %q, entity #%d, want approximate, opening-failed, #307", r.Outcome, r.Code, m.Number(r.Entity))
	}
	near(t, "volume without the opening", mesh.Volume(r.Instances), 24, 1e-3)
}

func TestOutcomesThatAreNotExact(t *testing.T) {
	for _, c := range []struct {
		name, items, lines string
		opt                shape.Options
		outcome            shape.Outcome
		code               string
		entity             uint64
	}{
		{"a product without items", "", "", fine, shape.None, shape.CodeEmpty, 200},
		{"an item that is missing", "#999", "", fine, shape.None, shape.CodeMissing, 200},
		{"one of two items is missing", "#31,#999", "", fine, shape.Approximate, shape.CodeMissing, 200},
		{"a class that is no shape", "#1", "", fine, shape.None, "unsupported-item:IfcProject", 1},
		{"a face of a shell that refers to nothing", "#300", "#300=IFCSHELLBASEDSURFACEMODEL((#301));\n#301=IFCOPENSHELL((#302,#303));\n#302=IFCFACE((#304));\n#303=IFCFACE((#305));\n#304=IFCFACEOUTERBOUND(#306,.T.);\n#305=IFCFACEOUTERBOUND(#307,.T.);\n#306=IFCPOLYLOOP((#21,#35,#52));\n#307=IFCPOLYLOOP((#21,#35,#999));", fine, shape.Approximate, shape.CodeMissing, 307},
		{"a triangle that names no point", "#300", "#300=IFCTRIANGULATEDFACESET(#301,$,.F.,((1,2,3),(2,3,4)),$);\n#301=IFCCARTESIANPOINTLIST3D(((0.,0.,0.),(1000.,0.,0.),(0.,1000.,0.)));", fine, shape.Approximate, shape.CodeInvalidItem, 300},
		{"a polygon that names no point", "#300", "#300=IFCPOLYGONALFACESET(#301,.F.,(#302,#303),$);\n#301=IFCCARTESIANPOINTLIST3D(((0.,0.,0.),(1000.,0.,0.),(0.,1000.,0.)));\n#302=IFCINDEXEDPOLYGONALFACE((1,2,3));\n#303=IFCINDEXEDPOLYGONALFACE((1,3,7));", fine, shape.Approximate, shape.CodeInvalidItem, 300},
		{"triangles that name no points", "#300", "#300=IFCTRIANGULATEDFACESET(#301,$,.F.,((4,5,6)),$);\n#301=IFCCARTESIANPOINTLIST3D(((0.,0.,0.),(1000.,0.,0.),(0.,1000.,0.)));", fine, shape.Box, shape.CodeInvalidItem, 300},
		{"a profile of no width", "#300", "#300=IFCEXTRUDEDAREASOLID(#301,#20,#22,1000.);\n#301=IFCRECTANGLEPROFILEDEF(.AREA.,$,#25,0.,3000.);", fine, shape.Box, shape.CodeInvalidProfile, 301},
		{"an extrusion without direction", "#300", "#300=IFCEXTRUDEDAREASOLID(#30,#20,$,1000.);", fine, shape.Box, shape.CodeMissing, 300},
		{"a disk swept along a part of nothing", "#300", "#300=IFCSWEPTDISKSOLID(#301,6.,3.,1.,10.);\n#301=IFCINDEXEDPOLYCURVE(#302,(),.F.);\n#302=IFCCARTESIANPOINTLIST3D(((0.,0.,0.),(1000.,0.,0.)));", fine, shape.Box, shape.CodeInvalidItem, 301},
		{"an infinite depth", "#300", "#300=IFCEXTRUDEDAREASOLID(#30,#20,#22,1.E999);", fine, shape.Box, shape.CodeInvalidItem, 300},
		{"a boolean of itself", "#300", "#300=IFCBOOLEANRESULT(.DIFFERENCE.,#300,#31);", fine, shape.Box, shape.CodeTooDeep, 300},
		{"a representation that maps itself", "#300", "#300=IFCMAPPEDITEM(#301,#302);\n#301=IFCREPRESENTATIONMAP(#20,#200);\n#302=IFCCARTESIANTRANSFORMATIONOPERATOR3D($,$,#21,$,$);", fine, shape.Box, shape.CodeTooDeep, 200},
		{"a shape that costs too much", "#300", "#300=IFCEXTRUDEDAREASOLID(#32,#20,#22,1000.);", shape.Options{Steps: 20}, shape.Box, shape.CodeBudget, 32},
		{"a polyline as a profile that returns on itself", "#300", "#300=IFCEXTRUDEDAREASOLID(#301,#20,#22,1000.);\n#301=IFCARBITRARYCLOSEDPROFILEDEF(.AREA.,$,#302);\n#302=IFCPOLYLINE((#26,#303,#26));\n#303=IFCCARTESIANPOINT((1000.,0.));", fine, shape.Box, shape.CodeInvalidProfile, 301},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := load(t, "IFC4", c.items, c.lines)
			r := shape.New(m, c.opt).Product(m.Find(100))
			if r.Outcome != c.outcome || r.Code != c.code || m.Number(r.Entity) != c.entity || r.Message == "" {
				t.Errorf("outcome %v, code %q, entity #%d (%s), want %v, %q, #%d", r.Outcome, r.Code, m.Number(r.Entity), r.Message, c.outcome, c.code, c.entity)
			}
			if (r.Outcome == shape.None) != (len(r.Instances) == 0) {
				t.Errorf("%d instances for the outcome %v", len(r.Instances), r.Outcome)
			}
		})
	}
}

func TestDirectricesTakeTheParametersOfTheirBasis(t *testing.T) {
	for _, ends := range []string{"270.,360.", "0.,90.", "$,$"} {
		m := load(t, "IFC4", "#300", fmt.Sprintf(`#300=IFCSURFACECURVESWEPTAREASOLID(#301,$,#302,%s,#304);
#301=IFCCIRCLEPROFILEDEF(.AREA.,$,#25,500.);
#302=IFCTRIMMEDCURVE(#303,(IFCPARAMETERVALUE(270.)),(IFCPARAMETERVALUE(0.)),.T.,.PARAMETER.);
#303=IFCCIRCLE(#25,2000.);
#304=IFCPLANE(#20);`, ends))
		r := shape.New(m, fine).Product(m.Find(100))
		if r.Outcome != shape.Exact || len(r.Instances) != 1 {
			t.Fatalf("%s: outcome %v, %s: %s", ends, r.Outcome, r.Code, r.Message)
		}
		near(t, ends+": volume of a quarter of a ring", r.Instances[0].Mesh.Volume(), math.Pi*math.Pi/4, 1e-3)
	}
}

func TestProductWithoutRepresentation(t *testing.T) {
	m := load(t, "IFC4", "#31", "#300=IFCWALL('3000000000000000000001',$,$,$,$,#50,$,$,$);")
	r := shape.New(m, fine).Product(m.Find(300))
	if r.Outcome != shape.None || r.Code != shape.CodeNoRepresentation || r.Body {
		t.Errorf("outcome %v, code %q, body %v, want none, no-representation, false", r.Outcome, r.Code, r.Body)
	}
}

func TestColours(t *testing.T) {
	const style = `#400=IFCSTYLEDITEM(%s,(#401),$);
#401=IFCSURFACESTYLE('red',.BOTH.,(#402));
#402=IFCSURFACESTYLERENDERING(#403,0.25,$,$,$,$,$,$,.FLAT.);
#403=IFCCOLOURRGB($,1.,0.,0.);`
	red := [4]float32{1, 0, 0, 0.75}
	clip := "#300=IFCBOOLEANCLIPPINGRESULT(.DIFFERENCE.,#31,#301);\n#301=IFCHALFSPACESOLID(#33,.F.);\n"
	for _, c := range []struct{ name, item, lines string }{
		{"of the item", "#31", fmt.Sprintf(style, "#31")},
		{"of the first operand of a boolean", "#300", clip + fmt.Sprintf(style, "#31")},
		{"of the boolean itself", "#300", clip + fmt.Sprintf(style, "#300")},
		{"of the material", "#31", fmt.Sprintf(style, "$") + `
#410=IFCRELASSOCIATESMATERIAL('4000000000000000000001',$,$,$,(#100),#411);
#411=IFCMATERIAL('Brick',$,$);
#412=IFCMATERIALDEFINITIONREPRESENTATION($,$,(#413),#411);
#413=IFCSTYLEDREPRESENTATION(#10,'Style','Material',(#400));`},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := load(t, "IFC4", c.item, c.lines)
			r := shape.New(m, fine).Product(m.Find(100))
			if len(r.Instances) != 1 || r.Instances[0].Material.RGBA != red {
				t.Errorf("instances %+v, want one that is red", r.Instances)
			}
		})
	}
}

func TestAxisAsLines(t *testing.T) {
	m := load(t, "IFC4", "#31", `#300=IFCWALL('3000000000000000000001',$,$,$,$,#50,#301,$,$);
#301=IFCPRODUCTDEFINITIONSHAPE($,$,(#302));
#302=IFCSHAPEREPRESENTATION(#10,'Axis','Curve3D',(#303));
#303=IFCPOLYLINE((#21,#35));`)
	r := shape.New(m, fine).Product(m.Find(300))
	want := box{Min: mesh.Vec3{10, 20, 30}, Max: mesh.Vec3{10, 20, 31}}
	if r.Outcome != shape.Exact || r.Body || len(r.Instances) != 1 || len(r.Instances[0].Mesh.Lines) != 2 || mesh.Bounds(r.Instances) != want {
		t.Errorf("result %+v, want one line from (10, 20, 30) up", r)
	}
}

func TestOffsetCurves(t *testing.T) {
	for _, c := range []struct {
		name, offset, basis string
		volume              float64
		box                 box // of the product
	}{
		{"a circle of the plane, inwards", "2D(#302,500.,.F.)", "IFCCIRCLE(#25,2000.)", 2 * math.Pi * 1.5 * math.Pi * 0.01, box{Min: mesh.Vec3{8.4, 18.4, 29.9}, Max: mesh.Vec3{11.6, 21.6, 30.1}}},
		{"a circle, inwards", "3D(#302,500.,.F.,#22)", "IFCCIRCLE(#20,2000.)", 2 * math.Pi * 1.5 * math.Pi * 0.01, box{Min: mesh.Vec3{8.4, 18.4, 29.9}, Max: mesh.Vec3{11.6, 21.6, 30.1}}},
		{"a circle, upwards", "3D(#302,500.,.F.,#23)", "IFCTRIMMEDCURVE(#304,(IFCPARAMETERVALUE(0.)),(IFCPARAMETERVALUE(180.)),.T.,.PARAMETER.);\n#304=IFCCIRCLE(#305,2000.);\n#305=IFCAXIS2PLACEMENT3D(#21,#23,#24)",
			math.Pi * 1.5 * math.Pi * 0.01, box{Min: mesh.Vec3{9.9, 18.4, 30}, Max: mesh.Vec3{10.1, 21.6, 31.6}}},
		{"a line and a corner", "3D(#302,500.,.F.,#23)", "IFCPOLYLINE((#21,#304,#305));\n#304=IFCCARTESIANPOINT((0.,3000.,0.));\n#305=IFCCARTESIANPOINT((0.,3000.,3000.))",
			5 * math.Pi * 0.01, box{Min: mesh.Vec3{9.9, 20, 30.4}, Max: mesh.Vec3{10.1, 22.6, 33}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := load(t, "IFC4", "#300", "#300=IFCSWEPTDISKSOLID(#301,100.,$,$,$);\n#301=IFCOFFSETCURVE"+c.offset+";\n#302="+c.basis+";")
			r := shape.New(m, fine).Product(m.Find(100))
			if r.Outcome != shape.Exact || len(r.Instances) != 1 {
				t.Fatalf("outcome %v, %s: %s", r.Outcome, r.Code, r.Message)
			}
			near(t, "volume", r.Instances[0].Mesh.Volume(), c.volume, 2e-3*c.volume)
			got := mesh.Bounds(r.Instances)
			for i := range 3 {
				near(t, "least", got.Min[i], c.box.Min[i], 1e-3)
				near(t, "most", got.Max[i], c.box.Max[i], 1e-3)
			}
		})
	}
}

func TestCentreLinesEndSquareToTheirCurve(t *testing.T) {
	m := load(t, "IFC4", "#300", `#300=IFCEXTRUDEDAREASOLID(#301,#20,#22,1000.);
#301=IFCCENTERLINEPROFILEDEF(.AREA.,$,#302,200.);
#302=IFCTRIMMEDCURVE(#303,(IFCPARAMETERVALUE(270.)),(IFCPARAMETERVALUE(0.)),.T.,.PARAMETER.);
#303=IFCCIRCLE(#25,2000.);`)
	r := shape.New(m, shape.Options{}).Product(m.Find(100)) // coarse: 9° between lines
	got := mesh.Bounds(r.Instances)
	near(t, "west end", got.Min[0], 10, 1e-9)
	near(t, "north end", got.Max[1], 20, 1e-9)
	near(t, "south", got.Min[1], 20-2.1, 1e-6)
	near(t, "volume", r.Instances[0].Mesh.Volume(), math.Pi*2*0.2/2, 1e-3)
}

func TestPipesEndSquareToTheirCurve(t *testing.T) {
	const quarter = `#302=IFCTRIMMEDCURVE(#303,(IFCPARAMETERVALUE(270.)),(IFCPARAMETERVALUE(0.)),.T.,.PARAMETER.);
#303=IFCCIRCLE(#25,2000.);
#301=IFCCIRCLEPROFILEDEF(.AREA.,$,#25,500.);
#304=IFCPLANE(#20);
`
	for name, item := range map[string]string{
		"disk":      "#300=IFCSWEPTDISKSOLID(#302,500.,$,$,$);",
		"profile":   "#300=IFCSURFACECURVESWEPTAREASOLID(#301,$,#302,$,$,#304);",
		"reference": "#300=IFCFIXEDREFERENCESWEPTAREASOLID(#301,$,#302,$,$,#22);",
	} {
		m := load(t, "IFC4", "#300", quarter+item)
		r := shape.New(m, shape.Options{}).Product(m.Find(100)) // coarse: 9° between lines
		got := mesh.Bounds(r.Instances)
		near(t, name+": west end", got.Min[0], 10, 1e-5)
		near(t, name+": north end", got.Max[1], 20, 1e-5)
	}
	// Lines stay what they are, also where they bend by less than the facets of an arc.
	m := load(t, "IFC4", "#300", `#300=IFCSWEPTDISKSOLID(#301,500.,$,$,$);
#301=IFCPOLYLINE((#21,#302,#303,#304,#305));
#302=IFCCARTESIANPOINT((1000.,0.,0.));
#303=IFCCARTESIANPOINT((2000.,100.,0.));
#304=IFCCARTESIANPOINT((3000.,300.,0.));
#305=IFCCARTESIANPOINT((4000.,600.,0.));`)
	near(t, "lines: west end", mesh.Bounds(shape.New(m, shape.Options{}).Product(m.Find(100)).Instances).Min[0], 10, 1e-5)
}

func TestDirectricesWhosePolylinesCountForOne(t *testing.T) {
	for end, want := range map[string]float64{"92.": 10, "94.": 10, "2.": 9} {
		m := load(t, "IFC4", "#300", fmt.Sprintf(`#300=IFCSWEPTDISKSOLID(#301,10.,$,0.,%s);
#301=IFCCOMPOSITECURVE((#302,#303,#304),.F.);
#302=IFCCOMPOSITECURVESEGMENT(.CONTINUOUS.,.T.,#305);
#303=IFCCOMPOSITECURVESEGMENT(.CONTINUOUS.,.T.,#306);
#304=IFCCOMPOSITECURVESEGMENT(.CONTINUOUS.,.T.,#307);
#305=IFCPOLYLINE((#310,#311,#312,#313));
#306=IFCTRIMMEDCURVE(#308,(IFCPARAMETERVALUE(270.)),(IFCPARAMETERVALUE(0.)),.T.,.PARAMETER.);
#307=IFCPOLYLINE((#315,#316));
#308=IFCCIRCLE(#25,1000.);
#310=IFCCARTESIANPOINT((-3000.,-1000.,0.));
#311=IFCCARTESIANPOINT((-2000.,-1000.,0.));
#312=IFCCARTESIANPOINT((-1000.,-1000.,0.));
#313=IFCCARTESIANPOINT((0.,-1000.,0.));
#315=IFCCARTESIANPOINT((1000.,0.,0.));
#316=IFCCARTESIANPOINT((1000.,500.,0.));`, end))
		r := shape.New(m, fine).Product(m.Find(100))
		got := mesh.Bounds(r.Instances)
		near(t, end+": west end", got.Min[0], 7, 1e-5)
		if want == 10 {
			near(t, end+": north end", got.Max[1], 20.5, 1e-5)
		} else {
			near(t, end+": north end", got.Max[1], 19.01, 1e-5)
			near(t, end+": east end", got.Max[0], 9, 1e-5)
		}
	}
}
