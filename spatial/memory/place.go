package memory

import (
	"math"

	"github.com/shikong-cim/shikong/spatial"
)

// place is the point of a nearest query, ready to give bounds.
type place struct {
	lon, lat float64 // radians
	cos      float64 // of the latitude
	world    World

	// Within a band of latitude a world unit is at least so many metres long; top and bottom
	// bound the band in the world.
	top, bottom uint32
	east, north float64
}

func newPlace(n *spatial.Near) place {
	p := place{lon: n.Lon * degree, lat: n.Lat * degree, cos: math.Cos(n.Lat * degree), world: Project(n.Lon, n.Lat)}
	const band = 0.2 // degrees to each side
	if math.Abs(n.Lat) < 70 {
		p.top, p.bottom = Project(0, n.Lat+band).Y, Project(0, n.Lat-band).Y
		p.east, p.north = unitLength(math.Abs(n.Lat) + band)
	}
	return p
}

// leastRadius is the smallest radius of curvature of the ellipsoid in metres, that of the
// meridian at the equator, a(1-e²). No path on the ellipsoid is shorter than the same path
// in latitude and longitude on a sphere of this radius.
const leastRadius = 6335439.3

// bound returns a distance in metres that no point of the rectangle is nearer than.
func (p *place) bound(r Rect) float64 {
	// Rounding to world units moves edges by a centimetre, and a distance is measured to
	// edges that are bent a little otherwise: take both off with room to spare.
	const slackMetres, slackPart = 0.05, 1e-3
	if r.MinY >= p.top && r.MaxY <= p.bottom && p.bottom > p.top {
		dx := uint32(0)
		if p.world.X < r.MinX || p.world.X > r.MaxX {
			dx = min(r.MinX-p.world.X, p.world.X-r.MaxX) // around the world: uint32 wraps as longitude does
		}
		dy := max(int64(r.MinY)-int64(p.world.Y), int64(p.world.Y)-int64(r.MaxY), 0)
		if dx < 1<<23 { // 78 km: a geodesic bends out of the band by so little that the slack holds it
			east, north := float64(dx)*p.east, float64(dy)*p.north
			return max(0, math.Sqrt(east*east+north*north)*(1-slackPart)-slackMetres)
		}
	}
	d := leastRadius * max(p.northSouth(r), p.eastWest(r))
	return max(0, d*(1-slackPart)-slackMetres)
}

// northSouth is the angle between the parallels of the point and of the rectangle.
func (p *place) northSouth(r Rect) float64 {
	switch {
	case p.world.Y < r.MinY && r.MinY > 0:
		_, lat := World{Y: r.MinY - 1}.Unproject()
		return max(0, p.lat-lat*degree)
	case p.world.Y > r.MaxY && r.MaxY < math.MaxUint32:
		_, lat := World{Y: r.MaxY + 1}.Unproject()
		return max(0, lat*degree-p.lat)
	}
	return 0
}

// eastWest is the angle between the point and the nearer meridian of the rectangle.
func (p *place) eastWest(r Rect) float64 {
	if p.world.X >= r.MinX && p.world.X <= r.MaxX {
		return 0
	}
	west, east := r.MinX-p.world.X, p.world.X-r.MaxX // around the world: uint32 wraps as longitude does
	angle := float64(min(west, east)-1) / worldSize * 2 * math.Pi
	if angle <= 0 {
		return 0
	}
	if angle >= math.Pi/2 {
		return math.Pi/2 - math.Abs(p.lat)
	}
	return math.Asin(p.cos * math.Sin(angle))
}
