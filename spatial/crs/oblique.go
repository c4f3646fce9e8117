package crs

import "math"

// obliqueMercator is Hotine's oblique Mercator projection, EPSG methods 9812 and 9815,
// with the isometric latitude ψ: t = exp(-ψ). It is that of Switzerland, Hungary and Malaysia.
type obliqueMercator struct {
	conformal
	a, b            float64 // A and B of EPSG's Guidance Note 7-2
	lon0, psiC, lnF float64
	sin0, cos0      float64 // of γ0, the azimuth of the initial line at the equator
	sinC, cosC      float64 // of γc, from the oblique grid to the rectified one
	u0              float64 // of the point that false easting and northing belong to
	fe, fn, lonC    float64
}

func newObliqueMercatorA(ell Ellipsoid, p Parameters) (projection, string) {
	o, why := newOblique(ell, p)
	if why != "" {
		return nil, why
	}
	o.u0 = 0
	return o, ""
}

func newObliqueMercatorB(ell Ellipsoid, p Parameters) (projection, string) {
	o, why := newOblique(ell, p)
	if why != "" {
		return nil, why
	}
	return o, ""
}

// newOblique computes the constants; u0 is that of the projection centre.
func newOblique(ell Ellipsoid, p Parameters) (*obliqueMercator, string) {
	turn := math.Remainder(p.Azimuth, 360)
	switch {
	case !(p.Scale > 0):
		return nil, "the scale factor must be positive"
	case p.Lat0 == 0 || math.Abs(p.Lat0) >= 89.9:
		return nil, "the latitude of the centre must lie between the equator and a pole"
	case !(math.Abs(turn) <= 90) || math.Abs(turn) < 1e-3:
		return nil, "the azimuth of the initial line must lie between 0 and 90 degrees"
	}
	c, e2 := newConformal(ell), ell.e2()
	phi, azimuth := rad(p.Lat0), rad(turn)
	s, cos := math.Sincos(phi)
	b := math.Sqrt(1 + e2*cos*cos*cos*cos/(1-e2))
	a := ell.A * b * p.Scale * math.Sqrt(1-e2) / (1 - e2*s*s)
	d := math.Max(1, b*math.Sqrt(1-e2)/(cos*math.Sqrt(1-e2*s*s)))
	root := math.Copysign(math.Sqrt(d*d-1), phi)
	f := d + root
	gamma0 := math.Asin(math.Sin(azimuth) / d)
	g := (f - 1/f) / 2
	o := &obliqueMercator{conformal: c, a: a, b: b, psiC: c.psi(phi), lnF: math.Log(f), lonC: rad(p.Lon0),
		lon0: rad(p.Lon0) - math.Asin(clamp(g*math.Tan(gamma0)))/b, fe: p.FalseEasting, fn: p.FalseNorthing}
	o.sin0, o.cos0 = math.Sincos(gamma0)
	o.sinC, o.cosC = math.Sincos(rad(p.GridAngle))
	if turn == 90 {
		// The arcsine of what should be 1 would make 3 cm of its last bit.
		o.lon0 = o.lonC - math.Copysign(math.Pi/2, phi)/b
		o.u0 = a * (o.lonC - o.lon0)
	} else {
		o.u0 = a / b * math.Atan2(root, math.Cos(azimuth))
	}
	return o, ""
}

func (o *obliqueMercator) forward(lam, phi float64) (x, y float64, ok bool) {
	if !(math.Abs(phi) < math.Pi/2) {
		return 0, 0, false
	}
	dl := wrap(lam - o.lon0)
	q := math.Exp(o.lnF + o.b*(o.psi(phi)-o.psiC))
	s, t := (q-1/q)/2, (q+1/q)/2
	sin, cos := math.Sincos(o.b * dl)
	w := (s*o.sin0 - sin*o.cos0) / t
	if !(math.Abs(w) < 1) {
		return 0, 0, false
	}
	v := -o.a / o.b * math.Atanh(w)
	u := o.a/o.b*math.Atan2(s*o.cos0+sin*o.sin0, cos) - o.u0
	return o.fe + v*o.cosC + u*o.sinC, o.fn + u*o.cosC - v*o.sinC, math.Abs(wrap(lam-o.lonC)) < math.Pi/2
}

