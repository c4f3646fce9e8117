package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/twpayne/go-geom/encoding/wkt"

	"github.com/shikong-cim/shikong/api/ogc"
	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/filter"
)

// queryFlags are the flags of shikong query.
type queryFlags struct {
	bbox, z, at, asOf, near, geometry, filter, format string
	within                                            float64
	limit                                             int
	ids                                               []string
}

const queryExample = `  shikong query buildings --bbox 113.9,22.5,114.0,22.6 --at 2010-01-01
  shikong query buildings --near 114.057,22.543 --within 200 --limit 10 --format table
  shikong query buildings --geometry 'LINESTRING Z(114.05 22.54 -20, 114.06 22.55 -25)' --within 3
  shikong query buildings --filter "floors > 5 AND CASEI(name) LIKE CASEI('%tower%')"
  shikong query campus --z -20,0 --format ndjson`

func newQuery(a *app) *cobra.Command {
	var f queryFlags
	c := &cobra.Command{
		Use:     "query COLLECTION",
		Short:   "Ask a collection for features",
		Long:    "Ask a collection for features. Without --at the answer is what stands now; --at .. asks for every valid time.",
		Example: queryExample,
		Args:    exactArgs(1, "one collection"),
		RunE: func(c *cobra.Command, args []string) error {
			if _, err := f.query(args[0], time.Now()); err != nil {
				return err // before a store is looked for
			}
			return a.withStore(c.Context(), storeOptions{readOnly: true}, func(s spatial.Store) error {
				q, err := f.ask(c.Context(), s, args[0], time.Now())
				if err != nil {
					return err
				}
				return a.runQuery(c.Context(), s, q, f.format)
			})
		},
	}
	fl := c.Flags()
	f.selection(fl)
	fl.StringVar(&f.format, "format", "geojson", "geojson, ndjson, csv or table")
	return c
}

// selection adds the flags that say which features are meant.
func (f *queryFlags) selection(fl *pflag.FlagSet) {
	fl.StringVar(&f.bbox, "bbox", "", "west,south,east,north in degrees, or west,south,low,east,north,high")
	fl.StringVar(&f.z, "z", "", "low,high: heights in metres that must be met; .. for an open side")
	fl.StringVar(&f.at, "at", "", "date or time at which it stands, a/b for a span, .. for always (default: now)")
	fl.StringVar(&f.asOf, "as-of", "", "date or time: what the store knew then")
	fl.StringVar(&f.near, "near", "", "lon,lat[,h]: nearest first")
	fl.StringVar(&f.geometry, "geometry", "", "WKT of a point, line or polygon, in space with Z: what lies --within metres of it")
	fl.Float64Var(&f.within, "within", 0, "with --near or --geometry: at most so many metres away")
	fl.StringVar(&f.filter, "filter", "", "condition in CQL2, such as \"floors > 5 AND class = 'tower'\"")
	fl.IntVar(&f.limit, "limit", 0, "at most so many features")
	fl.StringSliceVar(&f.ids, "id", nil, "only these ids")
}

// ask builds the whole query that the flags ask for, the condition on properties included.
func (f *queryFlags) ask(ctx context.Context, r spatial.Reader, collection string, now time.Time) (spatial.Query, error) {
	q, err := f.query(collection, now)
	if err != nil {
		return q, err
	}
	return q, f.condition(ctx, r, &q)
}

