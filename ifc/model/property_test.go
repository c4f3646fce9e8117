package model_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
)

// fact is a property as a test states it.
type fact struct {
	Name  string // "set/name"
	Value any
	Unit  string
	Type  bool
}

func facts(m *model.Model, number uint64) []fact {
	out := []fact{}
	for _, p := range m.Properties(m.Find(number)) {
		v := p.Value.Any()
		if s, ok := v.(interface{ MarshalJSON() ([]byte, error) }); ok {
			text, _ := s.MarshalJSON()
			v = string(text)
		}
		out = append(out, fact{p.Set + "/" + p.Name, v, p.Unit, p.FromType})
	}
	return out
}

func TestProperties(t *testing.T) {
	const wall = "#10=IFCWALL('w',$,$,$,$,$,$,$,$);\n#11=IFCRELDEFINESBYPROPERTIES('r',$,$,$,(#10),#12);\n#12=IFCPROPERTYSET('s',$,'S',$,(#13));\n"
	for _, c := range []struct {
		name, in string
		want     []fact
	}{
		{"text", wall + "#13=IFCPROPERTYSINGLEVALUE('P',$,IFCLABEL('F30'),$);", []fact{{"S/P", "F30", "", false}}},
		{"truth", wall + "#13=IFCPROPERTYSINGLEVALUE('P',$,IFCBOOLEAN(.T.),$);", []fact{{"S/P", true, "", false}}},
		{"unknown truth", wall + "#13=IFCPROPERTYSINGLEVALUE('P',$,IFCLOGICAL(.U.),$);", []fact{{"S/P", nil, "", false}}},
		{"integer", wall + "#13=IFCPROPERTYSINGLEVALUE('P',$,IFCINTEGER(7),$);", []fact{{"S/P", int64(7), "", false}}},
		{"real without unit", wall + "#13=IFCPROPERTYSINGLEVALUE('P',$,IFCREAL(7),$);", []fact{{"S/P", 7.0, "", false}}},
		{"length in the project's unit", wall + "#13=IFCPROPERTYSINGLEVALUE('P',$,IFCPOSITIVELENGTHMEASURE(250.),$);", []fact{{"S/P", 0.25, "m", false}}},
		{"length in its own unit", wall + "#13=IFCPROPERTYSINGLEVALUE('P',$,IFCLENGTHMEASURE(2.),#14);#14=IFCSIUNIT(*,.LENGTHUNIT.,.KILO.,.METRE.);", []fact{{"S/P", 2000.0, "m", false}}},
		{"own unit that is missing", wall + "#13=IFCPROPERTYSINGLEVALUE('P',$,IFCLENGTHMEASURE(2000.),#99);", []fact{{"S/P", 2.0, "m", false}}},
		{"angle", wall + "#13=IFCPROPERTYSINGLEVALUE('P',$,IFCPLANEANGLEMEASURE(0.),$);", []fact{{"S/P", 0.0, "rad", false}}},
		{"ratio", wall + "#13=IFCPROPERTYSINGLEVALUE('P',$,IFCPOSITIVERATIOMEASURE(0.5),$);", []fact{{"S/P", 0.5, "", false}}},
		{"no value", wall + "#13=IFCPROPERTYSINGLEVALUE('P',$,$,$);", []fact{{"S/P", nil, "", false}}},
		{"value without type", wall + "#13=IFCPROPERTYSINGLEVALUE('P',$,'bare',$);", []fact{{"S/P", "bare", "", false}}},
		{"number beyond all numbers", wall + "#13=IFCPROPERTYSINGLEVALUE('P',$,IFCREAL(1.E999),$);", []fact{{"S/P", nil, "", false}}},
		{"list inside a value", wall + "#13=IFCPROPERTYSINGLEVALUE('P',$,IFCCOMPOUNDPLANEANGLEMEASURE((22,32,37)),$);", []fact{{"S/P", "[22,32,37]", "", false}}},
		{"one enumerated value", wall + "#13=IFCPROPERTYENUMERATEDVALUE('P',$,(IFCLABEL('NEW')),#14);", []fact{{"S/P", "NEW", "", false}}},
		{"several enumerated values", wall + "#13=IFCPROPERTYENUMERATEDVALUE('P',$,(IFCLABEL('A'),IFCLABEL('B')),$);", []fact{{"S/P", `["A","B"]`, "", false}}},
		{"list", wall + "#13=IFCPROPERTYLISTVALUE('P',$,(IFCLENGTHMEASURE(1000.),IFCLENGTHMEASURE(2000.)),$);", []fact{{"S/P", "[1.0,2.0]", "m", false}}},
		{"list of one", wall + "#13=IFCPROPERTYLISTVALUE('P',$,(IFCINTEGER(1)),$);", []fact{{"S/P", "[1]", "", false}}},
		{"bounds", wall + "#13=IFCPROPERTYBOUNDEDVALUE('P',$,IFCLENGTHMEASURE(9000.),IFCLENGTHMEASURE(1000.),$,$);", []fact{{"S/P", `{"lower":1.0,"upper":9.0}`, "m", false}}},
		{"table", wall + "#13=IFCPROPERTYTABLEVALUE('P',$,(IFCINTEGER(1),IFCINTEGER(2)),(IFCLENGTHMEASURE(10.),IFCLENGTHMEASURE(20.)),$,$,$,$);", []fact{{"S/P", `{"defining":[1,2],"defined":[0.01,0.02]}`, "m", false}}},
		{"reference", wall + "#13=IFCPROPERTYREFERENCEVALUE('P',$,$,#14);#14=IFCMATERIAL('Steel',$,$);", []fact{{"S/P", "Steel", "", false}}},
		{"complex", wall + "#13=IFCCOMPLEXPROPERTY('Outer',$,'u',(#14,#15));#14=IFCPROPERTYSINGLEVALUE('a',$,IFCINTEGER(1),$);#15=IFCPROPERTYSINGLEVALUE('b',$,IFCINTEGER(2),$);", []fact{{"S/Outer.a", int64(1), "", false}, {"S/Outer.b", int64(2), "", false}}},
		{"property that is missing", wall, []fact{}},
		{"quantities", "#10=IFCWALL('w',$,$,$,$,$,$,$,$);#11=IFCRELDEFINESBYPROPERTIES('r',$,$,$,(#10),#12);#12=IFCELEMENTQUANTITY('s',$,'Q',$,$,(#13,#14,#15,#16));#13=IFCQUANTITYLENGTH('L',$,$,2500.,$);#14=IFCQUANTITYAREA('A',$,$,2.5,$);#15=IFCQUANTITYCOUNT('N',$,$,3,$);#16=IFCPHYSICALCOMPLEXQUANTITY('C',$,(#13),'layer',$,$);",
			[]fact{{"Q/L", 2.5, "m", false}, {"Q/A", 2.5, "m²", false}, {"Q/N", int64(3), "", false}, {"Q/C.L", 2.5, "m", false}}},
		{"set of sets", "#10=IFCWALL('w',$,$,$,$,$,$,$,$);#11=IFCRELDEFINESBYPROPERTIES('r',$,$,$,(#10),IFCPROPERTYSETDEFINITIONSET((#12,#14)));#12=IFCPROPERTYSET('s',$,'S',$,(#13));#13=IFCPROPERTYSINGLEVALUE('P',$,IFCINTEGER(1),$);#14=IFCPROPERTYSET('s',$,'T',$,(#13));",
			[]fact{{"S/P", int64(1), "", false}, {"T/P", int64(1), "", false}}},
		{"predefined set", "#10=IFCDOOR('w',$,$,$,$,$,$,$,$,$,$,$,$);#11=IFCRELDEFINESBYPROPERTIES('r',$,$,$,(#10),#12);#12=IFCDOORPANELPROPERTIES('s',$,$,$,40.,.SWINGING.,IFCNORMALISEDRATIOMEASURE(0.5),.LEFT.,$);",
			[]fact{{"IfcDoorPanelProperties/PanelDepth", 0.04, "m", false}, {"IfcDoorPanelProperties/PanelOperation", "SWINGING", "", false},
				{"IfcDoorPanelProperties/PanelWidth", 0.5, "", false}, {"IfcDoorPanelProperties/PanelPosition", "LEFT", "", false}}},
		{"the object's value hides the type's", wall + "#13=IFCPROPERTYSINGLEVALUE('P',$,IFCINTEGER(1),$);#20=IFCRELDEFINESBYTYPE('r',$,$,$,(#10),#21);#21=IFCWALLTYPE('t',$,$,$,$,(#22,#25),$,$,$,.STANDARD.);#22=IFCPROPERTYSET('s',$,'S',$,(#23,#24));#23=IFCPROPERTYSINGLEVALUE('P',$,IFCINTEGER(2),$);#24=IFCPROPERTYSINGLEVALUE('R',$,IFCINTEGER(3),$);#25=IFCPROPERTYSET('s',$,'T',$,(#23));",
			[]fact{{"S/P", int64(1), "", false}, {"S/R", int64(3), "", true}, {"T/P", int64(2), "", true}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := load(t, "IFC4", units+c.in)
			if d := cmp.Diff(c.want, facts(m, 10)); d != "" {
				t.Errorf("properties (-want +got):\n%s", d)
			}
		})
	}
}

