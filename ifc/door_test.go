package ifc_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/ifc"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// house is a building of two storeys in Shenzhen: a cellar with a wall, a ground floor with
// a wall whose opening holds a door, a room, a line, a port and a thing without a shape.
const house = `ISO-10303-21;
HEADER;
FILE_DESCRIPTION((''),'2;1');
FILE_NAME('','',(''),(''),'','','');
FILE_SCHEMA(('IFC4'));
ENDSEC;
DATA;
#1=IFCPROJECT('0000000000000000000001',$,'p',$,$,$,$,(#10),#2);
#2=IFCUNITASSIGNMENT((#3,#4));
#3=IFCSIUNIT(*,.LENGTHUNIT.,.MILLI.,.METRE.);
#4=IFCSIUNIT(*,.PLANEANGLEUNIT.,$,.RADIAN.);
#5=IFCSIUNIT(*,.LENGTHUNIT.,$,.METRE.);
#6=IFCAPPLICATION($,'2.1','Drawing Board','DB');
#10=IFCGEOMETRICREPRESENTATIONCONTEXT($,'Model',3,1.E-5,#11,$);
#11=IFCAXIS2PLACEMENT3D(#12,$,$);
#12=IFCCARTESIANPOINT((0.,0.,0.));
#13=IFCMAPCONVERSION(#10,#14,506000.,2495000.,12.5,$,$,0.001);
#14=IFCPROJECTEDCRS('EPSG:4547',$,$,'EPSG:5737',$,$,#5);
#20=IFCSITE('0000000000000000000002',$,'Plot 7',$,$,#21,$,$,.ELEMENT.,$,$,$,$,$);
#21=IFCLOCALPLACEMENT($,#11);
#22=IFCBUILDING('0000000000000000000003',$,'House',$,$,#23,$,$,.ELEMENT.,$,$,$);
#23=IFCLOCALPLACEMENT(#21,#11);
#24=IFCBUILDINGSTOREY('0000000000000000000004',$,'B1',$,$,#25,$,$,.ELEMENT.,-3000.);
#25=IFCLOCALPLACEMENT(#23,#26);
#26=IFCAXIS2PLACEMENT3D(#27,$,$);
#27=IFCCARTESIANPOINT((0.,0.,-3000.));
#28=IFCBUILDINGSTOREY('0000000000000000000005',$,'F1',$,$,#23,$,$,.ELEMENT.,0.);
#30=IFCRELAGGREGATES('0000000000000000000010',$,$,$,#1,(#20));
#31=IFCRELAGGREGATES('0000000000000000000011',$,$,$,#20,(#22));
#32=IFCRELAGGREGATES('0000000000000000000012',$,$,$,#22,(#24,#28));
#33=IFCRELAGGREGATES('0000000000000000000013',$,$,$,#28,(#80));
#34=IFCRELCONTAINEDINSPATIALSTRUCTURE('0000000000000000000014',$,$,$,(#50),#24);
#35=IFCRELCONTAINEDINSPATIALSTRUCTURE('0000000000000000000015',$,$,$,(#60,#70,#85,#90,#95),#28);
#40=IFCCARTESIANPOINT((2000.,100.));
#41=IFCAXIS2PLACEMENT2D(#40,$);
#42=IFCRECTANGLEPROFILEDEF(.AREA.,$,#41,4000.,200.);
#43=IFCDIRECTION((0.,0.,1.));
#44=IFCEXTRUDEDAREASOLID(#42,#11,#43,2500.);
#45=IFCSHAPEREPRESENTATION(#10,'Body','SweptSolid',(#44));
#46=IFCPRODUCTDEFINITIONSHAPE($,$,(#45));
#50=IFCWALL('0000000000000000000050',$,'cellar wall',$,$,#51,#46,'W-1',.SOLIDWALL.);
#51=IFCLOCALPLACEMENT(#25,#11);
#60=IFCWALL('0000000000000000000060',$,'wall','of bricks',$,#61,#46,'W-2',$);
#61=IFCLOCALPLACEMENT(#23,#11);
#62=IFCOPENINGELEMENT('0000000000000000000062',$,'hole',$,$,#63,#68,$,$);
#63=IFCLOCALPLACEMENT(#61,#11);
#64=IFCRELVOIDSELEMENT('0000000000000000000064',$,$,$,#60,#62);
#65=IFCCARTESIANPOINT((1000.,100.));
#66=IFCRECTANGLEPROFILEDEF(.AREA.,$,#69,900.,200.);
#67=IFCSHAPEREPRESENTATION(#10,'Body','SweptSolid',(#71));
#68=IFCPRODUCTDEFINITIONSHAPE($,$,(#67));
#69=IFCAXIS2PLACEMENT2D(#65,$);
#70=IFCDOOR('0000000000000000000062',$,'door',$,$,#63,#68,$,2000.,900.,$,$,$);
#71=IFCEXTRUDEDAREASOLID(#66,#11,#43,2000.);
#72=IFCRELFILLSELEMENT('0000000000000000000072',$,$,$,#62,#70);
#80=IFCSPACE('0000000000000000000080',$,'101',$,$,#61,#46,'Hall',.ELEMENT.,$,$);
#85=IFCANNOTATION('bad id',$,'line',$,$,#61,#88);
#86=IFCCARTESIANPOINT((5000.,0.,1000.));
#87=IFCPOLYLINE((#12,#86));
#88=IFCPRODUCTDEFINITIONSHAPE($,$,(#89));
#89=IFCSHAPEREPRESENTATION(#10,'Annotation','Curve3D',(#87));
#90=IFCFURNITURE($,$,'chair',$,$,#61,$,$,$);
#95=IFCPIPESEGMENT('0000000000000000000095',$,'pipe',$,$,#61,#98,$,$);
#98=IFCPRODUCTDEFINITIONSHAPE($,$,(#99));
#99=IFCSHAPEREPRESENTATION(#10,'Body','Brep',(#97));
#97=IFCFACETEDBREP(#9999);
#100=IFCWALLTYPE('0000000000000000000100',$,'brick 200',$,$,(#102),$,$,$,.STANDARD.);
#101=IFCRELDEFINESBYTYPE('0000000000000000000101',$,$,$,(#60),#100);
#102=IFCPROPERTYSET('0000000000000000000102',$,'Pset_WallCommon',$,(#103,#104));
#103=IFCPROPERTYSINGLEVALUE('FireRating',$,IFCLABEL('2h'),$);
#104=IFCPROPERTYSINGLEVALUE('IsExternal',$,IFCBOOLEAN(.T.),$);
#105=IFCRELDEFINESBYPROPERTIES('0000000000000000000105',$,$,$,(#60),#106);
#106=IFCELEMENTQUANTITY('0000000000000000000106',$,'Qto_WallBaseQuantities',$,$,(#107));
#107=IFCQUANTITYLENGTH('Length',$,$,4000.,$);
#110=IFCMATERIAL('Brick',$,$);
#111=IFCMATERIAL('Plaster',$,$);
#112=IFCMATERIALLAYER(#110,180.,$,$,$,$,$);
#113=IFCMATERIALLAYER(#111,20.,$,$,$,$,$);
#114=IFCMATERIALLAYERSET((#112,#113),$,$);
#115=IFCRELASSOCIATESMATERIAL('0000000000000000000115',$,$,$,(#60),#114);
#120=IFCTASK('0000000000000000000120',$,'build',$,$,$,$,$,$,.F.,$,#121,.CONSTRUCTION.);
#121=IFCTASKTIME($,$,$,$,$,'2020-01-01T08:00:00','2020-02-01T08:00:00',$,$,$,$,$,$,$,$,$,'2020-01-10T08:00:00','2020-03-01T08:00:00',$,$);
#122=IFCRELASSIGNSTOPROCESS('0000000000000000000122',$,$,$,(#60),$,#120,$);
#123=IFCTASK('0000000000000000000123',$,'tear down',$,$,$,$,$,$,.F.,$,#124,.DEMOLITION.);
#124=IFCTASKTIME($,$,$,$,$,$,$,$,$,$,$,$,$,$,$,$,$,'2023-03-01',$,$);
#125=IFCRELASSIGNSTOPROCESS('0000000000000000000125',$,$,$,(#60),$,#123,$);
ENDSEC;
END-ISO-10303-21;
`