// query builds the query that the flags ask for, but for --filter, which needs the collection.
func (f *queryFlags) query(collection string, now time.Time) (spatial.Query, error) {
	if f.limit < 0 || !(f.within >= 0) { // nor no number
		return spatial.Query{}, usagef("--limit and --within cannot be negative")
	}
	q := spatial.Query{Collection: collection, Limit: f.limit, IDs: f.ids}
	if f.bbox != "" || f.z != "" {
		box, err := f.box()
		if err != nil {
			return q, err
		}
		q.Box = &box
	}
	if f.near != "" {
		v, err := floats("--near", f.near, 2, 3)
		if err != nil {
			return q, err
		}
		if math.Abs(v[0]) > 180 || math.Abs(v[1]) > 90 {
			return q, usagef("--near %s: longitude comes first, then latitude, in degrees", f.near)
		}
		q.Near = &spatial.Near{Lon: v[0], Lat: v[1]}
		if len(v) == 3 {
			q.Near.H, q.Near.HasH = v[2], true
		}
	}
	if err := f.reach(&q); err != nil {
		return q, err
	}
	var err error
	if q.Valid, err = parseAt(f.at, now); err != nil {
		return q, usageError{wrapf(err, "--at")}
	}
	if f.asOf != "" {
		if q.Recorded, err = spatial.ParseTime(f.asOf); err != nil {
			return q, usageError{wrapf(err, "--as-of")}
		}
	}
	if err := q.Validate(); err != nil {
		return q, usageError{err}
	}
	return q, nil
}

// reach adds what --within bounds: the distance from --geometry, or else from --near.
func (f *queryFlags) reach(q *spatial.Query) error {
	switch {
	case f.geometry != "":
		g, err := ogc.ParseWKT(f.geometry)
		if err != nil {
			return usageError{wrapf(err, "--geometry")}
		}
		q.Within = &spatial.Within{Geometry: g, Distance: f.within}
	case q.Near != nil:
		q.Near.Max = f.within
	case f.within != 0:
		return usagef("--within says how far from --near or --geometry, which are missing")
	}
	return nil
}

// condition adds the filter, which is checked against what the collection has.
func (f *queryFlags) condition(ctx context.Context, r spatial.Reader, q *spatial.Query) error {
	if f.filter == "" {
		return nil
	}
	root, err := filter.Parse(f.filter)
	if err != nil {
		return usageError{wrapf(err, "--filter")}
	}
	c, err := r.Collection(ctx, q.Collection)
	if err != nil {
		return err
	}
	fields := c.Fields
	if fields == nil {
		fields = []spatial.Field{}
	}
	checked, err := filter.New(root, fields)
	if err != nil {
		return usageError{wrapf(err, "--filter")}
	}
	q.Filter = checked
	return nil
}

func (f *queryFlags) box() (spatial.Box, error) {
	box := spatial.Box2D(-180, -90, 180, 90)
	if f.bbox != "" {
		v, err := floats("--bbox", f.bbox, 4, 6)
		switch {
		case err != nil:
			return box, err
		case len(v) == 4:
			box = spatial.Box2D(v[0], v[1], v[2], v[3])
		case len(v) == 6:
			box = spatial.Box{Min: [3]float64{v[0], v[1], v[2]}, Max: [3]float64{v[3], v[4], v[5]}}
		default:
			return box, usagef("--bbox %s: give four or six numbers", f.bbox)
		}
	}
	if f.z != "" {
		z, err := rest.ParseHeights(f.z)
		if err != nil {
			return box, usageError{wrapf(err, "--z")}
		}
		box.Min[2], box.Max[2] = z.Min, z.Max
	}
	return box, nil
}

// parseAt reads an instant, a span a/b with .. for an open side, or .. for all of time, as
// the parameter datetime does: a date, month or year at the end of a span belongs to it.
func parseAt(s string, now time.Time) (spatial.Interval, error) {
	switch s {
	case "":
		return spatial.At(now), nil
	case "..":
		return spatial.Interval{}, nil
	}
	return rest.ParseDatetime(s)
}

func floats(flag, s string, least, most int) ([]float64, error) {
	parts := strings.Split(s, ",")
	if len(parts) < least || len(parts) > most {
		return nil, usagef("%s %s: give %d to %d numbers with commas", flag, s, least, most)
	}
	v := make([]float64, len(parts))
	for i, p := range parts {
		n, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
		if err != nil || math.IsNaN(n) {
			return nil, usagef("%s %s: %q is no number", flag, s, p)
		}
		v[i] = n
	}
	return v, nil
}

