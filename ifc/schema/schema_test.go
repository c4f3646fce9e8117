package schema_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shikong-cim/shikong/ifc/schema"
)

func attributes(s *schema.Schema, t schema.Type) []string {
	var names []string
	for i := range s.Len(t) {
		names = append(names, s.Attribute(t, i).Name)
	}
	return names
}

func TestAttributesStandInOrder(t *testing.T) {
	for _, c := range []struct {
		version schema.Version
		entity  schema.Type
		want    string
	}{
		{schema.IFC2X3, schema.IfcWall, "GlobalId OwnerHistory Name Description ObjectType ObjectPlacement Representation Tag"},
		{schema.IFC4, schema.IfcWall, "GlobalId OwnerHistory Name Description ObjectType ObjectPlacement Representation Tag PredefinedType"},
		{schema.IFC4X3, schema.IfcLinearPlacement, "PlacementRelTo RelativePlacement CartesianPosition"},
		{schema.IFC4X1, schema.IfcLinearPlacement, "PlacementRelTo Distance Orientation CartesianPosition"},
		{schema.IFC4, schema.IfcLocalPlacement, "PlacementRelTo RelativePlacement"},
		{schema.IFC4, schema.IfcRationalBSplineSurfaceWithKnots, "UDegree VDegree ControlPointsList SurfaceForm UClosed VClosed SelfIntersect UMultiplicities VMultiplicities UKnots VKnots KnotSpec WeightsData"},
		{schema.IFC4, schema.IfcSIUnit, "Dimensions UnitType Prefix Name"},
		{schema.IFC2X3, schema.IfcOwnerHistory, "OwningUser OwningApplication State ChangeAction LastModifiedDate LastModifyingUser LastModifyingApplication CreationDate"},
		{schema.IFC2X3, schema.IfcTriangulatedFaceSet, "Coordinates Normals Closed CoordIndex PnIndex"},
	} {
		s := schema.Open(c.version)
		if d := cmp.Diff(strings.Fields(c.want), attributes(s, c.entity)); d != "" {
			t.Errorf("%s of %s (-want +got):\n%s", c.entity, c.version, d)
		}
		for i, name := range strings.Fields(c.want) {
			if got := s.Position(c.entity, name); got != i {
				t.Errorf("%s of %s: position of %s = %d, want %d", c.entity, c.version, name, got, i)
			}
		}
		if got := s.Position(c.entity, "Nothing"); got != -1 {
			t.Errorf("position of no attribute = %d", got)
		}
	}
}

func TestSubtypes(t *testing.T) {
	s2, s4, s43 := schema.Open(schema.IFC2X3), schema.Open(schema.IFC4), schema.Open(schema.IFC4X3)
	for _, c := range []struct {
		s     *schema.Schema
		t, of schema.Type
		want  bool
	}{
		{s4, schema.IfcWallStandardCase, schema.IfcProduct, true},
		{s4, schema.IfcWallStandardCase, schema.IfcWall, true},
		{s4, schema.IfcWall, schema.IfcWallStandardCase, false},
		{s4, schema.IfcWall, schema.IfcWall, true},
		{s4, schema.IfcProject, schema.IfcObject, false},
		{s2, schema.IfcProject, schema.IfcObject, true},
		{s2, schema.IfcGrid, schema.IfcProduct, true},
		{s43, schema.IfcWall, schema.IfcBuiltElement, true},
		{s43, schema.IfcAlignment, schema.IfcProduct, true},
		{s4, schema.IfcLabel, schema.IfcProduct, false},
		{s4, 0, schema.IfcProduct, false},
		{s4, schema.IfcWall, 0, false},
		{s4, 60000, schema.IfcWall, false},
		{s2, schema.IfcTriangulatedFaceSet, schema.IfcRepresentationItem, true},
	} {
		if got := c.s.IsA(c.t, c.of); got != c.want {
			t.Errorf("%s: IsA(%s, %s) = %v", c.s.Version(), c.t, c.of, got)
		}
	}
	if s2.Has(schema.IfcTriangulatedFaceSet) || !s4.Has(schema.IfcTriangulatedFaceSet) {
		t.Error("Has does not tell the versions apart")
	}
	if !s4.IsAbstract(schema.IfcProduct) || s4.IsAbstract(schema.IfcWall) {
		t.Error("IsAbstract is wrong")
	}
}

// TestIsAFollowsSuper compares the numbering of the tree with walking up.
func TestIsAFollowsSuper(t *testing.T) {
	for v := schema.IFC2X3; v <= schema.IFC4X3; v++ {
		s := schema.Open(v)
		for a := schema.Type(1); a.String() != ""; a++ {
			if !s.IsEntity(a) {
				continue
			}
			up := map[schema.Type]bool{}
			for t := a; t != 0 && !up[t]; t = s.Super(t) {
				up[t] = true
			}
			for b := schema.Type(1); b.String() != ""; b++ {
				if got := s.IsA(a, b); got != up[b] {
					t.Fatalf("%s: IsA(%s, %s) = %v", v, a, b, got)
				}
			}
		}
	}
}

