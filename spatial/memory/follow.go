package memory

import (
	"context"
	"fmt"
	"maps"
	"math"
	"time"

	"github.com/shikong-cim/shikong/spatial"
)

// Run follows the store until ctx ends, and returns nil then. It looks at the store every
// Options.Interval and when Notify is called; an error is given to Options.OnError, what is
// held stays, and the next look tries again. It packs collections anew in a goroutine of
// its own, which has ended when Run returns.
func (m *Mirror) Run(ctx context.Context) error {
	tick := time.NewTicker(m.options.Interval)
	defer tick.Stop()
	done := make(chan *parcel, 1)
	packing := false
	var parcel *parcel // packed and not yet taken in
	for {
		select {
		case <-ctx.Done():
			if packing {
				<-done
			}
			return nil
		case <-tick.C:
		case <-m.notify:
		case parcel = <-done:
			packing = false
		}
		err := m.Sync(ctx)
		if err == nil && parcel != nil {
			if err = m.install(ctx, parcel); err == nil {
				parcel = nil
			}
		}
		if err != nil && ctx.Err() == nil && m.options.OnError != nil {
			m.options.OnError(err)
		}
		if s := m.heaviest(); s != nil && !packing && parcel == nil {
			packing = true
			go func() { done <- s.repack() }()
		}
	}
}

// Notify makes Run look at the store at once. It never blocks.
func (m *Mirror) Notify() {
	select {
	case m.notify <- struct{}{}:
	default:
	}
}

// Sync brings the mirror to what the store has committed. What was held stays on an error.
func (m *Mirror) Sync(ctx context.Context) error {
	if err := m.enter(ctx); err != nil {
		return err
	}
	defer m.leave()
	meta, err := m.store.Meta(ctx)
	if err != nil {
		return fmt.Errorf("mirror: %w", err)
	}
	old := m.view.Load()
	if old != nil && old.meta.Revision == meta.Revision {
		return nil
	}
	next, err := m.look(ctx, old, meta)
	if err != nil {
		return fmt.Errorf("mirror: %w", err)
	}
	view, err := m.take(ctx, old, next)
	if err != nil {
		return fmt.Errorf("mirror: %w", err)
	}
	m.view.Store(view)
	if old != nil {
		m.publish(next.changes)
	}
	return nil
}

