package postgis

import (
	"fmt"
	"math"
	"strings"

	"github.com/shikong-cim/shikong/spatial"
)

// where builds a condition with its parameters.
type where struct {
	parts []string
	args  []any
}

// and adds a condition; each ? stands for one of the arguments.
func (w *where) and(condition string, args ...any) {
	for _, a := range args {
		w.args = append(w.args, a)
		condition = strings.Replace(condition, "?", fmt.Sprintf("$%d", len(w.args)), 1)
	}
	w.parts = append(w.parts, condition)
}

func (w *where) String() string { return strings.Join(w.parts, " and ") }

// recordedAt keeps versions that were recorded at a revision.
func (w *where) recordedAt(revision int64) {
	w.and("v.rev_from <= ?", revision)
	w.and("(v.rev_to is null or v.rev_to > ?)", revision)
}

// overlaps keeps versions whose validity overlaps the interval.
func (w *where) overlaps(valid spatial.Interval) {
	if !valid.Start.IsZero() {
		w.and("(v.valid_to is null or v.valid_to > ?)", valid.Start)
	}
	if !valid.End.IsZero() {
		w.and("(v.valid_from is null or v.valid_from < ?)", valid.End)
	}
}

// turns keeps versions whose validity begins or ends at an instant of the interval.
func (w *where) turns(v spatial.Interval) {
	var sides []string
	for _, column := range []string{"v.valid_from", "v.valid_to"} {
		side := []string{column + " is not null"}
		if !v.Start.IsZero() {
			w.args = append(w.args, v.Start)
			side = append(side, fmt.Sprintf("%s >= $%d", column, len(w.args)))
		}
		if !v.End.IsZero() {
			w.args = append(w.args, v.End)
			side = append(side, fmt.Sprintf("%s < $%d", column, len(w.args)))
		}
		sides = append(sides, strings.Join(side, " and "))
	}
	w.parts = append(w.parts, "("+strings.Join(sides, " or ")+")")
}

// place is a key in the default order, or a version that has it.
type place struct {
	spatial.Cursor
	version int64 // behind this one of the versions with the key; 0 for behind all of them
}

// behind keeps what comes after a key in the default order.
func (w *where) behind(p *place) {
	// This alone lets the index find where to begin; the rest sorts out the id itself.
	w.and("v.id >= ?", p.ID)
	condition, args := "v.id > ? or v.valid_from is not null", []any{p.ID}
	same := "v.valid_from is null"
	if !p.ValidStart.IsZero() {
		condition, args = "v.id > ? or v.valid_from > ?", []any{p.ID, p.ValidStart}
		same = "v.valid_from = ?"
	}
	if p.version > 0 {
		condition += " or (" + same + " and v.version_id > ?)"
		if !p.ValidStart.IsZero() {
			args = append(args, p.ValidStart)
		}
		args = append(args, p.version)
	}
	w.and("("+condition+")", args...)
}

// meetsAny keeps what may meet one of the boxes, whatever their heights.
func (w *where) meetsAny(boxes []spatial.Box, srid int) {
	var parts []string
	for _, b := range boxes {
		for _, p := range b.Split() {
			// Bounding boxes in the index are single precision, rounded outwards.
			w.args = append(w.args, p.Min[0], p.Min[1], p.Max[0], p.Max[1])
			n := len(w.args)
			parts = append(parts, fmt.Sprintf("v.geom && st_makeenvelope($%d, $%d, $%d, $%d, %d)", n-3, n-2, n-1, n, srid))
		}
	}
	w.parts = append(w.parts, "("+strings.Join(parts, " or ")+")")
}

// meets keeps what may meet the box: the index decides by boxes, Box.Intersects exactly.
func (w *where) meets(b spatial.Box, srid int) {
	w.meetsAny([]spatial.Box{b}, srid)
	if !math.IsInf(b.Max[2], 1) {
		w.and("(v.z_min is null or v.z_min <= ?)", b.Max[2])
	}
	if !math.IsInf(b.Min[2], -1) {
		w.and("(v.z_max is null or v.z_max >= ?)", b.Min[2])
	}
}

// of builds the condition of a query but for its box.
func (w *where) of(q *spatial.Query, collection int32, revision int64, model int32) {
	w.and("v.collection_id = ?", collection)
	if q.Ever {
		w.and("v.rev_from <= ?", revision)
	} else {
		w.recordedAt(revision)
	}
	if q.Model != "" {
		w.and("v.model_id = ?", model)
	}
	if q.IDs != nil {
		w.and("v.id = any(?)", q.IDs)
	}
	w.overlaps(q.Valid)
	if q.Changing != nil {
		w.turns(*q.Changing)
	}
}
