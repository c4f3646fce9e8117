package crs_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/shikong-cim/shikong/spatial/crs"
)

const esriShenzhen = `PROJCS["CGCS2000_3_Degree_GK_CM_114E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",` +
	`DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],` +
	`PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",114.0],` +
	`PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`

const esriWebMercator = `PROJCS["WGS_1984_Web_Mercator_Auxiliary_Sphere",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],` +
	`PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Mercator_Auxiliary_Sphere"],PARAMETER["False_Easting",0.0],` +
	`PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",0.0],PARAMETER["Standard_Parallel_1",0.0],PARAMETER["Auxiliary_Sphere_Type",0.0],UNIT["Meter",1.0]]`

const gdalWebMercator = `PROJCS["WGS 84 / Pseudo-Mercator",GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]]],` +
	`PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Mercator_1SP"],PARAMETER["central_meridian",0],PARAMETER["scale_factor",1],` +
	`PARAMETER["false_easting",0],PARAMETER["false_northing",0],UNIT["metre",1],AXIS["Easting",EAST],AXIS["Northing",NORTH],` +
	`EXTENSION["PROJ4","+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +wktext +no_defs"]]`

const wkt2RD = `PROJCRS["Amersfoort / RD New",BASEGEOGCRS["Amersfoort",DATUM["Amersfoort",ELLIPSOID["Bessel 1841",6377397.155,299.1528128,LENGTHUNIT["metre",1]]],` +
	`PRIMEM["Greenwich",0,ANGLEUNIT["degree",0.0174532925199433]],ID["EPSG",4289]],CONVERSION["RD New",METHOD["Oblique Stereographic",ID["EPSG",9809]],` +
	`PARAMETER["Latitude of natural origin",52.1561605555556,ANGLEUNIT["degree",0.0174532925199433],ID["EPSG",8801]],` +
	`PARAMETER["Longitude of natural origin",5.38763888888889,ANGLEUNIT["degree",0.0174532925199433],ID["EPSG",8802]],` +
	`PARAMETER["Scale factor at natural origin",0.9999079,SCALEUNIT["unity",1],ID["EPSG",8805]],` +
	`PARAMETER["False easting",155000,LENGTHUNIT["metre",1],ID["EPSG",8806]],PARAMETER["False northing",463000,LENGTHUNIT["metre",1],ID["EPSG",8807]]],` +
	`CS[Cartesian,2],AXIS["easting (X)",east,ORDER[1],LENGTHUNIT["metre",1]],AXIS["northing (Y)",north,ORDER[2],LENGTHUNIT["metre",1]],` +
	`USAGE[SCOPE["Engineering survey, topographic mapping."],AREA["Netherlands - ""onshore""."],BBOX[50.75,3.2,53.7,7.22]]]`

