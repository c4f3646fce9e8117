package georef

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// The rungs of the ladder, as reports name them.
const (
	SourceOption         = "option"
	SourceMapConversion  = "map-conversion"
	SourceRigidOperation = "rigid-operation"
	SourcePset           = "pset"
	SourcePlacement      = "placement"
	SourceSite           = "site"
	SourceNone           = "none"
)

// Options are what is known besides the file. The zero Options store WGS 84.
type Options struct {
	Origin *spatial.Placement // where the model's zero point stands, nil to go by the file
	CRS    string             // the system of the file's coordinates, "" to go by the file
	Georef string             // a georeference as ParseTyped reads it, "" to go by the file
	Store  *crs.CRS           // the geographic system of the store; nil is WGS 84
	// Transforms are datum transforms that somebody configured.
	Transforms []crs.Helmert
}

// Rung is what one source says about the model's place.
type Rung struct {
	Source string `json:"source"`
	// CRS is the system that it names.
	CRS string `json:"crs,omitempty"`
	// Origin is the longitude, latitude and height at which it puts the model's zero point,
	// or, for a model in map coordinates, its Zero; nil when it cannot.
	Origin *[3]float64 `json:"origin,omitempty"`
	// Code and Message say why it cannot.
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`

	place *Place
	err   error
	facts facts
}

// facts are what the rungs are compared by.
type facts struct {
	statement
	stated    bool // statement is filled
	elevation float64
	hasHeight bool      // somebody gave the height of the model's zero point: elevation
	pivot     mesh.Vec3 // the point that a site's latitude and longitude are those of
	rotation  float64
	rotated   bool // somebody gave the rotation
}

// Survey is what a file and its user say about the place of a model.
type Survey struct {
	// Rungs are what there is, best first.
	Rungs []Rung `json:"rungs"`
	// Used is the rung that places the model, SourceNone when none does.
	Used string `json:"used"`
	// Warnings say what is wrong, doubtful or contradictory.
	Warnings []spatial.Warning `json:"warnings"`
	// Fix says what to type, "" when nothing needs mending.
	Fix string `json:"fix,omitempty"`

	m         *model.Model
	opt       Options
	anchor    mesh.Vec3
	place     *Place
	err       error
	residuals []spatial.Residual
	world     worldSystem
}

// Examine finds out what the file and the options say about the place of a model. It never
// fails: what is wrong is in the Survey.
func Examine(m *model.Model, opt Options) *Survey {
	if opt.Store == nil {
		opt.Store = crs.WGS84()
	}
	s := &Survey{Used: SourceNone, Warnings: []spatial.Warning{}, m: m, opt: opt, anchor: anchorOf(m), world: worldOf(m)}
	s.climb()
	s.choose()
	s.compare()
	return s
}

// climb reads all rungs of the file, best first, and then the user's.
func (s *Survey) climb() {
	typed, typedErr := s.typedCRS()
	s.conversions(typed)
	s.propertySets(typed)
	s.placements(typed)
	s.site()
	switch {
	case typedErr != nil:
		s.prepend(Rung{Source: SourceOption, CRS: s.opt.CRS, err: typedErr})
	case s.opt.Georef != "":
		s.typedFile()
	case s.opt.Origin != nil:
		s.typedOrigin(*s.opt.Origin)
	}
}

func (s *Survey) prepend(r Rung) { s.Rungs = append([]Rung{r}, s.Rungs...) }

func (s *Survey) typedCRS() (*crs.CRS, error) {
	if s.opt.CRS == "" {
		return nil, nil //nolint:nilnil // nothing typed is an answer
	}
	c, err := crs.Parse(s.opt.CRS)
	if err != nil {
		return nil, fmt.Errorf("--crs: %w", problem(err, ""))
	}
	return c, nil
}

func (s *Survey) typedOrigin(o spatial.Placement) {
	r := Rung{Source: SourceOption, facts: facts{rotation: o.Rotation * math.Pi / 180, rotated: true}}
	if r.err = s.nearZero("--origin"); r.err != nil {
		s.prepend(r)
		return
	}
	r.place, r.err = about(s.opt.Store.Datum(), s.opt, [3]float64{o.Lon, o.Lat, o.H}, r.facts.rotation, mesh.Vec3{})
	s.prepend(r)
}

// nearZero refuses to place a zero point that the model is far away from.
func (s *Survey) nearZero(who string) error {
	if far := math.Hypot(s.anchor[0], s.anchor[1]); far > siteReach {
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: crs.CodeOutsideExtent,
			Message: fmt.Sprintf("the model stands %s away from its zero point, which %s places", metres(far), who), Hint: s.missingHint()}
	}
	return nil
}

// choose takes the first rung, whatever becomes of it.
func (s *Survey) choose() {
	for i := range s.Rungs {
		r := &s.Rungs[i]
		if r.place != nil {
			r.place.Source = r.Source
			if lon, lat, h, err := r.place.Forward(s.Zero()); err != nil {
				r.place, r.err = nil, err
			} else {
				r.Origin = &[3]float64{lon, lat, h}
			}
		}
		if r.err != nil {
			r.Code, r.Message = codeOf(r.err), messageOf(r.err)
		}
	}
	if len(s.Rungs) == 0 {
		s.err = &spatial.Problem{Kind: spatial.ErrInvalid, Code: CodeMissing,
			Message: "the file does not say where the model stands", Hint: s.missingHint()}
		s.warn(CodeMissing, "the file has neither a map conversion nor a latitude and longitude")
		s.Fix = s.missingHint()
		return
	}
	first := &s.Rungs[0]
	s.Used, s.place, s.err = first.Source, first.place, first.err
	if s.err != nil {
		s.Used = SourceNone
		s.Fix = hintOf(s.err)
	}
}

// shownSystems bounds the systems that a hint proposes.
const shownSystems = 6

// missingHint says what to type for a model without a place: its coordinates tell whether
// they are those of a map.
func (s *Survey) missingHint() string {
	if math.Hypot(s.anchor[0], s.anchor[1]) <= siteReach {
		return originHint
	}
	hint := fmt.Sprintf("its coordinates, about %.0f east and %.0f north, look like those of a map: ", s.anchor[0], s.anchor[1])
	if fit := crs.Zoned(s.anchor[0], s.anchor[1]); len(fit) > 0 && len(fit) <= shownSystems {
		names := make([]string, len(fit))
		for i, c := range fit {
			names[i] = c.String()
		}
		hint += "they fit " + strings.Join(names, ", ") + "; "
	}
	return hint + "name their system with --crs EPSG:…, or keep it without a place with --local"
}

func hintOf(err error) string {
	var p *spatial.Problem
	if errors.As(err, &p) && p.Hint != "" {
		return p.Hint
	}
	return originHint
}

// Place returns where the model stands, or a spatial.Problem: georeference-missing when
// nothing says so, crs-unsupported, datum-transform-required, outside-extent and others when
// what says so cannot be used.
func (s *Survey) Place() (*Place, error) { return s.place, s.err }

// zeroReach is how far from its zero point, in metres, a model may stand before its solids
// are counted from a point nearer by: beyond it a plane is too far from the Earth.
const zeroReach = 10_000

// Zero returns the point of the model, in metres, that solids are counted from: its zero
// point, or for a model in map coordinates a point near it that stays the same when the
// model is edited.
func (s *Survey) Zero() mesh.Vec3 {
	var z mesh.Vec3
	if math.Hypot(s.anchor[0], s.anchor[1]) > zeroReach {
		for i := range 2 {
			z[i] = math.Round(s.anchor[i]/zeroReach) * zeroReach
		}
	}
	return z
}

// Georeference returns what the import report says.
func (s *Survey) Georeference() *spatial.Georeference {
	g := &spatial.Georeference{Source: s.Used, Warnings: s.Warnings}
	if s.place != nil {
		g.CRS = s.place.CRS
		g.Origin = s.Rungs[0].Origin
		g.Accuracy = s.place.op.Accuracy()
		g.Residuals = s.residuals
	}
	return g
}

func (s *Survey) warn(code, format string, args ...any) {
	w := spatial.Warning{Code: code, Message: fmt.Sprintf(format, args...)}
	for _, old := range s.Warnings {
		if old == w {
			return
		}
	}
	s.Warnings = append(s.Warnings, w)
}
