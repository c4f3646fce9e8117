package main_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// house is the module's path; rooms are named without it.
const house = "github.com/shikong-cim/shikong/"

// room is one package and what it may lean on. Names stand in one string, separated by spaces.
type room struct {
	name  string
	floor int
	house string // rooms of the house it may import, all on its own floor or below
	world string // restricted packages from outside it may import, see restricted
	tests string // rooms and restricted packages that its tests may import besides
	// spawns says that it may start goroutines. Everybody else leaves that to the caller.
	spawns bool
}

// rooms is the plan of the house. A new arrow is one changed line here, and a reviewer asks whether it is right.
// A room is listed when the design foresees it; its package comes with its first working code.
var rooms = []room{
	// Floor 1: what a feature is, where it stands, how it is kept.
	{name: "spatial/mesh", floor: 1},
	{name: "spatial/mesh/render", floor: 1, house: "spatial/mesh"},
	{name: "spatial/crs", floor: 1, house: "spatial", tests: "pgx"},
	{name: "spatial", floor: 1, house: "spatial/mesh", world: "go-geom jx"},
	{name: "spatial/relate", floor: 1, world: "go-geom simplefeatures"},
	{name: "spatial/filter", floor: 1, house: "spatial spatial/relate", world: "go-geom jx"},
	{name: "spatial/intake", floor: 1, house: "spatial spatial/crs", world: "go-geom simplefeatures"},
	{name: "spatial/geojson", floor: 1, house: "spatial spatial/crs spatial/intake", world: "go-geom jx klauspost"},
	{name: "spatial/cityjson", floor: 2, house: "spatial spatial/crs spatial/intake spatial/mesh ifc/kernel", world: "go-geom jx", tests: "spatial/intaketest"}, // solids want the kernel, which has not heard of IFC
	{name: "spatial/shapefile", floor: 1, house: "spatial spatial/intake", world: "go-geom", tests: "spatial/intaketest"},
	{name: "spatial/csv", floor: 1, house: "spatial spatial/intake spatial/wkb", world: "go-geom", tests: "spatial/intaketest"},
	{name: "spatial/sorting", floor: 1},
	{name: "spatial/wkb", floor: 1, house: "spatial", world: "go-geom"},
	{name: "spatial/intaketest", floor: 1, house: "spatial", world: "go-geom testing"},
	{name: "spatial/storetest", floor: 1, house: "spatial spatial/filter spatial/mesh", world: "go-geom go-cmp rapid testing exec", spawns: true},
	{name: "spatial/flatgeobuf", floor: 1, house: "spatial spatial/crs spatial/sorting spatial/wkb", world: "go-geom"},
	{name: "spatial/memory", floor: 1, house: "spatial spatial/crs spatial/filter spatial/mesh spatial/sorting", world: "go-geom rtree", tests: "spatial/storetest", spawns: true},
	{name: "spatial/gpkg", floor: 1, house: "spatial spatial/filter spatial/intake spatial/mesh spatial/sorting spatial/wkb", world: "go-geom sqlite sql jx", tests: "spatial/intaketest spatial/storetest spatial/memory", spawns: true},
	{name: "spatial/postgis", floor: 1, house: "spatial spatial/filter spatial/mesh spatial/wkb", world: "go-geom pgx jx", tests: "spatial/storetest spatial/memory spatial/crs", spawns: true},

	// Floor 2: what building models say, and what a tile shows. The two never meet.
	{name: "ifc/step", floor: 2, house: "spatial"},
	{name: "ifc/schema", floor: 2},
	{name: "ifc/schema/gen", floor: 2},
	{name: "ifc/model", floor: 2, house: "spatial spatial/mesh ifc/step ifc/schema"},
	{name: "ifc/kernel", floor: 2, house: "spatial/mesh"},
	{name: "ifc/shape", floor: 2, house: "spatial spatial/mesh ifc/kernel ifc/model ifc/schema", tests: "ifc/step"},
	{name: "ifc/georef", floor: 2, house: "spatial spatial/crs spatial/mesh ifc/model ifc/schema", tests: "ifc/step"},
	{name: "ifc", floor: 2, house: "spatial spatial/crs spatial/mesh ifc/step ifc/schema ifc/model ifc/kernel ifc/shape ifc/georef", world: "go-geom errgroup simplefeatures", spawns: true},
	{name: "tiles", floor: 2, house: "spatial", world: "otter singleflight klauspost", tests: "spatial/storetest", spawns: true},
	{name: "tiles/vector", floor: 2, house: "tiles tiles/mvt spatial spatial/crs spatial/filter spatial/memory", world: "go-geom orb klauspost", tests: "spatial/geojson spatial/gpkg spatial/storetest jx pgx", spawns: true},
	{name: "tiles/mvt", floor: 2, tests: "orb"},
	{name: "tiles/pmtiles", floor: 2, house: "spatial tiles", world: "klauspost"},
	{name: "tiles/mbtiles", floor: 2, house: "tiles", world: "sqlite"},
	{name: "tiles/archive", floor: 2, house: "spatial tiles tiles/pmtiles", world: "errgroup", tests: "spatial/memory tiles/vector tiles/mvt tiles/mbtiles sqlite", spawns: true},

	// Floor 3: HTTP.
	{name: "api/rest", floor: 3, house: "spatial spatial/crs spatial/filter", world: "http echo jx"},
	{name: "api/tokens", floor: 3, house: "spatial", world: "crypto"},
	{name: "api/web", floor: 3, house: "api/rest", world: "http echo klauspost"},
	{name: "api/ogc", floor: 3, house: "api/rest spatial spatial/crs spatial/filter spatial/geojson spatial/memory spatial/mesh tiles", world: "http echo jx go-geom kin-openapi", tests: "spatial/gpkg"},
	{name: "api/imports", floor: 3, house: "api/rest api/tokens spatial spatial/crs spatial/geojson ifc", world: "http echo crypto slog", tests: "api spatial/gpkg spatial/memory", spawns: true},
	{name: "api", floor: 3, house: "api/rest api/web api/ogc api/imports api/tokens spatial spatial/crs spatial/filter spatial/geojson spatial/memory tiles tiles/vector ifc",
		world: "http echo slog prometheus klauspost go-geom jx", tests: "spatial/gpkg spatial/mesh kin-openapi jsonschema goleak pgx", spawns: true},

	// Floor 4: the program.
	{name: "cmd/shikong", floor: 4, house: "spatial/... ifc ifc/georef tiles/... api/...",
		world: "jx http slog cobra koanf mpb isatty errgroup exec prometheus klauspost go-geom", tests: "fixtures/... pgx sqlite testscript", spawns: true},

	// Beside the house: the example city owes it nothing, the long measurements use all of it.
	{name: "fixtures", floor: 1, house: "fixtures/..."},
	{name: "fixtures/city", floor: 1, house: "fixtures/..."},
	{name: "fixtures/models", floor: 1, house: "fixtures/..."},
	{name: "fixtures/plane", floor: 1},
	{name: "fixtures/golden", floor: 1, world: "testing"},
	{name: "fixtures/samples", floor: 1, world: "testing"},
	{name: "fixtures/site", floor: 1, house: "fixtures/..."},
	{name: "fixtures/gencity", floor: 1, house: "fixtures/..."},
	{name: "benchmarks/shapes", floor: 4, house: "spatial/mesh ifc/model ifc/shape ifc/step", spawns: true},
	{name: "benchmarks", floor: 4, house: "spatial/... ifc/... tiles/... api/... fixtures/...", world: "http slog exec echo", tests: "pgx", spawns: true},
	{name: "benchmarks/replicate", floor: 4, house: "ifc/step"},
	{name: "benchmarks/parse", floor: 4, house: "spatial ifc/step ifc/model"},
}

