package intake

import (
	"errors"
	"math"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
)

// placer brings coordinates from the file's reference system to the store's.
type placer struct {
	fixed  bool // the user named the system; what the file says does not count
	store  *crs.CRS
	from   *crs.CRS
	shifts []crs.Helmert
	op     *crs.Operation // nil when nothing is to be done
	notes  []spatial.Warning
}

func (p *placer) init(opts Options) error {
	p.store, p.shifts = opts.Store, opts.Transforms
	if p.store == nil {
		wgs84, err := crs.ByCode(4326)
		if err != nil {
			return err
		}
		p.store = wgs84
	}
	name := opts.CRS
	if p.fixed = name != ""; !p.fixed {
		name = "OGC:CRS84" // RFC 7946 §4
	}
	return p.use(name)
}

func (p *placer) use(name string) error {
	from, err := crs.Parse(name)
	if err != nil {
		return problem(err)
	}
	op, err := crs.Transform(from, p.store, p.shifts...)
	if err != nil {
		return problem(err)
	}
	p.from, p.op, p.notes = from, op, nil
	for _, n := range op.Notes() {
		p.notes = append(p.notes, spatial.Warning{Code: "datum-shift", Message: n})
	}
	if from.Geographic() && len(op.Notes()) == 0 {
		p.op = nil
	}
	return nil
}

func (p *placer) name() string {
	if p.from == nil {
		return ""
	}
	if id := p.from.ID(); id != "" {
		return id
	}
	return p.from.Name()
}

// apply brings a geometry to the store's system in place; it was just made from the file's
// bytes and nobody else holds it.
func (p *placer) apply(g geom.T) error {
	if c, ok := g.(*geom.GeometryCollection); ok {
		for _, m := range c.Geoms() {
			if err := p.apply(m); err != nil {
				return err
			}
		}
		return nil
	}
	flat := g.FlatCoords()
	if len(flat) == 0 {
		return nil
	}
	// One position tells a zone prefix or exchanged axes; all of them cost too much.
	if err := p.from.Check(flat[0], flat[1]); err != nil && !p.from.Geographic() {
		return problem(err)
	}
	if p.op == nil {
		return nil
	}
	if err := p.op.Apply(flat, g.Stride()); err != nil {
		return problem(err)
	}
	return nil
}

// withinEarth takes back roundings by which real files (Natural Earth is one) reach beyond
// the antimeridian or a pole: less than a tenth of a millimetre.
func withinEarth(g geom.T) {
	if c, ok := g.(*geom.GeometryCollection); ok {
		for _, m := range c.Geoms() {
			withinEarth(m)
		}
		return
	}
	const rounding = 1e-9
	flat, stride := g.FlatCoords(), g.Stride()
	for i := 0; i+stride <= len(flat); i += stride {
		for d, limit := range [2]float64{180, 90} {
			if v := math.Abs(flat[i+d]); v > limit && v < limit+rounding {
				flat[i+d] = math.Copysign(limit, flat[i+d])
			}
		}
	}
}

// problem turns an error of package crs into one with a kind of the vocabulary.
func problem(err error) error {
	var e *crs.Error
	if !errors.As(err, &e) {
		return err
	}
	kind := spatial.ErrInvalid
	if errors.Is(err, crs.ErrUnsupported) || errors.Is(err, crs.ErrDatumTransform) {
		kind = spatial.ErrUnsupported
	}
	return &spatial.Problem{Kind: kind, Code: e.Code, Message: e.Message, Hint: e.Hint}
}