func TestParseFindsTheSystemThatATextMeans(t *testing.T) {
	for _, test := range []struct{ name, text, id string }{
		{"code", "EPSG:4547", "EPSG:4547"},
		{"lower case with spaces", "  epsg: 4547 ", "EPSG:4547"},
		{"double colon", "EPSG::4547", "EPSG:4547"},
		{"bare number", "4547", "EPSG:4547"},
		{"curie in brackets", "[EPSG:4326]", "EPSG:4326"},
		{"URN", "urn:ogc:def:crs:EPSG::4547", "EPSG:4547"},
		{"URN with a version", "urn:ogc:def:crs:EPSG:9.9.1:4547", "EPSG:4547"},
		{"URN of old", "urn:x-ogc:def:crs:EPSG:4326", "EPSG:4326"},
		{"CRS84 as URN", "urn:ogc:def:crs:OGC:1.3:CRS84", "OGC:CRS84"},
		{"CRS84 as URN without a version", "urn:ogc:def:crs:OGC::CRS84", "OGC:CRS84"},
		{"CRS84h as URI", "http://www.opengis.net/def/crs/OGC/0/CRS84h", "OGC:CRS84h"},
		{"CRS84 as URI", "http://www.opengis.net/def/crs/OGC/1.3/CRS84", "OGC:CRS84"},
		{"CRS84 of WMS", "CRS:84", "OGC:CRS84"},
		{"OGC:CRS84", "OGC:CRS84", "OGC:CRS84"},
		{"CRS84 alone", "crs84", "OGC:CRS84"},
		{"URI", "http://www.opengis.net/def/crs/EPSG/0/4490", "EPSG:4490"},
		{"URI with https and a slash", "https://www.opengis.net/def/crs/EPSG/0/4490/", "EPSG:4490"},
		{"URI of GML 2", "http://www.opengis.net/gml/srs/epsg.xml#4326", "EPSG:4326"},
		{"compound in the table", "EPSG:28992+5709", "EPSG:7415"},
		{"compound of its own", "EPSG:4547+5737", "EPSG:4547+5737"},
		{"compound URN", "urn:ogc:def:crs,crs:EPSG::28992,crs:EPSG::5709", "EPSG:7415"},
		{"Google's number", "EPSG:900913", "EPSG:3857"},
		{"ESRI's number", "ESRI:102100", "EPSG:3857"},
		{"GCJ-02", "GCJ-02", "GCJ-02"},
		{"BD-09 spelt otherwise", "bd09ll", "BD-09"},
		{"name of EPSG", "CGCS2000 / 3-degree Gauss-Kruger CM 114E", "EPSG:4547"},
		{"name of ESRI", "CGCS2000_3_Degree_GK_CM_114E", "EPSG:4547"},
		{"name with a zone", "CGCS2000_3_Degree_GK_Zone_38", "EPSG:4526"},
		{"6 degree zone", "CGCS2000_GK_Zone_20", "EPSG:4498"},
		{"IFC's name with another spelling", "DHDN / 3-Degree Gauss-Krueger Zone 3", "EPSG:31467"},
		{"UTM of ESRI", "WGS_1984_UTM_Zone_50N", "EPSG:32650"},
		{"UTM of EPSG", "WGS 84 / UTM zone 50N", "EPSG:32650"},
		{"ETRS89 of ESRI", "ETRS_1989_UTM_Zone_32N", "EPSG:25832"},
		{"Japan of ESRI", "JGD_2011_Japan_Zone_9", "EPSG:6677"},
		{"Japan of EPSG", "JGD2000 / Japan Plane Rectangular CS IX", "EPSG:2451"},
		{"RD of ESRI", "RD_New", "EPSG:28992"},
		{"MGA", "GDA2020 / MGA zone 56", "EPSG:7856"},
		{"datum", "CGCS2000", "EPSG:4490"},
		{"datum without a space", "WGS84", "EPSG:4326"},
		{"geographic system of ESRI", "GCS_WGS_1984", "EPSG:4326"},
		{"prj of Shenzhen", esriShenzhen, "EPSG:4547"},
		{"prj with a byte order mark and a line end", "\ufeff" + esriShenzhen + "\r\n", "EPSG:4547"},
		{"prj whose name says nothing", strings.Replace(esriShenzhen, "CGCS2000_3_Degree_GK_CM_114E", "untitled", 1), "EPSG:4547"},
		{"prj of web Mercator", esriWebMercator, "EPSG:3857"},
		{"GDAL's web Mercator", gdalWebMercator, "EPSG:3857"},
		{"WKT 2 with a quoted quote", wkt2RD, "EPSG:28992"},
		{"WKT with round brackets", strings.NewReplacer("[", "(", "]", ")").Replace(esriShenzhen), "EPSG:4547"},
		{"WKT that calls itself something else", strings.Replace(esriShenzhen, "114.0", "108.0", 1), "EPSG:4545"},
		{"prj with a vertical system", esriShenzhen + `,VERTCS["Yellow_Sea_1985",VDATUM["Yellow_Sea_1985"],PARAMETER["Vertical_Shift",0.0],PARAMETER["Direction",1.0],UNIT["Meter",1.0]]`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := crs.Parse(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if c.ID() != test.id {
				t.Fatalf("got %s with ID %q, want %q", c, c.ID(), test.id)
			}
			if c.ID() == "" {
				return
			}
			for _, form := range []string{c.ID(), c.URI(), c.URN()} {
				if form == "" {
					continue
				}
				if again, err := crs.Parse(form); err != nil || again.ID() != c.ID() || again.Name() != c.Name() {
					t.Errorf("%q reads as %v, %v, want %s", form, again, err, c)
				}
			}
		})
	}
}

