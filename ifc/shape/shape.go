package shape

import (
	"errors"
	"fmt"
	"time"

	"github.com/shikong-cim/shikong/ifc/kernel"
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// Outcome says how much of a product's shape was understood.
type Outcome uint8

// The outcomes, from worst to best.
const (
	None        Outcome = iota // nothing to show
	Box                        // the box around the points of the representation
	Approximate                // some item, opening or boolean is missing, or a solid has gaps
	Exact                      // every item, opening and boolean evaluated, solids closed
)

func (o Outcome) String() string {
	return [...]string{"none", "box", "approximate", "exact"}[o]
}

// The reason codes of results that are not exact. Codes that end in a colon are
// followed by the class of the entity.
const (
	CodeNoRepresentation = "no-representation"    // the product has none
	CodeEmpty            = "empty-mesh"           // the items leave nothing
	CodeBoxOnly          = "box-only"             // the file gives nothing but a bounding box
	CodeNoExtent         = "no-extent"            // points and text only: the box is where they are
	CodeUnsupportedItem  = "unsupported-item:"    // a class of representation item
	CodeUnsupportedCurve = "unsupported-curve:"   // a class of curve
	CodeInvalidProfile   = "invalid-profile"      // a profile without area or with impossible sizes
	CodeInvalidItem      = "invalid-item"         // numbers that describe no shape
	CodeMissing          = "missing-reference"    // an attribute that refers to nothing
	CodePlacement        = "placement-unresolved" // the shape may stand in a wrong place
	CodeNotClosed        = "not-closed"           // a solid whose faces leave gaps
	CodeBoolean          = "boolean-failed"       // the first operand is shown
	CodeCostly           = "boolean-too-costly"   // the first operand is shown
	CodeOpening          = "opening-failed"       // shown without its openings
	CodeBudget           = "budget-exceeded"      // more work than one product may cost
	CodePanic            = "internal-error"       // a fault of this program
	CodeTooDeep          = "nesting-too-deep"     // representations or booleans within each other
)

// Options say how finely shapes are built and how much one product may cost. The
// zero Options use the defaults.
type Options struct {
	// Chord is the largest distance in metres between a curved surface and
	// its triangles; 0 means 1 mm.
	Chord float64
	// MaxTurn is the largest angle in radians between neighbouring facets of
	// a curve; 0 means 9°.
	MaxTurn float64
	// Steps is the work that one product may cost, in steps of the kernel
	// (about 0.05 µs each); 0 means 100 million.
	Steps int64
	// Timeout is the time that one product may cost, far beyond what the steps take even
	// on a crowded machine, so that outcomes do not hang on the clock; 0 means 10 min.
	Timeout time.Duration
	// MaxTriangles bounds the triangles of one product; 0 means 4 million.
	MaxTriangles int
}

func (o Options) withDefaults() Options {
	if o.Steps <= 0 {
		o.Steps = 100_000_000
	}
	if o.Timeout <= 0 {
		o.Timeout = 10 * time.Minute
	}
	if o.MaxTriangles <= 0 {
		o.MaxTriangles = 4_000_000
	}
	return o
}

// Result is the shape of one product.
type Result struct {
	// Instances stand in model coordinates: metres, the frame in which the
	// product's placement is resolved. There are none when the outcome is None,
	// and when openings take all of a solid, which is an exact result.
	Instances []mesh.Instance
	Outcome   Outcome
	// Code and Message say why the outcome is not Exact, Entity is what is to
	// blame. Of several reasons the one that costs most is given.
	Code    string
	Message string
	Entity  model.Entity
	// Body says that the product has a representation of its solid or
	// surface, whatever became of it; lines and boxes are none.
	Body bool
}

// Builder builds shapes of one model. It keeps what mapped items share, so use
// one Builder for many products; it belongs to one goroutine.
type Builder struct {
	m      *model.Model
	opt    Options
	length float64 // metres per unit of the file
	angle  float64 // radians per unit of the file
	kernel kernel.Settings
	keep   keeper
	spare  *faceReader // for the next shell
	// What placements and sections are strung on, and placements along it.
	directrices map[model.Entity]kernel.Directrix
	places      map[model.Entity]mesh.Transform
	owners      map[model.Entity]model.Entity // of segments of curves; nil until asked
	depth       int
	bare        bool  // swept surfaces are read without their Position
	issue       fault // the worst fault of the product at hand

	table      map[schema.Type]builderFunc
	curves     map[schema.Type]curveFunc
	profiles   map[schema.Type]profileFunc
	parameters map[schema.Type]parameterFunc
	surfaces   map[schema.Type]surfaceFunc
}

// New returns a Builder for a model.
func New(m *model.Model, opt Options) *Builder {
	opt = opt.withDefaults()
	return &Builder{
		m: m, opt: opt,
		length: m.Units().Length, angle: m.Units().PlaneAngle,
		kernel: kernel.Settings{Chord: opt.Chord, MaxTurn: opt.MaxTurn},
		keep:   keeper{built: make(map[model.Entity]built)}, directrices: make(map[model.Entity]kernel.Directrix), places: make(map[model.Entity]mesh.Transform),
		table: builders(), curves: curveBuilders(), profiles: profileBuilders(), parameters: parameterBuilders(),
		surfaces: surfaceReaders(),
	}
}

// Product returns the shape of a product. It always returns: faults of the file,
// of this program and endless work end in a lesser Outcome.
func (b *Builder) Product(product model.Entity) (r Result) {
	b.issue = fault{}
	b.depth = 0
	b.refill()
	defer func() {
		if p := recover(); p != nil {
			// A fault of this package must not cost the other products.
			r = b.fallback(product, fault{CodePanic, product, fmt.Errorf("%v", p)}, true)
		}
	}()
	return b.product(product)
}

func (b *Builder) refill() {
	b.kernel.Budget = &kernel.Budget{Steps: b.opt.Steps, Deadline: time.Now().Add(b.opt.Timeout)}
	b.keep.slack = b.opt.Steps
}

// fault is why something was not built.
type fault struct {
	Code   string
	Entity model.Entity
	Err    error
}

func (f fault) Error() string { return f.Code + ": " + f.Err.Error() }

func (f fault) Unwrap() error { return f.Err }

// asFault gives an error a code and an entity where it has none.
func asFault(err error, code string, e model.Entity) fault {
	var f fault
	if errors.As(err, &f) {
		return f
	}
	if errors.Is(err, kernel.ErrBudget) {
		code = CodeBudget
	}
	return fault{code, e, err}
}

func newFault(code string, e model.Entity, format string, args ...any) error {
	return fault{code, e, fmt.Errorf(format, args...)}
}

// note keeps a fault that costs a part of the product. The first one of the
// product stays, unless it only left gaps.
func (b *Builder) note(f fault) {
	if b.issue.Code == "" || b.issue.Code == CodeNotClosed {
		b.issue = f
	}
}

// enter guards against representations and booleans that contain themselves.
func (b *Builder) enter(e model.Entity) error {
	const limit = 100
	if b.depth >= limit {
		return newFault(CodeTooDeep, e, "more than %d representations or booleans within each other", limit)
	}
	b.depth++
	return nil
}

func (b *Builder) leave() { b.depth-- }

// missing returns the fault for an attribute that refers to nothing usable.
func (b *Builder) missing(e model.Entity, attribute string) error {
	return newFault(CodeMissing, e, "%s has no usable %s", b.m.Type(e), attribute)
}

// len returns a length attribute in metres; NaN when it is not given.
func (b *Builder) len(e model.Entity, attribute string) float64 {
	return b.lenOr(e, attribute, nan)
}

// lenOr returns a length attribute in metres, or def when it is not given.
func (b *Builder) lenOr(e model.Entity, attribute string, def float64) float64 {
	if v, ok := b.m.Attr(e, attribute).Float(); ok {
		return v * b.length
	}
	return def
}

// ref returns the entity that an attribute refers to, or none.
func (b *Builder) ref(e model.Entity, attribute string) model.Entity {
	return b.m.Attr(e, attribute).Entity()
}
