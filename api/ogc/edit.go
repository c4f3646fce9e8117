package ogc

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/geojson"
)

// EditsModel is the model that holds features which were made one by one.
const EditsModel = "edits"

// Editing is what a Service needs to change single features (OGC 20-002).
type Editing struct {
	// Store takes the changes; nil for a service that only reads.
	Store spatial.Store
	// RequireMatch refuses a change that does not say by If-Match which state it is made on.
	RequireMatch bool
}

// follower is a reader that can be brought up to what its store has committed, so that who
// has changed a feature reads it as changed.
type follower interface {
	Sync(ctx context.Context) error
}

// Create takes a GeoJSON Feature as a new feature of the collection. Without an id it is
// given one.
func (s *Service) Create(c echo.Context) error {
	coll, err := s.editable(c)
	if err != nil {
		return err
	}
	f, err := s.bodyFeature(c, rest.MediaGeoJSON)
	if err == nil {
		err = typed(&f, coll.Fields)
	}
	if err != nil {
		return err
	}
	s.editing.Lock()
	defer s.editing.Unlock()
	if f.ID == "" {
		f.ID = rand.Text()
	}
	held, err := s.held(c, &coll, f.ID)
	if err != nil {
		return err
	}
	if len(held) > 0 {
		return &spatial.Problem{Kind: spatial.ErrConflict, Code: "id-taken", Message: fmt.Sprintf("the collection has a feature %.100q already", f.ID),
			Hint: "replace it with PUT"}
	}
	if err := s.apply(c, &coll, EditsModel, f.ID, []spatial.Feature{f}); err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderLocation, itemURL(c, coll.Name, f.ID))
	return c.NoContent(http.StatusCreated)
}

// Replace takes a GeoJSON Feature as the content of the version that stands now. What was
// known before stays readable with recorded.
func (s *Service) Replace(c echo.Context) error {
	return s.edit(c, func(old *spatial.Feature) (*spatial.Feature, error) {
		f, err := s.bodyFeature(c, rest.MediaGeoJSON)
		return &f, err
	})
}

// Update takes a JSON Merge Patch (RFC 7396) of the feature as GeoJSON.
func (s *Service) Update(c echo.Context) error {
	return s.edit(c, func(old *spatial.Feature) (*spatial.Feature, error) {
		f, err := s.patched(c, old)
		return &f, err
	})
}

// Delete ends the feature as of now: it stood until now, and that stays readable.
func (s *Service) Delete(c echo.Context) error {
	return s.edit(c, func(*spatial.Feature) (*spatial.Feature, error) { return nil, nil })
}

// edit changes the version of a feature that stands now to what change makes of it, nil for
// its end.
func (s *Service) edit(c echo.Context, change func(old *spatial.Feature) (*spatial.Feature, error)) error {
	coll, err := s.editable(c)
	if err != nil {
		return err
	}
	s.editing.Lock()
	defer s.editing.Unlock()
	id := rest.PathParam(c, "featureId")
	if err := s.matched(c); err != nil {
		return err
	}
	held, err := s.held(c, &coll, id)
	if err != nil {
		return err
	}
	now := s.now().UTC().Truncate(spatial.Tick)
	i := slices.IndexFunc(held, func(f spatial.Feature) bool { return f.Valid.Contains(now) })
	if i < 0 {
		return &spatial.Problem{Kind: spatial.ErrNotFound, Code: "feature-not-found",
			Message: fmt.Sprintf("the collection %s has no feature %.100q that stands now", coll.Name, id), Hint: "POST makes a new one"}
	}
	next, err := change(&held[i])
	if err == nil && next != nil {
		err = typed(next, coll.Fields)
	}
	if err != nil {
		return err
	}
	list, err := changed(held, i, next, now)
	if err != nil {
		return err
	}
	if err := s.apply(c, &coll, held[i].Model, id, list); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// changed returns all versions of a feature after a change of the i-th. Without a next one
// it ends at now, and what would have followed is not to be.
func changed(held []spatial.Feature, i int, next *spatial.Feature, now time.Time) ([]spatial.Feature, error) {
	old := held[i]
	if next == nil {
		list := slices.Clone(held[:i])
		if old.Valid.Start.IsZero() || old.Valid.Start.Before(now) {
			old.Valid.End = now
			list = append(list, old)
		}
		return list, nil
	}
	if next.ID != "" && next.ID != old.ID {
		return nil, &spatial.Problem{Kind: spatial.ErrConflict, Code: "other-id", Message: fmt.Sprintf("the body is the feature %.100q, the address %.100q", next.ID, old.ID)}
	}
	f := *next
	f.ID = old.ID
	if f.Valid.IsAll() {
		f.Valid = old.Valid
	}
	if sameGeometry(&f, &old) {
		f.Geometry, f.Body = old.Geometry, old.Body
	}
	list := slices.Clone(held)
	list[i] = f
	return list, nil
}

// typed refuses a property that is of another type than the schema of the collection says: an
// import may widen a column for all features, a change of one may not.
func typed(f *spatial.Feature, fields []spatial.Field) error {
	for _, p := range f.Properties {
		i := slices.IndexFunc(fields, func(f spatial.Field) bool { return f.Name == p.Name })
		if i < 0 || fields[i].Type == spatial.FieldNull || fields[i].Type.Widen(spatial.TypeOf(p.Value)) == fields[i].Type {
			continue
		}
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "property-type", Message: fmt.Sprintf("the property %.100q is of type %s", p.Name, fields[i].Type),
			Hint: "see the schema of the collection"}
	}
	return nil
}

