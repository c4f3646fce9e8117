package api

import (
	"hash/fnv"
	"slices"
	"strings"

	"github.com/shikong-cim/shikong/spatial"
)

// look is what the default style of a collection is made from.
type look struct {
	name   string
	colour string
	height any // expression: metres, 0 where nothing says them
}

var palette = [...]string{"#8c6d5a", "#3f6fa0", "#5f8f4e", "#a0527a", "#b7862e", "#4a8d8d", "#7a5195", "#b0563f"}

func lookOf(c *spatial.Collection) look {
	h := fnv.New32a()
	_, _ = h.Write([]byte(c.Name)) // a collection keeps its colour whatever else there is
	return look{name: c.Name, colour: palette[h.Sum32()%uint32(len(palette))], height: heightOf(c.Fields)}
}

// heightNames are names of properties that say a height in metres, and storeyNames those
// that count storeys, in the order in which they are believed; written small, without
// marks.
var (
	heightNames = []string{"height", "buildingheight", "bldgheight", "measuredheight", "heightm", "renderheight", "roofheight", "hgt", "高度", "建筑高度", "楼高", "房屋高度"}
	storeyNames = []string{"floors", "levels", "buildinglevels", "storeys", "stories", "numfloors", "floorcount", "storeysaboveground", "层数", "楼层数", "地上层数", "楼层"}
)

// storeyMetres is what a storey is taken to be high.
const storeyMetres = 3

// heightOf finds out how high features stand: by the heights that the house knows (or a
// property height of the source), else by a property that is named like one, else by the
// number of storeys.
func heightOf(fields []spatial.Field) any {
	number := func(name string) []any { return []any{"to-number", get(name), 0} }
	ways := []any{"case", []any{"has", "height"}, number("height")}
	for _, f := range named(fields, heightNames) {
		ways = append(ways, []any{"has", f}, number(f))
	}
	for _, f := range named(fields, storeyNames) {
		ways = append(ways, []any{"has", f}, []any{"*", storeyMetres, number(f)})
	}
	return append(ways, 0)
}

// named returns the fields that have one of the names, in the order of the names.
func named(fields []spatial.Field, names []string) (found []string) {
	plain := strings.NewReplacer("_", "", "-", "", ":", "", ".", "", " ", "")
	for _, name := range names {
		i := slices.IndexFunc(fields, func(f spatial.Field) bool {
			return f.Type != spatial.FieldJSON && f.Type != spatial.FieldBoolean && plain.Replace(strings.ToLower(f.Name)) == name
		})
		if i >= 0 {
			found = append(found, fields[i].Name)
		}
	}
	return found
}

func get(name string) []any { return []any{"get", name} }

// Conditions of the default styles.
var (
	// buried is what lies below the ground, known as such or by its heights.
	buried = []any{"any", []any{"==", get("underground"), true}, []any{"<", []any{"to-number", get("z_max"), 0}, 0}}
	// part is a part of a building model: it stands at its own height, all else on the
	// ground.
	part = []any{"any", []any{"has", "storey"}, []any{"==", []any{"slice", []any{"to-string", get("class")}, 0, 3}, "Ifc"}}
)

func not(condition any) []any { return []any{"!", condition} }

func is(geometry string, more ...any) []any {
	return append([]any{"all", []any{"==", []any{"geometry-type"}, geometry}}, more...)
}

// byZoom grows a number from zoom to zoom; the stops are zoom, value and so on.
func byZoom(stops ...any) []any {
	return append([]any{"interpolate", []any{"linear"}, []any{"zoom"}}, stops...)
}

// layersOf returns the layers of some collections: areas under lines under solids under
// points, so that no collection hides another by its place in the list.
func layersOf(list []spatial.Collection) []object {
	out := []object{{"id": "background", "type": "background", "paint": object{"background-color": "#f4f3ef"}}}
	for _, kind := range [](func(look) []object){areas, lines, solids, points} {
		for i := range list {
			out = append(out, kind(lookOf(&list[i]))...)
		}
	}
	return out
}

func (l *look) layer(id, kind string, filter []any, paint object) object {
	return object{"id": l.name + "-" + id, "type": kind, "source": l.name, "source-layer": l.name, "filter": filter, "paint": paint}
}

// areas are footprints: all of them from afar, those without height also from near, and what
// lies below the ground as a shadow of it.
func areas(l look) []object {
	flat := l.layer("area", "fill", is("Polygon", not(buried)), object{"fill-color": l.colour, "fill-opacity": byZoom(13, 0.75, 15, 0.35)})
	below := l.layer("buried-area", "fill", is("Polygon", buried), object{"fill-color": l.colour, "fill-opacity": 0.18})
	edge := l.layer("area-edge", "line", is("Polygon"), object{"line-color": l.colour, "line-opacity": byZoom(12, 0, 14, 0.7), "line-width": 0.7})
	edge["minzoom"] = 12
	return []object{flat, below, edge}
}

// lines are streets and pipes; what lies below the ground is broken.
func lines(l look) []object {
	width := byZoom(8, 0.6, 14, 1.6, 18, 4)
	above := l.layer("line", "line", is("LineString", not(buried)), object{"line-color": l.colour, "line-width": width})
	below := l.layer("buried-line", "line", is("LineString", buried), object{"line-color": l.colour, "line-width": width, "line-dasharray": []any{3, 2}, "line-opacity": 0.8})
	above["layout"] = object{"line-cap": "round", "line-join": "round"}
	return []object{above, below}
}

// solids are footprints that stand up: buildings from the ground, parts of models, among
// them the slabs of each storey, where they are.
func solids(l look) []object {
	base := []any{"case", part, []any{"max", 0, []any{"to-number", get("z_min"), 0}}, 0}
	solid := l.layer("solid", "fill-extrusion", is("Polygon", not(buried), []any{">", l.height, 0}), object{
		"fill-extrusion-color": []any{"case", []any{"has", "color"}, []any{"to-color", get("color"), l.colour}, l.colour}, "fill-extrusion-opacity": 0.85,
		"fill-extrusion-base":   base,
		"fill-extrusion-height": []any{"+", base, l.height},
	})
	solid["minzoom"] = 13.5
	return []object{solid}
}

// points are marks; from afar they glow by how many there are.
func points(l look) []object {
	many := []any{"case", []any{"has", "merged"}, []any{"to-number", get("merged"), 1}, 1}
	heat := l.layer("heat", "heatmap", is("Point"), object{
		"heatmap-weight": []any{"min", 20, []any{"sqrt", many}}, "heatmap-intensity": byZoom(0, 0.6, 12, 1.6), "heatmap-radius": byZoom(0, 6, 12, 20),
		"heatmap-opacity": byZoom(10, 0.8, 12.5, 0),
	})
	heat["maxzoom"] = 12.5
	circle := l.layer("point", "circle", is("Point"), object{"circle-color": l.colour, "circle-stroke-color": "#ffffff", "circle-stroke-width": 1,
		"circle-radius": []any{"min", 18, []any{"+", 3, []any{"ln", []any{"max", 1, many}}}}, "circle-opacity": byZoom(11, 0, 12, 1), "circle-stroke-opacity": byZoom(11, 0, 12, 1)})
	circle["minzoom"] = 11
	return []object{heat, circle}
}
