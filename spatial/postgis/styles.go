package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/shikong-cim/shikong/spatial"
)

// Styles lists all styles by name.
func (s *Store) Styles(ctx context.Context) ([]spatial.Style, error) {
	return s.styles(ctx, `select name, body, changed from shikong.style order by name collate "C"`)
}

// Style returns one, or ErrNotFound.
func (s *Store) Style(ctx context.Context, name string) (spatial.Style, error) {
	list, err := s.styles(ctx, `select name, body, changed from shikong.style where name = $1`, name)
	if err == nil && len(list) == 0 {
		err = notFound("style", name)
	}
	if err != nil {
		return spatial.Style{}, err
	}
	return list[0], nil
}

func (s *Store) styles(ctx context.Context, text string, args ...any) ([]spatial.Style, error) {
	rows, err := s.pool.Query(ctx, text, args...)
	if err != nil {
		return nil, problem(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (style spatial.Style, err error) {
		var body string
		err = row.Scan(&style.Name, &body, &style.Changed)
		style.Body = []byte(body)
		return style, err
	})
	return list, problem(err)
}

// PutStyle keeps a style in the place of the one of the same name.
func (s *Store) PutStyle(ctx context.Context, style spatial.Style) error {
	if err := spatial.CheckName("style", style.Name); err != nil {
		return err
	}
	_, err := s.pool.Exec(ctx, `insert into shikong.style values ($1, $2, clock_timestamp())
		on conflict (name) do update set body = excluded.body, changed = excluded.changed`, style.Name, string(style.Body))
	return problem(err)
}

// DropStyle removes a style, or returns ErrNotFound.
func (s *Store) DropStyle(ctx context.Context, name string) error {
	done, err := s.pool.Exec(ctx, `delete from shikong.style where name = $1`, name)
	if err == nil && done.RowsAffected() == 0 {
		err = notFound("style", name)
	}
	return problem(err)
}

var _ spatial.Styles = (*Store)(nil)
