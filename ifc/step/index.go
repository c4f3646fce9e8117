package step

import (
	"bytes"
	"fmt"
	"math"
	"slices"

	"github.com/shikong-cim/shikong/spatial"
)

// Parse indexes the bytes of a STEP file and keeps them. It returns a spatial.Problem with
// code step-empty, not-step or step-without-data when nothing can be read; every lesser
// fault is one of File.Issues.
func Parse(data []byte) (*File, error) {
	if err := recognize(data); err != nil {
		return nil, err
	}
	x := newIndexer(data)
	x.reserve()
	x.run()
	return x.result()
}

func newIndexer(data []byte) *indexer {
	return &indexer{data: data, f: &File{data: data}, keys: newKeywords(), nextSemicolon: -1, noComment: len(data), stop: len(data),
		pos: len(data) - len(bytes.TrimPrefix(data, utf8Mark))}
}

// result finishes the index, or says why there is none.
func (x *indexer) result() (*File, error) {
	if !x.sawData && len(x.f.kinds) == 0 {
		return nil, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "step-without-data",
			Message: fmt.Sprintf("the STEP file of %d bytes has no DATA section", len(x.data)),
			Hint:    "it was probably cut off; get it again from its author"}
	}
	x.finish()
	return x.f, nil
}

type section uint8

const (
	outside section = iota
	inHeader
	inData
)

// indexer is the state of the one pass over the file.
type indexer struct {
	data          []byte
	pos           int
	f             *File
	keys          *keywords
	section       section
	sawData       bool
	sawEnd        bool
	noComment     int      // no comment ends behind this place, so that no search is in vain twice
	nextSemicolon int      // a semicolon that a search has found already, or -1
	dense         []uint32 // row + 1 by number, while numbers are dense
	sparse        bool     // they are not
	stop          int      // where to stop: at a statement, or at the end
	untilData     bool     // stop at the first DATA section
	piece         bool     // numbers are kept aside, for a merge, rather than looked up
	numbers       []uint32 // by row, in a piece
}

// reserve takes memory for the rows that the file's first megabyte lets expect, so that
// the index does not grow by copying.
func (x *indexer) reserve() {
	sample := x.data[:min(len(x.data), 1<<20)]
	rows := bytes.Count(sample, []byte(";"))
	rows = int(float64(rows) * float64(len(x.data)) / float64(len(sample)) * 1.05)
	x.f.offsets.low = make([]uint32, 0, rows)
	x.f.kinds = make([]uint16, 0, rows)
	x.dense = make([]uint32, 0, rows)
}

func (x *indexer) run() {
	for !x.sawEnd && !(x.untilData && x.sawData) {
		x.skipSpace()
		if x.pos >= x.stop {
			return
		}
		switch c := x.data[x.pos]; {
		case c == '#':
			x.instance()
		case isLetter(c):
			x.keyword()
		case c == ';':
			x.pos++
		default:
			x.junk(CodeStatement, x.pos, 0)
		}
	}
}

// skipSpace goes on to the next token. A comment without end is skipped up to the next
// statement.
func (x *indexer) skipSpace() {
	x.pos = x.after(x.pos)
	for x.pos < len(x.data) && x.data[x.pos] == '/' && bytes.HasPrefix(x.data[x.pos:], commentStart) {
		x.junk(CodeComment, x.pos, 0)
		x.pos = x.after(x.pos)
	}
}

// after returns the index of the first token at or behind i. A comment that never closes
// counts as a token.
func (x *indexer) after(i int) int {
	for i < len(x.data) {
		c := x.data[i]
		if isSpace(c) {
			i++
			continue
		}
		if c != '/' || i >= x.noComment || !bytes.HasPrefix(x.data[i:], commentStart) {
			return i
		}
		n := bytes.Index(x.data[i+2:], commentEnd)
		if n < 0 {
			x.noComment = i
			return i
		}
		i += n + 4
	}
	return i
}

