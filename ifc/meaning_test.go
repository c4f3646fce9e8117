package ifc_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shikong-cim/shikong/ifc"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
)

// TestStoreysAreRebuiltFromHeights puts walls on two floors of a building without storeys,
// some of them a little lower, and a parapet.
func TestStoreysAreRebuiltFromHeights(t *testing.T) {
	var b strings.Builder
	n := 300
	for _, z := range []int{0, 0, 0, -100, 0, 0, 3200, 3200, 3200, 3200, 3300, 4100, 4100} {
		fmt.Fprintf(&b, "#%d=IFCWALL('%022d',$,'w',$,$,#%d,#46,$,$);\n#%d=IFCLOCALPLACEMENT($,#%d);\n#%d=IFCAXIS2PLACEMENT3D(#%d,$,$);\n#%d=IFCCARTESIANPOINT((0.,0.,%d.));\n",
			n, n, n+1, n+1, n+2, n+2, n+3, n+3, z)
		n += 4
	}
	model := strings.NewReplacer("#24=IFCBUILDINGSTOREY", "#24=IFCSPACE", "#28=IFCBUILDINGSTOREY", "#28=IFCSPACE", "#50=IFCWALL", b.String()+"#50=IFCSLAB").Replace(house)
	all, _, r := read(t, write(t, "flat.ifc", model), ifc.Options{Store: crs.CGCS2000()})
	got := map[string]int{}
	for _, f := range all {
		if f.Kind == "IfcWall" {
			got[f.Storey]++
			if !strings.Contains(text(f), `"storey_rebuilt":true`) {
				t.Errorf("%s does not say that its storey is made up", f.ID)
			}
		}
	}
	if want := map[string]int{"+0.00 m": 7, "+3.20 m": 7}; !cmp.Equal(got, want) { // #60 is one of them
		t.Errorf("walls by storey %v, want %v", got, want)
	}
	i := slices.IndexFunc(r.Issues, func(i spatial.Issue) bool { return i.Code == "storeys-rebuilt" })
	if i < 0 || !strings.HasSuffix(r.Issues[i].Message, "+0.00 m, +3.20 m") {
		t.Errorf("issues %v", r.Issues)
	}
	insp, err := ifc.Inspect(write(t, "flat.ifc", model), ifc.Options{})
	if err != nil || len(insp.Storeys) != 2 || !insp.Storeys[1].Rebuilt || insp.Storeys[1].Elevation != 3.2 {
		t.Errorf("%v: %+v", err, insp.Storeys)
	}
}

func TestTheTerrainSaysWhatIsUnderground(t *testing.T) {
	for elevations, want := range map[string]spatial.Truth{
		"12000.,8000.": spatial.Yes, // the ground is 4 m above the building's zero
		"12000.,9500.": spatial.Yes, // 2.5 m, as high as the wall
		"9000.,9000.":  spatial.No,  // as high as the entrance
		"8000.,9000.":  spatial.No,
		"$,9000.":      spatial.No,
		"90000000.,0.": spatial.No, // no building stands 90 km below the terrain
		"0.,0.":        spatial.No,
	} {
		terrain, zero, _ := strings.Cut(elevations, ",")
		model := strings.Replace(house, "#22=IFCBUILDING('0000000000000000000003',$,'House',$,$,#23,$,$,.ELEMENT.,$,$,$);",
			"#22=IFCBUILDING('0000000000000000000003',$,'House',$,$,#23,$,$,.ELEMENT.,"+zero+","+terrain+",$);", 1)
		all, _, _ := read(t, write(t, "hill.ifc", model), ifc.Options{})
		if got := all["0000000000000000000060"].Underground; got != want {
			t.Errorf("terrain at %s, zero at %s: the ground floor's wall is underground: %v, want %v", terrain, zero, got, want)
		}
	}
}

func TestTheReportTellsLineageAndUnits(t *testing.T) {
	model := strings.NewReplacer("FILE_NAME('','',(''),(''),'','','')", "FILE_NAME('a.ifc','2026-03-04T05:06:07',('Li'),('Bureau'),'','','')",
		"#5=IFCSIUNIT", `#150=IFCOWNERHISTORY(#151,#6,$,.ADDED.,1700000000,$,$,1600000000);
#151=IFCPERSONANDORGANIZATION(#152,#153,$);
#152=IFCPERSON($,'Wang','Fang',$,$,$,$,$);
#153=IFCORGANIZATION($,'Institute',$,$,$);
#154=IFCOWNERHISTORY(#151,#6,$,.ADDED.,$,$,$,0);
#5=IFCSIUNIT`).Replace(house)
	_, _, r := read(t, write(t, "house.ifc", model), ifc.Options{})
	want := &spatial.Lineage{TimeStamp: "2026-03-04T05:06:07", Authors: []string{"Li", "Fang Wang"}, Organizations: []string{"Bureau", "Institute"},
		Applications: []string{"Drawing Board 2.1"}, Created: "2020-09-13T12:26:40Z", Modified: "2023-11-14T22:13:20Z"}
	if !cmp.Equal(r.Source.Lineage, want) {
		t.Error(cmp.Diff(want, r.Source.Lineage))
	}
	if want := map[string]string{"LENGTHUNIT": "MILLIMETRE", "PLANEANGLEUNIT": "RADIAN"}; !cmp.Equal(r.Units, want) {
		t.Errorf("units %v", r.Units)
	}
}

func TestInfrastructureNamesWhatItStandsIn(t *testing.T) {
	records := "#110=IFCSITE('0000000000000000000110',$,'valley',$,$,$,$,$,.ELEMENT.,$,$,$,$,$);\n" +
		"#111=IFCBRIDGE('0000000000000000000111',$,'Bridge 4',$,$,$,$,$,.ELEMENT.,$);\n" +
		"#112=IFCBRIDGEPART('0000000000000000000112',$,'pier 2',$,$,$,$,$,.ELEMENT.,.LATERAL.,.PIER.);\n" +
		"#113=IFCCOLUMN('0000000000000000000113',$,'shaft',$,$,$,$,$,$);\n#114=IFCREINFORCINGBAR('0000000000000000000114',$,'bar',$,$,$,$,$,$,$,$,$,$,$);\n" +
		"#115=IFCRELAGGREGATES('0000000000000000000115',$,$,$,#110,(#111));\n#116=IFCRELAGGREGATES('0000000000000000000116',$,$,$,#111,(#112));\n" +
		"#117=IFCRELCONTAINEDINSPATIALSTRUCTURE('0000000000000000000117',$,$,$,(#113),#112);\n#118=IFCRELAGGREGATES('0000000000000000000118',$,$,$,#113,(#114));\n"
	opt := ifc.Options{}
	opt.Local = true
	all, _, _ := read(t, write(t, "bridge.ifc", dated("IFC4X3_ADD2", records)), opt)
	want := `{"facility":"Bridge 4","facility_part":"pier 2","global_id":"0000000000000000000114","parent":"0000000000000000000113","site":"valley"}`
	if got := text(all["0000000000000000000114"]); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
