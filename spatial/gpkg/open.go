package gpkg

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/shikong-cim/shikong/spatial"
)

// Options say how a store is opened. The zero value opens a store that is there for
// reading and writing.
type Options struct {
	// ReadOnly opens for reading; Apply and Purge are refused.
	ReadOnly bool
	// Create makes a new store when there is no file; it stays when something is written into it.
	Create bool
	// Datum of a new store: "wgs84" (also for "") or "cgcs2000". For a store that is there
	// it must be "" or the store's own.
	Datum string
	// Migrate brings the tables of a store that an older program made up to date; without it
	// such a store is refused.
	Migrate bool
	// LockWait is how long a writer waits for another one; 0 is 30 s, less than 0 not at all.
	LockWait time.Duration
}

// Store is a store in one GeoPackage file. Use Open.
type Store struct {
	path     string // absolute
	uri      string
	file     os.FileInfo // as it was when it was opened
	made     bool        // by Open: Close takes it away again if nothing was written
	readOnly bool
	lockWait time.Duration
	datum    datum
	readers  pool
	// writing holds a token while a goroutine of this process writes.
	writing chan struct{}
	writer  *sqlite.Conn // nil until the first write; owned by who holds the token

	closing sync.Once
	done    chan struct{} // closed when closing begins
	closed  error
}

var _ spatial.Store = (*Store)(nil)

// Open opens or creates the store at path. Errors carry these codes: store-missing,
// store-not-ours (a folder or a file of another kind, which is left as it is), store-newer
// (written by a newer program), store-older (see Options.Migrate), store-denied, store-locked, store-corrupt, datum-mismatch.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, problemAt(path, "open", err)
	}
	if o.LockWait == 0 {
		o.LockWait = 30 * time.Second
	}
	d, err := datumOf(o.Datum)
	if err != nil {
		return nil, err
	}
	for tries := 0; ; tries++ {
		s := &Store{path: abs, readOnly: o.ReadOnly, lockWait: max(o.LockWait, 0), writing: make(chan struct{}, 1), done: make(chan struct{})}
		err := s.open(ctx, path, o, d)
		const most = 20 // hardly so often in a row: then it is another matter
		again := tries < most && s.taken(err)
		switch {
		case err == nil && !again:
			return s, nil
		case err == nil:
			_ = s.Close() // nothing was done with it
		case !again:
			return nil, err
		}
	}
}

// open opens or creates the store, which the user called name.
func (s *Store) open(ctx context.Context, name string, o Options, d datum) error {
	s.file, _ = os.Stat(s.path) // nil when it is not there
	err := checkFile(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		if !o.Create || o.ReadOnly {
			return &spatial.Problem{Kind: spatial.ErrNotFound, Code: "store-missing", Message: fmt.Sprintf("there is no store %s", name),
				Hint: "check the path, or make one with: shikong import --store " + name + " FILE"}
		}
		if s.made, err = create(s.path, d); err != nil {
			return problemAt(name, "create", err)
		}
		s.file, _ = os.Stat(s.path)
	}
	if err != nil {
		return err
	}
	s.uri = uriOf(s.path, o.ReadOnly)
	s.readers = pool{open: s.openReader}
	if err := s.identify(ctx, o); err != nil {
		return errors.Join(err, s.Close())
	}
	return nil
}

// uriOf returns the file as a URI, since paths may hold characters that mean something to
// SQLite. A reader in a folder where it may not write cannot join the log; it takes the file
// as it is, which is right when no log lies beside it.
func uriOf(abs string, readOnly bool) string {
	slash := filepath.ToSlash(abs)
	if !strings.HasPrefix(slash, "/") {
		slash = "/" + slash // a drive letter
	}
	u := url.URL{Scheme: "file", Path: slash}
	if readOnly && !exists(abs+"-wal") && !writable(filepath.Dir(abs)) {
		u.RawQuery = "immutable=1"
	}
	return u.String()
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func writable(dir string) bool {
	f, err := os.CreateTemp(dir, ".shikong-*")
	if err != nil {
		return false
	}
	return errors.Join(f.Close(), os.Remove(f.Name())) == nil
}

// checkFile looks at the first bytes, so that nothing that is no store is ever opened by
// SQLite, which would begin by repairing it.
func checkFile(path string) error {
	notOurs := func(what string) error {
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "store-not-ours", Message: fmt.Sprintf("%s is %s, no store of shikong", path, what),
			Hint: "name another path for the store; to read the file's content, import it"}
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return err
	case err != nil:
		return problemAt(path, "open", err)
	case info.IsDir():
		return notOurs("a folder")
	case !info.Mode().IsRegular():
		return notOurs("no regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return problemAt(path, "open", err)
	}
	defer f.Close()
	head := make([]byte, 100)
	if _, err := io.ReadFull(f, head); err != nil {
		if info.Size() < 100 {
			return notOurs("too short a file")
		}
		return problemAt(path, "read", err)
	}
	// The SQLite file header: the magic, and the application's number at byte 68.
	if string(head[:16]) != "SQLite format 3\x00" {
		return notOurs("not even a GeoPackage")
	}
	if binary.BigEndian.Uint32(head[68:]) != applicationID {
		return notOurs("a database, but no GeoPackage")
	}
	return checkTables(path, notOurs)
}

// openUntouched opens somebody's file, an absolute path, for reading. Without a log beside it
// not even the files with which readers and writers meet are left there.
func openUntouched(path string) (*sqlite.Conn, error) {
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(path)}
	if !exists(path + "-wal") {
		u.RawQuery = "immutable=1"
	}
	return sqlite.OpenConn(u.String(), sqlite.OpenReadOnly, sqlite.OpenURI)
}

