package kernel

import (
	"fmt"
	"math"
)

// The parametric profiles of building products. Sizes are metres, slopes radians;
// every profile is centred on its bounding box, as ISO 16739-1 (profile resource)
// places them. A size that makes no profile gives an error that wraps ErrInvalid.

// Rectangle returns a rectangle of width x and height y.
func Rectangle(x, y float64) (Profile, error) {
	if err := positive("rectangle", x, y); err != nil {
		return Profile{}, err
	}
	return Profile{Outer: rectangle(x/2, y/2)}, nil
}

func rectangle(x, y float64) Ring {
	return Ring{{-x, -y}, {x, -y}, {x, y}, {-x, y}}
}

// RoundedRectangle returns a rectangle whose four corners have the radius.
func (s Settings) RoundedRectangle(x, y, radius float64) (Profile, error) {
	if err := positive("rounded rectangle", x, y); err != nil {
		return Profile{}, err
	}
	return Profile{Outer: s.Rounded(cornersOf(rectangle(x/2, y/2), radius))}, nil
}

func cornersOf(r Ring, radius float64) []Corner {
	c := make([]Corner, len(r))
	for i, p := range r {
		c[i] = Corner{p, radius}
	}
	return c
}

// HollowRectangle is a rectangular tube.
type HollowRectangle struct {
	X, Y, Wall               float64
	InnerRadius, OuterRadius float64
}

// Profile returns the outline and the hole of the tube.
func (h HollowRectangle) Profile(s Settings) (Profile, error) {
	x, y := h.X/2-h.Wall, h.Y/2-h.Wall
	if err := positive("hollow rectangle", h.X, h.Y, h.Wall, x, y); err != nil {
		return Profile{}, err
	}
	return Profile{
		Outer: s.Rounded(cornersOf(rectangle(h.X/2, h.Y/2), h.OuterRadius)),
		Holes: []Ring{s.Rounded(cornersOf(rectangle(x, y), h.InnerRadius))},
	}, nil
}

// Circle returns a disk.
func (s Settings) Circle(radius float64) (Profile, error) {
	return s.Ellipse(radius, radius)
}

// HollowCircle returns a disk with a concentric hole that leaves a wall.
func (s Settings) HollowCircle(radius, wall float64) (Profile, error) {
	inner := radius - wall
	if err := positive("hollow circle", radius, wall); err != nil {
		return Profile{}, err
	}
	if inner <= 0 {
		return s.Circle(radius)
	}
	// Both circles have the same corners, so that the wall is as thick everywhere.
	outer := s.ellipseRing(Vec2{radius, radius})
	hole := make(Ring, len(outer))
	for i, p := range outer {
		hole[i] = p.Scale(inner / radius)
	}
	return Profile{Outer: outer, Holes: []Ring{hole}}, nil
}

// Ellipse returns an ellipse with semi-axes a along x and b along y.
func (s Settings) Ellipse(a, b float64) (Profile, error) {
	if err := positive("ellipse", a, b); err != nil {
		return Profile{}, err
	}
	return Profile{Outer: s.ellipseRing(Vec2{a, b})}, nil
}

// Flange is one of the two arms of an I.
type Flange struct {
	Width, Thickness float64
	// Fillet rounds the corner between web and flange, Edge the flange's end.
	Fillet, Edge float64
	// Slope tilts the inner face; Thickness is then measured halfway between
	// web and end.
	Slope float64
}

// IShape is an I, symmetric or not.
type IShape struct {
	Depth, Web  float64
	Bottom, Top Flange
}

