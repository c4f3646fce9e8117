package crs

import "math"

// conformal converts between geodetic and conformal latitude, through their tangents, as
// in Karney, "Transverse Mercator with an accuracy of a few nanometers" (2011), §2. Its
// fields are the first eccentricity and 1-e².
type conformal struct {
	e, e2m float64
}

func newConformal(ell Ellipsoid) conformal {
	e2 := ell.e2()
	return conformal{e: math.Sqrt(e2), e2m: 1 - e2}
}

// sigma returns sinh(e·atanh(e·s)) for s = sin φ. The argument of sinh stays below 0.02
// for every ellipsoid that valid lets through, where three terms are exact.
func (c conformal) sigma(s float64) float64 {
	x := c.e * math.Atanh(c.e*s)
	x2 := x * x
	return x * (1 + x2/6*(1+x2/20))
}

// tau returns the tangent of the conformal latitude of a geodetic latitude in radians.
func (c conformal) tau(phi float64) float64 {
	s, cos := math.Sincos(phi)
	sig := c.sigma(s)
	return (s*math.Sqrt(1+sig*sig) - sig) / cos
}

// psi returns the isometric latitude of a geodetic latitude in radians.
func (c conformal) psi(phi float64) float64 { return math.Asinh(c.tau(phi)) }

// phi returns the geodetic latitude in radians whose conformal latitude has the tangent
// taup, by Newton's method; two rounds reach full precision.
func (c conformal) phi(taup float64) float64 {
	if math.Abs(taup) > 1e12 {
		return math.Atan(taup) // within 1e-12 of a pole, where both latitudes meet
	}
	tau := taup / c.e2m
	if math.Abs(taup) > 70 {
		tau = taup * math.Exp(c.e*math.Atanh(c.e))
	}
	for range 5 {
		tau1 := math.Sqrt(1 + tau*tau)
		sig := c.sigma(tau / tau1)
		t := tau*math.Sqrt(1+sig*sig) - sig*tau1
		d := (taup - t) * (1 + c.e2m*tau*tau) / (c.e2m * tau1 * math.Sqrt(1+t*t))
		tau += d
		// Newton doubles the digits: a step below √ε leaves an error below ε.
		if math.Abs(d) <= 1e-9*max(1, math.Abs(tau)) {
			break
		}
	}
	return math.Atan(tau)
}
