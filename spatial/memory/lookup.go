package memory

import (
	"runtime"

	"github.com/shikong-cim/shikong/spatial"
)

// lookup is a value on the way into a dictionary.
type lookup struct {
	hash     uint64
	from, to int // its bytes in the dictionary's buffer, none for null
	kind     spatial.ValueKind
	have     ValueID // an id that it may have, 0 for none known
}

// appendIDs appends the ids of the names and properties of several features, each its name
// first, and adds the values that are new. To look values up one by one is to wait for main
// memory four times each; here each step is done for all of them before the next, so that many
// waits are one.
func (d *dict) appendIDs(ids []ValueID, list []spatial.Version) []ValueID {
	d.buf, d.ahead = d.buf[:0], d.ahead[:0]
	for i := range list {
		f := &list[i].Feature
		name := spatial.Value{}
		if f.Name != "" {
			name = spatial.StringOf(f.Name)
		}
		d.lookAhead(name)
		for _, p := range f.Properties {
			d.lookAhead(p.Value)
		}
	}
	d.fetchAhead()
	for i := range d.ahead {
		l := &d.ahead[i]
		if l.from == l.to {
			ids = append(ids, 0)
			continue
		}
		ids = append(ids, d.putHashed(l.hash, l.kind, d.buf[l.from:l.to]))
	}
	return ids
}

func (d *dict) lookAhead(v spatial.Value) {
	l := lookup{from: len(d.buf), kind: v.Kind()}
	d.buf = AppendWire(d.buf, v)
	if l.to = len(d.buf); l.to > l.from {
		l.hash = d.hash(l.kind, d.buf[l.from:])
	}
	d.ahead = append(d.ahead, l)
}

// fetchAhead has the processor fetch what the lookups will ask for.
func (d *dict) fetchAhead() {
	mask, sum := uint64(len(d.slots)-1), uint64(0)
	for i := range d.ahead {
		sum += d.slots[d.ahead[i].hash&mask]
	}
	for i := range d.ahead {
		l := &d.ahead[i]
		for at := l.hash & mask; d.slots[at] != 0; at = (at + 1) & mask {
			if slot := d.slots[at]; slot>>32 == l.hash>>32 {
				l.have = ValueID(slot - 1)
				break
			}
		}
	}
	for i := range d.ahead {
		have := d.ahead[i].have
		sum += uint64(d.kinds[have]) + uint64(d.start[have])
	}
	for i := range d.ahead {
		sum += uint64(d.wire[d.start[d.ahead[i].have]])
	}
	runtime.KeepAlive(sum)
}
