package step

import (
	"bytes"
	"hash/maphash"
)

// maxKeywords bounds the different keywords of a file; the largest schemas have some
// thousand.
const maxKeywords = 1<<16 - 2

// keywords gives each different keyword of a file a small number. Keywords are found by
// their spelling in the file; those that differ in case alone share their number.
type keywords struct {
	names []string // by number, in upper case; 0 is the complex instance, which has none
	known map[string]uint16
	spans []spelling
	slots []uint16 // open addressing over spans, index + 1
	seed  maphash.Seed
}

type spelling struct {
	text []byte
	id   uint16
}

func newKeywords() *keywords {
	return &keywords{names: []string{""}, known: map[string]uint16{}, slots: make([]uint16, 1024), seed: maphash.MakeSeed()}
}

// id returns the number of a keyword, giving it one when it is new; false when there are
// too many.
func (k *keywords) id(text []byte) (uint16, bool) {
	mask := uint64(len(k.slots) - 1)
	// The hash is seeded: a file cannot be made to collide.
	i := maphash.Bytes(k.seed, text) & mask
	for k.slots[i] != 0 {
		if s := &k.spans[k.slots[i]-1]; bytes.Equal(s.text, text) {
			return s.id, true
		}
		i = (i + 1) & mask
	}
	return k.add(text)
}

func (k *keywords) add(text []byte) (uint16, bool) {
	if len(k.spans) >= maxKeywords || len(text) > maxKeywordLength {
		return 0, false
	}
	name := string(bytes.ToUpper(text))
	id, ok := k.known[name]
	if !ok {
		id = uint16(len(k.names))
		k.known[name] = id
		k.names = append(k.names, name)
	}
	k.spans = append(k.spans, spelling{text, id})
	if 2*len(k.spans) > len(k.slots) {
		k.grow()
	} else {
		k.insert(len(k.spans))
	}
	return id, true
}

// maxKeywordLength is above every keyword of every schema, and keeps garbage out.
const maxKeywordLength = 256

func (k *keywords) insert(span int) {
	mask := uint64(len(k.slots) - 1)
	i := maphash.Bytes(k.seed, k.spans[span-1].text) & mask
	for k.slots[i] != 0 {
		i = (i + 1) & mask
	}
	k.slots[i] = uint16(span)
}

func (k *keywords) grow() {
	k.slots = make([]uint16, 2*len(k.slots))
	for i := range k.spans {
		k.insert(i + 1)
	}
}
