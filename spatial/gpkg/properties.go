package gpkg

import (
	"strconv"
	"strings"

	"github.com/go-faster/jx"

	"github.com/shikong-cim/shikong/spatial"
)

// propertyReader reads the JSON objects that Properties.AppendJSON writes. It knows only
// that form: no white space, members in order; for anything else it hands over to the
// parser of package spatial. Texts are parts of the row's one string, and names are shared
// between rows, which mostly have the same ones in the same order.
type propertyReader struct {
	names []string
	text  string
	at    int
}

// read returns the properties of one row.
func (r *propertyReader) read(text string) (spatial.Properties, error) {
	if text == "" || text == "{}" {
		return nil, nil
	}
	r.text, r.at = text, 0
	list, ok := r.object()
	if !ok {
		return spatial.ParseProperties([]byte(text))
	}
	return list, nil
}

func (r *propertyReader) object() (spatial.Properties, bool) {
	if !r.skip('{') {
		return nil, false
	}
	list := make(spatial.Properties, 0, max(len(r.names), 4))
	for {
		name, ok := r.name(len(list))
		if !ok || !r.skip(':') {
			return nil, false
		}
		v, ok := r.value()
		if !ok {
			return nil, false
		}
		list = append(list, spatial.Property{Name: name, Value: v})
		if r.skip('}') {
			return list, r.at == len(r.text)
		}
		if !r.skip(',') {
			return nil, false
		}
	}
}

func (r *propertyReader) skip(c byte) bool {
	if r.at < len(r.text) && r.text[r.at] == c {
		r.at++
		return true
	}
	return false
}

// name reads the i-th name and takes the string of the row before when it is the same.
func (r *propertyReader) name(i int) (string, bool) {
	s, ok := r.string()
	if !ok {
		return "", false
	}
	if i < len(r.names) && r.names[i] == s {
		return r.names[i], true
	}
	s = strings.Clone(s)
	if i < len(r.names) {
		r.names[i] = s
	} else if i == len(r.names) && i < 1000 {
		r.names = append(r.names, s)
	}
	return s, true
}

// string reads a JSON string; without escapes it is a part of the text.
func (r *propertyReader) string() (string, bool) {
	if !r.skip('"') {
		return "", false
	}
	rest := r.text[r.at:]
	end := strings.IndexByte(rest, '"')
	if end < 0 {
		return "", false
	}
	if strings.IndexByte(rest[:end], '\\') < 0 {
		r.at += end + 1
		return rest[:end], true
	}
	for end = 0; end < len(rest) && rest[end] != '"'; end++ {
		if rest[end] == '\\' {
			end++
		}
	}
	if end >= len(rest) {
		return "", false
	}
	s, err := jx.DecodeStr(r.text[r.at-1 : r.at+end+1]).Str()
	r.at += end + 1
	return s, err == nil
}

func (r *propertyReader) value() (spatial.Value, bool) {
	if r.at >= len(r.text) {
		return spatial.Value{}, false
	}
	switch r.text[r.at] {
	case '"':
		s, ok := r.string()
		return spatial.StringOf(s), ok
	case 't':
		return spatial.BoolOf(true), r.word("true")
	case 'f':
		return spatial.BoolOf(false), r.word("false")
	case 'n':
		return spatial.Value{}, r.word("null")
	case '[', '{':
		return r.nested()
	}
	return r.number()
}

func (r *propertyReader) word(w string) bool {
	if !strings.HasPrefix(r.text[r.at:], w) {
		return false
	}
	r.at += len(w)
	return true
}

// number follows spatial.DecodeValue: without fraction and exponent it is an integer, and
// beyond 64 bits it stays text.
func (r *propertyReader) number() (spatial.Value, bool) {
	end, whole := r.at, true
	for ; end < len(r.text); end++ {
		c := r.text[end]
		if c == '.' || c == 'e' || c == 'E' {
			whole = false
		} else if (c < '0' || c > '9') && c != '-' && c != '+' {
			break
		}
	}
	text := r.text[r.at:end]
	r.at = end
	if len(text) == 0 || (text[0] != '-' && (text[0] < '0' || text[0] > '9')) {
		return spatial.Value{}, false
	}
	if whole {
		if i, err := strconv.ParseInt(text, 10, 64); err == nil {
			return spatial.IntOf(i), true
		}
		return spatial.JSONOf(text), len(text) > 18
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return spatial.Value{}, false // the careful parser decides
	}
	return spatial.FloatOf(f), true
}

// nested takes a list or an object as it stands.
func (r *propertyReader) nested() (spatial.Value, bool) {
	depth := 0
	for i := r.at; i < len(r.text); i++ {
		switch r.text[i] {
		case '[', '{':
			depth++
		case ']', '}':
			if depth--; depth == 0 {
				v := spatial.JSONOf(r.text[r.at : i+1])
				r.at = i + 1
				return v, true
			}
		case '"':
			for i++; i < len(r.text) && r.text[i] != '"'; i++ {
				if r.text[i] == '\\' {
					i++
				}
			}
		}
	}
	return spatial.Value{}, false
}
