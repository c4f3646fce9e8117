package gpkg

import (
	"fmt"

	"zombiezen.com/go/sqlite"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/sorting"
)

// put takes one feature, already checked, into the transaction.
func (i *importer) put(f *spatial.Feature) error {
	if i.bulk {
		return i.append(f)
	}
	return i.merge(f)
}

// add stores a new version.
func (i *importer) add(f *spatial.Feature, num uint64) error {
	i.version++
	bodies, err := i.bodies.put(i.version, f.Body)
	if err != nil {
		return fmt.Errorf("feature %q: %w", f.ID, err)
	}
	n := newRow{version: i.version, model: i.model, revision: i.revision, frame: i.frame, num: num, bodies: bodies}
	box, err := i.rows.insert(n, f, i.datum.srs)
	if err != nil {
		return err
	}
	i.came.add(box, f.Z, f.Valid)
	i.came.fields.add(f.Properties)
	if err := i.came.fields.check(f.ID); err != nil {
		return err
	}
	i.came.shapes |= shapeBits(f.Geometry)
	return i.index(i.version, box)
}

// index keeps a rectangle for the spatial index.
func (i *importer) index(version int64, box rect) error {
	if box.isEmpty() {
		return nil
	}
	return i.places.Add(sorting.Entry{Key: sorting.OnEarth(box), Number: version, Box: outward(box)})
}

// heldVersion is a version of one id that is there already, or came with this delivery.
type heldVersion struct {
	version, model, frame int64
	ended                 bool
	bodies                bool
	valid                 spatial.Interval
	num                   uint64
	hash                  spatial.Hash
}

func heldSQL(t table) string {
	return fmt.Sprintf("SELECT version_id, model_id, frame_id, rev_to IS NOT NULL, bodies, valid_from, valid_to, num, hash FROM %s INDEXED BY %s WHERE id = ?", t.versions(), t.idIndex())
}

// hold reads all versions of an id into i.held.
func (i *importer) hold(id string) error {
	i.held = i.held[:0]
	s := i.heldStmt
	s.BindText(1, id)
	for {
		row, err := s.Step()
		if err != nil {
			return err
		}
		if !row {
			return s.Reset()
		}
		h := heldVersion{version: s.ColumnInt64(0), model: s.ColumnInt64(1), frame: s.ColumnInt64(2), ended: s.ColumnBool(3), bodies: s.ColumnInt64(4) > 0,
			valid: spatial.Interval{Start: columnTime(s, 5), End: columnTime(s, 6)}, num: uint64(s.ColumnInt64(7))}
		if h.num == 0 {
			h.num = uint64(h.version)
		}
		s.ColumnBytes(8, h.hash[:])
		i.held = append(i.held, h)
	}
}

// mine reports whether the version is the model's own and recorded, isGiven whether this
// delivery has given it, anew or as one that stays.
func (i *importer) mine(h *heldVersion) bool { return !h.ended && h.model == i.model }
func (i *importer) isGiven(h *heldVersion) bool {
	return i.mine(h) && (h.version > i.before || i.seen.has(h.version))
}

// merge compares a feature with the versions of its id.
func (i *importer) merge(f *spatial.Feature) error {
	if err := i.distinguish(f); err != nil {
		return err
	}
	num, first := uint64(0), true
	for k := range i.held {
		if num == 0 {
			num = i.held[k].num
		}
		first = first && !i.isGiven(&i.held[k])
	}
	if first || !i.in.From.IsZero() {
		i.given++
	}
	if !i.in.From.IsZero() {
		return i.goOn(f, num)
	}
	for k := range i.held {
		h := &i.held[k]
		if i.mine(h) && !i.isGiven(h) && h.valid.Equal(f.Valid) && i.same(h, f) {
			i.seen.add(h.version)
			return nil
		}
	}
	return i.addUnlessTaken(f, num)
}

// distinguish reads the versions of the feature's id, and when the delivery has given the
// id for the same time before, gives the feature another id or refuses it.
func (i *importer) distinguish(f *spatial.Feature) error {
	id := f.ID
	for n := i.firstNumber(id, f.Valid); ; n++ {
		if n >= 2 {
			f.ID = fmt.Sprintf("%s~%d", id, n)
		}
		if err := i.hold(f.ID); err != nil {
			return err
		}
		if !i.repeated(f.Valid) {
			return nil
		}
		if !i.in.NumberRepeats {
			return duplicate(id)
		}
		n = max(n, 1)
		i.hint(id, n+1)
	}
}

// hint remembers from where on numbers of repeats may be free, lest a thousand repeats try
// a million numbers.
func (i *importer) hint(id string, n int) {
	if i.hints == nil || len(i.hints) > 10_000 {
		i.hints = map[string]int{}
	}
	i.hints[id] = n
}

// firstNumber returns the number to begin with, less than 2 for the id itself. What lies
// below the hint is taken for some time, hence for all of it.
func (i *importer) firstNumber(id string, valid spatial.Interval) int {
	if valid.IsAll() || !i.in.From.IsZero() {
		return i.hints[id]
	}
	return 0
}

func (i *importer) repeated(valid spatial.Interval) bool {
	for k := range i.held {
		if i.isGiven(&i.held[k]) && i.held[k].valid.Overlaps(valid) {
			return true
		}
	}
	return false
}

func duplicate(id string) error {
	return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "duplicate-id", Message: fmt.Sprintf("the id %q is given twice for the same time", id),
		Hint: "name a field that is unique with --id, or fields of validity with --valid-from and --valid-to"}
}

