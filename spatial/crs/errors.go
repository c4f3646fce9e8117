package crs

import (
	"fmt"
	"strings"
)

// The stable codes of this package's errors.
const (
	CodeUnsupported    = "crs-unsupported"
	CodeDatumTransform = "datum-transform-required"
	CodeZonePrefix     = "zone-prefix"
	CodeAxisSwap       = "axis-swap"
	CodeOutsideExtent  = "outside-extent"
)

// The kinds to ask for with errors.Is; every error of this package is one of them.
var (
	// ErrUnsupported is a system, method or text that this package does not know.
	ErrUnsupported error = &Error{Code: CodeUnsupported, Message: "coordinate reference system not supported"}
	// ErrDatumTransform is a pair of datums that needs a transform which was not configured.
	ErrDatumTransform error = &Error{Code: CodeDatumTransform, Message: "datum transform required"}
	// ErrZonePrefix is an easting with a zone number where none belongs, or without one.
	ErrZonePrefix error = &Error{Code: CodeZonePrefix, Message: "zone prefix does not fit"}
	// ErrAxisSwap is a coordinate that only makes sense with its axes exchanged.
	ErrAxisSwap error = &Error{Code: CodeAxisSwap, Message: "axes are exchanged"}
	// ErrOutsideExtent is a coordinate outside the domain or the expected extent.
	ErrOutsideExtent error = &Error{Code: CodeOutsideExtent, Message: "outside the extent"}
)

// Error is what this package returns: a stable code, what is wrong, and what to do.
// errors.Is matches it with the Err… kinds by its code; errors.As gives the parts.
type Error struct {
	Code    string
	Message string
	Hint    string // what to do or type, may be empty
}

// Error returns the message and the hint on one line.
func (e *Error) Error() string {
	if e.Hint == "" {
		return e.Message
	}
	return strings.TrimRight(e.Message, ". ") + "; " + e.Hint
}

// Is reports whether target is an *Error of the same code.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

func unsupported(hint, format string, args ...any) *Error {
	return &Error{Code: CodeUnsupported, Message: fmt.Sprintf(format, args...), Hint: hint}
}

func outside(hint, format string, args ...any) *Error {
	return &Error{Code: CodeOutsideExtent, Message: fmt.Sprintf(format, args...), Hint: hint}
}
