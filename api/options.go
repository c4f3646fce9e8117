package api

import (
	"context"
	"io/fs"
	"log/slog"
	"net/netip"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/shikong-cim/shikong/api/imports"
	"github.com/shikong-cim/shikong/api/ogc"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/tiles"
)

// Options are what a Server is made of. Only Reader must be there; what is nil or zero
// otherwise is left out or takes its default.
type Options struct {
	// Reader answers queries: the mirror, or a store itself. It may also have the methods of
	// ogc.Boundaries.
	Reader spatial.Reader
	// Store is written to when a model is ended, and its change log feeds /events. Without
	// it the server only reads.
	Store spatial.Store
	// Tiles answers vector tiles. Without it there are none.
	Tiles *tiles.Cache
	// TileInfo describes them; it may be nil.
	TileInfo TileDescriber
	// Archives are names of sets of tiles that Tiles has besides those of collections.
	Archives []string
	// Web is the built web map: index.html and what it loads. Without it / is a plain page.
	Web fs.FS
	// Imports takes uploads. Without it /imports answers 403.
	Imports *imports.Service
	// Writable lets holders of a token change single features; RequireMatch refuses changes that
	// do not say by If-Match which state they are made on.
	Writable, RequireMatch bool
	// Tokens says who may write. Without it writes are 403.
	Tokens Tokens

	// Ready says why the server is not ready to answer, nil when it is: the mirror is loaded.
	Ready func(context.Context) error
	// Registry collects the metrics shown at /metrics; a new one when nil.
	Registry *prometheus.Registry
	Logger   *slog.Logger // discards when nil
	Now      func() time.Time

	Title       string
	Description string
	Version     string // of the program; stands in entity tags and in the OpenAPI document

	// CORS lists the origins that pages may come from, such as "https://city.example"; "*" is
	// any. Empty is off.
	CORS []string
	// BasePath is the path under which a reverse proxy shows the server, such as "/shikong";
	// requests are understood with it and without.
	BasePath string
	// PublicURL, such as "https://city.example/shikong", is what links begin with. Without
	// it they begin with what the client asked for.
	PublicURL string
	// TrustedProxies are the peers whose X-Forwarded-For, -Proto, -Host and -Prefix and whose
	// X-Request-Id are believed; nobody's by default.
	TrustedProxies []netip.Prefix

	Limits Limits
}

// Tokens says who may write. A Tokens that also has a method Any() bool, and returns false
// from it, counts as none configured.
type Tokens interface {
	// Check returns the name that a token was given, and whether the token is valid.
	Check(ctx context.Context, token string) (name string, ok bool)
}

// Limits bound what clients can take. A zero member takes its default.
type Limits struct {
	ogc.Limits
	HeaderBytes     int           // of a request's header, 64 KiB
	HeaderTimeout   time.Duration // to send it, 10 s
	BodyBytes       int64         // of a body that is no upload, 1 MiB
	RequestTimeout  time.Duration // of a request that is no upload and no event stream, 30 s
	IdleTimeout     time.Duration // of a connection between requests, 2 min
	EventClients    int           // event streams at once, 1,000
	Heartbeat       time.Duration // between signs of life in an event stream, 15 s
	Poll            time.Duration // between looks at the revision while somebody listens, 250 ms
	TokenFailures   int           // wrong tokens of one client in a minute, 20
	TileCollections int           // collections in one tile, 10
}

func (l Limits) filled() Limits {
	fill(&l.HeaderBytes, 64<<10)
	fill(&l.HeaderTimeout, 10*time.Second)
	fill(&l.BodyBytes, 1<<20)
	fill(&l.RequestTimeout, 30*time.Second)
	fill(&l.IdleTimeout, 2*time.Minute)
	fill(&l.EventClients, 1000)
	fill(&l.Heartbeat, 15*time.Second)
	fill(&l.Poll, 250*time.Millisecond)
	fill(&l.TokenFailures, 20)
	fill(&l.TileCollections, 10)
	return l
}

func fill[T comparable](v *T, by T) {
	var zero T
	if *v == zero {
		*v = by
	}
}

func (o Options) filled() Options {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Registry == nil {
		o.Registry = prometheus.NewRegistry()
	}
	if o.Ready == nil {
		o.Ready = func(ctx context.Context) error {
			_, err := o.Reader.Meta(ctx)
			return err
		}
	}
	o.BasePath = cleanBase(o.BasePath)
	o.PublicURL = strings.TrimRight(o.PublicURL, "/")
	o.Limits = o.Limits.filled()
	return o
}

// cleanBase returns the path with a slash before it and none behind, "" for the root.
func cleanBase(p string) string {
	p = strings.Trim(p, "/")
	if p == "" {
		return ""
	}
	return "/" + p
}