// sameGeometry compares what a client can have seen of two geometries.
func sameGeometry(a, b *spatial.Feature) bool {
	return bytes.Equal(AppendGeometry(nil, a.Geometry), AppendGeometry(nil, b.Geometry))
}

// editable returns the collection that the path names, if single features can be changed.
func (s *Service) editable(c echo.Context) (spatial.Collection, error) {
	if s.edits.Store == nil {
		return spatial.Collection{}, &spatial.Problem{Kind: rest.ErrForbidden, Code: "editing-disabled", Message: "this server does not take changes of single features",
			Hint: "start it with --writable"}
	}
	if v := c.Request().Header.Get("Content-Crs"); v != "" && !slices.Contains([]string{CRS84, CRS84h}, strings.Trim(v, "<> ")) {
		return spatial.Collection{}, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "content-crs", Message: "features are taken in longitude and latitude",
			Hint: "leave Content-Crs out, or send " + CRS84}
	}
	name := rest.PathParam(c, "collectionId")
	coll, err := s.edits.Store.Collection(c.Request().Context(), name)
	if err != nil {
		return coll, fmt.Errorf("collection %s: %w", name, err)
	}
	return coll, nil
}

// held returns all versions of an id that are recorded now, in the order of their validity.
func (s *Service) held(c echo.Context, coll *spatial.Collection, id string) (list []spatial.Feature, err error) {
	for f, err := range s.edits.Store.Features(c.Request().Context(), spatial.Query{Collection: coll.Name, IDs: []string{id}, Body: true}) {
		if err != nil {
			return nil, fmt.Errorf("feature %s of %s: %w", id, coll.Name, err)
		}
		list = append(list, f)
	}
	return list, nil
}

// apply records the versions of one feature, and nothing else.
func (s *Service) apply(c echo.Context, coll *spatial.Collection, model, id string, list []spatial.Feature) error {
	ctx := c.Request().Context()
	in := spatial.Import{Collection: spatial.Collection{Name: coll.Name}, Model: model, Only: []string{id},
		Source: spatial.Source{Name: model, Schema: "GeoJSON", Tool: "shikong"},
		Features: func(yield func(spatial.Feature, error) bool) {
			for _, f := range list {
				if !yield(f, nil) {
					return
				}
			}
		}}
	models, err := s.edits.Store.Models(ctx, coll.Name)
	if err != nil {
		return fmt.Errorf("models of %s: %w", coll.Name, err)
	}
	for _, m := range models {
		if m.Name != model {
			continue
		}
		in.Source, in.Frame = m.Source, m.Frame
		if m.Report != nil {
			in.Report = func(spatial.Applied) json.RawMessage { return m.Report }
		}
	}
	for i := range list {
		// A body is recorded with the frame of its model: one with another frame would move.
		if b := list[i].Body; b != nil && b.Frame != nil && (in.Frame == nil || *b.Frame != *in.Frame) {
			return &spatial.Problem{Kind: spatial.ErrConflict, Code: "other-frame", Message: "the model was placed anew since this feature was delivered",
				Hint: "change it by importing the model"}
		}
	}
	applied, err := s.edits.Store.Apply(ctx, in)
	if err != nil {
		return fmt.Errorf("change %s of %s: %w", id, coll.Name, err)
	}
	c.Response().Header().Set("OGC-Revision", fmt.Sprint(applied.Revision))
	if f, ok := s.reader.(follower); ok {
		if err := f.Sync(ctx); err != nil {
			return fmt.Errorf("follow the store: %w", err)
		}
	}
	return nil
}

