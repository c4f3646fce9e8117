package model

import (
	"strings"

	"github.com/shikong-cim/shikong/ifc/schema"
)

// Color is a surface's colour: sRGB as the file has it and opacity, each 0 to 1.
type Color struct{ R, G, B, A float32 }

// Color returns the colour of a representation item: that of an IfcStyledItem of its own,
// a surface style before a curve or fill style. It is false when the item has none; then
// the colour of what the item is mapped from, or of the material, counts.
func (m *Model) Color(item Entity) (Color, bool) {
	for _, styled := range m.Related(Styles, item) {
		if c, ok := m.styledColor(styled); ok {
			return c, true
		}
	}
	return Color{}, false
}

// MaterialColor returns the colour that a material definition is shown in: of an
// IfcMaterial itself, or of the first layer, constituent, profile or list member that has
// one.
func (m *Model) MaterialColor(material Entity) (Color, bool) {
	for _, part := range m.materialParts(material) {
		for _, look := range m.Related(MaterialLooks, part.Entity) {
			for representation := range m.Attr(look, "Representations").Items() {
				for item := range representation.Attr("Items").Items() {
					if c, ok := m.styledColor(item.Entity()); ok {
						return c, true
					}
				}
			}
		}
	}
	return Color{}, false
}

// maxStyleDepth bounds how deep style assignments may stand inside each other.
const maxStyleDepth = 4

// styledColor returns the colour of an IfcStyledItem.
func (m *Model) styledColor(styled Entity) (Color, bool) {
	best, rank := Color{}, 0
	m.eachStyle(m.Attr(styled, "Styles"), 0, func(style Entity) {
		if c, r := m.styleColor(style); r > rank {
			best, rank = c, r
		}
	})
	return best, rank > 0
}

// eachStyle goes over the styles of a list, into the assignments of IFC2X3.
func (m *Model) eachStyle(list Value, depth int, each func(Entity)) {
	for item := range list.Items() {
		e := item.Entity()
		if m.Type(e) != schema.IfcPresentationStyleAssignment {
			each(e)
		} else if depth < maxStyleDepth {
			m.eachStyle(m.Attr(e, "Styles"), depth+1, each)
		}
	}
}

// The ranks of styles: a surface's colour says most about how a solid looks.
const (
	rankCurve = iota + 1
	rankFill
	rankSurface
)

func (m *Model) styleColor(style Entity) (Color, int) {
	switch m.Type(style) {
	case schema.IfcSurfaceStyle:
		for item := range m.Attr(style, "Styles").Items() {
			if c, ok := m.shading(item.Entity()); ok {
				return c, rankSurface
			}
		}
	case schema.IfcFillAreaStyle:
		for item := range m.Attr(style, "FillStyles").Items() {
			if c, ok := m.colour(item.Entity()); ok {
				return c, rankFill
			}
		}
	case schema.IfcCurveStyle:
		if c, ok := m.colour(m.Attr(style, "CurveColour").Entity()); ok {
			return c, rankCurve
		}
	}
	return Color{}, 0
}

// shading returns the colour of an IfcSurfaceStyleShading or -Rendering with its opacity.
func (m *Model) shading(e Entity) (Color, bool) {
	if !m.Is(e, schema.IfcSurfaceStyleShading) {
		return Color{}, false
	}
	c, ok := m.colour(m.Attr(e, "SurfaceColour").Entity())
	if t, given := m.Attr(e, "Transparency").Float(); given && t >= 0 && t <= 1 {
		c.A = float32(1 - t)
	}
	return c, ok
}

// colour returns an IfcColourRgb or one of the drawing colours known by name.
func (m *Model) colour(e Entity) (Color, bool) {
	switch m.Type(e) {
	case schema.IfcColourRgb:
		var c [3]float32
		for i, name := range [...]string{"Red", "Green", "Blue"} {
			f, ok := m.Attr(e, name).Float()
			if !ok {
				return Color{}, false
			}
			c[i] = float32(min(max(f, 0), 1))
		}
		return Color{c[0], c[1], c[2], 1}, true
	case schema.IfcDraughtingPreDefinedColour:
		c, ok := drawingColors[strings.ToLower(m.Attr(e, "Name").Text())]
		return c, ok
	}
	return Color{}, false
}

// drawingColors are the colours that ISO 10303-202 knows by name.
var drawingColors = map[string]Color{
	"black": {0, 0, 0, 1}, "red": {1, 0, 0, 1}, "green": {0, 1, 0, 1}, "blue": {0, 0, 1, 1},
	"yellow": {1, 1, 0, 1}, "magenta": {1, 0, 1, 1}, "cyan": {0, 1, 1, 1}, "white": {1, 1, 1, 1},
}

// FaceColors returns the colours of an IfcIndexedColourMap of a tessellated face set, and
// for each face in order the index of its colour; nil when it has none. Indices that point
// nowhere are −1.
func (m *Model) FaceColors(faceSet Entity) (colors []Color, faces []int) {
	colorMap := m.relations[ColorMaps].forward.one(faceSet)
	if colorMap == 0 {
		return nil, nil
	}
	opacity := float32(m.Attr(colorMap, "Opacity").FloatOr(1))
	rgb := m.Attr(colorMap, "Colours").Attr("ColourList").Floats(nil)
	for i := 0; i+2 < len(rgb); i += 3 {
		colors = append(colors, Color{float32(rgb[i]), float32(rgb[i+1]), float32(rgb[i+2]), opacity})
	}
	faces = m.Attr(colorMap, "ColourIndex").Ints(nil)
	for i := range faces {
		// The index begins with 1.
		if faces[i]--; faces[i] >= len(colors) {
			faces[i] = -1
		}
	}
	return colors, faces
}