// Profile returns the outline of the I.
func (i IShape) Profile(s Settings) (Profile, error) {
	b, t := i.Bottom, i.Top
	if err := positive("I shape", i.Depth, i.Web, b.Width, b.Thickness, t.Width, t.Thickness,
		i.Depth-b.Thickness-t.Thickness); err != nil {
		return Profile{}, err
	}
	if math.Max(b.Width, t.Width) < i.Web {
		return Profile{}, fmt.Errorf("profile of I shape: %w: web %v wider than the flanges", ErrInvalid, i.Web)
	}
	y, w := i.Depth/2, i.Web/2
	bx, tx := b.Width/2, t.Width/2
	bEdge, bRoot := b.heights(bx - w)
	tEdge, tRoot := t.heights(tx - w)
	right := []Corner{
		{Vec2{bx, -y}, 0}, {Vec2{bx, -y + bEdge}, b.Edge}, {Vec2{w, -y + bRoot}, b.Fillet},
		{Vec2{w, y - tRoot}, t.Fillet}, {Vec2{tx, y - tEdge}, t.Edge}, {Vec2{tx, y}, 0},
	}
	return Profile{Outer: s.Rounded(mirrored(right))}, nil
}

// heights returns the thickness at the end and at the root of a flange that
// stands out by reach.
func (f Flange) heights(reach float64) (edge, root float64) {
	d := math.Tan(f.Slope) * reach / 2
	if !(math.Abs(d) < f.Thickness) {
		d = 0
	}
	return f.Thickness - d, f.Thickness + d
}

// mirrored closes a right half, given from bottom to top, with its mirror image.
func mirrored(right []Corner) []Corner {
	all := append([]Corner(nil), right...)
	for k := len(right) - 1; k >= 0; k-- {
		c := right[k]
		c.At[0] = -c.At[0]
		all = append(all, c)
	}
	return all
}

// LShape is an angle: a leg along the bottom, a leg up the left side.
type LShape struct {
	Depth, Width, Thickness float64
	Fillet, Edge, Slope     float64
}

// Profile returns the outline of the angle.
func (l LShape) Profile(s Settings) (Profile, error) {
	if l.Width == 0 {
		l.Width = l.Depth
	}
	t := l.Thickness
	if err := positive("L shape", l.Depth, l.Width, t, l.Depth-t, l.Width-t); err != nil {
		return Profile{}, err
	}
	x, y := l.Width/2, l.Depth/2
	hEdge, hRoot := Flange{Thickness: t, Slope: l.Slope}.heights(l.Width - t)
	vEdge, vRoot := Flange{Thickness: t, Slope: l.Slope}.heights(l.Depth - t)
	return Profile{Outer: s.Rounded([]Corner{
		{Vec2{-x, -y}, 0}, {Vec2{x, -y}, 0}, {Vec2{x, -y + hEdge}, l.Edge},
		{Vec2{-x + vRoot, -y + hRoot}, l.Fillet}, {Vec2{-x + vEdge, y}, l.Edge}, {Vec2{-x, y}, 0},
	})}, nil
}

// TShape is a T: the flange on top, the web below it.
type TShape struct {
	Depth, FlangeWidth, Web, Flange float64
	Fillet, FlangeEdge, WebEdge     float64
	WebSlope, FlangeSlope           float64
}

// Profile returns the outline of the T.
func (t TShape) Profile(s Settings) (Profile, error) {
	if err := positive("T shape", t.Depth, t.FlangeWidth, t.Web, t.Flange, t.Depth-t.Flange, t.FlangeWidth-t.Web); err != nil {
		return Profile{}, err
	}
	x, y := t.FlangeWidth/2, t.Depth/2
	fEdge, fRoot := Flange{Thickness: t.Flange, Slope: t.FlangeSlope}.heights(x - t.Web/2)
	wEdge, wRoot := Flange{Thickness: t.Web / 2, Slope: t.WebSlope}.heights(t.Depth - t.Flange)
	return Profile{Outer: s.Rounded(mirrored([]Corner{
		{Vec2{wEdge, -y}, t.WebEdge}, {Vec2{wRoot, y - fRoot}, t.Fillet},
		{Vec2{x, y - fEdge}, t.FlangeEdge}, {Vec2{x, y}, 0},
	}))}, nil
}

// UShape is a channel that opens towards +x.
type UShape struct {
	Depth, FlangeWidth, Web, Flange float64
	Fillet, Edge, Slope             float64
}

