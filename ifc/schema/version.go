package schema

import "strings"

// Version names one of the schemas that the tables hold, oldest first.
type Version uint8

// The schemas. The drafts of IFC4X3 differ from one another in names and positions, and
// real files were written against each of them.
const (
	IFC2X3 Version = iota
	IFC4
	IFC4X1
	IFC4X2
	IFC4X3RC1
	IFC4X3RC2
	IFC4X3RC3
	IFC4X3RC4
	IFC4X3
	versions
)

var versionNames = [versions]string{"IFC2X3", "IFC4", "IFC4X1", "IFC4X2",
	"IFC4X3_RC1", "IFC4X3_RC2", "IFC4X3_RC3", "IFC4X3_RC4", "IFC4X3_ADD2"}

// String returns the name as FILE_SCHEMA has it.
func (v Version) String() string {
	if v < versions {
		return versionNames[v]
	}
	return "unknown"
}

// Match says how well a name in a file fits the schema it was mapped to.
type Match uint8

// The matches.
const (
	Unknown Match = iota // the name is no IFC schema
	Nearest              // a schema of IFC that is not among ours: the nearest is used
	Exact                // one of ours, or a later correction of it with the same positions
)

// exactNames are the spellings of the schemas themselves and of their corrections, which
// change no positions.
var exactNames = map[string]Version{
	"IFC2X3": IFC2X3, "IFC2X3_TC1": IFC2X3, "IFC2X3_FINAL": IFC2X3,
	"IFC4": IFC4, "IFC4_ADD2": IFC4, "IFC4_ADD2_TC1": IFC4,
	"IFC4X1": IFC4X1, "IFC4X1_FINAL": IFC4X1, "IFC4X2": IFC4X2,
	"IFC4X3_RC1": IFC4X3RC1, "IFC4X3_RC2": IFC4X3RC2, "IFC4X3_RC3": IFC4X3RC3, "IFC4X3_RC4": IFC4X3RC4,
	"IFC4X3": IFC4X3, "IFC4X3_ADD1": IFC4X3, "IFC4X3_ADD2": IFC4X3, "IFC4X3_TC1": IFC4X3,
}

// nearestNames are the beginnings of other names, the longest first.
var nearestNames = []struct {
	prefix  string
	version Version
}{
	{"IFC4X3", IFC4X3}, {"IFC4X2", IFC4X2}, {"IFC4X1", IFC4X1}, {"IFC4X", IFC4X3}, {"IFC5", IFC4X3},
	{"IFC4", IFC4}, {"IFC2X4", IFC4}, {"IFC", IFC2X3},
}

// Named maps a name of FILE_SCHEMA to the schema to read it with.
func Named(name string) (Version, Match) {
	name = strings.ToUpper(strings.TrimSpace(name))
	if v, ok := exactNames[name]; ok {
		return v, Exact
	}
	for _, n := range nearestNames {
		if strings.HasPrefix(name, n.prefix) {
			return n.version, Nearest
		}
	}
	return 0, Unknown
}
