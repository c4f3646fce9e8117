package georef

import (
	"errors"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
)

// The codes of this package's problems and warnings; those of package crs come through as
// they are.
const (
	CodeMissing     = "georeference-missing"       // nothing says where the model stands
	CodeSiteOnly    = "site-only"                  // only IfcSite's latitude and longitude do
	CodeSiteDefault = "site-default-location"      // they are those that a program writes by itself
	CodeSiteZero    = "site-zero"                  // they are zero
	CodeAngle       = "angle-invalid"              // a compound angle with mixed signs or parts out of range
	CodeOverrides   = "option-overrides-file"      // what was typed moves the model more than 10 m
	CodeContradicts = "georeference-contradictory" // two rungs are more than 10 m apart
	CodeDoubled     = "georeference-doubled"       // placements and map conversion both hold the place
	CodeScale       = "scale-unit"                 // Scale does not fit the units
	CodeMapScale    = "map-scale"                  // lengths on the map are not those of the ground
	CodeMapUnit     = "map-unit"                   // MapUnit is missing or wrong
	CodeZero        = "zero-eastings-northings"    // the map conversion moves nothing
	CodeRotation    = "rotation-sign"              // XAxisAbscissa/Ordinate mirror TrueNorth
	CodeTrueNorth   = "rotation-disagreement"      // they differ from TrueNorth otherwise
	CodeAxes        = "rotation-invalid"           // XAxisAbscissa/Ordinate have no direction
	CodeElevation   = "elevation-disagreement"     // RefElevation and OrthogonalHeight differ
	CodeHeight      = "height-unknown"             // nobody gave the height of the model's zero
	CodeVertical    = "vertical-datum-unknown"     // the VerticalDatum's name means nothing here
	CodeSeveral     = "several-map-conversions"    // map conversions that differ
	CodeEmpty       = "map-conversion-empty"       // a map conversion without numbers and CRS
	CodeWorld       = "world-coordinate-system"    // the context has one of its own
	CodeDatum       = "datum-note"                 // what was assumed about datums
	CodeTyped       = "georef-file-invalid"        // the file of a typed georeference says too little or too much
	CodeResidual    = "control-point-residual"     // control points do not fit each other
)

const (
	crsHint    = "name the system with --crs EPSG:…, or place the model with --origin lon,lat,h"
	originHint = "place the model with --origin lon,lat,h[,rotation], or keep it without a place with --local"
)

// problem gives an error of package crs a kind, and a hint where it has none.
func problem(err error, hint string) error {
	var ce *crs.Error
	if !errors.As(err, &ce) {
		return err
	}
	p := &spatial.Problem{Kind: spatial.ErrInvalid, Code: ce.Code, Message: ce.Message, Hint: ce.Hint}
	if ce.Code == crs.CodeUnsupported || ce.Code == crs.CodeDatumTransform {
		p.Kind = spatial.ErrUnsupported
	}
	if hint != "" {
		if p.Hint != "" {
			p.Hint += "; or "
		}
		p.Hint += hint
	}
	return p
}

// codeOf returns the code of an error, "" when it has none.
func codeOf(err error) string {
	var p *spatial.Problem
	if errors.As(err, &p) {
		return p.Code
	}
	return ""
}

// messageOf returns what is wrong, without the hint, which stands elsewhere.
func messageOf(err error) string {
	var p *spatial.Problem
	if errors.As(err, &p) {
		return p.Message
	}
	return err.Error()
}
