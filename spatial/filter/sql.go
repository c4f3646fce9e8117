package filter

import "strings"

// Dialect says the tests of a sieve in the language of a store, each as one condition that is
// true or false of a row wherever the test can be told, and true where it cannot. It keeps the
// arguments that its conditions refer to.
type Dialect interface {
	Text(TextTest) string
	Like(LikeTest) string
	Number(NumberTest) string
	Bool(BoolTest) string
	Null(NullTest) string
}

// Always is the condition that every row meets.
const Always = "TRUE"

// SQL returns the condition that a sieve is in a dialect of SQL.
func SQL(s Sieve, d Dialect) string {
	switch s := s.(type) {
	case Both:
		return joined(s, d, " AND ", Always)
	case Either:
		return joined(s, d, " OR ", "FALSE")
	case TextTest:
		return d.Text(s)
	case LikeTest:
		return d.Like(s)
	case NumberTest:
		return d.Number(s)
	case BoolTest:
		return d.Bool(s)
	case NullTest:
		return d.Null(s)
	}
	return Always
}

func joined(list []Sieve, d Dialect, by, none string) string {
	if len(list) == 0 {
		return none
	}
	parts := make([]string, len(list))
	for i, s := range list {
		parts[i] = SQL(s, d)
	}
	return "(" + strings.Join(parts, by) + ")"
}
