package postgis

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shikong-cim/shikong/spatial"
)

// Collections lists all collections by name.
func (s *Store) Collections(ctx context.Context) ([]spatial.Collection, error) {
	list, err := s.describe(ctx, "")
	return list, problem(err)
}

// Collection returns one.
func (s *Store) Collection(ctx context.Context, name string) (spatial.Collection, error) {
	list, err := s.describe(ctx, name)
	if err == nil && len(list) == 0 {
		err = notFound("collection", name)
	}
	if err != nil {
		return spatial.Collection{}, problem(err)
	}
	return list[0], nil
}

// describe reads collections and adds up what their models say. One statement, so that a
// commit between two cannot show a collection with another's count.
func (s *Store) describe(ctx context.Context, name string) ([]spatial.Collection, error) {
	rows, err := s.pool.Query(ctx, `select c.name, c.title, c.description, c.licence, c.attribution, c.vertical_crs, c.local, c.revision,
		coalesce(m.count, 0), m.box, m.z, m.valid_from, m.valid_to, coalesce(m.fields, '[]')
		from shikong.collection c left join shikong.model m using (collection_id)
		where $1 = '' or c.name = $1 order by c.name, m.name`, name)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []spatial.Collection{}
	var sum summary
	for rows.Next() {
		var c spatial.Collection
		var part storedSummary
		if err := rows.Scan(&c.Name, &c.Title, &c.Description, &c.Licence, &c.Attribution, &c.VerticalCRS, &c.Local, &c.Revision,
			&part.count, &part.box, &part.z, &part.from, &part.to, &part.fields); err != nil {
			return nil, err
		}
		if n := len(list); n == 0 || list[n-1].Name != c.Name {
			list, sum = append(list, c), newSummary()
		}
		if err := sum.add(part); err != nil {
			return nil, fmt.Errorf("collection %s: %w", c.Name, err)
		}
		sum.fill(&list[len(list)-1])
	}
	return list, rows.Err()
}

// Models lists the models of a collection, or of all collections for "".
func (s *Store) Models(ctx context.Context, collection string) ([]spatial.Model, error) {
	if collection != "" {
		if _, err := s.collectionID(ctx, collection); err != nil {
			return nil, problem(err)
		}
	}
	rows, err := s.pool.Query(ctx, `select c.name, m.name, m.source, m.revision, m.recorded, m.count, m.report, f.origin, f.axes
		from shikong.model m join shikong.collection c using (collection_id) left join shikong.frame f using (collection_id, frame_id)
		where $1 = '' or c.name = $1 order by c.name, m.name`, collection)
	if err != nil {
		return nil, problem(err)
	}
	list, err := pgx.CollectRows(rows, readModel)
	if list == nil {
		list = []spatial.Model{}
	}
	return list, problem(err)
}

func readModel(r pgx.CollectableRow) (spatial.Model, error) {
	var m spatial.Model
	var source, report []byte
	var origin, axes []float64
	err := r.Scan(&m.Collection, &m.Name, &source, &m.Revision, &m.Recorded, &m.Count, &report, &origin, &axes)
	if err != nil {
		return m, err
	}
	m.Recorded = m.Recorded.UTC()
	m.Report = json.RawMessage(report)
	m.Frame = frameOf(origin, axes)
	return m, json.Unmarshal(source, &m.Source)
}

func frameOf(origin, axes []float64) *spatial.Frame {
	if len(origin) != 3 || len(axes) != 9 {
		return nil
	}
	return &spatial.Frame{Origin: [3]float64(origin), Axes: [9]float64(axes)}
}

// summary is what is derived from the recorded versions of one or more models.
type summary struct {
	count  int64
	box    spatial.Box // lon, lat only
	z      spatial.ZRange
	anyZ   bool // one that has a place has no known heights
	time   spatial.Interval
	fields map[string]spatial.FieldType
}

func newSummary() summary {
	return summary{box: spatial.EmptyBox(), fields: map[string]spatial.FieldType{}}
}

// feature adds one version.
func (s *summary) feature(f *spatial.Feature) {
	if box := spatial.BoxOf(f.Geometry); !box.IsEmpty() {
		s.box = s.box.Extend(box)
		s.z = s.z.Extend(f.Z)
		s.anyZ = s.anyZ || !f.Z.Known
	}
	s.validity(f.Valid)
	s.count++
	for i := range f.Properties {
		p := &f.Properties[i]
		s.field(p.Name, spatial.TypeOf(p.Value))
	}
}

func (s *summary) field(name string, t spatial.FieldType) {
	old, ok := s.fields[name]
	if !ok {
		s.fields[name] = t
	} else if old != t {
		s.fields[name] = old.Widen(t)
	}
}

// validity widens the time to hold i. It comes before the count, which tells the first.
func (s *summary) validity(i spatial.Interval) {
	if s.count == 0 {
		s.time = i
		return
	}
	if i.Start.IsZero() || (!s.time.Start.IsZero() && i.Start.Before(s.time.Start)) {
		s.time.Start = i.Start
	}
	if i.End.IsZero() || (!s.time.End.IsZero() && i.End.After(s.time.End)) {
		s.time.End = i.End
	}
}

// storedSummary is a summary as shikong.model has it.
type storedSummary struct {
	count    int64
	box, z   []float64
	from, to *time.Time
	fields   []byte
}

func (s *summary) add(p storedSummary) error {
	if p.count == 0 {
		return nil
	}
	if len(p.box) == 4 {
		s.box = s.box.Extend(spatial.Box{Min: [3]float64{p.box[0], p.box[1]}, Max: [3]float64{p.box[2], p.box[3]}})
	}
	if len(p.z) == 2 {
		s.z = s.z.Extend(spatial.ZRange{Min: p.z[0], Max: p.z[1], Known: true})
	}
	s.validity(spatial.Interval{Start: timeTo(p.from), End: timeTo(p.to)})
	s.count += p.count
	var fields []spatial.Field
	if err := json.Unmarshal(p.fields, &fields); err != nil {
		return fmt.Errorf("read fields: %w", err)
	}
	for _, f := range fields {
		s.field(f.Name, f.Type)
	}
	return nil
}

func (s *summary) stored() storedSummary {
	p := storedSummary{count: s.count, from: timeFrom(s.time.Start), to: timeFrom(s.time.End)}
	if !s.box.IsEmpty() {
		p.box = []float64{s.box.Min[0], s.box.Min[1], s.box.Max[0], s.box.Max[1]}
	}
	if s.z.Known {
		p.z = []float64{s.z.Min, s.z.Max}
	}
	p.fields, _ = json.Marshal(s.sortedFields()) // strings only: nothing can fail
	return p
}

func (s *summary) fill(c *spatial.Collection) {
	c.Count, c.Time = s.count, s.time
	c.Extent = s.box
	if !s.box.IsEmpty() {
		c.Extent.Min[2], c.Extent.Max[2] = math.Inf(-1), math.Inf(1)
		if s.z.Known {
			c.Extent.Min[2], c.Extent.Max[2] = s.z.Min, s.z.Max
		}
	}
	c.Fields = s.sortedFields()
}

func (s *summary) sortedFields() []spatial.Field {
	var list []spatial.Field
	for name, t := range s.fields {
		list = append(list, spatial.Field{Name: name, Type: t})
	}
	slices.SortFunc(list, func(a, b spatial.Field) int { return strings.Compare(a.Name, b.Name) })
	return list
}