func TestParseRefusesWhatItDoesNotKnow(t *testing.T) {
	for _, test := range []struct{ name, text, says string }{
		{"nothing", " ", "empty"},
		{"unknown code", "EPSG:3035", "EPSG:3035 is not supported"},
		{"code of another kind", "EPSG:5737", "EPSG:5737 is not supported"},
		{"huge number", "EPSG:99999999999999999999", "not known"},
		{"negative number", "EPSG:-4326", "not known"},
		{"other authority", "IGNF:LAMB93", "not known"},
		{"words", "the blue one", `"the blue one" is not known`},
		{"control characters", "EPSG:\x00\x1b[31m", `"EPSG:??[31m"`},
		{"long text", strings.Repeat("x", 1<<20), "bytes long"},
		{"three codes", "EPSG:4547+5737+5738", "not known"},
		{"heights on heights", "EPSG:4979+5737", "has heights of its own"},
		{"vertical system alone", `VERT_CS["x",VERT_DATUM["y",2005],UNIT["metre",1]]`, "does not say where"},
		{"engineering system", `LOCAL_CS["site",UNIT["metre",1]]`, "does not say where"},
		{"WKT that ends early", esriShenzhen[:200], "ends"},
		{"WKT with an open string", `PROJCS["x`, "never closes"},
		{"WKT with text behind it", esriShenzhen + "]", "more text"},
		{"WKT nested too deeply", strings.Repeat("PROJCS[", 1000), "nested too deeply"},
		{"WKT without a datum", `GEOGCS["x",UNIT["degree",0.0174532925199433]]`, "no datum"},
		{"unknown method", strings.Replace(esriShenzhen, "Gauss_Kruger", "Krovak", 1), `"Krovak"`},
		{"unknown parameter", strings.Replace(esriShenzhen, "Scale_Factor", "Azimuth", 1), `"Azimuth"`},
		{"parameter that is no number", strings.Replace(esriShenzhen, "114.0", "NaN", 1), "needs a number"},
		{"latitude out of range", strings.Replace(esriShenzhen, `"Latitude_Of_Origin",0.0`, `"Latitude_Of_Origin",114.0`, 1), "latitude of origin 114"},
		{"scale of zero", strings.Replace(esriShenzhen, `"Scale_Factor",1.0`, `"Scale_Factor",0.0`, 1), "scale factor"},
		{"ellipsoid of the Moon", strings.Replace(esriShenzhen, `298.257222101`, `2.5`, 1), "ellipsoid"},
		{"Paris meridian", strings.Replace(esriShenzhen, `"Greenwich",0.0`, `"Paris",2.33722917`, 1), "prime meridian"},
		{"gon", `GEOGCS["x",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],UNIT["grad",0.015707963267949]]`, "grad"},
		{"axes to south and west", strings.Replace(esriShenzhen, `UNIT["Meter",1.0]]`, `UNIT["Meter",1.0],AXIS["X",SOUTH],AXIS["Y",WEST]]`, 1), "east and north"},
		{"heights in feet", esriShenzhen + `,VERTCS["x",VDATUM["x"],UNIT["Foot",0.3048]]`, "heights"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := crs.Parse(test.text)
			if err == nil {
				t.Fatalf("got %s", c)
			}
			var e *crs.Error
			if !errors.As(err, &e) || e.Code != crs.CodeUnsupported || !errors.Is(err, crs.ErrUnsupported) {
				t.Errorf("error %v is not of code %s", err, crs.CodeUnsupported)
			}
			if !strings.Contains(err.Error(), test.says) || len(err.Error()) > 400 {
				t.Errorf("error %q does not say %q", err, test.says)
			}
		})
	}
}

