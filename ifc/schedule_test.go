package ifc_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shikong-cim/shikong/ifc"
	"github.com/shikong-cim/shikong/spatial"
)

// dated is a model of one wall #60 in a storey #28, with what tasks say about them.
func dated(schemaName, records string) string {
	return "ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION((''),'2;1');\nFILE_NAME('','',(''),(''),'','','');\nFILE_SCHEMA(('" + schemaName + "'));\nENDSEC;\nDATA;\n" +
		"#1=IFCPROJECT('0000000000000000000001',$,'p',$,$,$,$,(#10),#2);\n#2=IFCUNITASSIGNMENT((#3));\n#3=IFCSIUNIT(*,.LENGTHUNIT.,$,.METRE.);\n" +
		"#10=IFCGEOMETRICREPRESENTATIONCONTEXT($,'Model',3,1.E-5,#11,$);\n#11=IFCAXIS2PLACEMENT3D(#12,$,$);\n#12=IFCCARTESIANPOINT((0.,0.,0.));\n" +
		"#28=IFCBUILDINGSTOREY('0000000000000000000005',$,'F1',$,$,$,$,$,.ELEMENT.,0.);\n" +
		"#35=IFCRELCONTAINEDINSPATIALSTRUCTURE('0000000000000000000015',$,$,$,(#60),#28);\n" +
		"#60=IFCBUILDINGELEMENTPROXY('0000000000000000000060',$,'wall',$,$,$,$,$,$);\n" +
		"#61=IFCBUILDINGELEMENTPROXY('0000000000000000000061',$,'part',$,$,$,$,$,$);\n" +
		"#62=IFCRELAGGREGATES('0000000000000000000062',$,$,$,#60,(#61));\n" + records + "\nENDSEC;\nEND-ISO-10303-21;\n"
}

// task4 is an IfcTask of IFC4 that works on something.
func task4(number, kind, times, on string) string {
	return strings.NewReplacer("@", number, "KIND", kind, "TIMES", times, "ON", on).Replace(
		"#@0=IFCTASK('000000000000000000@00',$,'t',$,$,$,$,$,$,.F.,$,#@1,KIND);\n#@1=IFCTASKTIME(TIMES);\n" +
			"#@2=IFCRELASSIGNSTOPROCESS('000000000000000000@02',$,$,$,(ON),$,#@0,$);\n")
}

// times of an IfcTaskTime: duration, scheduled start and finish, and the actual ones.
func times(duration, start, finish, actual string) string {
	return "$,$,$,$," + duration + "," + start + "," + finish + ",$,$,$,$,$,$,$,$,$,$," + actual + ",$,$"
}

