package shape

import (
	"errors"
	"slices"

	"github.com/shikong-cim/shikong/ifc/kernel"
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

var ops = map[string]kernel.Op{
	"DIFFERENCE":   kernel.Difference,
	"UNION":        kernel.Union,
	"INTERSECTION": kernel.Intersection,
}

// booleanResult builds a boolean. Long chains, which authoring tools write, are
// walked with a loop, and what is cut off one after the other is cut off at once:
// that is faster, and rounding does not add up. When a step fails the shape before
// it stays and the fault is noted.
func (b *Builder) booleanResult(e model.Entity) (*mesh.Mesh, error) {
	var chain []model.Entity
	base := e
	for b.m.Is(base, schema.IfcBooleanResult) {
		const longest = 10_000
		if len(chain) >= longest {
			return nil, newFault(CodeTooDeep, e, "more than %d booleans in a chain", longest)
		}
		chain = append(chain, base)
		base = b.ref(base, "FirstOperand")
	}
	slices.Reverse(chain)
	m, err := b.operand(base)
	if err != nil {
		return nil, err
	}
	for i := 0; i < len(chain); {
		n := b.differences(chain[i:])
		if n > 1 {
			if r, err := b.cutAll(chain[i:i+n], m); err == nil {
				m = r
				i += n
				continue
			} else if asFault(err, "", e).Code == CodeBudget {
				return nil, err
			}
		}
		for range max(n, 1) {
			if m, err = b.step(chain[i], m); err != nil {
				return nil, err
			}
			i++
		}
	}
	return m, nil
}

// differences returns how many booleans at the beginning of a chain cut off.
func (b *Builder) differences(chain []model.Entity) int {
	for i, e := range chain {
		if !b.m.Attr(e, "Operator").EnumIs("DIFFERENCE") {
			return i
		}
	}
	return len(chain)
}

// step applies one boolean; a fault leaves m as it is, but for a spent budget.
func (b *Builder) step(e model.Entity, m *mesh.Mesh) (*mesh.Mesh, error) {
	r, err := b.combine(e, m)
	if err == nil {
		return r, nil
	}
	f := asFault(err, CodeBoolean, e)
	if f.Code == CodeBudget {
		return nil, f
	}
	b.note(f)
	return m, nil
}

// cutAll cuts the second operands of several differences off m: unbounded half
// spaces by planes, everything else in one boolean.
func (b *Builder) cutAll(chain []model.Entity, m *mesh.Mesh) (*mesh.Mesh, error) {
	var solids []*mesh.Mesh
	for _, e := range chain {
		second := b.ref(e, "SecondOperand")
		var err error
		switch {
		case b.m.Is(second, schema.IfcPolygonalBoundedHalfSpace):
			var cut *mesh.Mesh
			if cut, err = b.boundedHalfSpace(e, second, m.Bounds()); err == nil {
				solids = append(solids, cut)
			}
		case b.m.Is(second, schema.IfcHalfSpaceSolid):
			m, err = b.halfSpace(e, kernel.Difference, m, second)
		default:
			var cut *mesh.Mesh
			if cut, err = b.operand(second); err == nil {
				solids = append(solids, cut)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	if len(solids) == 0 || m.IsEmpty() {
		return m, nil
	}
	return b.boolean(chain[0], kernel.Difference, m, mesh.Merge(solids...))
}

// operand builds a solid operand of a boolean.
func (b *Builder) operand(e model.Entity) (*mesh.Mesh, error) {
	if err := b.enter(e); err != nil {
		return nil, err
	}
	defer b.leave()
	return b.solid(e)
}

// combine applies one boolean to its first operand, which is built already.
func (b *Builder) combine(e model.Entity, first *mesh.Mesh) (*mesh.Mesh, error) {
	op, ok := ops[b.m.Attr(e, "Operator").Enum()]
	if !ok {
		return nil, newFault(CodeBoolean, e, "no operator")
	}
	second := b.ref(e, "SecondOperand")
	if b.m.Is(second, schema.IfcHalfSpaceSolid) {
		return b.halfSpace(e, op, first, second)
	}
	other, err := b.operand(second)
	if err != nil {
		return nil, err
	}
	return b.boolean(e, op, first, other)
}

// boolean combines two meshes. It may cost half of what is left for the product, so
// that a boolean that costs too much still leaves its first operand.
func (b *Builder) boolean(e model.Entity, op kernel.Op, first, second *mesh.Mesh) (*mesh.Mesh, error) {
	whole := b.kernel.Budget
	share := *whole
	share.Steps /= 2
	s := b.kernel
	s.Budget = &share
	before := share.Steps
	r, err := s.Boolean(op, first, second)
	whole.Steps -= before - share.Steps
	whole.Late = whole.Late || share.Late
	b.keep.slack = min(b.keep.slack, 2*share.Steps)
	switch {
	case errors.Is(err, kernel.ErrBudget):
		return nil, newFault(CodeCostly, e, "%v of %d and %d triangles: %w", op, first.NumTriangles(), second.NumTriangles(), err)
	case err != nil:
		return nil, kernelErr(err, CodeBoolean, e)
	case !r.IsEmpty() && !r.Closed:
		return nil, newFault(CodeBoolean, e, "the %v leaves gaps", op)
	}
	return r, nil
}

// halfSpace cuts a solid by a half space: cheaply by a plane where it is
// unbounded.
func (b *Builder) halfSpace(e model.Entity, op kernel.Op, first *mesh.Mesh, half model.Entity) (*mesh.Mesh, error) {
	box := first.Bounds()
	if box.IsEmpty() {
		return first, nil
	}
	if b.m.Is(half, schema.IfcPolygonalBoundedHalfSpace) {
		solid, err := b.boundedHalfSpace(e, half, box)
		if err != nil {
			return nil, err
		}
		return b.boolean(e, op, first, solid)
	}
	plane, agree, err := b.halfSpacePlane(half)
	if err != nil {
		return nil, err
	}
	if op == kernel.Union {
		return b.boolean(e, op, first, kernel.HalfSpace(box, plane, agree))
	}
	normal := plane.Axis(2)
	if agree == (op == kernel.Difference) {
		normal = normal.Scale(-1)
	}
	r, err := b.kernel.Clip(first, plane.Origin(), normal)
	if err != nil {
		return nil, kernelErr(err, CodeBoolean, e)
	}
	if first.Closed && !r.IsEmpty() && !r.Closed {
		return nil, newFault(CodeBoolean, e, "the cut leaves gaps")
	}
	return r, nil
}

// halfSpacePlane returns the plane of a half space, and whether the solid lies on
// the side away from its normal.
func (b *Builder) halfSpacePlane(half model.Entity) (plane mesh.Transform, away bool, err error) {
	surface := b.ref(half, "BaseSurface")
	if !b.m.Is(surface, schema.IfcPlane) {
		return plane, false, newFault(CodeUnsupportedItem+b.m.Type(surface).String(), surface, "a half space behind %s", b.m.Type(surface))
	}
	// ISO 16739-1, IfcHalfSpaceSolid: with AgreementFlag true the solid lies on
	// the side away from the normal.
	return b.m.Axis(b.ref(surface, "Position")), b.m.Attr(half, "AgreementFlag").BoolOr(true), nil
}

// boundedHalfSpace returns the part of a polygonal bounded half space that can
// reach a box.
func (b *Builder) boundedHalfSpace(e, half model.Entity, box mesh.Box) (*mesh.Mesh, error) {
	plane, away, err := b.halfSpacePlane(half)
	if err != nil {
		return nil, err
	}
	prism, err := b.boundary(half, box)
	if err != nil {
		return nil, err
	}
	normal := plane.Axis(2)
	if !away {
		normal = normal.Scale(-1)
	}
	r, err := b.kernel.Clip(prism, plane.Origin(), normal)
	return r, kernelErr(err, CodeBoolean, e)
}

// boundary returns the prism over the polygon of a bounded half space, long enough
// to pass through the box.
func (b *Builder) boundary(half model.Entity, box mesh.Box) (*mesh.Mesh, error) {
	ring, err := b.ring(b.ref(half, "PolygonalBoundary"))
	if err != nil {
		return nil, err
	}
	at := b.m.Axis(b.ref(half, "Position"))
	r, err := b.kernel.Fill(kernel.Profile{Outer: ring})
	if err != nil {
		return nil, kernelErr(err, CodeInvalidProfile, half)
	}
	reach := box.Size().Len() + box.Center().Sub(at.Origin()).Len() + 1
	m, err := b.kernel.Extrude(r, mesh.Vec3{0, 0, 1}, 2*reach)
	if err != nil {
		return nil, kernelErr(err, CodeInvalidItem, half)
	}
	return m.Moved(at.Mul(mesh.Translation(mesh.Vec3{0, 0, -reach}))), nil
}

func (b *Builder) csgSolid(e model.Entity) (*mesh.Mesh, error) {
	return b.operand(b.ref(e, "TreeRootExpression"))
}

func (b *Builder) block(e model.Entity) (*mesh.Mesh, error) {
	m, err := b.kernel.Block(b.len(e, "XLength"), b.len(e, "YLength"), b.len(e, "ZLength"))
	return b.primitive(m, err, e)
}

func (b *Builder) pyramid(e model.Entity) (*mesh.Mesh, error) {
	m, err := b.kernel.Pyramid(b.len(e, "XLength"), b.len(e, "YLength"), b.len(e, "Height"))
	return b.primitive(m, err, e)
}

func (b *Builder) cylinder(e model.Entity) (*mesh.Mesh, error) {
	m, err := b.kernel.Cylinder(b.len(e, "Radius"), b.len(e, "Height"))
	return b.primitive(m, err, e)
}

func (b *Builder) cone(e model.Entity) (*mesh.Mesh, error) {
	m, err := b.kernel.Cone(b.len(e, "BottomRadius"), b.len(e, "Height"))
	return b.primitive(m, err, e)
}

func (b *Builder) sphere(e model.Entity) (*mesh.Mesh, error) {
	m, err := b.kernel.Sphere(b.len(e, "Radius"))
	return b.primitive(m, err, e)
}

func (b *Builder) primitive(m *mesh.Mesh, err error, e model.Entity) (*mesh.Mesh, error) {
	if err != nil {
		return nil, kernelErr(err, CodeInvalidItem, e)
	}
	return b.moved(m, e), nil
}

func (b *Builder) boundingBox(e model.Entity) (*mesh.Mesh, error) {
	corner, ok := b.m.Point(b.ref(e, "Corner"))
	if !ok {
		return nil, b.missing(e, "Corner")
	}
	m, err := b.kernel.Block(b.len(e, "XDim"), b.len(e, "YDim"), b.len(e, "ZDim"))
	if err != nil {
		return nil, kernelErr(err, CodeInvalidItem, e)
	}
	return m.Moved(mesh.Translation(corner)), nil
}
