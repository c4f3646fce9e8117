package georef_test

import (
	"math"
	"path/filepath"
	"testing"

	"github.com/shikong-cim/shikong/fixtures/samples"
	"github.com/shikong-cim/shikong/ifc/georef"
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/step"
	"github.com/shikong-cim/shikong/spatial"
)

func survey(t *testing.T, path string, opt georef.Options) (*model.Model, *georef.Survey) {
	t.Helper()
	f, err := step.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	m, err := model.Load(f)
	if err != nil {
		t.Fatal(err)
	}
	return m, georef.Examine(m, opt)
}

// TestSamplesStandWhereOthersPutThem compares a product's zero point with where IfcOpenShell
// 0.8 (ifcopenshell.util.placement, ifcopenshell.util.geolocation) and PROJ 9.5 put it: the
// map conversion by auto_xyz2enh and EPSG code, the site by a topocentric frame about its
// latitude and longitude.
func TestSamplesStandWhereOthersPutThem(t *testing.T) {
	dir := samples.Path(t, "ifc")
	for _, test := range []struct {
		file    string
		product uint64
		at      [3]float64
		source  string
		codes   string
	}{
		{"LTplus-AG+ifc-lite/infra-bridge.ifc", 556, [3]float64{179.0803232605, -8.4620595849, -0.4900}, "map-conversion", ""},
		{"LTplus-AG+ifc-lite/building-architecture.ifc", 501, [3]float64{179.0801289999, -8.4624900000, 0}, "map-conversion", ""},
		{"bSI-InfraRoom+IFC-infra-unit-test/DrainageSystem-2.IFC", 391, [3]float64{24.4898225155, 61.9987405663, 125.3974}, "map-conversion", ""},
		{"bSI-InfraRoom+IFC-infra-unit-test/Georeferencing-Tin-12d-2.ifc", 23, [3]float64{150.5452548528, -26.9963437395, 0}, "map-conversion", ""},
		{"buildingSMART+IFC/Geographic_referencing_File.ifc", 149, [3]float64{8.4337000147, 49.0955559777, 113.7}, "map-conversion", "elevation-disagreement scale-unit"},
		{"hypar-io+Elements/example_1.ifc", 458, [3]float64{-71.2576345322, 42.4146306585, 0}, "site", "site-only"},
		{"ThatOpen+engine_web-ifc/ISSUE_044_test_IFCCOMPOSITEPROFILEDEF.ifc", 280, [3]float64{0.5949632714, 42.7837339362, 633.1010}, "site", "site-only"},
		{"ThatOpen+engine_web-ifc/ISSUE_171_IfcSurfaceCurveSweptAreaSolid.ifc", 1174, [3]float64{1.4665940626, 53.3832745517, 75.75}, "site", "site-only"},
		{"ThatOpen+engine_web-ifc/Sample_entities.ifc", 23, [3]float64{9.9868093392, 53.4649891171, 4.64}, "site", "site-only"},
		{"ThatOpen+engine_web-ifc/duplex.ifc", 4868, [3]float64{-87.6392990164, 41.8742416191, -1.25}, "site", "site-only"},
		{"assimp+assimp/AC14-FZK-Haus.ifc", 16120, [3]float64{13.4001767711, 52.5167565322, 0}, "site", "height-unknown site-only"},
		{"jakob-beetz+DataSetSchependomlaan/IFC-houten_kozijnen.ifc", 19709, [3]float64{5.3836152982, 52.1501404052, 20.78}, "site", "site-only"},
		{"jyrkioraskari+IFCtoLBD/AC20-FZK-Haus.ifc", 17040, [3]float64{8.4364993237, 49.1005438380, 110}, "site", "site-only"},
		{"pipauwel+IFCtoRDF/20160414office_model_CV2_fordesign.ifc", 1960, [3]float64{174.7669768164, -36.8331616898, 0.7}, "site", "site-only"},
		{"andrewisen+bim-whale-ifc-samples/TallBuilding.ifc", 2629, [3]float64{-71.0568098603, 42.3585916416, 12}, "site", "site-default-location site-only"},
	} {
		t.Run(filepath.Base(test.file), func(t *testing.T) {
			m, s := survey(t, filepath.Join(dir, test.file), georef.Options{})
			p, err := s.Place()
			if err != nil {
				t.Fatal(err)
			}
			if s.Used != test.source || codes(s) != test.codes {
				t.Errorf("placed by %s with warnings %q, want %s with %q", s.Used, codes(s), test.source, test.codes)
			}
			lon, lat, h, err := p.Forward(m.Placement(m.Find(test.product)).Origin())
			if err != nil {
				t.Fatal(err)
			}
			if d, _ := spatial.Geodesic(lon, lat, test.at[0], test.at[1]); d > mm || math.Abs(h-test.at[2]) > mm {
				t.Errorf("#%d stands at %.10f %.10f %.4f, others say %.10f %.10f %.4f (%.4f m away)", test.product, lon, lat, h, test.at[0], test.at[1], test.at[2], d)
			}
		})
	}
}

// TestSamplesWithoutAPlaceSayWhy names what keeps real files from being placed.
func TestSamplesWithoutAPlaceSayWhy(t *testing.T) {
	dir := samples.Path(t, "ifc")
	for _, test := range []struct {
		file string
		opt  georef.Options
		code string // "" for a file that the options place
	}{
		{"buildingSMART+IFC/Linear_Placement_File.ifc", georef.Options{}, "datum-transform-required"},
		{"buildingSMART+IFC/Terrain_Surface_File.ifc", georef.Options{}, "outside-extent"},
		{"buildingSMART+ifc-gherkin-rules/pass-ctx000-styled-tessellated_face.ifc", georef.Options{}, "zero-eastings-northings"},
		{"buildingSMART+ifc-gherkin-rules/pass-grf005-unit_conversion_factor.ifc", georef.Options{}, "datum-transform-required"},
		{"buildingSMART+ifc-gherkin-rules/pass-grf006-valid_wkt_specification.ifc", georef.Options{}, "crs-unsupported"},
		{"bSI-InfraRoom+IFC-infra-unit-test/RumbleStrip-INDOT.ifc", georef.Options{}, "georeference-missing"},
		{"bSI-InfraRoom+IFC-infra-unit-test/DrainageSystem-1-1.ifc", georef.Options{}, "georeference-missing"},
		{"bSI-InfraRoom+IFC-infra-unit-test/DrainageSystem-1-1.ifc", georef.Options{CRS: "EPSG:3878"}, ""},
		{"buildingSMART+ifc-gherkin-rules/pass-ctx000-styled-tessellated_face.ifc", georef.Options{Origin: &spatial.Placement{Lon: 12.5, Lat: 41.9}}, ""},
	} {
		t.Run(filepath.Base(test.file), func(t *testing.T) {
			_, s := survey(t, filepath.Join(dir, test.file), test.opt)
			p, err := s.Place()
			if (p == nil) != (test.code != "") || (err == nil) != (test.code == "") {
				t.Fatalf("placed by %s, error %v", s.Used, err)
			}
			if err != nil && s.Rungs == nil && test.code != georef.CodeMissing {
				t.Errorf("no rungs: %v", err)
			}
			if len(s.Rungs) > 0 && s.Rungs[0].Code != test.code {
				t.Errorf("the first rung says %q: %s", s.Rungs[0].Code, s.Rungs[0].Message)
			}
		})
	}
}
