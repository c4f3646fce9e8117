package spatial

import (
	"cmp"
	"container/heap"
	"iter"
	"math"
	"slices"
	"strings"
	"time"
)

// SortKey is one key of an order: what Feature.Value gives for the name.
type SortKey struct {
	Name       string
	Descending bool
}

// MaxSort bounds the keys of one order.
const MaxSort = 8

// memberValues are what the store knows of every feature, by the names under which doors
// show it. Times are in microseconds since 1970, so that they sort as times do.
var memberValues = map[string]func(*Feature) Value{
	"id":            func(f *Feature) Value { return StringOf(f.ID) },
	"class":         func(f *Feature) Value { return textOrNull(f.Kind) },
	"name":          func(f *Feature) Value { return textOrNull(f.Name) },
	"model":         func(f *Feature) Value { return textOrNull(f.Model) },
	"storey":        func(f *Feature) Value { return textOrNull(f.Storey) },
	"z_min":         func(f *Feature) Value { return heightOrNull(f.Z.Min, f.Z.Known) },
	"z_max":         func(f *Feature) Value { return heightOrNull(f.Z.Max, f.Z.Known) },
	"underground":   func(f *Feature) Value { return truthOrNull(f.Underground) },
	"valid_from":    func(f *Feature) Value { return microsOrNull(f.Valid.Start) },
	"valid_to":      func(f *Feature) Value { return microsOrNull(f.Valid.End) },
	"recorded_from": func(f *Feature) Value { return microsOrNull(f.Recorded.Start) },
}

func textOrNull(s string) Value {
	if s == "" {
		return Value{}
	}
	return StringOf(s)
}

func heightOrNull(z float64, known bool) Value {
	if !known {
		return Value{}
	}
	return FloatOf(z)
}

func truthOrNull(t Truth) Value {
	if t == Unknown {
		return Value{}
	}
	return BoolOf(t == Yes)
}

func microsOrNull(t time.Time) Value {
	if t.IsZero() {
		return Value{}
	}
	return IntOf(t.UnixMicro())
}

// SortValue returns what an order by that name goes by: what the store knows of the feature
// under the names id, class, name, model, storey, z_min, z_max, underground, valid_from,
// valid_to and recorded_from (times as microseconds since 1970), and where it knows nothing
// the source's property of that name; null for none.
func (f *Feature) SortValue(name string) Value {
	if member := memberValues[name]; member != nil {
		if v := member(f); v.Kind() != Null {
			return v
		}
	}
	v, _ := f.Properties.Get(name)
	return v
}

// kindRank puts values of different kinds one after the other: null, truth values, numbers,
// texts, lists and objects.
var kindRank = [...]int{Null: 0, Bool: 1, Int: 2, Float: 2, String: 3, JSON: 4}

// Compare orders values: of one kind false before true, numbers by what they are, texts and
// JSON bytewise; of different kinds null, truth values, numbers, texts, JSON. An integer and
// a number that are equal compare as 0.
func (v Value) Compare(o Value) int {
	if c := kindRank[v.kind] - kindRank[o.kind]; c != 0 {
		return c
	}
	switch v.kind {
	case Bool:
		return cmp.Compare(v.bits, o.bits)
	case Int, Float:
		return compareNumbers(v, o)
	case String, JSON:
		return strings.Compare(v.text, o.text)
	}
	return 0
}

func compareNumbers(v, o Value) int {
	switch {
	case v.kind == Int && o.kind == Int:
		return cmp.Compare(v.Int(), o.Int())
	case v.kind == Int:
		return compareMixed(v.Int(), o.Float())
	case o.kind == Int:
		return -compareMixed(o.Int(), v.Float())
	}
	return cmp.Compare(v.Float(), o.Float())
}

// compareMixed compares without rounding the integer to a float.
func compareMixed(i int64, f float64) int {
	switch {
	case f >= math.MaxInt64: // which rounds to 2⁶³, beyond every integer
		return -1
	case f < math.MinInt64:
		return 1
	}
	whole, part := math.Modf(f)
	if c := cmp.Compare(i, int64(whole)); c != 0 {
		return c
	}
	return cmp.Compare(0, part)
}

// Compare orders values by the key: null comes last in both directions.
func (k SortKey) Compare(a, b Value) int {
	switch {
	case a.kind == Null && b.kind == Null:
		return 0
	case a.kind == Null:
		return 1
	case b.kind == Null:
		return -1
	case k.Descending:
		return b.Compare(a)
	}
	return a.Compare(b)
}