func TestNamesAreFoundInAnyCase(t *testing.T) {
	for ty := schema.Type(1); ty.String() != ""; ty++ {
		for _, name := range []string{ty.String(), strings.ToUpper(ty.String()), strings.ToLower(ty.String())} {
			if got := schema.TypeOf([]byte(name)); got != ty {
				t.Fatalf("TypeOf(%s) = %s", name, got)
			}
		}
	}
	for _, name := range []string{"", "IFC", "IFCWALLX", "WALL", "\x80\xff"} {
		if got := schema.TypeNamed(name); got != 0 {
			t.Errorf("TypeNamed(%q) = %s", name, got)
		}
	}
	word := []byte("IFCWALLSTANDARDCASE")
	if n := testing.AllocsPerRun(10, func() { schema.TypeOf(word) }); n != 0 {
		t.Errorf("TypeOf takes memory %v times", n)
	}
}

func TestKindsOfValue(t *testing.T) {
	s := schema.Open(schema.IFC4)
	for _, c := range []struct {
		entity schema.Type
		name   string
		want   schema.Attribute
	}{
		{schema.IfcCartesianPoint, "Coordinates", schema.Attribute{Name: "Coordinates", Type: schema.IfcLengthMeasure, Base: schema.DefinedAs, Lists: 1}},
		{schema.IfcProduct, "Representation", schema.Attribute{Name: "Representation", Type: schema.IfcProductRepresentation, Base: schema.EntityRef, Optional: true}},
		{schema.IfcPropertySingleValue, "NominalValue", schema.Attribute{Name: "NominalValue", Type: schema.IfcValue, Base: schema.SelectOf, Optional: true}},
		{schema.IfcSIUnit, "Prefix", schema.Attribute{Name: "Prefix", Type: schema.IfcSIPrefix, Base: schema.EnumOf, Optional: true}},
		{schema.IfcBSplineSurface, "ControlPointsList", schema.Attribute{Name: "ControlPointsList", Type: schema.IfcCartesianPoint, Base: schema.EntityRef, Lists: 2}},
		{schema.IfcDirection, "DirectionRatios", schema.Attribute{Name: "DirectionRatios", Type: schema.IfcReal, Base: schema.DefinedAs, Lists: 1}},
	} {
		if d := cmp.Diff(c.want, s.Attribute(c.entity, s.Position(c.entity, c.name))); d != "" {
			t.Errorf("%s.%s (-want +got):\n%s", c.entity, c.name, d)
		}
	}
	if base, under := s.Underlying(schema.IfcPositiveLengthMeasure); base != schema.DefinedAs || under != schema.IfcLengthMeasure {
		t.Errorf("IfcPositiveLengthMeasure stands for %d %s", base, under)
	}
	for ty, want := range map[schema.Type]schema.Base{schema.IfcPositiveLengthMeasure: schema.Real, schema.IfcLabel: schema.String,
		schema.IfcBoolean: schema.Boolean, schema.IfcCountMeasure: schema.Number, schema.IfcInteger: schema.Integer, schema.IfcWall: schema.NoBase} {
		if got := s.Simple(ty); got != want {
			t.Errorf("Simple(%s) = %d, want %d", ty, got, want)
		}
	}
}

func TestVersionNames(t *testing.T) {
	for name, want := range map[string]struct {
		v schema.Version
		m schema.Match
	}{
		"IFC2X3": {schema.IFC2X3, schema.Exact}, "IFC4": {schema.IFC4, schema.Exact}, "ifc4x1": {schema.IFC4X1, schema.Exact},
		" IFC4X3_ADD2 ": {schema.IFC4X3, schema.Exact}, "IFC4X3_ADD1": {schema.IFC4X3, schema.Exact}, "IFC4X3": {schema.IFC4X3, schema.Exact},
		"IFC4X3_RC1": {schema.IFC4X3RC1, schema.Exact}, "IFC4X3_RC4": {schema.IFC4X3RC4, schema.Exact},
		"IFC2X_FINAL": {schema.IFC2X3, schema.Nearest}, "IFC2X2_FINAL": {schema.IFC2X3, schema.Nearest}, "IFC20_LONGFORM": {schema.IFC2X3, schema.Nearest},
		"IFC4RC4": {schema.IFC4, schema.Nearest}, "IFC2X4_RC2": {schema.IFC4, schema.Nearest}, "IFC4X4_DEV": {schema.IFC4X3, schema.Nearest},
		"AUTOMOTIVE_DESIGN": {0, schema.Unknown}, "CONFIG_CONTROL_DESIGN": {0, schema.Unknown}, "": {0, schema.Unknown},
	} {
		if v, m := schema.Named(name); v != want.v || m != want.m {
			t.Errorf("Named(%q) = %s %d, want %s %d", name, v, m, want.v, want.m)
		}
	}
	for v := schema.IFC2X3; v <= schema.IFC4X3; v++ {
		if got, m := schema.Named(v.String()); got != v || m != schema.Exact {
			t.Errorf("Named(%s) = %s %d", v, got, m)
		}
	}
}

// TestTablesAreUpToDate generates the tables again and compares. It skips where the
// EXPRESS files are not at hand.
func TestTablesAreUpToDate(t *testing.T) {
	out, err := exec.Command("go", "run", "./gen", "-out", ".", "-check").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if strings.Contains(string(out), "SKIPPED") {
		t.Skip("SKIPPED: " + string(out))
	}
}

func BenchmarkTypeOf(b *testing.B) {
	word := []byte("IFCPOSITIVELENGTHMEASURE")
	b.ReportAllocs()
	for b.Loop() {
		schema.TypeOf(word)
	}
}
