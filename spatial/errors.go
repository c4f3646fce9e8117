package spatial

import (
	"errors"
	"strings"
)

// The kinds of error that callers tell apart with errors.Is.
var (
	// ErrNotFound says that the named collection, model, feature or revision is not there.
	ErrNotFound = errors.New("not found")
	// ErrInvalid says that what the caller gave is wrong and will stay wrong.
	ErrInvalid = errors.New("invalid")
	// ErrConflict says that the request contradicts the state of the store.
	ErrConflict = errors.New("conflict")
	// ErrUnsupported says that the request is meaningful but not implemented here.
	ErrUnsupported = errors.New("unsupported")
	// ErrUnavailable says that the store cannot answer now; the same call may succeed later.
	ErrUnavailable = errors.New("unavailable")
)

// Problem is an error that a person can act on: its kind, a short stable code for
// scripts, what happened and where, and what to do.
type Problem struct {
	Kind    error  // one of the Err… kinds above
	Code    string // short and stable, such as "store-locked"
	Message string // what and where, without the hint
	Hint    string // what to do or type, may be empty
}

// Error returns the message and the hint on one line.
func (p *Problem) Error() string {
	if p.Hint == "" {
		return p.Message
	}
	return strings.TrimRight(p.Message, ". ") + "; " + p.Hint
}

// Unwrap returns the kind, so that errors.Is(err, ErrInvalid) works.
func (p *Problem) Unwrap() error { return p.Kind }

// RecordedPruned is the problem of a question about a state that Store.Prune has removed.
func RecordedPruned() error {
	return &Problem{Kind: ErrNotFound, Code: "recorded-pruned", Message: "what was recorded then has been pruned", Hint: "ask for a later time of recording"}
}

// IsRecordedPruned reports whether an error is that problem.
func IsRecordedPruned(err error) bool {
	var p *Problem
	return errors.As(err, &p) && p.Code == "recorded-pruned"
}
