package model

// The codes of Issue: short and stable, so that scripts may count them.
const (
	CodeSchemaNearest  = "schema-nearest"       // the schema is not among ours, the nearest is used
	CodeUnknownEntity  = "unknown-entity"       // keywords that no schema of IFC has
	CodeUnitMissing    = "unit-missing"         // no length or plane angle unit is given
	CodeUnitInvalid    = "unit-invalid"         // a unit that cannot be resolved
	CodeUnitFactor     = "unit-factor-wrong"    // a named unit with an impossible factor
	CodePlacementCycle = "placement-cycle"      // a placement that is relative to itself
	CodePlacementKind  = "placement-unresolved" // a placement without Cartesian position
	CodePlacementRef   = "placement-missing"    // a reference to a placement that is not there
	CodeAxes           = "axes-invalid"         // axes without length, parallel or not finite
	CodeLocation       = "location-invalid"     // a location without usable coordinates
	CodeNoProject      = "project-missing"      // no IfcProject
	CodeManyProjects   = "several-projects"     // more than one IfcProject
)

// maxIssues bounds how many issues of one code are kept.
const maxIssues = 100

// Issue is a fault of the model that reading went round.
type Issue struct {
	Code    string
	Entity  Entity // 0 when the fault belongs to none
	Number  uint64 // its instance number
	Message string
	Count   int // how often, at least 1
}

// issues collects issues; of each code the first hundred are kept and the rest counted in
// the last of them.
type issues struct {
	list   []Issue
	byCode map[string]int
	last   map[string]int // index of the last kept issue of a code
}

func (s *issues) add(i Issue) {
	if s.byCode == nil {
		s.byCode, s.last = map[string]int{}, map[string]int{}
	}
	i.Count = max(i.Count, 1)
	s.byCode[i.Code]++
	if s.byCode[i.Code] > maxIssues {
		s.list[s.last[i.Code]].Count += i.Count
		return
	}
	s.last[i.Code] = len(s.list)
	s.list = append(s.list, i)
}

func (s *issues) finish() { s.byCode, s.last = nil, nil }

// report adds an issue about an entity.
func (m *Model) report(code string, e Entity, message string) {
	m.issues.add(Issue{Code: code, Entity: e, Number: m.Number(e), Message: message})
}

// Issues returns the faults that Load met. Those of the file itself are in File().Issues.
// The caller must not change the slice.
func (m *Model) Issues() []Issue { return m.issues.list }