func TestParseKeepsWhatBelongsToAForeignSystem(t *testing.T) {
	t.Run("datum, unit and transform of the file", func(t *testing.T) {
		c, err := crs.Parse(`PROJCS["HARN/WO.OR-NF",GEOGCS["HARN/WO.LL",DATUM["HARN/WO",SPHEROID["GRS1980",6378137.000,298.25722210],TOWGS84[1,2,3,0,0,0.5,0]],` +
			`PRIMEM["Greenwich",0],UNIT["Degree",0.017453292519943295]],PROJECTION["Lambert_Conformal_Conic_2SP"],PARAMETER["false_easting",8202083.333],` +
			`PARAMETER["false_northing",0.000],PARAMETER["central_meridian",-120.5],PARAMETER["latitude_of_origin",43.66666666666670],` +
			`PARAMETER["standard_parallel_1",46.0],PARAMETER["standard_parallel_2",44.33333333333330],UNIT["Foot_US",0.30480060960122]]`)
		if err != nil {
			t.Fatal(err)
		}
		if c.Code() != 0 || c.Datum().Name() != "HARN/WO" || c.Unit().Name != "Foot_US" || c.AxisOrder() != crs.EastNorth {
			t.Errorf("got %s, datum %s, unit %v, axes %s", c, c.Datum().Name(), c.Unit(), c.AxisOrder())
		}
		x, y, _, err := c.Forward(-120.5, 43.666666666666670, 0)
		if err != nil || !near(x, 8202083.333, 1e-3) || !near(y, 0, 1e-3) {
			t.Errorf("the origin is at %g, %g, %v, want the false origin in feet", x, y, err)
		}
		if _, err := crs.Transform(c, crs.WGS84()); !errors.Is(err, crs.ErrDatumTransform) {
			t.Errorf("a datum that nobody knows went to WGS 84: %v", err)
		}
		h, ok := c.DeclaredTransform()
		if !ok {
			t.Fatal("TOWGS84 is gone")
		}
		if _, err := crs.Transform(c, crs.WGS84(), h); err != nil {
			t.Errorf("the declared transform is refused: %v", err)
		}
	})
	t.Run("compound with two codes", func(t *testing.T) {
		c, err := crs.Parse(`COMPD_CS["IGM95 / UTM zone 33N + Genoa 1942 height",PROJCS["IGM95 / UTM zone 33N",GEOGCS["IGM95",` +
			`DATUM["Istituto_Geografico_Militaire_1995",SPHEROID["GRS 1980",6378137,298.257222101],TOWGS84[0,0,0,0,0,0,0]],PRIMEM["Greenwich",0],` +
			`UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",15],` +
			`PARAMETER["scale_factor",0.9996],PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["metre",1],AXIS["Easting",EAST],` +
			`AXIS["Northing",NORTH],AUTHORITY["EPSG","3065"]],VERT_CS["Genoa 1942 height",VERT_DATUM["Genoa 1942",2005],UNIT["metre",1],` +
			`AXIS["Gravity-related height",UP],AUTHORITY["EPSG","5214"]]]`)
		if err != nil {
			t.Fatal(err)
		}
		if c.Horizontal().Code() != 3065 || c.Vertical().Code != 5214 || c.Vertical().Ellipsoidal || c.Dimension() != 3 {
			t.Errorf("got %s, horizontal %s, vertical %+v", c, c.Horizontal(), c.Vertical())
		}
		if _, err := crs.Transform(c, crs.WGS84()); err != nil {
			t.Errorf("IGM95 is a realisation of ETRS89: %v", err)
		}
	})
}

func near(a, b, tolerance float64) bool { return a-b <= tolerance && b-a <= tolerance }
