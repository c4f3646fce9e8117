package ogc

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

// view is where the map looks from to see a box: map=zoom/lat/lon; "" for no box.
func view(b spatial.Box) string {
	if b.IsEmpty() {
		return ""
	}
	width := max(b.Max[0]-b.Min[0], b.Max[1]-b.Min[1], 1e-4)
	zoom := min(max(math.Log2(360*1.4/width), 0), 18)
	return fmt.Sprintf("map=%.1f/%.5f/%.5f", zoom, (b.Min[1]+b.Max[1])/2, (b.Min[0]+b.Max[0])/2)
}

// collectionPage is what people see of a collection's description.
func (s *Service) collectionPage(c echo.Context, doc *CollectionDoc, coll *spatial.Collection) page {
	pg := page{Title: doc.Title, What: "collection", About: doc.Description, Facts: []fact{{Name: "features", Value: strconv.FormatInt(doc.ItemCount, 10)}}}
	add := func(name, value string) {
		if value != "" {
			pg.Facts = append(pg.Facts, fact{Name: name, Value: value})
		}
	}
	if coll.Count > 0 {
		add("stands", stands(coll.Time))
	}
	if doc.Extent != nil && doc.Extent.Spatial != nil {
		add("extent", strings.Trim(strings.Join(strings.Fields(fmt.Sprint(doc.Extent.Spatial.BBox[0])), ", "), "[]"))
	}
	add("coordinates", strings.TrimPrefix(doc.StorageCRS, "http://www.opengis.net/def/crs/"))
	add("heights", doc.VerticalCRS)
	add("licence", doc.Licence)
	add("attribution", doc.Attribution)
	pg.Actions = []rest.Link{{Href: collectionURL(c, coll.Name) + "/items?f=html", Title: "its features as a page"}}
	if at := view(coll.Extent); at != "" && !coll.Local {
		pg.Actions = append(pg.Actions, mapLink(c, at, "layers="+fragmentOf(coll.Name)))
	}
	return pg
}

// stands writes an interval for people, nothing for all of time.
func stands(i spatial.Interval) string {
	if i.IsAll() {
		return ""
	}
	return strings.TrimSpace(TimeText(i.Start) + " – " + TimeText(i.End))
}

// narrow leaves out the columns of a table in which there is nothing.
func (pg *page) narrow() {
	for i := len(pg.Head) - 1; i > 0; i-- {
		if slices.ContainsFunc(pg.Rows, func(row []Cell) bool { return row[i].Text != "" }) {
			continue
		}
		pg.Head = slices.Delete(pg.Head, i, i+1)
		for n := range pg.Rows {
			pg.Rows[n] = slices.Delete(pg.Rows[n], i, i+1)
		}
	}
}

// collectionsPage is the list of collections for people.
func collectionsPage(c echo.Context, list []spatial.Collection) page {
	pg := page{What: "collections", Head: []string{"collection", "features", "stands", "about"}}
	for i := range list {
		l := &list[i]
		title := l.Title
		if title == "" {
			title = l.Name
		}
		at := collectionURL(c, l.Name)
		pg.Rows = append(pg.Rows, []Cell{{title, at + "?f=html"}, {strconv.FormatInt(l.Count, 10), at + "/items?f=html"}, {Text: stands(l.Time)}, {Text: l.Description}})
	}
	pg.narrow()
	return pg
}

// featuresPage answers a table of features.
func (s *Service) featuresPage(c echo.Context, a *ask, list []spatial.Feature, links []rest.Link) error {
	title := a.coll.Title
	if title == "" {
		title = a.coll.Name
	}
	pg := page{Title: title, What: "features", About: a.coll.Description, Links: links, Path: s.way(c)}
	if a.matched >= 0 {
		pg.Facts = []fact{{Name: "matched", Value: strconv.FormatInt(a.matched, 10)}}
	}
	box, lang := spatial.EmptyBox(), rest.Language(c)
	pg.Head = []string{"id", "class", "name", "storey", "valid from", "valid to"}
	fields := shownFields(a.coll.Fields)
	for _, name := range fields {
		pg.Head = append(pg.Head, label(lang, name))
	}
	for i := range list {
		f := &list[i]
		box = box.Extend(spatial.BoxOf(f.Geometry))
		row := []Cell{{f.ID, itemURL(c, a.coll.Name, f.ID) + "?f=html"}, {Text: f.Kind}, {Text: f.Name}, {Text: f.Storey}, {Text: TimeText(f.Valid.Start)}, {Text: TimeText(f.Valid.End)}}
		for _, name := range fields {
			v, _ := f.Properties.Get(name)
			row = append(row, Cell{Text: clipped(valueText(lang, v))})
		}
		pg.Rows = append(pg.Rows, row)
	}
	pg.narrow()
	if at := view(box); at != "" && !a.coll.Local {
		pg.Actions = []rest.Link{mapLink(c, at, "layers="+fragmentOf(a.coll.Name))}
	}
	return s.pages.render(c, pg)
}

