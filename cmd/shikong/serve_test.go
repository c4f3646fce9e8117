package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// An import by another process shows in a running server without a restart.
func TestServerFollowsImportsOfOtherProcesses(t *testing.T) {
	eachStore(t, func(t *testing.T, store string) {
		must(t, "import", "--store", store, features(t, "a.geojsonl", 300, 10), "--collection", "c", "--model", "m")
		s := serve(t, "--store", store)
		var p page
		s.get(t, "/collections/c/items?limit=1", &p)
		if p.NumberMatched != 300 || p.Features[0].Properties["height"] != 10.0 {
			t.Fatalf("at the start: %+v", p)
		}
		must(t, "import", "--store", store, features(t, "b.geojsonl", 301, 11), "--collection", "c", "--model", "m")
		waited := eventually(t, "the second import shows", func() bool {
			s.get(t, "/collections/c/items?limit=1", &p)
			return p.NumberMatched == 301 && p.Features[0].Properties["height"] == 11.0
		})
		t.Logf("shown %v after the import's end", waited)
		must(t, "import", "--store", store, features(t, "d.geojsonl", 5, 1), "--collection", "d")
		waited = eventually(t, "a new collection shows", func() bool { return s.status(t, "/tiles/d.json") == http.StatusOK })
		t.Logf("a new collection %v after the import's end", waited)
		s.stop(t)
	})
}

