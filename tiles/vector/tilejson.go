package vector

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/tiles"
)

// TileJSON describes the tiles of a request's collections; its Coord does not matter. The
// template is the URL of a tile with {z}, {x} and {y} in it.
func (s *Source) TileJSON(ctx context.Context, r tiles.Request, template string) (tiles.TileJSON, error) {
	r.Coord = tiles.Coord{}
	pinned, err := s.Pin(ctx, r)
	if err != nil {
		return tiles.TileJSON{}, err
	}
	c, ok := pinned.(*content)
	if !ok {
		return tiles.TileJSON{}, fmt.Errorf("describe tiles: %T is no content of this source", pinned)
	}
	doc := tiles.TileJSON{TileJSON: "3.0.0", Name: strings.Join(r.Collections, ","), Scheme: "xyz", Tiles: []string{template}, MaxZoom: s.options.MaxZoom}
	extent := spatial.EmptyBox()
	var credits []string
	revision := int64(0)
	for i := range c.layers {
		l := &c.layers[i]
		layer := tiles.VectorLayer{ID: l.info.Name, Description: l.info.Description, MaxZoom: s.options.MaxZoom}
		if layer.Thinned, err = s.thinned(ctx, c.layers, i); err != nil {
			return doc, err
		}
		merges := slices.ContainsFunc(layer.Thinned, func(t tiles.Thinned) bool { return t.Merged > 0 })
		layer.Fields = fieldsOf(&l.info, r.Properties, merges)
		doc.VectorLayers = append(doc.VectorLayers, layer)
		if !l.info.Extent.IsEmpty() {
			extent = extent.Extend(l.info.Extent)
		}
		if a := l.info.Attribution; a != "" && !strings.Contains(strings.Join(credits, "\n"), a) {
			credits = append(credits, a)
		}
		revision = max(revision, l.info.Revision)
	}
	if len(c.layers) == 1 {
		doc.Name, doc.Description = title(&c.layers[0].info), c.layers[0].info.Description
	}
	doc.Attribution = strings.Join(credits, ", ")
	doc.Version = fmt.Sprintf("1.0.%d", revision)
	doc.Bounds, doc.Center = bounds(extent)
	return doc, nil
}

func title(c *spatial.Collection) string {
	if c.Title != "" {
		return c.Title
	}
	return c.Name
}

// bounds returns the part of the extent that has tiles, and a view of it.
func bounds(extent spatial.Box) ([4]float64, *[3]float64) {
	const edge = tiles.MaxLatitude
	if extent.IsEmpty() {
		return [4]float64{-180, -edge, 180, edge}, nil
	}
	b := [4]float64{extent.Min[0], max(extent.Min[1], -edge), extent.Max[0], min(extent.Max[1], edge)}
	if b[1] > b[3] {
		return [4]float64{-180, -edge, 180, edge}, nil
	}
	// The zoom at which the wider side takes about a screen of two tiles.
	span := max(b[2]-b[0], (b[3]-b[1])*1.5, 1e-3)
	zoom := min(max(math.Floor(math.Log2(360/span)+0.5), 0), 16)
	return b, &[3]float64{(b[0] + b[2]) / 2, (b[1] + b[3]) / 2, zoom}
}

var fieldTypes = map[spatial.FieldType]string{
	spatial.FieldBoolean: "Boolean", spatial.FieldInteger: "Number", spatial.FieldNumber: "Number",
	spatial.FieldString: "String", spatial.FieldJSON: "String", spatial.FieldNull: "String",
}

// fieldsOf returns the properties that a layer's features may have, and its blocks when it
// merges.
func fieldsOf(c *spatial.Collection, wanted []string, merges bool) map[string]string {
	t := tagger{wanted: wanted, all: wanted == nil}
	fields := map[string]string{}
	for _, f := range c.Fields {
		if t.wants(f.Name) {
			fields[f.Name] = fieldTypes[f.Type]
		}
	}
	for i, p := range houseProperties {
		if i == propHeight && fields[p.name] != "" {
			continue
		}
		if (t.wants(p.name) && i != propHeightMax) || always(i) || (merges && i == propHeightMax && t.wants(houseProperties[propHeight].name)) {
			fields[p.name] = p.says
		}
	}
	return fields
}

// thinned says at which zoom levels not all of one of the layers is shown as it is, and what
// becomes of the rest.
func (s *Source) thinned(ctx context.Context, layers []layer, of int) ([]tiles.Thinned, error) {
	var list []tiles.Thinned
	l := &layers[of]
	if l.snap == nil {
		return nil, nil
	}
	m := s.memos.of(l.snap)
	l.costly, _ = m.lean(l.snap)
	for zoom := uint8(0); zoom <= min(deepest, s.options.MaxZoom); zoom++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s.share(ctx, layers, zoom)
		shows := m.showing(ctx, s, zoom, l.drawing, l.budget)
		if shows.level == (level{}) {
			if list != nil && len(layers) == 1 {
				break // what fits at one zoom level fits at the next, where the budget is the same
			}
			continue
		}
		if shows.old {
			var at moment
			at.first, at.last = m.between(l.snap, everywhere, worldRect, l.start, l.end)
			filter := ""
			if l.filter != nil {
				filter = l.filter.String()
			}
			shows = shows.recount(&l.drawing, m.standing.rows(&l.drawing, at, filter), zoom)
		}
		t := tiles.Thinned{Zoom: zoom, Kept: int64(shows.alone), Of: int64(shows.of), Merged: int64(shows.merged), Into: int64(shows.blocks), Dropped: int64(shows.dropped)}
		if l.properties == nil {
			t.Without = l.costly
		}
		list = append(list, t)
	}
	return list, nil
}
