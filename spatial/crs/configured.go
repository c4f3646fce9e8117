package crs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// ParseTransforms returns the datum transforms that a list of EPSG operation codes names,
// such as "EPSG:1777" or "EPSG:15935, EPSG:15921". The error has code
// datum-transform-required and names the code.
func ParseTransforms(text string) ([]Helmert, error) {
	var all []Helmert
	for name := range strings.SplitSeq(text, ",") {
		name = strings.TrimSpace(name)
		authority, code := splitIdentifier(strings.Replace(name, ":coordinateOperation:", ":crs:", 1))
		n, err := strconv.Atoi(code)
		if err != nil || authority != "" && !strings.EqualFold(authority, "EPSG") {
			return nil, &Error{Code: CodeDatumTransform, Message: fmt.Sprintf("%s names no datum transform", quote(name)),
				Hint: "give the code of an EPSG operation, such as EPSG:1777, or a file with parameters"}
		}
		h, err := PublishedTransform(n)
		if err != nil {
			return nil, err
		}
		all = append(all, h)
	}
	return all, nil
}

// maxDefinition bounds the file that ParseTransformDefinition reads, in bytes.
const maxDefinition = 64 << 10

// transformDefinition is a datum transform as a user's file states it. Shifts are metres,
// rotations arc-seconds, the scale parts per million.
type transformDefinition struct {
	Name       string     `json:"name"`
	From       string     `json:"from"` // datum or system, by name or EPSG code
	To         string     `json:"to"`   // likewise; "" for WGS 84
	DX         float64    `json:"dx"`
	DY         float64    `json:"dy"`
	DZ         float64    `json:"dz"`
	RX         float64    `json:"rx"`
	RY         float64    `json:"ry"`
	RZ         float64    `json:"rz"`
	ScalePPM   float64    `json:"scale_ppm"`
	Convention string     `json:"convention"` // position-vector or coordinate-frame
	TOWGS84    []float64  `json:"towgs84"`    // instead of the eight above: 3 or 7 numbers, position vector
	Accuracy   float64    `json:"accuracy"`   // metres
	Area       string     `json:"area"`
	Bounds     [4]float64 `json:"bounds"` // west, south, east, north in degrees
	// Ellipsoid is the semi-major axis in metres and the inverse flattening of a datum "from"
	// that only the data name.
	Ellipsoid *[2]float64 `json:"ellipsoid"`
}

// ParseTransformDefinition reads the parameters of datum transforms: a JSON object, or an
// array of them,
//
//	{"from": "Beijing 1954", "dx": 12.3, "dy": -113.4, "dz": -45.6,
//	 "rx": 0.1, "ry": 0.2, "rz": -0.3, "scale_ppm": 1.2,
//	 "convention": "coordinate-frame", "accuracy": 0.5}
//
// in metres, arc-seconds and parts per million. A datum "from" that is not known here needs
// its "ellipsoid": [semi-major axis, inverse flattening]. "to" is WGS 84 unless it says otherwise;
// "towgs84": [3 or 7 numbers] stands for the parameters of a position-vector transform.
// Names that are not known are errors, so that a misspelt rotation is not taken for none.
// Errors have code datum-transform-required and never show the parameters.
func ParseTransformDefinition(text []byte) ([]Helmert, error) {
	text = bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff")))
	if len(text) > maxDefinition {
		return nil, definitionError("the file is too long", nil)
	}
	var list []transformDefinition
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var err error
	if bytes.HasPrefix(text, []byte("[")) {
		err = d.Decode(&list)
	} else {
		list = make([]transformDefinition, 1)
		err = d.Decode(&list[0])
	}
	if err == nil {
		if _, end := d.Token(); !errors.Is(end, io.EOF) {
			err = errors.New("something follows behind the definition")
		}
	}
	if err != nil {
		return nil, definitionError("the file cannot be read", err)
	}
	var all []Helmert
	for _, t := range list {
		h, err := t.helmert()
		if err != nil {
			return nil, err
		}
		all = append(all, h)
	}
	if len(all) == 0 {
		return nil, definitionError("the file defines nothing", nil)
	}
	return all, nil
}

func definitionError(what string, cause error) error {
	if cause != nil {
		what += ": " + cause.Error()
	}
	return &Error{Code: CodeDatumTransform, Message: "the definition of a datum transform: " + what,
		Hint: `write {"from": "Beijing 1954", "dx": …, "dy": …, "dz": …, "rx": …, "ry": …, "rz": …, "scale_ppm": …, "convention": "position-vector", "accuracy": …}`}
}

// helmert checks a definition and returns what it means.
func (t transformDefinition) helmert() (Helmert, error) {
	if t.To == "" {
		t.To = "EPSG:4326"
	}
	from, err := definedDatum("from", t.From)
	if err != nil && t.Ellipsoid != nil {
		from, err = NewDatum(strings.TrimSpace(t.From), Ellipsoid{A: t.Ellipsoid[0], InvF: t.Ellipsoid[1]})
	}
	if err != nil {
		return Helmert{}, err
	}
	to, err := definedDatum("to", t.To)
	if err != nil {
		return Helmert{}, err
	}
	h := Helmert{Name: t.Name, From: from, To: to, DX: t.DX, DY: t.DY, DZ: t.DZ, RX: t.RX, RY: t.RY, RZ: t.RZ, ScalePPM: t.ScalePPM,
		Convention: RotationConvention(strings.ToLower(strings.TrimSpace(t.Convention))), Accuracy: t.Accuracy, Area: t.Area,
		Bounds: Box{t.Bounds[0], t.Bounds[1], t.Bounds[2], t.Bounds[3]}}
	if n := len(t.TOWGS84); n > 0 {
		if n != 3 && n != 7 || (h.DX != 0 || h.DY != 0 || h.DZ != 0 || h.RX != 0 || h.RY != 0 || h.RZ != 0 || h.ScalePPM != 0) {
			return Helmert{}, definitionError("towgs84 takes 3 or 7 numbers, and nothing beside it", nil)
		}
		v := append(append([]float64(nil), t.TOWGS84...), 0, 0, 0, 0)
		h.DX, h.DY, h.DZ, h.RX, h.RY, h.RZ, h.ScalePPM, h.Convention = v[0], v[1], v[2], v[3], v[4], v[5], v[6], PositionVector
	}
	if h.Name == "" {
		h.Name = from.name + " to " + to.name + " (configured)"
	}
	return h, h.Validate()
}

func definedDatum(key, name string) (*Datum, error) {
	if strings.TrimSpace(name) == "" {
		return nil, definitionError(fmt.Sprintf("%q names no datum", key), nil)
	}
	d, err := DatumByName(strings.TrimSpace(name))
	if err != nil {
		return nil, definitionError(fmt.Sprintf("%q: %s", key, err), nil)
	}
	return d, nil
}
