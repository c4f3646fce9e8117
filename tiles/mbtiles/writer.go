package mbtiles

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/shikong-cim/shikong/tiles"
)

// batch is how many tiles are written in one transaction.
const batch = 1000

const schema = `
PRAGMA application_id = 0x4d504258;
CREATE TABLE metadata (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE images (tile_id INTEGER PRIMARY KEY, sum BLOB NOT NULL UNIQUE, tile_data BLOB NOT NULL);
CREATE TABLE map (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_id INTEGER NOT NULL,
	PRIMARY KEY (zoom_level, tile_column, tile_row)) WITHOUT ROWID;
CREATE VIEW tiles AS SELECT zoom_level, tile_column, tile_row, tile_data FROM map JOIN images USING (tile_id);
CREATE TABLE unfinished (content TEXT NOT NULL, z INTEGER, x INTEGER, y INTEGER);
`

// Writer makes an archive of vector tiles that are compressed with gzip.
type Writer struct {
	path    string
	conn    *sqlite.Conn
	pending int // tiles of the transaction under way
	last    tiles.Coord
	kept    tiles.Coord
	resumed bool
}

// Create begins an archive, or goes on with what an earlier run has left of the same
// content: the same text must name it.
func Create(path, content string) (*Writer, error) {
	w := &Writer{path: path}
	if err := w.open(content); err != nil {
		return nil, errors.Join(fmt.Errorf("make the archive %s: %w", path, err), w.Close())
	}
	return w, nil
}

func (w *Writer) open(content string) error {
	err := w.take(content)
	if err == nil {
		return nil
	}
	// Of another content, or no database: begin anew.
	if w.conn != nil {
		_ = w.conn.Close() // what is in it is not wanted
		w.conn = nil
	}
	if e := os.Remove(w.path + ".part"); e != nil {
		return errors.Join(err, e)
	}
	return w.take(content)
}

func (w *Writer) take(content string) (err error) {
	if w.conn, err = sqlite.OpenConn(w.path+".part", sqlite.OpenReadWrite, sqlite.OpenCreate); err != nil {
		return err
	}
	// The file is of use only when it is finished, and is synced then.
	for _, sql := range []string{"PRAGMA journal_mode = DELETE", "PRAGMA synchronous = OFF"} {
		if err := sqlitex.Execute(w.conn, sql, nil); err != nil {
			return err
		}
	}
	return w.resume(content)
}

// resume takes up an unfinished archive, or fills an empty file with tables.
func (w *Writer) resume(content string) error {
	n, err := sqlitex.ResultInt(w.conn.Prep("SELECT count(*) FROM sqlite_schema"))
	if err != nil {
		return err
	}
	if n == 0 {
		if err := sqlitex.ExecuteScript(w.conn, schema, nil); err != nil {
			return err
		}
		return sqlitex.Execute(w.conn, "INSERT INTO unfinished (content) VALUES (?)", &sqlitex.ExecOptions{Args: []any{content}})
	}
	found := false
	err = sqlitex.Execute(w.conn, "SELECT z, x, y FROM unfinished WHERE content = ?", &sqlitex.ExecOptions{Args: []any{content},
		ResultFunc: func(s *sqlite.Stmt) error {
			found, w.resumed = true, s.ColumnType(0) != sqlite.TypeNull
			w.kept = tiles.Coord{Z: uint8(s.ColumnInt(0)), X: uint32(s.ColumnInt64(1)), Y: uint32(s.ColumnInt64(2))}
			return nil
		}})
	if err == nil && !found {
		return errors.New("the unfinished archive is of another content")
	}
	return err
}

// Kept returns the last tile that an earlier run has left; ok is false when there is none.
func (w *Writer) Kept() (c tiles.Coord, ok bool) { return w.kept, w.resumed }

// Put adds a tile, compressed with gzip. Tiles without bytes are left out.
func (w *Writer) Put(c tiles.Coord, body []byte) error {
	if len(body) == 0 {
		return nil
	}
	if w.pending == 0 {
		if err := w.run("BEGIN"); err != nil {
			return err
		}
	}
	sum := sha256.Sum256(body)
	if err := w.run("INSERT INTO images (sum, tile_data) VALUES (?, ?) ON CONFLICT (sum) DO NOTHING", sum[:16], body); err != nil {
		return err
	}
	// MBTiles counts rows from the south.
	row := int64(1)<<c.Z - 1 - int64(c.Y)
	err := w.run("INSERT INTO map SELECT ?, ?, ?, tile_id FROM images WHERE sum = ?", int64(c.Z), int64(c.X), row, sum[:16])
	if err != nil {
		return fmt.Errorf("tile %s: %w", c, err)
	}
	w.last = c
	if w.pending++; w.pending >= batch {
		return w.commit()
	}
	return nil
}

func (w *Writer) run(sql string, args ...any) error {
	if err := sqlitex.Execute(w.conn, sql, &sqlitex.ExecOptions{Args: args}); err != nil {
		return fmt.Errorf("write the archive: %w", err)
	}
	return nil
}

func (w *Writer) commit() error {
	if w.pending == 0 {
		return nil
	}
	w.pending = 0
	if err := w.run("UPDATE unfinished SET z = ?, x = ?, y = ?", int64(w.last.Z), int64(w.last.X), int64(w.last.Y)); err != nil {
		return err
	}
	return w.run("COMMIT")
}

// Finish writes what describes the tiles and gives the archive its name.
func (w *Writer) Finish(doc tiles.TileJSON) error {
	if err := w.commit(); err != nil {
		return err
	}
	layers, err := json.Marshal(map[string]any{"vector_layers": doc.VectorLayers})
	if err != nil {
		return fmt.Errorf("describe the archive: %w", err)
	}
	list := []string{"name", doc.Name, "format", "pbf", "type", "overlay", "scheme", "tms", "version", doc.Version, "description", doc.Description,
		"attribution", doc.Attribution, "minzoom", strconv.Itoa(int(doc.MinZoom)), "maxzoom", strconv.Itoa(int(doc.MaxZoom)),
		"bounds", numbers(doc.Bounds[:]), "json", string(layers)}
	if c := doc.Center; c != nil {
		list = append(list, "center", numbers(c[:]))
	}
	for i := 0; i < len(list); i += 2 {
		if list[i+1] == "" {
			continue
		}
		if err := w.run("INSERT OR REPLACE INTO metadata VALUES (?, ?)", list[i], list[i+1]); err != nil {
			return err
		}
	}
	if err := w.run("DROP TABLE unfinished"); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	if err := sync(w.path + ".part"); err != nil {
		return fmt.Errorf("write the archive: %w", err)
	}
	if err := os.Rename(w.path+".part", w.path); err != nil {
		return fmt.Errorf("name the archive: %w", err)
	}
	return nil
}

func sync(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func numbers(list []float64) string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strings.Join(out, ",")
}

// Close ends the writing. What was not finished stays for a later Create.
func (w *Writer) Close() error {
	if w.conn == nil {
		return nil
	}
	err := errors.Join(w.commit(), w.conn.Close())
	w.conn = nil
	return err
}