// checkTables looks for the store's own table.
func checkTables(path string, notOurs func(string) error) error {
	c, err := openUntouched(path)
	if err != nil {
		return problemAt(path, "open", err)
	}
	defer func() { _ = c.Close() }() // nothing was written
	found := false
	err = sqlitex.ExecuteTransient(c, "SELECT 1 FROM sqlite_schema WHERE name = 'shikong_store'", &sqlitex.ExecOptions{
		ResultFunc: func(*sqlite.Stmt) error { found = true; return nil }})
	if err != nil {
		return problemAt(path, "open", err)
	}
	if !found {
		return notOurs("a GeoPackage of another program")
	}
	return nil
}

func migrate(c *sqlite.Conn, from int) error {
	for v := from; v < schemaVersion; v++ {
		if err := migrations[v](c); err != nil {
			return fmt.Errorf("bring the tables to version %d: %w", v+1, err)
		}
	}
	return nil
}

// identify reads what the store is, and brings an older one up to date when asked to.
func (s *Store) identify(ctx context.Context, o Options) error {
	version, name := 0, ""
	err := s.read(ctx, "open", func(c *sqlite.Conn) error {
		return query(c, "SELECT schema_version, datum FROM shikong_store", nil, func(r *sqlite.Stmt) error {
			version, name = r.ColumnInt(0), r.ColumnText(1)
			return nil
		})
	})
	if err != nil {
		return err
	}
	if version > schemaVersion {
		return &spatial.Problem{Kind: spatial.ErrUnsupported, Code: "store-newer",
			Message: fmt.Sprintf("the store %s has tables of version %d, and this program knows up to %d", s.path, version, schemaVersion),
			Hint:    "use a newer shikong"}
	}
	if s.datum, err = datumOf(name); err != nil || version < 1 {
		return corrupt("it says to have tables of version %d and the datum %q", version, name)
	}
	if o.Datum != "" && o.Datum != name {
		return &spatial.Problem{Kind: spatial.ErrConflict, Code: "datum-mismatch",
			Message: fmt.Sprintf("the store %s has the datum %s, not %s", s.path, name, o.Datum), Hint: "the datum of a store is chosen once, when it is made"}
	}
	if version == schemaVersion {
		return nil
	}
	if !o.Migrate {
		return &spatial.Problem{Kind: spatial.ErrConflict, Code: "store-older",
			Message: fmt.Sprintf("the store %s has tables of version %d, and this program works with version %d", s.path, version, schemaVersion),
			Hint:    "copy the file, then run: shikong migrate --store " + s.path}
	}
	return s.write(ctx, "migrate", func(c *sqlite.Conn) error {
		if err := migrate(c, version); err != nil {
			return err
		}
		return execute(c, "UPDATE shikong_store SET schema_version = ?", schemaVersion)
	})
}

// Close waits for a write that is under way, checkpoints and releases the file. A store that
// Open made, and into which nobody wrote anything, is gone then. Calling it again does nothing.
func (s *Store) Close() error {
	s.closing.Do(func() {
		close(s.done)
		s.writing <- struct{}{} // and never given back: nobody writes any more
		err := s.readers.close()
		if s.writer != nil {
			// Best effort: readers of other processes may keep the log from being emptied, and
			// it is as good as the file.
			_ = execute(s.writer, "PRAGMA wal_checkpoint(TRUNCATE)")
			err = errors.Join(err, s.writer.Close())
			s.writer = nil
		}
		if s.made {
			withdraw(s.uri, s.path)
		}
		if err != nil {
			s.closed = problemAt(s.path, "close", err)
		}
	})
	return s.closed
}

// The page caches of a connection that reads, of the one that writes, and of that while it
// builds indexes over a table, in MB.
const (
	readerCacheMB  = 8
	writerCacheMB  = 32
	indexerCacheMB = 4
)

// setCache lets a connection's page cache take so many MB.
func setCache(c *sqlite.Conn, mb int) error {
	return execute(c, fmt.Sprintf("PRAGMA cache_size = %d", -1000*mb))
}

// lean lets a writer build indexes with a small page cache: they are built from end to end,
// which a large one does not help, and SQLite sorts as much in memory as the cache may take,
// atop of what the rows left in it.
func lean(c *sqlite.Conn, build func() error) error {
	err := setCache(c, indexerCacheMB)
	if err == nil {
		err = build()
	}
	return errors.Join(err, setCache(c, writerCacheMB))
}

// openReader opens a connection that only promises not to write: the last connection that
// closes then clears the log away, and a store that is closed is one file. Where the system
// does not let it write, SQLite opens the file for reading.
func (s *Store) openReader() (*sqlite.Conn, error) {
	c, err := s.connect(sqlite.OpenReadWrite, readerCacheMB)
	if err != nil {
		return nil, err
	}
	if err := execute(c, "PRAGMA query_only = ON"); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// connect opens a connection with a page cache of so many MB.
func (s *Store) connect(flags sqlite.OpenFlags, cacheMB int) (*sqlite.Conn, error) {
	c, err := sqlite.OpenConn(s.uri, flags, sqlite.OpenURI)
	if err != nil {
		return nil, err
	}
	c.SetBusyTimeout(max(s.lockWait, time.Second))
	if err := setCache(c, cacheMB); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	for _, pragma := range []string{
		"PRAGMA synchronous = FULL", // one flush to disk per import: reported is stored
		"PRAGMA journal_size_limit = 67108864",
		"PRAGMA foreign_keys = OFF",
	} {
		if err := execute(c, pragma); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	return c, nil
}

// hostName is for people, who want to know where the process is that holds a lock.
func hostName() string {
	name, err := os.Hostname()
	if err != nil {
		return runtime.GOOS
	}
	return name
}

func programName() string {
	return filepath.Base(os.Args[0])
}
