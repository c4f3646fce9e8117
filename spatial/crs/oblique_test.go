package crs_test

import (
	"math"
	"testing"

	"github.com/shikong-cim/shikong/spatial/crs"
)

// TestSwissSystemsByTheirTexts reads LV95 as ESRI and as GDAL write it, by name and by code.
func TestSwissSystemsByTheirTexts(t *testing.T) {
	for name, text := range map[string]string{
		"ESRI": `PROJCS["CH1903+_LV95",GEOGCS["GCS_CH1903+",DATUM["D_CH1903+",SPHEROID["Bessel_1841",6377397.155,299.1528128]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Hotine_Oblique_Mercator_Azimuth_Center"],PARAMETER["False_Easting",2600000.0],PARAMETER["False_Northing",1200000.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Azimuth",90.0],PARAMETER["Longitude_Of_Center",7.439583333333333],PARAMETER["Latitude_Of_Center",46.95240555555556],UNIT["Meter",1.0]]`,
		"GDAL": `PROJCS["unnamed",GEOGCS["CH1903+",DATUM["CH1903+",SPHEROID["Bessel 1841",6377397.155,299.1528128]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Hotine_Oblique_Mercator_Azimuth_Center"],PARAMETER["latitude_of_center",46.9524055555556],PARAMETER["longitude_of_center",7.43958333333333],PARAMETER["azimuth",90],PARAMETER["rectified_grid_angle",90],PARAMETER["scale_factor",1],PARAMETER["false_easting",2600000],PARAMETER["false_northing",1200000],UNIT["metre",1]]`,
		"name": "CH1903+ / LV95", "code": "EPSG:2056",
	} {
		c, err := crs.Parse(text)
		if err != nil || c.Code() != 2056 || c.Datum().Name() != "CH1903+" {
			t.Errorf("%s: %v, %v", name, c, err)
			continue
		}
		// The old observatory of Bern is the origin.
		lon, lat, _, err := c.Inverse(2600000, 1200000, 0)
		if err != nil || math.Abs(lon-7.439583333333) > 1e-9 || math.Abs(lat-46.952405555556) > 1e-9 {
			t.Errorf("%s: the origin is at %.9f, %.9f, %v", name, lon, lat, err)
		}
		if _, err := crs.Transform(c, crs.WGS84()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