// CursorOf returns the key of a feature in the order of the query. The feature must have
// the properties that the order goes by.
func (q *Query) CursorOf(f *Feature) Cursor {
	c := CursorOf(f)
	for _, k := range q.Sort {
		c.Keys = append(c.Keys, f.SortValue(k.Name))
	}
	return c
}

// Compare orders keys as the query orders its answer.
func (q *Query) Compare(a, b Cursor) int {
	for i, k := range q.Sort {
		if c := k.Compare(a.Keys[i], b.Keys[i]); c != 0 {
			return c
		}
	}
	return a.Compare(b)
}

func (q *Query) validateSort() error {
	bad := func(message string) error { return &Problem{Kind: ErrInvalid, Code: "invalid-query", Message: message} }
	switch {
	case len(q.Sort) > MaxSort:
		return bad("an order has too many keys")
	case len(q.Sort) > 0 && q.Near != nil:
		return bad("an answer ordered by distance has no other order")
	case len(q.Sort) > 0 && q.Ever:
		return bad("an order by properties is about one state of knowledge")
	case q.After != nil && len(q.After.Keys) != len(q.Sort):
		return bad("the key to continue behind belongs to another order")
	}
	for _, k := range q.Sort {
		if k.Name == "" {
			return bad("an order goes by a property without a name")
		}
	}
	return nil
}

// Sorted answers a query with Sort for stores that have only the default order: it reads
// what the query asks for and yields it in order, behind After, up to Limit. The function
// read answers a query without Sort, After and Limit. With a limit Sorted holds limit
// features at a time, without one all of the answer; solids are asked for at the end.
func Sorted(q Query, read func(Query) iter.Seq2[Feature, error]) iter.Seq2[Feature, error] {
	return func(yield func(Feature, error) bool) {
		top := topHeap{q: &q}
		for f, err := range read(unsorted(q)) {
			if err != nil {
				yield(Feature{}, err)
				return
			}
			top.add(&f)
		}
		slices.SortFunc(top.list, func(a, b placed) int { return q.Compare(a.at, b.at) })
		for i := range top.list {
			f := top.list[i].f
			f.Properties = f.Properties.Select(q.Properties)
			if q.Body {
				if err := withBody(&f, q, read); err != nil {
					yield(Feature{}, err)
					return
				}
			}
			if !yield(f, nil) {
				return
			}
		}
	}
}

// unsorted is the query for all that may be in the answer, with what the order goes by.
func unsorted(q Query) Query {
	if q.Properties != nil {
		q.Properties = slices.Clone(q.Properties)
		for _, k := range q.Sort {
			q.Properties = append(q.Properties, k.Name)
		}
	}
	q.Sort, q.After, q.Limit, q.Body = nil, nil, 0, false
	return q
}

func withBody(f *Feature, q Query, read func(Query) iter.Seq2[Feature, error]) error {
	q.IDs, q.Valid, q.Box, q.Within, q.Changing, q.Filter, q.Properties = []string{f.ID}, f.Valid, nil, nil, nil, nil, []string{}
	q.Sort, q.After, q.Limit = nil, nil, 0
	for g, err := range read(q) {
		if err != nil {
			return err
		}
		if g.Valid.Equal(f.Valid) {
			f.Body = g.Body
		}
	}
	return nil
}

// placed is a feature with its key.
type placed struct {
	at Cursor
	f  Feature
}

// topHeap keeps the first features of an order, the last of them on top.
type topHeap struct {
	q    *Query
	list []placed
}

func (h *topHeap) add(f *Feature) {
	at := h.q.CursorOf(f)
	switch {
	case h.q.After != nil && h.q.Compare(at, *h.q.After) <= 0:
	case h.q.Limit == 0:
		h.list = append(h.list, placed{at, *f})
	case len(h.list) < h.q.Limit:
		heap.Push(h, placed{at, *f})
	case h.q.Compare(at, h.list[0].at) < 0:
		h.list[0] = placed{at, *f}
		heap.Fix(h, 0)
	}
}

func (h *topHeap) Len() int           { return len(h.list) }
func (h *topHeap) Less(i, j int) bool { return h.q.Compare(h.list[i].at, h.list[j].at) > 0 }
func (h *topHeap) Swap(i, j int)      { h.list[i], h.list[j] = h.list[j], h.list[i] }
func (h *topHeap) Push(x any)         { h.list = append(h.list, x.(placed)) }
func (h *topHeap) Pop() any           { panic("the heap only grows or changes its top") } //nolint:forbidigo // heap.Interface wants it, nobody calls it