// junk reports what stands at a place and goes on to the next statement behind it.
func (x *indexer) junk(code string, at int, number uint64) {
	x.report(Issue{Code: code, Number: number, Offset: int64(at)})
	x.resume(at + 1)
}

// resume goes on to the next statement, or beginning or end of a section, at or behind a
// place.
func (x *indexer) resume(from int) {
	for i := from; i < len(x.data); {
		i = skipBlanks(x.data, i)
		if i < len(x.data) && (x.data[i] == '#' && startsStatement(x.data, i) || startsSection(x.data, i)) {
			x.pos = i
			return
		}
		n := bytes.IndexAny(x.data[i:min(len(x.data), i+lineSpan)], "\n\r;")
		if n < 0 {
			n = lineSpan - 1
		}
		i += n + 1
	}
	x.pos = len(x.data)
}

// lineSpan bounds one search for the end of a line.
const lineSpan = 4096

// startsSection reports whether a section begins or ends at b[i].
func startsSection(b []byte, i int) bool {
	for _, word := range sectionWords {
		if bytes.HasPrefix(b[i:], word) {
			return freshLine(b, i)
		}
	}
	return false
}

var sectionWords = [][]byte{[]byte("ENDSEC;"), []byte("DATA;"), []byte("DATA("), []byte("END-ISO-10303-21")}

// report keeps an issue, or counts it when there are enough.
func (x *indexer) report(i Issue) {
	if len(x.f.issues) >= maxIssues {
		x.f.dropped++
		return
	}
	i.Text = excerpt(x.data, int(i.Offset))
	x.f.issues = append(x.f.issues, i)
}

// instance reads "#123=KEYWORD(…);" or "#123=(A(…)B(…));".
func (x *indexer) instance() {
	start := x.pos
	number, rest, ok := readNumber(x.data[start+1:])
	i := x.after(len(x.data) - len(rest))
	if !ok || i >= len(x.data) || x.data[i] != '=' {
		code := CodeStatement
		if !ok && len(rest) < len(x.data)-start-1 {
			code = CodeNumber
		}
		x.junk(code, start, number)
		return
	}
	i = x.after(i + 1)
	word := x.data[i:]
	word = word[:len(word)-len(skipKeyword(word))]
	i = x.after(i + len(word))
	if i >= len(x.data) || x.data[i] != '(' {
		x.junk(CodeStatement, start, number)
		return
	}
	if !x.close(start, i, number) {
		return
	}
	var id uint16
	if len(word) > 0 {
		if id, ok = x.keys.id(word); !ok {
			x.report(Issue{Code: CodeKeywords, Number: number, Offset: int64(start)})
			return
		}
	}
	x.add(start, number, id)
}

// close finds where the statement that began at start ends, and moves there. It returns
// false when the statement is too broken to be kept.
func (x *indexer) close(start, from int, number uint64) bool {
	end, fault := x.statementEnd(from)
	if fault == "" {
		x.pos = end
		return true
	}
	body := bytes.TrimRight(x.data[from:end], "\r\n\t ")
	kept := fault == CodeSemicolon && bytes.HasSuffix(body, []byte(")"))
	if end >= len(x.data) && !kept {
		fault, x.f.cut = CodeTruncated, true
	}
	x.report(Issue{Code: fault, Number: number, Offset: int64(start), Kept: kept})
	x.pos = end
	if !kept && end < len(x.data) && x.data[end] != '#' {
		x.resume(end)
	}
	return kept
}

// fastSpan is how far a statement may reach to be closed by searches alone; it bounds what
// a hostile file can make us search twice.
const fastSpan = 4096

