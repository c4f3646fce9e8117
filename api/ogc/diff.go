package ogc

import (
	"fmt"
	"iter"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

// DiffCounts say how many features became what.
type DiffCounts struct {
	Added   int64 `json:"added"`
	Changed int64 `json:"changed"`
	Moved   int64 `json:"moved"`
	Removed int64 `json:"removed"`
}

// Add counts one difference.
func (n *DiffCounts) Add(kind spatial.DifferenceKind) {
	switch kind {
	case spatial.Added:
		n.Added++
	case spatial.Changed:
		n.Changed++
	case spatial.Moved:
		n.Moved++
	case spatial.Removed:
		n.Removed++
	}
}

// AppendDifference appends what became of one feature as a JSON object: id, change, and where
// there are both, changed (names), moved and deviation (metres); before and after are
// features. The error says that one lies where the encoder's reference system cannot show it.
func AppendDifference(dst []byte, e Encoder, d *spatial.Difference) (_ []byte, err error) {
	dst = append(dst, `{"id":`...)
	dst = spatial.StringOf(d.ID).AppendJSON(dst)
	dst = append(append(append(dst, `,"change":"`...), d.Kind...), '"')
	if d.Changed != nil {
		dst = append(dst, `,"changed":[`...)
		for i, name := range d.Changed {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = spatial.StringOf(name).AppendJSON(dst)
		}
		dst = append(dst, ']')
		for _, m := range []struct {
			name   string
			metres float64
		}{{"moved", d.Moved}, {"deviation", d.Deviation}} {
			if !math.IsNaN(m.metres) {
				dst = append(append(append(dst, `,"`...), m.name...), `":`...)
				dst = appendFixed(dst, m.metres, metreDigits)
			}
		}
	}
	if d.Before != nil {
		if dst, err = e.feature(append(dst, `,"before":`...), d.Before); err != nil {
			return dst, err
		}
	}
	if d.After != nil {
		if dst, err = e.feature(append(dst, `,"after":`...), d.After); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

// Diff answers what differs between two times, a page at a time in the order of ids: what was
// added, changed (and in what), moved (and how far) and removed. between are two valid times;
// recorded-between are two times of knowledge, about what stands at datetime.
func (s *Service) Diff(c echo.Context) error {
	format, err := rest.Negotiate(c, rest.JSON(), rest.HTML())
	if err != nil {
		return err
	}
	a, err := s.askOf(c)
	if err != nil {
		return err
	}
	if err := s.readBox(c, &a); err != nil {
		return err
	}
	if err := s.readFilter(c, &a); err != nil {
		return err
	}
	if err := s.readPage(c, &a); err != nil {
		return err
	}
	d, err := s.readDiff(c, &a)
	if err != nil {
		return err
	}
	a.head(c)
	if done, err := s.fresh(c, format, a.coll.Name, strconv.FormatInt(a.query.AtRevision, 10), fmt.Sprint(d.known)); done {
		return err
	}
	if err := s.fillDiff(c, &a, d, format.Name == "html"); err != nil {
		return err
	}
	if format.Name == "html" {
		return s.diffPage(c, &a, d)
	}
	return d.write(c, format)
}

// diff is a page of differences.
type diff struct {
	valid, recorded *[2]time.Time
	known           [2]int64 // revisions of recorded
	list            iter.Seq2[spatial.Difference, error]

	changes  []byte
	rows     [][]Cell
	returned int
	counts   *DiffCounts // on the first page
	last     string
	more     bool
	links    []rest.Link
}

// readDiff reads between or recorded-between.
func (s *Service) readDiff(c echo.Context, a *ask) (*diff, error) {
	ctx := c.Request().Context()
	valid, givenValid, err := rest.Param(c, "between", rest.ParseInstants)
	if err != nil {
		return nil, err
	}
	recorded, givenRecorded, err := rest.Param(c, "recorded-between", rest.ParseInstants)
	if err != nil {
		return nil, err
	}
	d := &diff{}
	switch {
	case givenValid == givenRecorded:
		return nil, rest.BadParam("between", c.QueryParam("between"), "give either between or recorded-between", "between=2000-01-01,2024-01-01")
	case givenValid:
		if !a.floating {
			return nil, rest.BadParam("datetime", c.QueryParam("datetime"), "between says which valid times are compared", "leave datetime out")
		}
		d.valid = &valid
		d.list = spatial.DiffValid(ctx, s.reader, a.query, valid[0], valid[1])
		return d, nil
	}
	if c.QueryParam("recorded") != "" {
		return nil, rest.BadParam("recorded", c.QueryParam("recorded"), "recorded-between says which times of recording are compared", "leave recorded out")
	}
	log, err := s.changeLog()
	if err != nil {
		return nil, err
	}
	d.recorded = &recorded
	for i, t := range recorded {
		if d.known[i], err = spatial.RevisionAt(ctx, log, t); err != nil {
			return nil, fmt.Errorf("recorded-between: %w", err)
		}
		d.known[i] = min(d.known[i], a.query.AtRevision)
	}
	d.list = func(func(spatial.Difference, error) bool) {}
	if d.known[0] < d.known[1] {
		d.list = spatial.DiffRecorded(ctx, s.reader, log, a.query, d.known[0], d.known[1])
	}
	return d, nil
}

// fillDiff reads a page; the first one goes on to count all.
func (s *Service) fillDiff(c echo.Context, a *ask, d *diff, asPage bool) error {
	enc := NewEncoder(a.shape)
	first := a.query.After == nil
	if first {
		d.counts = &DiffCounts{}
	}
	for one, err := range d.list {
		if err != nil {
			return fmt.Errorf("diff of %s: %w", a.coll.Name, err)
		}
		if first {
			d.counts.Add(one.Kind)
		}
		if d.returned == a.query.Limit {
			if d.more = true; first {
				continue
			}
			break
		}
		d.returned++
		d.last = one.ID
		if asPage {
			d.rows = append(d.rows, differenceRow(c, a, &one))
			continue
		}
		if d.returned > 1 {
			d.changes = append(d.changes, ',')
		}
		if d.changes, err = AppendDifference(d.changes, enc, &one); err != nil {
			return fmt.Errorf("diff of %s: %w", a.coll.Name, err)
		}
		d.changes = append(d.changes, '\n')
	}
	d.links = selfLinks(c)
	if d.more {
		next := rest.Cursor{Revision: a.query.AtRevision, Now: a.now, Matched: -1, After: spatial.EndOf(d.last), Query: a.tag(c)}
		d.links = append(d.links, rest.Link{Href: rest.Self(c, map[string]string{"next": next.String()}), Rel: "next", Type: rest.MediaJSON, Title: "the next page"})
	}
	return nil
}

func (d *diff) write(c echo.Context, format rest.Format) error {
	head, err := rest.JSONText(struct {
		Between  []string    `json:"between,omitempty"`
		Recorded []string    `json:"recordedBetween,omitempty"`
		Counts   *DiffCounts `json:"counts,omitempty"`
		Returned int         `json:"numberReturned"`
		Links    []rest.Link `json:"links"`
	}{timesText(d.valid), timesText(d.recorded), d.counts, d.returned, d.links})
	if err != nil {
		return fmt.Errorf("diff: %w", err)
	}
	body := append(head[:len(head)-1], `,"changes":[`...)
	return c.Blob(200, format.Media[0], append(append(body, d.changes...), ']', '}'))
}

func timesText(t *[2]time.Time) []string {
	if t == nil {
		return nil
	}
	return []string{spatial.FormatTime(t[0]), spatial.FormatTime(t[1])}
}

func differenceRow(c echo.Context, a *ask, d *spatial.Difference) []Cell {
	name, moved := "", ""
	for _, f := range []*spatial.Feature{d.Before, d.After} {
		if f != nil {
			name = f.Name
		}
	}
	if d.Moved > 0 {
		moved = strconv.FormatFloat(d.Moved, 'f', 2, 64) + " m"
	}
	return []Cell{{d.ID, itemURL(c, a.coll.Name, d.ID) + "/versions?f=html"}, {name, ""}, {say(rest.Language(c), string(d.Kind)), ""}, {strings.Join(d.Changed, ", "), ""}, {moved, ""}}
}

func (s *Service) diffPage(c echo.Context, a *ask, d *diff) error {
	pg := page{Title: a.coll.Name, What: "what changed", About: a.coll.Title, Links: readable(d.links), Rows: d.rows, Path: s.way(c),
		Head: []string{"id", "name", "change", "what", "moved"}}
	for name, t := range map[string]*[2]time.Time{"between": d.valid, "known between": d.recorded} {
		if t != nil {
			pg.Facts = append(pg.Facts, fact{Name: name, Value: TimeText(t[0]) + " – " + TimeText(t[1])})
		}
	}
	if n := d.counts; n != nil {
		for _, one := range []struct {
			name string
			n    int64
		}{{"added", n.Added}, {"changed", n.Changed}, {"moved", n.Moved}, {"removed", n.Removed}} {
			pg.Facts = append(pg.Facts, fact{Name: one.name, Value: strconv.FormatInt(one.n, 10)})
		}
	}
	pg.narrow()
	return s.pages.render(c, pg)
}
