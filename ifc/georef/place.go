package georef

import (
	"errors"
	"fmt"
	"math"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// Place takes points of a model to Earth and back. It is immutable and may be used by many
// goroutines.
type Place struct {
	// Source is the rung that it comes from, one of the Source… constants.
	Source string
	// CRS names the system of the map coordinates, "" for a place by longitude and latitude.
	CRS string
	// VerticalCRS says what heights count from: "ellipsoidal", an EPSG code, or "" when
	// nobody said.
	VerticalCRS string

	op   *crs.Operation // grid → store
	back *crs.Operation
	unit float64 // metres per unit of the grid
	// Grid metres: east = e0 + xx·x + xy·y, north = n0 + yx·x + yy·y; height = h0 + zz·z.
	e0, n0, h0         float64
	xx, xy, yx, yy, zz float64
}

// similarity is a plane similarity with a height: what a map conversion states, in metres.
type similarity struct {
	east, north, height float64
	rotation            float64 // radians counter-clockwise from east to the model's x axis
	scale               [3]float64
}

func (p *Place) set(s similarity) {
	sin, cos := math.Sincos(s.rotation)
	p.e0, p.n0, p.h0 = s.east, s.north, s.height
	p.xx, p.xy = s.scale[0]*cos, -s.scale[1]*sin
	p.yx, p.yy = s.scale[0]*sin, s.scale[1]*cos
	p.zz = s.scale[2]
}

// onGrid returns the place of a similarity in a projected system.
func onGrid(grid, store *crs.CRS, transforms []crs.Helmert, s similarity) (*Place, error) {
	op, err := crs.Transform(grid.Horizontal(), store, transforms...)
	if err != nil {
		return nil, problem(proposed(err, grid, s), crsHint)
	}
	p := &Place{op: op, back: op.Inverse(), unit: grid.Horizontal().Unit().Factor, CRS: nameOf(grid)}
	p.set(s)
	return p, nil
}

// proposed narrows the transforms that an error proposes to those that hold where the model
// stands.
func proposed(err error, grid *crs.CRS, s similarity) error {
	var missing *crs.Error
	if !errors.As(err, &missing) || missing.Code != crs.CodeDatumTransform {
		return err
	}
	unit := grid.Horizontal().Unit().Factor
	lon, lat, _, outside := grid.Horizontal().Inverse(s.east/unit, s.north/unit, 0)
	if list := crs.Proposals(grid.Datum(), crs.Box{West: lon, South: lat, East: lon, North: lat}); outside == nil && list != "" {
		narrow := *missing
		narrow.Hint = crs.TransformHint + list
		return &narrow
	}
	return err
}

func nameOf(c *crs.CRS) string {
	if id := c.ID(); id != "" {
		return id
	}
	return c.Name()
}

// about returns the place whose model coordinate pivot stands at a longitude, latitude and
// height (at) of a datum. The grid is a transverse Mercator about that point, with the scale
// at which lengths are true at its height.
func about(datum *crs.Datum, opt Options, at [3]float64, rotation float64, pivot mesh.Vec3) (*Place, error) {
	lon, lat, h := at[0], at[1], at[2]
	if !(math.Abs(lon) <= 180 && math.Abs(lat) < 89.9 && math.Abs(h) < 1e5) { // written so that NaN fails
		return nil, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "outside-earth",
			Message: fmt.Sprintf("longitude %g, latitude %g, height %g is no place on Earth", lon, lat, h),
			Hint:    "longitude comes first: --origin lon,lat,h"}
	}
	grid, err := crs.TransverseMercator("about the origin", datum, crs.Parameters{Lat0: lat, Lon0: lon, Scale: 1 + h/meanRadius(datum.Ellipsoid(), lat)})
	if err != nil {
		return nil, fmt.Errorf("grid about %g, %g: %w", lon, lat, problem(err, ""))
	}
	sin, cos := math.Sincos(rotation)
	p, err := onGrid(grid, opt.Store, opt.Transforms, similarity{
		east: -(cos*pivot[0] - sin*pivot[1]), north: -(sin*pivot[0] + cos*pivot[1]), height: h - pivot[2],
		rotation: rotation, scale: [3]float64{1, 1, 1},
	})
	if err != nil {
		return nil, err
	}
	p.CRS = ""
	return p, nil
}