// A client without a token is refused; one with a token uploads what the server then shows.
func TestUpload(t *testing.T) {
	eachStore(t, func(t *testing.T, store string) {
		dir := t.TempDir()
		tokens, secret := filepath.Join(dir, "tokens"), filepath.Join(dir, "secret")
		token := must(t, "token", "create", "office", "--file", tokens)
		if err := os.WriteFile(secret, []byte(token), 0o600); err != nil {
			t.Fatal(err)
		}
		s := serve(t, "--store", store, "--token-file", tokens, "--spool", filepath.Join(dir, "spool"))
		file := features(t, "up.geojsonl", 2000, 5)
		out := must(t, "import", "--server", s.url, "--token-file", secret, file, "--collection", "up", "--id", "name")
		if !strings.Contains(out, "up.geojsonl → up/up: 2000 features (2000 added") {
			t.Errorf("the report is\n%s", out)
		}
		eventually(t, "the upload shows", func() bool {
			var p page
			return s.get(t, "/collections/up/items?limit=1", &p) == http.StatusOK && p.NumberMatched == 2000
		})
		refuse := func(what string, want string, args ...string) {
			t.Helper()
			out, err := program(t, args...).CombinedOutput()
			if err == nil || !strings.Contains(string(out), want) {
				t.Errorf("%s: %v\n%s", what, err, out)
			}
		}
		wrong := filepath.Join(dir, "wrong")
		if err := os.WriteFile(wrong, []byte(strings.Repeat("A", 43)+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		refuse("a wrong token", "token", "import", "--server", s.url, "--token-file", wrong, file)
		bad := filepath.Join(dir, "bad.geojson")
		if err := os.WriteFile(bad, []byte(`{"type":"Topology"}`), 0o600); err != nil {
			t.Fatal(err)
		}
		refuse("a file that is none", "[not-geojson]", "import", "--server", s.url, "--token-file", secret, bad)
		r, err := http.Post(s.url+"/imports", "application/json", strings.NewReader(`{"name":"x.geojson","bytes":1}`))
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Body.Close()
		if r.StatusCode != http.StatusUnauthorized && r.StatusCode != http.StatusForbidden {
			t.Errorf("without a token: %s", r.Status)
		}
		must(t, "token", "revoke", "office", "--file", tokens)
		refuse("a revoked token", "token", "import", "--server", s.url, "--token-file", secret, file)
		if strings.Contains(s.log.String(), strings.TrimSpace(token)) {
			t.Error("the token stands in the log")
		}
		s.stop(t)
	})
}

// A client that is killed in the middle of an upload goes on where it stood when it is
// started again.
func TestKilledClientGoesOn(t *testing.T) {
	dir := t.TempDir()
	tokens, secret, spool := filepath.Join(dir, "tokens"), filepath.Join(dir, "secret"), filepath.Join(dir, "spool")
	if err := os.WriteFile(secret, []byte(must(t, "token", "create", "office", "--file", tokens)), 0o600); err != nil {
		t.Fatal(err)
	}
	s := serve(t, "--store", filepath.Join(dir, "city.gpkg"), "--token-file", tokens, "--spool", spool)
	slow := newSlowProxy(t, s.url)
	file := features(t, "big.geojsonl", 20_000, 5)
	client := program(t, "import", "--server", slow.url, "--token-file", secret, file)
	if err := client.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-slow.half: // so much has gone through
	case <-time.After(time.Minute):
		t.Fatal("the upload did not begin")
	}
	if err := client.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = client.Wait()
	before := slow.sent.Load()
	slow.fast.Store(true)
	out := must(t, "import", "--server", slow.url, "--token-file", secret, file)
	if !strings.Contains(out, "20000 features (20000 added") {
		t.Errorf("the report is\n%s", out)
	}
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if again := slow.sent.Load() - before; again >= info.Size() {
		t.Errorf("%d bytes were sent the second time, the whole file has %d", again, info.Size())
	}
	s.stop(t)
}

// GDAL, which nobody here wrote, reads the store and the running server to the last feature.
func TestGDALReadsEverything(t *testing.T) {
	ogrinfo, err := exec.LookPath("ogrinfo")
	if err != nil {
		t.Skip("SKIPPED: there is no ogrinfo (gdal-bin), so no judge for GeoPackage and OGC API Features")
	}
	store := filepath.Join(t.TempDir(), "city.gpkg")
	const n = 2500 // more than two pages
	must(t, "import", "--store", store, features(t, "a.geojsonl", n, 10), "--collection", "c", "--datum", "cgcs2000")
	run := func(args ...string) string {
		t.Helper()
		out, err := exec.Command(ogrinfo, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("ogrinfo %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	if out := run("-so", store, "c"); !strings.Contains(out, "Feature Count: "+strconv.Itoa(n)) || !strings.Contains(out, "height: Integer64") || !strings.Contains(out, "4490") {
		t.Errorf("GeoPackage:\n%s", out)
	}
	s := serve(t, "--store", store)
	out := run("-al", "OAPIF:"+s.url, "c")
	if got := strings.Count(out, "\nOGRFeature("); got != n {
		t.Errorf("OAPIF gave %d features of %d\n%.2000s", got, n, out)
	}
	s.stop(t)
}

// Ctrl-C in the middle of an import leaves the store as it was.
func TestInterruptedImportLeavesNothing(t *testing.T) {
	eachStore(t, func(t *testing.T, store string) {
		must(t, "import", "--store", store, features(t, "a.geojsonl", 10, 10), "--collection", "c", "--model", "m")
		c := program(t, "import", "-", "--format", "geojsonl", "--store", store, "--collection", "c", "--model", "m")
		stdin, err := c.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		var stderr bytes.Buffer
		c.Stderr = &stderr
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(stdin, `{"type":"Feature","id":"x","properties":{},"geometry":null}`+"\n"); err != nil {
			t.Fatal(err)
		}
		if err := c.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		_ = stdin.Close()
		if err := c.Wait(); err == nil {
			t.Error("the exit code is 0")
		}
		if out := must(t, "query", "c", "--store", store, "--format", "csv"); strings.Count(out, "\nf0000") != 10 || strings.Contains(out, "\nx,") {
			t.Errorf("the store holds\n%s", out)
		}
	})
}

// A wrong configuration is told, not served.
func TestServeRefusesWhatItCannotDo(t *testing.T) {
	dir := t.TempDir()
	store := filepath.Join(dir, "city.gpkg")
	must(t, "import", "--store", store, features(t, "a.geojsonl", 3, 10))
	config := filepath.Join(dir, "shikong.yaml")
	if err := os.WriteFile(config, []byte("colour: red\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	small := filepath.Join(dir, "small.yaml")
	if err := os.WriteFile(small, []byte("collections:\n  a.b:\n    tile_budget: 12\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := serve(t, "--store", store)
	taken := strings.TrimPrefix(s.url, "http://")
	rows := []struct {
		name, want string
		args       []string
	}{
		{"a store that is not there", "store-missing", []string{"--store", filepath.Join(dir, "no.gpkg")}},
		{"an address that is taken", "[listen]", []string{"--store", store, "--listen", taken}},
		{"a setting that is none", `no setting "colour"`, []string{"--store", store, "--config", config}},
		{"a budget that is none", "tile_budget", []string{"--store", store, "--config", small}},
		{"a level that is none", "--log-level", []string{"--store", store, "--log-level", "loud"}},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			out, err := program(t, append([]string{"serve"}, r.args...)...).CombinedOutput()
			if err == nil || !strings.Contains(string(out), r.want) {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	s.stop(t)
}

func TestConfigurationFileStandsUnderFlags(t *testing.T) {
	dir := t.TempDir()
	store := filepath.Join(dir, "city.gpkg")
	must(t, "import", "--store", store, features(t, "a.geojsonl", 3, 10))
	config := filepath.Join(dir, "shikong.yaml")
	text := fmt.Sprintf("store: %s\ntitle: From the file\ncors: ['https://a.example']\nlisten: 127.0.0.1:1\ntile_budget: 400000\ncollections:\n  a:\n    tile_budget: none\n  gone:\n    resident: false\n", store)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := serve(t, "--config", config)
	var landing struct{ Title string }
	s.get(t, "/?f=json", &landing)
	if landing.Title != "From the file" {
		t.Errorf("the title is %q", landing.Title)
	}
	s.stop(t)
	if log := s.log.String(); !strings.Contains(log, "a collection that the settings name is not there\" collection=gone") || strings.Contains(log, "collection=a") {
		t.Errorf("the log says\n%s", log)
	}
}
