package api

import (
	"fmt"
	"math"
	"net/url"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

// style answers a small MapLibre style that works offline: every collection, or the one
// named, as areas, lines and points. It is for QGIS and for a first look; the web map brings
// its own.
func (s *Server) style(c echo.Context) error {
	name := rest.PathParam(c, "name")
	list, err := s.o.Reader.Collections(c.Request().Context())
	if err != nil {
		return fmt.Errorf("collections: %w", err)
	}
	sources, layers := object{}, []object{{"id": "background", "type": "background", "paint": object{"background-color": "#f4f3ef"}}}
	box := spatial.EmptyBox()
	for i := range list {
		coll := &list[i]
		if coll.Local || (name != "default" && name != coll.Name) {
			continue
		}
		box = box.Extend(coll.Extent)
		sources[coll.Name] = object{"type": "vector", "url": rest.Base(c) + "/tiles/" + url.PathEscape(coll.Name) + ".json"}
		layers = append(layers, styleLayers(coll.Name, palette[i%len(palette)])...)
	}
	if name != "default" && len(sources) == 0 {
		return &spatial.Problem{Kind: spatial.ErrNotFound, Code: "style-not-found", Message: fmt.Sprintf("there is no style %.60q", name),
			Hint: "there is default, and one of each collection's name"}
	}
	doc := object{"version": 8, "name": name, "sources": sources, "layers": layers}
	if !box.IsEmpty() {
		doc["center"] = [2]float64{(box.Min[0] + box.Max[0]) / 2, (box.Min[1] + box.Max[1]) / 2}
		doc["zoom"] = zoomFor(box)
	}
	return s.answer(c, doc)
}

// zoomFor returns the level at which the box fills a window of about 1,000 pixels.
func zoomFor(box spatial.Box) float64 {
	width := max(box.Max[0]-box.Min[0], box.Max[1]-box.Min[1], 1e-4)
	return math.Round(10*min(max(math.Log2(360*2/width), 0), 18)) / 10
}

var palette = [...]string{"#8c6d5a", "#3f6fa0", "#5f8f4e", "#a0527a", "#b7862e", "#4a8d8d"}

func styleLayers(name, colour string) []object {
	layer := func(kind, is string, paint object) object {
		return object{"id": name + "-" + kind, "type": kind, "source": name, "source-layer": name, "paint": paint,
			"filter": []any{"==", []any{"geometry-type"}, is}}
	}
	return []object{
		layer("fill", "Polygon", object{"fill-color": colour, "fill-opacity": 0.6, "fill-outline-color": "#00000066"}),
		layer("line", "LineString", object{"line-color": colour, "line-width": 1.5}),
		layer("circle", "Point", object{"circle-color": colour, "circle-radius": 4, "circle-stroke-color": "#fff", "circle-stroke-width": 1}),
	}
}
