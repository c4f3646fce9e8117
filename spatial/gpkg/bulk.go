package gpkg

import (
	"fmt"
	"hash/maphash"
	"slices"

	"zombiezen.com/go/sqlite"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/sorting"
)

// seed makes hashes of ids that cannot be foreseen, so that no file can be made to collide.
var seed = maphash.MakeSeed()

// append stores a feature of a delivery into an empty collection. Whether its id came before
// is found out afterwards, by sorting hashes.
func (i *importer) append(f *spatial.Feature) error {
	if err := i.add(f, 0); err != nil {
		return err
	}
	i.given++
	return i.ids.Add(sorting.Entry{Key: maphash.String(seed, f.ID), Number: i.version})
}

// repeat is a row whose id came more than once.
type repeat struct {
	version int64
	id      string
	valid   spatial.Interval
}

// settle finds ids that were given more than once: versions of one id share its number, and
// those for the same time are numbered or refused. Then it makes the index by id.
func (i *importer) settle() error {
	var groups []repeat // to be given other ids
	var group []int64
	last := uint64(0)
	flush := func() error {
		if len(group) < 2 {
			return nil
		}
		again, err := i.settleHash(group)
		groups = append(groups, again...)
		return err
	}
	err := i.ids.Each(func(e *sorting.Entry) error {
		if e.Key != last {
			if err := flush(); err != nil {
				return err
			}
			group, last = group[:0], e.Key
		}
		group = append(group, e.Number)
		return nil
	})
	if err == nil {
		err = flush()
	}
	if err == nil {
		err = i.ids.Close()
	}
	if err == nil {
		err = i.k.createIDIndex(i.c)
	}
	if err != nil || len(groups) == 0 {
		return err
	}
	if i.heldStmt, err = i.c.Prepare(heldSQL(i.k.table)); err != nil {
		return err
	}
	slices.SortFunc(groups, func(a, b repeat) int { return int(a.version - b.version) })
	for k := range groups {
		if err := i.rename(&groups[k]); err != nil {
			return err
		}
	}
	return nil
}

// settleHash settles the rows whose ids have the same hash, and returns those that need
// another id.
func (i *importer) settleHash(versions []int64) ([]repeat, error) {
	slices.Sort(versions)
	byID := map[string][]repeat{}
	var order []string
	for _, v := range versions {
		err := query(i.c, fmt.Sprintf("SELECT id, valid_from, valid_to FROM %s WHERE version_id = ?", i.k.versions()), []any{v}, func(r *sqlite.Stmt) error {
			id := r.ColumnText(0)
			if byID[id] == nil {
				order = append(order, id)
			}
			byID[id] = append(byID[id], repeat{v, id, spatial.Interval{Start: columnTime(r, 1), End: columnTime(r, 2)}})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	var again []repeat
	for _, id := range order {
		rest, err := i.settleID(byID[id])
		if err != nil {
			return nil, err
		}
		again = append(again, rest...)
	}
	return again, nil
}

func (i *importer) settleID(rows []repeat) (again []repeat, err error) {
	kept := rows
	if overlap(rows) {
		if !i.in.NumberRepeats {
			return nil, duplicate(rows[0].id)
		}
		kept = nil
		for _, r := range rows {
			if slices.ContainsFunc(kept, func(k repeat) bool { return k.valid.Overlaps(r.valid) }) {
				again = append(again, r)
				continue
			}
			kept = append(kept, r)
		}
	}
	for _, r := range kept[1:] {
		i.given--
		if err := query(i.c, fmt.Sprintf("UPDATE %s SET num = ? WHERE version_id = ?", i.k.versions()), []any{kept[0].version, r.version}, nil); err != nil {
			return nil, err
		}
	}
	return again, nil
}

// overlap reports whether any two share an instant.
func overlap(rows []repeat) bool {
	sorted := slices.Clone(rows)
	slices.SortFunc(sorted, func(a, b repeat) int { return a.valid.Start.Compare(b.valid.Start) })
	for k := range sorted[1:] {
		if sorted[k].valid.Overlaps(sorted[k+1].valid) {
			return true
		}
	}
	return false
}

// rename gives a row the next id that is free for its time.
func (i *importer) rename(r *repeat) error {
	for n := max(i.firstNumber(r.id, r.valid), 2); ; n++ {
		id := fmt.Sprintf("%s~%d", r.id, n)
		if err := i.hold(id); err != nil {
			return err
		}
		if i.repeated(r.valid) {
			continue
		}
		i.hint(r.id, n)
		var num any
		if len(i.held) > 0 {
			num = i.held[0].num
			i.given--
		}
		return query(i.c, fmt.Sprintf("UPDATE %s SET id = ?, num = ? WHERE version_id = ?", i.k.versions()), []any{id, num, r.version}, nil)
	}
}
