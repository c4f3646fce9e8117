package api

import (
	"cmp"
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
	rank   int // see themes
}

var palette = [...]string{"#8c6d5a", "#3f6fa0", "#5f8f4e", "#a0527a", "#b7862e", "#4a8d8d", "#7a5195", "#b0563f"}

// themes are the colours of what most maps have, by words that names of such collections
// hold, and in which order they lie upon each other: the ground is 0.
var themes = []struct {
	rank          int
	colour, words string
}{
	{5, "#b9a283", "building bldg house footprint 建筑 房屋 楼栋"},
	{1, "#5f8f4e", "tree park green forest vegetation 树 绿地 公园 植被"},
	{2, "#5b8fb9", "water river lake sea hydro 水系 河 湖 海"},
	{3, "#9a9a94", "road street highway rail 道路 街 路网 铁路"},
	{4, "#b0563f", "utilit pipe cable sewer drain 管线 管网 管道 电缆"},
	{4, "#7a5195", "metro subway tunnel 地铁 隧道"},
	{0, "#d9d3c3", "landuse land_use parcel plot zoning 用地 地块 宗地"},
	{7, "#b7862e", "sensor station poi 传感 监测 站点"},
	{6, "#8fa3b5", "model bim ifc 模型 构件"},
}

// otherRank is where a collection lies that is none of these.
const otherRank = 4

func lookOf(c *spatial.Collection) look {
	l := look{name: c.Name, height: heightOf(c.Fields), rank: otherRank}
	name := strings.ToLower(c.Name)
	for _, theme := range themes {
		if slices.ContainsFunc(strings.Fields(theme.words), func(word string) bool { return strings.Contains(name, word) }) {
			l.colour, l.rank = theme.colour, theme.rank
			return l
		}
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(c.Name)) // a collection keeps its colour whatever else there is
	l.colour = palette[h.Sum32()%uint32(len(palette))]
	return l
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

// layersOf returns the layers of some collections: the glow of points under areas under lines
// under solids under points under names, and within each the ground below what stands on it, so
// that no collection hides another by its place in the list.
func layersOf(list []spatial.Collection) []object {
	looks := make([]look, len(list))
	for i := range list {
		looks[i] = lookOf(&list[i])
	}
	slices.SortStableFunc(looks, func(a, b look) int { return cmp.Compare(a.rank, b.rank) })
	out := []object{{"id": "background", "type": "background", "paint": object{"background-color": "#f4f3ef"}}}
	for _, kind := range [](func(look) []object){heat, areas, lines, solids, points, labels} {
		for _, l := range looks {
			out = append(out, kind(l)...)
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
	// From afar one block stands for many: the more it holds, the darker it is.
	block := []any{"case", []any{"has", "merged"}, []any{"interpolate", []any{"linear"}, []any{"ln", []any{"max", 1, many}}, 0, 0.45, 7, 0.9}, 0.75}
	flat := l.layer("area", "fill", is("Polygon", not(buried)), object{"fill-color": l.colour, "fill-opacity": byZoom(13, block, 15, 0.35)})
	below := l.layer("buried-area", "fill", is("Polygon", buried), object{"fill-color": l.colour, "fill-opacity": 0.18})
	edge := l.layer("area-edge", "line", is("Polygon"), object{"line-color": l.colour, "line-opacity": byZoom(12, 0, 14, 0.7), "line-width": 0.7})
	edge["minzoom"] = 12
	return []object{flat, below, edge}
}

// lines are streets and pipes; what lies below the ground is broken, and shows only from near,
// where it does not hide the streets above it.
func lines(l look) []object {
	width := byZoom(8, 0.6, 14, 1.6, 18, 4)
	above := l.layer("line", "line", is("LineString", not(buried)), object{"line-color": l.colour, "line-width": width})
	below := l.layer("buried-line", "line", is("LineString", buried), object{"line-color": l.colour, "line-width": byZoom(13, 0.5, 16, 1, 19, 3), "line-dasharray": []any{3, 2}, "line-opacity": byZoom(13, 0.3, 17, 0.8)})
	below["minzoom"] = 13
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

// many is how many points one stands for.
var many = []any{"case", []any{"has", "merged"}, []any{"to-number", get("merged"), 1}, 1}

// heat is the glow of points from afar, by how many there are.
func heat(l look) []object {
	glow := l.layer("heat", "heatmap", is("Point"), object{
		"heatmap-weight": []any{"min", 20, []any{"sqrt", many}}, "heatmap-intensity": byZoom(0, 0.3, 13, 0.6), "heatmap-radius": byZoom(0, 4, 13, 12),
		"heatmap-color":   []any{"interpolate", []any{"linear"}, []any{"heatmap-density"}, 0, "rgba(0,0,0,0)", 0.3, l.colour + "55", 1, l.colour},
		"heatmap-opacity": byZoom(10, 0.45, 12, 0.25, 14, 0),
	})
	glow["maxzoom"] = 14
	return []object{glow}
}

// points are marks.
func points(l look) []object {
	circle := l.layer("point", "circle", is("Point"), object{"circle-color": l.colour, "circle-stroke-color": "#ffffff", "circle-stroke-width": 1,
		"circle-radius": []any{"min", 18, []any{"+", 3, []any{"ln", []any{"max", 1, many}}}}, "circle-opacity": byZoom(13, 0, 14, 1), "circle-stroke-opacity": byZoom(13, 0, 14, 1)})
	circle["minzoom"] = 13
	return []object{circle}
}

// labels are names along lines, in areas and beside points, and in a mark that stands for many
// how many. The style names no glyphs, so that a map draws them in the fonts of its own system
// and needs no other server.
func labels(l look) []object {
	label := func(id string, from float64, filter, text []any, layout object) object {
		layout["text-field"], layout["text-font"], layout["text-size"] = text, []string{"sans-serif"}, byZoom(from, 10.5, 18, 13)
		made := l.layer(id, "symbol", filter, object{"text-color": "#3a3835", "text-halo-color": "#f8f7f4", "text-halo-width": 1.4})
		made["layout"], made["minzoom"] = layout, from
		return made
	}
	name := []any{"to-string", get("name")}
	counted := label("count", 13.5, is("Point", []any{"has", "merged"}), []any{"to-string", get("merged")}, object{"text-allow-overlap": true})
	counted["paint"] = object{"text-color": "#ffffff"}
	return []object{
		label("line-name", 14, is("LineString", []any{"has", "name"}, not(buried)), name, object{"symbol-placement": "line"}),
		label("area-name", 16, is("Polygon", []any{"has", "name"}), name, object{"text-max-width": 8}),
		label("point-name", 17, is("Point", []any{"has", "name"}, not([]any{"has", "merged"})), name, object{"text-anchor": "top", "text-offset": []any{0, 0.6}}),
		counted,
	}
}
