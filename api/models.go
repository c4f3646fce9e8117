package api

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/ogc"
	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

// modelDoc describes a model and where it came from.
type modelDoc struct {
	Collection string          `json:"collection"`
	Model      string          `json:"model"`
	Source     spatial.Source  `json:"source"`
	Origin     *[3]float64     `json:"origin,omitempty"`   // lon, lat, height of its zero point
	Rotation   *float64        `json:"rotation,omitempty"` // degrees counter-clockwise from east to its x axis
	Features   int64           `json:"features"`
	Revision   int64           `json:"revision"`
	Recorded   string          `json:"recorded"`
	Report     json.RawMessage `json:"report,omitempty"`
	Links      []rest.Link     `json:"links"`
}

func modelOf(base string, m *spatial.Model) modelDoc {
	at := base + "/models/" + url.PathEscape(m.Collection) + "/" + url.PathEscape(m.Name)
	doc := modelDoc{Collection: m.Collection, Model: m.Name, Source: m.Source, Features: m.Count, Revision: m.Revision,
		Recorded: spatial.FormatTime(m.Recorded), Links: []rest.Link{
			{Href: at, Rel: "self", Type: rest.MediaJSON},
			{Href: base + "/collections/" + url.PathEscape(m.Collection), Rel: "collection", Type: rest.MediaJSON},
		}}
	if f := m.Frame; f != nil {
		origin, turn := f.Origin, math.Atan2(f.Axes[3], f.Axes[0])*180/math.Pi
		doc.Origin, doc.Rotation = &origin, &turn
	}
	return doc
}

// models answers the models of all collections, or of the one that collection names.
func (s *Server) models(c echo.Context) error {
	list, err := s.o.Reader.Models(c.Request().Context(), c.QueryParam("collection"))
	if err != nil {
		return fmt.Errorf("models: %w", err)
	}
	doc := struct {
		Models []modelDoc  `json:"models"`
		Links  []rest.Link `json:"links"`
	}{[]modelDoc{}, []rest.Link{{Href: rest.Self(c, nil), Rel: "self", Type: rest.MediaJSON}}}
	for i := range list {
		doc.Models = append(doc.Models, modelOf(rest.Base(c), &list[i]))
	}
	table := ogc.Table{Head: []string{"collection", "model", "source", "features", "recorded"}}
	for i, m := range doc.Models {
		table.Add(m.Collection, m.Model, m.Source.Name, strconv.FormatInt(m.Features, 10), ogc.TimeText(list[i].Recorded))
		table.Rows[i][1].Href = m.Links[0].Href + "?f=html"
	}
	return s.ogc.DocumentAs(c, doc, rest.JSON(), "models", table)
}

// model answers one model with the report of its last import.
func (s *Server) model(c echo.Context) error {
	m, err := s.findModel(c)
	if err != nil {
		return err
	}
	doc := modelOf(rest.Base(c), m)
	doc.Report = m.Report
	return s.ogc.Document(c, doc, m.Collection+" › "+m.Name)
}

// answer gives a small document with a weak entity tag of its content.
func (s *Server) answer(c echo.Context, doc any) error {
	if _, err := rest.Negotiate(c, rest.JSON()); err != nil {
		return err
	}
	body, err := rest.JSONText(doc)
	if err != nil {
		return fmt.Errorf("document: %w", err)
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-cache")
	if rest.NotModified(c, rest.WeakTag(string(body))) {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, rest.MediaJSON, body)
}

func (s *Server) findModel(c echo.Context) (*spatial.Model, error) {
	collection, name := rest.PathParam(c, "collectionId"), rest.PathParam(c, "modelId")
	list, err := s.o.Reader.Models(c.Request().Context(), collection)
	if err != nil {
		return nil, fmt.Errorf("models of %s: %w", collection, err)
	}
	for i := range list {
		if list[i].Name == name {
			return &list[i], nil
		}
	}
	return nil, &spatial.Problem{Kind: spatial.ErrNotFound, Code: "model-not-found",
		Message: fmt.Sprintf("the collection %s has no model %.100q", collection, name)}
}

// endModel ends the validity of everything in a model as of now; its past stays readable.
func (s *Server) endModel(c echo.Context) error {
	if s.o.Store == nil {
		return &spatial.Problem{Kind: rest.ErrForbidden, Code: "read-only", Message: "this server only reads"}
	}
	m, err := s.findModel(c)
	if err != nil {
		return err
	}
	applied, err := s.o.Store.Apply(c.Request().Context(), spatial.Import{
		Collection: spatial.Collection{Name: m.Collection}, Model: m.Name, Source: m.Source, Frame: m.Frame,
		From:     s.o.Now().UTC().Truncate(spatial.Tick),
		Features: func(func(spatial.Feature, error) bool) {},
	})
	if err != nil {
		return fmt.Errorf("end model %s of %s: %w", m.Name, m.Collection, err)
	}
	s.o.Logger.Info("model ended", "collection", m.Collection, "model", m.Name, "token", rest.Caller(c),
		"revision", strconv.FormatInt(applied.Revision, 10), "request", rest.RequestID(c))
	return rest.WriteJSON(c, http.StatusOK, applied)
}
