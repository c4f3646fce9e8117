package crs

import "fmt"

// Operation takes coordinates from one system to another. It is immutable.
type Operation struct {
	from, to *CRS
	steps    []datumStep
	// keepZ: heights pass unchanged, because one side does not measure them from the
	// ellipsoid; the datum shift then moves the horizontal position only, as PROJ does.
	keepZ    bool
	accuracy float64
	notes    []string
}

// Transform returns the operation between two systems. Datums that are the same, or both
// on the null-offset list, need nothing. Others need a transform: one of those given, or
// one of the few published ones that have no rival (RD, Hong Kong 1980, JGD2000, and GDA94
// to GDA2020); Notes and Accuracy tell which.
//
// The error has code datum-transform-required and names the datums; also when heights
// would have to go from one known vertical system to another, or to the ellipsoid.
func Transform(from, to *CRS, transforms ...Helmert) (*Operation, error) {
	op := &Operation{from: from, to: to}
	if err := op.checkHeights(); err != nil {
		return nil, err
	}
	for _, h := range transforms {
		if err := h.Validate(); err != nil {
			return nil, err
		}
	}
	if from.datum.same(to.datum) {
		return op, nil
	}
	for _, h := range transforms {
		if op.direct(h) {
			return op, nil
		}
	}
	// Both ends are brought to the null-offset list, and on it they meet.
	a, err := op.toList(from.datum, to.datum, transforms, false)
	if err != nil {
		return nil, err
	}
	b, err := op.toList(to.datum, from.datum, transforms, true)
	if err != nil {
		return nil, err
	}
	if a.list != b.list {
		op.note(max(a.list.accuracy, b.list.accuracy), fmt.Sprintf("%s and %s are taken as the same (null offset)", a.name, b.name))
		for _, l := range []*nullOffset{a.list, b.list} {
			if l.note != "" {
				op.notes = append(op.notes, l.note)
			}
		}
	}
	return op, nil
}

// direct uses h alone when it joins exactly the two datums.
func (op *Operation) direct(h Helmert) bool {
	switch {
	case h.From.same(op.from.datum) && h.To.same(op.to.datum):
		op.use(h, false)
	case h.From.same(op.to.datum) && h.To.same(op.from.datum):
		op.use(h, true)
	default:
		return false
	}
	return true
}

// toList appends what brings d to the null-offset list (or back from it) and returns the
// datum that is reached there; other is the datum at the operation's other end.
func (op *Operation) toList(d, other *Datum, transforms []Helmert, back bool) (*Datum, error) {
	for _, h := range transforms {
		if h.From.same(d) && h.To.list != nil {
			op.use(h, back)
			return h.To, nil
		}
	}
	if d.list != nil {
		return d, nil
	}
	if h, ok := unaskedTransform(d, other); ok {
		op.use(h, back)
		return h.To, nil
	}
	return nil, op.datumError(d)
}

func (op *Operation) use(h Helmert, back bool) {
	if h.DX != 0 || h.DY != 0 || h.DZ != 0 || h.RX != 0 || h.RY != 0 || h.RZ != 0 || h.ScalePPM != 0 {
		op.steps = append(op.steps, newDatumStep(h, back))
	}
	text := "datum transform " + h.Name
	if h.Code != 0 {
		text += fmt.Sprintf(" (EPSG:%d)", h.Code)
	}
	if h.Area != "" {
		text += ", " + h.Area
	}
	op.note(h.Accuracy, text)
}

func (op *Operation) note(accuracy float64, text string) {
	op.accuracy += accuracy
	if accuracy > 0 {
		text += fmt.Sprintf(", %g m", accuracy)
	}
	op.notes = append(op.notes, text)
}

func (op *Operation) datumError(d *Datum) error {
	hint := "give a datum transform with its rotation convention in a file with --transform, or give the data in a system on WGS 84, CGCS2000, ITRF, JGD2011, ETRS89 or GDA2020"
	area := op.from.Area()
	if d.same(op.to.datum) {
		area = op.to.Area()
	}
	if known := Proposals(d, area); known != "" {
		hint = TransformHint + known
	}
	return &Error{Code: CodeDatumTransform, Hint: hint, Message: fmt.Sprintf(
		"going from %s (datum %s) to %s (datum %s) needs a datum transform for %s that was not configured",
		op.from, op.from.datum.name, op.to, op.to.datum.name, d.name)}
}

// checkHeights decides what becomes of heights, and refuses where a quasi-geoid would be
// needed.
func (op *Operation) checkHeights() error {
	a, b := op.from.vertical, op.to.vertical
	op.keepZ = !a.Ellipsoidal || !b.Ellipsoidal
	if a.Code != 0 && (b.Ellipsoidal || b.Code != 0 && b.Code != a.Code) || b.Code != 0 && a.Ellipsoidal {
		return &Error{Code: CodeDatumTransform,
			Message: fmt.Sprintf("going from %s to %s would need a model of the geoid for the heights", op.from, op.to),
			Hint:    "use the horizontal system alone and keep the heights with their own vertical system"}
	}
	return nil
}

// From returns the system that coordinates come from.
func (op *Operation) From() *CRS { return op.from }

// To returns the system that coordinates go to.
func (op *Operation) To() *CRS { return op.to }

// Accuracy returns the expected error of the datum step in metres; 0 when the datums are
// the same, or when a configured transform does not say.
func (op *Operation) Accuracy() float64 { return op.accuracy }

// Notes returns what a report should say: null offsets taken, transforms used and where
// they hold. It is empty when the datums are the same.
func (op *Operation) Notes() []string { return append([]string(nil), op.notes...) }

// Point takes one coordinate over; east first, heights in metres. Errors have code
// outside-extent.
func (op *Operation) Point(x, y, z float64) (float64, float64, float64, error) {
	x2, y2, z2, ok := op.point(x, y, z)
	if !ok {
		return 0, 0, 0, op.pointError(x, y, z)
	}
	return x2, y2, z2, nil
}

// Apply takes flat coordinates over in place, as CRS.FromLonLat does: stride 2 is x, y;
// from stride 3 on the third value is the height. It allocates nothing. On an error the
// slice is partly converted.
func (op *Operation) Apply(coords []float64, stride int) error {
	return eachPoint(coords, stride, op.point, op.pointError)
}

// Inverse returns the operation that goes back.
func (op *Operation) Inverse() *Operation {
	back := *op
	back.from, back.to = op.to, op.from
	back.steps = make([]datumStep, len(op.steps))
	for i, s := range op.steps {
		s.back = !s.back
		back.steps[len(op.steps)-1-i] = s
	}
	return &back
}

func (op *Operation) point(x, y, z float64) (float64, float64, float64, bool) {
	lon, lat, h, ok := op.from.conv.inverse(x, y, z)
	if !ok {
		return 0, 0, 0, false
	}
	for i := range op.steps {
		lon, lat, h = op.steps[i].point(lon, lat, h, op.keepZ)
	}
	return op.to.conv.forward(lon, lat, h)
}

func (op *Operation) pointError(x, y, z float64) *Error {
	lon, lat, h, ok := op.from.conv.inverse(x, y, z)
	if !ok {
		return op.from.inverseError(x, y, z)
	}
	return op.to.forwardError(lon, lat, h)
}
