package georef

import (
	"fmt"
	"math"
	"strings"

	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/spatial/crs"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// A representation context may have a WorldCoordinateSystem of its own. ISO 16739-1 calls
// it the offset between the zero point of the model and the point that a map conversion
// relates to, and does not say in which direction. Programs leave it out, apply it, or
// take it away, and files exist that hold it in their placements as well. So it is left
// out as long as the model then stands in the area of its system, and what the other
// readings would change is said; it counts where only with it the model stands there.

// worldSystem is the WorldCoordinateSystem of the model's context.
type worldSystem struct {
	context model.Entity // 0 when it has none, or one that changes nothing
	at      mesh.Transform
	used    bool
	others  string // what other readings than the one used would change
}

func worldOf(m *model.Model) worldSystem {
	for _, c := range m.Contexts() {
		if c.Type == "Model" && c.World != mesh.Identity() {
			return worldSystem{context: c.Entity, at: c.World}
		}
	}
	return worldSystem{}
}

// isFar reports whether the offset may lead from small coordinates to those of a map.
func (w worldSystem) isFar() bool {
	o := w.at.Origin()
	return w.context != 0 && math.Hypot(o[0], o[1]) > zeroReach
}

// worldReading is a way in which the offset may be meant.
type worldReading struct {
	verb string
	by   mesh.Transform
}

// readings returns the ways in which the offset may be meant, but for leaving it out;
// none when it tilts the model, which no map conversion does.
func (w worldSystem) readings() []worldReading {
	const upright = 1e-9
	back, ok := w.at.Inverse()
	if w.context == 0 || !ok || math.Abs(w.at.Axis(2)[2]-1) > upright {
		return nil
	}
	return []worldReading{{"applied", w.at}, {"taken away", back}}
}

// after returns the similarity of points that an upright transform has moved before; false
// when that is none, because lengths change differently along x and y.
func (sim similarity) after(t mesh.Transform) (similarity, bool) {
	turn := math.Atan2(t.Axis(0)[1], t.Axis(0)[0])
	if turn != 0 && sim.scale[0] != sim.scale[1] {
		return sim, false
	}
	o := t.Origin()
	sim.east, sim.north = sim.of(o)
	sim.height += sim.scale[2] * o[2]
	sim.rotation += turn
	return sim, true
}

// throughWorld returns the similarity by the first reading of the WorldCoordinateSystem that
// puts the model into a system's area, and keeps what the others say.
func (s *Survey) throughWorld(sim similarity, grid *crs.CRS) (similarity, bool) {
	for _, r := range s.world.readings() {
		moved, ok := sim.after(r.by)
		if !ok || s.check(moved, grid) != nil {
			continue
		}
		s.world.used = s.world.used || len(s.Rungs) == 0
		s.warn(CodeWorld, "only with the WorldCoordinateSystem of the representation context #%d, %s, the model stands in the area of %s; so it counts",
			s.m.Number(s.world.context), r.verb, grid)
		return moved, true
	}
	return sim, false
}

// besideWorld keeps where the readings of the WorldCoordinateSystem would put a model that
// stands in its system's area without it.
func (s *Survey) besideWorld(sim similarity, grid *crs.CRS) {
	if len(s.Rungs) > 0 {
		return // what a lesser rung says does not place the model
	}
	e, n := sim.of(s.anchor)
	var list []string
	for _, r := range s.world.readings() {
		moved, ok := sim.after(r.by)
		if !ok || s.check(moved, grid) != nil {
			continue
		}
		e1, n1 := moved.of(s.anchor)
		rise := moved.height - sim.height
		list = append(list, fmt.Sprintf("%s it would move the model by %s and raise it by %.2f m", r.verb, metres(math.Hypot(e1-e, n1-n)), rise))
	}
	s.world.others = strings.Join(list, ", ")
}

// compareWorld says what a WorldCoordinateSystem that was left out would change.
func (s *Survey) compareWorld(first Rung) {
	number := s.m.Number(s.world.context)
	switch {
	case s.world.context == 0 || s.world.used:
	case first.Source == SourceSite || first.Source == SourceOption:
		s.warn(CodeWorld, "the representation context #%d has a WorldCoordinateSystem of its own; a place by %s does not depend on it", number, first.Source)
	case len(s.world.readings()) == 0:
		s.warn(CodeWorld, "the representation context #%d has a WorldCoordinateSystem of its own that tilts the model; it is not applied", number)
	case s.world.others == "":
		s.warn(CodeWorld, "the representation context #%d has a WorldCoordinateSystem of its own, which is not applied: with it the model would stand outside of %s", number, first.CRS)
	default:
		s.warn(CodeWorld, "the representation context #%d has a WorldCoordinateSystem of its own, which programs read differently; it is not applied: %s. State the place of the model's own zero point with --georef FILE if one of these is meant",
			number, s.world.others)
	}
}
