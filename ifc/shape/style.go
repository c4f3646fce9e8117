package shape

import (
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// defaultRGBA is the colour of what the file gives none: a light grey.
var defaultRGBA = [4]float32{0.8, 0.8, 0.8, 1}

func rgba(c model.Color) [4]float32 { return [4]float32{c.R, c.G, c.B, c.A} }

// itemLook returns the look of a representation item by its own style, or of the
// first operand of a boolean; the zero Material when it has none.
func (b *Builder) itemLook(e model.Entity) mesh.Material {
	for range 32 {
		if c, ok := b.m.Color(e); ok {
			return mesh.Material{RGBA: rgba(c)}
		}
		switch {
		case b.m.Is(e, schema.IfcBooleanResult):
			e = b.ref(e, "FirstOperand")
		case b.m.Is(e, schema.IfcCsgSolid):
			e = b.ref(e, "TreeRootExpression")
		case b.m.Is(e, schema.IfcTessellatedFaceSet):
			if colors, faces := b.m.FaceColors(e); len(colors) > 0 {
				return mesh.Material{RGBA: rgba(mostUsed(colors, faces))}
			}
			return mesh.Material{}
		default:
			return mesh.Material{}
		}
	}
	return mesh.Material{}
}

// mostUsed returns the colour that most faces have.
func mostUsed(colors []model.Color, faces []int) model.Color {
	count := make([]int, len(colors))
	best := 0
	for _, i := range faces {
		if i < 0 || i >= len(count) {
			continue
		}
		if count[i]++; count[i] > count[best] {
			best = i
		}
	}
	return colors[best]
}

// productLook returns the look of a product by its material, for items without
// style.
func (b *Builder) productLook(product model.Entity) mesh.Material {
	look := mesh.Material{RGBA: defaultRGBA}
	if c, ok := b.m.MaterialColor(b.m.MaterialOf(product)); ok {
		look.RGBA = rgba(c)
	} else if c, ok := classColors[b.m.Type(product)]; ok {
		look.RGBA = c
	}
	if list := b.m.Materials(product); len(list) > 0 {
		look.Name = list[0].Name
	}
	return look
}

// classColors are the colours of classes that one expects to look through or to
// tell apart when the file gives them none.
var classColors = map[schema.Type][4]float32{
	schema.IfcSpace:          {0.6, 0.75, 0.9, 0.25},
	schema.IfcOpeningElement: {0.9, 0.5, 0.4, 0.25},
	schema.IfcWindow:         {0.6, 0.75, 0.85, 0.5},
	schema.IfcSlab:           {0.7, 0.7, 0.68, 1},
	schema.IfcRoof:           {0.65, 0.4, 0.35, 1},
	schema.IfcColumn:         {0.72, 0.7, 0.66, 1},
	schema.IfcDoor:           {0.6, 0.45, 0.3, 1},
	schema.IfcSite:           {0.55, 0.65, 0.45, 1},
}
