package memory

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/shikong-cim/shikong/spatial"
)

// Followed is what a Mirror needs of a store. Every spatial.Store is one.
type Followed interface {
	spatial.Reader
	Changes(ctx context.Context, since int64) iter.Seq2[spatial.Change, error]
	Versions(ctx context.Context, collection string, since, until int64) iter.Seq2[spatial.Version, error]
}

// Options say how a mirror follows. The zero value works.
type Options struct {
	// Interval is the time between two looks at the store, 300 ms for zero.
	Interval time.Duration
	// Resident says whether a collection is to be held in memory; nil holds all. What is not
	// held is answered by the store.
	Resident func(spatial.Collection) bool
	// OnError is told of errors that Run meets and goes on after; it may be nil.
	OnError func(error)
}

// DefaultInterval is the time between two looks at the store.
const DefaultInterval = 300 * time.Millisecond

// Mirror is a spatial.Reader that answers from memory what is recorded now in a store, and
// leaves to the store questions about the past and for bodies. Its methods may be called
// from many goroutines; reading takes no lock. Make one with NewMirror, fill it with Sync,
// and let it follow with Run.
type Mirror struct {
	store   Followed
	options Options
	view    atomic.Pointer[View]
	notify  chan struct{}

	// writer is held by who writes: Sync, and Run when it takes in a packed base.
	writer chan struct{}
	states map[string]*state
	least  int // what a tail may hold at any rate, leastSlack

	subscribers struct {
		sync.Mutex
		next int
		list map[int]func([]spatial.Change)
	}
}

// View is what a mirror holds at one moment: one state of the whole store.
type View struct {
	meta  spatial.Meta
	names []string
	all   map[string]*Snapshot
}

// NewMirror returns a mirror of the store that holds nothing yet: until the first Sync
// every question is ErrUnavailable.
func NewMirror(store Followed, options Options) *Mirror {
	if options.Interval <= 0 {
		options.Interval = DefaultInterval
	}
	m := &Mirror{store: store, options: options, states: map[string]*state{}, least: leastSlack,
		notify: make(chan struct{}, 1), writer: make(chan struct{}, 1)}
	m.subscribers.list = map[int]func([]spatial.Change){}
	return m
}

// Ready reports whether the mirror has been filled.
func (m *Mirror) Ready() bool { return m.view.Load() != nil }

// View returns what the mirror holds now, nil before the first Sync.
func (m *Mirror) View() *View { return m.view.Load() }

// Revision returns the store's revision whose state this is.
func (v *View) Revision() int64 { return v.meta.Revision }

// Snapshot returns the state of a collection, nil when there is none of that name or it is
// not held in memory.
func (v *View) Snapshot(collection string) *Snapshot {
	if s := v.all[collection]; s != nil && s.base != nil {
		return s
	}
	return nil
}

// Collection returns what the store says of a collection, also of one that is not held in
// memory.
func (v *View) Collection(name string) (spatial.Collection, bool) {
	s := v.all[name]
	if s == nil {
		return spatial.Collection{}, false
	}
	return s.Collection, true
}

// Collections returns what the store says of all collections, by name.
func (v *View) Collections() []spatial.Collection {
	list := make([]spatial.Collection, 0, len(v.names))
	for _, name := range v.names {
		list = append(list, v.all[name].Collection)
	}
	return list
}

// Subscribe calls f with the changes of each revision that the mirror has taken in, in
// commit order, after they can be read. It is called from the goroutine that writes and
// must not block. The function returned ends the subscription.
func (m *Mirror) Subscribe(f func([]spatial.Change)) (cancel func()) {
	m.subscribers.Lock()
	defer m.subscribers.Unlock()
	id := m.subscribers.next
	m.subscribers.next++
	m.subscribers.list[id] = f
	return func() {
		m.subscribers.Lock()
		defer m.subscribers.Unlock()
		delete(m.subscribers.list, id)
	}
}

func (m *Mirror) publish(changes []spatial.Change) {
	if len(changes) == 0 {
		return
	}
	m.subscribers.Lock()
	list := make([]func([]spatial.Change), 0, len(m.subscribers.list))
	for _, f := range m.subscribers.list {
		list = append(list, f)
	}
	m.subscribers.Unlock()
	for _, f := range list {
		f(slices.Clone(changes))
	}
}