// statementEnd returns where the statement ends whose parameters begin at from. Nearly
// all statements are closed by vectorised searches: the next semicolon ends the statement
// when an even number of apostrophes stands before it and nothing else that could matter.
func (x *indexer) statementEnd(from int) (int, string) {
	if x.nextSemicolon < from {
		n := bytes.IndexByte(x.data[from:], ';')
		x.nextSemicolon = from + n
		if n < 0 {
			x.nextSemicolon = math.MaxInt
		}
	}
	if end := x.nextSemicolon; end-from <= fastSpan {
		body := x.data[from:end]
		if bytes.IndexByte(body, '=') < 0 && bytes.IndexByte(body, '/') < 0 &&
			bytes.Count(body, quote)&1 == 0 && bytes.HasSuffix(body, listEnd) {
			return end + 1, ""
		}
	}
	end, fault := endOfStatement(x.data[from:], x.noComment-from)
	if fault == CodeComment {
		x.noComment = min(x.noComment, from+end)
	}
	return from + end, fault
}

var (
	quote   = []byte("'")
	listEnd = []byte(")")
)

// endOfStatement returns how many bytes of b belong to the statement whose parameters or
// beginning stand at b[0], with its semicolon, and a code when it does not end well. No
// comment ends behind noComment.
func endOfStatement(b []byte, noComment int) (int, string) {
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case ';':
			return i + 1, ""
		case '\'':
			next := closeString(b, i)
			if next < 0 {
				return -next, CodeString
			}
			i = next - 1
		case '#':
			if i > 0 && startsStatement(b, i) {
				return i, CodeSemicolon
			}
		case '/':
			if i+1 < len(b) && b[i+1] == '*' {
				n := -1
				if i < noComment {
					n = bytes.Index(b[i+2:], commentEnd)
				}
				if n < 0 {
					return i, CodeComment
				}
				i += n + 3
			}
		}
	}
	return len(b), CodeSemicolon
}

// closeString returns the index behind the string that begins at b[i]. When a statement
// begins inside, or the bytes end, the string was never closed, and the index where to go
// on is returned negative.
func closeString(b []byte, i int) int {
	for i++; i < len(b); i++ {
		switch b[i] {
		case '\'':
			if i+1 >= len(b) || b[i+1] != '\'' {
				return i + 1
			}
			i++
		case '#':
			if startsStatement(b, i) {
				return -i
			}
		}
	}
	return -len(b)
}

// add puts a row into the index.
func (x *indexer) add(at int, number uint64, keyword uint16) {
	if x.section != inData {
		x.report(Issue{Code: CodeOutside, Number: number, Offset: int64(at), Kept: true})
	}
	row := len(x.f.kinds)
	if row >= int(NoRow)-1 {
		x.f.dropped++
		return
	}
	x.f.offsets.add(at)
	x.f.kinds = append(x.f.kinds, keyword)
	x.f.end = x.pos
	if x.piece {
		x.numbers = append(x.numbers, uint32(min(number, math.MaxUint32)))
		return
	}
	x.place(row, number, at)
}

// place puts a row's number into the lookup while numbers are dense.
func (x *indexer) place(row int, number uint64, at int) {
	if x.sparse = x.sparse || number > denseSlack+8*uint64(row); x.sparse {
		return
	}
	for uint64(len(x.dense)) <= number {
		x.dense = append(x.dense, 0)
	}
	if x.dense[number] != 0 {
		x.report(Issue{Code: CodeDuplicate, Number: number, Offset: int64(at), Kept: true})
		return
	}
	x.dense[number] = uint32(row) + 1
}

// denseSlack is how far numbers may run ahead of the rows seen so far: a file whose
// numbers begin high, or go down, may still be dense.
const denseSlack = 1 << 16

