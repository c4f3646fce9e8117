package spatial

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// Find asks for features by what people call them: id, name or address.
type Find struct {
	Text        string
	Collections []string // nil for all
	Query       Query    // what else must hold: Valid, Recorded, Box, Filter; Collection and Limit are not used
	Limit       int
}

// Found is a feature with what of it was found.
type Found struct {
	Feature Feature
	Field   string // id, name, or the property
	Match   Match
}

// Match says how well something was found; the smaller the better.
type Match int

// The matches.
const (
	MatchID       Match = iota // the id is the text
	MatchWhole                 // a name or address is the text
	MatchPrefixID              // the id begins with it
	MatchPrefix                // a name or address begins with it
	MatchWord                  // a word of one begins with it
	MatchPart                  // its words are parts of names and addresses
	NoMatch
)

// Finder is a Reader that finds with an index. What it finds is what Needle matches.
type Finder interface {
	// Find returns the best matches of one collection, in the order of CompareFound; held is
	// false when it has no index of the collection as the query asks for it.
	Find(ctx context.Context, collection string, f Find) (list []Found, held bool, err error)
}

// FindAll answers over all collections, the best first. A collection without an index is gone
// through feature by feature.
func FindAll(ctx context.Context, r Reader, f Find) ([]Found, error) {
	names := f.Collections
	if names == nil {
		all, err := r.Collections(ctx)
		if err != nil {
			return nil, err
		}
		for _, c := range all {
			names = append(names, c.Name)
		}
	}
	var out []Found
	for _, name := range names {
		list, err := findIn(ctx, r, name, f)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	slices.SortFunc(out, CompareFound)
	return out[:min(len(out), f.Limit)], nil
}

func findIn(ctx context.Context, r Reader, collection string, f Find) ([]Found, error) {
	if finder, ok := r.(Finder); ok {
		if list, held, err := finder.Find(ctx, collection, f); held || err != nil {
			return list, err
		}
	}
	needle := NewNeedle(f.Text)
	if needle.Empty() {
		return nil, nil
	}
	q := f.Query
	q.Collection, q.Limit = collection, 0
	var out []Found
	for feature, err := range r.Features(ctx, q) {
		if err != nil {
			return nil, err
		}
		if m, field := needle.Match(&feature); m != NoMatch {
			out = append(out, Found{feature, field, m})
		}
		if len(out) > 4*f.Limit {
			out = Best(out, f.Limit)
		}
	}
	return Best(out, f.Limit), nil
}

// Best returns the best of a list, in order.
func Best(list []Found, limit int) []Found {
	slices.SortFunc(list, CompareFound)
	return list[:min(len(list), limit)]
}

// CompareFound puts better matches first, among equal ones the shorter name, then by
// collection and key.
func CompareFound(a, b Found) int {
	return cmp.Or(cmp.Compare(a.Match, b.Match), cmp.Compare(len(a.Feature.Name), len(b.Feature.Name)),
		strings.Compare(a.Feature.Name, b.Feature.Name), strings.Compare(a.Feature.Collection, b.Feature.Collection),
		CursorOf(&a.Feature).Compare(CursorOf(&b.Feature)))
}

var searched = regexp.MustCompile(`(?i)^(name|title|label|alt_?name|old_?name|official_?name|addr|address|street|housenumber|house_?no|postcode|global_?id|guid|ref|code|number)([_:. ]|$)|名|地址|门牌|街|路|编号|address$|name$`)

// IsSearched reports whether Find looks into a property of that name.
func IsSearched(property string) bool { return searched.MatchString(property) }

// Fold brings a text to the form in which texts are compared: lower case, full-width forms
// narrow, white space single.
func Fold(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			s = width.Fold.String(s)
			break
		}
	}
	return strings.Join(strings.Fields(strings.ToLower(s)), " ")
}

// Needle is a text to be found.
type Needle struct {
	text  string   // as given
	whole string   // folded
	words []string // of it
	ids   []string // forms that an id may have
}

// NewNeedle reads a text.
func NewNeedle(text string) Needle {
	text = strings.TrimSpace(text)
	n := Needle{text: text, whole: Fold(text), ids: []string{text}}
	n.words = strings.Fields(n.whole)
	if guid, ok := compressGUID(text); ok {
		n.ids = append(n.ids, guid)
	}
	return n
}

// Empty reports whether there is nothing to find.
func (n *Needle) Empty() bool { return n.whole == "" }

// Words are the folded words, each of which must be found.
func (n *Needle) Words() []string { return n.words }

// IDs are the forms in which the text may be an id, or the beginning of one.
func (n *Needle) IDs() []string { return n.ids }

// Match says how well a feature is found, and in what.
func (n *Needle) Match(f *Feature) (best Match, field string) {
	best = NoMatch
	take := func(m Match, name string) {
		if m < best {
			best, field = m, name
		}
	}
	for _, id := range n.ids {
		switch {
		case f.ID == id:
			return MatchID, "id"
		case strings.HasPrefix(f.ID, id):
			take(MatchPrefixID, "id")
		}
	}
	left := slices.Clone(n.words) // words found nowhere yet
	look := func(name, text string) {
		if text == "" {
			return
		}
		folded := Fold(text)
		take(n.in(folded), name)
		left = slices.DeleteFunc(left, func(w string) bool {
			if strings.Contains(folded, w) {
				if field == "" {
					field = name
				}
				return true
			}
			return false
		})
	}
	look("name", f.Name)
	for i := range f.Properties {
		if p := &f.Properties[i]; IsSearched(p.Name) && p.Value.Kind() != JSON && p.Value.Kind() != Bool {
			look(p.Name, p.Value.Text())
		}
	}
	if len(left) == 0 {
		take(MatchPart, field)
	} else if best == NoMatch {
		field = ""
	}
	return best, field
}

// in says how well one folded text is found.
func (n *Needle) in(folded string) Match {
	at := strings.Index(folded, n.whole)
	switch {
	case at < 0:
		return NoMatch
	case folded == n.whole:
		return MatchWhole
	case at == 0:
		return MatchPrefix
	}
	for at >= 0 {
		if before, _ := utf8.DecodeLastRuneInString(folded[:at]); !unicode.IsLetter(before) && !unicode.IsDigit(before) {
			return MatchWord
		}
		next := strings.Index(folded[at+1:], n.whole)
		if next < 0 {
			break
		}
		at += 1 + next
	}
	return MatchPart
}

var guidRule = regexp.MustCompile(`^\{?([0-9a-fA-F]{8})-([0-9a-fA-F]{4})-([0-9a-fA-F]{4})-([0-9a-fA-F]{4})-([0-9a-fA-F]{12})\}?$`)

// compressGUID returns the 22 characters in which IFC writes a GUID (IfcGloballyUniqueId,
// buildingSMART): base 64 with an alphabet of its own, the first two bits alone.
func compressGUID(text string) (string, bool) {
	parts := guidRule.FindStringSubmatch(text)
	if parts == nil {
		return "", false
	}
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_$"
	hex := strings.Join(parts[1:], "")
	out := make([]byte, 0, 22)
	digits := func(from, to, n int) {
		v, _ := strconv.ParseUint(hex[from:to], 16, 64) // the rule lets only digits through
		for i := n - 1; i >= 0; i-- {
			out = append(out, alphabet[v>>(6*i)&63])
		}
	}
	digits(0, 2, 2)
	for at := 2; at < 32; at += 6 {
		digits(at, at+6, 4)
	}
	return string(out), true
}
