package postgis

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shikong-cim/shikong/spatial"
)

//go:embed schema.sql
var schemaSQL string

// SchemaVersion is the version of the tables that this program writes and reads.
const SchemaVersion = 3

// migrations bring the tables from the version of their place in the list, counted from 1,
// to the next one. They are never changed once released; schema.sql stays version 1.
var migrations = []string{
	// States before this revision were pruned.
	`alter table shikong.head add column pruned bigint not null default 0`,
	`create table shikong.style (name text primary key, body text not null, changed timestamptz not null)`,
}

// Options say how to open a store. The zero value opens one that is there, with wgs84.
type Options struct {
	// Create makes the tables in a database that has none.
	Create bool
	// Datum of a store that is made: "wgs84" (also for "") or "cgcs2000".
	Datum string
	// Migrate brings the tables of a store that an older program made up to date; without it
	// such a store is refused.
	Migrate bool
	// Partitions spreads the large tables of a store that is made over so many partitions by
	// cell; 0 for plain tables.
	Partitions int
}

// Store is a spatial.Store in a PostGIS database. Many processes may share the database.
type Store struct {
	pool  *pgxpool.Pool
	datum string
	srid  int
}

// Open connects to the database at a postgres:// address. Errors are ErrUnavailable
// (store-unavailable) when it cannot be reached, ErrNotFound (store-missing) when there is
// no store in it and Create is not set, ErrConflict when a newer program made it
// (store-newer) or an older one (store-older, see Options.Migrate), and ErrUnsupported (postgis-missing) without PostGIS.
func Open(ctx context.Context, dsn string, o Options) (*Store, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-store", Message: "the address of the database is not understood",
			Hint: "write postgres://user@host:5432/database"}
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, problem(err)
	}
	s := &Store{pool: pool}
	if err := s.prepare(ctx, o); err != nil {
		pool.Close()
		return nil, problem(err)
	}
	return s, nil
}

// Close closes the connections. It may be called twice.
func (s *Store) Close() error {
	s.pool.Close()
	return nil
}

func (s *Store) prepare(ctx context.Context, o Options) error {
	version, err := s.schemaVersion(ctx)
	if err != nil {
		return err
	}
	if version == 0 {
		if !o.Create {
			return &spatial.Problem{Kind: spatial.ErrNotFound, Code: "store-missing", Message: "there is no shikong store in the database",
				Hint: "shikong import makes one"}
		}
		if err := s.create(ctx, o); err != nil {
			return err
		}
	}
	if version > 0 && version < SchemaVersion {
		if !o.Migrate {
			return &spatial.Problem{Kind: spatial.ErrConflict, Code: "store-older",
				Message: fmt.Sprintf("the store has tables of version %d, and this program works with version %d", version, SchemaVersion),
				Hint:    "stop the servers, make a backup with pg_dump, then run: shikong migrate"}
		}
		if err := s.migrate(ctx); err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
	}
	if version > SchemaVersion {
		return &spatial.Problem{Kind: spatial.ErrConflict, Code: "store-newer",
			Message: fmt.Sprintf("the store has tables of version %d, this program knows %d", version, SchemaVersion), Hint: "use a newer shikong"}
	}
	if err := s.pool.QueryRow(ctx, `select value from shikong.meta where key = 'datum'`).Scan(&s.datum); err != nil {
		return fmt.Errorf("read the datum: %w", err)
	}
	s.srid = map[string]int{"cgcs2000": 4490}[s.datum]
	if s.srid == 0 {
		s.srid = 4326
	}
	return nil
}

// schemaVersion returns 0 when there is no store.
func (s *Store) schemaVersion(ctx context.Context) (int, error) {
	var there bool
	if err := s.pool.QueryRow(ctx, `select to_regclass('shikong.meta') is not null`).Scan(&there); err != nil || !there {
		return 0, err
	}
	var value string
	err := s.pool.QueryRow(ctx, `select value from shikong.meta where key = 'schema_version'`).Scan(&value)
	if err != nil {
		return 0, fmt.Errorf("read the version of the tables: %w", err)
	}
	return strconv.Atoi(value)
}

