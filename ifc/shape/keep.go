package shape

import (
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
)

// keeper keeps what representations and items gave for those who use them again, and what
// that had cost.
type keeper struct {
	built map[model.Entity]built
	again map[model.Entity]bool // items of several representations; nil until asked
	// slack is the least that was left of the limits of the shape at hand, in steps: the
	// same comes out of every budget that is smaller by no more than that.
	slack int64
}

// kept returns what e gives: from the store, or built now and kept. What is kept costs the
// product as much as it cost the first, and is built anew for a product with too little left
// for it, so that no outcome depends on which products came before.
func (b *Builder) kept(e model.Entity, build func(model.Entity) built) built {
	left := b.kernel.Budget.Steps
	if got, ok := b.keep.built[e]; ok && got.need <= left {
		b.kernel.Budget.Steps -= got.cost
		b.keep.slack = min(b.keep.slack, left-got.need)
		return got
	}
	outer := b.keep.slack
	b.keep.slack = left
	got := build(e)
	got.cost = left - b.kernel.Budget.Steps
	b.keep.slack = min(b.keep.slack, b.kernel.Budget.Steps)
	got.need = left - b.keep.slack
	if b.keep.slack >= 0 && !b.kernel.Budget.Late {
		b.keep.built[e] = got
	}
	b.keep.slack = min(b.keep.slack, outer)
	return got
}

// isShared reports whether several representations hold an item: authoring tools write equal
// parts that way, without an IfcMappedItem.
func (b *Builder) isShared(item model.Entity) bool {
	if b.keep.again == nil {
		b.keep.again = b.sharedItems()
	}
	return b.keep.again[item]
}

func (b *Builder) sharedItems() map[model.Entity]bool {
	once := make([]uint64, b.m.Len()/64+1)
	again := make(map[model.Entity]bool)
	for r := range b.m.All(schema.IfcRepresentation) {
		for v := range b.m.Attr(r, "Items").Items() {
			e := v.Entity()
			if bit := uint64(1) << (e % 64); once[e/64]&bit == 0 {
				once[e/64] |= bit
			} else {
				again[e] = true
			}
		}
	}
	return again
}
