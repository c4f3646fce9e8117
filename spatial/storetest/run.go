package storetest

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shikong-cim/shikong/spatial"
)

// Follow returns a reader that follows the store, and a function that brings it up to what
// the store has committed; nil when the reader needs none.
type Follow func(t *testing.T, store spatial.Store) (reader spatial.Reader, sync func(context.Context) error)

// Run holds stores against the contract; open returns a new empty one for each test and
// closes it with t.Cleanup. The suite closes some earlier, so Close must bear a second call.
func Run(t *testing.T, open func(t *testing.T) spatial.Store) {
	t.Helper()
	run(t, suite{open: open, plays: 100})
}

// RunSlow is Run with fewer random plays, for stores that take long over each.
func RunSlow(t *testing.T, open func(t *testing.T) spatial.Store) {
	t.Helper()
	run(t, suite{open: open, plays: 25})
}

func run(t *testing.T, s suite) {
	t.Helper()
	s.clauses(t, importClauses)
	s.clauses(t, refusalClauses)
	s.clauses(t, followerClauses)
	s.clauses(t, styleClauses)
	s.readers(t)
}

// RunReader holds readers that follow a store against the part of the contract that is
// about reading. OpenReference serves as open where no other store is at hand.
func RunReader(t *testing.T, open func(t *testing.T) spatial.Store, follow Follow) {
	t.Helper()
	s := suite{open: open, follow: follow, plays: 100}
	s.clauses(t, importClauses)
	s.readers(t)
}

type suite struct {
	open   func(t *testing.T) spatial.Store
	follow Follow
	plays  int // random ones
}

type clause struct {
	name string // a sentence
	run  func(p *play)
}

func (s suite) readers(t *testing.T) {
	s.clauses(t, timeClauses)
	s.clauses(t, historyClauses)
	s.clauses(t, diffClauses)
	s.clauses(t, placeClauses)
	s.clauses(t, withinClauses)
	s.clauses(t, listClauses)
	s.clauses(t, filterClauses)
	s.clauses(t, contentClauses)
	s.clauses(t, metaClauses)
	s.clauses(t, concurrencyClauses)
	t.Run("random filters match what they say", s.filters)
	t.Run("random imports and queries give what the reference gives", s.random)
}

func (s suite) clauses(t *testing.T, list []clause) {
	for _, c := range list {
		t.Run(c.name, func(t *testing.T) { c.run(s.begin(t)) })
	}
}

// reporter is what *testing.T and *rapid.T have in common.
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Fatal(args ...any)
}

// play is one store under test beside a reference that is told the same.
type play struct {
	reporter
	ctx    context.Context
	store  spatial.Store
	reader spatial.Reader
	sync   func(context.Context) error
	ref    *Reference
	clock  time.Time // what the reference takes for now: the store's own time of its revision
	nums   map[idKey]uint64
}

func (s suite) begin(t *testing.T) *play { return s.play(t, t) }

// play opens a store that lives as long as t and reports to r.
func (s suite) play(t *testing.T, r reporter) *play {
	p := &play{reporter: r, ctx: t.Context(), store: s.open(t), ref: NewReference(), nums: map[idKey]uint64{}}
	p.ref.Now = func() time.Time { return p.clock }
	p.reader = p.store
	if s.follow != nil {
		p.reader, p.sync = s.follow(t, p.store)
	}
	return p
}

// put imports and fails the test when it is refused or counted otherwise than by the
// reference.
func (p *play) put(in spatial.Import) spatial.Applied {
	p.Helper()
	got, err := p.store.Apply(p.ctx, in)
	if err != nil {
		p.Fatalf("import of %s/%s: %v", in.Collection.Name, in.Model, err)
	}
	p.clock = got.Recorded
	want, err := p.ref.Apply(p.ctx, in)
	if err != nil {
		p.Fatalf("the reference refuses what the store took: %v", err)
	}
	p.same("what the import did", showApplied(got), showApplied(want))
	p.catchUp()
	return got
}

func (p *play) catchUp() {
	p.Helper()
	if p.sync != nil {
		if err := p.sync(p.ctx); err != nil {
			p.Fatalf("follow the store: %v", err)
		}
	}
}

// purge purges in the store and in the reference.
func (p *play) purge(collection, model string) spatial.Applied {
	p.Helper()
	got, err := p.store.Purge(p.ctx, collection, model)
	if err != nil {
		p.Fatalf("purge %s/%s: %v", collection, model, err)
	}
	p.clock = got.Recorded
	want, err := p.ref.Purge(p.ctx, collection, model)
	if err != nil {
		p.Fatal(err)
	}
	p.same("what the purge did", showApplied(got), showApplied(want))
	for key := range p.nums {
		if key.collection == collection {
			delete(p.nums, key)
		}
	}
	p.catchUp()
	return got
}

