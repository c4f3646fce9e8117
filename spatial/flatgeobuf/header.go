package flatgeobuf

import "slices"

// header returns what stands before the tree: the table Header (header.fbs).
func (w *writer) header() ([]byte, error) {
	z, nodes, box := uint64(0), uint64(0), []float64{}
	if w.z {
		z = 1
	}
	if w.indexed() {
		nodes, box = nodeSize, []float64{w.box.Min[0], w.box.Min[1], w.box.Max[0], w.box.Max[1]}
	}
	fields := []field{
		{id: 0, size: 4}, {id: 1, size: 4}, {id: 7, size: 4}, {id: 10, size: 4}, {id: 11, size: 4}, {id: 12, size: 4},
		{id: 2, size: 1, value: w.geometryType()}, {id: 3, size: 1, value: z},
		{id: 8, size: 8, value: uint64(w.count)}, {id: 9, size: 2, value: nodes},
	}
	const name, envelope, columns, system, title, description = 0, 1, 2, 3, 4, 5 // of fields
	b := &w.buffer
	b.begin()
	b.table(rootSlot, fields)
	b.text(fields[name].slot, w.layer.Collection.Name)
	b.text(fields[title].slot, w.layer.Collection.Title)
	b.text(fields[description].slot, w.layer.Collection.Description)
	b.vector(fields[envelope].slot, 8, len(box))
	for _, v := range box {
		b.float(v)
	}
	w.headerColumns(fields[columns].slot)
	w.headerCRS(fields[system].slot)
	header, err := b.end()
	return slices.Clone(header), err
}

// headerColumns writes the tables Column: name, type.
func (w *writer) headerColumns(slot int) {
	b := &w.buffer
	first := b.references(slot, len(w.columns.names))
	for i, name := range w.columns.names {
		fields := []field{{id: 0, size: 4}, {id: 1, size: 1, value: uint64(w.columns.typeOf(i))}}
		b.table(first+4*i, fields)
		b.text(fields[0].slot, name)
	}
}

// headerCRS writes the table Crs: organisation, code, name.
func (w *writer) headerCRS(slot int) {
	b := &w.buffer
	fields := []field{{id: 0, size: 4}, {id: 1, size: 4, value: uint64(w.layer.CRS.Code())}, {id: 2, size: 4}}
	b.table(slot, fields)
	b.text(fields[0].slot, "EPSG")
	b.text(fields[2].slot, w.layer.CRS.Name())
}