func TestTasksGiveTheirElementsTime(t *testing.T) {
	at := func(day string) time.Time {
		v, err := spatial.ParseTime(day)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	from := func(day string) spatial.Interval { return spatial.Interval{Start: at(day)} }
	span := func(a, b string) spatial.Interval { return spatial.Interval{Start: at(a), End: at(b)} }
	done := func(day string) string { return times("$", "$", "$", "'"+day+"'") }
	planned := func(day string) string { return times("$", "$", "'"+day+"'", "$") }
	const calendar2x3 = "#90=IFCCALENDARDATE(15,6,2010);\n#91=IFCLOCALTIME(8,30,0.,#92,$);\n#92=IFCCOORDINATEDUNIVERSALTIMEOFFSET(2,$,.AHEAD.);\n#93=IFCDATEANDTIME(#90,#91);\n" +
		"#94=IFCTASK('000000000000000000N094',$,'t',$,KIND,'1',$,$,.F.,$);\n#95=IFCRELASSIGNSTASKS('000000000000000000N095',$,$,$,(#94),$,#97,#96);\n#97=IFCWORKSCHEDULE('000000000000000000N097',$,$,$,$,'1',#90,$,$,$,$,#90,$,$,$);\n" +
		"#98=IFCRELASSIGNSTOPROCESS('000000000000000000N098',$,$,$,(#60),$,#94,$);\n#96=IFCSCHEDULETIMECONTROL('000000000000000000N096',$,$,$,$,TIMES,$,$,$,$,$,$,$,$,$,$,$);\n"
	old := func(kind, times string) string {
		return strings.NewReplacer("KIND", kind, "TIMES", times).Replace(calendar2x3)
	}
	for _, test := range []struct {
		name    string
		schema  string
		records string
		plan    bool // --planned
		valid   spatial.Interval
		says    string // in the properties
		issue   string
	}{
		{name: "a task that was finished", records: task4("10", ".CONSTRUCTION.", done("2020-05-01"), "#60"), valid: from("2020-05-01")},
		{name: "a task of no type builds", records: task4("10", "$", done("2020-05-01"), "#60"), valid: from("2020-05-01")},
		{name: "maintenance changes nothing", records: task4("10", ".MAINTENANCE.", done("2020-05-01"), "#60")},
		{name: "the first that builds and the first that demolishes", records: task4("10", ".CONSTRUCTION.", done("2020-05-01"), "#60") + task4("11", ".INSTALLATION.", done("2020-06-01"), "#60") +
			task4("12", ".DEMOLITION.", done("2023-01-01"), "#60"), valid: span("2020-05-01", "2023-01-01")},
		{name: "what was moved stands here since then", records: task4("10", ".CONSTRUCTION.", done("2020-05-01"), "#60") + task4("11", ".MOVE.", done("2021-06-01"), "#60"), valid: from("2021-06-01")},
		{name: "the building goes with what is in it", records: task4("10", ".CONSTRUCTION.", done("2020-05-01"), "#60") + task4("11", ".DEMOLITION.", done("2024-01-01"), "#28"), valid: span("2020-05-01", "2024-01-01")},
		{name: "work on the storey does not build what is in it", records: task4("10", ".CONSTRUCTION.", done("2020-05-01"), "#28")},
		{name: "scheduled dates are properties", records: task4("10", ".CONSTRUCTION.", planned("2030-05-01"), "#60"), says: `"planned_from":"2030-04-30T16:00:00Z"`, issue: "planned-only"},
		{name: "scheduled dates count when they are asked for", records: task4("10", ".CONSTRUCTION.", planned("2030-05-01"), "#60"), plan: true, valid: from("2030-05-01"), says: `"planned_from"`},
		{name: "actual dates come before scheduled ones", records: task4("10", ".CONSTRUCTION.", times("$", "$", "'2030-05-01'", "'2020-05-01'"), "#60"), plan: true, valid: from("2020-05-01")},
		{name: "a start and a duration", records: task4("10", ".CONSTRUCTION.", times("'P1M2DT12H'", "'2030-05-01T00:00:00Z'", "$", "$"), "#60"), plan: true, valid: from("2030-06-03T12:00:00Z")},
		{name: "working time needs a calendar", records: task4("10", ".CONSTRUCTION.", "$,$,$,.WORKTIME.,'P2D','2030-05-01',$,$,$,$,$,$,$,$,$,$,$,$,$,$", "#60"), plan: true},
		{name: "the finish that a planning program reckons", records: task4("10", ".CONSTRUCTION.", "$,$,$,$,$,$,$,$,'2030-05-04',$,$,$,$,$,$,$,$,$,$,$", "#60"), plan: true, valid: from("2030-05-04")},
		{name: "the last of the tasks nested in it", records: "#70=IFCTASK('0000000000000000000070',$,'all',$,$,$,$,$,$,.F.,$,$,$);\n#71=IFCRELNESTS('0000000000000000000071',$,$,$,#70,(#100,#110));\n" +
			"#72=IFCRELASSIGNSTOPRODUCT('0000000000000000000072',$,$,$,(#70),$,#60);\n" + task4("10", "$", done("2020-05-01"), "#99") + task4("11", "$", done("2020-04-01"), "#99"), valid: from("2020-05-01")},
		{name: "no end while one of the tasks nested in it has none", records: "#70=IFCTASK('0000000000000000000070',$,'all',$,$,$,$,$,$,.F.,$,$,$);\n#71=IFCRELNESTS('0000000000000000000071',$,$,$,#70,(#100,#110));\n" +
			"#72=IFCRELASSIGNSTOPRODUCT('0000000000000000000072',$,$,$,(#70),$,#60);\n" + task4("10", "$", done("2020-05-01"), "#99") + task4("11", "$", times("$", "$", "$", "$"), "#99")},
		{name: "a date that is none", records: task4("10", ".CONSTRUCTION.", done("last Tuesday"), "#60"), issue: "date-invalid"},
		{name: "demolished before it was built", records: task4("10", ".CONSTRUCTION.", done("2020-05-01"), "#60") + task4("11", ".DEMOLITION.", done("2019-05-01"), "#60")},
		{name: "an actual finish of IFC2X3", schema: "IFC2X3", records: old("$", "$,$,$,$,#93,$,$,$"), valid: from("2010-06-15T06:30:00Z")},
		{name: "a scheduled finish of IFC2X3", schema: "IFC2X3", records: old("$", "$,$,$,$,$,$,$,#90"), plan: true, valid: from("2010-06-15"), says: `"planned_from":"2010-06-14T16:00:00Z"`},
		{name: "a demolition of IFC2X3 by its type's name", schema: "IFC2X3", records: old("'Demolition of walls'", "$,$,$,$,#90,$,$,$"), valid: spatial.Interval{End: at("2010-06-15")}},
	} {
		t.Run(test.name, func(t *testing.T) {
			opt := ifc.Options{}
			opt.Local, opt.Planned = true, test.plan
			if test.schema == "" {
				test.schema = "IFC4"
			}
			all, _, r := read(t, write(t, "dated.ifc", dated(test.schema, test.records)), opt)
			wall, part := all["0000000000000000000060"], all["0000000000000000000061"]
			if !wall.Valid.Equal(test.valid) || !part.Valid.Equal(test.valid) {
				t.Errorf("the wall is valid %v, its part %v, want %v", wall.Valid, part.Valid, test.valid)
			}
			if !strings.Contains(text(wall), test.says) {
				t.Errorf("properties %s", text(wall))
			}
			for code := range r.IssueCounts {
				if code == "planned-only" || code == "date-invalid" {
					if code != test.issue {
						t.Errorf("issue %s", code)
					}
					test.issue = ""
				}
			}
			if test.issue != "" {
				t.Errorf("no issue %s in %v", test.issue, r.IssueCounts)
			}
		})
	}
}

func TestPortsMakeANetwork(t *testing.T) {
	for _, test := range []struct{ name, schema, records string }{
		{"ports that are nested", "IFC4", "#84=IFCRELNESTS('0000000000000000000084',$,$,$,#70,(#80));\n#85=IFCRELNESTS('0000000000000000000085',$,$,$,#71,(#81,#82));\n#86=IFCRELNESTS('0000000000000000000086',$,$,$,#72,(#83));\n"},
		{"ports by relation", "IFC2X3", "#84=IFCRELCONNECTSPORTTOELEMENT('0000000000000000000084',$,$,$,#80,#70);\n#85=IFCRELCONNECTSPORTTOELEMENT('0000000000000000000085',$,$,$,#81,#71);\n" +
			"#87=IFCRELCONNECTSPORTTOELEMENT('0000000000000000000087',$,$,$,#82,#71);\n#86=IFCRELCONNECTSPORTTOELEMENT('0000000000000000000086',$,$,$,#83,#72);\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			pipe, port := "IFCPIPESEGMENT", ",$,.PIPE.,$"
			if test.schema == "IFC2X3" {
				pipe, port = "IFCFLOWSEGMENT", ""
			}
			element := func(n, id string) string {
				attributes := ",$,$"
				if test.schema == "IFC2X3" {
					attributes = ",$"
				}
				return "#" + n + "=" + pipe + "('00000000000000000000" + id + "',$,'pipe',$,$,$,$" + attributes + ");\n"
			}
			dir := func(n, direction string) string {
				if test.schema == "IFC2X3" {
					return "#" + n + "=IFCDISTRIBUTIONPORT('00000000000000000000" + n + "',$,$,$,$,$,$," + direction + ");\n"
				}
				return "#" + n + "=IFCDISTRIBUTIONPORT('00000000000000000000" + n + "',$,$,$,$,$,$," + direction + port + ");\n"
			}
			records := element("70", "70") + element("71", "71") + element("72", "72") + dir("80", ".SOURCE.") + dir("81", ".SINK.") + dir("82", "$") + dir("83", "$") +
				"#88=IFCRELCONNECTSPORTS('0000000000000000000088',$,$,$,#81,#80,$);\n#89=IFCRELCONNECTSPORTS('0000000000000000000089',$,$,$,#82,#83,$);\n" +
				"#91=IFCSYSTEM('0000000000000000000091',$,'rain',$,$);\n#92=IFCRELASSIGNSTOGROUP('0000000000000000000092',$,$,$,(#70,#83),$,#91);\n" +
				"#93=IFCGROUP('0000000000000000000093',$,'lot 4',$,$);\n#94=IFCRELASSIGNSTOGROUP('0000000000000000000094',$,$,$,(#70),$,#93);\n" + test.records
			opt := ifc.Options{Taken: func(id string) bool { return strings.HasSuffix(id, "72") }}
			opt.Local, opt.Model = true, "net"
			all, _, _ := read(t, write(t, "net.ifc", dated(test.schema, records)), opt)
			for id, want := range map[string][]string{
				"0000000000000000000070":     {`"connects_to":["0000000000000000000071"],"flows_to":["0000000000000000000071"]`, `"group":"lot 4"`, `"system":"rain"`},
				"0000000000000000000071":     {`"connects_to":["0000000000000000000070","net~0000000000000000000072"],"global_id"`},
				"net~0000000000000000000072": {`"connects_to":["0000000000000000000071"]`, `"system":"rain"`},
				"0000000000000000000081":     {`"connects_to":["0000000000000000000080"]`, `"parent":"0000000000000000000071"`},
			} {
				for _, w := range want {
					if got := text(all[id]); !strings.Contains(got, w) {
						t.Errorf("%s: %s does not hold %s", id, got, w)
					}
				}
			}
		})
	}
}
