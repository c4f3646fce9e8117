package postgis

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/wkb"
)

// PostgreSQL's binary COPY (documentation, COPY, Binary Format): a signature with flags and
// the length of an extension, then each row as the number of its fields and each field as
// its length, -1 for null, and its bytes; -1 fields end it. All numbers are big endian.
var (
	copySignature = []byte("PGCOPY\n\xff\r\n\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x00")
	copyEnd       = []byte{0xff, 0xff}
)

// copyRows writes rows in that form.
type copyRows struct {
	b []byte
	g []byte // one geometry
}

func (c *copyRows) row(fields int)  { c.b = binary.BigEndian.AppendUint16(c.b, uint16(fields)) }
func (c *copyRows) length(n int)    { c.b = binary.BigEndian.AppendUint32(c.b, uint32(n)) }
func (c *copyRows) null()           { c.b = append(c.b, 0xff, 0xff, 0xff, 0xff) }
func (c *copyRows) text(s string)   { c.length(len(s)); c.b = append(c.b, s...) }
func (c *copyRows) bytes(b []byte)  { c.length(len(b)); c.b = append(c.b, b...) }
func (c *copyRows) int64(v int64)   { c.length(8); c.b = binary.BigEndian.AppendUint64(c.b, uint64(v)) }
func (c *copyRows) int16(v int16)   { c.length(2); c.b = binary.BigEndian.AppendUint16(c.b, uint16(v)) }
func (c *copyRows) float(v float64) { c.int64(int64(math.Float64bits(v))) }
func (c *copyRows) bool(v bool) {
	c.length(1)
	if v {
		c.b = append(c.b, 1)
	} else {
		c.b = append(c.b, 0)
	}
}
func (c *copyRows) time(t time.Time) {
	if t.IsZero() {
		c.null()
		return
	}
	c.int64(t.UnixMicro() - epoch2000)
}

// feature writes a row of the table stage.
func (c *copyRows) feature(seq, cell int64, f *spatial.Feature, hash spatial.Hash) error {
	c.row(len(stageColumns))
	c.int64(seq)
	c.text(f.ID)
	c.int64(cell)
	c.text(f.Kind)
	c.text(f.Name)
	c.text(f.Storey)
	c.int16(int16(f.Underground))
	if f.Geometry == nil {
		c.null()
	} else {
		var err error
		if c.g, err = wkb.Append(c.g[:0], f.Geometry); err != nil {
			return fmt.Errorf("feature %q: %w", f.ID, err)
		}
		c.bytes(c.g)
	}
	if f.Z.Known {
		c.float(f.Z.Min)
		c.float(f.Z.Max)
	} else {
		c.null()
		c.null()
	}
	at := len(c.b)
	c.length(0) // to be known when the text is there
	c.b = f.Properties.AppendJSON(c.b)
	binary.BigEndian.PutUint32(c.b[at:], uint32(len(c.b)-at-4))
	c.bool(f.Body != nil)
	c.time(f.Valid.Start)
	c.time(f.Valid.End)
	c.bytes(hash[:])
	return nil
}

// delivery hands the features of an import to COPY as it asks for bytes, so that the file is
// read while the database writes. COPY asks from a goroutine of the driver's, which on a
// broken connection may outlive the call; a panic of the source is kept for the caller, who
// would not see it there.
type delivery struct {
	take func(*copyRows, *spatial.Feature) (full bool, err error)
	next func() (spatial.Feature, error, bool)
	stop func()

	mu       sync.Mutex // of all that follows
	rows     copyRows
	at       int  // bytes of rows handed over
	full     bool // this COPY is to end
	all      bool // there are no more features
	done     bool // the end of this COPY was written
	err      error
	panicked any
}

// copyChunk is how many bytes are made before any are handed over.
const copyChunk = 1 << 16

var errPanic = errors.New("the source of the features panicked")

// send copies features until there are no more or take says that it is full.
func (d *delivery) send(ctx context.Context, tx pgx.Tx) (all bool, err error) {
	d.rows.b, d.at, d.full, d.done = append(d.rows.b[:0], copySignature...), 0, false, false
	_, err = tx.Conn().PgConn().CopyFrom(ctx, d, "copy stage ("+strings.Join(stageColumns, ", ")+") from stdin (format binary)")
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.panicked != nil {
		panic(d.panicked) //nolint:forbidigo // it is the source's own panic, which the driver's goroutine must not end the process with
	}
	if d.err != nil {
		return false, d.err
	}
	return d.all, err
}

// close lets go of the features, and of nobody else who might still ask for them.
func (d *delivery) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.all, d.done, d.at = true, true, len(d.rows.b)
	d.stop()
}

// Read implements io.Reader.
func (d *delivery) Read(p []byte) (n int, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	defer func() {
		if r := recover(); r != nil {
			d.panicked, n, err = r, 0, errPanic
		}
	}()
	if d.at == len(d.rows.b) {
		if d.done {
			return 0, io.EOF
		}
		d.rows.b, d.at = d.rows.b[:0], 0
		if d.err = d.fill(); d.err != nil {
			return 0, d.err
		}
	}
	n = copy(p, d.rows.b[d.at:])
	d.at += n
	return n, nil
}

func (d *delivery) fill() error {
	for len(d.rows.b) < copyChunk && !d.full {
		f, err, ok := d.next()
		if !ok {
			d.all = true
			break
		}
		if err != nil {
			return err
		}
		if d.full, err = d.take(&d.rows, &f); err != nil {
			return err
		}
	}
	if d.all || d.full {
		d.rows.b = append(d.rows.b, copyEnd...)
		d.done = true
	}
	return nil
}