// restricted names what is imported only where the plan says so. Everything from outside the standard library is
// restricted; of the standard library, what ties a room to a network, a database, a log or a process.
var restricted = map[string]string{
	"cobra":          "github.com/spf13/",
	"crypto":         "golang.org/x/crypto/",
	"echo":           "github.com/labstack/",
	"errgroup":       "golang.org/x/sync/errgroup",
	"exec":           "os/exec",
	"go-cmp":         "github.com/google/go-cmp/",
	"go-geom":        "github.com/twpayne/go-geom",
	"goleak":         "go.uber.org/goleak",
	"http":           "net/http",
	"isatty":         "github.com/mattn/go-isatty",
	"jsonschema":     "github.com/santhosh-tekuri/jsonschema/",
	"jx":             "github.com/go-faster/jx",
	"kin-openapi":    "github.com/getkin/kin-openapi/",
	"klauspost":      "github.com/klauspost/compress/",
	"koanf":          "github.com/knadh/koanf/",
	"mpb":            "github.com/vbauerster/mpb/",
	"orb":            "github.com/paulmach/orb",
	"otter":          "github.com/maypok86/otter/",
	"pgx":            "github.com/jackc/pgx/",
	"plugin":         "plugin",
	"prometheus":     "github.com/prometheus/",
	"rapid":          "pgregory.net/rapid",
	"rtree":          "github.com/tidwall/",
	"rpc":            "net/rpc",
	"simplefeatures": "github.com/peterstace/simplefeatures/",
	"singleflight":   "golang.org/x/sync/singleflight",
	"slog":           "log/slog",
	"sql":            "database/sql",
	"sqlite":         "zombiezen.com/go/sqlite",
	"testing":        "testing",
	"testscript":     "github.com/rogpeppe/go-internal/",
}