// closely compares numbers that were computed from decimal text.
var closely = cmp.Comparer(func(a, b float64) bool { return a-b < nanometre && b-a < nanometre })

func TestMaterials(t *testing.T) {
	const wall = "#10=IFCWALL('w',$,$,$,$,$,$,$,$);\n#11=IFCRELASSOCIATESMATERIAL('r',$,$,$,(#10),#12);\n#20=IFCMATERIAL('Brick',$,'masonry');\n#21=IFCMATERIAL('Wool',$,$);\n"
	brick := model.Material{Name: "Brick", Category: "masonry"}
	wool := model.Material{Name: "Wool"}
	with := func(p model.Material, change func(*model.Material)) model.Material { change(&p); return p }
	for _, c := range []struct {
		name, in string
		want     []model.Material
	}{
		{"one", wall + "#12=IFCMATERIAL('Steel',$,$);", []model.Material{{Name: "Steel"}}},
		{"list", wall + "#12=IFCMATERIALLIST((#20,#21));", []model.Material{brick, wool}},
		{"layers", wall + "#12=IFCMATERIALLAYERSETUSAGE(#13,.AXIS2.,.POSITIVE.,0.,$);#13=IFCMATERIALLAYERSET((#14,#15,#16),'Outer wall',$);#14=IFCMATERIALLAYER(#20,115.,$,'face',$,$,$);#15=IFCMATERIALLAYER($,20.,.T.,'air',$,$,$);#16=IFCMATERIALLAYER(#21,160.,$,$,$,$,$);",
			[]model.Material{
				with(brick, func(p *model.Material) { p.Part, p.Set, p.Thickness = "face", "Outer wall", 0.115 }),
				{Part: "air", Set: "Outer wall", Thickness: 0.02},
				with(wool, func(p *model.Material) { p.Set, p.Thickness = "Outer wall", 0.16 }),
			}},
		{"constituents", wall + "#12=IFCMATERIALCONSTITUENTSET('Window',$,(#13));#13=IFCMATERIALCONSTITUENT('Frame',$,#21,0.3,$);",
			[]model.Material{with(wool, func(p *model.Material) { p.Part, p.Set, p.Fraction = "Frame", "Window", 0.3 })}},
		{"profiles", wall + "#12=IFCMATERIALPROFILESETUSAGE(#13,$,$);#13=IFCMATERIALPROFILESET('Beam',$,(#14),$);#14=IFCMATERIALPROFILE('IPE',$,#20,$,$,$);",
			[]model.Material{with(brick, func(p *model.Material) { p.Part, p.Set = "IPE", "Beam" })}},
		{"of the type", "#10=IFCWALL('w',$,$,$,$,$,$,$,$);#11=IFCRELASSOCIATESMATERIAL('r',$,$,$,(#13),#20);#12=IFCRELDEFINESBYTYPE('r',$,$,$,(#10),#13);#13=IFCWALLTYPE('t',$,$,$,$,$,$,$,$,.STANDARD.);#20=IFCMATERIAL('Brick',$,'masonry');", []model.Material{brick}},
		{"none", "#10=IFCWALL('w',$,$,$,$,$,$,$,$);", nil},
		{"missing", wall, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := load(t, "IFC4", units+c.in)
			got := m.Materials(m.Find(10))
			for i := range got {
				if (got[i].Entity == 0) != (got[i].Name == "") {
					t.Errorf("material %+v", got[i])
				}
				got[i].Entity = 0
			}
			if d := cmp.Diff(c.want, got, closely); d != "" {
				t.Errorf("materials (-want +got):\n%s", d)
			}
		})
	}
}

