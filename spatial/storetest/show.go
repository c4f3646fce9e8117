package storetest

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
)

// The functions here write values as text with everything in it that the contract speaks
// of, so that one comparison of strings states the whole outcome and shows what differs.

// showFeature leaves out Num and, when hidden, nothing else: stores are free to number as
// they like, which the numbering clauses look at.
func showFeature(f *spatial.Feature) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s/%s %q kind=%q name=%q %s", f.Collection, f.Model, f.ID, f.Kind, f.Name, showGeometry(f.Geometry))
	fmt.Fprintf(&b, " z=%s underground=%d storey=%q valid=%s recorded=%s", showZ(f.Z), f.Underground, f.Storey, showInterval(f.Valid), showInterval(f.Recorded))
	fmt.Fprintf(&b, " hash=%s %s distance=%v", f.Hash, f.Properties.AppendJSON(nil), f.Distance)
	if f.Body != nil {
		fmt.Fprintf(&b, " frame=%s", showFrame(f.Body.Frame))
		for _, in := range f.Body.Instances {
			fmt.Fprintf(&b, " (%x %v %+v)", in.Mesh.Hash(), in.Transform, in.Material)
		}
	}
	return b.String()
}

func showFeatures(list []spatial.Feature) string {
	var b strings.Builder
	for i := range list {
		b.WriteString(showFeature(&list[i]))
		b.WriteByte('\n')
	}
	return b.String()
}

func showGeometry(g geom.T) string {
	switch g := g.(type) {
	case nil:
		return "nil"
	case *geom.GeometryCollection:
		parts := make([]string, g.NumGeoms())
		for i, m := range g.Geoms() {
			parts[i] = showGeometry(m)
		}
		return fmt.Sprintf("GeometryCollection(%s)", strings.Join(parts, " "))
	case *geom.LinearRing:
		return fmt.Sprintf("LineString %s[]%v", g.Layout(), g.FlatCoords())
	case *geom.Polygon, *geom.MultiLineString:
		return fmt.Sprintf("%s %s%v%v", strings.TrimPrefix(fmt.Sprintf("%T", g), "*geom."), g.Layout(), g.Ends(), g.FlatCoords())
	case *geom.MultiPoint:
		// Ends are looked at too: an empty member is not the same as none.
		return fmt.Sprintf("MultiPoint %s%v%v", g.Layout(), g.Ends(), g.FlatCoords())
	default:
		return fmt.Sprintf("%s %s%v%v", strings.TrimPrefix(fmt.Sprintf("%T", g), "*geom."), g.Layout(), g.Endss(), g.FlatCoords())
	}
}

func showZ(z spatial.ZRange) string {
	if !z.Known {
		return "unknown"
	}
	return fmt.Sprintf("%v…%v", z.Min, z.Max)
}

func showTime(t time.Time) string {
	if t.IsZero() {
		return "∞"
	}
	return t.UTC().Format("2006-01-02T15:04:05.999999")
}

func showInterval(i spatial.Interval) string {
	return "[" + showTime(i.Start) + "," + showTime(i.End) + ")"
}

func showFrame(f *spatial.Frame) string {
	if f == nil {
		return "nil"
	}
	return fmt.Sprint(*f)
}

func showBox(b spatial.Box) string {
	if b.IsEmpty() {
		return "empty"
	}
	return fmt.Sprintf("%v", b)
}

func showCollection(c spatial.Collection) string {
	return fmt.Sprintf("%s title=%q description=%q licence=%q attribution=%q vertical=%q local=%t extent=%s time=%s count=%d revision=%d fields=%v\n",
		c.Name, c.Title, c.Description, c.Licence, c.Attribution, c.VerticalCRS, c.Local, showBox(c.Extent), showInterval(c.Time), c.Count, c.Revision, c.Fields)
}

func showModel(m spatial.Model) string {
	return fmt.Sprintf("%s/%s source=%+v frame=%s revision=%d recorded=%s count=%d report=%s\n",
		m.Collection, m.Name, m.Source, showFrame(m.Frame), m.Revision, showTime(m.Recorded), m.Count, m.Report)
}

func showChange(c spatial.Change) string {
	return fmt.Sprintf("%d %s %s/%s box=%s valid=%s +%d ~%d -%d purged=%t\n",
		c.Revision, showTime(c.Recorded), c.Collection, c.Model, showBox(c.Box), showInterval(c.Valid), c.Added, c.Changed, c.Ended, c.Purged)
}

func showApplied(a spatial.Applied) string {
	return fmt.Sprintf("revision=%d recorded=%s +%d ~%d -%d =%d", a.Revision, showTime(a.Recorded), a.Added, a.Changed, a.Ended, a.Unchanged)
}

// showShort is the short form in which clauses state their answers: id, name and validity.
func showShort(f *spatial.Feature) string {
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		if t.Truncate(24 * time.Hour).Equal(t) {
			return t.UTC().Format("2006-01-02")
		}
		return showTime(t)
	}
	s := f.ID + " " + f.Name
	if !f.Valid.IsAll() {
		s += " " + day(f.Valid.Start) + ".." + day(f.Valid.End)
	}
	if f.Distance != 0 {
		s += fmt.Sprintf(" %vm", math.Round(f.Distance))
	}
	return s
}