// everywhere may be imported by all: the quasi-standard library, without network or state.
var everywhere = []string{"golang.org/x/text/", "golang.org/x/sys/", "golang.org/x/exp/"}

// forTests is what every test may lean on.
const forTests = "fixtures/golden fixtures/samples testing go-cmp rapid goleak go-geom simplefeatures http exec slog klauspost"

// found is one package as the go command sees it.
type found struct {
	ImportPath, Dir                        string
	GoFiles, Imports                       []string
	TestImports, XTestImports, TestGoFiles []string
}

func TestEveryArrowIsOnThePlan(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, house)
		r, ok := plan(name)
		if !ok {
			t.Errorf("%s is not on the plan; if it is a room of its own, add to rooms in cmd/shikong/floors_test.go:\n\t{name: %q, floor: …, house: %q, world: %q},",
				name, name, houseNames(p.Imports), worldNames(p.Imports))
			continue
		}
		for _, i := range p.Imports {
			if !r.grants(i, r.house+" "+r.world) {
				t.Errorf("%s imports %s, which the plan does not grant; if the arrow is right, add %q to %s in its line in cmd/shikong/floors_test.go",
					name, i, label(i), field(i))
			}
		}
		for _, i := range append(p.TestImports, p.XTestImports...) {
			if !r.grants(i, strings.Join([]string{r.house, r.world, r.tests, forTests, name}, " ")) {
				t.Errorf("the tests of %s import %s, which the plan does not grant; if they need it, add %q to tests in its line in cmd/shikong/floors_test.go",
					name, i, label(i))
			}
		}
	}
}

func TestGoroutinesStartOnlyWhereThePlanSays(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, house)
		if r, ok := plan(name); !ok || r.spawns {
			continue
		}
		for _, file := range p.GoFiles {
			fset := token.NewFileSet()
			parsed, err := parser.ParseFile(fset, filepath.Join(p.Dir, file), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(parsed, func(n ast.Node) bool {
				if g, ok := n.(*ast.GoStmt); ok {
					t.Errorf("%s/%s:%d starts a goroutine; leave that to the caller, or say spawns in its line in cmd/shikong/floors_test.go",
						name, file, fset.Position(g.Pos()).Line)
				}
				return true
			})
		}
	}
}

