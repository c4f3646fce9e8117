package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/shikong-cim/shikong/api"
	"github.com/shikong-cim/shikong/api/imports"
	"github.com/shikong-cim/shikong/api/tokens"
	"github.com/shikong-cim/shikong/api/web"
	"github.com/shikong-cim/shikong/ifc/georef"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles"
	"github.com/shikong-cim/shikong/tiles/pmtiles"
	"github.com/shikong-cim/shikong/tiles/vector"
)

const serveExample = `  shikong serve --store city.gpkg
  shikong serve --store postgres://city@db/city --listen 127.0.0.1:8080
  shikong serve --config shikong.yaml --token-file tokens`

func newServe(a *app) *cobra.Command {
	s := defaultSettings()
	var config string
	c := &cobra.Command{
		Use:     "serve",
		Short:   "Serve tiles, features and the map over HTTP",
		Long:    "Serve a store over HTTP. SIGTERM and Ctrl-C let requests under way finish. Every flag can\nstand in the configuration file too, with _ for -; a flag wins over the file.",
		Example: serveExample,
		Args:    exactArgs(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := s.load(config, c.Flags()); err != nil {
				return err
			}
			if s.Store != "" && !c.Flags().Changed("store") {
				a.store = s.Store
			}
			return a.serve(c.Context(), s)
		},
	}
	fl := c.Flags()
	fl.StringVar(&config, "config", "", "configuration file (YAML)")
	fl.StringVar(&s.Listen, "listen", s.Listen, "address to listen on")
	fl.StringVar(&s.TokenFile, "token-file", "", "tokens that may write; without it nobody may")
	fl.BoolVar(&s.Writable, "writable", false, "let holders of a token create, replace, update and end single features")
	fl.BoolVar(&s.RequireMatch, "require-if-match", false, "refuse changes of features that do not say by If-Match which state they are made on")
	fl.StringVar(&s.Spool, "spool", "", "folder for uploads under way (default: beside the store, or in the temporary folder)")
	fl.StringSliceVar(&s.CORS, "cors", nil, "origins whose pages may ask, * for any; off without it")
	fl.StringVar(&s.BasePath, "base-path", "", "path under which a proxy shows the server")
	fl.StringVar(&s.PublicURL, "public-url", "", "address that links begin with")
	fl.StringVar(&s.Title, "title", s.Title, "title of the service")
	fl.Int64Var(&s.CacheMB, "cache-mb", s.CacheMB, "megabytes of tiles to keep")
	fl.StringVar(&s.TileBudget, "tile-budget", "", "bytes that a compressed tile may take before small features are merged, or none (default 500000); for single collections see README")
	fl.StringSliceVar(&s.Archives, "archives", nil, "PMTiles files to serve beside the store's collections, each under its name without the ending")
	fl.StringSliceVar(&s.NotResident, "not-resident", nil, "collections that are not held in memory: the store answers for them, slower")
	fl.DurationVar(&s.Poll, "poll", s.Poll, "time between two looks at the store")
	fl.DurationVar(&s.Grace, "grace", s.Grace, "how long requests under way may take to finish at the end")
	fl.StringVar(&s.LogLevel, "log-level", s.LogLevel, "debug, info, warn or error")
	return c
}

// serve runs until ctx ends.
func (a *app) serve(ctx context.Context, s *settings) (err error) {
	if err := s.check(); err != nil {
		return err
	}
	logger, err := s.logger(a.err)
	if err != nil {
		return err
	}
	store, err := a.openStore(ctx, storeOptions{create: s.TokenFile != ""})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	s.warn(ctx, store, logger)
	archives, err := openArchives(ctx, s.Archives, store)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeArchives(archives)) }()
	mirror := memory.NewMirror(store, memory.Options{Interval: s.Poll, Resident: s.resident, OnError: func(err error) {
		logger.Error("the mirror could not follow the store", "error", err)
	}})
	uploads, err := a.uploads(s, store, mirror, logger)
	if err != nil {
		return err
	}
	server, err := s.server(store, mirror, archives, uploads, logger)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.Listen)
	if err != nil {
		return &spatial.Problem{Kind: spatial.ErrUnavailable, Code: "listen", Message: fmt.Sprintf("cannot listen on %s: %v", s.Listen, err),
			Hint: "choose another address with --listen, such as :8081 or 127.0.0.1:8080"}
	}
	logger.Info("serving", "url", "http://"+shownAddress(listener.Addr()), "store", storeName(a.store), "version", version)
	return live(ctx, parts{server: server, mirror: mirror, uploads: uploads, listener: listener, grace: s.Grace, logger: logger})
}

