package sorting

import (
	"bufio"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
)

// Entry is what a Sorter sorts: a key, the number of what it stands for, and a rectangle where
// one is wanted.
type Entry struct {
	Key    uint64
	Number int64
	Box    [4]float32 // minx, maxx, miny, maxy
}

const entryBytes = 32

// sorterRun is how many entries are sorted in memory: 2 MB, and as much again to sort them.
const sorterRun = 64 << 10

// Sorter sorts entries by key with bounded memory: full runs are sorted and spilled to a
// temporary file, and merged when they are read. Its zero value works. Entries of equal
// keys come in no particular order. It is not for more than one goroutine.
type Sorter struct {
	run     []Entry
	scratch []Entry
	file    *os.File
	runs    []int64 // ends of the spilled runs in the file, in entries
	count   int64
}

// Add takes an entry; the error is one of the temporary file.
func (s *Sorter) Add(e Entry) error {
	if len(s.run) == sorterRun {
		if err := s.spill(); err != nil {
			return fmt.Errorf("sort: %w", err)
		}
	}
	s.run = append(s.run, e)
	s.count++
	return nil
}

// Count returns how many entries were added.
func (s *Sorter) Count() int64 { return s.count }

// Close lets go of the memory and removes what was spilled.
func (s *Sorter) Close() error {
	s.run, s.scratch = nil, nil
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if e := os.Remove(s.file.Name()); e != nil && !errors.Is(e, os.ErrNotExist) {
		err = errors.Join(err, e)
	}
	s.file = nil
	return err
}

func (s *Sorter) spill() error {
	if s.file == nil {
		f, err := os.CreateTemp("", "shikong-sort-*")
		if err != nil {
			return err
		}
		s.file = f
		// Where the system lets an open file be removed nothing is left behind by a crash.
		_ = os.Remove(f.Name())
	}
	s.sortRun()
	w := bufio.NewWriterSize(s.file, 1<<16)
	var b [entryBytes]byte
	for i := range s.run {
		s.run[i].encode(&b)
		if _, err := w.Write(b[:]); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	end := int64(len(s.run))
	if n := len(s.runs); n > 0 {
		end += s.runs[n-1]
	}
	s.runs = append(s.runs, end)
	s.run = s.run[:0]
	return nil
}

func (e *Entry) encode(b *[entryBytes]byte) {
	binary.LittleEndian.PutUint64(b[0:], e.Key)
	binary.LittleEndian.PutUint64(b[8:], uint64(e.Number))
	for i, v := range e.Box {
		binary.LittleEndian.PutUint32(b[16+4*i:], math.Float32bits(v))
	}
}

func (e *Entry) decode(b *[entryBytes]byte) {
	e.Key = binary.LittleEndian.Uint64(b[0:])
	e.Number = int64(binary.LittleEndian.Uint64(b[8:]))
	for i := range e.Box {
		e.Box[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[16+4*i:]))
	}
}

// sortRun sorts by radix, a byte at a time from the lowest, and skips bytes that are the
// same in all keys: those of one city share the upper ones.
func (s *Sorter) sortRun() {
	if len(s.run) < 2 {
		return
	}
	if cap(s.scratch) < len(s.run) {
		s.scratch = make([]Entry, cap(s.run))
	}
	from, to := s.run, s.scratch[:len(s.run)]
	for shift := 0; shift < 64; shift += 8 {
		var count [256]int
		for i := range from {
			count[byte(from[i].Key>>shift)]++
		}
		if count[byte(from[0].Key>>shift)] == len(from) {
			continue
		}
		at := 0
		for i, n := range count {
			count[i] = at
			at += n
		}
		for i := range from {
			d := byte(from[i].Key >> shift)
			to[count[d]] = from[i]
			count[d]++
		}
		from, to = to, from
	}
	s.run, s.scratch = from, to[:cap(to)]
}

// Each calls f with every entry in the order of their keys, until it returns an error. It may
// be called once.
func (s *Sorter) Each(f func(*Entry) error) error {
	s.sortRun()
	if len(s.runs) == 0 {
		for i := range s.run {
			if err := f(&s.run[i]); err != nil {
				return err
			}
		}
		return nil
	}
	m, err := s.merge()
	if err != nil {
		return fmt.Errorf("sort: %w", err)
	}
	for len(m) > 0 {
		if err := f(&m[0].head); err != nil {
			return err
		}
		if err := m.advance(); err != nil {
			return fmt.Errorf("sort: %w", err)
		}
	}
	return nil
}

func (s *Sorter) merge() (merger, error) {
	m := merger{}
	start := int64(0)
	for _, end := range s.runs {
		section := io.NewSectionReader(s.file, start*entryBytes, (end-start)*entryBytes)
		m = append(m, &mergeRun{r: bufio.NewReaderSize(section, 1<<14)})
		start = end
	}
	m = append(m, &mergeRun{rest: s.run})
	for i := 0; i < len(m); {
		ok, err := m[i].next()
		if err != nil {
			return nil, err
		}
		if !ok {
			m[i] = m[len(m)-1]
			m = m[:len(m)-1]
			continue
		}
		i++
	}
	heap.Init(&m)
	return m, nil
}

// mergeRun is one sorted run: from the file, or the last one from memory.
type mergeRun struct {
	head Entry
	r    *bufio.Reader
	rest []Entry
}

func (r *mergeRun) next() (bool, error) {
	if r.r == nil {
		if len(r.rest) == 0 {
			return false, nil
		}
		r.head, r.rest = r.rest[0], r.rest[1:]
		return true, nil
	}
	var b [entryBytes]byte
	if _, err := io.ReadFull(r.r, b[:]); err != nil {
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		return false, err
	}
	r.head.decode(&b)
	return true, nil
}

// merger is a heap of runs by their heads.
type merger []*mergeRun

func (m merger) Len() int           { return len(m) }
func (m merger) Less(i, j int) bool { return m[i].head.Key < m[j].head.Key }
func (m merger) Swap(i, j int)      { m[i], m[j] = m[j], m[i] }
func (m *merger) Push(x any)        { *m = append(*m, x.(*mergeRun)) }
func (m *merger) Pop() any {
	old := *m
	last := old[len(old)-1]
	*m = old[:len(old)-1]
	return last
}

// advance takes the next entry of the run that gave the last one.
func (m *merger) advance() error {
	ok, err := (*m)[0].next()
	if err != nil {
		return err
	}
	if ok {
		heap.Fix(m, 0)
	} else {
		heap.Pop(m)
	}
	return nil
}
