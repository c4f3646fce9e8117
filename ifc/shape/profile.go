package shape

import (
	"github.com/shikong-cim/shikong/ifc/kernel"
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
)

// parameterFunc reads the sizes of a parametric profile and makes it.
type parameterFunc func(*Builder, model.Entity) (kernel.Profile, error)

// parameterBuilders returns the builder of every parametric profile.
func parameterBuilders() map[schema.Type]parameterFunc {
	return map[schema.Type]parameterFunc{
		schema.IfcRectangleProfileDef:        (*Builder).rectangle,
		schema.IfcRoundedRectangleProfileDef: (*Builder).roundedRectangle,
		schema.IfcRectangleHollowProfileDef:  (*Builder).hollowRectangle,
		schema.IfcCircleProfileDef:           (*Builder).circleProfile,
		schema.IfcCircleHollowProfileDef:     (*Builder).hollowCircle,
		schema.IfcEllipseProfileDef:          (*Builder).ellipseProfile,
		schema.IfcIShapeProfileDef:           (*Builder).iShape,
		schema.IfcAsymmetricIShapeProfileDef: (*Builder).asymmetricIShape,
		schema.IfcLShapeProfileDef:           (*Builder).lShape,
		schema.IfcTShapeProfileDef:           (*Builder).tShape,
		schema.IfcUShapeProfileDef:           (*Builder).uShape,
		schema.IfcCShapeProfileDef:           (*Builder).cShape,
		schema.IfcZShapeProfileDef:           (*Builder).zShape,
		schema.IfcTrapeziumProfileDef:        (*Builder).trapezium,
		schema.IfcCraneRailAShapeProfileDef:  (*Builder).craneRailA,
		schema.IfcCraneRailFShapeProfileDef:  (*Builder).craneRailF,
	}
}

// parameterizedProfile makes a parametric profile and puts it at its Position.
func (b *Builder) parameterizedProfile(e model.Entity) ([]kernel.Profile, error) {
	t := b.m.Type(e)
	build, ok := b.parameters[t]
	for s := t; !ok && s != 0; s = b.m.Tables().Super(s) {
		build, ok = b.parameters[s]
	}
	if !ok {
		return nil, newFault(CodeUnsupportedItem+t.String(), e, "no area is known for %s", t)
	}
	p, err := build(b, e)
	if err != nil {
		return nil, kernelErr(err, CodeInvalidProfile, e)
	}
	if at := b.ref(e, "Position"); at != 0 {
		return movedProfiles([]kernel.Profile{p}, b.m.Axis(at)), nil
	}
	return []kernel.Profile{p}, nil
}

// slope returns an angle attribute in radians, 0 when it is not given.
func (b *Builder) slope(e model.Entity, attribute string) float64 {
	return b.m.Attr(e, attribute).FloatOr(0) * b.angle
}

// opt returns a length attribute in metres, 0 when it is not given.
func (b *Builder) optional(e model.Entity, attribute string) float64 {
	return b.lenOr(e, attribute, 0)
}

func (b *Builder) rectangle(e model.Entity) (kernel.Profile, error) {
	return kernel.Rectangle(b.len(e, "XDim"), b.len(e, "YDim"))
}

func (b *Builder) roundedRectangle(e model.Entity) (kernel.Profile, error) {
	return b.kernel.RoundedRectangle(b.len(e, "XDim"), b.len(e, "YDim"), b.len(e, "RoundingRadius"))
}

func (b *Builder) hollowRectangle(e model.Entity) (kernel.Profile, error) {
	return kernel.HollowRectangle{
		X: b.len(e, "XDim"), Y: b.len(e, "YDim"), Wall: b.len(e, "WallThickness"),
		InnerRadius: b.optional(e, "InnerFilletRadius"), OuterRadius: b.optional(e, "OuterFilletRadius"),
	}.Profile(b.kernel)
}

func (b *Builder) circleProfile(e model.Entity) (kernel.Profile, error) {
	return b.kernel.Circle(b.len(e, "Radius"))
}

func (b *Builder) hollowCircle(e model.Entity) (kernel.Profile, error) {
	return b.kernel.HollowCircle(b.len(e, "Radius"), b.len(e, "WallThickness"))
}

func (b *Builder) ellipseProfile(e model.Entity) (kernel.Profile, error) {
	return b.kernel.Ellipse(b.len(e, "SemiAxis1"), b.len(e, "SemiAxis2"))
}

func (b *Builder) iShape(e model.Entity) (kernel.Profile, error) {
	flange := kernel.Flange{
		Width: b.len(e, "OverallWidth"), Thickness: b.len(e, "FlangeThickness"),
		Fillet: b.optional(e, "FilletRadius"), Edge: b.optional(e, "FlangeEdgeRadius"), Slope: b.slope(e, "FlangeSlope"),
	}
	return kernel.IShape{Depth: b.len(e, "OverallDepth"), Web: b.len(e, "WebThickness"), Bottom: flange, Top: flange}.Profile(b.kernel)
}