// matched compares If-Match with the entity tags of the feature as it is given now, in any
// form. Tags are weak: they say which state the client has seen, which is what counts here.
func (s *Service) matched(c echo.Context) error {
	header := c.Request().Header.Values("If-Match")
	if len(header) == 0 {
		if s.edits.RequireMatch {
			return &spatial.Problem{Kind: rest.ErrRequired, Code: "if-match-missing", Message: "a change says which state it is made on",
				Hint: "send If-Match with the ETag that GET of the feature gave"}
		}
		return nil
	}
	if f, ok := s.reader.(follower); ok {
		if err := f.Sync(c.Request().Context()); err != nil {
			return fmt.Errorf("follow the store: %w", err)
		}
	}
	a, err := s.askOf(c)
	if err != nil {
		return err
	}
	p, err := s.pick(c, &a, rest.PathParam(c, "featureId"))
	if err != nil && !errors.Is(err, spatial.ErrNotFound) {
		return err
	}
	if err == nil {
		for _, f := range itemForms() {
			for _, query := range []string{"", "f=" + f.Name} {
				if rest.TagMatches(header, s.tagOf(c, f, query, p.state(&a.coll)...)) {
					return nil
				}
			}
		}
	}
	return &spatial.Problem{Kind: rest.ErrPrecondition, Code: "changed-meanwhile", Message: "the feature is no longer as you have seen it",
		Hint: "GET it again and make the change on what it is now"}
}

// bodyFeature reads the one feature of a body. The members that only the server gives are
// left out.
func (s *Service) bodyFeature(c echo.Context, media ...string) (spatial.Feature, error) {
	text, err := bodyText(c, append(media, rest.MediaJSON)...)
	if err != nil {
		return spatial.Feature{}, err
	}
	return parseFeature(text)
}

func bodyText(c echo.Context, media ...string) ([]byte, error) {
	got, _, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if err != nil || !slices.Contains(media, got) {
		return nil, &spatial.Problem{Kind: rest.ErrMediaType, Code: "media-type", Message: "the body is of a type that is not taken here", Hint: "send it as " + media[0]}
	}
	text, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	return text, nil
}

// given are the members that only the server gives.
var given = []string{"model", "recorded_from", "recorded_to", "distance"}

func parseFeature(text []byte) (f spatial.Feature, err error) {
	var head struct {
		Type string
		ID   json.RawMessage
	}
	if err := json.Unmarshal(text, &head); err != nil || head.Type != "Feature" {
		return f, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-feature", Message: "the body is no GeoJSON Feature",
			Hint: `send {"type":"Feature","geometry":…,"properties":{…}}`}
	}
	r, err := geojson.NewReader(bytes.NewReader(text), geojson.Options{ValidFrom: "valid_from", ValidTo: "valid_to", Strict: true}, nil)
	if err != nil {
		return f, fmt.Errorf("body: %w", err)
	}
	for one, err := range r.Features() {
		if err != nil {
			return f, fmt.Errorf("body: %w", err)
		}
		f = one
	}
	if len(head.ID) == 0 || string(head.ID) == "null" {
		f.ID = "" // the reader took the hash of the content for it
	}
	f.Properties = slices.DeleteFunc(slices.Clone(f.Properties), func(p spatial.Property) bool { return slices.Contains(given, p.Name) })
	return f, nil
}

// patched returns the feature with a merge patch of its GeoJSON.
func (s *Service) patched(c echo.Context, old *spatial.Feature) (spatial.Feature, error) {
	text, err := bodyText(c, "application/merge-patch+json", rest.MediaGeoJSON, rest.MediaJSON)
	if err != nil {
		return spatial.Feature{}, err
	}
	var patch any
	if err := json.Unmarshal(text, &patch); err != nil {
		return spatial.Feature{}, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-json", Message: "the body is no JSON"}
	}
	if _, ok := patch.(map[string]any); !ok {
		return spatial.Feature{}, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-feature", Message: "the body is no JSON object"}
	}
	d := json.NewDecoder(bytes.NewReader(NewEncoder(Shape{}).Append(nil, old)))
	d.UseNumber() // numbers that the patch does not touch stay as they are
	var doc any
	if err := d.Decode(&doc); err != nil {
		return spatial.Feature{}, fmt.Errorf("feature %s: %w", old.ID, err)
	}
	p := json.NewDecoder(bytes.NewReader(text))
	p.UseNumber()
	if err := p.Decode(&patch); err != nil {
		return spatial.Feature{}, fmt.Errorf("body: %w", err)
	}
	merged, err := rest.JSONText(mergePatch(doc, patch))
	if err != nil {
		return spatial.Feature{}, fmt.Errorf("feature %s: %w", old.ID, err)
	}
	return parseFeature(merged)
}

// mergePatch follows RFC 7396 §2.
func mergePatch(target, patch any) any {
	changes, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	out := map[string]any{}
	if old, ok := target.(map[string]any); ok {
		for name, v := range old {
			out[name] = v
		}
	}
	for name, v := range changes {
		if v == nil {
			delete(out, name)
		} else {
			out[name] = mergePatch(out[name], v)
		}
	}
	return out
}
