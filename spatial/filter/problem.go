package filter

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/shikong-cim/shikong/spatial"
)

// What a condition may hold at most. Beyond it is a SyntaxError.
const (
	MaxBytes    = 1 << 18 // of a condition in writing
	MaxDepth    = 60      // of nesting
	MaxNodes    = 20_000  // operands, operators and list items
	MaxVertices = 20_000  // positions of all geometries together
	MaxPattern  = 1_000   // bytes of a LIKE pattern; a longer one that a property gives matches nothing
	maxText     = 1 << 20 // bytes of what concat makes; beyond it is null
)

// place is where in the writing something stands: a byte of a text, or a JSON pointer.
type place struct {
	offset  int
	pointer string
}

func (p place) String() string {
	if p.pointer != "" {
		return "at " + p.pointer
	}
	return fmt.Sprintf("at byte %d", p.offset)
}

// SyntaxError is a condition that cannot be read or has no meaning. It wraps the
// spatial.Problem (ErrInvalid, invalid-filter) that people see.
type SyntaxError struct {
	// Offset is the byte of the text at which it was noticed.
	Offset int
	// Pointer says where in a JSON it was noticed, as a JSON Pointer (RFC 6901); "" in a text.
	Pointer string
	problem *spatial.Problem
}

// Error returns the message with the place and the hint.
func (e *SyntaxError) Error() string { return e.problem.Error() }

// Unwrap returns the problem.
func (e *SyntaxError) Unwrap() error { return e.problem }

func wrong(at place, hint, format string, args ...any) error {
	return &SyntaxError{Offset: at.offset, Pointer: at.pointer, problem: &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-filter",
		Message: at.String() + ": " + fmt.Sprintf(format, args...), Hint: hint}}
}

// clip shortens what a message quotes.
func clip(s string) string {
	const most = 40
	if len(s) <= most {
		return s
	}
	n := most
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// some lists at most so many names for a hint.
func some(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
}

// budget counts what a parser has read.
type budget struct{ nodes, vertices int }

func (b *budget) node(at place) error {
	if b.nodes++; b.nodes > MaxNodes {
		return wrong(at, "split it into several requests", "the filter has more than %d operands and operators", MaxNodes)
	}
	return nil
}

// vertex counts a position and checks its coordinates, which may be of any reference system.
func (b *budget) vertex(at place, position []float64) error {
	if b.vertices++; b.vertices > MaxVertices {
		return wrong(at, "simplify the geometry", "the geometries of the filter have more than %d positions", MaxVertices)
	}
	return checkCoordinates(at, position)
}

func checkCoordinates(at place, list []float64) error {
	const farthest = 1e9
	for _, v := range list {
		if math.Abs(v) > farthest {
			return wrong(at, "give degrees, or metres and filter-crs", "%g is no coordinate on Earth", v)
		}
	}
	return nil
}

func tooDeep(at place) error {
	return wrong(at, "write a AND b AND c without parentheses", "the filter is nested deeper than %d", MaxDepth)
}
