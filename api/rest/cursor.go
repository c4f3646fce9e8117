package rest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"time"

	"github.com/shikong-cim/shikong/spatial"
)

// Cursor is what an opaque next token holds: where the listing goes on, and what it is
// pinned to, so that pages fit together while imports go on and the clock runs.
type Cursor struct {
	// Revision is the store's revision that the first page saw, 0 when the query's own
	// recorded time pins it.
	Revision int64
	// Now is the instant that an absent datetime stood for on the first page.
	Now time.Time
	// Matched is the number of features that the whole query matches, -1 for unknown.
	Matched int64
	// After is the key of the last feature given.
	After spatial.Cursor
	// Query stands for the other parameters; a cursor does not fit another query.
	Query [8]byte
}

// QueryTag returns the Query member for the parameters that make up a query.
func QueryTag(parts ...string) [8]byte {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return [8]byte(h.Sum(nil)[:8])
}

const cursorForm = 1

// String returns the token: letters, digits, "-" and "_". It holds
//
//	form 1 | revision uvarint | now varint µs | matched+1 uvarint | query 8 bytes
//	| bounded byte | start varint µs | id … | CRC-32 of all before, 4 bytes
func (c Cursor) String() string {
	b := []byte{cursorForm}
	b = binary.AppendUvarint(b, uint64(c.Revision))
	b = binary.AppendVarint(b, c.Now.UnixMicro())
	b = binary.AppendUvarint(b, uint64(c.Matched+1))
	b = append(b, c.Query[:]...)
	if c.After.ValidStart.IsZero() {
		b = append(b, 0)
	} else {
		b = binary.AppendVarint(append(b, 1), c.After.ValidStart.UnixMicro())
	}
	b = append(b, c.After.ID...)
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	return base64.RawURLEncoding.EncodeToString(b)
}

// ParseCursor reads a token. What was not made by String is ErrInvalid.
func ParseCursor(token string) (Cursor, error) {
	const most = 2 * (spatial.MaxIDLength + 64)
	b, err := base64.RawURLEncoding.Strict().DecodeString(token[:min(len(token), most)])
	if err != nil || len(token) > most || len(b) < 17 || b[0] != cursorForm {
		return Cursor{}, badCursor()
	}
	body, sum := b[:len(b)-4], binary.BigEndian.Uint32(b[len(b)-4:])
	if crc32.ChecksumIEEE(body) != sum {
		return Cursor{}, badCursor()
	}
	return decodeCursor(body[1:])
}

func decodeCursor(b []byte) (c Cursor, err error) {
	revision, n1 := binary.Uvarint(b)
	if n1 <= 0 || revision > 1<<62 {
		return Cursor{}, badCursor()
	}
	now, n2 := binary.Varint(b[n1:])
	if n2 <= 0 {
		return Cursor{}, badCursor()
	}
	matched, n3 := binary.Uvarint(b[n1+n2:])
	if n3 <= 0 || matched > 1<<62 {
		return Cursor{}, badCursor()
	}
	b = b[n1+n2+n3:]
	if len(b) < 9 {
		return Cursor{}, badCursor()
	}
	c = Cursor{Revision: int64(revision), Now: time.UnixMicro(now).UTC(), Matched: int64(matched) - 1, Query: [8]byte(b[:8])}
	bounded := b[8]
	b = b[9:]
	if bounded == 1 {
		start, n := binary.Varint(b)
		if n <= 0 {
			return Cursor{}, badCursor()
		}
		c.After.ValidStart, b = time.UnixMicro(start).UTC(), b[n:]
	} else if bounded != 0 {
		return Cursor{}, badCursor()
	}
	c.After.ID = string(b)
	return c, nil
}

func badCursor() error {
	return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-cursor", Message: "this is no token of a next link",
		Hint: "begin again without next"}
}