func TestColors(t *testing.T) {
	const shades = "#30=IFCCOLOURRGB($,1.,0.5,0.);\n#31=IFCSURFACESTYLE($,.BOTH.,(#32));\n#32=IFCSURFACESTYLERENDERING(#30,0.75,$,$,$,$,$,$,.FLAT.);\n#33=IFCCURVESTYLE($,$,$,#34);\n#34=IFCDRAUGHTINGPREDEFINEDCOLOUR('green');\n#10=IFCSPHERE($,1.);\n"
	orange, green := model.Color{R: 1, G: 0.5, A: 0.25}, model.Color{G: 1, A: 1}
	for _, c := range []struct {
		name, in string
		want     model.Color
		ok       bool
	}{
		{"surface style", shades + "#11=IFCSTYLEDITEM(#10,(#31),$);", orange, true},
		{"through an assignment", shades + "#11=IFCSTYLEDITEM(#10,(#12),$);#12=IFCPRESENTATIONSTYLEASSIGNMENT((#33,#31));", orange, true},
		{"assignment of itself", shades + "#11=IFCSTYLEDITEM(#10,(#12),$);#12=IFCPRESENTATIONSTYLEASSIGNMENT((#12));", model.Color{}, false},
		{"curve style", shades + "#11=IFCSTYLEDITEM(#10,(#33),$);", green, true},
		{"none", shades, model.Color{}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := load(t, "IFC4", units+c.in)
			if got, ok := m.Color(m.Find(10)); got != c.want || ok != c.ok {
				t.Errorf("got %v %v", got, ok)
			}
		})
	}
	m := load(t, "IFC4", units+shades+"#20=IFCMATERIAL('Brick',$,$);#21=IFCMATERIALDEFINITIONREPRESENTATION($,$,(#22),#20);#22=IFCSTYLEDREPRESENTATION(#25,'Style','Material',(#23));#23=IFCSTYLEDITEM($,(#31),$);#24=IFCMATERIALLIST((#20));")
	for _, n := range []uint64{20, 24} {
		if got, ok := m.MaterialColor(m.Find(n)); got != orange || !ok {
			t.Errorf("material #%d: %v %v", n, got, ok)
		}
	}
	m = load(t, "IFC4", units+"#10=IFCTRIANGULATEDFACESET(#11,$,.T.,((1,2,3)),$);#12=IFCINDEXEDCOLOURMAP(#10,0.5,#13,(2,1,9));#13=IFCCOLOURRGBLIST(((1.,0.,0.),(0.,0.,1.)));")
	colors, faces := m.FaceColors(m.Find(10))
	if !cmp.Equal(colors, []model.Color{{R: 1, A: 0.5}, {B: 1, A: 0.5}}) || !cmp.Equal(faces, []int{1, 0, -1}) {
		t.Errorf("face colours %v %v", colors, faces)
	}
}

