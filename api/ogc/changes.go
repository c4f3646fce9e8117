package ogc

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

// changeDoc is one entry of the change log.
type changeDoc struct {
	Revision int64      `json:"revision"`
	Recorded string     `json:"recorded"`
	Model    string     `json:"model,omitempty"`
	BBox     []float64  `json:"bbox,omitempty"`
	Valid    [2]*string `json:"valid"`
	Added    int64      `json:"added"`
	Changed  int64      `json:"changed"`
	Ended    int64      `json:"ended"`
	Purged   bool       `json:"purged,omitempty"`
}

func changeOf(c *spatial.Change) changeDoc {
	doc := changeDoc{Revision: c.Revision, Recorded: spatial.FormatTime(c.Recorded), Model: c.Model, Added: c.Added, Changed: c.Changed,
		Ended: c.Ended, Purged: c.Purged, Valid: [2]*string{timeOrNull(c.Valid.Start), timeOrNull(c.Valid.End)}}
	if b := c.Box; !b.IsEmpty() {
		doc.BBox = []float64{round9(b.Min[0]), round9(b.Min[1]), round9(b.Max[0]), round9(b.Max[1])}
		if b.HasZ() {
			doc.BBox = []float64{round9(b.Min[0]), round9(b.Min[1]), b.Min[2], round9(b.Max[0]), round9(b.Max[1]), b.Max[2]}
		}
	}
	return doc
}

// Changes answers what each revision behind since did to a collection, in commit order: a
// page at a time, whose next link goes on where it ended, also when nothing has happened yet.
func (s *Service) Changes(c echo.Context) error {
	log, err := s.changeLog()
	if err != nil {
		return err
	}
	coll, err := s.collection(c)
	if err != nil {
		return err
	}
	since, err := s.readSince(c, log)
	if err != nil {
		return err
	}
	limit, given, err := rest.Param(c, "limit", rest.ParseCount(s.limits.ItemsMax))
	if err != nil {
		return err
	}
	if !given {
		limit = s.limits.ItemsDefault
	}
	doc := struct {
		Collection string      `json:"collection"`
		Since      int64       `json:"since"`
		Revision   int64       `json:"revision"` // of the store, up to which this is told
		Changes    []changeDoc `json:"changes"`
		Links      []rest.Link `json:"links"`
	}{Collection: coll.Name, Since: since, Revision: since, Changes: []changeDoc{}, Links: selfLinks(c)}
	meta, err := s.reader.Meta(c.Request().Context())
	if err != nil {
		return fmt.Errorf("meta: %w", err)
	}
	doc.Revision = max(since, meta.Revision)
	for ch, err := range log.Changes(c.Request().Context(), since) {
		if err != nil {
			return fmt.Errorf("changes of %s: %w", coll.Name, err)
		}
		if ch.Revision > meta.Revision {
			break // the mirror has not taken it in yet: it is told with the next page
		}
		if ch.Collection != coll.Name {
			continue
		}
		// A revision is told whole.
		if n := len(doc.Changes); n >= limit && doc.Changes[n-1].Revision != ch.Revision {
			doc.Revision = doc.Changes[n-1].Revision
			break
		}
		doc.Changes = append(doc.Changes, changeOf(&ch))
	}
	doc.Links = append(doc.Links, rest.Link{Href: rest.Self(c, map[string]string{"since": strconv.FormatInt(doc.Revision, 10)}), Rel: "next",
		Type: rest.MediaJSON, Title: "what comes behind"})
	return s.document(c, doc, changesPage(coll.Name, doc.Changes))
}

// changesPage is the table of changes for people.
func changesPage(name string, list []changeDoc) page {
	pg := page{Title: name, What: "changes", Head: []string{"revision", "recorded", "model", "added", "changed", "ended"}}
	for _, ch := range list {
		recorded, _ := spatial.ParseTime(ch.Recorded) // it was written a moment ago
		pg.Rows = append(pg.Rows, []Cell{{Text: strconv.FormatInt(ch.Revision, 10)}, {Text: TimeText(recorded)}, {Text: ch.Model},
			{Text: strconv.FormatInt(ch.Added, 10)}, {Text: strconv.FormatInt(ch.Changed, 10)}, {Text: strconv.FormatInt(ch.Ended, 10)}})
	}
	return pg
}

// changeLog returns the log that the reader has.
func (s *Service) changeLog() (spatial.Log, error) {
	if log, ok := s.reader.(spatial.Log); ok {
		return log, nil
	}
	return nil, &spatial.Problem{Kind: spatial.ErrUnsupported, Code: "no-log", Message: "this server keeps no log of changes"}
}

// readSince reads since: a revision, or a time, which is the last revision by then.
func (s *Service) readSince(c echo.Context, log spatial.Log) (int64, error) {
	text := c.QueryParam("since")
	if text == "" {
		return 0, nil
	}
	if strings.Trim(text, "0123456789") == "" && len(text) < 18 {
		n, err := strconv.ParseInt(text, 10, 64)
		return n, err
	}
	t, _, err := rest.Param(c, "since", spatial.ParseTime)
	if err != nil {
		return 0, err
	}
	revision, err := spatial.RevisionAt(c.Request().Context(), log, t)
	if err != nil {
		return 0, fmt.Errorf("since: %w", err)
	}
	return revision, nil
}
