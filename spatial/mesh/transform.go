package mesh

import "math"

// Transform is an affine map of the local frame, three rows of four:
//
//	x' = t[0]·x + t[1]·y + t[2]·z  + t[3]
//	y' = t[4]·x + t[5]·y + t[6]·z  + t[7]
//	z' = t[8]·x + t[9]·y + t[10]·z + t[11]
//
// The zero Transform maps everything to the origin; use Identity to begin.
type Transform [12]float64

// Identity returns the map that leaves every point where it is.
func Identity() Transform {
	return Transform{0: 1, 5: 1, 10: 1}
}

// Translation returns the map that moves every point by d.
func Translation(d Vec3) Transform {
	return Transform{0: 1, 3: d[0], 5: 1, 7: d[1], 10: 1, 11: d[2]}
}

// Scaling returns the map that multiplies the three axes by f.
func Scaling(f Vec3) Transform {
	return Transform{0: f[0], 5: f[1], 10: f[2]}
}

// Rotation returns the right-handed rotation about an axis through the origin
// by an angle in radians. An axis without length gives the identity.
func Rotation(axis Vec3, angle float64) Transform {
	u := axis.Unit()
	if u == (Vec3{}) {
		return Identity()
	}
	s, c := math.Sincos(angle)
	k := 1 - c
	x, y, z := u[0], u[1], u[2]
	return Transform{
		c + x*x*k, x*y*k - z*s, x*z*k + y*s, 0,
		y*x*k + z*s, c + y*y*k, y*z*k - x*s, 0,
		z*x*k - y*s, z*y*k + x*s, c + z*z*k, 0,
	}
}

// Frame returns the map from coordinates along the axes x, y, z with the given
// origin to the frame in which the axes are expressed.
func Frame(origin, x, y, z Vec3) Transform {
	return Transform{
		x[0], y[0], z[0], origin[0],
		x[1], y[1], z[1], origin[1],
		x[2], y[2], z[2], origin[2],
	}
}

// Mul returns the map that applies u first and t second.
func (t Transform) Mul(u Transform) Transform {
	var r Transform
	for row := 0; row < 12; row += 4 {
		for col := range 4 {
			r[row+col] = t[row]*u[col] + t[row+1]*u[4+col] + t[row+2]*u[8+col]
		}
		r[row+3] += t[row+3]
	}
	return r
}

// Apply maps a point.
func (t Transform) Apply(p Vec3) Vec3 {
	return Vec3{
		t[0]*p[0] + t[1]*p[1] + t[2]*p[2] + t[3],
		t[4]*p[0] + t[5]*p[1] + t[6]*p[2] + t[7],
		t[8]*p[0] + t[9]*p[1] + t[10]*p[2] + t[11],
	}
}

// ApplyDir maps a direction: as Apply, without the translation.
func (t Transform) ApplyDir(d Vec3) Vec3 {
	return Vec3{
		t[0]*d[0] + t[1]*d[1] + t[2]*d[2],
		t[4]*d[0] + t[5]*d[1] + t[6]*d[2],
		t[8]*d[0] + t[9]*d[1] + t[10]*d[2],
	}
}

// Origin returns the image of the origin.
func (t Transform) Origin() Vec3 { return Vec3{t[3], t[7], t[11]} }

// Axis returns the image of the axis 0 (x), 1 (y) or 2 (z) as a direction.
func (t Transform) Axis(i int) Vec3 { return Vec3{t[i], t[4+i], t[8+i]} }

// Det returns the determinant of the linear part: the factor by which volumes
// grow, negative when the map mirrors.
func (t Transform) Det() float64 {
	return t.Axis(0).Dot(t.Axis(1).Cross(t.Axis(2)))
}

// IsMirror reports whether t turns a right hand into a left hand, so that
// triangles must change their winding.
func (t Transform) IsMirror() bool { return t.Det() < 0 }

// IsRigid reports whether t keeps lengths and handedness to within tol.
func (t Transform) IsRigid(tol float64) bool {
	x, y, z := t.Axis(0), t.Axis(1), t.Axis(2)
	for _, v := range [...]float64{x.Dot(x) - 1, y.Dot(y) - 1, z.Dot(z) - 1, x.Dot(y), y.Dot(z), z.Dot(x)} {
		if !(math.Abs(v) <= tol) {
			return false
		}
	}
	return !t.IsMirror()
}

// IsFinite reports whether no coefficient is NaN or infinite.
func (t Transform) IsFinite() bool {
	for _, v := range t {
		if v*0 != 0 {
			return false
		}
	}
	return true
}

// Inverse returns the map that undoes t, and false when t flattens space (or is
// not finite) and cannot be undone.
func (t Transform) Inverse() (Transform, bool) {
	x, y, z := t.Axis(0), t.Axis(1), t.Axis(2)
	yz, zx, xy := y.Cross(z), z.Cross(x), x.Cross(y)
	det := x.Dot(yz)
	size := x.Len() * y.Len() * z.Len()
	if !(math.Abs(det) > 1e-15*size) || !t.IsFinite() {
		return Transform{}, false
	}
	a, b, c := yz.Scale(1/det), zx.Scale(1/det), xy.Scale(1/det)
	o := t.Origin()
	return Transform{
		a[0], a[1], a[2], -a.Dot(o),
		b[0], b[1], b[2], -b.Dot(o),
		c[0], c[1], c[2], -c.Dot(o),
	}, true
}