// shownFields are the properties of the source that a table shows beside what every feature has.
func shownFields(fields []spatial.Field) (names []string) {
	const most = 6
	for _, f := range fields {
		own := f.Name == "id" || f.Name == "global_id" || slices.Contains(members, f.Name) || setName.MatchString(f.Name)
		if !own && f.Type != spatial.FieldJSON && f.Type != spatial.FieldNull && len(names) < most {
			names = append(names, f.Name)
		}
	}
	return names
}

// clipped keeps a long text from filling a table.
func clipped(text string) string {
	const most = 120
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// featurePage answers the properties of one feature in groups, as the web map shows them.
func (s *Service) featurePage(c echo.Context, a *ask, f spatial.Feature, links []rest.Link) error {
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
	pg := page{Title: f.ID, What: f.Kind, About: a.coll.Title, JSON: string(feature.Geometry), Groups: groupsOf(rest.Language(c), props),
		Path:  s.way(c, rest.Link{Href: collectionURL(c, a.coll.Name) + "/items?f=html", Title: "features"}),
		Links: append([]rest.Link{{Href: rest.Self(c, map[string]string{"f": "json", "lang": ""}), Rel: "alternate", Title: "GeoJSON"}}, readable(links)...)}
	if f.Name != "" {
		pg.Title = f.Name
	}
	if at := view(spatial.BoxOf(f.Geometry)); at != "" && !a.coll.Local {
		fragment := []string{at, "sel=" + fragmentOf(a.coll.Name, f.ID)}
		if !f.Valid.Contains(a.now) && !f.Valid.Start.IsZero() {
			fragment = append(fragment, "t="+spatial.FormatTime(f.Valid.Start))
		}
		pg.Actions = []rest.Link{mapLink(c, fragment...)}
	}
	return s.pages.render(c, pg)
}

// The groups of a feature's properties before those of property sets, and what belongs to them.
var (
	identityKeys = []string{"id", "global_id", "name", "name_zh", "name_en", "class", "use", "kind", "type", "model", "address"}
	timeWords    = regexp.MustCompile(`(?i)(^|_)(date|year|time|opened|closed|installed|built|demolished|completed|updated|created)(_|$)|_(from|to|until|since)$|年份|日期|时间`)
	heightWords  = regexp.MustCompile(`(?i)^(z|height|depth|elevation|altitude|floors?|storeys?|levels?)(_|$)|^underground$|高度|层数|埋深|标高`)
	setName      = regexp.MustCompile(`^([\p{L}_][\p{L}\p{N}_ -]*)[./:]\S`)
)

// groupsOf sorts properties into groups: identity, time, height and attributes, then those
// whose names have a set before a dot, slash or colon, such as Pset_WallCommon.FireRating.
func groupsOf(lang string, props spatial.Properties) []factGroup {
	groups := []factGroup{{Name: "Identity"}, {Name: "Time"}, {Name: "Height"}, {Name: "Attributes"}}
	fixed, at := len(groups), map[string]int{}
	for _, p := range props {
		if p.Value.Kind() == spatial.Null {
			continue
		}
		one, i := fact{Name: label(lang, p.Name), Value: valueText(lang, p.Value), Key: p.Name}, 3
		switch set := setName.FindStringSubmatch(p.Name); {
		case set != nil:
			if _, known := at[set[1]]; !known {
				at[set[1]] = len(groups)
				groups = append(groups, factGroup{Name: set[1]})
			}
			i = at[set[1]]
			one.Name = p.Name[len(set[1])+1:]
		case slices.Contains(identityKeys, p.Name):
			i = 0
		case timeWords.MatchString(p.Name):
			i = 1
		case heightWords.MatchString(p.Name):
			i = 2
		}
		groups[i].Facts = append(groups[i].Facts, one)
	}
	slices.SortStableFunc(groups[0].Facts, func(a, b fact) int {
		return slices.Index(identityKeys, a.Key) - slices.Index(identityKeys, b.Key)
	})
	slices.SortStableFunc(groups[fixed:], func(a, b factGroup) int { return strings.Compare(a.Name, b.Name) })
	return slices.DeleteFunc(groups, func(g factGroup) bool { return g.Facts == nil })
}