func (o *obliqueMercator) inverse(x, y float64) (lam, phi float64, ok bool) {
	dx, dy := x-o.fe, y-o.fn
	v := dx*o.cosC - dy*o.sinC
	u := dy*o.cosC + dx*o.sinC + o.u0
	q := math.Exp(-o.b * v / o.a)
	s, t := (q-1/q)/2, (q+1/q)/2
	sin, cos := math.Sincos(o.b * u / o.a)
	w := (sin*o.cos0 + s*o.sin0) / t
	if !(math.Abs(w) < 1) || math.Abs(o.b*u/o.a) > math.Pi {
		return 0, 0, false
	}
	psi := o.psiC + (math.Atanh(w)-o.lnF)/o.b
	return wrap(o.lon0 - math.Atan2(s*o.cos0-sin*o.sin0, cos)/o.b), o.phi(math.Sinh(psi)), math.Abs(psi) < maxPsi
}

// krovak is the oblique conformal conic projection of the Czech and Slovak republics, EPSG
// methods 9819 and 1041, here with eastings and northings, which are negative there.
type krovak struct {
	conformal
	b, lnT0      float64
	sinA, cosA   float64 // of the co-latitude of the cone's axis
	n, r0, half  float64 // half: tan(π/4+φp/2)
	lon0, fe, fn float64
}

func newKrovak(ell Ellipsoid, p Parameters) (projection, string) {
	if !(p.Scale > 0) || !(p.Parallel2 > 1 && p.Parallel2 < 89) || !(p.Parallel1 > 0 && p.Parallel1 < 90) || !(math.Abs(p.Lat0) < 89) {
		return nil, "it needs a scale factor, the co-latitude of the cone's axis and the pseudo standard parallel"
	}
	e2, c := ell.e2(), newConformal(ell)
	phi := rad(p.Lat0)
	s, cos := math.Sincos(phi)
	b := math.Sqrt(1 + e2*cos*cos*cos*cos/(1-e2))
	gamma0 := math.Asin(s / b)
	a := ell.A * math.Sqrt(1-e2) / (1 - e2*s*s)
	latP := rad(p.Parallel2)
	k := &krovak{conformal: c, b: b, lnT0: math.Log(math.Tan(math.Pi/4+gamma0/2)) - b*c.psi(phi), n: math.Sin(latP),
		r0: p.Scale * a / math.Tan(latP), half: math.Tan(math.Pi/4 + latP/2), lon0: rad(p.Lon0), fe: p.FalseEasting, fn: p.FalseNorthing}
	k.sinA, k.cosA = math.Sincos(rad(p.Parallel1))
	return k, ""
}

func (k *krovak) forward(lam, phi float64) (x, y float64, ok bool) {
	if !(math.Abs(phi) < math.Pi/2) {
		return 0, 0, false
	}
	u := gudermann(k.b*k.psi(phi) + k.lnT0)
	v := k.b * wrap(k.lon0-lam)
	sinU, cosU := math.Sincos(u)
	t := math.Asin(clamp(k.cosA*sinU + k.sinA*cosU*math.Cos(v)))
	d := math.Asin(clamp(cosU * math.Sin(v) / math.Cos(t)))
	r := k.r0 * math.Pow(k.half/math.Tan(t/2+math.Pi/4), k.n)
	sin, cos := math.Sincos(k.n * d)
	return k.fe - r*sin, k.fn - r*cos, math.Abs(v) < 1 && r < 1e8
}

func (k *krovak) inverse(x, y float64) (lam, phi float64, ok bool) {
	west, south := k.fe-x, k.fn-y
	r := math.Hypot(west, south)
	d := math.Atan2(west, south) / k.n
	if !(r > 1 && r < 1e8) || math.Abs(d) > 1.5 {
		return 0, 0, false
	}
	t := 2 * (math.Atan(math.Pow(k.r0/r, 1/k.n)*k.half) - math.Pi/4)
	sinT, cosT := math.Sincos(t)
	u := math.Asin(clamp(k.cosA*sinT - k.sinA*cosT*math.Cos(d)))
	v := math.Asin(clamp(cosT * math.Sin(d) / math.Cos(u)))
	psi := (math.Asinh(math.Tan(u)) - k.lnT0) / k.b
	return wrap(k.lon0 - v/k.b), k.phi(math.Sinh(psi)), math.Abs(psi) < maxPsi
}

// gudermann returns the latitude on a sphere of an isometric latitude.
func gudermann(psi float64) float64 { return math.Atan(math.Sinh(psi)) }

func clamp(v float64) float64 { return math.Max(-1, math.Min(1, v)) }
