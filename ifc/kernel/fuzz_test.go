package kernel_test

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/shikong-cim/shikong/ifc/kernel"
)

// FuzzFill fills rings of any numbers: it ends, and what it returns has finite
// points, whole triangles and an outline that closes.
func FuzzFill(f *testing.F) {
	f.Add([]byte{4}, int16(0))
	f.Add([]byte{0, 0, 1, 0, 1, 1, 0, 1, 9, 9, 0, 0, 2, 0}, int16(8))
	f.Fuzz(func(t *testing.T, data []byte, split int16) {
		var rings [2]kernel.Ring
		if len(data) > 4096 {
			return
		}
		for i := 0; i+1 < len(data); i += 2 {
			// Two bytes are a coordinate pair on a small grid; a byte of 255
			// takes the next eight as a double.
			p := kernel.Vec2{float64(data[i]), float64(data[i+1])}
			if data[i] == 255 && i+9 < len(data) {
				p[0] = math.Float64frombits(binary.LittleEndian.Uint64(data[i+1:]))
				i += 8
			}
			k := 0
			if i >= int(split) && split > 0 {
				k = 1
			}
			rings[k] = append(rings[k], p)
		}
		profile := kernel.Profile{Outer: rings[0]}
		if len(rings[1]) > 0 {
			profile.Holes = []kernel.Ring{rings[1]}
		}
		s := kernel.Settings{Budget: &kernel.Budget{Steps: 2_000_000}}
		r, err := s.Fill(profile)
		if err != nil {
			return
		}
		balance := make(map[uint32]int)
		for i := 0; i < len(r.Edges); i += 2 {
			balance[r.Edges[i]]++
			balance[r.Edges[i+1]]--
		}
		for v, n := range balance {
			if n != 0 {
				t.Fatalf("the outline does not close at point %d", v)
			}
		}
		if len(r.Triangles)%3 != 0 || !(r.Area() >= 0) {
			t.Fatalf("%d corners, area %v", len(r.Triangles), r.Area())
		}
		for _, p := range r.Points {
			if !p.IsFinite() {
				t.Fatalf("point %v", p)
			}
		}
	})
}
