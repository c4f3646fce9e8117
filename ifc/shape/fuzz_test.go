package shape_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/shikong-cim/shikong/fixtures/samples"
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/shape"
	"github.com/shikong-cim/shikong/ifc/step"
)

// FuzzProducts builds every product of files that are damaged in any way: it has
// to end, soon, without a panic that Product would report as internal-error. What was found
// before is tried again also where there are no real files to begin with.
func FuzzProducts(f *testing.F) {
	if samples.AtHand(f) {
		addSmall(f, samples.Models(f))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := step.Parse(data)
		if err != nil {
			return
		}
		defer file.Close()
		m, err := model.Load(file)
		if err != nil {
			return
		}
		b := shape.New(m, shape.Options{Steps: 1_000_000, Timeout: 5 * time.Second, MaxTriangles: 100_000})
		for _, p := range m.Products() {
			if r := b.Product(p); r.Code == shape.CodePanic {
				t.Fatalf("#%d: %s", m.Number(p), r.Message)
			}
		}
	})
}

// addSmall makes seeds of the files up to a few thousand bytes.
func addSmall(f *testing.F, paths []string) {
	f.Helper()
	for _, path := range paths {
		if info, err := os.Stat(path); err != nil || info.Size() > 6_000 {
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
}

// Real files with their numbers, references and words shuffled get further into the
// builders than bytes flipped at random.
func TestDamagedFiles(t *testing.T) {
	damage := regexp.MustCompile(`#\d+|-?\d+\.\d*(?:E[+-]?\d+)?|\.[TF]\.|\$`)
	values := []string{"0.", "-1.", "1.E300", "1.E-300", "1000000.", "$", "0.001", "*", "()", ".T.", "'x'", "1.E999"}
	for _, path := range samples.Models(t) {
		if info, err := os.Stat(path); err != nil || info.Size() > 40_000 {
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		at := damage.FindAllIndex(data, -1)
		if len(at) < 10 {
			continue
		}
		for seed := range uint64(12) {
			r := rand.New(rand.NewPCG(seed, 7))
			var out []byte
			last := 0
			share := 1 + r.IntN(len(at)/2)
			for _, span := range at {
				if r.IntN(share) > 3 {
					continue
				}
				out = append(out, data[last:span[0]]...)
				if other := at[r.IntN(len(at))]; r.IntN(3) > 0 {
					out = append(out, data[other[0]:other[1]]...)
				} else {
					out = append(out, values[r.IntN(len(values))]...)
				}
				last = span[1]
			}
			out = append(out, data[last:]...)
			buildDamaged(t, path, seed, out)
		}
	}
}

func buildDamaged(t *testing.T, path string, seed uint64, data []byte) {
	t.Helper()
	file, err := step.Parse(data)
	if err != nil {
		return
	}
	defer file.Close()
	m, err := model.Load(file)
	if err != nil {
		return
	}
	b := shape.New(m, shape.Options{Steps: 2_000_000, Timeout: 10 * time.Second, MaxTriangles: 200_000})
	for _, p := range m.Products() {
		begin := time.Now()
		r := b.Product(p)
		if r.Code == shape.CodePanic {
			t.Errorf("%s, seed %d: #%d: %s", filepath.Base(path), seed, m.Number(p), r.Message)
		}
		if d := time.Since(begin); d > 20*time.Second {
			t.Errorf("%s, seed %d: #%d took %v", filepath.Base(path), seed, m.Number(p), d)
		}
		for _, in := range r.Instances {
			if err := in.Mesh.Validate(); err != nil {
				t.Errorf("%s, seed %d: #%d: %v", filepath.Base(path), seed, m.Number(p), err)
			}
		}
	}
}
