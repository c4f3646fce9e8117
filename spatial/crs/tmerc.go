package crs

import "math"

// transverseMercator is the Gauss-Krüger projection by Krüger's series in the third
// flattening n, to order 6, with Karney's conformal latitude: within 10 nm up to 30
// degrees from the central meridian.
type transverseMercator struct {
	conformal
	lon0        float64
	radius      float64 // rectifying radius times scale
	fe, fn      float64 // fn contains the meridian distance of the origin
	alpha, beta [krugerOrder]float64
}

const krugerOrder = 6

// maxEta bounds the distance from the central meridian, as PROJ does: beyond about 80
// degrees at the equator the series no longer converges to anything useful.
const maxEta = 2.623395162778

// krugerAlpha and krugerBeta are Krüger's coefficients (1912, §5 and §7) as extended to
// n⁶ by Karney 2011, eqs. 35 and 36: row j-1 holds the coefficients of n^j, n^(j+1), ….
var (
	krugerAlpha = [krugerOrder][]float64{
		{1. / 2, -2. / 3, 5. / 16, 41. / 180, -127. / 288, 7891. / 37800},
		{13. / 48, -3. / 5, 557. / 1440, 281. / 630, -1983433. / 1935360},
		{61. / 240, -103. / 140, 15061. / 26880, 167603. / 181440},
		{49561. / 161280, -179. / 168, 6601661. / 7257600},
		{34729. / 80640, -3418889. / 1995840},
		{212378941. / 319334400},
	}
	krugerBeta = [krugerOrder][]float64{
		{1. / 2, -2. / 3, 37. / 96, -1. / 360, -81. / 512, 96199. / 604800},
		{1. / 48, 1. / 15, -437. / 1440, 46. / 105, -1118711. / 3870720},
		{17. / 480, -37. / 840, -209. / 4480, 5569. / 90720},
		{4397. / 161280, -11. / 504, -830251. / 7257600},
		{4583. / 161280, -108847. / 3991680},
		{20648693. / 638668800},
	}
)

func krugerSeries(rows *[krugerOrder][]float64, n float64) (c [krugerOrder]float64) {
	for j, row := range rows {
		sum := 0.0
		for i := len(row) - 1; i >= 0; i-- {
			sum = sum*n + row[i]
		}
		c[j] = sum * math.Pow(n, float64(j+1))
	}
	return c
}

func newTransverseMercator(ell Ellipsoid, p Parameters) (projection, string) {
	if !(p.Scale > 0) {
		return nil, "the scale factor must be positive"
	}
	n := ell.n()
	n2 := n * n
	a := ell.A / (1 + n) * (1 + n2/4*(1+n2/16*(1+n2/4)))
	t := &transverseMercator{
		conformal: newConformal(ell), lon0: rad(p.Lon0), radius: a * p.Scale, fe: p.FalseEasting,
		alpha: krugerSeries(&krugerAlpha, n), beta: krugerSeries(&krugerBeta, n),
	}
	_, m0, _ := t.forward(t.lon0, rad(p.Lat0))
	t.fn = p.FalseNorthing - m0
	return t, ""
}

func (t *transverseMercator) forward(lam, phi float64) (x, y float64, ok bool) {
	if !(math.Abs(phi) <= maxLat) {
		return 0, 0, false
	}
	taup := t.tau(phi)
	sinLam, cosLam := math.Sincos(wrap(lam - t.lon0))
	// ξ' and η' are never taken the sine of: the double angles follow from their tangents.
	r := math.Sqrt(taup*taup + cosLam*cosLam)
	sinXi, cosXi, sinhEta := taup/r, cosLam/r, sinLam/r
	xi, eta := math.Atan2(taup, cosLam), math.Asinh(sinhEta)
	if !(math.Abs(eta) <= maxEta) {
		return 0, 0, false
	}
	dXi, dEta := clenshaw(&t.alpha, doubled{
		sin: 2 * sinXi * cosXi, cos: (cosXi - sinXi) * (cosXi + sinXi),
		sinh: 2 * sinhEta * math.Sqrt(1+sinhEta*sinhEta), cosh: 1 + 2*sinhEta*sinhEta,
	})
	return t.fe + t.radius*(eta+dEta), t.fn + t.radius*(xi+dXi), true
}

func (t *transverseMercator) inverse(x, y float64) (lam, phi float64, ok bool) {
	xi, eta := (y-t.fn)/t.radius, (x-t.fe)/t.radius
	if !(math.Abs(eta) <= maxEta) || !(math.Abs(xi) <= math.Pi) {
		return 0, 0, false
	}
	sin2, cos2 := math.Sincos(2 * xi)
	sinh2 := math.Sinh(2 * eta)
	dXi, dEta := clenshaw(&t.beta, doubled{sin: sin2, cos: cos2, sinh: sinh2, cosh: math.Sqrt(1 + sinh2*sinh2)})
	sinhEta := math.Sinh(eta - dEta)
	sinXi, cosXi := math.Sincos(xi - dXi)
	lam = math.Atan2(sinhEta, cosXi)
	phi = t.phi(sinXi / math.Sqrt(sinhEta*sinhEta+cosXi*cosXi))
	return wrap(lam + t.lon0), phi, true
}

// doubled holds the functions of 2ξ and 2η for a complex angle ξ + iη.
type doubled struct{ sin, cos, sinh, cosh float64 }

// clenshaw returns the real and imaginary part of Σ c[j]·sin 2j(ξ+iη), j = 1…6.
func clenshaw(c *[krugerOrder]float64, d doubled) (re, im float64) {
	ar, ai := 2*d.cos*d.cosh, -2*d.sin*d.sinh
	var br, bi, pr, pi float64
	for j := krugerOrder - 1; j >= 0; j-- {
		br, bi, pr, pi = c[j]+ar*br-ai*bi-pr, ar*bi+ai*br-pi, br, bi
	}
	sr, si := d.sin*d.cosh, d.cos*d.sinh
	return sr*br - si*bi, sr*bi + si*br
}
