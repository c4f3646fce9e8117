package gpkg

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"math"

	"zombiezen.com/go/sqlite"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// Frames and transforms are kept as 12 doubles, little endian.

func encodeFloats(list ...float64) []byte {
	b := make([]byte, 0, 8*len(list))
	for _, v := range list {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return b
}

func encodeFrame(f *spatial.Frame) []byte {
	return encodeFloats(append(f.Origin[:len(f.Origin):len(f.Origin)], f.Axes[:]...)...)
}

func decodeFrame(b []byte) (*spatial.Frame, error) {
	var list [12]float64
	if !readFloats(list[:], b) {
		return nil, corrupt("a frame has %d bytes instead of 96", len(b))
	}
	return &spatial.Frame{Origin: [3]float64(list[:3]), Axes: [9]float64(list[3:])}, nil
}

func readFloats(dst []float64, b []byte) bool {
	if len(b) != 8*len(dst) {
		return false
	}
	for i := range dst {
		dst[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
	}
	return true
}

func encodeRGBA(c [4]float32) []byte {
	b := make([]byte, 0, 16)
	for _, v := range c {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

// keepMeshes and keepMeshBytes bound the meshes that one import or one answer remembers, so
// that those used often are encoded, hashed and decoded once.
const (
	keepMeshes    = 4096
	keepMeshBytes = 64 << 20
)

func meshBytes(m *mesh.Mesh) int {
	return 8*len(m.Positions) + 4*(len(m.Triangles)+len(m.Lines))
}

// bodyWriter stores bodies of one collection within a write.
type bodyWriter struct {
	c     *sqlite.Conn
	table table
	known map[*mesh.Mesh]int64
	bytes int // of known
}

// put stores the instances of a version and returns how many there are.
func (w *bodyWriter) put(version int64, b *spatial.Body) (int, error) {
	if b == nil {
		return 0, nil
	}
	for i, in := range b.Instances {
		id, err := w.mesh(in.Mesh)
		if err != nil {
			return 0, err
		}
		err = query(w.c, "INSERT INTO shikong_body VALUES (?, ?, ?, ?, ?, ?)",
			[]any{version, i, id, encodeFloats(in.Transform[:]...), in.Material.Name, encodeRGBA(in.Material.RGBA)}, nil)
		if err != nil {
			return 0, err
		}
	}
	return len(b.Instances), nil
}

// mesh returns the key of a mesh, which is stored once per collection.
func (w *bodyWriter) mesh(m *mesh.Mesh) (int64, error) {
	if id, ok := w.known[m]; ok {
		return id, nil
	}
	data, err := m.MarshalBinary()
	if err != nil {
		return 0, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-mesh", Message: err.Error()}
	}
	hash := sha256.Sum256(data) // which is m.Hash
	id := int64(0)
	err = query(w.c, "SELECT mesh_id FROM shikong_mesh WHERE collection_id = ? AND hash = ?", []any{w.table.id, hash[:]}, func(r *sqlite.Stmt) error {
		id = r.ColumnInt64(0)
		return nil
	})
	if err == nil && id == 0 {
		err = query(w.c, "INSERT INTO shikong_mesh (collection_id, hash, mesh) VALUES (?, ?, ?)", []any{w.table.id, hash[:], data}, nil)
		id = w.c.LastInsertRowID()
	}
	if err != nil {
		return 0, err
	}
	if w.known == nil || len(w.known) >= keepMeshes || w.bytes > keepMeshBytes {
		w.known, w.bytes = map[*mesh.Mesh]int64{}, 0
	}
	w.known[m] = id
	w.bytes += meshBytes(m)
	return id, nil
}

// bodyReader reads bodies within one answer; instances of one mesh share it.
type bodyReader struct {
	c      *sqlite.Conn
	meshes map[int64]*mesh.Mesh
	bytes  int // of meshes
	frames map[int64]*spatial.Frame
}

func (r *bodyReader) body(version, frame int64) (*spatial.Body, error) {
	b := &spatial.Body{}
	var ids []int64
	err := query(r.c, "SELECT mesh_id, transform, material, rgba FROM shikong_body WHERE version_id = ? ORDER BY ord", []any{version}, func(s *sqlite.Stmt) error {
		var in mesh.Instance
		var colour [16]byte
		if !readFloats(in.Transform[:], columnBytes(s, 1)) || s.ColumnBytes(3, colour[:]) != len(colour) {
			return corrupt("the body of version %d", version)
		}
		in.Material.Name = s.ColumnText(2)
		for i := range in.Material.RGBA {
			in.Material.RGBA[i] = math.Float32frombits(binary.LittleEndian.Uint32(colour[4*i:]))
		}
		b.Instances = append(b.Instances, in)
		ids = append(ids, s.ColumnInt64(0))
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i, id := range ids {
		if b.Instances[i].Mesh, err = r.mesh(id); err != nil {
			return nil, err
		}
	}
	b.Frame, err = r.frame(frame)
	return b, err
}

func (r *bodyReader) mesh(id int64) (*mesh.Mesh, error) {
	if m := r.meshes[id]; m != nil {
		return m, nil
	}
	var m *mesh.Mesh
	err := query(r.c, "SELECT mesh FROM shikong_mesh WHERE mesh_id = ?", []any{id}, func(s *sqlite.Stmt) error {
		m = &mesh.Mesh{}
		return m.UnmarshalBinary(columnBytes(s, 0))
	})
	if err != nil {
		return nil, corrupt("mesh %d: %v", id, err)
	}
	if m == nil {
		return nil, corrupt("mesh %d is missing", id)
	}
	if r.meshes == nil || len(r.meshes) >= keepMeshes || r.bytes > keepMeshBytes {
		r.meshes, r.bytes = map[int64]*mesh.Mesh{}, 0
	}
	r.meshes[id] = m
	r.bytes += meshBytes(m)
	return m, nil
}

// frame returns the frame of that key, nil for 0.
func (r *bodyReader) frame(id int64) (*spatial.Frame, error) {
	if f := r.frames[id]; f != nil || id == 0 {
		return f, nil
	}
	var f *spatial.Frame
	err := query(r.c, "SELECT frame FROM shikong_frame WHERE frame_id = ?", []any{id}, func(s *sqlite.Stmt) (err error) {
		f, err = decodeFrame(columnBytes(s, 0))
		return err
	})
	if err == nil && f == nil {
		err = corrupt("frame %d is missing", id)
	}
	if err != nil {
		return nil, err
	}
	if r.frames == nil {
		r.frames = map[int64]*spatial.Frame{}
	}
	r.frames[id] = f
	return f, nil
}

// frameID returns the key of a model's frame, which it stores when it is new; 0 for none.
func frameID(c *sqlite.Conn, model int64, f *spatial.Frame) (int64, error) {
	if f == nil {
		return 0, nil
	}
	data, id := encodeFrame(f), int64(0)
	err := query(c, "SELECT frame_id, frame FROM shikong_frame WHERE model_id = ?", []any{model}, func(r *sqlite.Stmt) error {
		if bytes.Equal(columnBytes(r, 1), data) {
			id = r.ColumnInt64(0)
		}
		return nil
	})
	if err == nil && id == 0 {
		err = query(c, "INSERT INTO shikong_frame (model_id, frame) VALUES (?, ?)", []any{model, data}, nil)
		id = c.LastInsertRowID()
	}
	return id, err
}