// createLock keeps two programs from making the same store at once; any number will do.
const createLock = 7_365_696_107

func (s *Store) create(ctx context.Context, o Options) error {
	datum := o.Datum
	if datum == "" {
		datum = "wgs84"
	}
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock($1)`, int64(createLock)); err != nil {
			return err
		}
		var there bool
		if err := tx.QueryRow(ctx, `select to_regclass('shikong.meta') is not null`).Scan(&there); err != nil || there {
			return err
		}
		if _, err := tx.Exec(ctx, `create extension if not exists postgis`); err != nil {
			return &spatial.Problem{Kind: spatial.ErrUnsupported, Code: "postgis-missing", Message: "the database has no PostGIS: " + err.Error(),
				Hint: "install PostGIS and run CREATE EXTENSION postgis as a superuser"}
		}
		for _, statement := range strings.Split(partitioned(schemaSQL, o.Partitions), ";\n") {
			if strings.TrimSpace(statement) == "" {
				continue
			}
			if _, err := tx.Exec(ctx, statement); err != nil {
				return fmt.Errorf("create tables: %w", err)
			}
		}
		if _, err := tx.Exec(ctx, `insert into shikong.meta values ('datum', $1)`, datum); err != nil {
			return err
		}
		return bringUp(ctx, tx, 1)
	})
}

// migrate brings the tables up to date while nobody else does.
func (s *Store) migrate(ctx context.Context) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		// Waits for writers, and makes those that come wait.
		if _, err := tx.Exec(ctx, `lock table shikong.head in access exclusive mode`); err != nil {
			return err
		}
		var version int
		if err := tx.QueryRow(ctx, `select value::integer from shikong.meta where key = 'schema_version'`).Scan(&version); err != nil {
			return err
		}
		return bringUp(ctx, tx, version)
	})
}

// bringUp runs the migrations from a version on.
func bringUp(ctx context.Context, tx pgx.Tx, from int) error {
	for v := from; v < SchemaVersion; v++ {
		if _, err := tx.Exec(ctx, migrations[v-1]); err != nil {
			return fmt.Errorf("bring the tables to version %d: %w", v+1, err)
		}
	}
	_, err := tx.Exec(ctx, `update shikong.meta set value = $1 where key = 'schema_version'`, strconv.Itoa(SchemaVersion))
	return err
}

// partitioned puts the clauses and tables for n partitions into the schema.
func partitioned(sql string, n int) string {
	if n == 0 {
		return strings.ReplaceAll(sql, " /* partition */", "")
	}
	var b strings.Builder
	for _, statement := range strings.SplitAfter(sql, ";\n") {
		before, found := strings.CutSuffix(statement, " /* partition */;\n")
		if !found {
			b.WriteString(statement)
			continue
		}
		b.WriteString(before + " partition by hash (cell);\n")
		table := strings.Fields(before[strings.Index(before, "create table "):])[2]
		for i := range n {
			fmt.Fprintf(&b, "create table %s_%d partition of %s for values with (modulus %d, remainder %d);\n", table, i, table, n, i)
		}
	}
	return b.String()
}

// Meta describes the store.
func (s *Store) Meta(ctx context.Context) (spatial.Meta, error) {
	m := spatial.Meta{Datum: s.datum, SchemaVersion: SchemaVersion}
	var recorded *time.Time
	err := s.pool.QueryRow(ctx, `select revision, recorded from shikong.head`).Scan(&m.Revision, &recorded)
	if err != nil {
		return m, problem(fmt.Errorf("read the revision: %w", err))
	}
	m.Recorded = timeTo(recorded)
	return m, nil
}

// noRows reports whether a query found nothing.
func noRows(err error) bool { return errors.Is(err, pgx.ErrNoRows) }
