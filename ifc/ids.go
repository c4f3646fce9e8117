package ifc

import (
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/spatial"
)

// ids are the ids of all products of a file.
type ids struct {
	products []model.Entity // ascending
	list     []string       // of the products
	codes    map[int]string // what is wrong with the GlobalId of a product, by its index
}

// idsOf gives every product of a file its id.
func idsOf(m *model.Model, name string, taken func(string) bool) *ids {
	products := m.Products()
	out := &ids{products: products, list: make([]string, len(products)), codes: map[int]string{}}
	g := &idGiver{m: m, name: name, taken: taken, seen: make(map[string]int, len(products))}
	for i, p := range products {
		id, code := g.next(p)
		out.list[i] = id
		if code != "" {
			out.codes[i] = code
		}
	}
	return out
}

// of returns the id of a product, "" for anything else.
func (s *ids) of(e model.Entity) string {
	if i, ok := slices.BinarySearch(s.products, e); ok {
		return s.list[i]
	}
	return ""
}

// idGiver gives the products of a file their ids, in file order.
type idGiver struct {
	m     *model.Model
	name  string // of the model
	taken func(string) bool
	seen  map[string]int
}

// The issues about ids.
const (
	codeDuplicate = "duplicate-globalid"
	codeMalformed = "malformed-globalid"
	codeNoID      = "missing-globalid"
)

// next returns the id of a product and what is wrong with its GlobalId: nothing is "".
func (s *idGiver) next(e model.Entity) (id, code string) {
	id = s.m.GlobalID(e)
	switch {
	case strings.TrimSpace(id) == "" || len(id) > spatial.MaxIDLength/2 || !utf8.ValidString(id) || strings.ContainsRune(id, 0):
		id, code = s.derived(e), codeNoID
	case !isGlobalID(id):
		code = codeMalformed
	}
	if s.taken != nil && s.taken(id) {
		id = s.name + "~" + id
	}
	s.seen[id]++
	if n := s.seen[id]; n > 1 {
		return s.free(id, n), codeDuplicate
	}
	return id, code
}

// free returns the id with the first number behind it that nothing else has.
func (s *idGiver) free(id string, n int) string {
	for ; ; n++ {
		numbered := id + "~" + strconv.Itoa(n)
		if s.seen[numbered] == 0 {
			s.seen[id], s.seen[numbered] = n, 1
			return numbered
		}
	}
}

// derived returns an id for a product without one, from what stays the same when the file is
// exported again: what it is, what it is called and what it stands in.
func (s *idGiver) derived(e model.Entity) string {
	h := sha256.New()
	write := func(text string) { h.Write([]byte(strconv.Itoa(len(text)) + ":" + text)) }
	write(s.m.Type(e).String())
	write(s.m.Name(e))
	write(s.m.Attr(e, "Tag").Text())
	write(s.m.Attr(e, "ObjectType").Text())
	for _, up := range s.m.Ancestors(e) {
		write(s.m.GlobalID(up))
	}
	for _, v := range s.m.Placement(e) {
		write(strconv.FormatFloat(v, 'f', 3, 64))
	}
	return "x-" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(h.Sum(nil)[:15]))
}

// isGlobalID reports whether a text is an IfcGloballyUniqueId: 128 bits in 22 digits to the
// base 64.
func isGlobalID(id string) bool {
	if len(id) != 22 || id[0] < '0' || id[0] > '3' {
		return false
	}
	for i := range len(id) {
		c := id[i]
		if !(c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '_' || c == '$') {
			return false
		}
	}
	return true
}

// clean returns a text that every store can keep: valid UTF-8 without NUL.
func clean(s string) string {
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, string(utf8.RuneError)), "\x00", "")
}