func (m *Mirror) loaded() (*View, error) {
	if v := m.view.Load(); v != nil {
		return v, nil
	}
	return nil, &spatial.Problem{Kind: spatial.ErrUnavailable, Code: "mirror-loading", Message: "the data is still being loaded", Hint: "try again in a moment"}
}

// Meta describes the store at the mirror's revision.
func (m *Mirror) Meta(context.Context) (spatial.Meta, error) {
	v, err := m.loaded()
	if err != nil {
		return spatial.Meta{}, err
	}
	return v.meta, nil
}

// Collections lists all collections by name.
func (m *Mirror) Collections(context.Context) ([]spatial.Collection, error) {
	v, err := m.loaded()
	if err != nil {
		return nil, err
	}
	return v.Collections(), nil
}

// Collection returns one.
func (m *Mirror) Collection(_ context.Context, name string) (spatial.Collection, error) {
	v, err := m.loaded()
	if err != nil {
		return spatial.Collection{}, err
	}
	c, ok := v.Collection(name)
	if !ok {
		return spatial.Collection{}, unknown(name)
	}
	return c, nil
}

func unknown(collection string) error {
	return &spatial.Problem{Kind: spatial.ErrNotFound, Code: "not-found", Message: fmt.Sprintf("there is no collection %q", collection)}
}

// Models asks the store: models carry reports, which serving seldom needs.
func (m *Mirror) Models(ctx context.Context, collection string) ([]spatial.Model, error) {
	return m.store.Models(ctx, collection)
}

// Features streams the answer to q.
func (m *Mirror) Features(ctx context.Context, q spatial.Query) iter.Seq2[spatial.Feature, error] {
	s, held, err := m.answering(&q)
	switch {
	case err != nil:
		return func(yield func(spatial.Feature, error) bool) { yield(spatial.Feature{}, err) }
	case !held:
		return m.store.Features(ctx, q)
	}
	return s.Features(ctx, q)
}

// Count returns how many features Features would yield for q without After and Limit.
func (m *Mirror) Count(ctx context.Context, q spatial.Query) (int64, error) {
	s, held, err := m.answering(&q)
	switch {
	case err != nil:
		return 0, err
	case !held:
		return m.store.Count(ctx, q)
	}
	return s.Count(ctx, q)
}

// Changes streams the change log of the store.
func (m *Mirror) Changes(ctx context.Context, since int64) iter.Seq2[spatial.Change, error] {
	return m.store.Changes(ctx, since)
}

// Versions streams what happened to a collection, from the store.
func (m *Mirror) Versions(ctx context.Context, collection string, since, until int64) iter.Seq2[spatial.Version, error] {
	return m.store.Versions(ctx, collection, since, until)
}

// answering returns the snapshot that answers the query; held is false when the store is to.
func (m *Mirror) answering(q *spatial.Query) (s *Snapshot, held bool, err error) {
	if err := q.Validate(); err != nil {
		return nil, false, err
	}
	v, err := m.loaded()
	if err != nil {
		return nil, false, err
	}
	if _, ok := v.Collection(q.Collection); !ok {
		return nil, false, unknown(q.Collection)
	}
	s = v.Snapshot(q.Collection)
	return s, s != nil && !q.Body && !q.Ever && v.isPresent(s, q.Recorded, q.AtRevision), nil
}

// isPresent reports whether a collection's state at that time of recording is the state
// that it has now.
func (v *View) isPresent(s *Snapshot, recorded time.Time, revision int64) bool {
	if revision > 0 {
		return s.Collection.Revision <= revision && revision <= v.meta.Revision
	}
	return recorded.IsZero() || !recorded.Before(s.recorded)
}

// Present returns the snapshot that holds a collection's state as it was recorded at that
// time (zero: now), nil when only the store can tell.
func (v *View) Present(collection string, recorded time.Time) *Snapshot {
	s := v.Snapshot(collection)
	if s == nil || !v.isPresent(s, recorded, 0) {
		return nil
	}
	return s
}

func sortedNames(all map[string]*Snapshot) []string {
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	slices.SortFunc(names, strings.Compare)
	return names
}
