package shape

import (
	"math"

	"github.com/shikong-cim/shikong/ifc/kernel"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// finerEnds is into how many times as many segments a curve is cut to learn its directions at
// its ends.
const finerEnds = 16

// trail builds the points of a curve and its directions at both ends: the first line of a
// polyline leaves the curve by half of the angle between two lines, and a pipe would end
// askew.
func (b *Builder) trail(build func() ([]mesh.Vec3, error)) (kernel.Trail, error) {
	pts, err := build()
	if err != nil || len(pts) < 3 {
		return kernel.Trail{Points: pts}, err
	}
	t := kernel.Trail{Points: pts}
	coarse := b.kernel
	b.kernel = coarse.Finer(finerEnds)
	turn := b.kernel.MaxTurnOr()
	fine, err := build()
	b.kernel = coarse
	if err != nil {
		return t, err
	}
	t.Start = startOf(fine, turn)
	if back := startOf(reversed(fine), turn); back != (mesh.Vec3{}) {
		t.End = back.Scale(-1)
	}
	return t, nil
}

// startOf returns the direction in which a curve begins that is cut into even segments with
// at most the given turn between them: as if it began with an arc. It is zero for a
// curve that begins straight, and for a polyline with corners.
func startOf(pts []mesh.Vec3, turn float64) mesh.Vec3 {
	if len(pts) < 4 {
		return mesh.Vec3{}
	}
	a, b, c := pts[1].Sub(pts[0]), pts[2].Sub(pts[1]), pts[3].Sub(pts[2])
	first, second := angleBetween(a, b), angleBetween(b, c)
	const even = 0.3
	if !(first > 1e-9) || first > 1.01*turn || math.Abs(first-second) > even*first || math.Abs(a.Len()-b.Len()) > even*b.Len() {
		return mesh.Vec3{}
	}
	return mesh.Rotation(a.Cross(b), -first/2).ApplyDir(a).Unit()
}

func angleBetween(a, b mesh.Vec3) float64 { return math.Atan2(a.Cross(b).Len(), a.Dot(b)) }
