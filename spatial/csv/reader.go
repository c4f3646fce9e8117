package csv

import (
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/wkt"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/intake"
	"github.com/shikong-cim/shikong/spatial/wkb"
)

// Reader reads one table. It is made by NewReader and used once, by one goroutine.
type Reader struct {
	open    func() (io.ReadCloser, error)
	dialect dialect
	columns *columns
	in      *intake.Intake
	hasIDs  bool
	notes   []spatial.Warning
	begun   bool   // the reference system is settled
	srid    string // of the first geometry as well-known text, "" when it has none
}

// NewReader returns a reader of the table that open opens, each time from its start. It reads
// the table twice; the features are read by Features. Errors are about the table as a whole:
// no header, no columns of coordinates (no-position-columns), an unknown reference system.
func NewReader(open func() (io.ReadCloser, error), opts intake.Options, report func(spatial.Issue)) (*Reader, error) {
	r := &Reader{open: open, hasIDs: opts.ID != ""}
	var err error
	if r.in, err = intake.New(opts, report); err != nil {
		return nil, err
	}
	if err := r.with(func(in io.Reader) (err error) { r.dialect, err = sniff(in); return err }); err != nil {
		return nil, err
	}
	if err := r.with(r.learn); err != nil {
		return nil, err
	}
	if r.columns.wkt < 0 && !r.columns.degrees && !r.in.Fixed() {
		return nil, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "crs-missing",
			Message: fmt.Sprintf("the columns %q and %q do not say in which reference system they are", r.columns.names[r.columns.x], r.columns.names[r.columns.y]),
			Hint:    "name it with --crs EPSG:…; a table in longitude and latitude has columns lon and lat"}
	}
	if r.dialect.encoding != nil {
		r.notes = append(r.notes, spatial.Warning{Code: "text-encoding", Message: "the text is no UTF-8 and was read as " + r.dialect.name})
	}
	return r, nil
}

// Count returns how many features were read so far.
func (r *Reader) Count() int64 { return r.in.Count() }

// HasIDs reports whether the user named a column of ids; a table has none of its own.
func (r *Reader) HasIDs() bool { return r.hasIDs }

// Hashed reports whether ids are hashes of content.
func (r *Reader) Hashed() bool { return r.in.Hashed() }

// Finish is to be asked when all features were read; see [intake.Intake.Finish].
func (r *Reader) Finish() error { return r.in.Finish() }

// CRS returns the name of the reference system of the table.
func (r *Reader) CRS() string { return r.in.CRS() }

// Notes returns remarks on the encoding, the reference system and the change of datum.
func (r *Reader) Notes() []spatial.Warning { return append(r.notes, r.in.Notes()...) }

// with runs f on a fresh opening of the table.
func (r *Reader) with(f func(io.Reader) error) error {
	in, err := r.open()
	if err != nil {
		return err
	}
	return errors.Join(f(in), in.Close())
}

func (r *Reader) rows(in io.Reader) *csv.Reader {
	rows := csv.NewReader(r.dialect.text(in))
	rows.Comma = r.dialect.delimiter
	rows.FieldsPerRecord = -1
	rows.LazyQuotes = true
	rows.ReuseRecord = true
	return rows
}

// learn reads the header and widens the types of the columns over all rows.
func (r *Reader) learn(in io.Reader) error {
	rows := r.rows(in)
	header, err := rows.Read()
	if errors.Is(err, io.EOF) {
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "empty-file", Message: "the table has no header"}
	}
	if err != nil {
		return problem(err)
	}
	if r.columns, err = newColumns(header); err != nil {
		return err
	}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return problem(err)
		}
		r.columns.learn(row)
	}
}

// problem gives an error of the decoder its code; it names the line itself.
func problem(err error) error {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-csv", Message: parse.Error()}
	}
	return err
}

// errStop ends the reading when the consumer wants no more.
var errStop = errors.New("stop")

// Features streams a feature for each row in file order. It may be called once. The first
// error ends the stream; it names the line.
func (r *Reader) Features() iter.Seq2[spatial.Feature, error] {
	return func(yield func(spatial.Feature, error) bool) {
		err := r.with(func(in io.Reader) error { return r.features(in, yield) })
		if err != nil && !errors.Is(err, errStop) {
			yield(spatial.Feature{}, err)
		}
	}
}

func (r *Reader) features(in io.Reader, yield func(spatial.Feature, error) bool) error {
	rows := r.rows(in)
	if _, err := rows.Read(); err != nil {
		return problem(err)
	}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return problem(err)
		}
		f, keep, err := r.feature(row)
		if err != nil {
			line, _ := rows.FieldPos(0)
			return located(err, line)
		}
		if keep && !yield(f, nil) {
			return errStop
		}
	}
}

func located(err error, line int) error {
	var p *spatial.Problem
	if !errors.As(err, &p) {
		return fmt.Errorf("line %d: %w", line, err)
	}
	return &spatial.Problem{Kind: p.Kind, Code: p.Code, Message: fmt.Sprintf("line %d: %s", line, p.Message), Hint: p.Hint}
}