// keyword reads a section's beginning or end, or an entity of the header.
func (x *indexer) keyword() {
	start := x.pos
	word := x.data[start:]
	word = word[:len(word)-len(skipKeyword(word))]
	after := x.after(start + len(word))
	name := upper(word)
	if name == "END-ISO-10303-21" {
		x.sawEnd = true
		return
	}
	if move := sections[name]; move != nil {
		x.pos = after
		if after < len(x.data) && x.data[after] == '(' {
			x.close(start, after, 0)
		} else if after < len(x.data) && x.data[after] == ';' {
			x.pos++
		} else {
			x.report(Issue{Code: CodeSemicolon, Offset: int64(start), Kept: true})
		}
		move(x)
		return
	}
	if after < len(x.data) && x.data[after] == '#' && startsStatement(x.data, after) {
		x.report(Issue{Code: CodeStatement, Offset: int64(start)})
		x.pos = after // a stray word must not swallow the statement behind it
		return
	}
	if !x.close(start, after, 0) {
		return
	}
	if x.section == inHeader {
		x.f.Header.read(name, x.data[after:])
		return
	}
	x.report(Issue{Code: CodeStatement, Offset: int64(start)})
}

// sections says what each section's beginning or end changes.
var sections = map[string]func(*indexer){
	"ISO-10303-21": func(*indexer) {},
	"HEADER":       func(x *indexer) { x.section = inHeader },
	"DATA":         func(x *indexer) { x.section, x.sawData = inData, true },
	"ENDSEC":       func(x *indexer) { x.section = outside },
	// Edition 3: sections without instances, which end at their ENDSEC.
	"ANCHOR":    (*indexer).skipSection,
	"REFERENCE": (*indexer).skipSection,
	"SIGNATURE": (*indexer).skipSection,
}

// skipSection goes on at the ENDSEC of a section that holds no instances. Its own lines
// (#10=<url>; or <name>=#10;) never look like an instance.
func (x *indexer) skipSection() {
	x.section = outside
	x.resume(x.pos)
}

// finish makes the lookup by number and looks at how the file ended.
func (x *indexer) finish() {
	f := x.f
	f.keywords = x.keys.names
	f.counts = make([]uint32, len(f.keywords))
	for _, k := range f.kinds {
		f.counts[k]++
	}
	if cap(f.kinds) > len(f.kinds)*5/4+1024 {
		f.kinds, f.offsets.low = slices.Clone(f.kinds), slices.Clone(f.offsets.low)
	}
	x.number()
	if !x.sawEnd {
		issue := Issue{Code: CodeNoEnd, Offset: int64(len(x.data)), Kept: true}
		if x.section != outside {
			issue.Code, f.cut = CodeTruncated, true
		}
		x.report(issue)
	}
	if len(f.Header.Schemas) == 0 {
		x.report(Issue{Code: CodeHeader, Kept: true})
	}
	slices.SortStableFunc(f.issues, func(a, b Issue) int { return int(a.Offset - b.Offset) })
	numberLines(x.data, f.issues)
}

// number makes the lookup from instance numbers to rows: the table that was made on the
// way when the numbers are dense, else a sorted list.
func (x *indexer) number() {
	f := x.f
	if !x.sparse {
		f.dense = x.dense
		return
	}
	x.dense = nil
	f.sorted, f.rows = make([]uint64, len(f.kinds)), make([]Row, len(f.kinds))
	for r := range f.kinds {
		f.rows[r] = Row(r)
		f.sorted[r] = f.Number(Row(r))
	}
	if !slices.IsSorted(f.sorted) {
		numbers := slices.Clone(f.sorted)
		slices.SortFunc(f.rows, func(a, b Row) int {
			if numbers[a] != numbers[b] {
				if numbers[a] < numbers[b] {
					return -1
				}
				return 1
			}
			return int(a) - int(b)
		})
		for i, r := range f.rows {
			f.sorted[i] = numbers[r]
		}
	}
	for i := 1; i < len(f.sorted); i++ {
		if f.sorted[i] == f.sorted[i-1] {
			x.duplicate(f.rows[i], f.sorted[i])
		}
	}
}

func (x *indexer) duplicate(r Row, number uint64) {
	x.report(Issue{Code: CodeDuplicate, Number: number, Offset: x.f.Offset(r), Kept: true})
}
