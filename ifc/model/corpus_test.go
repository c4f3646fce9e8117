package model_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/shikong-cim/shikong/fixtures/samples"
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/ifc/step"
)

// manifest returns the rows of the samples' list by column name.
func manifest(t testing.TB, dir string) []map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "MANIFEST.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	head := strings.Split(lines[0], "\t")
	var rows []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, cell := range strings.Split(line, "\t") {
			row[head[i]] = cell
		}
		rows = append(rows, row)
	}
	return rows
}

// commented are the instances of the files in which the list, made with a search for
// lines, counts instances that stand in comments too.
var commented = map[string]int{
	"OpeningDesign+FreeMVD_WorkFlow/extruded-solid-commented.ifc":     30,
	"ThatOpen+engine_web-ifc/KIT-Simple-Road-Test-Web-IFC4x3_RC2.ifc": 6500,
	"ThatOpen+engine_web-ifc/test.ifc":                                6,
}

func TestEveryRealFileIsRead(t *testing.T) {
	dir := samples.Path(t, "ifc")
	for _, row := range manifest(t, dir) {
		f, err := step.Open(filepath.Join(dir, row["file"]))
		if err != nil {
			t.Errorf("%s: %v", row["file"], err)
			continue
		}
		want, _ := strconv.Atoi(row["instances"])
		if n, ok := commented[row["file"]]; ok {
			want = n
		}
		if f.Len() != want {
			t.Errorf("%s: %d instances, the list says %d; %v", row["file"], f.Len(), want, f.Issues())
		}
		m, err := model.Load(f)
		if err != nil {
			t.Errorf("%s: %v", row["file"], err)
			continue
		}
		for _, i := range f.Issues() {
			t.Logf("%s: %v", row["file"], i)
		}
		for _, i := range m.Issues() {
			t.Logf("%s: %s #%d %s (%d)", row["file"], i.Code, i.Number, i.Message, i.Count)
		}
		placed := 0
		for _, p := range m.Products() {
			if !m.Is(p, schema.IfcProduct) {
				t.Errorf("%s: #%d is no product", row["file"], m.Number(p))
			}
			if m.Placement(p).IsFinite() {
				placed++
			}
		}
		if placed != len(m.Products()) {
			t.Errorf("%s: %d of %d products are placed", row["file"], placed, len(m.Products()))
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}