func TestContexts(t *testing.T) {
	m := load(t, "IFC4", units+`#10=IFCGEOMETRICREPRESENTATIONCONTEXT('id','Model',3,0.01,#11,#13);
#11=IFCAXIS2PLACEMENT3D(#12,$,$);
#12=IFCCARTESIANPOINT((1000.,0.,0.));
#13=IFCDIRECTION((3.,4.));
#14=IFCGEOMETRICREPRESENTATIONSUBCONTEXT('Body','Model',*,*,*,*,#10,$,.MODEL_VIEW.,$);
#15=IFCSHAPEREPRESENTATION(#14,'Body','SweptSolid',(#16));`)
	if len(m.Contexts()) != 1 {
		t.Fatalf("contexts %v", m.Contexts())
	}
	c, ok := m.ContextOf(m.Find(15))
	want := model.Context{Entity: m.Find(10), Type: "Model", Identifier: "id", Dimensions: 3, Precision: 1e-5,
		World: model.Transform{0: 1, 3: 1, 5: 1, 10: 1}, North: [2]float64{0.6, 0.8}, HasNorth: true}
	if d := cmp.Diff(want, c, closely); d != "" || !ok {
		t.Errorf("context (-want +got):\n%s", d)
	}
	if _, ok := m.ContextOf(m.Find(16)); ok {
		t.Error("what is no representation has a context")
	}
}

func TestClassifications(t *testing.T) {
	m := load(t, "IFC2X3", units+`#10=IFCWALL('w',$,$,$,$,$,$,$);
#11=IFCRELASSOCIATESCLASSIFICATION('r',$,$,$,(#10),#12);
#12=IFCCLASSIFICATIONREFERENCE($,'21.22','Walls',#13);
#13=IFCCLASSIFICATION('src','1',$,'NL/SfB');`)
	want := []model.Classification{{System: "NL/SfB", Code: "21.22", Name: "Walls", Entity: m.Find(12)}}
	if d := cmp.Diff(want, m.Classifications(m.Find(10))); d != "" {
		t.Errorf("classifications (-want +got):\n%s", d)
	}
	if m.Schema() != schema.IFC2X3 {
		t.Error("schema")
	}
}
