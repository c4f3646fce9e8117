package ifc

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/shikong-cim/shikong/ifc/georef"
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// floors are the floors of a building whose file has no storeys, as z in model metres,
// ascending; found from where walls, columns and doors begin.
type floors []float64

// standing are the classes that stand on a floor.
var standing = []schema.Type{schema.IfcWall, schema.IfcColumn, schema.IfcDoor, schema.IfcCurtainWall, schema.IfcStair, schema.IfcSpace}

const (
	fewStanding   = 8   // with fewer things that stand there is no telling what is a floor
	floorJoin     = 0.3 // metres within which things stand on the same floor
	floorHeight   = 2.0 // metres between floors at the least
	floorShare    = 0.02
	floorSlack    = 0.5 // metres by which a thing may begin below the floor it belongs to
	codeRebuilt   = "storeys-rebuilt"
	rebuiltStorey = "%+.2f m"
)

// floorsOf returns the floors of a model without storeys; nil when it has storeys, or when
// it is no building.
func floorsOf(m *model.Model) floors {
	for range m.All(schema.IfcBuildingStorey) {
		return nil
	}
	var z []float64
	for e := range m.All(standing...) {
		if p, ok := georef.PointOf(m, e); ok {
			z = append(z, p[2])
		}
	}
	if len(z) < fewStanding {
		return nil
	}
	slices.Sort(z)
	type level struct {
		z     float64
		count int
	}
	var levels []level
	for i := 0; i < len(z); {
		j := i + 1
		for j < len(z) && z[j]-z[j-1] <= floorJoin && z[j]-z[i] <= 2*floorJoin {
			j++
		}
		if n := j - i; n >= 2 && float64(n) >= floorShare*float64(len(z)) {
			levels = append(levels, level{z[i+(n-1)/2], n})
		}
		i = j
	}
	// The levels that most things stand on come first; those too near to one are parapets,
	// sills and landings.
	slices.SortStableFunc(levels, func(a, b level) int { return b.count - a.count })
	var out floors
	for _, l := range levels {
		if !slices.ContainsFunc(out, func(f float64) bool { return math.Abs(f-l.z) < floorHeight }) {
			out = append(out, l.z)
		}
	}
	slices.Sort(out)
	return out
}

// of returns the name of the floor that something belongs to by its solid, "" for what has
// none.
func (f floors) of(box mesh.Box) string {
	if len(f) == 0 || box.IsEmpty() {
		return ""
	}
	i, _ := slices.BinarySearch(f, box.Min[2]+floorSlack)
	return f.name(max(i-1, 0))
}

func (f floors) name(i int) string { return fmt.Sprintf(rebuiltStorey, tidy(f[i])) }

// issue says that floors were made up; false when none were.
func (f floors) issue() (spatial.Issue, bool) {
	if len(f) == 0 {
		return spatial.Issue{}, false
	}
	names := make([]string, len(f))
	for i := range f {
		names[i] = f.name(i)
	}
	return spatial.Issue{Code: codeRebuilt, Message: "the file has no storeys; they were made from the heights that walls, columns and doors stand at: " + strings.Join(names, ", ")}, true
}
