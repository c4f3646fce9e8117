package spatial

import (
	"encoding/json"
	"io"
	"time"
)

// Report is the import report. Scripts rely on its JSON keys.
type Report struct {
	Source     Source `json:"source"`
	Collection string `json:"collection"`
	Model      string `json:"model"`
	Features   int64  `json:"features"`
	// Classes counts features by Kind.
	Classes map[string]int64 `json:"classes,omitempty"`
	// Units are those that the source counts in, by kind, such as LENGTHUNIT: FOOT; features
	// are in SI whatever they are.
	Units map[string]string `json:"units,omitempty"`
	// Products is set for IFC only; its outcomes add up to Total.
	Products      *Products      `json:"products,omitempty"`
	Issues        []Issue        `json:"issues"`
	Georeference  *Georeference  `json:"georeference,omitempty"`
	Applied       *Applied       `json:"applied,omitempty"`
	Seconds       float64        `json:"seconds"`
	CPUSeconds    float64        `json:"cpu_seconds"`
	PeakMemory    int64          `json:"peak_memory_bytes"`
	IssuesOmitted int64          `json:"issues_omitted,omitempty"`
	IssueCounts   map[string]int `json:"issue_counts,omitempty"`
}

// Products counts the outcomes of a file's IfcProducts.
type Products struct {
	Total       int64 `json:"total"`
	WithBody    int64 `json:"with_body"`
	Exact       int64 `json:"exact"`
	Approximate int64 `json:"approximate"`
	Box         int64 `json:"box"`
	None        int64 `json:"none"`
}

// Issue is one thing to know about one element of a source.
type Issue struct {
	Entity   int64  `json:"entity,omitempty"`    // STEP instance number, or the 1-based feature number of a GeoJSON
	GlobalID string `json:"global_id,omitempty"` // IFC GlobalId, or the feature's id
	Class    string `json:"class,omitempty"`
	Outcome  string `json:"outcome,omitempty"` // exact, approximate, box, none; repaired, refused
	Code     string `json:"code"`              // short and stable
	Message  string `json:"message,omitempty"`
}

// Georeference says where a model was placed and on whose word.
type Georeference struct {
	Source string      `json:"source"` // map-conversion, rigid-operation, pset, placement, site, option, none
	CRS    string      `json:"crs,omitempty"`
	Origin *[3]float64 `json:"origin,omitempty"` // lon, lat, h of the model's zero point
	// Accuracy is the expected error of the change of datum in metres; 0 when there was none,
	// or nobody states it.
	Accuracy float64 `json:"accuracy,omitempty"`
	// Residuals say by how much control points are missed.
	Residuals []Residual `json:"residuals,omitempty"`
	Warnings  []Warning  `json:"warnings"`
}

// Residual is what a control point is off by, in metres: where it should be less where the
// georeference puts it.
type Residual struct {
	Point  string  `json:"point"`
	East   float64 `json:"east"`
	North  float64 `json:"north"`
	Height float64 `json:"height"`
}

// Warning is a coded remark.
type Warning struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// MaxIssues bounds the issues that a report lists one by one; the rest is only counted.
const MaxIssues = 10000

// AddIssue appends the issue and counts its code, listing at most MaxIssues.
func (r *Report) AddIssue(i Issue) {
	if r.IssueCounts == nil {
		r.IssueCounts = map[string]int{}
	}
	r.IssueCounts[i.Code]++
	if len(r.Issues) >= MaxIssues {
		r.IssuesOmitted++
		return
	}
	r.Issues = append(r.Issues, i)
}

// JSON returns the report as JSON.
func (r *Report) JSON() json.RawMessage {
	if r.Issues == nil {
		r.Issues = []Issue{}
	}
	b, err := json.Marshal(r)
	if err != nil {
		panic("report: " + err.Error()) //nolint:forbidigo // only NaN or an infinity can bring this about, and no importer may report one
	}
	return b
}

// ImportOptions are what a user can say about an import, on the command line or with an
// upload.
type ImportOptions struct {
	Collection  string     `json:"collection,omitempty"`
	Model       string     `json:"model,omitempty"`
	Format      string     `json:"format,omitempty"` // as a file ending: ifc, geojson, …; "" goes by the name
	CRS         string     `json:"crs,omitempty"`    // wins over what the file says
	From        time.Time  `json:"from,omitzero"`
	Layer       string     `json:"layer,omitempty"` // of a file with several
	Origin      *Placement `json:"origin,omitempty"`
	Georef      string     `json:"georef,omitempty"`    // where an IFC model stands, as package ifc/georef reads it
	Transform   string     `json:"transform,omitempty"` // EPSG codes of datum transforms, separated by commas
	Planned     bool       `json:"planned,omitempty"`   // scheduled dates count as valid time where there are no actual ones
	Local       bool       `json:"local,omitempty"`
	ID          string     `json:"id,omitempty"`         // field that holds the id
	ValidFrom   string     `json:"valid_from,omitempty"` // field that holds the start of validity
	ValidTo     string     `json:"valid_to,omitempty"`   // field that holds the end of validity
	Strict      bool       `json:"strict,omitempty"`     // any issue is an error
	Title       string     `json:"title,omitempty"`
	Licence     string     `json:"licence,omitempty"`
	Attribution string     `json:"attribution,omitempty"`
	VerticalCRS string     `json:"vertical_crs,omitempty"`
}

// Placement puts a model's zero point on Earth by hand.
type Placement struct {
	Lon      float64 `json:"lon"`
	Lat      float64 `json:"lat"`
	H        float64 `json:"h"`
	Rotation float64 `json:"rotation,omitempty"` // degrees counter-clockwise from east to the model's x axis
}

// Input is an opened source: the bytes, where they are, and what they are called.
type Input struct {
	Name string    // file name without folders, or "-" for standard input
	Path string    // path of a regular file that may be mapped, "" when only Reader is there
	Size int64     // bytes, 0 when not known
	Body io.Reader // the bytes from the start; nil when the importer is to open Path
}
