// Package model gives typed access to an IFC file: entities by class, attributes by name,
// inverse relations, units, placements, property sets, materials, styles and the spatial
// structure. It reads package step's index through package schema's tables.
//
// It knows no shapes: what a representation item looks like is package shape's business.
// It writes nothing, and a Model is read-only after Load, so that any number of goroutines
// may read it at once.
//
// # How data runs
//
//	f, err := step.Open("house.ifc")      // bytes → index
//	m, err := model.Load(f)               // units, relations, parent placements, issues
//	for _, p := range m.Products() {      // every IfcProduct in file order
//		t := m.Placement(p)               // mesh.Transform, metres
//		for item := range m.Attr(p, "Representation").Attr("Representations").Items() { … }
//	}
//
// An Entity is a handle to one instance of the file; the zero Entity is "none", and every
// method answers it with nothing rather than with a panic: an attribute of none is an
// absent Value, an absent Value is no number, no text, and refers to none. So a chain of
// attributes needs one check, at its end. A missing reference, a cycle, or an attribute of
// another type than the schema says never stops a reader; what matters is in Issues.
//
// # Units
//
// Attr returns numbers as the file has them. Methods whose result is a mesh.Vec3,
// a mesh.Transform or a Property return SI: metres, radians, kelvin. The factors are in
// Units: metres = file value × m.Units().Length, radians = file value × m.Units().PlaneAngle.
//
// # Surface
//
//	Load(f *step.File) (*Model, error)
//
//	m.File() *step.File            m.Schema() schema.Version      m.Issues() []Issue
//	m.Type(e) schema.Type          m.Is(e, schema.IfcWall) bool   m.Number(e) uint64 (#number)
//	m.Find(number) Entity          m.All(types...) iter.Seq[Entity] (subclasses too, file order)
//	m.Products() []Entity          m.Project() Entity
//	m.Attr(e, "Name") Value        m.Arg(e, i) Value (by position)
//
//	v.IsNull() bool                v.Entity() Entity (reference; also inside IFCX(#1))
//	v.Float() (float64, bool)      v.FloatOr(def) float64
//	v.Int() (int, bool)            v.IntOr(def) int
//	v.Bool() (value, ok bool)      v.Text() string (decoded)
//	v.EnumIs("AREA") bool          v.Enum() string
//	v.Typed() (schema.Type, Value) v.Items() iter.Seq[Value] (of a list)
//	v.Len() int                    v.Attr("Name") Value (of the entity referred to)
//	v.Floats(dst) []float64        flattens nested lists: ((1.,2.),(3.,4.)) → 1 2 3 4
//	v.Ints(dst) []int              likewise
//	v.Entities(dst) []Entity       likewise; references to missing numbers are left out
//
//	m.Units() *Units               Length, PlaneAngle, Factor(kind), of the project
//	m.Point(e) (mesh.Vec3, bool)   IfcCartesianPoint in metres, 2D points with z = 0
//	m.Direction(e) (mesh.Vec3, bool)        IfcDirection, unit length
//	m.Axis(e) mesh.Transform       IfcAxis1Placement, IfcAxis2Placement2D/3D, …Linear
//	m.Operator(e) (mesh.Transform, bool)    IfcCartesianTransformationOperator2D/3D[nonUniform]
//	m.Placement(product) mesh.Transform     the whole chain, metres
//	m.PlacementOf(objectPlacement) (mesh.Transform, bool)
//	m.Contexts() []Context         precision, true north, world coordinate system
//
//	m.Voids(element) []Entity      openings cut from an element (IfcRelVoidsElement)
//	m.Projections(element) []Entity  added to it (IfcRelProjectsElement)
//	m.Fills(opening) []Entity      what stands in an opening
//	m.Parts(whole) []Entity, m.Whole(part) Entity     IfcRelAggregates
//	m.Nested(host) []Entity, m.Host(part) Entity      IfcRelNests
//	m.Contained(space) []Entity, m.Container(e) Entity
//	m.TypeOf(object) Entity, m.Occurrences(type) []Entity
//	m.Related(kind, e) []Entity    any of the relations of relation.go
//
//	m.Relating(kind, e) []Entity   the same, backwards
//	m.Parent(e), m.Ancestors(e), m.Spatial(e)   what an entity stands in
//
//	m.Color(item) (Color, bool)    of a representation item, by IfcStyledItem
//	m.MaterialColor(material) (Color, bool)
//	m.FaceColors(faceSet) ([]Color, []int)      IfcIndexedColourMap
//	m.MaterialOf(e) Entity         IfcMaterial, …LayerSetUsage, …; the type's when it has none
//	m.Materials(e) []Material      the same, taken apart into layers, constituents, profiles
//	m.Properties(e) []Property     occurrence over type, units in SI; of many objects by m.Reader()
//	m.Classifications(e) []Classification
//	m.Storey(e) Entity             through containment, aggregation, nesting, voids and fills
//	m.Storeys() []Storey           by elevation
//	m.PlacementBy(placement, resolve)           with the help of a function that knows curves
//	m.PlacementIssues(product) []Issue          what is wrong with a product's own placement
//	m.ContextOf(representation) (Context, bool)
//	m.GlobalID(e), m.Name(e) string
package model
