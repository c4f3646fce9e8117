package gpkg

import (
	"context"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/shikong-cim/shikong/spatial"
)

// styleSchema creates the table of styles.
const styleSchema = `CREATE TABLE shikong_style (
	name TEXT PRIMARY KEY,
	body TEXT NOT NULL,
	changed INTEGER NOT NULL
)`

// Styles lists all styles by name.
func (s *Store) Styles(ctx context.Context) ([]spatial.Style, error) {
	return s.styles(ctx, "SELECT name, body, changed FROM shikong_style ORDER BY name")
}

// Style returns one, or ErrNotFound.
func (s *Store) Style(ctx context.Context, name string) (spatial.Style, error) {
	list, err := s.styles(ctx, "SELECT name, body, changed FROM shikong_style WHERE name = ?", name)
	if err == nil && len(list) == 0 {
		err = notFound("style", name)
	}
	if err != nil {
		return spatial.Style{}, err
	}
	return list[0], nil
}

func (s *Store) styles(ctx context.Context, text string, args ...any) (list []spatial.Style, err error) {
	err = s.read(ctx, "read styles", func(c *sqlite.Conn) error {
		return query(c, text, args, func(r *sqlite.Stmt) error {
			list = append(list, spatial.Style{Name: r.ColumnText(0), Body: []byte(r.ColumnText(1)), Changed: columnTime(r, 2)})
			return nil
		})
	})
	return list, err
}

// PutStyle keeps a style in the place of the one of the same name.
func (s *Store) PutStyle(ctx context.Context, style spatial.Style) error {
	if err := spatial.CheckName("style", style.Name); err != nil {
		return err
	}
	return s.write(ctx, "keep a style", func(c *sqlite.Conn) error {
		return execute(c, "INSERT OR REPLACE INTO shikong_style VALUES (?, ?, ?)", style.Name, string(style.Body), time.Now().UnixMicro())
	})
}

// DropStyle removes a style, or returns ErrNotFound.
func (s *Store) DropStyle(ctx context.Context, name string) error {
	return s.write(ctx, "drop a style", func(c *sqlite.Conn) error {
		if err := execute(c, "DELETE FROM shikong_style WHERE name = ?", name); err != nil {
			return err
		}
		if c.Changes() == 0 {
			return notFound("style", name)
		}
		return nil
	})
}

var _ spatial.Styles = (*Store)(nil)
