package ifc

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/shikong-cim/shikong/ifc/georef"
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// Inspection is what can be told of a file without building its shapes.
type Inspection struct {
	Format     string           `json:"format"` // "IFC" or "IFCZIP"
	Bytes      int64            `json:"bytes"`  // unpacked
	Schema     string           `json:"schema"` // as the file declares it
	SchemaUsed string           `json:"schema_used"`
	Tool       string           `json:"tool,omitempty"`
	Lineage    *spatial.Lineage `json:"lineage,omitempty"`
	Entities   int              `json:"entities"`
	Products   int              `json:"products"`
	// Classes counts products by class.
	Classes map[string]int `json:"classes"`
	// Units are the project's, by kind, such as LENGTHUNIT: MILLIMETRE.
	Units   map[string]string `json:"units"`
	Storeys []InspectedStorey `json:"storeys"`
	// Tasks, Systems and Ports count what schedules and networks are made of.
	Tasks   int `json:"tasks,omitempty"`
	Systems int `json:"systems,omitempty"`
	Ports   int `json:"ports,omitempty"`
	// Extent is around one point of each product in model metres, x, y, z of the lower
	// corner and of the upper; nil when nothing has a shape.
	Extent *[6]float64 `json:"extent,omitempty"`
	// Bounds is the same on Earth: west, south, low, east, north, high; nil without a place.
	Bounds *[6]float64 `json:"bounds,omitempty"`
	// Georeference says which sources of a place the file has, which is used, what
	// contradicts, and what to type.
	Georeference *georef.Survey `json:"georeference"`
	// VerticalCRS says what heights count from, "" when nobody said.
	VerticalCRS string `json:"vertical_crs,omitempty"`
	// Issues are the faults of text and structure, counted by code.
	Issues map[string]int `json:"issues,omitempty"`
}

// InspectedStorey is one IfcBuildingStorey.
type InspectedStorey struct {
	GlobalID  string  `json:"global_id"`
	Name      string  `json:"name"`
	Building  string  `json:"building,omitempty"`
	Elevation float64 `json:"elevation"` // metres above the building's zero
	Stated    bool    `json:"stated"`    // the file says so; else it is the height of the placement
	Products  int     `json:"products"`  // that it contains directly
	// Rebuilt says that the file has no storeys, and that this one was made from the heights
	// that walls, columns and doors stand at, as model metres.
	Rebuilt bool `json:"rebuilt,omitempty"`
}

