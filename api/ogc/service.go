package ogc

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
)

// Limits bound what one request may ask for. A zero member takes its default.
type Limits struct {
	ItemsDefault int           // features of a page when nobody said, 100
	ItemsMax     int           // features of a page at most, 10,000
	NearestMax   int           // features of a nearest answer at most, 1,000
	FilterTime   time.Duration // that a filter may take, 10 s
	CountTime    time.Duration // that counting what a filter matches in a large collection may take, 2 s
}

func (l Limits) filled() Limits {
	fill := func(v *int, by int) {
		if *v == 0 {
			*v = by
		}
	}
	fill(&l.ItemsDefault, 100)
	fill(&l.ItemsMax, 10_000)
	fill(&l.NearestMax, 1_000)
	if l.FilterTime == 0 {
		l.FilterTime = 10 * time.Second
	}
	if l.CountTime == 0 {
		l.CountTime = 2 * time.Second
	}
	l.ItemsDefault = min(l.ItemsDefault, l.ItemsMax)
	return l
}

// Options are what a Service needs; Reader is the only one it cannot do without.
type Options struct {
	Reader      spatial.Reader
	Title       string
	Description string
	Limits      Limits
	// Now is the clock, time.Now when nil.
	Now func() time.Time
	// Release is the version of the program: it stands in every entity tag, so that an
	// answer written in another form by another release is not taken for the same.
	Release string
	// Imports says that the landing page links to imports and models.
	Imports bool
	// Editing takes changes of single features.
	Editing Editing
	// Tiles says that the server gives vector tiles.
	Tiles bool
}

// Boundaries is what a reader may offer beside Reader: the last instant at or before t at
// which something in the collection began or ceased to be valid, zero for none. With it an
// answer about "now" keeps its entity tag until something really changes; without it, for
// a second.
type Boundaries interface {
	LastBoundary(ctx context.Context, collection string, t time.Time) (time.Time, error)
}

// Recorder is what a reader may offer beside Reader: its answers as records, which GeoJSON is
// written from without making features of them. held is false for a question that it answers
// only by Features.
type Recorder interface {
	Records(ctx context.Context, q spatial.Query) (answer iter.Seq2[*memory.Record, error], held bool)
}

// Service holds the handlers. It is safe for use by many goroutines.
type Service struct {
	reader  spatial.Reader
	title   string
	about   string
	limits  Limits
	now     func() time.Time
	release string
	imports bool
	tiles   bool
	pages   pages
	edits   Editing
	editing sync.Mutex // reading a feature and writing it back is one step
	systems systems
	buffers sync.Pool
	tallies tallies
}

// New returns the service.
func New(o Options) *Service {
	s := &Service{reader: o.Reader, title: o.Title, about: o.Description, limits: o.Limits.filled(), now: o.Now,
		release: o.Release, imports: o.Imports, edits: o.Editing, tiles: o.Tiles, pages: newPages()}
	if s.title == "" {
		s.title = "shikong"
	}
	if s.about == "" {
		s.about = "What stands where, and when: building, infrastructure and city models as features and tiles."
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.buffers.New = func() any { b := make([]byte, 0, flushSize+flushSize/2); return &b }
	return s
}

// Limits returns the limits in force.
func (s *Service) Limits() Limits { return s.limits }

// collection returns the collection that the path names.
func (s *Service) collection(c echo.Context) (spatial.Collection, error) {
	name := rest.PathParam(c, "collectionId")
	coll, err := s.reader.Collection(c.Request().Context(), name)
	if err != nil {
		return coll, fmt.Errorf("collection %s: %w", name, err)
	}
	return coll, nil
}

// moment names the state of a collection at an instant that the clock gave: as long as it
// is the same, so is the answer.
func (s *Service) moment(ctx context.Context, collection string, now time.Time) (string, error) {
	b, ok := s.reader.(Boundaries)
	if !ok {
		return strconv.FormatInt(now.Unix(), 10), nil
	}
	t, err := b.LastBoundary(ctx, collection, now)
	if err != nil {
		return "", fmt.Errorf("last boundary of %s: %w", collection, err)
	}
	return strconv.FormatInt(t.UnixMicro(), 10), nil
}

// tag returns the weak entity tag of an answer in a format that depends on the state named.
func (s *Service) tag(c echo.Context, f rest.Format, state ...string) string {
	return s.tagOf(c, f, c.QueryParams().Encode(), state...)
}

// tagOf is tag for another query.
func (s *Service) tagOf(c echo.Context, f rest.Format, query string, state ...string) string {
	if f.Name == rest.HTML().Name {
		state = append(state, rest.Language(c))
	}
	return rest.WeakTag(append(state, s.release, f.Name, f.Media[0], rest.Base(c), c.Request().URL.EscapedPath(), query)...)
}

// fresh sets the headers of an answer that a client may keep but must ask about again, and
// reports whether the client holds it already or asked for the headers only; then the
// answer is given and the handler returns.
func (s *Service) fresh(c echo.Context, f rest.Format, state ...string) (done bool, err error) {
	h := c.Response().Header()
	h.Set(echo.HeaderCacheControl, "no-cache")
	if rest.NotModified(c, s.tag(c, f, state...)) {
		return true, c.NoContent(304)
	}
	h.Set(echo.HeaderContentType, f.Media[0])
	return false, nil
}

// timeStamp is when an answer was made.
func (s *Service) timeStamp() string { return spatial.FormatTime(s.now().Truncate(time.Millisecond)) }
