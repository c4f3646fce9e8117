package kernel

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// Errors that a caller tells apart. All are wrapped with the operation.
var (
	// ErrBudget: the shape costs more work than Settings.Budget allows.
	ErrBudget = errors.New("budget exceeded")
	// ErrInvalid: the numbers describe no shape (a radius below zero, a
	// profile without area, a direction without length, NaN).
	ErrInvalid = errors.New("invalid shape")
	// ErrOpen: an operation that needs closed meshes got or made an open one.
	ErrOpen = errors.New("mesh is not closed")
)

// Settings say how finely curves are cut, which points count as one, and how
// much work a shape may cost. The zero Settings have no budget and use the
// defaults.
type Settings struct {
	// Chord is the largest distance in metres between a curve and its
	// polyline; 0 means 1 mm.
	Chord float64
	// MaxTurn is the largest angle in radians between neighbouring segments
	// of a polyline, so that small pipes stay round; 0 means 9°, a polygon of
	// 40 corners with 99.6 % of the area of its circle.
	MaxTurn float64
	// Merge is the distance in metres below which points are one and a point
	// lies on a plane; 0 means 10 µm.
	Merge float64
	// Budget is spent by every operation; nil is unlimited.
	Budget *Budget
}

func (s Settings) chord() float64 {
	if s.Chord > 0 {
		return s.Chord
	}
	return 1e-3
}

func (s Settings) maxTurn() float64 {
	if s.MaxTurn > 0 {
		return s.MaxTurn
	}
	return math.Pi / 20
}

func (s Settings) merge() float64 {
	if s.Merge > 0 {
		return s.Merge
	}
	return 1e-5
}

// Finer returns settings that cut curves into some times as many segments.
func (s Settings) Finer(times float64) Settings {
	s.MaxTurn, s.Chord = s.maxTurn()/times, s.chord()/(times*times)
	return s
}

// ChordOr returns the chord tolerance in force, the default where none is set.
func (s Settings) ChordOr() float64 { return s.chord() }

// MaxTurnOr returns the largest turn in force, the default where none is set.
func (s Settings) MaxTurnOr() float64 { return s.maxTurn() }

// maxArcSegments bounds the segments of one arc, whatever its radius.
const maxArcSegments = 4096

// ArcSegments returns the number of equal segments that keep an arc of the
// radius (metres) and angle (radians) within the tolerances: at least 1, and a
// multiple of 4 for a full circle, so that the quadrant points are on it.
func (s Settings) ArcSegments(radius, angle float64) int {
	angle = math.Abs(angle)
	if !(radius > 0) || !(angle > 0) {
		return 1
	}
	turn := s.maxTurn()
	if c := s.chord(); c < radius {
		turn = math.Min(turn, 2*math.Acos(1-c/radius))
	}
	n := math.Ceil(angle/turn - 1e-9)
	if angle > 0.1 {
		n = math.Max(n, 2) // a bend is never straight, however short
	}
	full := math.Abs(angle-2*math.Pi) < 1e-9
	if full {
		n = math.Max(8, math.Ceil(n/4)*4)
	}
	return int(math.Max(1, math.Min(n, maxArcSegments)))
}

// Budget is the work that one shape may cost. It is counted in steps (about
// one triangle or edge each), so that the same input has the same outcome on
// every machine; the deadline is the second line of defence. A Budget belongs
// to one goroutine.
type Budget struct {
	// Steps is how many steps are left; below 0 it is spent.
	Steps int64
	// Deadline ends the work by the clock; the zero time never does.
	Deadline time.Time
	// Late says that the deadline has ended work.
	Late bool

	sinceClock int64
}

// clockEvery is the number of steps between two looks at the clock.
const clockEvery = 1 << 14

// Spend takes n steps and returns an error that wraps ErrBudget when none are
// left. A nil budget is never spent.
func (b *Budget) Spend(n int) error {
	if b == nil {
		return nil
	}
	b.Steps -= int64(n)
	if b.Steps < 0 {
		return fmt.Errorf("%w: no steps left", ErrBudget)
	}
	if b.sinceClock += int64(n); b.sinceClock >= clockEvery {
		b.sinceClock = 0
		if !b.Deadline.IsZero() && time.Now().After(b.Deadline) {
			b.Late = true
			return fmt.Errorf("%w: out of time", ErrBudget)
		}
	}
	return nil
}
