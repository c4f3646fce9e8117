package ifc

import (
	"time"

	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial"
)

// removing are the values of IfcTaskTypeEnum after which a product is no longer there;
// building those after which it is.
var (
	removing = map[string]bool{"DEMOLITION": true, "DISMANTLE": true, "REMOVAL": true, "DISPOSAL": true}
	building = map[string]bool{"CONSTRUCTION": true, "INSTALLATION": true, "": true, "NOTDEFINED": true, "USERDEFINED": true}
)

// dates are what one task says.
type dates struct{ scheduledFinish, actualFinish time.Time }

// scheduleOf returns what the tasks that work on a product say about its time: a product
// stands from the end of the first task that builds it to the end of the first that removes
// it. Parts go by what they are parts of, openings by what they are cut from.
func scheduleOf(m *model.Model, e model.Entity) (valid, planned spatial.Interval) {
	for range maxWholes {
		tasks := append(m.Relating(model.Processes, e), m.Related(model.ProductAssigns, e)...)
		found := false
		for _, t := range tasks {
			if m.Is(t, schema.IfcTask) {
				found = true
				d := datesOf(m, t)
				kind := m.Attr(t, "PredefinedType").Enum()
				switch {
				case removing[kind]:
					valid.End, planned.End = earlier(valid.End, d.actualFinish), earlier(planned.End, d.scheduledFinish)
				case building[kind]:
					valid.Start, planned.Start = earlier(valid.Start, d.actualFinish), earlier(planned.Start, d.scheduledFinish)
				}
			}
		}
		up := m.Whole(e)
		if up == 0 && m.Is(e, schema.IfcFeatureElement) {
			up = m.Parent(e)
		}
		if found || up == 0 {
			break
		}
		e = up
	}
	return orderly(valid), orderly(planned)
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

// datesOf returns the ends of a task by its IfcTaskTime, which IFC2X3 does not have.
func datesOf(m *model.Model, task model.Entity) dates {
	times := m.Attr(task, "TaskTime").Entity()
	return dates{scheduledFinish: timeOf(m, times, "ScheduleFinish"), actualFinish: timeOf(m, times, "ActualFinish")}
}

func timeOf(m *model.Model, e model.Entity, name string) time.Time {
	text := m.Attr(e, name).Text()
	if text == "" {
		return time.Time{}
	}
	t, err := spatial.ParseTime(text)
	if err != nil {
		return time.Time{}
	}
	return t
}
