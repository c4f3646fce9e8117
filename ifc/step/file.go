package step

import (
	"iter"
	"math"
	"slices"
	"sort"
)

// Row is the place of an instance in the index, from 0, in file order.
type Row uint32

// NoRow is the answer for a number that the file does not have.
const NoRow Row = math.MaxUint32

// File is an indexed STEP file. It keeps the bytes it was made from and reads them on
// demand: they must not change while the File is in use. A File is read-only, so that any
// number of goroutines may read it at once. The zero File has no instances.
type File struct {
	// Header is what the HEADER section says.
	Header Header

	data     []byte
	offsets  offsets
	kinds    []uint16 // keyword number by row
	end      int      // where the last row's statement ends at the latest
	keywords []string // by keyword number
	counts   []uint32 // rows by keyword number
	dense    []uint32 // row + 1 by instance number, or nil
	sorted   []uint64 // instance numbers in ascending order, when dense is nil
	rows     []Row    // the row of each of sorted
	issues   []Issue
	dropped  int // issues beyond maxIssues
	cut      bool
	unmap    func() error
}

// offsets holds one position in the file per row; files below 4 GiB need 4 bytes for it.
type offsets struct {
	low  []uint32
	high []uint8 // nil while all positions fit in 32 bits
}

func (o *offsets) add(at int) {
	if at > math.MaxUint32 && o.high == nil {
		o.high = make([]uint8, len(o.low), cap(o.low))
	}
	o.low = append(o.low, uint32(at))
	if o.high != nil {
		o.high = append(o.high, uint8(at>>32))
	}
}

func (o *offsets) at(i int) int {
	if o.high != nil {
		return int(o.high[i])<<32 | int(o.low[i])
	}
	return int(o.low[i])
}

// Len returns the number of instances.
func (f *File) Len() int { return len(f.kinds) }

// Size returns the number of bytes of the file.
func (f *File) Size() int64 { return int64(len(f.data)) }

// Issues returns what reading had to go round, in file order and at most a thousand of
// them; IssueCount counts all.
func (f *File) Issues() []Issue { return slices.Clone(f.issues) }

// IssueCount returns how many faults were met, also those beyond what Issues keeps.
func (f *File) IssueCount() int { return len(f.issues) + f.dropped }

// Truncated reports whether the file ends inside a statement or a section, so that an
// unknown part of it is missing.
func (f *File) Truncated() bool { return f.cut }

// Keywords returns the different keywords of the file in upper case; the index is what
// KeywordID returns. The first, of complex instances, is empty. The caller must not
// change the slice.
func (f *File) Keywords() []string { return f.keywords }

// KeywordID returns the number of a row's keyword in Keywords.
func (f *File) KeywordID(r Row) int {
	if int(r) >= len(f.kinds) {
		return 0
	}
	return int(f.kinds[r])
}

// Keyword returns a row's keyword in upper case, "" for a complex instance.
func (f *File) Keyword(r Row) string {
	if int(r) >= len(f.kinds) {
		return ""
	}
	return f.keywords[f.kinds[r]]
}

// Count returns how many rows have the keyword of the given number.
func (f *File) Count(keywordID int) int { return int(f.counts[keywordID]) }

// Rows returns all rows in file order.
func (f *File) Rows() iter.Seq[Row] {
	return func(yield func(Row) bool) {
		for r := range f.kinds {
			if !yield(Row(r)) {
				return
			}
		}
	}
}

// Find returns the row of an instance number; the first, if the file has it twice. It
// returns NoRow when the file does not have it.
func (f *File) Find(number uint64) Row {
	if f.dense != nil {
		if number >= uint64(len(f.dense)) {
			return NoRow
		}
		return Row(f.dense[number] - 1) // 0 − 1 is NoRow
	}
	i := sort.Search(len(f.sorted), func(i int) bool { return f.sorted[i] >= number })
	if i == len(f.sorted) || f.sorted[i] != number {
		return NoRow
	}
	return f.rows[i]
}

// Number returns the instance number of a row, 0 for a row that is not there.
func (f *File) Number(r Row) uint64 {
	if int(r) >= len(f.kinds) {
		return 0
	}
	n, _, _ := readNumber(f.data[f.offsets.at(int(r))+1:])
	return n
}

// Offset returns where a row's statement begins, in bytes from the start of the file.
func (f *File) Offset(r Row) int64 {
	if int(r) >= len(f.kinds) {
		return 0
	}
	return int64(f.offsets.at(int(r)))
}

// statement returns the bytes from a row's number sign up to the next row.
func (f *File) statement(r Row) []byte {
	if int(r) >= len(f.kinds) {
		return nil
	}
	end := f.end
	if int(r)+1 < len(f.kinds) {
		end = f.offsets.at(int(r) + 1)
	}
	return f.data[f.offsets.at(int(r)):end]
}

// body returns the statement behind "#123=".
func (f *File) body(r Row) []byte {
	b := f.statement(r)
	if len(b) == 0 {
		return nil
	}
	b = b[1:]
	for len(b) > 0 && isDigit(b[0]) {
		b = b[1:]
	}
	b = skipSpace(b)
	if len(b) == 0 || b[0] != '=' {
		return nil
	}
	return skipSpace(b[1:])
}

// Args returns a cursor over the parameters of a row. Those of a complex instance are
// given by Parts.
func (f *File) Args(r Row) Cursor {
	b := skipSpace(skipKeyword(f.body(r)))
	if len(b) == 0 || b[0] != '(' {
		return Cursor{}
	}
	return Cursor{b: b[1:]}
}

// Arg returns the parameter at a position, from 0; an absent Value when there are fewer.
func (f *File) Arg(r Row, position int) Value {
	c := f.Args(r)
	return c.At(position)
}

// Parts returns the keyword and parameters of each part of a complex instance, such as
// #1=(A(1)B(2)); a simple instance has one part.
func (f *File) Parts(r Row) iter.Seq2[string, Cursor] {
	return func(yield func(string, Cursor) bool) {
		b := f.body(r)
		if len(b) == 0 {
			return
		}
		if b[0] != '(' {
			yield(f.Keyword(r), f.Args(r))
			return
		}
		for b = skipSpace(b[1:]); len(b) > 0 && (isLetter(b[0]) || b[0] == '!'); b = skipSpace(b) {
			rest := skipKeyword(b)
			name := upper(b[:len(b)-len(rest)])
			rest = skipSpace(rest)
			if len(rest) == 0 || rest[0] != '(' || !yield(name, Cursor{b: rest[1:]}) {
				return
			}
			b = skipList(rest)
		}
	}
}

// Text returns the statement of a row as it stands in the file, without its line end.
func (f *File) Text(r Row) string {
	b := f.statement(r)
	if len(b) == 0 {
		return ""
	}
	end, _ := endOfStatement(b, len(b))
	return string(b[:end])
}

// Close gives the file's memory back. Values read from it must not be used any more.
func (f *File) Close() error {
	unmap := f.unmap
	*f = File{}
	if unmap == nil {
		return nil
	}
	return unmap()
}
