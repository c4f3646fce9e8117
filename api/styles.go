package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

// allStyle is the style of every collection.
const allStyle = "default"

// keptStyles returns where styles are kept, nil where none are.
func (s *Server) keptStyles() spatial.Styles {
	kept, _ := s.o.Store.(spatial.Styles)
	return kept
}

// styleItem is a style in the list of styles.
type styleItem struct {
	ID      string      `json:"id"`
	Title   string      `json:"title"`
	Edited  bool        `json:"edited"`
	Changed string      `json:"changed,omitempty"`
	Links   []rest.Link `json:"links"`
}

// styles answers the list of styles: those that were kept, and the ones that each collection
// has by default.
func (s *Server) styles(c echo.Context) error {
	ctx := c.Request().Context()
	list, err := s.o.Reader.Collections(ctx)
	if err != nil {
		return fmt.Errorf("collections: %w", err)
	}
	doc := struct {
		Styles []styleItem `json:"styles"`
		Links  []rest.Link `json:"links"`
	}{[]styleItem{}, []rest.Link{{Href: rest.Self(c, nil), Rel: "self", Type: rest.MediaJSON}}}
	seen := map[string]bool{}
	add := func(name, title string, kept *spatial.Style) {
		if seen[name] {
			return
		}
		seen[name] = true
		item := styleItem{ID: name, Title: title, Links: []rest.Link{{Href: styleURL(c, name), Rel: "stylesheet", Type: mediaStyle, Title: title}}}
		if kept != nil {
			item.Edited, item.Changed = true, spatial.FormatTime(kept.Changed)
		}
		doc.Styles = append(doc.Styles, item)
	}
	if kept := s.keptStyles(); kept != nil {
		all, err := kept.Styles(ctx)
		if err != nil {
			return fmt.Errorf("styles: %w", err)
		}
		for i := range all {
			add(all[i].Name, all[i].Name, &all[i])
		}
	}
	add(allStyle, "all collections", nil)
	for i := range list {
		if !list[i].Local {
			add(list[i].Name, nonEmpty(list[i].Title, list[i].Name), nil)
		}
	}
	return s.ogc.Document(c, doc, "styles")
}

func styleURL(c echo.Context, name string) string {
	return rest.Base(c) + "/styles/" + url.PathEscape(name) + ".json"
}

// mediaStyle is the media type of MapLibre styles.
const mediaStyle = "application/vnd.mapbox.style+json"

// style answers a MapLibre style: the one that was kept under the name, or else the default
// one of the collection of that name, or of all. It needs nothing from elsewhere: no glyphs,
// no sprites.
func (s *Server) style(c echo.Context) error {
	name := rest.PathParam(c, "name")
	ctx := c.Request().Context()
	if kept := s.keptStyles(); kept != nil {
		one, err := kept.Style(ctx, name)
		if err == nil {
			return s.answer(c, one.Body)
		}
		if !errors.Is(err, spatial.ErrNotFound) {
			return fmt.Errorf("style %s: %w", name, err)
		}
	}
	doc, err := s.defaultStyle(ctx, rest.Base(c), name)
	if err != nil {
		return err
	}
	return s.answer(c, doc)
}

func (s *Server) defaultStyle(ctx context.Context, base, name string) (object, error) {
	list, err := s.o.Reader.Collections(ctx)
	if err != nil {
		return nil, fmt.Errorf("collections: %w", err)
	}
	sources := object{}
	box := spatial.EmptyBox()
	var drawn []spatial.Collection
	for i := range list {
		coll := &list[i]
		if coll.Local || (name != allStyle && name != coll.Name) {
			continue
		}
		if !coll.Extent.IsEmpty() {
			box = box.Extend(coll.Extent)
		}
		sources[coll.Name] = object{"type": "vector", "url": base + "/tiles/" + url.PathEscape(coll.Name) + ".json"}
		drawn = append(drawn, *coll)
	}
	if name != allStyle && len(sources) == 0 {
		return nil, &spatial.Problem{Kind: spatial.ErrNotFound, Code: "style-not-found", Message: fmt.Sprintf("there is no style %.60q", name),
			Hint: "there is default, and one of each collection's name; see /styles"}
	}
	doc := object{"version": 8, "name": name, "sources": sources, "layers": layersOf(drawn)}
	if !box.IsEmpty() {
		doc["center"] = [2]float64{(box.Min[0] + box.Max[0]) / 2, (box.Min[1] + box.Max[1]) / 2}
		doc["zoom"] = zoomFor(box)
	}
	return doc, nil
}

// zoomFor returns the level at which the box fills a window of about 1,000 pixels.
func zoomFor(box spatial.Box) float64 {
	width := max(box.Max[0]-box.Min[0], box.Max[1]-box.Min[1], 1e-4)
	return math.Round(10*min(max(math.Log2(360*1.4/width), 0), 18)) / 10
}

// putStyle keeps a style.
func (s *Server) putStyle(c echo.Context) error {
	kept := s.keptStyles()
	if kept == nil {
		return &spatial.Problem{Kind: rest.ErrForbidden, Code: "read-only", Message: "this server only reads"}
	}
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return fmt.Errorf("read the style: %w", err)
	}
	if err := checkStyle(body); err != nil {
		return err
	}
	name := rest.PathParam(c, "name")
	if err := kept.PutStyle(c.Request().Context(), spatial.Style{Name: name, Body: body}); err != nil {
		return fmt.Errorf("keep the style %s: %w", name, err)
	}
	s.o.Logger.Info("style kept", "style", name, "token", rest.Caller(c), "request", rest.RequestID(c))
	return c.NoContent(http.StatusNoContent)
}

// checkStyle refuses what no map can be drawn from. It looks at the frame of the style;
// what layers may say differs from release to release of MapLibre.
func checkStyle(body []byte) error {
	wrong := func(format string, args ...any) error {
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-style", Message: fmt.Sprintf(format, args...),
			Hint: "send a MapLibre style: version 8, sources, layers; take one of /styles as a pattern"}
	}
	var doc struct {
		Version int
		Sources map[string]struct{ Type string }
		Layers  []struct{ ID, Type, Source string }
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return wrong("the body is no style: %v", err)
	}
	if doc.Version != 8 || doc.Sources == nil || doc.Layers == nil {
		return wrong("the style has no version 8, no sources or no layers")
	}
	ids := map[string]bool{}
	for i, l := range doc.Layers {
		_, known := doc.Sources[l.Source]
		switch {
		case l.ID == "" || l.Type == "":
			return wrong("layer %d has no id or no type", i)
		case ids[l.ID]:
			return wrong("two layers have the id %.60q", l.ID)
		case !known && l.Source != "":
			return wrong("the layer %.60q has the source %.60q, which is none of the style's", l.ID, l.Source)
		}
		ids[l.ID] = true
	}
	return nil
}

// dropStyle forgets a style that was kept: the default one shows again.
func (s *Server) dropStyle(c echo.Context) error {
	kept := s.keptStyles()
	if kept == nil {
		return &spatial.Problem{Kind: rest.ErrForbidden, Code: "read-only", Message: "this server only reads"}
	}
	name := rest.PathParam(c, "name")
	if err := kept.DropStyle(c.Request().Context(), name); err != nil {
		return fmt.Errorf("drop the style %s: %w", name, err)
	}
	s.o.Logger.Info("style dropped", "style", name, "token", rest.Caller(c), "request", rest.RequestID(c))
	return c.NoContent(http.StatusNoContent)
}