// runQuery streams the answer in the format asked for.
func (a *app) runQuery(ctx context.Context, r spatial.Reader, q spatial.Query, format string) error {
	w := bufio.NewWriterSize(a.out, 1<<16)
	features := r.Features(ctx, q)
	c, err := r.Collection(ctx, q.Collection)
	if err != nil {
		return err
	}
	shape := ogc.Shape{Fields: c.Fields, Distance: q.Near != nil || q.Within != nil}
	switch format {
	case "geojson":
		err = writeGeoJSON(w, features, shape)
	case "ndjson", "geojsonl":
		err = writeLines(w, features, shape)
	case "csv", "table":
		err = writeTable(w, features, c.Fields, format == "csv", shape.Distance)
	default:
		return usagef("--format %s is none of geojson, ndjson, csv, table", format)
	}
	if err != nil {
		return err
	}
	return w.Flush()
}

func writeGeoJSON(w *bufio.Writer, features iter.Seq2[spatial.Feature, error], shape ogc.Shape) error {
	enc := ogc.NewEncoder(shape)
	buf := []byte(`{"type":"FeatureCollection","features":[`)
	n := 0
	for f, err := range features {
		if err != nil {
			return err
		}
		if n > 0 {
			buf = append(buf, ',')
		}
		buf = append(buf, '\n')
		buf = enc.Append(buf, &f)
		if _, err := w.Write(buf); err != nil {
			return err
		}
		buf, n = buf[:0], n+1
	}
	_, err := w.Write(append(buf, "\n]}\n"...))
	return err
}

func writeLines(w *bufio.Writer, features iter.Seq2[spatial.Feature, error], shape ogc.Shape) error {
	enc := ogc.NewEncoder(shape)
	var buf []byte
	for f, err := range features {
		if err != nil {
			return err
		}
		buf = append(enc.Append(buf[:0], &f), '\n')
		if _, err := w.Write(buf); err != nil {
			return err
		}
	}
	return nil
}

// writeTable writes a row a feature: as CSV with the geometry as WKT, or aligned for people
// without it.
func writeTable(w io.Writer, features iter.Seq2[spatial.Feature, error], fields []spatial.Field, asCSV, distance bool) error {
	header := []string{"id", "class", "name", "storey", "z_min", "z_max", "valid_from", "valid_to"}
	if distance {
		header = append(header, "distance")
	}
	for _, f := range fields {
		header = append(header, f.Name)
	}
	if asCSV {
		c := csv.NewWriter(w)
		if err := c.Write(append(header, "geometry")); err != nil {
			return err
		}
		for f, err := range features {
			if err != nil {
				return err
			}
			text := ""
			if f.Geometry != nil {
				if text, err = wkt.Marshal(f.Geometry); err != nil {
					return fmt.Errorf("feature %q: %w", f.ID, err)
				}
			}
			if err := c.Write(append(cells(&f, fields, distance), text)); err != nil {
				return err
			}
		}
		c.Flush()
		return c.Error()
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, strings.Join(header, "\t"))
	clean := strings.NewReplacer("\t", " ", "\n", " ", "\r", " ")
	for f, err := range features {
		if err != nil {
			return err
		}
		row := cells(&f, fields, distance)
		for i := range row {
			row[i] = clean.Replace(row[i])
		}
		fmt.Fprintln(t, strings.Join(row, "\t"))
	}
	return t.Flush()
}

func cells(f *spatial.Feature, fields []spatial.Field, distance bool) []string {
	row := []string{f.ID, f.Kind, f.Name, f.Storey, "", "", spatial.FormatTime(f.Valid.Start), spatial.FormatTime(f.Valid.End)}
	if f.Z.Known {
		row[4], row[5] = metres(f.Z.Min), metres(f.Z.Max)
	}
	if distance {
		row = append(row, metres(f.Distance))
	}
	for _, field := range fields {
		v, _ := f.Properties.Get(field.Name)
		row = append(row, v.Text())
	}
	return row
}

func metres(v float64) string { return strconv.FormatFloat(v, 'f', 3, 64) }
