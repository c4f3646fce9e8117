package shape

import (
	"errors"
	"strings"

	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// rank orders representations by how well they show a product: the identifiers of
// ISO 16739-1, IfcShapeRepresentation, and what authoring tools write.
var rank = map[string]int{
	"body":            100,
	"facetation":      90,
	"tessellation":    90,
	"mesh":            90,
	"body-fallback":   80,
	"surface":         70,
	"surfacemodel":    70,
	"solidmodel":      70,
	"sweptsolid":      70,
	"brep":            70,
	"lighting":        20,
	"reference":       15,
	"clearance":       5,
	"profile":         5,
	"coverings":       60,
	"axis":            50,
	"curve3d":         48,
	"footprint":       45,
	"curve2d":         44,
	"plan":            43,
	"annotation":      42,
	"annotation2d":    41,
	"survey points":   40,
	"cog":             2,
	"box":             1,
	"boundingbox":     1,
	"symbol":          3,
	"style":           0,
	"foundation body": 65,
}

// bodyTypes are the RepresentationTypes of solids and surfaces.
var bodyTypes = map[string]bool{
	"sweptsolid": true, "advancedsweptsolid": true, "brep": true, "advancedbrep": true, "clipping": true,
	"csg": true, "surfacemodel": true, "tessellation": true, "mappedrepresentation": true, "solidmodel": true,
	"surface": true, "surface3d": true, "surface2d": true, "sectionedspine": true, "facetedbrep": true, "surfaceorsolidmodel": true,
}

// candidate is a representation that may show a product.
type candidate struct {
	entity model.Entity
	rank   int
	body   bool
	box    bool
}

// candidates returns the representations of a product, best first.
func (b *Builder) candidates(product model.Entity) []candidate {
	var list []candidate
	for v := range b.m.Attr(product, "Representation").Attr("Representations").Items() {
		e := v.Entity()
		if e == 0 || b.m.Attr(e, "Items").Len() == 0 {
			continue // it holds nothing that could be shown
		}
		c := b.judge(e)
		at := len(list)
		for at > 0 && list[at-1].rank < c.rank {
			at--
		}
		list = append(list, candidate{})
		copy(list[at+1:], list[at:])
		list[at] = c
	}
	return list
}

func (b *Builder) judge(e model.Entity) candidate {
	id := strings.ToLower(strings.TrimSpace(b.m.Attr(e, "RepresentationIdentifier").Text()))
	typ := strings.ToLower(strings.TrimSpace(b.m.Attr(e, "RepresentationType").Text()))
	r, known := rank[id]
	switch {
	case typ == "boundingbox":
		r = 1
	case known:
	case bodyTypes[typ]:
		r = 60
	default:
		r = 30
	}
	body, lines := b.kinds(e, 8)
	// Items that are missing or of an unknown kind count as what the
	// representation is called.
	body = body || r >= 60 && !lines
	return candidate{entity: e, rank: r, body: body && r > 1, box: r == 1}
}

// kinds reports whether a representation holds solids or surfaces, and whether it
// holds lines, points or text, looking through mapped items to the given depth.
func (b *Builder) kinds(representation model.Entity, depth int) (body, lines bool) {
	for v := range b.m.Attr(representation, "Items").Items() {
		item := v.Entity()
		switch {
		case b.isMapped(item):
			if depth > 0 {
				sub, subLines := b.kinds(b.m.Attr(item, "MappingSource").Attr("MappedRepresentation").Entity(), depth-1)
				body, lines = body || sub, lines || subLines
			}
		case b.isBodyItem(item):
			body = true
		case b.isCurveItem(item) || b.isIgnored(item):
			lines = true
		}
	}
	return body, lines
}

// product builds the best representation that gives something.
func (b *Builder) product(product model.Entity) Result {
	list := b.candidates(product)
	if len(list) == 0 {
		for v := range b.m.Attr(product, "Representation").Attr("Representations").Items() {
			if e := v.Entity(); e != 0 {
				return Result{Code: CodeEmpty, Message: "the representation has no items", Entity: e}
			}
		}
		return Result{Code: CodeNoRepresentation, Message: "the product has no representation", Entity: product}
	}
	hasBody := false
	for _, c := range list {
		hasBody = hasBody || c.body && !c.box
	}
	var first fault
	for _, c := range list {
		if c.box {
			continue
		}
		if hasBody && !c.body {
			break // lines do not stand in for a solid: its box says more
		}
		b.issue = fault{}
		instances, err := b.representation(c.entity)
		if c.body && len(instances) > 0 {
			instances = b.cutOpenings(product, instances)
			if len(instances) == 0 && err == nil && b.issue.Code == "" {
				// The openings leave nothing: walls are modelled that way
				// where a window takes all of their place.
				return Result{Outcome: Exact, Body: true}
			}
		}
		if err == nil && len(instances) > 0 {
			r := b.finish(product, instances)
			r.Body = c.body
			if first.Code != "" && r.Outcome == Exact {
				r.Outcome = Approximate
				r.Code, r.Message, r.Entity = first.Code, first.Err.Error(), first.Entity
			}
			return r
		}
		if first.Code == "" {
			first = b.whyNothing(c.entity, err)
		}
	}
	if first.Code == "" {
		first = fault{CodeBoxOnly, product, errors.New("the product is given by its bounding box only")}
	}
	r := b.fallback(product, first, hasBody)
	return r
}

// whyNothing returns the fault of a representation that gave nothing.
func (b *Builder) whyNothing(representation model.Entity, err error) fault {
	switch {
	case err != nil:
		return asFault(err, CodeInvalidItem, representation)
	case b.issue.Code != "":
		return b.issue
	}
	if body, lines := b.kinds(representation, 8); body || !lines {
		return fault{CodeEmpty, representation, errors.New("the items of the representation leave nothing")}
	}
	return fault{CodeNoExtent, representation, errors.New("the representation holds points and text only")}
}

// finish puts instances where the product stands and colours them.
func (b *Builder) finish(product model.Entity, instances []mesh.Instance) Result {
	place := b.placement(product)
	look := b.productLook(product)
	out := make([]mesh.Instance, 0, len(instances))
	triangles := 0
	for _, in := range instances {
		triangles += in.Mesh.NumTriangles()
		in.Transform = place.Mul(in.Transform)
		if in.Material == (mesh.Material{}) {
			in.Material = look
		}
		if in.Mesh.IsEmpty() || !in.Transform.IsFinite() {
			continue
		}
		out = append(out, in)
	}
	if triangles > b.opt.MaxTriangles {
		return b.fallback(product, asFault(newFault(CodeBudget, product, "%d triangles, at most %d are allowed", triangles, b.opt.MaxTriangles), "", product), true)
	}
	r := Result{Instances: out, Outcome: Exact}
	if b.issue.Code != "" {
		r.Outcome, r.Code, r.Message, r.Entity = Approximate, b.issue.Code, b.issue.Err.Error(), b.issue.Entity
	}
	if len(out) == 0 {
		r.Outcome = None
		if r.Code == "" {
			r.Code, r.Message, r.Entity = CodeEmpty, "the items of the representation leave nothing", product
		}
	}
	return r
}
