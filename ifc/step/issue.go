package step

import (
	"bytes"
	"fmt"
)

// The codes of Issue: short and stable, so that scripts may count them.
const (
	CodeString    = "string-never-closed"   // a statement's string has no closing apostrophe
	CodeComment   = "comment-never-closed"  // a comment has no end
	CodeSemicolon = "semicolon-missing"     // a statement ends without its semicolon
	CodeStatement = "not-a-statement"       // text that is no statement
	CodeNumber    = "number-too-large"      // an instance number of more than 18 digits
	CodeKeywords  = "too-many-keywords"     // more different keywords than any schema has
	CodeDuplicate = "duplicate-number"      // an instance number that was given before
	CodeOutside   = "outside-data"          // an instance outside of a DATA section
	CodeTruncated = "truncated"             // the file ends inside a statement or section
	CodeNoEnd     = "end-missing"           // END-ISO-10303-21 is missing, sections are complete
	CodeHeader    = "header-entity-missing" // no FILE_DESCRIPTION, FILE_NAME or FILE_SCHEMA
)

// maxIssues bounds how many issues are kept; IssueCount goes on counting.
const maxIssues = 1000

// Issue is one fault of the file that reading went round.
type Issue struct {
	Code   string
	Number uint64 // the instance's number, 0 when the fault belongs to none
	Line   int    // from 1
	Offset int64  // bytes from the start of the file
	Kept   bool   // the statement is in the index in spite of the fault
	Text   string // the beginning of what stands there
}

// String returns the issue as a person would read it.
func (i Issue) String() string {
	done := "skipped"
	if i.Kept {
		done = "kept"
	}
	if i.Number > 0 {
		return fmt.Sprintf("line %d, byte %d, #%d: %s, %s: %s", i.Line, i.Offset, i.Number, i.Code, done, i.Text)
	}
	return fmt.Sprintf("line %d, byte %d: %s, %s: %s", i.Line, i.Offset, i.Code, done, i.Text)
}

// issueText is how much of the offending text an issue quotes.
const issueText = 60

func excerpt(data []byte, at int) string {
	text := data[at:min(len(data), at+issueText)]
	return string(bytes.ToValidUTF8(bytes.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, text), []byte("?")))
}

// numberLines fills in the line of each issue: one pass over the bytes before the last.
func numberLines(data []byte, issues []Issue) {
	line, at := 1, 0
	for i := range issues {
		to := int(issues[i].Offset)
		if to < at {
			line, at = 1, 0
		}
		line += bytes.Count(data[at:to], []byte{'\n'})
		issues[i].Line, at = line, to
	}
}
