package ifc_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shikong-cim/shikong/ifc"
	"github.com/shikong-cim/shikong/ifc/shape"
	"github.com/shikong-cim/shikong/spatial"
)

// hut is the least model that has a place, a storey, a wall with an opening, a property and a
// task: small, because finding out which of its bytes matter costs a run for each of them.
const hut = `ISO-10303-21;HEADER;FILE_SCHEMA(('IFC4'));ENDSEC;DATA;
#1=IFCPROJECT('p',$,'p',$,$,$,$,(#4),#2);
#2=IFCUNITASSIGNMENT((#3));
#3=IFCSIUNIT(*,.LENGTHUNIT.,$,.METRE.);
#4=IFCGEOMETRICREPRESENTATIONCONTEXT($,'Model',3,1.E-5,#5,$);
#5=IFCAXIS2PLACEMENT3D(#6,$,$);
#6=IFCCARTESIANPOINT((0.,0.,0.));
#7=IFCMAPCONVERSION(#4,#8,506000.,2495000.,12.,$,$,$);
#8=IFCPROJECTEDCRS('EPSG:4547',$,$,$,$,$,#3);
#9=IFCBUILDINGSTOREY('s',$,'F1',$,$,#10,$,$,.ELEMENT.,3.);
#10=IFCLOCALPLACEMENT($,#5);
#11=IFCRELAGGREGATES('a',$,$,$,#1,(#9));
#12=IFCRELCONTAINEDINSPATIALSTRUCTURE('c',$,$,$,(#20),#9);
#13=IFCRECTANGLEPROFILEDEF(.AREA.,$,$,4.,2.);
#14=IFCDIRECTION((0.,0.,1.));
#15=IFCEXTRUDEDAREASOLID(#13,#5,#14,2.);
#16=IFCSHAPEREPRESENTATION(#4,'Body','SweptSolid',(#15));
#17=IFCPRODUCTDEFINITIONSHAPE($,$,(#16));
#20=IFCWALL('w',$,'w',$,$,#10,#17,$,$);
#21=IFCOPENINGELEMENT('o',$,$,$,$,#22,#17,$,$);
#22=IFCLOCALPLACEMENT(#10,#23);
#23=IFCAXIS2PLACEMENT3D(#24,$,$);
#24=IFCCARTESIANPOINT((1.,0.,-1.));
#25=IFCRELVOIDSELEMENT('v',$,$,$,#20,#21);
#26=IFCPROPERTYSET('e',$,'P',$,(#27));
#27=IFCPROPERTYSINGLEVALUE('n',$,IFCREAL(2.),$);
#28=IFCRELDEFINESBYPROPERTIES('d',$,$,$,(#20),#26);
#30=IFCTASK('t',$,'t',$,$,$,$,$,$,.F.,$,#31,.CONSTRUCTION.);
#31=IFCTASKTIME($,$,$,$,$,'2024-01-02','2024-02-03',$,$,$,$,$,$,$,$,$,$,$,$,$);
#32=IFCRELASSIGNSTOPROCESS('r',$,$,$,(#20),$,#30,$);
ENDSEC;END-ISO-10303-21;
`

// FuzzOpen reads models that a hand has damaged: each is a Problem or a report that adds up.
//
//	go test ./ifc -run NONE -fuzz FuzzOpen -fuzzminimizetime 10x
//
// Reading starts goroutines, so the same bytes do not always take the same way, and without
// the last flag nearly all of the time goes into making inputs smaller that are none the worse.
func FuzzOpen(f *testing.F) {
	for _, change := range [][2]string{
		{},
		{"#22=IFCLOCALPLACEMENT(#10", "#22=IFCLOCALPLACEMENT(#22"},
		{"4.,2.)", "1.E300,2.)"},
		{"506000.,2495000.,12.", "1.E308,-1.E308,1.E308"},
		{"'EPSG:4547'", "''"},
		{"#9=IFCBUILDINGSTOREY('s',$,'F1',$,$,#10,$,$,.ELEMENT.,3.)", "#9=IFCSITE('s',$,$,$,$,#10,$,$,$,(22,99999999999,-3),(114,3,0),4.,$,$)"},
		{"#15=IFCEXTRUDEDAREASOLID(#13,#5,#14,2.)", "#15=IFCBOOLEANCLIPPINGRESULT(.DIFFERENCE.,#15,#15)"},
	} {
		f.Add([]byte(strings.Replace(hut, change[0], change[1], 1)))
	}
	path := filepath.Join(f.TempDir(), "fuzz.ifc")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		opt := ifc.Options{Workers: 1, Shape: shape.Options{Steps: 20_000, Timeout: time.Second, MaxTriangles: 2_000}}
		if i, err := ifc.Inspect(path, opt); err == nil {
			if _, err := json.Marshal(i); err != nil {
				t.Errorf("inspection: %v", err)
			}
		}
		d, err := ifc.Open(path, opt)
		if err != nil {
			var p *spatial.Problem
			if !errors.As(err, &p) {
				t.Fatalf("%v is no Problem", err)
			}
			opt.Local = true
			if d, err = ifc.Open(path, opt); err != nil {
				return
			}
		}
		defer func() { _ = d.Close() }()
		for feature, err := range d.Features(context.Background()) {
			if err != nil {
				t.Fatal(err)
			}
			if err := feature.Validate(); err != nil {
				t.Error(err)
			}
		}
		var r spatial.Report
		d.Report(&r)
		if p := r.Products; p.Exact+p.Approximate+p.Box+p.None != p.Total {
			t.Errorf("products %+v", p)
		}
		r.JSON()
	})
}