// Inspect reads a file without storing anything. A model that cannot be placed is no error
// here: the reason is in Georeference. Other errors are as for Open.
func Inspect(path string, opt Options) (i Inspection, err error) {
	d, err := load(path, opt)
	if err != nil {
		return Inspection{}, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	m := d.model
	i = Inspection{
		Format: "IFC", Bytes: d.file.Size(), Schema: d.Schema, SchemaUsed: m.Schema().String(), Tool: d.Tool,
		Lineage: d.Lineage, Entities: d.file.Len(), Products: len(m.Products()),
		Classes: map[string]int{}, Units: unitsOf(m), Storeys: storeysOf(m), Georeference: d.survey, Issues: map[string]int{},
	}
	if isZip(path) {
		i.Format = "IFCZIP"
	}
	for _, p := range m.Products() {
		i.Classes[m.Type(p).String()]++
	}
	i.Tasks, i.Systems, i.Ports = count(m, schema.IfcTask), count(m, schema.IfcSystem), count(m, schema.IfcPort)
	d.extent(&i)
	var r spatial.Report
	d.fileIssues(&r)
	maps.Copy(i.Issues, r.IssueCounts)
	return i, nil
}

func count(m *model.Model, class schema.Type) (n int) {
	for range m.All(class) {
		n++
	}
	return n
}

// extent fills in where the model lies.
func (d *Delivery) extent(i *Inspection) {
	box := mesh.EmptyBox()
	for _, p := range d.model.Products() {
		if at, ok := georef.PointOf(d.model, p); ok {
			box = box.Extend(at)
		}
	}
	if box.IsEmpty() {
		return
	}
	i.Extent = &[6]float64{box.Min[0], box.Min[1], box.Min[2], box.Max[0], box.Max[1], box.Max[2]}
	place, err := d.survey.Place()
	if err != nil {
		return
	}
	i.VerticalCRS = place.VerticalCRS
	earth := spatial.EmptyBox()
	for _, c := range box.Corners() {
		lon, lat, h, err := place.Forward(c)
		if err != nil {
			return
		}
		earth = earth.Extend(spatial.Box{Min: [3]float64{lon, lat, h}, Max: [3]float64{lon, lat, h}})
	}
	i.Bounds = &[6]float64{earth.Min[0], earth.Min[1], earth.Min[2], earth.Max[0], earth.Max[1], earth.Max[2]}
}

// inspectedUnits are the kinds of unit that models are mostly made of.
var inspectedUnits = []string{"LENGTHUNIT", "AREAUNIT", "VOLUMEUNIT", "PLANEANGLEUNIT", "MASSUNIT", "TIMEUNIT", "THERMODYNAMICTEMPERATUREUNIT"}

func unitsOf(m *model.Model) map[string]string {
	out := map[string]string{}
	for _, kind := range inspectedUnits {
		if u := m.Units().Of(kind); u.Entity != 0 {
			out[kind] = u.Name
		}
	}
	return out
}

func storeysOf(m *model.Model) []InspectedStorey {
	list := []InspectedStorey{}
	made := floorsOf(m)
	for i, z := range made {
		list = append(list, InspectedStorey{Name: made.name(i), Elevation: tidy(z), Rebuilt: true})
	}
	for _, s := range m.Storeys() {
		list = append(list, InspectedStorey{GlobalID: clean(s.GlobalID), Name: clean(s.Name), Building: nameOf(m, s.Building),
			Elevation: s.Elevation, Stated: s.Stated, Products: len(m.Contained(s.Entity))})
	}
	return list
}

// WriteTo writes the inspection as a table for people.
func (i Inspection) WriteTo(w io.Writer) (int64, error) {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	row := func(name, format string, args ...any) { fmt.Fprintf(t, "%s\t%s\n", name, fmt.Sprintf(format, args...)) }
	declared := i.Schema
	if declared != i.SchemaUsed {
		declared += ", read as " + i.SchemaUsed
	}
	row("format", "%s, %s", i.Format, declared)
	row("size", "%d bytes, %d entities, %d products", i.Bytes, i.Entities, i.Products)
	if i.Tool != "" {
		row("tool", "%s", i.Tool)
	}
	row("length unit", "%s", i.Units["LENGTHUNIT"])
	if e := i.Extent; e != nil {
		row("extent", "x %.2f … %.2f  y %.2f … %.2f  z %.2f … %.2f m", e[0], e[3], e[1], e[4], e[2], e[5])
	}
	if e := i.Bounds; e != nil {
		row("bounds", "%.6f,%.6f … %.6f,%.6f  height %.2f … %.2f m", e[0], e[1], e[3], e[4], e[2], e[5])
	}
	i.writePlace(row)
	for _, s := range i.Storeys {
		if s.Rebuilt {
			row("storey", "%s, rebuilt from heights: the file has none", s.Name)
			continue
		}
		row("storey", "%s at %.2f m, %d products", s.Name, s.Elevation, s.Products)
	}
	if i.Tasks+i.Systems+i.Ports > 0 {
		row("network", "%d systems, %d ports; %d tasks", i.Systems, i.Ports, i.Tasks)
	}
	for _, class := range slices.Sorted(maps.Keys(i.Classes)) {
		row("class", "%s %d", class, i.Classes[class])
	}
	for _, code := range slices.Sorted(maps.Keys(i.Issues)) {
		row("issue", "%s %d", code, i.Issues[code])
	}
	if err := t.Flush(); err != nil {
		return 0, err
	}
	n, err := io.WriteString(w, b.String())
	return int64(n), err
}

func (i Inspection) writePlace(row func(name, format string, args ...any)) {
	g := i.Georeference
	row("place", "%s", g.Used)
	for _, r := range g.Rungs {
		switch {
		case r.Origin != nil:
			row("  "+r.Source, "%s %.6f,%.6f,%.2f", r.CRS, r.Origin[0], r.Origin[1], r.Origin[2])
		default:
			row("  "+r.Source, "%s %s: %s", r.CRS, r.Code, r.Message)
		}
	}
	for _, warning := range g.Warnings {
		row("  warning", "%s: %s", warning.Code, warning.Message)
	}
	if g.Fix != "" {
		row("  to do", "%s", g.Fix)
	}
}
