package model_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/ifc/step"
	"github.com/shikong-cim/shikong/spatial"
)

// nanometre is the tolerance for coordinates that are computed from decimal text.
const nanometre = 1e-9

// units gives a project in millimetres and degrees; it takes #1 to #9.
const units = `#1=IFCPROJECT('p',$,'P',$,$,$,$,$,#2);
#2=IFCUNITASSIGNMENT((#3,#4));
#3=IFCSIUNIT(*,.LENGTHUNIT.,.MILLI.,.METRE.);
#4=IFCCONVERSIONBASEDUNIT(#5,.PLANEANGLEUNIT.,'DEGREE',#6);
#5=IFCDIMENSIONALEXPONENTS(0,0,0,0,0,0,0);
#6=IFCMEASUREWITHUNIT(IFCPLANEANGLEMEASURE(0.0174532925199433),#7);
#7=IFCSIUNIT(*,.PLANEANGLEUNIT.,$,.RADIAN.);
`

// failer is what testing.T, testing.F and rapid.T have in common here.
type failer interface {
	Helper()
	Fatal(args ...any)
}

func parse(t failer, name, statements string) *step.File {
	t.Helper()
	f, err := step.Parse([]byte("ISO-10303-21;\nHEADER;FILE_SCHEMA(('" + name + "'));ENDSEC;\nDATA;\n" + statements + "\nENDSEC;\nEND-ISO-10303-21;\n"))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func load(t failer, name, statements string) *model.Model {
	t.Helper()
	m, err := model.Load(parse(t, name, statements))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// numbers returns the instance numbers of entities.
func numbers(m *model.Model, list []model.Entity) []uint64 {
	out := []uint64{}
	for _, e := range list {
		out = append(out, m.Number(e))
	}
	return out
}

// codes returns the codes of the issues with their numbers.
func codes(m *model.Model) map[string][]uint64 {
	out := map[string][]uint64{}
	for _, i := range m.Issues() {
		out[i.Code] = append(out[i.Code], i.Number)
	}
	return out
}

func TestSchemasAreRecognized(t *testing.T) {
	for _, c := range []struct {
		name  string
		want  schema.Version
		issue bool
	}{
		{"IFC2X3", schema.IFC2X3, false}, {"IFC4X3_ADD2", schema.IFC4X3, false}, {"IFC4X3_RC3", schema.IFC4X3RC3, false},
		{"IFC4RC4", schema.IFC4, true}, {"IFC2X2_FINAL", schema.IFC2X3, true},
	} {
		m := load(t, c.name, units)
		if m.Schema() != c.want {
			t.Errorf("%s is read as %s", c.name, m.Schema())
		}
		if _, told := codes(m)[model.CodeSchemaNearest]; told != c.issue {
			t.Errorf("%s: told that another schema is used: %v", c.name, told)
		}
	}
	_, err := model.Load(parse(t, "AUTOMOTIVE_DESIGN { 1 0 10303 214 }", "#1=PRODUCT();"))
	var p *spatial.Problem
	if !errors.As(err, &p) || p.Code != "not-ifc" || !strings.Contains(err.Error(), "AUTOMOTIVE_DESIGN") {
		t.Errorf("a file of another schema gives %v", err)
	}
}

func TestAFileWithoutSchemaIsGuessed(t *testing.T) {
	f, err := step.Parse([]byte("ISO-10303-21;DATA;#1=IFCALIGNMENT('x');#2=IFCREFERENT('y');ENDSEC;END-ISO-10303-21;"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Load(f)
	if err != nil || m.Schema() < schema.IFC4X1 {
		t.Errorf("read as %v, %v", m.Schema(), err)
	}
	f, err = step.Parse([]byte("ISO-10303-21;DATA;#1=PRODUCT('x');ENDSEC;END-ISO-10303-21;"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := model.Load(f); err == nil {
		t.Error("a file without schema and without entities of IFC is taken")
	}
}

func TestAttributesAndClasses(t *testing.T) {
	m := load(t, "IFC4", units+`#10=IFCWALL('guid',$,'Wall ''A''',$,$,#11,$,'tag',.SOLIDWALL.);
#11=IFCLOCALPLACEMENT(#99,$);
#12=IFCPROPERTYSINGLEVALUE('n',$,IFCLABEL('x'),$);
#13=IFCDOOR('guid2',$,$,$,$,$,$,$,2100.,$,$,$,$);
#14=IFCNOTHING(1);
#15=IFCRELAGGREGATES('r',$,$,$,#10,(#13,#77,#10));`)
	wall, door := m.Find(10), m.Find(13)
	if got := numbers(m, m.Products()); !cmp.Equal(got, []uint64{10, 13}) {
		t.Errorf("products %v", got)
	}
	if m.Type(wall) != schema.IfcWall || !m.Is(wall, schema.IfcElement) || m.Is(wall, schema.IfcDoor) || m.Type(m.Find(14)) != 0 {
		t.Error("classes are wrong")
	}
	if m.Name(wall) != "Wall 'A'" || m.GlobalID(wall) != "guid" || !m.Attr(wall, "PredefinedType").EnumIs("SOLIDWALL") {
		t.Error("attributes of the wall are wrong")
	}
	if f, ok := m.Attr(door, "OverallHeight").Float(); f != 2100 || !ok {
		t.Errorf("height %v %v", f, ok)
	}
	if !m.Attr(door, "Name").IsNull() || !m.Attr(door, "NoSuchAttribute").IsNull() || !m.Attr(0, "Name").IsNull() {
		t.Error("what is not there is not null")
	}
	if e := m.Attr(wall, "ObjectPlacement").Attr("PlacementRelTo").Entity(); e != 0 {
		t.Errorf("a missing number is entity %d", e)
	}
	if ty, v := m.Attr(m.Find(12), "NominalValue").Typed(); ty != schema.IfcLabel || v.Text() != "x" {
		t.Errorf("typed value %s %q", ty, v.Text())
	}
	related := m.Attr(m.Find(15), "RelatedObjects")
	if got := numbers(m, related.Entities(nil)); !cmp.Equal(got, []uint64{13, 10}) || related.Missing() != 1 {
		t.Errorf("related %v, %d missing", got, related.Missing())
	}
	var walls []model.Entity
	for e := range m.All(schema.IfcBuildingElement, schema.IfcPropertySingleValue) {
		walls = append(walls, e)
	}
	if got := numbers(m, walls); !cmp.Equal(got, []uint64{10, 12, 13}) {
		t.Errorf("all building elements and values: %v", got)
	}
	// A placement that nothing is relative to is looked at when its product is placed.
	if d := cmp.Diff(map[string][]uint64{model.CodeUnknownEntity: {0}}, codes(m)); d != "" {
		t.Errorf("issues (-want +got):\n%s", d)
	}
}

func TestZeroValuesAnswerNothing(t *testing.T) {
	var v model.Value
	if v.Entity() != 0 || !v.IsNull() || v.Text() != "" || v.Len() != 0 || !v.Attr("Name").IsNull() || v.Entities(nil) != nil || v.FloatOr(3) != 3 || v.IntOr(4) != 4 || !v.BoolOr(true) {
		t.Error("the zero value is something")
	}
	m := load(t, "IFC4", units)
	if m.Type(0) != 0 || m.Number(0) != 0 || m.Name(0) != "" || m.Placement(0) != m.Axis(0) || m.Parent(0) != 0 || m.Storey(0) != 0 || len(m.Properties(0)) != 0 || len(m.Materials(0)) != 0 {
		t.Error("none is something")
	}
}

func TestRelationsAreAnsweredBothWays(t *testing.T) {
	m := load(t, "IFC4", units+`#10=IFCBUILDINGSTOREY('s',$,'Ground',$,$,$,$,$,.ELEMENT.,500.);
#11=IFCWALL('w',$,$,$,$,$,$,$,$);
#12=IFCOPENINGELEMENT('o',$,$,$,$,$,$,$,$);
#13=IFCDOOR('d',$,$,$,$,$,$,$,$,$,$,$,$);
#14=IFCBUILDING('b',$,$,$,$,$,$,$,$,$,$,$);
#15=IFCBUILDINGSTOREY('s2',$,$,'Cellar',$,$,$,'Cellar',.ELEMENT.,-3000.);
#16=IFCDISTRIBUTIONPORT('po',$,$,$,$,$,$,$,$,$);
#17=IFCWALLTYPE('wt',$,'Type',$,$,$,$,$,$,.STANDARD.);
#20=IFCRELCONTAINEDINSPATIALSTRUCTURE('r1',$,$,$,(#11,#999),#10);
#21=IFCRELVOIDSELEMENT('r2',$,$,$,#11,#12);
#22=IFCRELFILLSELEMENT('r3',$,$,$,#12,#13);
#23=IFCRELAGGREGATES('r4',$,$,$,#14,(#15,#10));
#24=IFCRELNESTS('r5',$,$,$,#13,(#16));
#25=IFCRELDEFINESBYTYPE('r6',$,$,$,(#11),#17);
#26=IFCRELVOIDSELEMENT('r7',$,$,$,#888,#12);`)
	at := m.Find
	for _, c := range []struct {
		name string
		got  []model.Entity
		want []uint64
	}{
		{"contained", m.Contained(at(10)), []uint64{11}},
		{"container", []model.Entity{m.Container(at(11))}, []uint64{10}},
		{"voids", m.Voids(at(11)), []uint64{12}},
		{"fills", m.Fills(at(12)), []uint64{13}},
		{"parts in the order of the list", m.Parts(at(14)), []uint64{15, 10}},
		{"whole", []model.Entity{m.Whole(at(10))}, []uint64{14}},
		{"nested", m.Nested(at(13)), []uint64{16}},
		{"host", []model.Entity{m.Host(at(16))}, []uint64{13}},
		{"type", []model.Entity{m.TypeOf(at(11))}, []uint64{17}},
		{"occurrences", m.Occurrences(at(17)), []uint64{11}},
		{"cut from", m.Relating(model.Voids, at(12)), []uint64{11}},
		{"nothing", m.Related(model.Groups, at(12)), []uint64{}},
		{"ancestors of a port of a door in an opening of a wall", m.Ancestors(at(16)), []uint64{13, 12, 11, 10, 14}},
		{"storey of that port", []model.Entity{m.Storey(at(16))}, []uint64{10}},
		{"spatial element of the wall", []model.Entity{m.Spatial(at(11))}, []uint64{10}},
	} {
		if got := numbers(m, c.got); !cmp.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	var storeys []model.Storey
	for _, s := range m.Storeys() {
		s.Entity, s.Building = model.Entity(m.Number(s.Entity)), model.Entity(m.Number(s.Building))
		storeys = append(storeys, s)
	}
	want := []model.Storey{
		{Entity: 15, GlobalID: "s2", Name: "Cellar", Building: 14, Elevation: -3, Stated: true},
		{Entity: 10, GlobalID: "s", Name: "Ground", Building: 14, Elevation: 0.5, Stated: true},
	}
	if d := cmp.Diff(want, storeys); d != "" {
		t.Errorf("storeys (-want +got):\n%s", d)
	}
}

func TestCyclesEnd(t *testing.T) {
	m := load(t, "IFC4", units+`#10=IFCWALL('a',$,$,$,$,#20,$,$,$);
#11=IFCWALL('b',$,$,$,$,#21,$,$,$);
#12=IFCRELAGGREGATES('r',$,$,$,#10,(#11));
#13=IFCRELAGGREGATES('r',$,$,$,#11,(#10));
#14=IFCRELCONTAINEDINSPATIALSTRUCTURE('r',$,$,$,(#10),#10);
#20=IFCLOCALPLACEMENT(#21,#22);
#21=IFCLOCALPLACEMENT(#20,#22);
#22=IFCAXIS2PLACEMENT3D(#23,$,$);
#23=IFCCARTESIANPOINT((1000.,0.,0.));
#24=IFCLOCALPLACEMENT(#24,#22);
#30=IFCCOMPLEXPROPERTY('c',$,'u',(#30,#30,#30,#30,#30,#30,#30,#30,#30,#30,#31));
#31=IFCPROPERTYSINGLEVALUE('leaf',$,IFCINTEGER(1),$);
#32=IFCPROPERTYSET('s',$,'S',$,(#30));
#33=IFCRELDEFINESBYPROPERTIES('r',$,$,$,(#10),#32);
#40=IFCCLASSIFICATIONREFERENCE($,'c','n',#40,$,$);
#41=IFCRELASSOCIATESCLASSIFICATION('r',$,$,$,(#10),#40);`)
	if s := m.Storey(m.Find(10)); s != 0 {
		t.Errorf("storey %d", s)
	}
	if len(m.Ancestors(m.Find(11))) > 2 {
		t.Error("the ancestors go round")
	}
	if !m.Placement(m.Find(10)).IsFinite() {
		t.Error("placement is not finite")
	}
	if got := codes(m)[model.CodePlacementCycle]; len(got) == 0 {
		t.Errorf("the cycle is not reported: %v", m.Issues())
	}
	if n := len(m.Properties(m.Find(10))); n != 1 {
		t.Errorf("%d properties, the complex one holds one besides itself", n)
	}
	if c := m.Classifications(m.Find(10)); len(c) != 1 || c[0].Code != "c" {
		t.Errorf("classifications %v", c)
	}
}

func near(a, b model.Transform, tolerance float64) bool {
	for i := range a {
		if math.Abs(a[i]-b[i]) > tolerance || math.IsNaN(a[i]) {
			return false
		}
	}
	return true
}
