package georef_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/shikong-cim/shikong/ifc/georef"
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/step"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// What places may be off by, in metres.
const (
	tenthMM = 1e-4
	mm      = 1e-3
)

// file is a model of one wall at a placement, with statements that a test adds or replaces.
type file struct {
	schema  string // IFC4 when empty
	unit    string // of length; metres when empty
	at      string // coordinates of the site's placement; the origin when empty
	wall    string // coordinates of the wall's point; near the origin when empty
	world   string // coordinates and x axis of the WorldCoordinateSystem; none of its own when empty
	north   string // TrueNorth's ratios; none when empty
	site    string // RefLatitude, RefLongitude, RefElevation; not given when empty
	records string // more statements
}

func or(s, def string) string {
	if s == "" {
		return def
	}
	return s
}

// fataler is a test of package testing or of rapid.
type fataler interface{ Fatal(args ...any) }

func (f file) load(t fataler) *model.Model {
	s, err := step.Parse([]byte(f.text()))
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Load(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (f file) text() string {
	north := "$"
	if f.north != "" {
		north = "#13"
	}
	return "ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION((''),'2;1');\nFILE_NAME('','',(''),(''),'','','');\nFILE_SCHEMA(('" + or(f.schema, "IFC4") + "'));\nENDSEC;\nDATA;\n" +
		"#1=IFCPROJECT('0YvctVUKr0kugbFTf53O9L',$,'p',$,$,$,$,(#10),#2);\n" +
		"#2=IFCUNITASSIGNMENT((#3,#4));\n" +
		"#3=" + or(f.unit, "IFCSIUNIT(*,.LENGTHUNIT.,$,.METRE.)") + ";\n" +
		"#4=IFCSIUNIT(*,.PLANEANGLEUNIT.,$,.RADIAN.);\n" +
		"#5=IFCSIUNIT(*,.LENGTHUNIT.,$,.METRE.);\n" +
		"#6=IFCSIUNIT(*,.LENGTHUNIT.,.MILLI.,.METRE.);\n" +
		"#10=IFCGEOMETRICREPRESENTATIONCONTEXT($,'Model',3,1.E-5,#11," + north + ");\n" +
		"#11=IFCAXIS2PLACEMENT3D(" + or(f.world, "#12,$,$") + ");\n#12=IFCCARTESIANPOINT((0.,0.,0.));\n" +
		"#13=IFCDIRECTION((" + or(f.north, "0.,1.") + "));\n" +
		"#20=IFCSITE('1YvctVUKr0kugbFTf53O9L',$,'s',$,$,#21,$,$,.ELEMENT.," + or(f.site, "$,$,$") + ",$,$);\n" +
		"#21=IFCLOCALPLACEMENT($,#22);\n#22=IFCAXIS2PLACEMENT3D(#23,$,$);\n#23=IFCCARTESIANPOINT((" + or(f.at, "0.,0.,0.") + "));\n" +
		"#24=IFCRELAGGREGATES('3YvctVUKr0kugbFTf53O9L',$,$,$,#1,(#20));\n" +
		"#30=IFCWALL('2YvctVUKr0kugbFTf53O9L',$,'w',$,$,#31,#33,$,$);\n" +
		"#31=IFCLOCALPLACEMENT(#21,#32);\n#32=IFCAXIS2PLACEMENT3D(#12,$,$);\n" +
		"#33=IFCPRODUCTDEFINITIONSHAPE($,$,(#34));\n#34=IFCSHAPEREPRESENTATION(#10,'Body','Tessellation',(#35));\n" +
		"#35=IFCTRIANGULATEDFACESET(#36,$,$,((1,2,3)),$);\n" +
		"#36=IFCCARTESIANPOINTLIST3D(((" + or(f.wall, "1.,2.,0.") + "),(5.,2.,0.),(5.,2.,3.)));\n" +
		f.records + "\nENDSEC;\nEND-ISO-10303-21;\n"
}

// conversion is an IfcMapConversion to EPSG:4547, whose easting 500 000 is longitude 114.
func conversion(parameters, crsName, mapUnit string) string {
	return "#40=IFCMAPCONVERSION(#10,#41," + parameters + ");\n#41=IFCPROJECTEDCRS('" + crsName + "',$,$,$,$,$," + mapUnit + ");"
}

// codes returns the codes of the warnings, sorted, without what is said about datums.
func codes(s *georef.Survey) string {
	var list []string
	for _, w := range s.Warnings {
		if w.Code != georef.CodeDatum {
			list = append(list, w.Code)
		}
	}
	slices.Sort(list)
	return strings.Join(slices.Compact(list), " ")
}

// lonLat converts a point of EPSG:4547 to longitude and latitude.
func lonLat(t testing.TB, system string, e, n float64) (lon, lat float64) {
	t.Helper()
	c, err := crs.Parse(system)
	if err != nil {
		t.Fatal(err)
	}
	lon, lat, _, err = c.Inverse(e, n, 0)
	if err != nil {
		t.Fatal(err)
	}
	return lon, lat
}

const millimetres = "IFCSIUNIT(*,.LENGTHUNIT.,.MILLI.,.METRE.)"

// TestLadder puts the model's zero point, or what at names, where each rung says.
func TestLadder(t *testing.T) {
	const (
		shenzhen = "506000.,2495000.,12.5,$,$,$"
		north    = 2495000
		east     = 506000
	)
	grid := func(e, n, h float64) [3]float64 { return [3]float64{e, n, h} }
	for _, test := range []struct {
		name   string
		file   file
		opt    georef.Options
		point  mesh.Vec3 // of the model
		source string
		grid   [3]float64 // expected, in EPSG:4547 and metres
		codes  string
		vert   string
	}{
		{name: "a map conversion moves the zero point", file: file{records: conversion(shenzhen, "EPSG:4547", "#5")},
			source: "map-conversion", grid: grid(east, north, 12.5)},
		{name: "a map conversion moves a point", file: file{records: conversion(shenzhen, "EPSG:4547", "#5")}, point: mesh.Vec3{100, 20, 3},
			source: "map-conversion", grid: grid(east+100, north+20, 15.5)},
		{name: "a map conversion turns counter-clockwise by its x axis", file: file{records: conversion("506000.,2495000.,0.,0.,1.,$", "EPSG:4547", "#5")}, point: mesh.Vec3{100, 20, 0},
			source: "map-conversion", grid: grid(east-20, north+100, 0)},
		{name: "an x axis of any length is only a direction", file: file{records: conversion("506000.,2495000.,0.,30.,40.,$", "EPSG:4547", "#5")}, point: mesh.Vec3{100, 0, 0},
			source: "map-conversion", grid: grid(east+60, north+80, 0)},
		{name: "an x axis without direction does not turn", file: file{records: conversion("506000.,2495000.,0.,0.,0.,$", "EPSG:4547", "#5")}, point: mesh.Vec3{100, 0, 0},
			source: "map-conversion", grid: grid(east+100, north, 0), codes: "rotation-invalid"},
		{name: "the scale of the map counts in all directions", file: file{records: conversion("506000.,2495000.,0.,$,$,0.9996", "EPSG:4547", "#5")}, point: mesh.Vec3{1000, 0, 100},
			source: "map-conversion", grid: grid(east+999.6, north, 99.96)},
		{name: "millimetres to metres by the scale", file: file{unit: millimetres, records: conversion("506000.,2495000.,12.5,$,$,0.001", "EPSG:4547", "#5")}, point: mesh.Vec3{100, 20, 3},
			source: "map-conversion", grid: grid(east+100, north+20, 15.5)},
		{name: "millimetres to metres without a scale is a mistake that can be told", file: file{unit: millimetres, records: conversion(shenzhen, "EPSG:4547", "#5")}, point: mesh.Vec3{100, 20, 3},
			source: "map-conversion", grid: grid(east+100, north+20, 15.5), codes: "scale-unit"},
		{name: "metres with a scale of 0.001 is one too", file: file{records: conversion("506000.,2495000.,12.5,$,$,0.001", "EPSG:4547", "#5")}, point: mesh.Vec3{100, 20, 3},
			source: "map-conversion", grid: grid(east+100, north+20, 15.5), codes: "scale-unit"},
		{name: "a scale of 1000 the wrong way round", file: file{unit: millimetres, records: conversion("506000.,2495000.,12.5,$,$,1000.", "EPSG:4547", "#5")}, point: mesh.Vec3{100, 20, 3},
			source: "map-conversion", grid: grid(east+100, north+20, 15.5), codes: "scale-unit"},
		{name: "a missing map unit is the project's", file: file{unit: millimetres, records: conversion("506000000.,2495000000.,12500.,$,$,$", "EPSG:4547", "$")}, point: mesh.Vec3{100, 20, 3},
			source: "map-conversion", grid: grid(east+100, north+20, 15.5)},
		{name: "a missing map unit where metres are meant", file: file{unit: millimetres, records: conversion("506000.,2495000.,12.5,$,$,0.001", "EPSG:4547", "$")}, point: mesh.Vec3{100, 20, 3},
			source: "map-conversion", grid: grid(east+100, north+20, 15.5), codes: "map-unit"},
		{name: "a map unit of millimetres is obeyed", file: file{records: conversion("506000000.,2495000000.,12500.,$,$,1000.", "EPSG:4547", "#6")}, point: mesh.Vec3{100, 20, 3},
			source: "map-conversion", grid: grid(east+100, north+20, 15.5)},
		{name: "a map unit of millimetres where metres are meant", file: file{records: conversion("506000.,2495000.,12.5,$,$,$", "EPSG:4547", "#6")}, point: mesh.Vec3{100, 20, 3},
			source: "map-conversion", grid: grid(east+100, north+20, 15.5), codes: "map-unit"},
		{name: "easting and northing exchanged", file: file{records: conversion("2495000.,506000.,12.5,$,$,$", "EPSG:4547", "#5")}, point: mesh.Vec3{100, 20, 3},
			source: "map-conversion", grid: grid(east+100, north+20, 15.5), codes: "axis-swap"},
		{name: "a zone number in front of an easting without one", file: file{records: conversion("38506000.,2495000.,12.5,$,$,$", "EPSG:4547", "#5")}, point: mesh.Vec3{100, 20, 3},
			source: "map-conversion", grid: grid(east+100, north+20, 15.5), codes: "zone-prefix"},
		{name: "no zone number where there is to be one", file: file{records: conversion("506000.,2495000.,12.5,$,$,$", "EPSG:4526", "#5")}, point: mesh.Vec3{100, 20, 3},
			source: "map-conversion", grid: grid(east+100, north+20, 15.5), codes: "zone-prefix"},
		{name: "the place twice, in placements and map conversion", file: file{at: "506000.,2495000.,12.5", records: conversion(shenzhen, "EPSG:4547", "#5")}, point: mesh.Vec3{506100, 2495020, 15.5},
			source: "map-conversion", grid: grid(east+100, north+20, 15.5), codes: "georeference-doubled"},
		{name: "placements in map coordinates and a map conversion that adds nothing", file: file{at: "506000.,2495000.,12.5", records: conversion("0.,0.,0.,$,$,$", "EPSG:4547", "#5")}, point: mesh.Vec3{506100, 2495020, 15.5},
			source: "map-conversion", grid: grid(east+100, north+20, 15.5)},
		{name: "points in map coordinates and a map conversion that adds nothing", file: file{wall: "506000.,2495000.,12.5", records: conversion("0.,0.,0.,$,$,$", "EPSG:4547", "#5")}, point: mesh.Vec3{506100, 2495020, 15.5},
			source: "map-conversion", grid: grid(east+100, north+20, 15.5)},
		{name: "factors of each axis", file: file{schema: "IFC4X3_ADD2", records: "#40=IFCMAPCONVERSIONSCALED(#10,#41,506000.,2495000.,0.,1.,0.,$,1.,2.,3.);\n#41=IFCPROJECTEDCRS('EPSG:4547',$,$,$,$,$,#5);"}, point: mesh.Vec3{10, 10, 10},
			source: "map-conversion", grid: grid(east+10, north+20, 30)},
		{name: "a rigid operation moves only", file: file{schema: "IFC4X3_ADD2", records: "#40=IFCRIGIDOPERATION(#10,#41,IFCLENGTHMEASURE(506000.),IFCLENGTHMEASURE(2495000.),7.);\n#41=IFCPROJECTEDCRS('EPSG:4547',$,$,$,$,$,#5);"}, point: mesh.Vec3{100, 20, 3},
			source: "rigid-operation", grid: grid(east+100, north+20, 10)},
		{name: "the property sets of IFC2X3", file: file{schema: "IFC2X3", records: pset("EPset_ProjectedCRS", "Name=IFCLABEL('EPSG:4547')", "MapUnit=IFCLABEL('METRE')") + psetAt(60, "EPset_MapConversion", "Eastings=IFCLENGTHMEASURE(506000.)", "Northings=IFCLENGTHMEASURE(2495000.)", "OrthogonalHeight=IFCREAL(12.5)", "XAxisAbscissa=IFCREAL(0.)", "XAxisOrdinate=IFCREAL(1.)")}, point: mesh.Vec3{100, 20, 3},
			source: "pset", grid: grid(east-20, north+100, 15.5)},
		{name: "the property sets spelled otherwise", file: file{schema: "IFC2X3", unit: millimetres, records: pset("ePSet_ProjectedCRS", "Name=IFCLABEL('EPSG:4547')", "MapUnit=IFCLABEL('METRE')") + psetAt(60, "ePSet_MapConversion", "Eastings=IFCLABEL('x')", "Eastings=IFCREAL(506000.)", "Northings=IFCREAL(2495000.)", "OrthogonalHeight=IFCREAL(12.5)", "Scale=IFCREAL(0.001)")}, point: mesh.Vec3{100, 20, 3},
			source: "pset", grid: grid(east+100, north+20, 15.5)},
		{name: "a typed system for placements in map coordinates", file: file{at: "506000.,2495000.,12.5"}, opt: georef.Options{CRS: "EPSG:4547"}, point: mesh.Vec3{506100, 2495020, 15.5},
			source: "placement", grid: grid(east+100, north+20, 15.5)},
		{name: "a typed system for a map conversion whose own is not known", file: file{records: conversion(shenzhen, "深圳独立坐标系", "#5")}, opt: georef.Options{CRS: "EPSG:4547"},
			source: "map-conversion", grid: grid(east, north, 12.5)},
		{name: "a typed system that moves the model", file: file{records: conversion("500000.,2495000.,12.5,$,$,$", "EPSG:4549", "#5")}, opt: georef.Options{CRS: "EPSG:4547"},
			source: "map-conversion", grid: grid(500000, north, 12.5), codes: "option-overrides-file"},
		{name: "well-known text for a name that says nothing", file: file{schema: "IFC4X3_ADD2", records: conversion(shenzhen, "WKT", "#5") +
			"\n#42=IFCWELLKNOWNTEXT('PROJCS[\"x\",GEOGCS[\"y\",DATUM[\"D_China_2000\",SPHEROID[\"CGCS2000\",6378137,298.257222101]],PRIMEM[\"Greenwich\",0],UNIT[\"Degree\",0.0174532925199433]],PROJECTION[\"Gauss_Kruger\"],PARAMETER[\"False_Easting\",500000],PARAMETER[\"False_Northing\",0],PARAMETER[\"Central_Meridian\",114],PARAMETER[\"Scale_Factor\",1],PARAMETER[\"Latitude_Of_Origin\",0],UNIT[\"Meter\",1]]',#41);"},
			source: "map-conversion", grid: grid(east, north, 12.5)},
		{name: "a code with a vertical system", file: file{records: conversion(shenzhen, "EPSG:4547+5737", "#5")},
			source: "map-conversion", grid: grid(east, north, 12.5), vert: "EPSG:5737"},
		{name: "a vertical datum by its Chinese name", file: file{records: "#40=IFCMAPCONVERSION(#10,#41,506000.,2495000.,12.5,$,$,$);\n#41=IFCPROJECTEDCRS('EPSG:4547',$,$,'1985\\X2\\56FD5BB69AD87A0B57FA51C6\\X0\\',$,$,#5);"},
			source: "map-conversion", grid: grid(east, north, 12.5), vert: "EPSG:5737"},
		{name: "a vertical datum that nobody knows", file: file{records: "#40=IFCMAPCONVERSION(#10,#41,506000.,2495000.,12.5,$,$,$);\n#41=IFCPROJECTEDCRS('EPSG:4547',$,$,'our pump house',$,$,#5);"},
			source: "map-conversion", grid: grid(east, north, 12.5), codes: "vertical-datum-unknown"},
		{name: "true north mirrored", file: file{north: "0.5,0.866025403784439", records: conversion("506000.,2495000.,12.5,0.866025403784439,-0.5,$", "EPSG:4547", "#5")},
			source: "map-conversion", grid: grid(east, north, 12.5), codes: "rotation-sign"},
		{name: "true north that agrees", file: file{north: "0.5,0.866025403784439", records: conversion("506000.,2495000.,12.5,0.866025403784439,0.5,$", "EPSG:4547", "#5")},
			source: "map-conversion", grid: grid(east, north, 12.5)},
		{name: "true north that is something else", file: file{north: "1.,1.", records: conversion("506000.,2495000.,12.5,0.,1.,$", "EPSG:4547", "#5")},
			source: "map-conversion", grid: grid(east, north, 12.5), codes: "rotation-disagreement"},
		{name: "a site far from the map conversion", file: file{site: "(31,10,0),(121,30,0),12.5", records: conversion(shenzhen, "EPSG:4547", "#5")},
			source: "map-conversion", grid: grid(east, north, 12.5), codes: "georeference-contradictory"},
		{name: "a site at another height", file: file{site: "(22,32,59,0),(114,3,30,0),80.", records: conversion(shenzhen, "EPSG:4547", "#5")},
			source: "map-conversion", grid: grid(east, north, 12.5), codes: "elevation-disagreement georeference-contradictory"},
		{name: "a map conversion without height", file: file{records: conversion("506000.,2495000.,$,$,$,$", "EPSG:4547", "#5")},
			source: "map-conversion", grid: grid(east, north, 0), codes: "height-unknown"},
		{name: "a map conversion that is empty is none", file: file{site: "(22,32,0),(114,3,0),4.", records: conversion("0.,0.,0.,$,$,$", "", "#5")},
			source: "site", codes: "map-conversion-empty site-only"},
		{name: "a map that stretches", file: file{records: conversion("12691600.,2577600.,0.,$,$,$", "EPSG:3857", "#5")}, source: "map-conversion", codes: "map-scale"},
		{name: "a world coordinate system beside a map conversion is left out, and said", file: file{world: "#14,$,$", records: conversion(shenzhen, "EPSG:4547", "#5") + "\n#14=IFCCARTESIANPOINT((100.,200.,3.));"}, point: mesh.Vec3{100, 20, 3},
			source: "map-conversion", grid: grid(east+100, north+20, 15.5), codes: "world-coordinate-system"},
		{name: "one that holds the map's coordinates counts", file: file{world: "#14,$,#15", records: conversion("0.,0.,0.,$,$,$", "EPSG:4547", "#5") + "\n#14=IFCCARTESIANPOINT((506000.,2495000.,12.5));\n#15=IFCDIRECTION((0.,1.,0.));"}, point: mesh.Vec3{100, 20, 3},
			source: "map-conversion", grid: grid(east-20, north+100, 15.5), codes: "world-coordinate-system"},
		{name: "one that takes the map's coordinates from the placements counts", file: file{at: "1506000.,-2495000.,0.", world: "#14,$,$", records: conversion("506000.,2495000.,0.,$,$,$", "EPSG:4547", "#5") + "\n#14=IFCCARTESIANPOINT((1506000.,-2495000.,-12.5));"}, point: mesh.Vec3{1506100, -2494980, 3},
			source: "map-conversion", grid: grid(east+100, north+20, 15.5), codes: "world-coordinate-system"},
		{name: "one that the placements hold already", file: file{at: "506000.,2495000.,0.", world: "#14,$,$", records: conversion("0.,0.,0.,$,$,$", "EPSG:4547", "#5") + "\n#14=IFCCARTESIANPOINT((506000.,2495000.,0.));"}, point: mesh.Vec3{506100, 2495020, 3},
			source: "map-conversion", grid: grid(east+100, north+20, 3), codes: "world-coordinate-system"},
		{name: "one for a system that was typed", file: file{world: "#14,$,$", records: "#14=IFCCARTESIANPOINT((506000.,2495000.,12.5));"}, opt: georef.Options{CRS: "EPSG:4547"}, point: mesh.Vec3{100, 20, 3},
			source: "placement", grid: grid(east+100, north+20, 15.5), codes: "world-coordinate-system"},
		{name: "one that tilts is none that a map conversion can take", file: file{world: "#14,#15,$", records: conversion(shenzhen, "EPSG:4547", "#5") + "\n#14=IFCCARTESIANPOINT((100.,200.,3.));\n#15=IFCDIRECTION((0.,1.,0.));"}, point: mesh.Vec3{100, 20, 3},
			source: "map-conversion", grid: grid(east+100, north+20, 15.5), codes: "world-coordinate-system"},
		{name: "one beside a latitude and longitude changes nothing", file: file{world: "#14,$,$", site: "(22,32,0),(114,3,0),4.", records: "#14=IFCCARTESIANPOINT((100.,200.,3.));"},
			source: "site", codes: "site-only world-coordinate-system"},
		{name: "two map conversions that differ", file: file{records: conversion(shenzhen, "EPSG:4547", "#5") + "\n#44=IFCMAPCONVERSION(#10,#41,1.,2.,3.,$,$,$);"},
			source: "map-conversion", grid: grid(east, north, 12.5), codes: "several-map-conversions"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.opt.Store = crs.CGCS2000()
			s := georef.Examine(test.file.load(t), test.opt)
			p, err := s.Place()
			if err != nil {
				t.Fatal(err)
			}
			if s.Used != test.source || p.Source != test.source {
				t.Errorf("placed by %s", s.Used)
			}
			if got := codes(s); got != test.codes {
				t.Errorf("warnings %q, want %q: %v", got, test.codes, s.Warnings)
			}
			if p.VerticalCRS != test.vert {
				t.Errorf("heights count from %q, want %q", p.VerticalCRS, test.vert)
			}
			if test.grid == ([3]float64{}) {
				return
			}
			lon, lat, h, err := p.Forward(test.point)
			if err != nil {
				t.Fatal(err)
			}
			wantLon, wantLat := lonLat(t, "EPSG:4547", test.grid[0], test.grid[1])
			if d, _ := spatial.Geodesic(lon, lat, wantLon, wantLat); d > tenthMM || math.Abs(h-test.grid[2]) > tenthMM {
				t.Errorf("%v is put at %.9f %.9f %.4f, want %.9f %.9f %.4f (%.4f m away)", test.point, lon, lat, h, wantLon, wantLat, test.grid[2], d)
			}
		})
	}
}

// pset is a property set of the site, each property as Name=VALUE.
func pset(name string, properties ...string) string { return psetAt(50, name, properties...) }

func psetAt(first int, name string, properties ...string) string {
	var b, list strings.Builder
	for i, p := range properties {
		key, value, _ := strings.Cut(p, "=")
		n := number(first + 2 + i)
		if i > 0 {
			list.WriteByte(',')
		}
		list.WriteString(n)
		b.WriteString(n + "=IFCPROPERTYSINGLEVALUE('" + key + "',$," + value + ",$);\n")
	}
	return "\n" + number(first) + "=IFCPROPERTYSET('0aaaaaaaaaaaaaaaaaaa" + name[2:4] + "',$,'" + name + "',$,(" + list.String() + "));\n" +
		number(first+1) + "=IFCRELDEFINESBYPROPERTIES('1aaaaaaaaaaaaaaaaaaa" + name[2:4] + "',$,$,$,(#20)," + number(first) + ");\n" + b.String()
}

func number(n int) string {
	digits := ""
	for ; n > 0; n /= 10 {
		digits = string(rune('0'+n%10)) + digits
	}
	return "#" + digits
}

func TestWhatCannotBePlacedSaysWhatToType(t *testing.T) {
	for _, test := range []struct {
		name string
		file file
		opt  georef.Options
		code string
		hint string // part of it
	}{
		{name: "nothing at all", code: "georeference-missing", hint: "--origin lon,lat,h"},
		{name: "nothing, and map coordinates", file: file{at: "506000.,2495000.,0."}, code: "georeference-missing", hint: "--crs EPSG:"},
		{name: "latitude and longitude zero", file: file{site: "(0,0,0),(0,0,0),0."}, code: "georeference-missing", hint: "--origin"},
		{name: "eastings and northings zero", file: file{records: conversion("0.,0.,0.,$,$,$", "EPSG:4547", "#5")}, code: "zero-eastings-northings", hint: "--origin"},
		{name: "a system that is not known does not fall to the site", file: file{site: "(22,32,0),(114,3,0),4.", records: conversion("1.,2.,0.,$,$,$", "深圳独立坐标系", "#5")},
			code: "crs-unsupported", hint: "--crs EPSG:"},
		{name: "a datum that needs a transform does not fall to the site", file: file{site: "(49,0,0),(9,0,0),4.", records: conversion("3513037.,5516199.,0.,$,$,$", "EPSG:31467", "#5")},
			code: "datum-transform-required", hint: "--origin"},
		{name: "coordinates outside the system's area", file: file{records: conversion("1177.,1031.,0.,$,$,$", "EPSG:4547", "#5")}, code: "outside-extent", hint: "--crs EPSG:"},
		{name: "a geographic system for eastings", file: file{records: conversion("114.,22.,0.,$,$,$", "EPSG:4490", "#5")}, code: "crs-unsupported", hint: "--crs EPSG:"},
		{name: "the zone number of another meridian", file: file{records: conversion("40506000.,2495000.,0.,$,$,$", "EPSG:4547", "#5")}, code: "zone-prefix", hint: "--crs"},
		{name: "a scale that is no number", file: file{records: conversion("506000.,2495000.,0.,$,$,-1.", "EPSG:4547", "#5")}, code: "scale-unit", hint: "--origin"},
		{name: "a typed system that is not known", file: file{site: "(22,32,0),(114,3,0),4."}, opt: georef.Options{CRS: "EPSG:999999"}, code: "crs-unsupported"},
		{name: "a typed system for coordinates that are none of it", file: file{at: "506000.,2495000.,0."}, opt: georef.Options{CRS: "EPSG:28992"}, code: "outside-extent", hint: "--crs"},
		{name: "a typed system for a model at its own zero", opt: georef.Options{CRS: "EPSG:4547"}, code: "georeference-missing", hint: "--origin"},
		{name: "a typed place off the Earth", opt: georef.Options{Origin: &spatial.Placement{Lon: 22, Lat: 114}}, code: "outside-earth", hint: "longitude comes first"},
		{name: "a typed place that is no number", opt: georef.Options{Origin: &spatial.Placement{Lon: math.NaN()}}, code: "outside-earth"},
		{name: "a typed place for a model in map coordinates", file: file{at: "506000.,2495000.,0."}, opt: georef.Options{Origin: &spatial.Placement{Lon: 114, Lat: 22}}, code: "outside-extent", hint: "--crs EPSG:"},
		{name: "a site's latitude for points in map coordinates", file: file{wall: "506000.,2495000.,0.", site: "(22,32,0),(114,3,0),4."}, code: "outside-extent", hint: "--crs EPSG:"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := georef.Examine(test.file.load(t), test.opt)
			p, err := s.Place()
			var problem *spatial.Problem
			if p != nil || !errors.As(err, &problem) {
				t.Fatalf("placed by %s, error %v", s.Used, err)
			}
			if problem.Code != test.code || !strings.Contains(problem.Hint, test.hint) {
				t.Errorf("%s: %s; %s", problem.Code, problem.Message, problem.Hint)
			}
			if s.Used != georef.SourceNone || s.Georeference().Source != georef.SourceNone {
				t.Errorf("used %s", s.Used)
			}
			if s.Fix == "" && test.hint != "" {
				t.Error("nothing says what to type")
			}
		})
	}
}