func (i *importer) same(h *heldVersion, f *spatial.Feature) bool {
	return h.hash == f.Hash && (!h.bodies || h.frame == i.frame)
}

// addUnlessTaken stores a new version, unless another model holds its id for the same time.
func (i *importer) addUnlessTaken(f *spatial.Feature, num uint64) error {
	for k := range i.held {
		h := &i.held[k]
		if !h.ended && h.model != i.model && h.valid.Overlaps(f.Valid) {
			name, err := newRowReader(i.c, i.k.Name).model(h.model)
			if err != nil {
				return err
			}
			return &spatial.Problem{Kind: spatial.ErrConflict, Code: "id-taken",
				Message: fmt.Sprintf("the id %q is held by the model %q of the collection %q at the same time", f.ID, name, i.k.Name),
				Hint:    "import into another collection, or end the other model first"}
		}
	}
	return i.add(f, num)
}

// goOn continues the versions of one id from Import.From on with the content of f.
func (i *importer) goOn(f *spatial.Feature, num uint64) error {
	from := i.in.From
	held := append([]heldVersion(nil), i.live()...)
	for k := range held {
		h := &held[k]
		if h.valid.Start.After(from) || !i.same(h, f) {
			continue
		}
		if h.valid.End.IsZero() {
			i.seen.add(h.version)
			return nil
		}
		for n := range held {
			if _, err := i.end(held[n].version); err != nil {
				return err
			}
		}
		f.Valid.Start = h.valid.Start
		return i.addUnlessTaken(f, num)
	}
	for k := range held {
		if err := i.cutShort(&held[k]); err != nil {
			return err
		}
	}
	return i.addUnlessTaken(f, num)
}

// live are the model's recorded versions in i.held that reach beyond Import.From.
func (i *importer) live() []heldVersion {
	window := spatial.Interval{Start: i.in.From}
	n := 0
	for k := range i.held {
		h := &i.held[k]
		if i.mine(h) && h.version <= i.before && h.valid.Overlaps(window) {
			i.held[n], i.held[k] = i.held[k], i.held[n]
			n++
		}
	}
	return i.held[:n]
}

// cutShort ends a version at Import.From: it ends being recorded, and what of it lies
// before is recorded anew.
func (i *importer) cutShort(h *heldVersion) error {
	old, err := i.end(h.version)
	if err != nil || !h.valid.Start.Before(i.in.From) {
		return err
	}
	i.version++
	k := i.k.versions()
	err = query(i.c, fmt.Sprintf(`INSERT INTO %[1]s SELECT ?1, model_id, ?2, NULL, valid_from, ?3, ifnull(num, version_id), frame_id, bodies, underground,
		z_min, z_max, hash, id, kind, name, storey, geom, properties FROM %[1]s WHERE version_id = ?4`, k), []any{i.version, i.revision, micros(i.in.From), h.version}, nil)
	if err == nil && h.bodies {
		err = query(i.c, "INSERT INTO shikong_body SELECT ?, ord, mesh_id, transform, material, rgba FROM shikong_body WHERE version_id = ?", []any{i.version, h.version}, nil)
	}
	if err != nil {
		return err
	}
	i.came.add(old.box, old.z, spatial.Interval{Start: h.valid.Start, End: i.in.From})
	i.came.fields.add(old.properties)
	return i.index(i.version, old.box)
}

// oldVersion is what the tallies need of a version that ends.
type oldVersion struct {
	box        rect
	z          spatial.ZRange
	properties spatial.Properties
}

// end ends a version being recorded.
func (i *importer) end(version int64) (oldVersion, error) {
	old, valid, err := readOld(i.c, i.k.table, version)
	if err != nil {
		return old, err
	}
	i.went.add(old.box, old.z, valid)
	i.went.fields.add(old.properties)
	return old, query(i.c, fmt.Sprintf("UPDATE %s SET rev_to = ? WHERE version_id = ?", i.k.versions()), []any{i.revision, version}, nil)
}

// readOld reads what the tallies need of one version.
func readOld(c *sqlite.Conn, t table, version int64) (old oldVersion, valid spatial.Interval, err error) {
	var p propertyReader
	err = query(c, fmt.Sprintf("SELECT %s FROM %s WHERE version_id = ?", oldColumns, t.versions()), []any{version}, func(r *sqlite.Stmt) (err error) {
		old, valid, err = columnOld(r, &p)
		return err
	})
	return old, valid, err
}

const oldColumns = "valid_from, valid_to, z_min, z_max, geom, properties"

func columnOld(r *sqlite.Stmt, p *propertyReader) (old oldVersion, valid spatial.Interval, err error) {
	valid = spatial.Interval{Start: columnTime(r, 0), End: columnTime(r, 1)}
	if !r.ColumnIsNull(2) {
		old.z = spatial.ZRange{Min: r.ColumnFloat(2), Max: r.ColumnFloat(3), Known: true}
	}
	if old.box, err = columnRect(r, 4); err == nil {
		old.properties, err = p.read(r.ColumnText(5))
	}
	return old, valid, err
}

// columnRect reads the rectangle of a geometry from the head of its blob.
func columnRect(r *sqlite.Stmt, col int) (rect, error) {
	n := r.ColumnLen(col)
	if n == 0 {
		return emptyRect(), nil
	}
	var head [headBytes]byte
	b := head[:min(n, headBytes)]
	r.ColumnBytes(col, b)
	box, err := blobBounds(b)
	if err != nil && n > headBytes {
		box, err = blobBounds(columnBytes(r, col))
	}
	return box, err
}