func (m *Mirror) enter(ctx context.Context) error {
	select {
	case m.writer <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (m *Mirror) leave() { <-m.writer }

// news is what a store has that a view has not.
type news struct {
	meta    spatial.Meta
	changes []spatial.Change
	infos   []spatial.Collection
}

// looks is how often the descriptions of collections are read again because an import
// came between them and the change log.
const looks = 3

// look reads the change log and the descriptions of one and the same revision.
func (m *Mirror) look(ctx context.Context, old *View, meta spatial.Meta) (news, error) {
	n := news{meta: meta}
	since := int64(0)
	if old != nil {
		since = old.meta.Revision
	}
	for try := 0; ; try++ {
		n.changes = n.changes[:0]
		for c, err := range m.store.Changes(ctx, since) {
			if err != nil {
				return n, fmt.Errorf("read the change log behind revision %d: %w", since, err)
			}
			n.changes = append(n.changes, c)
			n.meta.Revision, n.meta.Recorded = max(n.meta.Revision, c.Revision), c.Recorded
		}
		var err error
		if n.infos, err = m.store.Collections(ctx); err != nil {
			return n, fmt.Errorf("list collections: %w", err)
		}
		latest := int64(0)
		for i := range n.infos {
			latest = max(latest, n.infos[i].Revision)
		}
		if latest <= n.meta.Revision || try == looks {
			return n, nil
		}
	}
}

// take makes the view that holds the news.
func (m *Mirror) take(ctx context.Context, old *View, n news) (*View, error) {
	touched := map[string][]spatial.Change{}
	for _, c := range n.changes {
		touched[c.Collection] = append(touched[c.Collection], c)
	}
	v := &View{meta: n.meta, all: map[string]*Snapshot{}}
	states := map[string]*state{}
	for _, info := range n.infos {
		if m.options.Resident != nil && !m.options.Resident(info) {
			v.all[info.Name] = &Snapshot{Collection: info, Revision: n.meta.Revision}
			continue
		}
		before := m.states[info.Name]
		s, err := m.advance(ctx, before, info, touched[info.Name], since(old), n.meta.Revision)
		if err != nil {
			return nil, fmt.Errorf("collection %q: %w", info.Name, err)
		}
		states[info.Name] = s
		if s == before {
			same := *old.all[info.Name]
			same.Collection, same.Revision = info, n.meta.Revision
			v.all[info.Name] = &same
			continue
		}
		v.all[info.Name] = s.snapshot(info, n.meta.Revision)
	}
	v.names = sortedNames(v.all)
	m.states = states // only now, so that an error leaves all as it was
	return v, nil
}

func since(v *View) int64 {
	if v == nil {
		return 0
	}
	return v.meta.Revision
}

// advance returns the state of a collection at a revision, which is s itself when nothing
// touched it.
func (m *Mirror) advance(ctx context.Context, s *state, info spatial.Collection, changes []spatial.Change, since, until int64) (*state, error) {
	if s != nil && len(changes) == 0 {
		return s, nil
	}
	var log []touch
	purged := false
	if s != nil {
		log = s.log
	}
	for i := range changes {
		log = logged(log, touchOf(&changes[i]))
		purged = purged || changes[i].Purged
	}
	var next *state
	var err error
	if s == nil || purged {
		next, err = m.load(ctx, info, until)
	} else {
		next, err = m.follow(ctx, s, info.Name, since, until)
	}
	if err != nil {
		return nil, err
	}
	next.log = log
	return next, nil
}

// follow takes in what the revisions since < r ≤ until did.
func (m *Mirror) follow(ctx context.Context, s *state, name string, since, until int64) (*state, error) {
	c := s.begin()
	for v, err := range m.store.Versions(ctx, name, since, until) {
		if err != nil {
			return nil, fmt.Errorf("read versions behind revision %d: %w", since, err)
		}
		if err := s.take(&c, &v); err != nil {
			return nil, err
		}
	}
	if fresh := s.tail.len() - c.from; m.heavy(s.base.len(), fresh) {
		// So large a change is packed at once: to index it in the tail would cost more.
		next := s.with(change{base: c.base, tail: c.tail, from: s.tail.len()})
		for i := c.from; i < s.tail.len(); i++ {
			next.order = append(next.order, uint32(i))
		}
		snap := next.snapshot(spatial.Collection{Name: name}, until)
		return snap.repack().state(s.tail.schema), nil
	}
	return s.with(c), nil
}

// batch is how many versions go from the reading to the packing goroutine at once.
const batch = 512

// load reads all of a collection. The store decodes in one goroutine and columns are filled
// in another.
func (m *Mirror) load(ctx context.Context, info spatial.Collection, until int64) (*state, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	batches := make(chan []spatial.Version, 4)
	empty := make(chan []spatial.Version, 8)
	b := newBuilder()
	b.expect = int(min(info.Count, math.MaxInt32))
	built := make(chan error, 1)
	go func() {
		defer close(built)
		for list := range batches {
			if err := b.add(list...); err != nil {
				built <- err
				cancel()
				for range batches {
					continue // let the reader come to its end
				}
				return
			}
			select {
			case empty <- list[:0]:
			default:
			}
		}
	}()
	err := m.read(ctx, info.Name, until, batches, empty)
	close(batches)
	if buildErr := <-built; buildErr != nil {
		return nil, buildErr
	}
	if err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	return newState(b), nil
}

func (m *Mirror) read(ctx context.Context, name string, until int64, batches chan<- []spatial.Version, empty <-chan []spatial.Version) error {
	var list []spatial.Version
	for v, err := range m.store.Versions(ctx, name, 0, until) {
		if err != nil {
			return err
		}
		if list = append(list, v); len(list) == batch {
			batches <- list
			select {
			case list = <-empty:
			default:
				list = make([]spatial.Version, 0, batch)
			}
		}
	}
	batches <- list
	return nil
}

// heaviest returns a snapshot that is to be packed anew, or nil.
func (m *Mirror) heaviest() *Snapshot {
	if v := m.view.Load(); v != nil {
		for _, s := range v.all {
			if s.base != nil && m.heavy(s.base.len(), s.tail.len()+s.dead.count) {
				return s
			}
		}
	}
	return nil
}

// parcel is a snapshot packed anew.
type parcel struct {
	of   *Snapshot
	base *base
	dict *dict
}

// state returns the state that goes on from the parcel. Columns keep their numbers.
func (p *parcel) state(schema *schema) *state {
	return packed(p.base, &builder{Table: new(Table), dict: p.dict, schema: schema})
}

// install puts a parcel in the place of what it was packed from, and takes in what has
// changed since.
func (m *Mirror) install(ctx context.Context, p *parcel) error {
	if err := m.enter(ctx); err != nil {
		return err
	}
	defer m.leave()
	name, old := p.of.Collection.Name, m.view.Load()
	s := m.states[name]
	if s == nil || s.base != p.of.base {
		return nil // loaded anew or gone meanwhile
	}
	next := p.state(s.tail.schema)
	now := old.all[name]
	if now.Collection.Revision > p.of.Revision {
		var err error
		if next, err = m.follow(ctx, next, name, p.of.Revision, old.meta.Revision); err != nil {
			return fmt.Errorf("mirror: collection %q: %w", name, err)
		}
	}
	next.log = s.log
	v := &View{meta: old.meta, names: old.names, all: maps.Clone(old.all)}
	v.all[name] = next.snapshot(now.Collection, now.Revision)
	m.states[name] = next
	m.view.Store(v)
	return nil
}
