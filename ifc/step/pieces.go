package step

import (
	"bytes"
	"math"
	"slices"
)

// Runner calls work with 0 to n−1, maybe at the same time, and returns when all are done.
type Runner func(n int, work func(i int))

// shortest is how many bytes a piece has at the least: a shorter one is not worth its own
// tables.
const shortest = 4 << 20

// ParseIn indexes the bytes of a STEP file as Parse does, a long DATA section in some pieces
// that run may work on at once. The result is the same: pieces begin where the lexer begins
// a statement whatever stands before it. Files for which that is not sure, those with
// comments, further sections or numbers beyond 32 bits, are read in one.
func ParseIn(data []byte, pieces int, run Runner) (*File, error) {
	return parseIn(data, min(pieces, len(data)/shortest), run)
}

func parseIn(data []byte, pieces int, run Runner) (*File, error) {
	if pieces < 2 || run == nil {
		return Parse(data)
	}
	if err := recognize(data); err != nil {
		return nil, err
	}
	head := newIndexer(data)
	head.untilData = true
	head.run()
	bounds := split(data, head.pos, pieces)
	if !head.sawData || len(head.f.kinds) > 0 || len(bounds) < 3 {
		return Parse(data)
	}
	parts := make([]*indexer, len(bounds)-1)
	run(len(parts), func(i int) {
		x := newIndexer(data)
		x.pos, x.stop, x.section, x.piece = bounds[i], bounds[i+1], inData, true
		if !bytes.Contains(data[x.pos:x.stop], commentStart) {
			x.reservePart()
			x.run()
			parts[i] = x
		}
	})
	if !head.merge(parts) {
		return Parse(data)
	}
	return head.result()
}

// split returns where pieces of about equal length begin, from a place on, and the end.
func split(data []byte, from, pieces int) []int {
	bounds := []int{from}
	for i := 1; i < pieces; i++ {
		at := max(from+i*((len(data)-from)/pieces), bounds[len(bounds)-1]+1)
		for at < len(data) {
			n := bytes.Index(data[at:], numberSign)
			if n < 0 {
				break
			}
			if at += n + 1; startsStatement(data, at) {
				bounds = append(bounds, at)
				break
			}
		}
	}
	return append(bounds, len(data))
}

var numberSign = []byte("\n#")

// reservePart takes memory for the rows that the first bytes of the piece let expect.
func (x *indexer) reservePart() {
	sample := x.data[x.pos:min(x.stop, x.pos+1<<18)]
	rows := int(float64(bytes.Count(sample, []byte(";"))) * float64(x.stop-x.pos) / float64(len(sample)) * 1.05)
	x.f.offsets.low, x.f.kinds, x.numbers = make([]uint32, 0, rows), make([]uint16, 0, rows), make([]uint32, 0, rows)
}

// merge puts the pieces behind the header; false when one of them cannot have been read
// like that.
func (x *indexer) merge(parts []*indexer) bool {
	rows := 0
	for i, p := range parts {
		last := i == len(parts)-1
		if p == nil || !last && (p.section != inData || p.sawEnd) || slices.Contains(p.numbers, math.MaxUint32) {
			return false
		}
		rows += len(p.f.kinds)
	}
	if rows >= int(NoRow)-1 {
		return false
	}
	x.f.offsets.low, x.f.kinds, x.dense = make([]uint32, 0, rows), make([]uint16, 0, rows), make([]uint32, 0, rows)
	for i, p := range parts {
		if !x.take(p) {
			return false
		}
		parts[i] = nil // so that the memory of one piece at a time is used twice
	}
	return true
}

// take appends a piece.
func (x *indexer) take(p *indexer) bool {
	ids := make([]uint16, len(p.keys.names))
	for _, s := range p.keys.spans {
		id, ok := x.keys.id(s.text)
		if !ok {
			return false
		}
		ids[s.id] = id
	}
	// What is wrong with a statement comes before what is wrong with its number.
	for _, i := range p.f.issues {
		x.report(i)
	}
	x.f.dropped += p.f.dropped
	for r, kind := range p.f.kinds {
		at := p.f.offsets.at(r)
		row := len(x.f.kinds)
		x.f.offsets.add(at)
		x.f.kinds = append(x.f.kinds, ids[kind])
		x.place(row, uint64(p.numbers[r]), at)
	}
	if len(p.f.kinds) > 0 {
		x.f.end = p.f.end
	}
	x.f.cut = x.f.cut || p.f.cut
	x.pos, x.section, x.sawEnd = p.pos, p.section, p.sawEnd
	return true
}
