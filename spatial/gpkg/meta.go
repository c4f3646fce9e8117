package gpkg

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/shikong-cim/shikong/spatial"
)

// Meta describes the store.
func (s *Store) Meta(ctx context.Context) (spatial.Meta, error) {
	m := spatial.Meta{Datum: s.datum.name}
	err := s.read(ctx, "read", func(c *sqlite.Conn) error {
		return query(c, "SELECT schema_version, revision, recorded FROM shikong_store", nil, func(r *sqlite.Stmt) error {
			m.SchemaVersion, m.Revision, m.Recorded = r.ColumnInt(0), r.ColumnInt64(1), columnTime(r, 2)
			return nil
		})
	})
	return m, err
}

// columnTime reads microseconds, NULL as the zero time.
func columnTime(r *sqlite.Stmt, col int) time.Time {
	if r.ColumnIsNull(col) {
		return time.Time{}
	}
	return time.UnixMicro(r.ColumnInt64(col)).UTC()
}

// micros is columnTime's inverse, as an argument.
func micros(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// tick cuts a time to what is stored.
func tick(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return time.UnixMicro(t.UnixMicro()).UTC()
}

// Collections lists all collections by name.
func (s *Store) Collections(ctx context.Context) ([]spatial.Collection, error) {
	list := []spatial.Collection{}
	err := s.read(ctx, "read", func(c *sqlite.Conn) error {
		known, err := loadCollections(c, "")
		for i := range known {
			if err == nil {
				known[i].Fields, err = loadFields(c, known[i].id)
			}
			list = append(list, known[i].Collection)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// Collection returns one.
func (s *Store) Collection(ctx context.Context, name string) (spatial.Collection, error) {
	var found collection
	err := s.read(ctx, "read", func(c *sqlite.Conn) (err error) {
		if found, err = loadCollection(c, name); err == nil {
			found.Fields, err = loadFields(c, found.id)
		}
		return err
	})
	return found.Collection, err
}

// collection is a row of shikong_collection.
type collection struct {
	spatial.Collection
	table
	layer, history string
	shapes         int64
}

// Bits of collection.shapes beside those of the WKB types.
const (
	shapeXYZ = 1 << 16
	shapeXY  = 1 << 17
)

func loadCollection(c *sqlite.Conn, name string) (collection, error) {
	list, err := loadCollections(c, name)
	if err != nil {
		return collection{}, err
	}
	if len(list) == 0 {
		return collection{}, notFound("collection", name)
	}
	return list[0], nil
}

// loadCollections reads the collection of that name, or all for "", without their fields,
// of which a collection may have thousands and few questions need any.
func loadCollections(c *sqlite.Conn, name string) ([]collection, error) {
	text := `SELECT collection_id, name, title, description, licence, attribution, vertical_crs, local, layer, history_layer,
		revision, shapes, count, valid_from, valid_to, min_x, min_y, min_z, max_x, max_y, max_z FROM shikong_collection`
	var args []any
	if name != "" {
		text, args = text+" WHERE name = ?", []any{name}
	}
	var list []collection
	err := query(c, text, args, func(r *sqlite.Stmt) error {
		k := collection{table: table{r.ColumnInt64(0)}, layer: r.ColumnText(8), history: r.ColumnText(9), shapes: r.ColumnInt64(11)}
		k.Collection = spatial.Collection{
			Name: r.ColumnText(1), Title: r.ColumnText(2), Description: r.ColumnText(3), Licence: r.ColumnText(4),
			Attribution: r.ColumnText(5), VerticalCRS: r.ColumnText(6), Local: r.ColumnBool(7),
			Revision: r.ColumnInt64(10), Count: r.ColumnInt64(12), Extent: columnExtent(r, 15),
			Time: spatial.Interval{Start: columnTime(r, 13), End: columnTime(r, 14)},
		}
		list = append(list, k)
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b collection) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// columnExtent reads min_x … max_z: NULL in x for an empty extent, in z for unknown heights.
func columnExtent(r *sqlite.Stmt, col int) spatial.Box {
	if r.ColumnIsNull(col) {
		return spatial.EmptyBox()
	}
	b := spatial.Box2D(r.ColumnFloat(col), r.ColumnFloat(col+1), r.ColumnFloat(col+3), r.ColumnFloat(col+4))
	if !r.ColumnIsNull(col + 2) {
		b.Min[2], b.Max[2] = r.ColumnFloat(col+2), r.ColumnFloat(col+5)
	}
	return b
}

// loadFields derives the schema of a collection from the counted kinds of values.
func loadFields(c *sqlite.Conn, id int64) ([]spatial.Field, error) {
	var list []spatial.Field
	err := query(c, "SELECT name, kind FROM shikong_field WHERE collection_id = ? ORDER BY name", []any{id}, func(r *sqlite.Stmt) error {
		name, kind := r.ColumnText(0), fieldTypes[r.ColumnInt(1)%len(fieldTypes)]
		if n := len(list); n > 0 && list[n-1].Name == name {
			list[n-1].Type = list[n-1].Type.Widen(kind)
			return nil
		}
		list = append(list, spatial.Field{Name: name, Type: kind})
		return nil
	})
	return list, err
}

// fieldTypes are by ValueKind.
var fieldTypes = [...]spatial.FieldType{
	spatial.Null: spatial.FieldNull, spatial.Bool: spatial.FieldBoolean, spatial.Int: spatial.FieldInteger,
	spatial.Float: spatial.FieldNumber, spatial.String: spatial.FieldString, spatial.JSON: spatial.FieldJSON,
}

// Models lists the models of a collection by name, or of all collections for "".
func (s *Store) Models(ctx context.Context, name string) ([]spatial.Model, error) {
	list := []spatial.Model{}
	err := s.read(ctx, "read", func(c *sqlite.Conn) error {
		if name != "" {
			if _, err := loadCollection(c, name); err != nil {
				return err
			}
		}
		return query(c, `SELECT c.name, m.name, m.source, f.frame, m.revision, r.recorded, m.count, m.report
			FROM shikong_model m JOIN shikong_collection c USING (collection_id)
			LEFT JOIN shikong_frame f USING (frame_id) LEFT JOIN shikong_revision r ON r.revision = m.revision
			WHERE ?1 = '' OR c.name = ?1 ORDER BY c.name, m.name`, []any{name}, func(r *sqlite.Stmt) error {
			m, err := columnModel(r)
			list = append(list, m)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

func columnModel(r *sqlite.Stmt) (spatial.Model, error) {
	m := spatial.Model{Collection: r.ColumnText(0), Name: r.ColumnText(1), Revision: r.ColumnInt64(4), Recorded: columnTime(r, 5), Count: r.ColumnInt64(6)}
	if err := json.Unmarshal([]byte(r.ColumnText(2)), &m.Source); err != nil {
		return m, corrupt("the source of the model %q: %v", m.Name, err)
	}
	if !r.ColumnIsNull(3) {
		f, err := decodeFrame(columnBytes(r, 3))
		if err != nil {
			return m, fmt.Errorf("model %q: %w", m.Name, err)
		}
		m.Frame = f
	}
	if !r.ColumnIsNull(7) {
		m.Report = json.RawMessage(r.ColumnText(7))
	}
	return m, nil
}

// columnBytes returns a copy of a blob or text.
func columnBytes(r *sqlite.Stmt, col int) []byte {
	b := make([]byte, r.ColumnLen(col))
	r.ColumnBytes(col, b)
	return b
}

// finite turns infinities into NULL, as an argument.
func finite(v float64) any {
	if math.IsInf(v, 0) {
		return nil
	}
	return v
}
