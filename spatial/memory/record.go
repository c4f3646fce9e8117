package memory

import (
	"context"
	"iter"
	"runtime"
	"time"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
)

// Record is a row of an answer as the columns have it, for who writes it down and forgets it:
// nothing of it takes memory of its own. It and all that its methods return are good until
// the next row, and are not to be changed; texts stay good.
type Record struct {
	// Distance is that of Near or Within, in metres.
	Distance float64
	reading
	t *Table
	i int
}

// ID returns the feature's id.
func (r *Record) ID() string { return r.t.id(r.i) }

// Labels returns the ids of the texts that the feature has besides its properties, 0 for none.
func (r *Record) Labels() (model, kind, name, storey ValueID) { return r.t.Labels(r.i) }

// ZRange returns the heights of the feature.
func (r *Record) ZRange() spatial.ZRange { return r.t.zRange(r.i) }

// Underground says whether the feature lies below the ground.
func (r *Record) Underground() spatial.Truth { return r.t.Underground(r.i) }

// Times returns when the feature is valid and since when it is recorded, for TimeOf.
func (r *Record) Times() (start, end, recorded int64) {
	return r.t.start[r.i], r.t.end[r.i], r.t.recorded[r.i]
}

// TimeOf returns the time that a column holds, the zero time for an open side.
func TimeOf(micros int64) time.Time { return timeOf(micros) }

// Records streams the answer to q as records; held is false when the mirror cannot answer by
// itself, and Features must be asked. What q says of properties is left to who writes them.
func (m *Mirror) Records(ctx context.Context, q spatial.Query) (answer iter.Seq2[*Record, error], held bool) {
	s, held, err := m.answering(&q)
	if err != nil || !held {
		return nil, false // Features says what is wrong
	}
	return s.Records(ctx, q), true
}

// Records streams the answer to a query about the present without bodies, as Features does.
// The query must be valid.
func (s *Snapshot) Records(ctx context.Context, q spatial.Query) iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		f := newSearch(ctx, s, &q)
		defer f.giveBack()
		r := &Record{reading: f.reading}
		r.exact.keep = true
		n, waiting := 0, make([]found, 0, aheadRows)
		for row, distance := range f.hits() {
			n++
			waiting = append(waiting, found{row, distance})
			if f.measured() {
				f.memory.keep(len(waiting)-1, f.scratch.whole)
			}
			if len(waiting) < aheadRows && n != q.Limit {
				continue
			}
			if !f.give(r, waiting, yield) || n == q.Limit {
				return
			}
			waiting = waiting[:0]
		}
		if f.give(r, waiting, yield) && f.err != nil {
			yield(nil, f.err)
		}
	}
}

// measured reports whether a row that is found was the last one whose geometry was read, to
// measure to it: of what is nearest others were read since.
func (f *search) measured() bool { return f.within != nil && f.q.Near == nil }

// aheadRows is how many rows are found before the first of them is read.
const aheadRows = 32

// give yields the rows that wait.
func (f *search) give(r *Record, waiting []found, yield func(*Record, error) bool) bool {
	f.fetch(waiting)
	for i, c := range waiting {
		r.t, r.i = f.s.At(c.row)
		r.Distance = c.distance
		if f.measured() {
			r.exact.known = f.memory.kept[i]
		}
		if !yield(r, nil) {
			return false
		}
	}
	return true
}

// fetch has the processor fetch what rows are made of, see Values.Fetch.
func (f *search) fetch(waiting []found) {
	ids, sum, near := f.memory.ids[:0], byte(0), ValueID(len(f.values.ready))
	for _, c := range waiting {
		t, i := f.s.At(c.row)
		start, end := t.attrEnds.span(i)
		for _, id := range t.attrs[start:end] {
			if id >= near {
				ids = append(ids, id)
			}
		}
		ids = append(ids, t.name[i])
		start, _ = t.exactEnds.span(i)
		sum += t.exact[start]
		start, _ = t.idEnds.span(i)
		sum += t.ids[start] + byte(t.kind[i]) + byte(t.recorded[i]) + byte(t.shape[i]) + t.flags[i]
	}
	runtime.KeepAlive(sum)
	f.values.Fetch(ids)
	f.memory.ids = ids
}

// Shape returns the number of the row's list of properties, which is the same in all records
// of an answer that have the same list, and the ids of their values.
func (r *Record) Shape() (shape uint32, values []ValueID) { return r.t.Shape(r.i) }

// Names returns the names of the properties of a shape, in order.
func (r *Record) Names(shape uint32) []string {
	list := make([]string, len(r.schema.Shapes[shape]))
	for i, c := range r.schema.Shapes[shape] {
		list[i] = r.schema.Names[c]
	}
	return list
}

// AppendJSON appends the value of an id as spatial.Value.AppendJSON does, or as AppendJSONText
// where it stands in a column of text.
func (r *Record) AppendJSON(dst []byte, id ValueID, text bool) []byte {
	return r.values.appendJSON(dst, id, text)
}

// Geometry returns the row's geometry.
func (r *Record) Geometry() geom.T {
	r.exact.buf = r.t.exactOf(r.i)
	return r.exact.geometry()
}

// Decimals fills d with the row's geometry, rounded to so many digits where it has more; false
// says that it is nothing or a collection, and Geometry must be asked.
func (r *Record) Decimals(d *spatial.Decimals, digits, zDigits int) bool {
	r.exact.buf = r.t.exactOf(r.i)
	return r.exact.decimals(d, digits, zDigits)
}