// write puts a text into a file of the test.
func write(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// read opens a model and returns its features by id, their ids in order, and the report.
func read(t testing.TB, path string, opt ifc.Options) (map[string]spatial.Feature, []string, spatial.Report) {
	t.Helper()
	d, err := ifc.Open(path, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}()
	all := map[string]spatial.Feature{}
	var order []string
	for f, err := range d.Features(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Validate(); err != nil {
			t.Error(err)
		}
		all[f.ID] = f
		order = append(order, f.ID)
	}
	var r spatial.Report
	d.Report(&r)
	return all, order, r
}

func text(f spatial.Feature) string { return string(f.Properties.AppendJSON(nil)) }

func TestFeaturesOfAHouse(t *testing.T) {
	all, order, r := read(t, write(t, "house.ifc", house), ifc.Options{Store: crs.CGCS2000(), Workers: 3})
	chair := order[len(order)-2]
	if want := []string{"0000000000000000000002", "0000000000000000000003", "0000000000000000000004", "0000000000000000000005",
		"0000000000000000000050", "0000000000000000000060", "0000000000000000000062", "0000000000000000000062~2", "0000000000000000000080",
		"bad id", chair, "0000000000000000000095"}; !slices.Equal(order, want) {
		t.Fatalf("ids %q", order)
	}
	if !strings.HasPrefix(chair, "x-") || all[chair].Kind != "IfcFurniture" {
		t.Errorf("a thing without GlobalId is %q, a %s", chair, all[chair].Kind)
	}

	wall := all["0000000000000000000060"]
	if wall.Kind != "IfcWall" || wall.Name != "wall" || wall.Storey != "F1" || wall.Underground != spatial.No {
		t.Errorf("the wall is %s %q in %q, underground %v", wall.Kind, wall.Name, wall.Storey, wall.Underground)
	}
	if (wall.Z != spatial.ZRange{Min: 12.5, Max: 15, Known: true}) {
		t.Errorf("heights %v", wall.Z)
	}
	want := `{"Pset_WallCommon.FireRating":"2h","Pset_WallCommon.IsExternal":true,"Qto_WallBaseQuantities.Length":4.0,` +
		`"building":"House","description":"of bricks","global_id":"0000000000000000000060",` +
		`"layers":[{"material":"Brick","thickness":0.18},{"material":"Plaster","thickness":0.02}],"material":"Brick; Plaster","parent":"0000000000000000000005",` +
		`"planned_from":"2020-02-01T00:00:00Z","predefined_type":"STANDARD","site":"Plot 7","tag":"W-2","type_name":"brick 200"}`
	if got := text(wall); got != want {
		t.Errorf("properties\n%s, want\n%s", got, want)
	}
	built := time.Date(2020, 3, 1, 0, 0, 0, 0, time.UTC)
	removed := time.Date(2023, 2, 28, 16, 0, 0, 0, time.UTC)
	if !wall.Valid.Equal(spatial.Interval{Start: built, End: removed}) {
		t.Errorf("valid %v", wall.Valid)
	}
	if hole := all["0000000000000000000062"]; !hole.Valid.Equal(wall.Valid) || hole.Geometry != nil || hole.Body == nil || hole.Storey != "F1" {
		t.Errorf("the hole: valid %v, geometry %v, body %v, storey %q", hole.Valid, hole.Geometry, hole.Body, hole.Storey)
	}
	if cellar := all["0000000000000000000050"]; cellar.Underground != spatial.Yes || cellar.Storey != "B1" || cellar.Z.Max != 12 || !cellar.Valid.IsAll() {
		t.Errorf("the cellar's wall: underground %v, in %q, up to %v, valid %v", cellar.Underground, cellar.Storey, cellar.Z, cellar.Valid)
	}
	if storey := all["0000000000000000000004"]; storey.Name != "B1" || storey.Storey != "B1" || !strings.Contains(text(storey), `"elevation":-3.0`) ||
		(storey.Z != spatial.ZRange{Min: 9.5, Max: 9.5, Known: true}) {
		t.Errorf("the storey: %q in %q at %v, %s", storey.Name, storey.Storey, storey.Z, text(storey))
	}
	if space := all["0000000000000000000080"]; space.Kind != "IfcSpace" || space.Geometry == nil || !strings.Contains(text(space), `"long_name":"Hall"`) {
		t.Errorf("the space: %v %s", space.Geometry, text(space))
	}
	isOnGrid(t, wall.Geometry, geom.XYZ, []float64{506000, 2495000, 12.5, 506004, 2495000, 12.5, 506004, 2495000.2, 12.5, 506000, 2495000.2, 12.5, 506000, 2495000, 12.5})
	line := all["bad id"]
	if _, ok := line.Geometry.(*geom.LineString); !ok {
		t.Errorf("the line is %T", line.Geometry)
	}
	isOnGrid(t, line.Geometry, geom.XYZ, []float64{506000, 2495000, 12.5, 506005, 2495000, 13.5})

	isReport(t, r)
}

// isOnGrid compares a geometry with coordinates in EPSG:4547; an area's ring may begin
// anywhere.
func isOnGrid(t *testing.T, g geom.T, layout geom.Layout, want []float64) {
	t.Helper()
	if g == nil || g.Layout() != layout || len(g.FlatCoords()) != len(want) {
		t.Errorf("the geometry is %v, want %v", g, want)
		return
	}
	c, err := crs.Parse("EPSG:4547")
	if err != nil {
		t.Fatal(err)
	}
	flat := slices.Clone(g.FlatCoords())
	if err := c.FromLonLat(flat, g.Stride()); err != nil {
		t.Fatal(err)
	}
	n := len(flat) - g.Stride()
	for shift := 0; shift < n; shift += g.Stride() {
		ring := append(slices.Clone(flat[shift:n]), flat[:shift]...)
		ring = append(ring, ring[:g.Stride()]...)
		if shift == 0 {
			ring = flat
		}
		worst := 0.0
		for i := range ring {
			worst = math.Max(worst, math.Abs(ring[i]-want[i]))
		}
		if worst < 1e-3 {
			return
		}
	}
	t.Errorf("the geometry is %.3f, want %.3f", flat, want)
}

func isReport(t *testing.T, r spatial.Report) {
	t.Helper()
	if want := (&spatial.Products{Total: 12, WithBody: 6, Exact: 6, Box: 0, None: 6}); !cmp.Equal(r.Products, want) {
		t.Errorf("products %+v, want %+v", r.Products, want)
	}
	if r.Source.Schema != "IFC4" || r.Source.Tool != "Drawing Board 2.1" {
		t.Errorf("source %+v", r.Source)
	}
	g := r.Georeference
	if g.Source != "map-conversion" || g.CRS != "EPSG:4547" || g.Origin == nil || g.Origin[2] != 12.5 || len(g.Warnings) != 0 {
		t.Errorf("georeference %+v", g)
	}
	var lines []string
	for _, i := range r.Issues {
		lines = append(lines, fmt.Sprintf("#%d %s %s %s %s", i.Entity, i.GlobalID, i.Class, i.Outcome, i.Code))
	}
	want := []string{
		"#20 0000000000000000000002 IfcSite none no-representation",
		"#22 0000000000000000000003 IfcBuilding none no-representation",
		"#24 0000000000000000000004 IfcBuildingStorey none no-representation",
		"#28 0000000000000000000005 IfcBuildingStorey none no-representation",
		"#70 0000000000000000000062 IfcDoor  duplicate-globalid",
		"#85 bad id IfcAnnotation  malformed-globalid",
		"#90  IfcFurniture none no-representation",
		"#90  IfcFurniture  missing-globalid",
		"#95 0000000000000000000095 IfcPipeSegment none missing-reference",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("issues\n%s", strings.Join(lines, "\n"))
	}
}

func TestIdsStayTheSame(t *testing.T) {
	_, first, _ := read(t, write(t, "a.ifc", house), ifc.Options{})
	// The same model written again with other instance numbers.
	other := strings.NewReplacer("#90=", "#990=", "#90,", "#990,").Replace(house)
	_, second, _ := read(t, write(t, "b.ifc", other), ifc.Options{Workers: 1})
	if !slices.Equal(first, second) {
		t.Errorf("ids %q and then %q", first, second)
	}
	opt := ifc.Options{Taken: func(id string) bool { return id == "0000000000000000000060" }}
	opt.Model = "house"
	_, third, _ := read(t, write(t, "c.ifc", house), opt)
	if third[5] != "house~0000000000000000000060" || third[4] != first[4] {
		t.Errorf("ids with one taken: %q", third)
	}
}

func TestALocalModelHasBodiesAndNoPlace(t *testing.T) {
	opt := ifc.Options{}
	opt.Local = true
	all, _, r := read(t, write(t, "house.ifc", house), opt)
	wall := all["0000000000000000000060"]
	if wall.Geometry != nil || wall.Z.Known || wall.Body == nil || wall.Body.Frame != nil || wall.Underground != spatial.No {
		t.Errorf("geometry %v, heights %v, body %v, underground %v", wall.Geometry, wall.Z, wall.Body, wall.Underground)
	}
	if r.Georeference.Source != "none" || r.Georeference.Origin != nil || r.Products.Exact != 6 {
		t.Errorf("report %+v %+v", r.Georeference, r.Products)
	}
}

func TestAnImportWithADateKeepsItsTime(t *testing.T) {
	opt := ifc.Options{}
	opt.From = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	all, _, _ := read(t, write(t, "house.ifc", house), opt)
	wall := all["0000000000000000000060"]
	if !wall.Valid.IsAll() || !strings.Contains(text(wall), `"built":"2020-03-01T00:00:00Z"`) || !strings.Contains(text(wall), `"removed":"2023-02-28T16:00:00Z"`) {
		t.Errorf("valid %v, %s", wall.Valid, text(wall))
	}
}

// TestBodyAndFootprintAgree holds the solid in its frame against the footprint.
func TestBodyAndFootprintAgree(t *testing.T) {
	for _, test := range []struct{ name, conversion string }{
		{"near the zero point", "IFCMAPCONVERSION(#10,#14,506000.,2495000.,12.5,0.6,0.8,0.001)"},
		{"in map coordinates", "IFCMAPCONVERSION(#10,#14,0.,0.,12.5,$,$,0.001)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := strings.Replace(house, "IFCMAPCONVERSION(#10,#14,506000.,2495000.,12.5,$,$,0.001)", test.conversion, 1)
			if strings.Contains(test.conversion, ",0.,0.,") {
				text = strings.Replace(text, "#21=IFCLOCALPLACEMENT($,#11)", "#200=IFCCARTESIANPOINT((506000000.,2495000000.,0.));\n#201=IFCAXIS2PLACEMENT3D(#200,$,$);\n#21=IFCLOCALPLACEMENT($,#201)", 1)
			}
			all, _, _ := read(t, write(t, "house.ifc", text), ifc.Options{Store: crs.CGCS2000()})
			for _, id := range []string{"0000000000000000000060", "0000000000000000000050"} {
				f := all[id]
				frame := f.Body.Frame
				enu, err := crs.NewENU(crs.CGCS2000().Datum(), frame.Origin[0], frame.Origin[1], frame.Origin[2])
				if err != nil {
					t.Fatal(err)
				}
				body, footprint := mesh.EmptyBox(), mesh.EmptyBox()
				for _, in := range f.Body.Instances {
					for i := range in.Mesh.NumPoints() {
						p := in.Transform.Apply(in.Mesh.Point(uint32(i)))
						var q mesh.Vec3
						for row := range 3 {
							q[row] = frame.Axes[3*row]*p[0] + frame.Axes[3*row+1]*p[1] + frame.Axes[3*row+2]*p[2]
						}
						body = body.Extend(q)
					}
				}
				flat := f.Geometry.FlatCoords()
				for i := 0; i < len(flat); i += 3 {
					e, n, u := enu.Forward(flat[i], flat[i+1], flat[i+2])
					footprint = footprint.Extend(mesh.Vec3{e, n, u})
				}
				footprint.Max[2] = body.Max[2]
				// In map coordinates the frame's zero may be kilometres away, where it leaves the
				// map by centimetres up and down.
				slack := mesh.Vec3{0.01, 0.01, 4}
				if test.name == "near the zero point" {
					slack = mesh.Vec3{0.003, 0.003, 0.001}
				}
				for a := range 3 {
					if math.Abs(body.Min[a]-footprint.Min[a]) > slack[a] || math.Abs(body.Max[a]-footprint.Max[a]) > slack[a] {
						t.Errorf("%s: body %v, footprint %v", f.Name, body, footprint)
					}
				}
			}
		})
	}
}

func TestInspect(t *testing.T) {
	i, err := ifc.Inspect(write(t, "house.ifc", house), ifc.Options{Store: crs.CGCS2000()})
	if err != nil {
		t.Fatal(err)
	}
	if i.Format != "IFC" || i.Schema != "IFC4" || i.SchemaUsed != "IFC4" || i.Products != 12 || i.Classes["IfcWall"] != 2 || i.Units["LENGTHUNIT"] != "MILLIMETRE" || i.VerticalCRS != "EPSG:5737" {
		t.Errorf("%+v", i)
	}
	want := []ifc.InspectedStorey{
		{GlobalID: "0000000000000000000004", Name: "B1", Building: "House", Elevation: -3, Stated: true, Products: 1},
		{GlobalID: "0000000000000000000005", Name: "F1", Building: "House", Stated: true, Products: 5},
	}
	if !cmp.Equal(i.Storeys, want) {
		t.Error(cmp.Diff(want, i.Storeys))
	}
	if i.Bounds == nil || math.Abs(i.Bounds[2]-9.5) > 1e-6 || i.Extent == nil {
		t.Errorf("extent %v, bounds %v", i.Extent, i.Bounds)
	}
	if _, err := json.Marshal(i); err != nil {
		t.Error(err)
	}
	var b strings.Builder
	if _, err := i.WriteTo(&b); err != nil || !strings.Contains(b.String(), "map-conversion") || !strings.Contains(b.String(), "B1 at -3.00 m") {
		t.Errorf("%v\n%s", err, b.String())
	}
	lost, err := ifc.Inspect(write(t, "house.ifc", strings.Replace(house, "#13=", "/*", 1)+"*/"), ifc.Options{})
	if err != nil || lost.Georeference.Used != "none" || !strings.Contains(lost.Georeference.Fix, "--origin") || lost.Bounds != nil {
		t.Errorf("without a place: %v %+v", err, lost.Georeference)
	}
}
