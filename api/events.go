package api

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

// event is the data of a change event.
type event struct {
	Collection string `json:"collection"`
	Model      string `json:"model,omitempty"`
	Revision   int64  `json:"revision"`
	Recorded   string `json:"recorded,omitempty"`
	// BBox and Valid are around all that came or went: tiles of other places, and of other
	// times, are as they were.
	BBox    []float64   `json:"bbox,omitempty"`  // west, south, east, north
	Valid   *[2]*string `json:"valid,omitempty"` // from, to; null for an open side
	Added   int64       `json:"added"`
	Changed int64       `json:"changed"`
	Ended   int64       `json:"ended"`
	Purged  bool        `json:"purged,omitempty"`
}

// events answers a stream of server-sent events: change for everything that an import did,
// once the server answers from it. A client that comes back with Last-Event-ID gets what it
// missed.
func (s *Server) events(c echo.Context) error {
	ctx := c.Request().Context()
	meta, err := s.o.Reader.Meta(ctx)
	if err != nil {
		return fmt.Errorf("meta: %w", err)
	}
	last, err := lastEvent(c, meta.Revision)
	if err != nil {
		return err
	}
	if c.Request().Method == http.MethodHead {
		c.Response().Header().Set(echo.HeaderContentType, rest.MediaEvents)
		return c.NoContent(http.StatusOK)
	}
	if !s.feed.join(s.o.Limits.EventClients) {
		return &spatial.Problem{Kind: rest.ErrBusy, Code: "too-many-listeners", Message: "too many clients listen already"}
	}
	defer s.feed.leave()
	s.metrics.events.Inc()
	defer s.metrics.events.Dec()
	st := eventStream{s: s, c: c, rc: http.NewResponseController(c.Response())}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, rest.MediaEvents)
	h.Set(echo.HeaderCacheControl, "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would hold events back
	c.Response().WriteHeader(http.StatusOK)
	if err := st.write(fmt.Sprintf("retry: 2000\nevent: hello\ndata: {\"revision\":%d}\n\n", meta.Revision)); err != nil {
		return nil // the client left, which is how such a stream ends
	}
	return st.follow(last)
}

// lastEvent reads where the client stands: Last-Event-ID, or else now.
func lastEvent(c echo.Context, revision int64) (int64, error) {
	id := c.Request().Header.Get("Last-Event-ID")
	if id == "" {
		return revision, nil
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n < 0 {
		return 0, rest.BadParam("Last-Event-ID", id, "this is no id of an event", "")
	}
	return n, nil
}

type eventStream struct {
	s  *Server
	c  echo.Context
	rc *http.ResponseController
}

// follow writes changes until the client leaves or the server closes.
func (st *eventStream) follow(last int64) error {
	beat := time.NewTicker(st.s.o.Limits.Heartbeat)
	defer beat.Stop()
	for {
		revision, risen := st.s.feed.now()
		if revision > last {
			if err := st.changes(last, revision); err != nil {
				return err
			}
			last = revision
			continue
		}
		var err error
		select {
		case <-st.c.Request().Context().Done():
			return nil
		case <-st.s.closing.Done():
			return st.write("event: bye\ndata: {}\n\n")
		case <-risen:
		case <-beat.C:
			err = st.write(": alive\n\n")
		}
		if err != nil {
			return nil // the client left
		}
	}
}

// changes writes what happened in the revisions since < r ≤ until.
func (st *eventStream) changes(since, until int64) error {
	if st.s.o.Store == nil {
		return st.collections(since)
	}
	for ch, err := range st.s.o.Store.Changes(st.c.Request().Context(), since) {
		if err != nil {
			return fmt.Errorf("changes since %d: %w", since, err)
		}
		if ch.Revision > until {
			return nil
		}
		if err := st.change(eventOf(&ch)); err != nil {
			return err
		}
	}
	return nil
}

// collections is what can be said without a change log.
func (st *eventStream) collections(since int64) error {
	list, err := st.s.o.Reader.Collections(st.c.Request().Context())
	if err != nil {
		return fmt.Errorf("collections: %w", err)
	}
	for i := range list {
		if list[i].Revision <= since {
			continue
		}
		if err := st.change(event{Collection: list[i].Name, Revision: list[i].Revision, BBox: bboxOf(list[i].Extent)}); err != nil {
			return err
		}
	}
	return nil
}

func eventOf(ch *spatial.Change) event {
	return event{Collection: ch.Collection, Model: ch.Model, Revision: ch.Revision, Recorded: spatial.FormatTime(ch.Recorded),
		BBox: bboxOf(ch.Box), Valid: validOf(ch.Valid), Added: ch.Added, Changed: ch.Changed, Ended: ch.Ended, Purged: ch.Purged}
}

func validOf(i spatial.Interval) *[2]*string {
	var out [2]*string
	for k, t := range [2]time.Time{i.Start, i.End} {
		if !t.IsZero() {
			text := spatial.FormatTime(t)
			out[k] = &text
		}
	}
	return &out
}

func bboxOf(b spatial.Box) []float64 {
	if b.IsEmpty() || math.IsInf(b.Min[0], 0) || math.IsInf(b.Max[0], 0) {
		return nil
	}
	return []float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}
}

func (st *eventStream) change(e event) error {
	data, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("event: %w", err)
	}
	return st.write(fmt.Sprintf("id: %d\nevent: change\ndata: %s\n\n", e.Revision, data))
}

func (st *eventStream) write(text string) error {
	ignore(st.rc.SetWriteDeadline(time.Now().Add(st.s.o.Limits.RequestTimeout)))
	if _, err := st.c.Response().Write([]byte(text)); err != nil {
		return err
	}
	return st.rc.Flush()
}
