package shape_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shikong-cim/shikong/fixtures/samples"
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/ifc/shape"
	"github.com/shikong-cim/shikong/ifc/step"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// open loads a file for as long as the test runs.
func open(t testing.TB, path string) *model.Model {
	t.Helper()
	f, err := step.Open(path)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	t.Cleanup(func() { f.Close() })
	m, err := model.Load(f)
	if err != nil {
		t.Skipf("SKIPPED: %s: %v", filepath.Base(path), err)
	}
	return m
}

// Every product of every real file ends in one of the outcomes, with a reason
// where it is not exact, in meshes that hold together, and without a fault of
// this program.
func TestRealFiles(t *testing.T) {
	count := map[shape.Outcome]int{}
	codes := map[string]int{}
	body := 0
	for _, path := range samples.Models(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			m := open(t, path)
			b := shape.New(m, shape.Options{Timeout: 2 * time.Minute})
			for _, p := range m.Products() {
				r := b.Product(p)
				checkResult(t, m, p, r)
				if r.Body {
					body++
					count[r.Outcome]++
				}
				if r.Outcome != shape.Exact {
					codes[r.Code]++
				}
			}
		})
	}
	t.Logf("%d products with a body: %v; reasons of all products that are not exact: %v", body, count, codes)
	if exact := float64(count[shape.Exact]) / float64(body); exact < 0.995 {
		t.Errorf("%.2f %% of the products with a body are exact, want at least 99.5 %%", 100*exact)
	}
}

func checkResult(t *testing.T, m *model.Model, p model.Entity, r shape.Result) {
	t.Helper()
	if r.Code == shape.CodePanic || r.Code == shape.CodeBudget {
		t.Errorf("#%d: %s: %s", m.Number(p), r.Code, r.Message)
	}
	if (r.Outcome == shape.Exact) != (r.Code == "") || (r.Code == "") != (r.Message == "") {
		t.Errorf("#%d: outcome %v with code %q and message %q", m.Number(p), r.Outcome, r.Code, r.Message)
	}
	swallowed := r.Outcome == shape.Exact && len(r.Instances) == 0 && len(m.Voids(p)) > 0
	if (r.Outcome == shape.None) != (len(r.Instances) == 0) && !swallowed {
		t.Errorf("#%d: outcome %v with %d instances", m.Number(p), r.Outcome, len(r.Instances))
	}
	for i, in := range r.Instances {
		if err := in.Mesh.Validate(); err != nil {
			t.Errorf("#%d: instance %d: %v", m.Number(p), i, err)
		}
		if !in.Transform.IsFinite() || in.Mesh.Closed && !in.Mesh.IsBalanced() {
			t.Errorf("#%d: instance %d: a transform that is not finite, or a mesh that only says it is closed", m.Number(p), i)
		}
	}
}

// Known solids of a real house: the numbers are those of an independent kernel
// (IfcOpenShell 0.9.0 on Open CASCADE).
func TestVolumesOfARealHouse(t *testing.T) {
	var path string
	for _, f := range samples.Models(t) {
		if strings.HasSuffix(f, "AC20-FZK-Haus.ifc") {
			path = f
		}
	}
	if path == "" {
		t.Skip("SKIPPED: AC20-FZK-Haus.ifc is not among the samples")
	}
	m := open(t, path)
	b := shape.New(m, shape.Options{})
	volume := map[schema.Type]float64{}
	for _, p := range m.Products() {
		r := b.Product(p)
		if r.Body && r.Outcome == shape.Exact {
			volume[m.Type(p)] += mesh.Volume(r.Instances)
		}
	}
	for class, want := range houseVolumes {
		near(t, class.String(), volume[class], want, 0.005*want)
	}
}

var houseVolumes = map[schema.Type]float64{
	schema.IfcSpace:            470.8232,
	schema.IfcSite:             168,
	schema.IfcSlab:             76.9916,
	schema.IfcWallStandardCase: 54.5036,
	schema.IfcOpeningElement:   24.1778,
	schema.IfcMember:           3.4142,
	schema.IfcWindow:           0.7247,
	schema.IfcBeam:             0.6950,
	schema.IfcDoor:             0.5417,
	schema.IfcStair:            0.2079,
}

func BenchmarkProducts(b *testing.B) {
	for _, name := range []string{"AC20-FZK-Haus.ifc", "Office_A_20110811.ifc", "002.ifc"} {
		var path string
		for _, f := range samples.Models(b) {
			if filepath.Base(f) == name {
				path = f
			}
		}
		if path == "" {
			continue
		}
		b.Run(name, func(b *testing.B) {
			m := open(b, path)
			b.SetBytes(m.File().Size())
			b.ReportAllocs()
			for b.Loop() {
				s := shape.New(m, shape.Options{})
				for _, p := range m.Products() {
					s.Product(p)
				}
			}
		})
	}
}
