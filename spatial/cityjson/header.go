package cityjson

import (
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/go-faster/jx"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/intake"
)

// header is what the objects of a file need.
type header struct {
	version  string
	system   string     // metadata.referenceSystem, "" when there is none
	scale    [3]float64 // of integer positions
	shift    [3]float64
	vertices []float64 // of the first text, x, y, z in the file's system
	// Geometry templates have positions of their own, in the same units.
	templates        []template
	templateVertices []float64
	// first is a position of the file, for the origin of the model's frame; found says
	// whether there is one.
	first [3]float64
	found bool
	// versioning is nil in a file of one state.
	versioning *versioning
}

// template is a geometry that is put at several places.
type template struct{ geometry jx.Raw }

func invalid(code, format string, args ...any) error {
	return &spatial.Problem{Kind: spatial.ErrInvalid, Code: code, Message: fmt.Sprintf(format, args...)}
}

// readHeader reads the first text but for its objects, and of a sequence the first position.
func readHeader(r io.Reader) (*header, error) {
	d := jx.Decode(r, 1<<16)
	h := &header{scale: [3]float64{1, 1, 1}}
	if d.Next() != jx.Object {
		return nil, invalid("not-cityjson", "the file does not begin with a JSON object")
	}
	typ := ""
	err := d.ObjBytes(func(d *jx.Decoder, key []byte) (err error) {
		switch string(key) {
		case "type":
			typ, err = d.Str()
		case "version":
			h.version, err = d.Str()
		case "transform":
			err = h.readTransform(d)
		case "metadata":
			err = h.readMetadata(d)
		case "vertices":
			h.vertices, err = readVertices(d)
		case "geometry-templates":
			err = h.readTemplates(d)
		case "versioning":
			h.versioning, err = readVersioning(d)
		default:
			err = d.Skip()
		}
		return err
	})
	if err != nil {
		return nil, jsonProblem(err)
	}
	if typ == "" {
		return nil, invalid("not-cityjson", "the file begins with an object without a type, not with CityJSON")
	}
	if typ != "CityJSON" {
		return nil, invalid("not-cityjson", "the file begins with an object of the type %.40q, not with CityJSON", typ)
	}
	h.unquantise(h.vertices)
	return h, h.findFirst(d)
}

// findFirst takes a position from the document or from the first feature of a sequence.
func (h *header) findFirst(d *jx.Decoder) error {
	for len(h.vertices) < 3 {
		if d.Next() != jx.Object {
			return nil // nothing has a place
		}
		vertices, err := featureVertices(d)
		if err != nil {
			return jsonProblem(err)
		}
		if len(vertices) >= 3 {
			h.unquantise(vertices[:3])
			h.first, h.found = [3]float64(vertices[:3]), true
			return nil
		}
	}
	h.first, h.found = [3]float64(h.vertices[:3]), true
	return nil
}

func featureVertices(d *jx.Decoder) (vertices []float64, err error) {
	err = d.ObjBytes(func(d *jx.Decoder, key []byte) (err error) {
		if string(key) != "vertices" {
			return d.Skip()
		}
		vertices, err = readVertices(d)
		return err
	})
	return vertices, err
}

// jsonProblem gives an error of the decoder its code.
func jsonProblem(err error) error {
	var p *spatial.Problem
	switch {
	case errors.As(err, &p):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "truncated", Message: "the file ends in the middle of a JSON text", Hint: "copy or export the file again"}
	}
	return invalid("invalid-json", "%s", err)
}

func (h *header) readTransform(d *jx.Decoder) error {
	return d.ObjBytes(func(d *jx.Decoder, key []byte) error {
		switch string(key) {
		case "scale":
			return readThree(d, &h.scale)
		case "translate":
			return readThree(d, &h.shift)
		}
		return d.Skip()
	})
}

func readThree(d *jx.Decoder, to *[3]float64) error {
	i := 0
	return d.Arr(func(d *jx.Decoder) (err error) {
		if i == 3 {
			return errors.New("more than three numbers in a transform")
		}
		to[i], err = d.Float64()
		i++
		return err
	})
}

func (h *header) readMetadata(d *jx.Decoder) error {
	if d.Next() != jx.Object {
		return d.Skip()
	}
	return d.ObjBytes(func(d *jx.Decoder, key []byte) (err error) {
		if string(key) != "referenceSystem" || d.Next() != jx.String {
			return d.Skip()
		}
		h.system, err = d.Str()
		return err
	})
}

func (h *header) readTemplates(d *jx.Decoder) error {
	return d.ObjBytes(func(d *jx.Decoder, key []byte) (err error) {
		switch string(key) {
		case "templates":
			return d.Arr(func(d *jx.Decoder) error {
				raw, err := d.RawAppend(nil)
				h.templates = append(h.templates, template{raw})
				return err
			})
		case "vertices-templates":
			h.templateVertices, err = readVertices(d)
			return err
		}
		return d.Skip()
	})
}

// readVertices reads an array of positions.
func readVertices(d *jx.Decoder) (to []float64, err error) {
	err = d.Arr(func(d *jx.Decoder) error {
		n := 0
		err := d.Arr(func(d *jx.Decoder) error {
			v, err := d.Float64()
			if n++; n <= 3 {
				to = append(to, v)
			}
			return err
		})
		if err == nil && n != 3 {
			err = invalid("invalid-vertex", "vertex %d has %d numbers, not three", len(to)/3, n)
		}
		return err
	})
	return to, err
}

// unquantise turns integer positions into those of the file's system, in place.
func (h *header) unquantise(xyz []float64) {
	if h.scale == [3]float64{1, 1, 1} && h.shift == [3]float64{} {
		return
	}
	for i := range xyz {
		xyz[i] = xyz[i]*h.scale[i%3] + h.shift[i%3]
	}
}

// finite reports whether all numbers are.
func finite(xyz []float64) bool {
	for _, v := range xyz {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

// settle takes the reference system that the file names.
func (h *header) settle(in *intake.Intake) error {
	if in.Fixed() {
		return nil
	}
	if h.system == "" {
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "crs-missing", Message: "the file has no metadata.referenceSystem, so nothing says where its positions are",
			Hint: "name the system with --crs EPSG:…"}
	}
	return in.Use(h.system)
}
