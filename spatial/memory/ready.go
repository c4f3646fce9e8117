package memory

import "slices"

// ready is the JSON of a value that many rows share, made beforehand:
//
//	+---------------------+------------+
//	| text, then anything | how to use |
//	| 15 bytes            | it, 1 byte |
//	+---------------------+------------+
//
// The last byte is the length of the text, 0 when the value has a longer one, and has its top
// bit set when a column of text has another.
type ready [16]byte

// readyOther marks a text that a column of text does not have.
const readyOther = 0x80

// readyMost is for how many values there is a ready text: as many as a processor's caches hold.
const readyMost = 1 << 16

// prepare makes the texts of the values below an id.
func (d *dict) prepare(end ValueID) {
	d.ready = make([]ready, min(end, readyMost))
	var buf, text []byte
	for id := range d.ready {
		v, r := d.Value(ValueID(id)), &d.ready[id]
		if buf = v.AppendJSON(buf[:0]); len(buf) >= len(r) {
			continue
		}
		copy(r[:], buf)
		r[len(r)-1] = byte(len(buf))
		if text = v.AppendJSONText(text[:0]); !slices.Equal(text, buf) {
			r[len(r)-1] |= readyOther
		}
	}
}

// in reports whether the text is there, for a column of text or another.
func (r *ready) in(text bool) bool {
	use := r[len(r)-1]
	return use != 0 && (use < readyOther || !text)
}

// append appends the text.
func (r *ready) append(dst []byte) []byte {
	at := len(dst)
	if cap(dst)-at < len(r) {
		dst = slices.Grow(dst, len(r))
	}
	*(*ready)(dst[at : at+len(r)]) = *r // as a whole: a copy of some bytes takes longer
	return dst[:at+int(r[len(r)-1]&^readyOther)]
}
