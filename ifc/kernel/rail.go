package kernel

import "fmt"

// CraneRail is a rail with a head, a web and a foot, symmetric. Depths count from the top of
// the head and from the bottom of the foot.
type CraneRail struct {
	Height, Web float64
	// HeadWidth is that of the head, HeadSide the depth of its upright side, HeadDepth that
	// at the web, HeadRadius rounds its upper edges.
	HeadWidth, HeadSide, HeadDepth, HeadRadius float64
	// BaseWidth is that of the foot, BaseSide the depth of its upright side, BaseDepth that
	// at the web. Between, the depth is KneeDepth at the width KneeWidth, unless that is 0.
	BaseWidth, BaseSide, BaseDepth float64
	KneeWidth, KneeDepth           float64
}

// Profile returns the outline of the rail.
func (r CraneRail) Profile(s Settings) (Profile, error) {
	if err := positive("crane rail", r.Height, r.Web, r.HeadWidth, r.HeadSide, r.HeadDepth, r.BaseWidth, r.BaseSide, r.BaseDepth,
		r.Height-r.HeadDepth-r.BaseDepth, r.HeadWidth-r.Web, r.BaseWidth-r.Web); err != nil {
		return Profile{}, err
	}
	if r.HeadDepth < r.HeadSide || r.BaseDepth < r.BaseSide || r.KneeWidth > 0 && (r.KneeWidth < r.Web || r.KneeWidth > r.BaseWidth) {
		return Profile{}, fmt.Errorf("profile of crane rail: %w: a head or a foot that grows thinner towards the web", ErrInvalid)
	}
	y, w := r.Height/2, r.Web/2
	right := []Corner{{Vec2{r.BaseWidth / 2, -y}, 0}, {Vec2{r.BaseWidth / 2, -y + r.BaseSide}, 0}}
	if r.KneeWidth > 0 {
		right = append(right, Corner{Vec2{r.KneeWidth / 2, -y + r.KneeDepth}, 0})
	}
	right = append(right, Corner{Vec2{w, -y + r.BaseDepth}, 0}, Corner{Vec2{w, y - r.HeadDepth}, 0},
		Corner{Vec2{r.HeadWidth / 2, y - r.HeadSide}, 0}, Corner{Vec2{r.HeadWidth / 2, y}, r.HeadRadius})
	return Profile{Outer: s.Rounded(mirrored(right))}, nil
}
