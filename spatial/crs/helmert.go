package crs

import (
	"fmt"
	"math"
)

// RotationConvention says which way the rotations of a 7-parameter transform turn. Mixing
// the two up moves a city by tens of metres, so it is always named.
type RotationConvention string

const (
	// PositionVector turns the position: EPSG methods 1033, 1037, 9606; Bursa-Wolf, TOWGS84.
	PositionVector RotationConvention = "position-vector"
	// CoordinateFrame turns the axes: EPSG methods 1032, 1038, 9607; the opposite signs.
	CoordinateFrame RotationConvention = "coordinate-frame"
)

// Helmert is a datum transform with 3 or 7 parameters between geocentric coordinates.
// A 3-parameter transform leaves rotations, scale and convention at their zero value.
type Helmert struct {
	Code       int                // of the EPSG operation, 0 for one's own
	Name       string             // for reports; never the parameters
	From, To   *Datum             // To should be on the null-offset list
	DX, DY, DZ float64            // metres
	RX, RY, RZ float64            // arc-seconds
	ScalePPM   float64            // parts per million
	Convention RotationConvention // required when a rotation is not zero
	Accuracy   float64            // metres, 0 = unknown
	Area       string             // where it holds, for reports
	Bounds     Box                // around that area
}

// Validate returns an error with code datum-transform-required for a transform that
// cannot be meant: datums missing, no convention for rotations, values that are no numbers
// or far beyond any real datum.
func (h Helmert) Validate() error {
	bad := func(what string) error {
		return &Error{Code: CodeDatumTransform, Message: fmt.Sprintf("the datum transform %s: %s", quote(h.Name), what),
			Hint: "give from and to datum, metres, arc-seconds, ppm and position-vector or coordinate-frame"}
	}
	if h.From == nil || h.To == nil {
		return bad("a datum is missing")
	}
	if h.From.same(h.To) {
		return bad("both datums are the same")
	}
	for _, v := range []struct{ value, max float64 }{
		{h.DX, 1e4}, {h.DY, 1e4}, {h.DZ, 1e4}, {h.RX, 3600}, {h.RY, 3600}, {h.RZ, 3600}, {h.ScalePPM, 1e4},
	} {
		if !(math.Abs(v.value) <= v.max) {
			return bad("a parameter is out of range")
		}
	}
	rotates := h.RX != 0 || h.RY != 0 || h.RZ != 0
	switch h.Convention {
	case PositionVector, CoordinateFrame:
	case "":
		if rotates {
			return bad("the rotation convention is missing")
		}
	default:
		return bad("the rotation convention " + quote(string(h.Convention)) + " is unknown")
	}
	return nil
}

// datumStep is a Helmert transform ready to run, there or back.
type datumStep struct {
	there, backward shift
	back            bool
}

func newDatumStep(h Helmert, back bool) datumStep {
	there := h.forward()
	return datumStep{there: there, backward: there.inverted(), back: back}
}

// point shifts a longitude, latitude and height. With keepZ the height is the same before
// and after, and going back undoes exactly what going there does.
func (d *datumStep) point(lon, lat, h float64, keepZ bool) (float64, float64, float64) {
	if !d.back {
		lon, lat, h2 := d.there.point(lon, lat, h)
		if keepZ {
			return lon, lat, h
		}
		return lon, lat, h2
	}
	lon2, lat2, h2 := d.backward.point(lon, lat, h)
	if !keepZ {
		return lon2, lat2, h2
	}
	// The height that the way there used is not the one that came out of it, which tilts
	// the position by up to a millimetre; one round of correction leaves 1e-12 degrees.
	lon3, lat3, _ := d.there.point(lon2, lat2, h)
	return lon2 + math.Remainder(lon-lon3, 360), lat2 + lat - lat3, h
}

// shift is one direction of a Helmert transform.
type shift struct {
	from, to Ellipsoid
	m        [9]float64 // row-major
	t        [3]float64
}

// forward returns From → To: X' = T + (1+s)·R·X with the small-angle matrix of EPSG.
func (h Helmert) forward() shift {
	const arcsec = math.Pi / 180 / 3600
	sign := 1.0
	if h.Convention == CoordinateFrame {
		sign = -1
	}
	rx, ry, rz := sign*h.RX*arcsec, sign*h.RY*arcsec, sign*h.RZ*arcsec
	k := 1 + h.ScalePPM*1e-6
	return shift{
		from: h.From.ellipsoid, to: h.To.ellipsoid,
		m: [9]float64{k, -k * rz, k * ry, k * rz, k, -k * rx, -k * ry, k * rx, k},
		t: [3]float64{h.DX, h.DY, h.DZ},
	}
}

// inverted returns the exact inverse, so that there and back is the identity. (EPSG
// reverses the parameters' signs instead, which differs by up to 1 mm for 10 arc-seconds.)
func (s shift) inverted() shift {
	a, b, c, d, e, f, g, h, i := s.m[0], s.m[1], s.m[2], s.m[3], s.m[4], s.m[5], s.m[6], s.m[7], s.m[8]
	det := a*(e*i-f*h) - b*(d*i-f*g) + c*(d*h-e*g)
	m := [9]float64{
		(e*i - f*h) / det, (c*h - b*i) / det, (b*f - c*e) / det,
		(f*g - d*i) / det, (a*i - c*g) / det, (c*d - a*f) / det,
		(d*h - e*g) / det, (b*g - a*h) / det, (a*e - b*d) / det,
	}
	inv := shift{from: s.to, to: s.from, m: m}
	x, y, z := inv.apply(s.t[0], s.t[1], s.t[2])
	inv.t = [3]float64{-x, -y, -z}
	return inv
}

func (s *shift) apply(x, y, z float64) (float64, float64, float64) {
	m := &s.m
	return s.t[0] + m[0]*x + m[1]*y + m[2]*z,
		s.t[1] + m[3]*x + m[4]*y + m[5]*z,
		s.t[2] + m[6]*x + m[7]*y + m[8]*z
}

// point shifts a longitude, latitude and height.
func (s *shift) point(lon, lat, h float64) (float64, float64, float64) {
	x, y, z := s.apply(s.from.ToGeocentric(lon, lat, h))
	return s.to.FromGeocentric(x, y, z)
}