func TestThePlanItselfRunsDownwards(t *testing.T) {
	known := map[string]int{}
	for _, r := range rooms {
		if _, twice := known[r.name]; twice {
			t.Errorf("%s stands twice on the plan", r.name)
		}
		known[r.name] = r.floor
	}
	for _, r := range rooms {
		for _, grant := range strings.Fields(r.house) {
			floor, ok := known[strings.TrimSuffix(grant, "/...")]
			if !ok && !strings.HasSuffix(grant, "/...") {
				t.Errorf("%s is granted %s, which is no room", r.name, grant)
			}
			if floor > r.floor {
				t.Errorf("%s on floor %d is granted %s on floor %d above it", r.name, r.floor, grant, floor)
			}
			if neighbours(r.name, grant) {
				t.Errorf("%s is granted %s: ifc and tiles never meet", r.name, grant)
			}
		}
		for _, grant := range strings.Fields(r.world) {
			if restricted[grant] == "" {
				t.Errorf("%s is granted %s, which restricted does not explain", r.name, grant)
			}
		}
		for _, grant := range strings.Fields(r.tests) {
			_, isRoom := known[grant]
			if !isRoom && restricted[grant] == "" && !strings.HasSuffix(grant, "/...") {
				t.Errorf("the tests of %s are granted %s, which is neither a room nor restricted", r.name, grant)
			}
		}
	}
}

func neighbours(a, b string) bool {
	top := func(s string) string { return strings.SplitN(s, "/", 2)[0] }
	return top(a) == "ifc" && top(b) == "tiles" || top(a) == "tiles" && top(b) == "ifc"
}

func plan(name string) (room, bool) {
	i := slices.IndexFunc(rooms, func(r room) bool { return r.name == name })
	if i < 0 {
		return room{}, false
	}
	return rooms[i], true
}

// grants says whether an import is free for all or named in the grants.
func (r room) grants(imported, grants string) bool {
	if inside, ok := strings.CutPrefix(imported, house); ok {
		return slices.ContainsFunc(strings.Fields(grants), func(g string) bool {
			tree, isTree := strings.CutSuffix(g, "/...")
			return g == inside || isTree && (inside == tree || strings.HasPrefix(inside, tree+"/"))
		})
	}
	if name := label(imported); name != "" {
		return slices.Contains(strings.Fields(grants), name)
	}
	return true
}

// label is what the plan calls a package: a room's name, a name in restricted, the path of a stranger, or nothing
// for what everybody may import.
func label(imported string) string {
	if inside, ok := strings.CutPrefix(imported, house); ok {
		return inside
	}
	for name, prefix := range restricted {
		if imported == strings.TrimSuffix(prefix, "/") || strings.HasPrefix(imported, strings.TrimSuffix(prefix, "/")+"/") {
			return name
		}
	}
	standard := !strings.Contains(strings.SplitN(imported, "/", 2)[0], ".")
	if standard || slices.ContainsFunc(everywhere, func(p string) bool { return strings.HasPrefix(imported, p) }) {
		return ""
	}
	return imported
}

func field(imported string) string {
	if strings.HasPrefix(imported, house) {
		return "house"
	}
	return "world"
}

func houseNames(imports []string) string { return names(imports, "house") }
func worldNames(imports []string) string { return names(imports, "world") }

func names(imports []string, kind string) string {
	var all []string
	for _, i := range imports {
		if name := label(i); name != "" && field(i) == kind && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return strings.Join(all, " ")
}

// packages asks the go command, which knows build tags and what belongs to the module.
func packages(t *testing.T) []found {
	t.Helper()
	command := exec.Command("go", "list", "-e", "-json=ImportPath,Dir,GoFiles,Imports,TestImports,XTestImports,TestGoFiles", path.Join(house)+"/...")
	out, err := command.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w: %s", err, exit.Stderr)
		}
		t.Fatalf("go list: %v", err)
	}
	var all []found
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p found
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("go list: %v", err)
		}
		all = append(all, p)
	}
	if len(all) == 0 {
		t.Fatal("go list found no packages")
	}
	return all
}
