package step_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shikong-cim/shikong/ifc/step"
	"github.com/shikong-cim/shikong/spatial"
)

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	f, err := step.Open(write("good.stp", file("#1=A('x');")))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"#1 A('x')"}, rows(f)); d != "" {
		t.Errorf("rows (-want +got):\n%s", d)
	}
	if err := f.Close(); err != nil || f.Len() != 0 {
		t.Errorf("closed with %v, %d rows left", err, f.Len())
	}
	if err := f.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}

	_, err = step.Open(filepath.Join(dir, "none.stp"))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	for path, code := range map[string]string{
		dir:                         "is-folder",
		write("empty.stp", ""):      "step-empty",
		write("prose.stp", "Hello"): "not-step",
	} {
		var p *spatial.Problem
		if _, err := step.Open(path); !errors.As(err, &p) || p.Code != code {
			t.Errorf("%s: %v, want %s", filepath.Base(path), err, code)
		}
	}
}

func TestOpenReadsAStreamToItsEnd(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	path := filepath.Join("/dev/fd", itoa(uint64(r.Fd())))
	if _, err := os.Stat(path); err != nil {
		t.Skipf("SKIPPED: this system has no /dev/fd (%v)", err)
	}
	if _, err := w.WriteString(file("#1=A('x');")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := step.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"#1 A('x')"}, rows(f)); d != "" {
		t.Errorf("rows (-want +got):\n%s", d)
	}
}
