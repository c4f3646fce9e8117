package ogc

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
)

//go:embed page.html
var pageSource string

// pages renders what people read, by language. html/template escapes whatever came out of
// somebody's file.
type pages map[string]*template.Template

func newPages() pages {
	all := pages{}
	for _, lang := range rest.Languages() {
		words := template.FuncMap{"say": func(phrase string) string { return say(lang, phrase) }}
		all[lang] = template.Must(template.New("page").Funcs(words).Parse(pageSource))
	}
	return all
}

// page is what the template shows. What is said in it is in English, and shown in the language
// of the reader where it is one of the phrases that are known.
type page struct {
	Title   string // what it is about, a name out of somebody's data
	What    string // what of it is shown, a phrase
	About   string
	Path    []rest.Link // the way here
	Actions []rest.Link
	Facts   []fact
	Groups  []factGroup
	Head    []string // of the table
	Rows    [][]Cell
	JSON    string
	Links   []rest.Link

	Lang  string
	Other rest.Link // the page in the other language
}

// Bare says that there is nothing to see but the JSON.
func (pg page) Bare() bool { return pg.Facts == nil && pg.Groups == nil && pg.Rows == nil }

// fact is a line of a list; Key is what the source calls it, where that is not Name.
type fact struct{ Name, Value, Key string }

// factGroup is a list under a heading.
type factGroup struct {
	Name  string
	Facts []fact
}

// Cell is a cell of a table; Href is where it leads, "" for nowhere.
type Cell struct{ Text, Href string }

func (p pages) render(c echo.Context, pg page) error {
	pg.Lang = rest.Language(c)
	other := map[string]string{"en": "zh", "zh": "en"}[pg.Lang]
	pg.Other = rest.Link{Href: rest.Self(c, map[string]string{"lang": other}), Rel: other, Title: map[string]string{"en": "English", "zh": "中文"}[other]}
	if chosen := c.QueryParam("lang"); chosen != "" {
		pg.keep(rest.Base(c), chosen)
	}
	var out bytes.Buffer
	if err := p[pg.Lang].Execute(&out, pg); err != nil {
		return fmt.Errorf("page %s: %w", pg.Title, err)
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentSecurityPolicy, policy)
	h.Set("Content-Language", pg.Lang)
	return c.Blob(http.StatusOK, rest.MediaHTML, out.Bytes())
}

// keep leads on in the language that the reader has chosen.
func (pg *page) keep(base, lang string) {
	in := func(href *string) {
		switch {
		case strings.Contains(*href, "lang="):
		case strings.HasPrefix(*href, base+"/#"), strings.HasSuffix(*href, "f=html"), strings.Contains(*href, "f=html&"):
			*href += "&lang=" + lang
		}
	}
	for _, list := range [][]rest.Link{pg.Path, pg.Actions, pg.Links} {
		for i := range list {
			in(&list[i].Href)
		}
	}
	for _, row := range pg.Rows {
		for i := range row {
			in(&row[i].Href)
		}
	}
}

// policy: these pages have styles of their own and nothing else.
const policy = "default-src 'none'; script-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Table is what a page shows of a document besides its JSON.
type Table struct {
	Head []string // phrases
	Rows [][]Cell
}

// Add adds a row of texts.
func (t *Table) Add(texts ...string) {
	row := make([]Cell, len(texts))
	for i, text := range texts {
		row[i].Text = text
	}
	t.Rows = append(t.Rows, row)
}

// Document answers a value as JSON, or as a page under a heading that shows it, with a weak
// entity tag.
func (s *Service) Document(c echo.Context, doc any, what string) error {
	return s.document(c, doc, page{What: what})
}

// DocumentAs is Document with a media type of its own for the JSON and a table in the page.
func (s *Service) DocumentAs(c echo.Context, doc any, as rest.Format, what string, t Table) error {
	return s.documentAs(c, doc, as, page{What: what, Head: t.Head, Rows: t.Rows})
}

// document answers a value as JSON, or as a page that shows it with what pg has already.
func (s *Service) document(c echo.Context, doc any, pg page, state ...string) error {
	return s.documentAs(c, doc, rest.JSON(), pg, state...)
}

// documentAs is document with a media type of its own for the JSON.
func (s *Service) documentAs(c echo.Context, doc any, as rest.Format, pg page, state ...string) error {
	format, err := rest.Negotiate(c, as, rest.HTML())
	if err != nil {
		return err
	}
	return s.write(c, doc, format, pg, state...)
}

func (s *Service) write(c echo.Context, doc any, format rest.Format, pg page, state ...string) error {
	body, err := rest.JSONText(doc)
	if err != nil {
		return fmt.Errorf("document %s: %w", pg.What, err)
	}
	// These documents are small: making one costs less than knowing all that it is made from.
	if done, err := s.fresh(c, format, append(state, pg.What, string(body))...); done {
		return err
	}
	if format.Name != "html" {
		return c.Blob(http.StatusOK, format.Media[0], body)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, body, "", "  "); err != nil {
		return fmt.Errorf("document %s: %w", pg.What, err)
	}
	var links struct {
		Links []rest.Link `json:"links"`
	}
	_ = json.Unmarshal(body, &links) // a document without links simply shows none
	pg.JSON, pg.Links = pretty.String(), readable(links.Links)
	if pg.Path == nil {
		pg.Path = s.way(c)
	}
	return s.pages.render(c, pg)
}

// readable leaves out the links that lead nowhere for a reader, and leads to pages where there
// are some.
func readable(links []rest.Link) (out []rest.Link) {
	for _, l := range links {
		if l.Templated || l.Rel == "self" || l.Rel == "alternate" && l.Type == "text/html" {
			continue
		}
		if (l.Type == rest.MediaJSON || l.Type == rest.MediaSchema) && !strings.Contains(l.Href, "?f=") && !strings.HasSuffix(l.Href, ".json") {
			joint := "?"
			if strings.Contains(l.Href, "?") {
				joint = "&"
			}
			l.Href += joint + "f=html"
		}
		out = append(out, l)
	}
	return out
}

// way is how a reader came to a page: home, the collections, and the collection of the path.
func (s *Service) way(c echo.Context, more ...rest.Link) []rest.Link {
	base := rest.Base(c)
	path := []rest.Link{{Href: base + "/", Title: s.title}, {Href: base + "/collections?f=html", Title: "collections"}}
	if name := rest.PathParam(c, "collectionId"); name != "" {
		path = append(path, rest.Link{Href: collectionURL(c, name) + "?f=html", Title: name})
	}
	return append(path, more...)
}

// mapLink leads to a place on the web map.
func mapLink(c echo.Context, fragment ...string) rest.Link {
	return rest.Link{Href: rest.Base(c) + "/#" + strings.Join(fragment, "&"), Title: "on the map"}
}

// fragmentOf names a collection, or a feature of one, in the address of the map.
func fragmentOf(parts ...string) string {
	for i := range parts {
		parts[i] = url.QueryEscape(parts[i])
	}
	return strings.ReplaceAll(strings.Join(parts, "/"), "+", "%20")
}
