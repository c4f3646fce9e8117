package spatial

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"time"
)

// Reader answers queries. Its methods may be called from many goroutines at once. A
// sequence that yields an error ends with it. Features yielded belong to the caller, but
// what they point to (geometry, properties, meshes) may be shared and is not to be changed.
//
// Errors are of the kinds in errors.go: ErrNotFound for a collection that is not there,
// ErrInvalid for a query without meaning, ErrUnavailable when the store is out of reach.
type Reader interface {
	// Meta describes the store.
	Meta(ctx context.Context) (Meta, error)
	// Collections lists all collections by name.
	Collections(ctx context.Context) ([]Collection, error)
	// Collection returns one.
	Collection(ctx context.Context, name string) (Collection, error)
	// Models lists the models of a collection by name, or of all collections for "".
	Models(ctx context.Context, collection string) ([]Model, error)
	// Features streams the answer to q.
	Features(ctx context.Context, q Query) iter.Seq2[Feature, error]
	// Count returns how many features Features would yield for q without After and Limit.
	Count(ctx context.Context, q Query) (int64, error)
}

// Store keeps versions. A Store may be shared by goroutines; across processes one writer
// at a time is let in, others wait or get ErrUnavailable with the code store-locked.
type Store interface {
	Reader
	// Apply imports one model in one transaction: all of it or, on any error, cancelled
	// context or crash, nothing. See Import for its meaning. An import that changes nothing
	// raises no revision.
	Apply(ctx context.Context, in Import) (Applied, error)
	// Purge removes a model, or the whole collection for model "", with all its history.
	Purge(ctx context.Context, collection, model string) (Applied, error)
	// Prune removes the versions that had ended being recorded at an instant, so that every
	// state recorded from then on stays as it is. It returns how many versions went. Questions
	// about states from before are ErrNotFound with the code recorded-pruned afterwards. Each
	// collection that lost something gets a revision with a Change that says Purged and names
	// no model.
	Prune(ctx context.Context, recordedBefore time.Time) (int64, error)
	// Changes streams the change log behind a revision in commit order.
	Changes(ctx context.Context, since int64) iter.Seq2[Change, error]
	// Versions streams what happened to a collection in the revisions since < r ≤ until, so
	// that a follower that holds the state at since reaches the state at until: versions
	// that have ended, then versions that are new and still recorded at until. Since 0 gives
	// all versions recorded at until.
	Versions(ctx context.Context, collection string, since, until int64) iter.Seq2[Version, error]
	// Close releases the store.
	Close() error
}

// Meta describes a store.
type Meta struct {
	Datum         string // "wgs84" or "cgcs2000": the datum of every coordinate in the store
	SchemaVersion int    // of the tables
	Revision      int64  // the last published revision, 0 for an empty store
	Recorded      time.Time
}

// Import is one delivery of one model.
//
// Without From it replaces: the features given are the whole content of the model as known
// from now on. Versions that are given again with the same id, valid interval and hash stay
// as they are; the others end being recorded, and what is new is recorded.
//
// With From it continues: the features given (their Valid must be zero) are the content of
// the model from the instant From on. What was valid before From stays as it was; what is
// gone or changed ends to be valid at From, what is new or changed begins there, what is the
// same goes on untouched. With no features at all it ends the model at From.
//
// The ids of one delivery are unique at any one valid time, else ErrInvalid with the code
// duplicate-id; an id that another model of the collection holds at the same time is
// ErrConflict with the code id-taken.
type Import struct {
	// Collection is created, or its title, licence and the like updated where not "".
	Collection Collection
	Model      string
	Source     Source
	Frame      *Frame
	From       time.Time
	// Only narrows the import to these ids when not nil: what the model holds of others stays as
	// it is, and is not given, else ErrInvalid with the code id-not-meant. It goes without
	// NumberRepeats.
	Only []string
	// NumberRepeats makes the second, third, … feature of the delivery with the same id
	// and an overlapping valid time "id~2", "id~3" instead of an error: for sources without
	// ids, whose ids are hashes of content. Order of delivery decides.
	NumberRepeats bool
	// Features is read once; an error from it ends the import without a trace.
	Features iter.Seq2[Feature, error]
	// Report, when not nil, is asked right before the commit for the JSON that Model.Report
	// will return. It learns what the import did.
	Report func(Applied) json.RawMessage
}

// Prepare checks the names of what is imported and makes the delivery keep to Only; every store
// begins with it. Its errors are ErrInvalid.
func (in *Import) Prepare() error {
	if err := CheckName("collection", in.Collection.Name); err != nil {
		return err
	}
	if err := CheckName("model", in.Model); err != nil {
		return err
	}
	if in.Only == nil {
		return nil
	}
	if in.NumberRepeats {
		return &Problem{Kind: ErrInvalid, Code: "invalid-import", Message: "an import of some ids cannot number repeats: which ids it means would not be clear"}
	}
	all, only := in.Features, in.Only
	if all == nil {
		return nil
	}
	in.Features = func(yield func(Feature, error) bool) {
		for f, err := range all {
			if err == nil && !slices.Contains(only, f.ID) {
				err = &Problem{Kind: ErrInvalid, Code: "id-not-meant", Message: fmt.Sprintf("the feature %.100q is not among those that the import is about", f.ID)}
			}
			if !yield(f, err) || err != nil {
				return
			}
		}
	}
	return nil
}

// Applied says what an import did.
type Applied struct {
	Revision  int64     `json:"revision"` // the store's revision afterwards
	Recorded  time.Time `json:"recorded"`
	Added     int64     `json:"added"`     // ids that the model did not hold before
	Changed   int64     `json:"changed"`   // ids whose content or validity is another now
	Ended     int64     `json:"ended"`     // ids that it held and now does not
	Unchanged int64     `json:"unchanged"` // ids left untouched
}

// Change is one entry of the change log: what one revision did to one model.
type Change struct {
	Revision   int64
	Recorded   time.Time
	Collection string
	Model      string
	// Box is around every version that came or went, in lon, lat, height; EmptyBox when none
	// has a place.
	Box Box
	// Valid is the smallest interval around their validity.
	Valid                 Interval
	Added, Changed, Ended int64
	// Purged says that history was removed: a follower drops the collection and loads it again.
	Purged bool
}

// Version is a feature with the key of its row.
type Version struct {
	// Number is unique in the store and never used again.
	Number int64
	// Ended says that the version is no longer recorded; then only Number and the
	// feature's ID are sure to be filled.
	Ended   bool
	Feature Feature
}
