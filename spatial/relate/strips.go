package relate

import "math"

// strips are an index over the segments of a shape: the box around them is cut into strips
// of latitude, each with a list of what reaches into it. A shape of few segments has none.
type strips struct {
	low, scale float64
	lists      [][]int32
}

// few is how many segments are gone through one by one.
const few = 24

func (st *strips) make(s *Shape) {
	n := len(s.segments)
	height := s.box[3] - s.box[1]
	if n <= few || !(height > 0) || math.IsInf(height, 0) {
		return
	}
	count := min(max(n/4, 4), 4096)
	st.low, st.scale = s.box[1], float64(count)/height
	if math.IsInf(st.scale, 0) {
		return
	}
	st.lists = make([][]int32, count)
	for i, t := range s.segments {
		for k := st.of(t.low()); k <= st.of(t.high()); k++ {
			st.lists[k] = append(st.lists[k], int32(i))
		}
	}
}

// of returns the strip of a latitude; it rises with it.
func (st *strips) of(y float64) int {
	k := (y - st.low) * st.scale
	return int(min(max(k, 0), float64(len(st.lists)-1)))
}

// at calls f with the segments that may reach a latitude until f returns false.
func (st *strips) at(s *Shape, y float64, f func(i int) bool) {
	if st.lists == nil {
		for i := range s.segments {
			if !f(i) {
				return
			}
		}
		return
	}
	for _, i := range st.lists[st.of(y)] {
		if !f(int(i)) {
			return
		}
	}
}

// around calls f with the segments that may reach a latitude that is known only so far, each
// once.
func (st *strips) around(s *Shape, y, slack float64, f func(i int)) {
	st.between(s, segment{xy{math.Inf(-1), y - slack}, xy{math.Inf(1), y + slack}}, func(i int) bool { f(i); return true })
}

// ulp is the distance to the next float of that size, or of 1 for smaller ones.
func ulp(v float64) float64 {
	v = max(math.Abs(v), 1)
	return math.Nextafter(v, math.Inf(1)) - v
}

// between calls f with the segments whose boxes meet that of t, each once, until f returns
// false.
func (st *strips) between(s *Shape, t segment, f func(i int) bool) bool {
	if st.lists == nil {
		for i := range s.segments {
			if !s.segments[i].apart(t) && !f(i) {
				return false
			}
		}
		return true
	}
	first := st.of(t.low())
	for k := first; k <= st.of(t.high()); k++ {
		for _, i := range st.lists[k] {
			o := s.segments[i]
			if o.apart(t) || k != max(first, st.of(o.low())) {
				continue // or it was met in a strip before
			}
			if !f(int(i)) {
				return false
			}
		}
	}
	return true
}
