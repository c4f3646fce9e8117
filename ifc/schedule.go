package ifc

import (
	"fmt"
	"strings"
	"time"

	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial"
)

// act is what a task does to the products it works on.
type act uint8

const (
	other   act = iota // it leaves them standing where they are
	builds             // they stand from its end
	moves              // they stand here from its end
	removes            // they stand until its end
)

// taskActs are the values of IfcTaskTypeEnum that build, move or remove.
var taskActs = map[string]act{
	"CONSTRUCTION": builds, "INSTALLATION": builds, "MOVE": moves,
	"DEMOLITION": removes, "DISMANTLE": removes, "REMOVAL": removes, "DISPOSAL": removes,
}

// spokenActs are parts of words by which an author's own type of task is understood; IFC2X3
// has no other.
var spokenActs = []struct {
	part string
	does act
}{
	{"DEMOL", removes}, {"DISMANTL", removes}, {"REMOV", removes}, {"DISPOS", removes}, {"拆", removes},
	{"RELOCAT", moves}, {"MOVE", moves}, {"迁", moves},
	{"MAINT", other}, {"OPERAT", other}, {"INSPECT", other}, {"维护", other}, {"检", other},
}

// actOf returns what a task does. One that says nothing builds: that is what schedules of
// models are for.
func actOf(m *model.Model, task model.Entity) act {
	if m.Type(task) == schema.IfcMove {
		return moves
	}
	kind := m.Attr(task, "PredefinedType").Enum()
	switch kind {
	case "", "NOTDEFINED", "USERDEFINED":
	default:
		return taskActs[kind]
	}
	spoken := strings.ToUpper(m.Attr(task, "ObjectType").Text())
	for _, s := range spokenActs {
		if strings.Contains(spoken, s.part) {
			return s.does
		}
	}
	return builds
}

// dates are the ends of one task, zero where nobody said.
type dates struct {
	does              act
	scheduled, actual time.Time
}

// schedule is what the tasks of a file say; nil when it has none.
type schedule struct {
	m     *model.Model
	tasks map[model.Entity]dates
	bad   []spatial.Issue // dates that cannot be read
}

const codeDate = "date-invalid" // a date of a task cannot be read

// scheduleOf reads all tasks.
func scheduleOf(m *model.Model) *schedule {
	s := &schedule{m: m, tasks: map[model.Entity]dates{}}
	for task := range m.All(schema.IfcTask) {
		s.read(task, 0)
	}
	if len(s.tasks) == 0 {
		return nil
	}
	return s
}

// maxTaskDepth bounds how deep tasks are nested.
const maxTaskDepth = 20

// read returns the ends of a task: its own, or else that of the last of the tasks nested in
// it when all of them have one.
func (s *schedule) read(task model.Entity, depth int) dates {
	if d, ok := s.tasks[task]; ok {
		return d
	}
	d := s.own(task)
	d.does = actOf(s.m, task)
	s.tasks[task] = d // before the nested ones, so that a cycle ends
	if depth < maxTaskDepth && (d.scheduled.IsZero() || d.actual.IsZero()) {
		var scheduled, actual lastOf
		for _, part := range s.m.Nested(task) {
			if s.m.Is(part, schema.IfcTask) {
				p := s.read(part, depth+1)
				scheduled.add(p.scheduled)
				actual.add(p.actual)
			}
		}
		d.scheduled, d.actual = firstTime(d.scheduled, scheduled.time()), firstTime(d.actual, actual.time())
		s.tasks[task] = d
	}
	return d
}

// lastOf finds the last of some times that are all known.
type lastOf struct {
	last    time.Time
	unknown bool
}

func (l *lastOf) add(t time.Time) {
	l.unknown = l.unknown || t.IsZero()
	if t.After(l.last) {
		l.last = t
	}
}

func (l *lastOf) time() time.Time {
	if l.unknown {
		return time.Time{}
	}
	return l.last
}

func firstTime(a, b time.Time) time.Time {
	if a.IsZero() {
		return b
	}
	return a
}

// own returns what a task itself says: in IFC4 by its IfcTaskTime, in IFC2X3 by the
// IfcScheduleTimeControl that an IfcRelAssignsTasks gives it.
// The early and late finish that a planning program reckons stand in for a scheduled one.
func (s *schedule) own(task model.Entity) (d dates) {
	times := append([]model.Entity{s.m.Attr(task, "TaskTime").Entity()}, s.m.Relating(model.TaskTimes, task)...)
	for _, t := range times {
		d.actual = firstTime(d.actual, s.end(t, "Actual"))
		for _, kind := range []string{"Schedule", "Early", "Late"} {
			d.scheduled = firstTime(d.scheduled, s.end(t, kind))
		}
	}
	return d
}

// end returns when a task ends by one kind of its times: the finish, or else the start and
// the duration, unless that counts working time, whose calendar nobody here knows.
func (s *schedule) end(times model.Entity, kind string) time.Time {
	if times == 0 {
		return time.Time{}
	}
	if t := s.time(times, kind+"Finish"); !t.IsZero() {
		return t
	}
	start := s.time(times, kind+"Start")
	duration := s.m.Attr(times, kind+"Duration")
	if start.IsZero() || duration.IsNull() || s.m.Attr(times, "DurationType").EnumIs("WORKTIME") {
		return time.Time{}
	}
	if seconds, ok := duration.Float(); ok { // IFC2X3: IfcTimeMeasure
		if unit := s.m.Units().Of("TIMEUNIT").Factor; seconds*unit > 0 && seconds*unit < maxSeconds {
			return start.Add(time.Duration(seconds * unit * float64(time.Second)))
		}
		return time.Time{}
	}
	t, ok := addDuration(start, duration.Text())
	if !ok {
		s.complain(times, kind+"Duration", duration.Text())
	}
	return t
}