// prune prunes what ended before a revision in the store and in the reference.
func (p *play) prune(before int64) int64 {
	p.Helper()
	instant := time.Time{}
	for _, c := range collect(p, p.store.Changes(p.ctx, 0)) {
		if c.Revision == before {
			instant = c.Recorded
		}
	}
	got, err := p.store.Prune(p.ctx, instant)
	p.must(err)
	meta, err := p.store.Meta(p.ctx)
	p.must(err)
	p.clock = meta.Recorded
	want, err := p.ref.Prune(p.ctx, instant)
	p.must(err)
	if got != want {
		p.Fatalf("pruned %d versions, want %d", got, want)
	}
	p.catchUp()
	return got
}

// refuse imports, expects an error of the kind and the code, and that no trace is left.
func (p *play) refuse(in spatial.Import, kind error, code string) {
	p.Helper()
	before := p.state()
	_, err := p.store.Apply(p.ctx, in)
	p.wantError(err, kind, code)
	p.catchUp()
	p.same("the store after a refused import", p.state(), before)
}

func (p *play) wantError(err, kind error, code string) {
	p.Helper()
	if !errors.Is(err, kind) {
		p.Fatalf("got error %v, want %v", err, kind)
	}
	var problem *spatial.Problem
	if code == "" {
		return
	}
	if !errors.As(err, &problem) || problem.Code != code {
		p.Fatalf("got error %v, want code %s", err, code)
	}
}

// state is everything a reader can see of the present.
func (p *play) state() string {
	p.Helper()
	return stateOf(p, p.reader) + logOf(p, p.store)
}

func stateOf(p *play, r spatial.Reader) string {
	p.Helper()
	var b strings.Builder
	meta, err := r.Meta(p.ctx)
	p.must(err)
	b.WriteString(showTime(meta.Recorded) + "\n")
	list, err := r.Collections(p.ctx)
	p.must(err)
	for _, c := range list {
		b.WriteString(showCollection(c))
		one, err := r.Collection(p.ctx, c.Name)
		p.must(err)
		p.same("Collection beside Collections", showCollection(one), showCollection(c))
		b.WriteString(showFeatures(collect(p, r.Features(p.ctx, spatial.Query{Collection: c.Name, Body: true}))))
	}
	models, err := r.Models(p.ctx, "")
	p.must(err)
	for _, m := range models {
		b.WriteString(showModel(m))
	}
	return b.String()
}

func logOf(p *play, s spatial.Store) string {
	var b strings.Builder
	for _, c := range collect(p, s.Changes(p.ctx, 0)) {
		b.WriteString(showChange(c))
	}
	return b.String()
}

func (p *play) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

// check compares the whole present with the reference's, and the numbering with itself.
func (p *play) check() {
	p.Helper()
	p.same("the state", stateOf(p, p.reader)+logOf(p, p.store), stateOf(p, p.ref)+logOf(p, p.ref))
}

// ask compares the answer to q with the reference's and returns it.
func (p *play) ask(q spatial.Query) []spatial.Feature {
	p.Helper()
	got := collect(p, p.reader.Features(p.ctx, q))
	want := collect(p, p.ref.Features(p.ctx, q))
	p.same("the answer", showFeatures(got), showFeatures(want))
	n, err := p.reader.Count(p.ctx, q)
	p.must(err)
	wantN, err := p.ref.Count(p.ctx, q)
	p.must(err)
	if n != wantN {
		p.Fatalf("Count is %d, want %d", n, wantN)
	}
	p.numbered(got)
	return got
}

// numbered checks that ids keep their Num and share it with nobody.
func (p *play) numbered(list []spatial.Feature) {
	p.Helper()
	for i := range list {
		f := &list[i]
		key := idKey{f.Collection, f.ID}
		if f.Num == 0 || f.Num >= 1<<53 {
			p.Fatalf("Num of %q is %d", f.ID, f.Num)
		}
		if old, ok := p.nums[key]; ok && old != f.Num {
			p.Fatalf("Num of %q was %d and is %d", f.ID, old, f.Num)
		}
		for other, num := range p.nums {
			if num == f.Num && other != key && other.collection == key.collection {
				p.Fatalf("%q and %q share the Num %d", f.ID, other.id, num)
			}
		}
		p.nums[key] = f.Num
	}
}

// want asks and compares with the short forms stated by the clause, too.
func (p *play) want(q spatial.Query, lines ...string) {
	p.Helper()
	var got []string
	for _, f := range p.ask(q) {
		got = append(got, showShort(&f))
	}
	if !slices.Equal(got, lines) {
		p.Fatalf("answer differs (-want +got):\n%s", cmp.Diff(lines, got))
	}
}

func (p *play) same(what, got, want string) {
	p.Helper()
	if got != want {
		p.Fatalf("%s differs (-want +got):\n%s", what, cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")))
	}
}

func collect[T any](p *play, seq iter.Seq2[T, error]) []T {
	p.Helper()
	var list []T
	for v, err := range seq {
		if err != nil {
			p.Fatal(err)
		}
		list = append(list, v)
	}
	return list
}

// fails returns the error with which a sequence ends, and fails the test when it has none.
func fails[T any](p *play, seq iter.Seq2[T, error]) error {
	p.Helper()
	for _, err := range seq {
		if err != nil {
			return err
		}
	}
	p.Fatal("the sequence ends without an error")
	return nil
}
