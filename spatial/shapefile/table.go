package shapefile

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"golang.org/x/text/encoding"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/intake"
)

// languageDrivers are the code pages by the driver byte of a dBASE header.
var languageDrivers = map[byte]string{
	0x03: "1252", 0x57: "1252", 0x58: "1252", 0x59: "1252", 0x13: "932", 0x7b: "932", 0x4d: "936", 0x7a: "936",
	0x4e: "949", 0x79: "949", 0x4f: "950", 0x78: "950", 0x50: "874", 0x7c: "874", 0x26: "866", 0x65: "866",
	0xc8: "1250", 0xc9: "1251", 0xca: "1254", 0xcb: "1253", 0x7d: "1255", 0x7e: "1256", 0xcc: "1257",
}

// table reads the records of a .dbf.
//
//	header | version | date 3 | records u32 | header size u16 | record size u16 | … | driver @29 | … |  32 bytes
//	field  | name 11 | type | … 4 | length | decimals | … |  32 bytes each, then 0x0d
//	record | ' ' or '*' (deleted) | values as text, of fixed length
type table struct {
	r        *bufio.Reader
	fields   []field
	records  uint32
	read     uint32
	buffer   []byte
	encoding encoding.Encoding // nil when nobody said
}

// field is a column.
type field struct {
	name     string
	kind     byte
	length   int
	decimals int
}

func newTable(r io.Reader, charset encoding.Encoding) (*table, error) {
	t := &table{r: bufio.NewReaderSize(r, 1<<16), encoding: charset}
	var h [32]byte
	if err := t.fill(h[:]); err != nil {
		return nil, err
	}
	t.records = binary.LittleEndian.Uint32(h[4:])
	headerSize, recordSize := int(binary.LittleEndian.Uint16(h[8:])), int(binary.LittleEndian.Uint16(h[10:]))
	if headerSize < 33 || recordSize < 1 {
		return nil, broken("invalid-dbf", "the .dbf has a header of %d bytes and records of %d", headerSize, recordSize)
	}
	if t.encoding == nil && languageDrivers[h[29]] != "" {
		t.encoding = intake.Charset(languageDrivers[h[29]])
	}
	rest := make([]byte, headerSize-32)
	if err := t.fill(rest); err != nil {
		return nil, err
	}
	t.buffer = make([]byte, recordSize)
	return t, t.readFields(rest)
}

func (t *table) readFields(b []byte) error {
	total, seen := 1, map[string]int{}
	for ; len(b) >= 32 && b[0] != 0x0d; b = b[32:] {
		f := field{kind: b[11], length: int(b[16]), decimals: int(b[17])}
		if f.kind == 'C' { // longer texts keep the upper byte of their length here
			f.length, f.decimals = f.length|f.decimals<<8, 0
		}
		raw, _, _ := bytes.Cut(b[:11], []byte{0})
		if f.name = strings.TrimSpace(intake.Decode(raw, t.encoding)); f.name == "" {
			f.name = fmt.Sprintf("field_%d", len(t.fields)+1)
		}
		if seen[f.name]++; seen[f.name] > 1 {
			f.name = fmt.Sprintf("%s_%d", f.name, seen[f.name])
		}
		if total += f.length; total > len(t.buffer) {
			return broken("invalid-dbf", "the fields of the .dbf are longer than its records of %d bytes", len(t.buffer))
		}
		t.fields = append(t.fields, f)
	}
	return nil
}

func (t *table) fill(b []byte) error {
	_, err := io.ReadFull(t.r, b)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "truncated",
			Message: fmt.Sprintf("the .dbf ends in record %d of %d", t.read+1, t.records), Hint: "copy or export the file again"}
	}
	return err
}

// next returns the properties of the next record and whether it is marked as deleted; io.EOF
// behind the last.
func (t *table) next() (properties []spatial.Property, deleted bool, err error) {
	if t.read >= t.records {
		return nil, false, io.EOF
	}
	if err := t.fill(t.buffer); err != nil {
		return nil, false, err
	}
	t.read++
	if t.buffer[0] == '*' {
		return nil, true, nil
	}
	properties = make([]spatial.Property, 0, len(t.fields))
	at := 1
	for _, f := range t.fields {
		properties = append(properties, spatial.Property{Name: f.name, Value: t.value(f, t.buffer[at:at+f.length])})
		at += f.length
	}
	return properties, false, nil
}

// value reads one value; one that is blank, filled with asterisks or of a kind that is kept
// in another file (memos) is null.
func (t *table) value(f field, b []byte) spatial.Value {
	switch f.kind {
	case 'N', 'F':
		return numberOf(f, string(bytes.Trim(b, " \x00")))
	case 'L':
		switch b0 := first(b); b0 {
		case 'T', 't', 'Y', 'y', 'F', 'f', 'N', 'n':
			return spatial.BoolOf(strings.IndexByte("TtYy", b0) >= 0)
		}
		return spatial.Value{}
	case 'D':
		return dateOf(string(bytes.Trim(b, " \x00")))
	case 'I', '+':
		if len(b) == 4 {
			return spatial.IntOf(int64(int32(binary.LittleEndian.Uint32(b)))) //nolint:gosec // the field is a signed one
		}
	case 'O', 'B':
		if len(b) == 8 {
			return spatial.FloatOf(math.Float64frombits(binary.LittleEndian.Uint64(b)))
		}
	case 'C':
		if s := strings.TrimRight(intake.Decode(bytes.TrimRight(b, " \x00"), t.encoding), " "); s != "" {
			return spatial.StringOf(s)
		}
	}
	return spatial.Value{}
}

func first(b []byte) byte {
	if len(b) == 0 {
		return 0
	}
	return b[0]
}

func numberOf(f field, s string) spatial.Value {
	if s == "" || s[0] == '*' {
		return spatial.Value{}
	}
	if f.decimals == 0 && f.kind == 'N' {
		if i, err := strconv.ParseInt(s, 10, 64); err == nil {
			return spatial.IntOf(i)
		}
	}
	v, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	if err != nil {
		return spatial.Value{}
	}
	return spatial.FloatOf(v)
}

func dateOf(s string) spatial.Value {
	if len(s) != 8 || strings.Trim(s, "0123456789") != "" || s == "00000000" {
		return spatial.Value{}
	}
	return spatial.StringOf(s[:4] + "-" + s[4:6] + "-" + s[6:])
}
