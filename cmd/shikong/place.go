package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/shikong-cim/shikong/ifc/georef"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
)

// placeFlags are the flags that say where a source stands; import and inspect share them.
type placeFlags struct {
	origin, georef, transform string
	shifts                    []crs.Helmert // read from the file that --transform names
}

func (p *placeFlags) add(fl *pflag.FlagSet, o *spatial.ImportOptions) {
	fl.StringVar(&o.CRS, "crs", "", "reference system of the coordinates, such as EPSG:4547; wins over the file")
	fl.StringVar(&p.origin, "origin", "", "where an IFC model's zero point lies: lon,lat,h[,degrees counter-clockwise from east to x]")
	fl.StringVar(&p.georef, "georef", "", "JSON file that says where an IFC model stands: a map conversion, an origin, or surveyed points")
	fl.StringVar(&p.transform, "transform", "", "datum transform: EPSG operation such as EPSG:1777, several with commas, or a JSON file with parameters")
}

// parse checks the flags and puts what they mean into the options.
func (p *placeFlags) parse(o *spatial.ImportOptions) error {
	if p.origin != "" && p.georef != "" {
		return usagef("--origin and --georef both place the model; give one of them")
	}
	var err error
	if p.origin != "" {
		if o.Origin, err = parseOrigin(p.origin); err != nil {
			return err
		}
	}
	if p.georef != "" {
		text, err := os.ReadFile(p.georef)
		if err != nil {
			return wrapf(fileProblem(err), "--georef %s", p.georef)
		}
		if _, err := georef.ParseTyped(text); err != nil {
			return wrapf(err, "--georef %s", p.georef)
		}
		o.Georef = string(text)
	}
	return p.parseTransform(o)
}

// checkVertical refuses what does not name a vertical reference system as Collection.VerticalCRS has it.
func checkVertical(name string) error {
	code, isEPSG := strings.CutPrefix(name, "EPSG:")
	if _, err := strconv.ParseUint(code, 10, 31); name == "" || name == "ellipsoidal" || isEPSG && err == nil {
		return nil
	}
	return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-vertical-crs", Message: fmt.Sprintf("%.60q names nothing that heights are measured from", name),
		Hint: "write ellipsoidal, or a vertical reference system by its code, such as EPSG:5737"}
}

// parseTransform reads --transform: a file when there is one of that name, else codes.
func (p *placeFlags) parseTransform(o *spatial.ImportOptions) error {
	if p.transform == "" {
		return nil
	}
	text, err := os.ReadFile(p.transform)
	if err == nil {
		if p.shifts, err = crs.ParseTransformDefinition(text); err != nil {
			return wrapf(transformProblem(err), "--transform %s", p.transform)
		}
		return nil
	}
	if _, codeErr := namedTransforms(p.transform); codeErr != nil {
		if strings.ContainsAny(p.transform, `./\`) {
			codeErr = fileProblem(err)
		}
		return wrapf(codeErr, "--transform %s", p.transform)
	}
	o.Transform = p.transform
	return nil
}

// namedTransforms returns the transforms of a list of EPSG codes, none for "".
func namedTransforms(codes string) ([]crs.Helmert, error) {
	if codes == "" {
		return nil, nil
	}
	list, err := crs.ParseTransforms(codes)
	return list, transformProblem(err)
}

// transformProblem gives an error of package crs a kind, so that it is shown with its hint.
func transformProblem(err error) error {
	var e *crs.Error
	if !errors.As(err, &e) {
		return err
	}
	return &spatial.Problem{Kind: spatial.ErrInvalid, Code: e.Code, Message: e.Message, Hint: e.Hint}
}

func parseOrigin(s string) (*spatial.Placement, error) {
	parts := strings.Split(s, ",")
	var v [4]float64
	if len(parts) != 3 && len(parts) != 4 {
		return nil, usagef("--origin %s: write lon,lat,h or lon,lat,h,rotation", s)
	}
	for i, p := range parts {
		n, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
		if err != nil || n != n {
			return nil, usagef("--origin %s: %q is no number", s, p)
		}
		v[i] = n
	}
	if v[0] < -180 || v[0] > 180 || v[1] < -90 || v[1] > 90 {
		return nil, usagef("--origin %s: longitude comes first, then latitude, in degrees", s)
	}
	return &spatial.Placement{Lon: v[0], Lat: v[1], H: v[2], Rotation: v[3]}, nil
}