// parts are what lives as long as the server.
type parts struct {
	server   *api.Server
	mirror   *memory.Mirror
	uploads  *imports.Service
	listener net.Listener
	grace    time.Duration
	logger   *slog.Logger
}

// live lets everything run until ctx ends or one part fails, and then ends it in order:
// requests first, then imports, then the mirror.
func live(ctx context.Context, p parts) error {
	// The mirror must outlive the requests that are answered from it.
	following, stopFollowing := context.WithCancel(context.WithoutCancel(ctx))
	defer stopFollowing()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return p.server.Serve(p.listener) })
	g.Go(func() error { return p.mirror.Run(following) })
	g.Go(func() error {
		<-ctx.Done()
		p.logger.Info("stopping")
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.grace)
		defer cancel()
		err := p.server.Shutdown(end)
		if p.uploads != nil {
			err = errors.Join(err, p.uploads.Close(end))
		}
		stopFollowing()
		return err
	})
	return g.Wait()
}

// server wires the HTTP server.
func (s *settings) server(store spatial.Store, mirror *memory.Mirror, archives map[string]*pmtiles.Source, uploads *imports.Service,
	logger *slog.Logger) (*api.Server, error) {
	budget, budgets, err := s.budgets()
	if err != nil {
		return nil, err
	}
	sources := &tileSources{vector: vector.NewSource(mirror, vector.Options{Budget: budget, Budgets: budgets}), archives: archives}
	cache, err := tiles.NewCache(sources.source(), tiles.CacheOptions{MaxBytes: s.CacheMB << 20})
	if err != nil {
		return nil, err
	}
	o := api.Options{
		Reader: mirror, Store: store, Tiles: cache, TileInfo: sources, Archives: sources.names(), Web: web.Files(), Imports: uploads, Logger: logger, Writable: s.Writable, RequireMatch: s.RequireMatch,
		Title: s.Title, Version: version, CORS: s.CORS, BasePath: s.BasePath, PublicURL: s.PublicURL,
		Ready: func(context.Context) error {
			if mirror.Ready() {
				return nil
			}
			return &spatial.Problem{Kind: spatial.ErrUnavailable, Code: "loading", Message: "the mirror is being loaded"}
		},
	}
	if s.TokenFile != "" {
		if o.Tokens, err = tokens.Open(s.TokenFile); err != nil {
			return nil, err
		}
	}
	return api.New(o)
}

// uploads opens the service that takes files in, nil when nobody may write.
func (a *app) uploads(s *settings, store spatial.Store, mirror *memory.Mirror, logger *slog.Logger) (*imports.Service, error) {
	if s.TokenFile == "" {
		return nil, nil //nolint:nilnil // the server takes nil for: nobody uploads
	}
	dir := s.Spool
	if dir == "" {
		dir = a.store + "-uploads"
		if isPostGIS(a.store) {
			dir = filepath.Join(os.TempDir(), "shikong-uploads")
		}
	}
	return imports.Open(imports.Options{
		Dir: dir, Logger: logger,
		Import: func(ctx context.Context, in spatial.Input, opts spatial.ImportOptions, progress func(done, total int64)) (spatial.Report, error) {
			im := importer{store: store, progress: progress}
			report, err := im.run(ctx, in, opts)
			if err != nil {
				return report, wrapf(err, "%s", in.Name)
			}
			// What is called done is shown; if the store cannot be read just now, the mirror
			// goes on trying and says so.
			_ = mirror.Sync(ctx)
			return report, nil
		},
		Check: checkUpload,
	})
}

// shownAddress names a host that a browser on this machine can open.
func shownAddress(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return addr.String()
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

// checkUpload refuses what an import would refuse for its options alone, before any byte of
// the file has come.
func checkUpload(name string, opts spatial.ImportOptions) error {
	if _, err := formatOf(name, opts.Format); err != nil {
		return err
	}
	if _, err := namedTransforms(opts.Transform); err != nil {
		return err
	}
	if err := checkVertical(opts.VerticalCRS); err != nil {
		return err
	}
	if opts.Georef == "" {
		return nil
	}
	if opts.Origin != nil {
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "two-places", Message: "origin and georef both place the model", Hint: "give one of them"}
	}
	_, err := georef.ParseTyped([]byte(opts.Georef))
	return err
}
