package ifc

import (
	"slices"
	"strings"
	"time"

	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial"
)

// Bounds on what is read of owner histories; some programs write one for each element.
const (
	maxHistories = 100_000
	maxNames     = 20
)

// lineageOf returns who made a model, with what and when, by the header of the file and its
// owner histories; nil when nobody says.
func lineageOf(m *model.Model) *spatial.Lineage {
	h := m.File().Header
	l := &spatial.Lineage{TimeStamp: clean(strings.TrimSpace(h.TimeStamp))}
	for _, a := range h.Author {
		l.Authors = named(l.Authors, a)
	}
	for _, o := range h.Organization {
		l.Organizations = named(l.Organizations, o)
	}
	for e := range m.All(schema.IfcApplication) {
		l.Applications = named(l.Applications, applicationOf(m, e))
	}
	var first, last time.Time
	people := map[model.Entity]bool{}
	n := 0
	for e := range m.All(schema.IfcOwnerHistory) {
		if n++; n > maxHistories {
			break
		}
		for _, name := range []string{"OwningUser", "LastModifyingUser"} {
			if user := m.Attr(e, name).Entity(); user != 0 && !people[user] {
				people[user] = true
				l.Authors = named(l.Authors, personOf(m, m.Attr(user, "ThePerson").Entity()))
				l.Organizations = named(l.Organizations, m.Attr(m.Attr(user, "TheOrganization").Entity(), "Name").Text())
			}
		}
		first = earlier(first, stampOf(m, e, "CreationDate"))
		last = later(last, later(stampOf(m, e, "CreationDate"), stampOf(m, e, "LastModifiedDate")))
	}
	if !first.IsZero() {
		l.Created, l.Modified = spatial.FormatTime(first), spatial.FormatTime(last)
	}
	if l.TimeStamp == "" && l.Created == "" && len(l.Authors)+len(l.Organizations)+len(l.Applications) == 0 {
		return nil
	}
	return l
}

// named adds a name to a list unless it is there, or says nothing.
func named(list []string, name string) []string {
	name = clean(strings.TrimSpace(name))
	if name == "" || name == "-" || len(list) >= maxNames || slices.Contains(list, name) {
		return list
	}
	return append(list, name)
}

func personOf(m *model.Model, e model.Entity) string {
	name := strings.TrimSpace(m.Attr(e, "GivenName").Text() + " " + m.Attr(e, "FamilyName").Text())
	if name != "" {
		return name
	}
	if id := m.Attr(e, "Identification").Text(); id != "" {
		return id
	}
	return m.Attr(e, "Id").Text() // IFC2X3
}

// stampOf returns an IfcTimeStamp, which counts seconds since 1970; zero for one that no
// model can have.
func stampOf(m *model.Model, e model.Entity, name string) time.Time {
	seconds, ok := m.Attr(e, name).Int()
	const from, to = 315532800, 4102444800 // 1980 to 2100
	if !ok || seconds < from || seconds > to {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0).UTC()
}

// applicationOf returns the name of an IfcApplication with its version.
func applicationOf(m *model.Model, e model.Entity) string {
	name, version := m.Attr(e, "ApplicationFullName").Text(), m.Attr(e, "Version").Text()
	if name != "" && version != "" && !strings.Contains(name, version) {
		name += " " + version
	}
	return name
}