func (r *Reader) feature(row []string) (f spatial.Feature, keep bool, err error) {
	c := r.columns
	if len(row) > len(c.names) {
		return f, false, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "uneven-rows",
			Message: fmt.Sprintf("the row has %d values and the header %d", len(row), len(c.names)), Hint: "values with a delimiter in them must stand in quotes"}
	}
	g, err := r.geometry(row)
	if err != nil {
		return f, false, err
	}
	properties := make([]spatial.Property, 0, len(c.names))
	for i, s := range row {
		if !c.isPosition(i) {
			properties = append(properties, spatial.Property{Name: c.names[i], Value: c.value(i, s)})
		}
	}
	return r.in.Take("", g, properties)
}

// at returns a value of a row without white space around it, "" where the row is short.
func at(row []string, i int) string {
	if i < 0 || i >= len(row) {
		return ""
	}
	return strings.TrimSpace(row[i])
}

func (r *Reader) geometry(row []string) (geom.T, error) {
	c := r.columns
	if c.wkt >= 0 {
		return r.wellKnownText(at(row, c.wkt))
	}
	xs, ys, zs := at(row, c.x), at(row, c.y), at(row, c.z)
	if xs == "" && ys == "" {
		r.in.Issue("", "no-position", "the row has no position; the feature is kept without geometry")
		return nil, nil
	}
	x, err := number(c.names[c.x], xs)
	if err != nil {
		return nil, err
	}
	y, err := number(c.names[c.y], ys)
	if err != nil {
		return nil, err
	}
	if zs == "" {
		return geom.NewPointFlat(geom.XY, []float64{x, y}), nil
	}
	z, err := number(c.names[c.z], zs)
	if err != nil {
		return nil, err
	}
	return geom.NewPointFlat(geom.XYZ, []float64{x, y, z}), nil
}

func number(name, s string) (float64, error) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-coordinate", Message: fmt.Sprintf("%.40q in the column %q is no number", s, name)}
	}
	return f, nil
}

// wellKnownText reads WKT, also with the prefix SRID=… that PostGIS writes, and hexadecimal
// well-known binary, which is how PostGIS writes geometries into tables.
func (r *Reader) wellKnownText(s string) (geom.T, error) {
	if s == "" {
		r.in.Issue("", "no-position", "the row has no geometry; the feature is kept without")
		return nil, nil
	}
	parse := parseText
	if strings.HasPrefix(s, "00") || strings.HasPrefix(s, "01") {
		parse = parseHex
	}
	g, srid, err := parse(s)
	if err != nil {
		return nil, err
	}
	if err := r.settle(srid); err != nil {
		return nil, err
	}
	if g == nil || g.Empty() {
		r.in.Issue("", "no-position", "the row has an empty geometry; the feature is kept without")
		return nil, nil
	}
	if n := len(g.FlatCoords()); n > intake.MaxVertices*max(g.Stride(), 1) {
		return nil, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "too-many-vertices",
			Message: fmt.Sprintf("the geometry has more than %d positions", intake.MaxVertices), Hint: "cut it into parts or simplify it"}
	}
	return intake.WithoutMeasures(g)
}

// parseText reads WKT and the number of its reference system, "" for none.
func parseText(s string) (g geom.T, srid string, err error) {
	if prefix, rest, ok := strings.Cut(s, ";"); ok && len(prefix) > 5 && strings.EqualFold(prefix[:5], "SRID=") {
		srid, s = prefix[5:], strings.TrimSpace(rest)
	}
	if s == "" {
		return nil, srid, nil
	}
	g, err = wkt.Unmarshal(s)
	if err != nil {
		err = &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-wkt", Message: fmt.Sprintf("%.60q is no well-known text: %v", s, err)}
	}
	return g, srid, err
}

// parseHex reads hexadecimal WKB and the number of its reference system, "" for none.
func parseHex(s string) (g geom.T, srid string, err error) {
	b, err := hex.DecodeString(s)
	if err != nil {
		return nil, "", &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-wkb", Message: fmt.Sprintf("%.60q is no hexadecimal well-known binary: %v", s, err)}
	}
	g, number, err := wkb.ParseExtended(b)
	if number != 0 {
		srid = strconv.Itoa(int(number))
	}
	return g, srid, err
}

// settle takes the reference system that the first geometry names, or says that none did;
// those behind it have to agree.
func (r *Reader) settle(srid string) error {
	switch {
	case r.in.Fixed():
		return nil
	case r.begun && srid != r.srid:
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "mixed-crs",
			Message: fmt.Sprintf("the geometry has SRID %q, the first one had %q", srid, r.srid), Hint: "bring all rows into one reference system"}
	case r.begun:
		return nil
	}
	r.begun, r.srid = true, srid
	if srid != "" {
		return r.in.Use("EPSG:" + srid)
	}
	r.notes = append(r.notes, spatial.Warning{Code: "crs-assumed",
		Message: "the table does not say so, but its geometries were read as longitude and latitude on WGS 84; name another system with --crs"})
	return nil
}