// maxSeconds bounds a duration: two centuries.
const maxSeconds = 200 * 366 * 86400

func (s *schedule) time(e model.Entity, name string) time.Time {
	v := s.m.Attr(e, name)
	if date := v.Entity(); date != 0 {
		return s.calendar(date)
	}
	text := strings.TrimSpace(v.Text())
	if text == "" {
		return time.Time{}
	}
	t, err := spatial.ParseTime(text)
	if err != nil {
		s.complain(e, name, text)
		return time.Time{}
	}
	return t
}

// maxBadDates bounds the dates that are complained of.
const maxBadDates = 100

func (s *schedule) complain(e model.Entity, name, text string) {
	if len(s.bad) < maxBadDates {
		s.bad = append(s.bad, spatial.Issue{Entity: int64(s.m.Number(e)), Class: s.m.Type(e).String(), Code: codeDate,
			Message: clean(fmt.Sprintf("%s %.60q cannot be read as a time", name, text))})
	}
}

// calendar returns the time of an IfcCalendarDate or IfcDateAndTime of IFC2X3. A time without
// a zone is Beijing time, as everywhere.
func (s *schedule) calendar(e model.Entity) time.Time {
	date, clock := e, model.Entity(0)
	if s.m.Type(e) == schema.IfcDateAndTime {
		date, clock = s.m.Attr(e, "DateComponent").Entity(), s.m.Attr(e, "TimeComponent").Entity()
	}
	n := func(of model.Entity, name string) int { return s.m.Attr(of, name).IntOr(0) }
	text := fmt.Sprintf("%04d-%02d-%02d", n(date, "YearComponent"), n(date, "MonthComponent"), n(date, "DayComponent"))
	if clock != 0 {
		text += fmt.Sprintf("T%02d:%02d:%02d", n(clock, "HourComponent"), n(clock, "MinuteComponent"), int(s.m.Attr(clock, "SecondComponent").FloatOr(0)))
		if zone := s.m.Attr(clock, "Zone").Entity(); zone != 0 {
			sign := "+"
			if s.m.Attr(zone, "Sense").EnumIs("BEHIND") {
				sign = "-"
			}
			text += fmt.Sprintf("%s%02d:%02d", sign, n(zone, "HourOffset"), n(zone, "MinuteOffset"))
		}
	}
	t, err := spatial.ParseTime(text)
	if err != nil {
		s.complain(e, "the date", text)
		return time.Time{}
	}
	return t
}

// life is what the tasks that work on a product say about its time: first what happened,
// then what is planned.
type life struct{ actual, planned spatial.Interval }

// of returns the life of a product: it stands from the end of the first task that builds it,
// or of the last that moves it, to the end of the first that removes it. Parts go by what
// they are parts of, openings by what they are cut from; and whatever stands in a storey or
// building goes when that does.
func (s *schedule) of(e model.Entity) life {
	l, found := s.at(e)
	for range maxWholes {
		up := s.m.Whole(e)
		if up == 0 && s.m.Is(e, schema.IfcFeatureElement) {
			up = s.m.Parent(e)
		}
		if found || up == 0 || s.m.Is(up, schema.IfcSpatialStructureElement) {
			break
		}
		e = up
		l, found = s.at(e)
	}
	for _, up := range s.m.Ancestors(e) {
		if s.m.Is(up, schema.IfcSite) {
			break
		}
		if s.m.Is(up, schema.IfcSpatialStructureElement) {
			around, _ := s.at(up)
			l.actual.End, l.planned.End = earlier(l.actual.End, around.actual.End), earlier(l.planned.End, around.planned.End)
		}
	}
	return life{orderly(l.actual), orderly(l.planned)}
}

// at returns what the tasks that work on an entity itself say, and whether there are any.
func (s *schedule) at(e model.Entity) (l life, found bool) {
	var movedActual, movedPlanned time.Time
	for _, list := range [2][]model.Entity{s.m.Relating(model.Processes, e), s.m.Related(model.ProductAssigns, e)} {
		for _, task := range list {
			d, ok := s.tasks[task]
			found = found || ok
			switch d.does {
			case builds:
				l.actual.Start, l.planned.Start = earlier(l.actual.Start, d.actual), earlier(l.planned.Start, d.scheduled)
			case moves:
				movedActual, movedPlanned = later(movedActual, d.actual), later(movedPlanned, d.scheduled)
			case removes:
				l.actual.End, l.planned.End = earlier(l.actual.End, d.actual), earlier(l.planned.End, d.scheduled)
			}
		}
	}
	l.actual.Start, l.planned.Start = later(l.actual.Start, movedActual), later(l.planned.Start, movedPlanned)
	return l, found
}

// maxWholes bounds the way from a part up to what a task names.
const maxWholes = 20

// orderly returns an interval, or all of time for one that runs backwards or is empty.
func orderly(i spatial.Interval) spatial.Interval {
	if i.Validate() != nil {
		return spatial.Interval{}
	}
	return i
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