// meanRadius returns the Gaussian radius of curvature at a latitude in degrees.
func meanRadius(e crs.Ellipsoid, lat float64) float64 {
	f := 0.0
	if e.InvF != 0 {
		f = 1 / e.InvF
	}
	e2 := f * (2 - f)
	s := math.Sin(lat * math.Pi / 180)
	return e.A * math.Sqrt(1-e2) / (1 - e2*s*s)
}

// Forward returns longitude and latitude in degrees of the store's datum and the height in
// metres of a point of the model in metres. The error has code outside-extent for a point
// that the projection cannot reach.
func (p *Place) Forward(m mesh.Vec3) (lon, lat, h float64, err error) {
	e, n := p.grid(m)
	lon, lat, _, err = p.op.Point(e, n, 0)
	if err != nil {
		return 0, 0, 0, problem(err, "")
	}
	return lon, lat, p.Height(m[2]), nil
}

// grid returns the coordinates of a point in the unit of the grid.
func (p *Place) grid(m mesh.Vec3) (e, n float64) {
	return (p.e0 + p.xx*m[0] + p.xy*m[1]) / p.unit, (p.n0 + p.yx*m[0] + p.yy*m[1]) / p.unit
}

// Height returns the height of a z of the model, both in metres.
func (p *Place) Height(z float64) float64 { return p.h0 + p.zz*z }

// Inverse returns the point of the model, in metres, at a longitude and latitude in degrees
// and a height in metres. Errors are as for Forward.
func (p *Place) Inverse(lon, lat, h float64) (mesh.Vec3, error) {
	e, n, _, err := p.back.Point(lon, lat, 0)
	if err != nil {
		return mesh.Vec3{}, problem(err, "")
	}
	e, n = e*p.unit-p.e0, n*p.unit-p.n0
	det := p.xx*p.yy - p.xy*p.yx
	return mesh.Vec3{(p.yy*e - p.xy*n) / det, (p.xx*n - p.yx*e) / det, (h - p.h0) / p.zz}, nil
}

// Apply takes flat model coordinates in metres to longitude, latitude and, from stride 3
// on, height, in place. On an error the slice is partly converted.
func (p *Place) Apply(flat []float64, stride int) error {
	for i := 0; i+stride <= len(flat); i += stride {
		m := mesh.Vec3{flat[i], flat[i+1]}
		if stride > 2 {
			flat[i+2] = p.Height(flat[i+2])
		}
		e, n := p.grid(m)
		lon, lat, _, err := p.op.Point(e, n, 0)
		if err != nil {
			return problem(err, "")
		}
		flat[i], flat[i+1] = lon, lat
	}
	return nil
}

// Notes returns what a report should say about the datum: null offsets taken, transforms
// used.
func (p *Place) Notes() []string { return p.op.Notes() }

// frameReach is the distance in metres over which a frame's axes are measured: far enough
// that rounding does not count, near enough that the Earth's curve does not.
const frameReach = 100

// Frame returns the linear frame of model coordinates counted from zero, a point of the
// model in metres: a point at zero + p is at Axes·p east, north and up of Origin. The axes
// hold rotation, scale and the grid's convergence and scale at zero. See the package
// comment for how far it holds.
func (p *Place) Frame(zero mesh.Vec3) (spatial.Frame, error) {
	lon, lat, h, err := p.Forward(zero)
	if err != nil {
		return spatial.Frame{}, err
	}
	enu, err := crs.NewENU(p.op.To().Datum(), lon, lat, h)
	if err != nil {
		return spatial.Frame{}, problem(err, "")
	}
	f := spatial.Frame{Origin: [3]float64{lon, lat, h}}
	for axis := range 3 {
		var d mesh.Vec3
		d[axis] = frameReach
		var ends [2]mesh.Vec3
		for side, at := range [2]mesh.Vec3{zero.Add(d), zero.Sub(d)} {
			lon, lat, h, err := p.Forward(at)
			if err != nil {
				return spatial.Frame{}, err
			}
			e, n, u := enu.Forward(lon, lat, h)
			ends[side] = mesh.Vec3{e, n, u}
		}
		column := ends[0].Sub(ends[1]).Scale(1. / (2 * frameReach))
		for row := range 3 {
			f.Axes[3*row+axis] = column[row]
		}
	}
	return f, nil
}
