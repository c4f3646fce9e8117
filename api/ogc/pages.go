package ogc

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

//go:embed page.html
var pageSource string

// pages renders what people read. html/template escapes whatever came out of somebody's file.
type pages struct{ t *template.Template }

func newPages() pages {
	return pages{template.Must(template.New("page").Parse(pageSource))}
}

// page is what the template shows.
type page struct {
	Title, About string
	Path         []rest.Link // the way here
	Facts        []fact
	Head         []string // of the table
	Rows         [][]cell
	JSON         string
	Links        []rest.Link
}

type fact struct{ Name, Value string }

type cell struct{ Text, Href string }

func (p pages) render(c echo.Context, pg page) error {
	var out bytes.Buffer
	if err := p.t.Execute(&out, pg); err != nil {
		return fmt.Errorf("page %s: %w", pg.Title, err)
	}
	c.Response().Header().Set(echo.HeaderContentSecurityPolicy, policy)
	return c.Blob(http.StatusOK, rest.MediaHTML, out.Bytes())
}

// policy: these pages have styles of their own and nothing else.
const policy = "default-src 'none'; script-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Document answers a value as JSON, or as a page that shows it, with a weak entity tag.
func (s *Service) Document(c echo.Context, doc any, title string) error {
	return s.document(c, doc, title, title)
}

// DocumentAs is Document with a media type of its own for the JSON.
func (s *Service) DocumentAs(c echo.Context, doc any, as rest.Format, title string) error {
	return s.documentAs(c, doc, as, title, title)
}

// document answers a value as JSON, or as a page that shows it.
func (s *Service) document(c echo.Context, doc any, title string, state ...string) error {
	format, err := rest.Negotiate(c, rest.JSON(), rest.HTML())
	if err != nil {
		return err
	}
	return s.write(c, doc, format, title, state...)
}

// documentAs is document with a media type of its own for the JSON.
func (s *Service) documentAs(c echo.Context, doc any, as rest.Format, title string, state ...string) error {
	format, err := rest.Negotiate(c, as, rest.HTML())
	if err != nil {
		return err
	}
	return s.write(c, doc, format, title, state...)
}

func (s *Service) write(c echo.Context, doc any, format rest.Format, title string, state ...string) error {
	body, err := rest.JSONText(doc)
	if err != nil {
		return fmt.Errorf("document %s: %w", title, err)
	}
	// These documents are small: making one costs less than knowing all that it is made from.
	if done, err := s.fresh(c, format, append(state, string(body))...); done {
		return err
	}
	if format.Name != "html" {
		return c.Blob(http.StatusOK, format.Media[0], body)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, body, "", "  "); err != nil {
		return fmt.Errorf("document %s: %w", title, err)
	}
	var links struct {
		Links       []rest.Link `json:"links"`
		Collections []struct {
			ID    string `json:"id"`
			Title string `json:"title"`
		} `json:"collections"`
	}
	_ = json.Unmarshal(body, &links) // a document without links simply shows none
	pg := page{Title: title, About: s.about, Path: s.way(c), JSON: pretty.String(), Links: links.Links}
	if links.Collections != nil {
		pg.Head = []string{"collection", "features"}
		for _, l := range links.Collections {
			at := collectionURL(c, l.ID)
			pg.Rows = append(pg.Rows, []cell{{l.Title, at + "?f=html"}, {"features", at + "/items?f=html"}})
		}
	}
	return s.pages.render(c, pg)
}

func (s *Service) way(c echo.Context, more ...rest.Link) []rest.Link {
	base := rest.Base(c)
	return append([]rest.Link{{Href: base + "/", Title: s.title}, {Href: base + "/collections?f=html", Title: "collections"}}, more...)
}

// featuresPage answers a table of features.
func (s *Service) featuresPage(c echo.Context, a *ask, list []spatial.Feature, links []rest.Link) error {
	pg := page{Title: a.coll.Name, About: a.coll.Description, Links: links,
		Path: s.way(c, rest.Link{Href: collectionURL(c, a.coll.Name) + "?f=html", Title: a.coll.Name}),
		Head: []string{"id", "class", "name", "storey", "valid from", "valid to"}}
	if a.matched >= 0 {
		pg.Facts = []fact{{"matched", strconv.FormatInt(a.matched, 10)}}
	}
	for i := range list {
		f := &list[i]
		pg.Rows = append(pg.Rows, []cell{{f.ID, itemURL(c, a.coll.Name, f.ID) + "?f=html"}, {f.Kind, ""}, {f.Name, ""},
			{f.Storey, ""}, {spatial.FormatTime(f.Valid.Start), ""}, {spatial.FormatTime(f.Valid.End), ""}})
	}
	return s.pages.render(c, pg)
}

// featurePage answers the properties of one feature.
func (s *Service) featurePage(c echo.Context, a *ask, f spatial.Feature) error {
	var feature struct {
		Geometry   json.RawMessage `json:"geometry"`
		Properties json.RawMessage `json:"properties"`
	}
	text, err := NewEncoder(a.shape).feature(nil, &f)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &feature); err != nil {
		return fmt.Errorf("page of %s: %w", f.ID, err)
	}
	props, err := spatial.ParseProperties(feature.Properties)
	if err != nil {
		return fmt.Errorf("page of %s: %w", f.ID, err)
	}
	pg := page{Title: f.ID, About: a.coll.Title, JSON: string(feature.Geometry),
		Path:  s.way(c, rest.Link{Href: collectionURL(c, a.coll.Name) + "/items?f=html", Title: a.coll.Name}),
		Links: []rest.Link{{Href: rest.Self(c, map[string]string{"f": "json"}), Title: "GeoJSON"}}}
	for _, p := range props {
		pg.Facts = append(pg.Facts, fact{p.Name, p.Value.Text()})
	}
	return s.pages.render(c, pg)
}
