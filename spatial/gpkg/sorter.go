package gpkg

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

// entry is what a sorter sorts: a key, a version, and for the spatial index its rectangle,
// which holds the true one (see outward).
type entry struct {
	key     uint64
	version int64
	box     [4]float32 // minx, maxx, miny, maxy
}

const entryBytes = 32

// sorterRun is how many entries are sorted in memory: 2 MB, and as much again to sort them.
const sorterRun = 64 << 10

// sorter sorts entries by key with bounded memory: full runs are sorted and spilled to a
// temporary file, and merged when they are read. Its zero value works. Entries of equal
// keys come in no particular order. It is not for more than one goroutine.
type sorter struct {
	run     []entry
	scratch []entry
	file    *os.File
	runs    []int64 // ends of the spilled runs in the file, in entries
	count   int64
}

func (s *sorter) add(e entry) error {
	if len(s.run) == sorterRun {
		if err := s.spill(); err != nil {
			return fmt.Errorf("sort: %w", err)
		}
	}
	s.run = append(s.run, e)
	s.count++
	return nil
}

// close lets go of the memory and removes what was spilled.
func (s *sorter) close() error {
	s.run, s.scratch = nil, nil
	if s.file == nil {
		return nil
	}
	err := errors.Join(s.file.Close(), removeIfThere(s.file.Name()))
	s.file = nil
	return err
}

func removeIfThere(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func (s *sorter) spill() error {
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

func (e *entry) encode(b *[entryBytes]byte) {
	binary.LittleEndian.PutUint64(b[0:], e.key)
	binary.LittleEndian.PutUint64(b[8:], uint64(e.version))
	for i, v := range e.box {
		binary.LittleEndian.PutUint32(b[16+4*i:], math.Float32bits(v))
	}
}

func (e *entry) decode(b *[entryBytes]byte) {
	e.key = binary.LittleEndian.Uint64(b[0:])
	e.version = int64(binary.LittleEndian.Uint64(b[8:]))
	for i := range e.box {
		e.box[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[16+4*i:]))
	}
}

// sortRun sorts by radix, a byte at a time from the lowest, and skips bytes that are the
// same in all keys: those of one city share the upper ones.
func (s *sorter) sortRun() {
	if len(s.run) < 2 {
		return
	}
	if cap(s.scratch) < len(s.run) {
		s.scratch = make([]entry, cap(s.run))
	}
	from, to := s.run, s.scratch[:len(s.run)]
	for shift := 0; shift < 64; shift += 8 {
		var count [256]int
		for i := range from {
			count[byte(from[i].key>>shift)]++
		}
		if count[byte(from[0].key>>shift)] == len(from) {
			continue
		}
		at := 0
		for i, n := range count {
			count[i] = at
			at += n
		}
		for i := range from {
			d := byte(from[i].key >> shift)
			to[count[d]] = from[i]
			count[d]++
		}
		from, to = to, from
	}
	s.run, s.scratch = from, to[:cap(to)]
}

// each yields all entries in the order of their keys. It may be called once.
func (s *sorter) each(f func(*entry) error) error {
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

func (s *sorter) merge() (merger, error) {
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
	head entry
	r    *bufio.Reader
	rest []entry
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
func (m merger) Less(i, j int) bool { return m[i].head.key < m[j].head.key }
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