// asymmetricIShape reads both spellings: IFC2X3 derives the profile from the
// symmetric I and names its own attributes only for the top.
func (b *Builder) asymmetricIShape(e model.Entity) (kernel.Profile, error) {
	either := func(first, second string) float64 {
		return b.lenOr(e, first, b.len(e, second))
	}
	bottom := kernel.Flange{
		Width: either("BottomFlangeWidth", "OverallWidth"), Thickness: either("BottomFlangeThickness", "FlangeThickness"),
		Fillet: b.lenOr(e, "BottomFlangeFilletRadius", b.optional(e, "FilletRadius")),
		Edge:   b.optional(e, "BottomFlangeEdgeRadius"), Slope: b.slope(e, "BottomFlangeSlope"),
	}
	top := kernel.Flange{
		Width: b.len(e, "TopFlangeWidth"), Thickness: b.lenOr(e, "TopFlangeThickness", bottom.Thickness),
		Fillet: b.optional(e, "TopFlangeFilletRadius"), Edge: b.optional(e, "TopFlangeEdgeRadius"), Slope: b.slope(e, "TopFlangeSlope"),
	}
	return kernel.IShape{Depth: b.len(e, "OverallDepth"), Web: b.len(e, "WebThickness"), Bottom: bottom, Top: top}.Profile(b.kernel)
}

func (b *Builder) lShape(e model.Entity) (kernel.Profile, error) {
	return kernel.LShape{
		Depth: b.len(e, "Depth"), Width: b.optional(e, "Width"), Thickness: b.len(e, "Thickness"),
		Fillet: b.optional(e, "FilletRadius"), Edge: b.optional(e, "EdgeRadius"), Slope: b.slope(e, "LegSlope"),
	}.Profile(b.kernel)
}

func (b *Builder) tShape(e model.Entity) (kernel.Profile, error) {
	return kernel.TShape{
		Depth: b.len(e, "Depth"), FlangeWidth: b.len(e, "FlangeWidth"), Web: b.len(e, "WebThickness"), Flange: b.len(e, "FlangeThickness"),
		Fillet: b.optional(e, "FilletRadius"), FlangeEdge: b.optional(e, "FlangeEdgeRadius"), WebEdge: b.optional(e, "WebEdgeRadius"),
		WebSlope: b.slope(e, "WebSlope"), FlangeSlope: b.slope(e, "FlangeSlope"),
	}.Profile(b.kernel)
}

func (b *Builder) uShape(e model.Entity) (kernel.Profile, error) {
	return kernel.UShape{
		Depth: b.len(e, "Depth"), FlangeWidth: b.len(e, "FlangeWidth"), Web: b.len(e, "WebThickness"), Flange: b.len(e, "FlangeThickness"),
		Fillet: b.optional(e, "FilletRadius"), Edge: b.optional(e, "EdgeRadius"), Slope: b.slope(e, "FlangeSlope"),
	}.Profile(b.kernel)
}

func (b *Builder) cShape(e model.Entity) (kernel.Profile, error) {
	return kernel.CShape{
		Depth: b.len(e, "Depth"), Width: b.len(e, "Width"), Wall: b.len(e, "WallThickness"), Girth: b.len(e, "Girth"),
		Fillet: b.optional(e, "InternalFilletRadius"),
	}.Profile(b.kernel)
}

func (b *Builder) zShape(e model.Entity) (kernel.Profile, error) {
	return kernel.ZShape{
		Depth: b.len(e, "Depth"), FlangeWidth: b.len(e, "FlangeWidth"), Web: b.len(e, "WebThickness"), Flange: b.len(e, "FlangeThickness"),
		Fillet: b.optional(e, "FilletRadius"), Edge: b.optional(e, "EdgeRadius"),
	}.Profile(b.kernel)
}

func (b *Builder) trapezium(e model.Entity) (kernel.Profile, error) {
	return kernel.Trapezium(b.len(e, "BottomXDim"), b.len(e, "TopXDim"), b.len(e, "YDim"), b.optional(e, "TopXOffset"))
}

// craneRailA reads a rail of IFC2X3 whose foot is wider than its head (DIN 536, form A).
func (b *Builder) craneRailA(e model.Entity) (kernel.Profile, error) {
	return kernel.CraneRail{
		Height: b.len(e, "OverallHeight"), Web: b.len(e, "WebThickness"),
		HeadWidth: b.len(e, "HeadWidth"), HeadSide: b.len(e, "HeadDepth3"), HeadDepth: b.len(e, "HeadDepth2"), HeadRadius: b.optional(e, "Radius"),
		BaseWidth: b.len(e, "BaseWidth2"), BaseSide: b.len(e, "BaseDepth1"), BaseDepth: b.len(e, "BaseDepth2"),
		KneeWidth: b.len(e, "BaseWidth4"), KneeDepth: b.len(e, "BaseDepth3"),
	}.Profile(b.kernel)
}

// craneRailF reads a rail of IFC2X3 whose foot is as wide as its head (DIN 536, form F).
func (b *Builder) craneRailF(e model.Entity) (kernel.Profile, error) {
	width := b.len(e, "HeadWidth")
	return kernel.CraneRail{
		Height: b.len(e, "OverallHeight"), Web: b.len(e, "WebThickness"),
		HeadWidth: width, HeadSide: b.len(e, "HeadDepth3"), HeadDepth: b.len(e, "HeadDepth2"), HeadRadius: b.optional(e, "Radius"),
		BaseWidth: width, BaseSide: b.len(e, "BaseDepth1"), BaseDepth: b.len(e, "BaseDepth2"),
	}.Profile(b.kernel)
}
