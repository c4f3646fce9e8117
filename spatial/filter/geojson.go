package filter

import (
	"github.com/go-faster/jx"
	"github.com/twpayne/go-geom"
)

// coordinates are GeoJSON's nested arrays: a position, or a list of one depth less.
type coordinates struct {
	depth     int // of arrays
	positions int // the depth of positions, 1 for a bare one; 0 before the first
	flat      []float64
	stride    int
	counts    [][]int // by depth, from 0: how many members each list of others has
}

// coordinates reads nested arrays of numbers.
func (p *jsonParser) coordinates(c *coordinates, level int) error {
	const deepest = 4
	if p.d.Next() != jx.Array {
		return p.wrong("", "an array is expected")
	}
	if level == deepest {
		return p.wrong("", "coordinates are nested too deep")
	}
	n, numbers := 0, false
	err := p.d.Arr(func(d *jx.Decoder) error {
		n++
		if d.Next() == jx.Number {
			if n > 1 && !numbers {
				return p.wrong("", "an array is expected")
			}
			numbers = true
			v, err := p.number()
			if n <= 3 {
				c.flat = append(c.flat, v)
			}
			return err
		}
		if numbers {
			return p.wrong("", "a number is expected")
		}
		return p.coordinates(c, level+1)
	})
	if err != nil {
		return err
	}
	if numbers {
		return p.positionEnds(c, level, n)
	}
	for len(c.counts) <= level {
		c.counts = append(c.counts, nil)
	}
	c.counts[level] = append(c.counts[level], n)
	c.depth = max(c.depth, level+1)
	return nil
}

// positionEnds checks a position that was read.
func (p *jsonParser) positionEnds(c *coordinates, level, n int) error {
	if err := p.vertex(p.here(), c.flat[len(c.flat)-min(n, 3):]); err != nil {
		return err
	}
	if n < 2 {
		return p.wrong("", "a position has at least two numbers")
	}
	n = min(n, 3)
	if c.stride == 0 {
		c.stride = n
	}
	if c.stride != n {
		return p.wrong("give all of them heights or none", "positions with and without heights are mixed")
	}
	if c.positions == 0 {
		c.positions = level + 1
	}
	if c.positions != level+1 {
		return p.wrong("", "positions of different depths are mixed")
	}
	c.depth = max(c.depth, level+1)
	return nil
}

func (c *coordinates) layout() geom.Layout {
	if c.stride == 3 {
		return geom.XYZ
	}
	return geom.XY
}

// depths are how deep the coordinates of each type are nested.
var depths = map[string]int{"Point": 1, "LineString": 2, "MultiPoint": 2, "Polygon": 3, "MultiLineString": 3, "MultiPolygon": 4}

// shape makes the geometry of an object with a type.
func (p *jsonParser) shape(m *members) (geom.T, error) {
	if m.typ == "GeometryCollection" {
		if !m.is("type", "geometries") {
			return nil, p.wrong("", "a GeometryCollection has type and geometries")
		}
		c := geom.NewGeometryCollection()
		if err := c.Push(m.geometries...); err != nil {
			return nil, p.wrong("give all of it heights or none", "geometries with and without heights are mixed")
		}
		return c, nil
	}
	depth, ok := depths[m.typ]
	if !ok {
		return nil, p.wrong("", "%q is no type of geometry", clip(m.typ))
	}
	c := m.coordinates
	if !m.is("type", "coordinates") {
		return nil, p.wrong("", "a %s has type and coordinates", m.typ)
	}
	if c.depth > depth || c.positions > 0 && c.positions != depth {
		return nil, p.wrong("", "the coordinates of a %s are nested %d deep", m.typ, depth)
	}
	if len(c.counts) == depth && depth > 1 {
		return nil, p.wrong("", "a position has at least two numbers")
	}
	return p.built(m.typ, c)
}

func (p *jsonParser) built(typ string, c *coordinates) (geom.T, error) {
	switch typ {
	case "Point":
		if len(c.flat) == 0 {
			return geom.NewPointEmpty(geom.XY), nil
		}
		return geom.NewPointFlat(c.layout(), c.flat), nil
	case "MultiPoint":
		return geom.NewMultiPointFlat(c.layout(), c.flat), nil
	case "LineString":
		return geom.NewLineStringFlat(c.layout(), c.flat), checkRun(p.here(), c.flat, c.stride, 2, false)
	case "Polygon":
		ends, err := p.ends(c, 1, 0, 4, true)
		return geom.NewPolygonFlat(c.layout(), c.flat, ends), err
	case "MultiLineString":
		ends, err := p.ends(c, 1, 0, 2, false)
		return geom.NewMultiLineStringFlat(c.layout(), c.flat, ends), err
	}
	return p.multiPolygon(c)
}

// ends returns where the runs of one level end, without empty ones.
func (p *jsonParser) ends(c *coordinates, level, start, least int, closed bool) (ends []int, err error) {
	if level >= len(c.counts) {
		return nil, nil
	}
	for _, n := range c.counts[level] {
		if n == 0 {
			continue
		}
		end := start + n*c.stride
		if err := checkRun(p.here(), c.flat[start:end], c.stride, least, closed); err != nil {
			return nil, err
		}
		ends, start = append(ends, end), end
	}
	return ends, nil
}

func (p *jsonParser) multiPolygon(c *coordinates) (geom.T, error) {
	if len(c.flat) == 0 {
		return geom.NewMultiPolygon(geom.XY), nil
	}
	all, err := p.ends(c, 2, 0, 4, true)
	if err != nil {
		return nil, err
	}
	var endss [][]int
	rings := c.counts[2]
	for _, n := range c.counts[1] {
		var ends []int
		for _, r := range rings[:n] {
			if r > 0 {
				ends, all = append(ends, all[0]), all[1:]
			}
		}
		if rings = rings[n:]; len(ends) > 0 {
			endss = append(endss, ends)
		}
	}
	return geom.NewMultiPolygonFlat(c.layout(), c.flat, endss), nil
}
