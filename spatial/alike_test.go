package spatial_test

import (
	"testing"

	"github.com/shikong-cim/shikong/spatial"
)

func TestTheNameThatWasMeant(t *testing.T) {
	names := []string{"built", "demolished", "tile_budget", "resident", "id", "建成"}
	for _, c := range []struct{ row, name, want string }{
		{"it is one of them", "built", "built"},
		{"two letters are swapped", "bulit", "built"},
		{"a letter is missing", "tile_budgt", "tile_budget"},
		{"a letter is too many", "ressident", "resident"},
		{"two letters of many are wrong", "demollishet", "demolished"},
		{"case and hyphens do not count", "Tile-Budget", "tile_budget"},
		{"it is another word", "removed", ""},
		{"a short name has no letter to spare", "ix", ""},
		{"half of a short name in Chinese", "建立", ""},
		{"there is no name", "", ""},
	} {
		if got := spatial.Alike(c.name, names); got != c.want {
			t.Errorf("%s: %q is taken for %q, want %q", c.row, c.name, got, c.want)
		}
	}
}