// Profile returns the outline of the channel.
func (u UShape) Profile(s Settings) (Profile, error) {
	if err := positive("U shape", u.Depth, u.FlangeWidth, u.Web, u.Flange, u.Depth-2*u.Flange, u.FlangeWidth-u.Web); err != nil {
		return Profile{}, err
	}
	x, y := u.FlangeWidth/2, u.Depth/2
	edge, root := Flange{Thickness: u.Flange, Slope: u.Slope}.heights(u.FlangeWidth - u.Web)
	w := -x + u.Web
	return Profile{Outer: s.Rounded([]Corner{
		{Vec2{-x, -y}, 0}, {Vec2{x, -y}, 0}, {Vec2{x, -y + edge}, u.Edge}, {Vec2{w, -y + root}, u.Fillet},
		{Vec2{w, y - root}, u.Fillet}, {Vec2{x, y - edge}, u.Edge}, {Vec2{x, y}, 0}, {Vec2{-x, y}, 0},
	})}, nil
}

// CShape is a cold-formed channel with lips that opens towards +x.
type CShape struct {
	Depth, Width, Wall, Girth float64
	// Fillet is the inner radius of the bends; the outer one is larger by Wall.
	Fillet float64
}

// Profile returns the outline of the channel.
func (c CShape) Profile(s Settings) (Profile, error) {
	t := c.Wall
	if err := positive("C shape", c.Depth, c.Width, t, c.Girth, c.Depth-2*t, c.Width-2*t, c.Depth/2-c.Girth); err != nil {
		return Profile{}, err
	}
	inner, outerRadius := c.Fillet, 0.0
	if inner > 0 {
		outerRadius = inner + t
	}
	x, y := c.Width/2, c.Depth/2
	return Profile{Outer: s.Rounded([]Corner{
		{Vec2{-x, -y}, outerRadius}, {Vec2{x, -y}, outerRadius}, {Vec2{x, -y + c.Girth}, 0}, {Vec2{x - t, -y + c.Girth}, 0},
		{Vec2{x - t, -y + t}, inner}, {Vec2{-x + t, -y + t}, inner}, {Vec2{-x + t, y - t}, inner}, {Vec2{x - t, y - t}, inner},
		{Vec2{x - t, y - c.Girth}, 0}, {Vec2{x, y - c.Girth}, 0}, {Vec2{x, y}, outerRadius}, {Vec2{-x, y}, outerRadius},
	})}, nil
}

// ZShape is a Z: the lower flange points to +x, the upper one to −x; both widths
// include the web.
type ZShape struct {
	Depth, FlangeWidth, Web, Flange float64
	Fillet, Edge                    float64
}

// Profile returns the outline of the Z.
func (z ZShape) Profile(s Settings) (Profile, error) {
	if err := positive("Z shape", z.Depth, z.FlangeWidth, z.Web, z.Flange, z.Depth-2*z.Flange, z.FlangeWidth-z.Web); err != nil {
		return Profile{}, err
	}
	w, y := z.Web/2, z.Depth/2
	x := z.FlangeWidth - w
	return Profile{Outer: s.Rounded([]Corner{
		{Vec2{-w, -y}, 0}, {Vec2{x, -y}, 0}, {Vec2{x, -y + z.Flange}, z.Edge}, {Vec2{w, -y + z.Flange}, z.Fillet},
		{Vec2{w, y}, 0}, {Vec2{-x, y}, 0}, {Vec2{-x, y - z.Flange}, z.Edge}, {Vec2{-w, y - z.Flange}, z.Fillet},
	})}, nil
}

// Trapezium returns a trapezium of height y: bottom and top are the widths of its
// parallel sides, offset is how far the top begins to the right of the bottom. The
// middle of its box is the origin.
func Trapezium(bottom, top, y, offset float64) (Profile, error) {
	if err := positive("trapezium", bottom, top, y); err != nil {
		return Profile{}, err
	}
	x := -(math.Min(0, offset) + math.Max(bottom, offset+top)) / 2
	return Profile{Outer: Ring{{x, -y / 2}, {x + bottom, -y / 2}, {x + offset + top, y / 2}, {x + offset, y / 2}}}, nil
}
