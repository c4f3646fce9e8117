package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// bodies fetches the solids of a page of rows. Meshes that several features share are
// decoded once a page and stay shared.
func (s *Store) bodies(ctx context.Context, a *asked, rows []row) error {
	byNumber := map[int64]*row{}
	var cells, numbers []int64
	for i := range rows {
		if rows[i].hasBody {
			byNumber[rows[i].number] = &rows[i]
			cells, numbers = append(cells, rows[i].cell), append(numbers, rows[i].number)
		}
	}
	if len(numbers) == 0 {
		return nil
	}
	frames, err := s.frames(ctx, a.collection)
	if err != nil {
		return err
	}
	for _, r := range byNumber {
		r.feature.Body = &spatial.Body{}
		if r.frame != nil {
			r.feature.Body.Frame = frames[*r.frame]
		}
	}
	meshes, err := s.meshes(ctx, a.collection, cells, numbers)
	if err != nil {
		return err
	}
	found, err := s.pool.Query(ctx, `select version_id, mesh_hash, transform, material, rgba from shikong.body
		where collection_id = $1 and cell = any($2) and version_id = any($3) order by version_id, ord`, a.collection, cells, numbers)
	if err != nil {
		return err
	}
	var number int64
	var hash []byte
	var transform []float64
	var material string
	var rgba []float32
	_, err = pgx.ForEachRow(found, []any{&number, &hash, &transform, &material, &rgba}, func() error {
		m := meshes[string(hash)]
		if m == nil || len(transform) != 12 || len(rgba) != 4 {
			return fmt.Errorf("the body of version %d is damaged", number)
		}
		b := byNumber[number].feature.Body
		b.Instances = append(b.Instances, mesh.Instance{Mesh: m, Transform: mesh.Transform(transform), Material: mesh.Material{Name: material, RGBA: [4]float32(rgba)}})
		return nil
	})
	return err
}

func (s *Store) meshes(ctx context.Context, collection int32, cells, numbers []int64) (map[string]*mesh.Mesh, error) {
	rows, err := s.pool.Query(ctx, `select m.hash, m.blob from shikong.mesh m where m.collection_id = $1 and m.hash in (
		select b.mesh_hash from shikong.body b where b.collection_id = $1 and b.cell = any($2) and b.version_id = any($3))`, collection, cells, numbers)
	if err != nil {
		return nil, err
	}
	meshes := map[string]*mesh.Mesh{}
	var hash, blob []byte
	_, err = pgx.ForEachRow(rows, []any{&hash, &blob}, func() error {
		m := new(mesh.Mesh)
		if err := m.UnmarshalBinary(blob); err != nil {
			return fmt.Errorf("mesh %x: %w", hash, err)
		}
		meshes[string(hash)] = m
		return nil
	})
	return meshes, err
}

func (s *Store) frames(ctx context.Context, collection int32) (map[int64]*spatial.Frame, error) {
	rows, err := s.pool.Query(ctx, `select frame_id, origin, axes from shikong.frame where collection_id = $1`, collection)
	if err != nil {
		return nil, err
	}
	frames := map[int64]*spatial.Frame{}
	var id int64
	var origin, axes []float64
	_, err = pgx.ForEachRow(rows, []any{&id, &origin, &axes}, func() error {
		frames[id] = frameOf(origin, axes)
		return nil
	})
	return frames, err
}
