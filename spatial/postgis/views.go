package postgis

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"

	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/shikong-cim/shikong/spatial"
)

// Views stand in the schema layers, two a collection: under its name what is recorded and
// valid now, and with _history behind it everything. A view joins two tables, so PostgreSQL
// takes no writes through it.

const (
	// maxIdentifier is PostgreSQL's NAMEDATALEN less one, in bytes.
	maxIdentifier = 63
	// maxColumns keeps a view under PostgreSQL's 1,600 columns; the column properties has all.
	maxColumns = 1000
)

// fixedColumns are those of every view.
var fixedColumns = []string{"version_id", "num", "id", "model", "class", "name", "storey", "underground", "z_min", "z_max",
	"valid_from", "valid_to", "recorded_from", "recorded_to", "properties", "geom"}

// views makes the collection's views again when its columns have changed.
func (a *applier) views(ctx context.Context) error {
	fields, err := a.fields(ctx)
	if err != nil {
		return fmt.Errorf("make views: %w", err)
	}
	body := a.viewBody(fields)
	var old *string
	err = a.tx.QueryRow(ctx, `select obj_description(to_regclass($1))`, "layers."+quote(viewName(a.in.Collection.Name, "", a.collection))).Scan(&old)
	if err != nil {
		return fmt.Errorf("make views: %w", err)
	}
	mark := fmt.Sprintf("shikong layer %x", hashText(body))
	if old != nil && *old == mark {
		return nil
	}
	if err := a.dropViews(ctx); err != nil {
		return err
	}
	now := " and v.rev_to is null and (v.valid_from is null or v.valid_from <= now()) and (v.valid_to is null or v.valid_to > now())"
	for suffix, condition := range map[string]string{"": now, "_history": ""} {
		name := "layers." + quote(viewName(a.in.Collection.Name, suffix, a.collection))
		if _, err := a.tx.Exec(ctx, "create view "+name+" as "+body+condition); err != nil {
			return fmt.Errorf("make the view %s: %w", name, err)
		}
		if _, err := a.tx.Exec(ctx, "comment on view "+name+" is '"+mark+"'"); err != nil {
			return fmt.Errorf("make the view %s: %w", name, err)
		}
	}
	return nil
}

func (a *applier) dropViews(ctx context.Context) error {
	for _, suffix := range []string{"", "_history"} {
		if _, err := a.tx.Exec(ctx, "drop view if exists layers."+quote(viewName(a.in.Collection.Name, suffix, a.collection))); err != nil {
			return fmt.Errorf("drop a view: %w", err)
		}
	}
	return nil
}

// fields returns the schema of the collection as its models have it now.
func (a *applier) fields(ctx context.Context) ([]spatial.Field, error) {
	rows, err := a.tx.Query(ctx, `select fields from shikong.model where collection_id = $1`, a.collection)
	if err != nil {
		return nil, err
	}
	sum := newSummary()
	var text []byte
	_, err = pgx.ForEachRow(rows, []any{&text}, func() error {
		var fields []spatial.Field
		if err := json.Unmarshal(text, &fields); err != nil {
			return err
		}
		for _, f := range fields {
			sum.field(f.Name, f.Type)
		}
		return nil
	})
	return sum.sortedFields(), err
}

// viewBody is the select of a view without the condition on time.
func (a *applier) viewBody(fields []spatial.Field) string {
	var b strings.Builder
	fmt.Fprintf(&b, `select v.version_id, v.num, v.id, m.name as model, v.kind as class, v.name, v.storey,
 case v.underground when 1 then false when 2 then true end as underground, v.z_min, v.z_max,
 v.valid_from, v.valid_to, v.recorded_from, v.recorded_to, v.properties, v.geom::geometry(Geometry, %d) as geom`, a.srid)
	taken := map[string]bool{}
	for _, c := range fixedColumns {
		taken[c] = true
	}
	for i, f := range fields {
		if i == maxColumns {
			break
		}
		column := uniqueColumn(f.Name, taken)
		fmt.Fprintf(&b, ",\n %s as %s", columnSQL(f), quote(column))
	}
	fmt.Fprintf(&b, "\nfrom shikong.version v join shikong.model m on m.collection_id = v.collection_id and m.model_id = v.model_id\nwhere v.collection_id = %d", a.collection)
	return b.String()
}

// columnSQL takes a property out of the JSON as its column's type.
func columnSQL(f spatial.Field) string {
	value := "v.properties ->> " + literal(f.Name)
	switch f.Type {
	case spatial.FieldBoolean:
		return "(" + value + ")::boolean"
	case spatial.FieldInteger:
		return "(" + value + ")::bigint"
	case spatial.FieldNumber:
		return "(" + value + ")::double precision"
	case spatial.FieldJSON:
		return "v.properties -> " + literal(f.Name)
	}
	return value
}

// uniqueColumn makes a name that PostgreSQL can hold and no other column has.
func uniqueColumn(name string, taken map[string]bool) string {
	column := shorten(strings.ReplaceAll(name, "\x00", ""), maxIdentifier)
	if column == "" {
		column = "_"
	}
	for n := 2; taken[column]; n++ {
		suffix := fmt.Sprintf("_%d", n)
		column = shorten(name, maxIdentifier-len(suffix)) + suffix
	}
	taken[column] = true
	return column
}

// viewName is the collection's name, or a shorter one with its key when that is too long.
func viewName(collection, suffix string, id int32) string {
	if len(collection)+len("_history") <= maxIdentifier {
		return collection + suffix
	}
	tail := fmt.Sprintf("_%d", id)
	return shorten(collection, maxIdentifier-len("_history")-len(tail)) + tail + suffix
}

// shorten cuts to n bytes at the end of a character.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

func quote(identifier string) string { return pgx.Identifier{identifier}.Sanitize() }
func literal(text string) string {
	return "'" + strings.ReplaceAll(strings.ReplaceAll(text, "\x00", ""), "'", "''") + "'"
}
func hashText(text string) [16]byte {
	sum := sha256.Sum256([]byte(text))
	return [16]byte(sum[:16])
}
