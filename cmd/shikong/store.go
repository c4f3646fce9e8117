package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/gpkg"
	"github.com/shikong-cim/shikong/spatial/postgis"
)

// storeOptions say how a command wants the store.
type storeOptions struct {
	create   bool // make it when it is not there
	readOnly bool
	migrate  bool   // bring an older one up to date
	datum    string // of a store that is made; "" for wgs84
}

// lockWait is how long a writer waits for another before it gives up.
const lockWait = 30 * time.Second

// openStore opens what --store names: a PostGIS address or a GeoPackage file.
func (a *app) openStore(ctx context.Context, o storeOptions) (spatial.Store, error) {
	if o.datum != "" && o.datum != "wgs84" && o.datum != "cgcs2000" {
		return nil, usagef("--datum %s is neither wgs84 nor cgcs2000", o.datum)
	}
	store, err := a.open(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", storeName(a.store), err)
	}
	if err := checkDatum(ctx, store, o.datum); err != nil {
		_ = store.Close()
		return nil, err
	}
	return store, nil
}

func (a *app) open(ctx context.Context, o storeOptions) (spatial.Store, error) {
	if scheme, _, ok := strings.Cut(a.store, "://"); ok && !isPostGIS(a.store) {
		return nil, usagef("a store is a GeoPackage file or a database at postgres://…, none at %s://", scheme)
	}
	if isPostGIS(a.store) {
		return postgis.Open(ctx, a.store, postgis.Options{Datum: o.datum, Create: o.create, Migrate: o.migrate})
	}
	return gpkg.Open(ctx, a.store, gpkg.Options{Create: o.create, ReadOnly: o.readOnly, Migrate: o.migrate, Datum: o.datum, LockWait: lockWait})
}

// checkDatum refuses to go on with a store of another datum than the one asked for.
func checkDatum(ctx context.Context, store spatial.Store, want string) error {
	if want == "" {
		return nil
	}
	meta, err := store.Meta(ctx)
	if err != nil || meta.Datum == want {
		return err
	}
	return &spatial.Problem{Kind: spatial.ErrConflict, Code: "datum-mismatch",
		Message: fmt.Sprintf("the store is in %s; its datum was chosen when it was made and cannot be changed to %s", meta.Datum, want),
		Hint:    "leave out --datum, or name another store"}
}

func isPostGIS(store string) bool {
	return strings.HasPrefix(store, "postgres://") || strings.HasPrefix(store, "postgresql://")
}

// storeName is what may be printed of a store: never a password.
func storeName(store string) string {
	if !isPostGIS(store) {
		return store
	}
	scheme, rest, _ := strings.Cut(store, "://")
	if user, host, ok := strings.Cut(rest, "@"); ok {
		name, _, _ := strings.Cut(user, ":")
		return scheme + "://" + name + "@" + host
	}
	return store
}

// withStore runs f on the opened store and closes it.
func (a *app) withStore(ctx context.Context, o storeOptions, f func(spatial.Store) error) (err error) {
	store, err := a.openStore(ctx, o)
	if err != nil {
		return err
	}
	defer func() {
		if e := store.Close(); err == nil {
			err = e
		}
	}()
	return f(store)
}
