package shape

import (
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// Solid builds one item, as if it were all of a product.
func (b *Builder) Solid(e model.Entity) (*mesh.Mesh, error) {
	b.issue = fault{}
	b.refill()
	return b.solid(e)
}
