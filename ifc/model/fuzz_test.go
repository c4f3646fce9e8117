package model_test

import (
	"testing"

	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/step"
)

// FuzzLoad binds hostile files to a schema and reads all that a model offers.
func FuzzLoad(f *testing.F) {
	for _, seed := range []string{
		units,
		"#1=IFCPROJECT('p',$,$,$,$,$,$,(#2),#3);#2=IFCGEOMETRICREPRESENTATIONCONTEXT($,'Model',3,1.E-5,#4,#5);#3=IFCUNITASSIGNMENT((#6,#7));#4=IFCAXIS2PLACEMENT3D(#8,#5,#5);#5=IFCDIRECTION((0.,0.,1.));#6=IFCSIUNIT(*,.LENGTHUNIT.,.MILLI.,.METRE.);#7=IFCDERIVEDUNIT((#9),.MASSDENSITYUNIT.,$);#8=IFCCARTESIANPOINT((0.,1.E308,-0.));#9=IFCDERIVEDUNITELEMENT(#7,-3);",
		"#1=IFCWALL('w',$,'n',$,$,#2,#3,$,$);#2=IFCLOCALPLACEMENT(#2,#4);#4=IFCAXIS2PLACEMENT3D(#1,#2,#4);#5=IFCRELDEFINESBYPROPERTIES('r',$,$,$,(#1,#1),#6);#6=IFCPROPERTYSET('s',$,'S',$,(#7,#8));#7=IFCCOMPLEXPROPERTY('c',$,'u',(#7,#8));#8=IFCPROPERTYTABLEVALUE('P',$,(IFCINTEGER(1)),(((((1))))),$,$,$,$);",
		"#1=IFCBUILDINGSTOREY('s',$,$,$,$,$,$,$,.ELEMENT.,1.E999);#2=IFCRELAGGREGATES('r',$,$,$,#1,(#1));#3=IFCRELASSOCIATESMATERIAL('r',$,$,$,(#1),#4);#4=IFCMATERIALLAYERSETUSAGE(#4,.AXIS2.,.POSITIVE.,0.,$);",
		"#1=IFCSTYLEDITEM(#1,(#1),$);#2=IFCPRESENTATIONSTYLEASSIGNMENT((#2,#2));#3=IFCSTYLEDITEM(#2,(#2),$);#4=IFCGRIDPLACEMENT(#5,#5);#5=IFCVIRTUALGRIDINTERSECTION((#6,#6),(1.,2.,3.));#6=IFCGRIDAXIS('A',#7,.T.);#7=IFCPOLYLINE((#8,#9));#8=IFCCARTESIANPOINT((0.,0.));#9=IFCCARTESIANPOINT((1.,1.));",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, statements string) {
		file, err := step.Parse([]byte("ISO-10303-21;HEADER;FILE_SCHEMA(('IFC4'));ENDSEC;DATA;\n" + statements + "\nENDSEC;END-ISO-10303-21;"))
		if err != nil {
			return
		}
		m, err := model.Load(file)
		if err != nil {
			return
		}
		r := m.Reader()
		for e := model.Entity(0); int(e) <= m.Len(); e++ {
			askEverything(t, m, r, e)
		}
		m.Storeys()
	})
}

func askEverything(t *testing.T, m *model.Model, r *model.Reader, e model.Entity) {
	if !m.Axis(e).IsRigid(1e-6) && m.Axis(e).IsFinite() {
		t.Errorf("axis of #%d is not rigid: %v", m.Number(e), m.Axis(e))
	}
	if p, ok := m.PlacementOf(e); ok && !p.IsFinite() {
		t.Errorf("placement #%d is not finite: %v", m.Number(e), p)
	}
	m.Placement(e)
	m.PlacementIssues(e)
	m.Operator(e)
	m.Unit(e)
	r.Properties(nil, e)
	m.Materials(e)
	m.MaterialColor(e)
	m.Color(e)
	m.FaceColors(e)
	m.Storey(e)
	m.Spatial(e)
	m.Ancestors(e)
	m.Classifications(e)
	m.ContextOf(e)
}
