package ogc

import (
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

// groupDoc is one group of a statistic.
type groupDoc struct {
	Key    map[string]any `json:"key"`
	Count  int64          `json:"count"`
	Area   float64        `json:"area"`   // m²
	Length float64        `json:"length"` // m
	Volume float64        `json:"volume"` // m³
	ZMin   *float64       `json:"z_min,omitempty"`
	ZMax   *float64       `json:"z_max,omitempty"`
}

// statsDoc is the answer of Stats.
type statsDoc struct {
	Group  []string    `json:"group"`
	Total  groupDoc    `json:"total"`
	Groups []groupDoc  `json:"groups"`
	Links  []rest.Link `json:"links"`
}

// maxGroups is how many groups one answer may have.
const maxGroups = 10_000

// Stats answers counts, areas, lengths and volumes of features by class, storey or any
// property. Volumes are those of footprints extruded over their heights, or with solids=true
// those of the solids where there are.
func (s *Service) Stats(c echo.Context) error {
	a, by, err := s.readStats(c)
	if err != nil {
		return err
	}
	state, err := s.state(c, &a)
	if err != nil {
		return err
	}
	tag := s.tag(c, rest.JSON(), state...)
	doc, known := s.tallies.get(tag)
	if !known {
		ctx, cancel := s.bounded(c.Request().Context(), &a)
		defer cancel()
		groups, err := spatial.Stats(ctx, s.reader, a.query, by, maxGroups)
		if err != nil {
			return fmt.Errorf("stats of %s: %w", a.coll.Name, inTime(ctx, err))
		}
		doc = statsOf(groups, by)
		s.tallies.put(tag, doc)
	}
	doc.Links = selfLinks(c)
	return s.statsAnswer(c, &a, &doc)
}

func (s *Service) readStats(c echo.Context) (a ask, by []string, err error) {
	if a, err = s.askOf(c); err != nil {
		return a, nil, err
	}
	if err := s.readBox(c, &a); err != nil {
		return a, nil, err
	}
	if err := s.readFilter(c, &a); err != nil {
		return a, nil, err
	}
	if a.query.Body, _, err = rest.Param(c, "solids", rest.ParseBool); err != nil {
		return a, nil, err
	}
	by, _, err = rest.Param(c, "group", rest.ParseNames)
	if err != nil {
		return a, nil, err
	}
	const most = 4
	if len(by) > most {
		return a, nil, rest.BadParam("group", c.QueryParam("group"), "more than four names", "")
	}
	for _, name := range by {
		isField := slices.ContainsFunc(a.coll.Fields, func(f spatial.Field) bool { return f.Name == name })
		if !isField && !spatial.IsGroupMember(name) {
			return a, nil, rest.BadParam("group", name, "the collection has no property of this name", "class, storey, model, name, underground, or see its queryables")
		}
	}
	return a, by, nil
}

func statsOf(groups []spatial.Group, by []string) statsDoc {
	doc := statsDoc{Group: by, Groups: []groupDoc{}, Total: groupDoc{Key: map[string]any{}}}
	if by == nil {
		doc.Group = []string{}
	}
	var z spatial.ZRange
	for _, g := range groups {
		one := groupDoc{Key: map[string]any{}, Count: g.Count, Area: round3(g.Area), Length: round3(g.Length), Volume: round3(g.Volume)}
		one.heights(g.Z)
		for i, name := range by {
			one.Key[name] = g.Key[i].Any()
		}
		doc.Total.Count += g.Count
		doc.Total.Area += g.Area
		doc.Total.Length += g.Length
		doc.Total.Volume += g.Volume
		z = z.Extend(g.Z)
		if len(by) > 0 {
			doc.Groups = append(doc.Groups, one)
		}
	}
	doc.Total.Area, doc.Total.Length, doc.Total.Volume = round3(doc.Total.Area), round3(doc.Total.Length), round3(doc.Total.Volume)
	doc.Total.heights(z)
	return doc
}

func (g *groupDoc) heights(z spatial.ZRange) {
	if z.Known {
		low, high := round3(z.Min), round3(z.Max)
		g.ZMin, g.ZMax = &low, &high
	}
}

func (s *Service) statsAnswer(c echo.Context, a *ask, doc *statsDoc) error {
	format, err := rest.Negotiate(c, rest.JSON(), rest.HTML())
	if err != nil {
		return err
	}
	if format.Name != "html" {
		return s.write(c, doc, format, page{What: "statistics"})
	}
	pg := page{Title: a.coll.Name, What: "statistics", About: a.coll.Description,
		Head: append(slices.Clone(doc.Group), "count", "area m²", "length m", "volume m³")}
	numbers := func(g *groupDoc) []Cell {
		return []Cell{{strconv.FormatInt(g.Count, 10), ""}, {fixed(g.Area), ""}, {fixed(g.Length), ""}, {fixed(g.Volume), ""}}
	}
	for i := range doc.Groups {
		var row []Cell
		for _, name := range doc.Group {
			text := ""
			if v := doc.Groups[i].Key[name]; v != nil {
				text = fmt.Sprint(v)
			}
			row = append(row, Cell{text, ""})
		}
		pg.Rows = append(pg.Rows, append(row, numbers(&doc.Groups[i])...))
	}
	var total []Cell
	for i := range doc.Group {
		total = append(total, Cell{})
		if i == 0 {
			total[0].Text = say(rest.Language(c), "all")
		}
	}
	pg.Rows = append(pg.Rows, append(total, numbers(&doc.Total)...))
	return s.write(c, doc, format, pg)
}

func fixed(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

// tallies keeps answers that took going through many features, as long as nothing that they
// are made from changes: they are known by their entity tags.
type tallies struct {
	mu   sync.Mutex
	docs map[string]statsDoc
	tags []string // the oldest first
}

const keptTallies = 64

func (t *tallies) get(tag string) (statsDoc, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	doc, ok := t.docs[tag]
	return doc, ok
}

func (t *tallies) put(tag string, doc statsDoc) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.docs == nil {
		t.docs = map[string]statsDoc{}
	}
	if _, known := t.docs[tag]; known {
		return
	}
	if len(t.tags) == keptTallies {
		delete(t.docs, t.tags[0])
		t.tags = t.tags[1:]
	}
	t.docs[tag] = doc
	t.tags = append(t.tags, tag)
}

// storeyDoc is one storey.
type storeyDoc struct {
	Name      string   `json:"name"`
	Model     string   `json:"model,omitempty"`
	ID        string   `json:"id,omitempty"`
	Elevation *float64 `json:"elevation,omitempty"` // m over the zero of the building
	ZMin      *float64 `json:"z_min,omitempty"`     // m, of what it holds
	ZMax      *float64 `json:"z_max,omitempty"`
	Count     int64    `json:"count"`
}

// Storeys answers the storeys of a collection, model by model from the lowest to the highest,
// with their elevations and how much they hold.
func (s *Service) Storeys(c echo.Context) error {
	format, err := rest.Negotiate(c, rest.JSON(), rest.HTML())
	if err != nil {
		return err
	}
	a, err := s.askOf(c)
	if err != nil {
		return err
	}
	if err := s.readFilter(c, &a); err != nil {
		return err
	}
	a.query.Model = c.QueryParam("model")
	ctx, cancel := s.bounded(c.Request().Context(), &a)
	defer cancel()
	list, err := spatial.Storeys(ctx, s.reader, a.query)
	if err != nil {
		return fmt.Errorf("storeys of %s: %w", a.coll.Name, inTime(ctx, err))
	}
	doc := struct {
		Storeys []storeyDoc `json:"storeys"`
		Links   []rest.Link `json:"links"`
	}{[]storeyDoc{}, selfLinks(c)}
	pg := page{Title: a.coll.Name, What: "storeys", About: a.coll.Description,
		Head: []string{"model", "storey", "elevation", "from", "to", "features"}}
	for _, st := range list {
		one := storeyDoc{Name: st.Name, Model: st.Model, ID: st.ID, Count: st.Count}
		row := []Cell{{st.Model, ""}, {Text: st.Name}, {}, {}, {}, {strconv.FormatInt(st.Count, 10), ""}}
		if st.ID != "" {
			row[1].Href = itemURL(c, a.coll.Name, st.ID) + "?f=html"
		}
		if st.HasElevation {
			e := round3(st.Elevation)
			one.Elevation, row[2].Text = &e, metresText(e)
		}
		if st.Z.Known {
			low, high := round3(st.Z.Min), round3(st.Z.Max)
			one.ZMin, one.ZMax = &low, &high
			row[3].Text, row[4].Text = metresText(low), metresText(high)
		}
		doc.Storeys, pg.Rows = append(doc.Storeys, one), append(pg.Rows, row)
	}
	return s.write(c, doc, format, pg)
}
