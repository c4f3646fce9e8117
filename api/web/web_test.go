package web_test

import (
	"errors"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/shikong-cim/shikong/api/web"
)

func TestThePageLoadsOnlyFilesThatAreThere(t *testing.T) {
	files := web.Files()
	page, err := fs.ReadFile(files, "index.html")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("SKIPPED: the web map is not built: run make web")
	}
	if err != nil {
		t.Fatal(err)
	}
	links := regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(string(page), -1)
	if len(links) < 3 {
		t.Fatalf("the page links to %d files; a script, a style sheet and an icon are expected", len(links))
	}
	for _, m := range links {
		name, ok := strings.CutPrefix(m[1], "./")
		if !ok {
			continue // an address of the server
		}
		if _, err := fs.Stat(files, name); err != nil {
			t.Errorf("the page loads %s: %v", m[1], err)
		}
	}
	if strings.Contains(string(page), "//cdn") || regexp.MustCompile(`(?:src|href)="https?:`).Match(page) {
		t.Errorf("the page loads from another origin:\n%s", page)
	}
}
