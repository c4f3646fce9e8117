package ifc

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"

	"github.com/shikong-cim/shikong/ifc/georef"
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/ifc/shape"
	"github.com/shikong-cim/shikong/ifc/step"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
)

// Options say how a file is to be read.
type Options struct {
	// ImportOptions are the user's. Origin, CRS and Local say where the model stands; the
	// others are not read here.
	spatial.ImportOptions
	// Store is the geographic system of the store's coordinates; nil is WGS 84.
	Store *crs.CRS
	// Transforms are datum transforms that somebody configured.
	Transforms []crs.Helmert
	// Shape says how finely solids are built and how much one may cost.
	Shape shape.Options
	// Workers is how many products are built at once; 0 means one for each processor, at
	// most 8.
	Workers int
	// Taken reports whether another model of the collection holds an id already; such an id
	// becomes "model~id". Nil takes every id.
	Taken func(id string) bool
	// Progress is told, from one goroutine, how many bytes' worth of the file is done. Nil
	// for none.
	Progress func(done, total int64)
}

// Delivery is an opened IFC file. Features may be read once; Report afterwards. It belongs
// to one goroutine.
type Delivery struct {
	// Frame places bodies on Earth; nil for a local model.
	Frame *spatial.Frame
	// Schema is the schema that the file declares, such as IFC4X3_ADD2.
	Schema string
	// Tool is the program that wrote the file, as the file says.
	Tool string
	// VerticalCRS says what heights count from: "ellipsoidal", an EPSG code, or "" when
	// nobody said.
	VerticalCRS string
	// Lineage says who made the model, with what and when; nil when the file does not.
	Lineage *spatial.Lineage
	// Local says that the model is kept without a place.
	Local bool

	opt    Options
	file   *step.File
	model  *model.Model
	survey *georef.Survey
	place  *georef.Place // nil for a local model
	ground map[model.Entity]float64
	tally  tally
	tasks  *schedule // nil when the file has none
	ids    *ids      // set when features are asked for
	floors floors    // made up for a file without storeys
	remove func()
}

// Open opens an .ifc or .ifczip file and finds out where its model stands. Errors are
// *spatial.Problem: of package step for what is no STEP file, truncated for one that ends in
// the middle, not-ifc for another schema, georeference-missing and the other codes of package georef when it cannot be placed and
// Local does not ask to keep it so.
func Open(path string, opt Options) (*Delivery, error) {
	if opt.Store == nil {
		opt.Store = crs.WGS84()
	}
	d, err := load(path, opt)
	if err != nil {
		return nil, err
	}
	if d.file.Truncated() {
		// Half a model would replace the whole one, and nobody would miss what is not there.
		return nil, errors.Join(&spatial.Problem{Kind: spatial.ErrInvalid, Code: step.CodeTruncated,
			Message: "the file ends in the middle of its data", Hint: "export or copy it again"}, d.Close())
	}
	if err := d.settle(); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// load reads the file without asking where it stands.
func load(path string, opt Options) (*Delivery, error) {
	d := &Delivery{opt: opt, remove: func() {}}
	if isZip(path) {
		unpacked, err := unpack(path)
		if err != nil {
			return nil, err
		}
		path, d.remove = unpacked, func() { _ = os.Remove(unpacked) }
	}
	f, err := step.OpenIn(path, opt.workers(), together)
	if err != nil {
		d.remove()
		return nil, err
	}
	d.file = f
	if d.model, err = model.Load(f); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	d.Schema = strings.Join(f.Header.Schemas, ",")
	d.Tool = toolOf(d.model)
	d.Lineage = lineageOf(d.model)
	d.survey = georef.Examine(d.model, georef.Options{Origin: opt.Origin, Georef: opt.Georef, CRS: opt.CRS, Store: opt.Store, Transforms: opt.Transforms})
	return d, nil
}

// workers returns how many goroutines may work at once.
func (o *Options) workers() int {
	if o.Workers > 0 {
		return o.Workers
	}
	return min(runtime.GOMAXPROCS(0), 8)
}

// together runs the pieces of some work at once.
func together(n int, work func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { work(i) })
	}
	wg.Wait()
}

// settle decides where the model stands.
func (d *Delivery) settle() error {
	d.ground = groundLevels(d.model)
	d.floors = floorsOf(d.model)
	d.tasks = scheduleOf(d.model)
	if d.opt.Local {
		d.Local = true
		return nil
	}
	place, err := d.survey.Place()
	if err != nil {
		return err
	}
	frame, err := place.Frame(d.survey.Zero())
	if err != nil {
		return fmt.Errorf("frame of the model: %w", err)
	}
	d.place, d.Frame, d.VerticalCRS = place, &frame, place.VerticalCRS
	return nil
}

// Close gives back the file. Features that were yielded stay valid.
func (d *Delivery) Close() error {
	var err error
	if d.file != nil {
		err = d.file.Close()
		d.file = nil
	}
	d.remove()
	d.remove = func() {}
	return err
}

// toolOf returns the authoring program: that of the first IfcApplication, or else what the
// header says.
func toolOf(m *model.Model) string {
	for e := range m.All(schema.IfcApplication) {
		if name := applicationOf(m, e); name != "" {
			return clean(name)
		}
	}
	h := m.File().Header
	for _, s := range []string{h.OriginatingSystem, h.PreprocessorVersion} {
		if s = strings.TrimSpace(s); s != "" {
			return clean(s)
		}
	}
	return ""
}

// isZip reports whether a file is an archive: by its first bytes, since a name can be lost
// on the way.
func isZip(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false // opening it as a model says why
	}
	defer func() { _ = f.Close() }() // read only
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return false
	}
	var head [4]byte
	_, err = io.ReadFull(f, head[:])
	return err == nil && string(head[:]) == "PK\x03\x04"
}
