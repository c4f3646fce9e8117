package shape

import (
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

// booleanResult builds a boolean. Long chains of differences, which authoring
// tools write, are walked with a loop; when a step fails the shape before it
// stays and the fault is noted.
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
	m, err := b.operand(base)
	if err != nil {
		return nil, err
	}
	for i := len(chain) - 1; i >= 0; i-- {
		r, err := b.combine(chain[i], m)
		if err != nil {
			f := asFault(err, CodeBoolean, chain[i])
			if f.Code == CodeBudget {
				return nil, f
			}
			b.note(f)
			continue
		}
		m = r
	}
	return m, nil
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

func (b *Builder) boolean(e model.Entity, op kernel.Op, first, second *mesh.Mesh) (*mesh.Mesh, error) {
	r, err := b.kernel.Boolean(op, first, second)
	if err != nil {
		return nil, kernelErr(err, CodeBoolean, e)
	}
	if !r.IsEmpty() && !r.Closed {
		return nil, newFault(CodeBoolean, e, "the %v leaves gaps", op)
	}
	return r, nil
}

// halfSpace cuts a solid by a half space: cheaply by a plane where it is
// unbounded.
func (b *Builder) halfSpace(e model.Entity, op kernel.Op, first *mesh.Mesh, half model.Entity) (*mesh.Mesh, error) {
	surface := b.ref(half, "BaseSurface")
	if !b.m.Is(surface, schema.IfcPlane) {
		return nil, newFault(CodeUnsupportedItem+b.m.Type(surface).String(), surface, "a half space behind %s", b.m.Type(surface))
	}
	plane := b.m.Axis(b.ref(surface, "Position"))
	// ISO 16739-1, IfcHalfSpaceSolid: with AgreementFlag true the solid lies on
	// the side away from the normal.
	agree := b.m.Attr(half, "AgreementFlag").BoolOr(true)
	if !b.m.Is(half, schema.IfcPolygonalBoundedHalfSpace) && op != kernel.Union {
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
	box := first.Bounds()
	if box.IsEmpty() {
		return first, nil
	}
	solid := kernel.HalfSpace(box, plane, agree)
	if b.m.Is(half, schema.IfcPolygonalBoundedHalfSpace) {
		prism, err := b.boundary(half, box)
		if err != nil {
			return nil, err
		}
		normal := plane.Axis(2)
		if !agree {
			normal = normal.Scale(-1)
		}
		if solid, err = b.kernel.Clip(prism, plane.Origin(), normal); err != nil {
			return nil, kernelErr(err, CodeBoolean, e)
		}
	}
	return b.boolean(e, op, first, solid)
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
	return b.moved(m, e, "Position"), nil
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
