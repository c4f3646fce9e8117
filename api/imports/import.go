package imports

import (
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

// State is where an import stands.
type State string

// The states of an import; the last three are final.
const (
	Receiving State = "receiving" // the file is on its way
	Queued    State = "queued"    // the file is here and waits for its turn
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// Final reports whether nothing will happen any more.
func (s State) Final() bool { return s == Done || s == Failed || s == Cancelled }

// Import is what is known of one import. It is the document that clients get, and, without
// links and report, the record in the spool folder.
type Import struct {
	ID       string                `json:"id"`
	State    State                 `json:"state"`
	Name     string                `json:"name"`
	Bytes    int64                 `json:"bytes"`    // of the whole file; 0 while nobody knows
	Received int64                 `json:"received"` // bytes that have arrived
	SHA256   string                `json:"sha256,omitempty"`
	Owner    string                `json:"owner,omitempty"` // name of the token it came with
	Options  spatial.ImportOptions `json:"options"`
	Progress Progress              `json:"progress,omitzero"`
	Created  time.Time             `json:"created"`
	Updated  time.Time             `json:"updated"`
	Attempts int                   `json:"attempts,omitempty"` // times that it began to run
	Error    *rest.Problem         `json:"error,omitempty"`
	Report   json.RawMessage       `json:"report,omitempty"`
	Links    []rest.Link           `json:"links,omitempty"`
}

// Progress says how far a run has come, in units of the importer's choice.
type Progress struct {
	Done  int64 `json:"done"`
	Total int64 `json:"total"` // 0 for unknown
}

// Announcement is what a client says before it sends a file.
type Announcement struct {
	Name    string                `json:"name"`
	Bytes   int64                 `json:"bytes"`
	SHA256  string                `json:"sha256,omitempty"` // lower-case hex
	Options spatial.ImportOptions `json:"options,omitzero"`
}

// check brings the announcement into form and returns ErrInvalid for one without meaning.
func (a *Announcement) check(most int64) error {
	if a.Name = cleanName(a.Name); a.Name == "" {
		return invalid("name-missing", "the upload has no file name", "the name's ending says what the file is")
	}
	if a.Bytes < 0 {
		return invalid("invalid-size", fmt.Sprintf("a file cannot have %d bytes", a.Bytes), "say in bytes how many it has")
	}
	if a.Bytes > most {
		return tooLarge(most)
	}
	if a.SHA256 = strings.ToLower(a.SHA256); a.SHA256 != "" && (len(a.SHA256) != 64 || strings.Trim(a.SHA256, "0123456789abcdef") != "") {
		return invalid("invalid-checksum", "sha256 is not 64 hexadecimal digits", "")
	}
	return checkOptions(&a.Options)
}

func checkOptions(o *spatial.ImportOptions) error {
	for what, name := range map[string]string{"collection": o.Collection, "model": o.Model} {
		if name == "" {
			continue
		}
		if err := spatial.CheckName(what, name); err != nil {
			return err
		}
	}
	return nil
}

func invalid(code, message, hint string) error {
	return &spatial.Problem{Kind: spatial.ErrInvalid, Code: code, Message: message, Hint: hint}
}

func tooLarge(most int64) error {
	return &spatial.Problem{Kind: rest.ErrTooLarge, Code: "upload-too-large",
		Message: fmt.Sprintf("the file is larger than this server takes (%d bytes)", most), Hint: "import it on the server itself, or split it"}
}

// cleanName takes the folders and whatever cannot be shown off a file name.
func cleanName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, name)
	if name == "." || name == "/" || name == ".." {
		return ""
	}
	for len(name) > 255 {
		_, n := utf8.DecodeRuneInString(name)
		name = name[n:] // the ending is what matters
	}
	return name
}

// setters read the options that come as text: form fields and tus metadata.
var setters = map[string]func(o *spatial.ImportOptions, v string) error{
	"collection":   func(o *spatial.ImportOptions, v string) error { o.Collection = v; return nil },
	"model":        func(o *spatial.ImportOptions, v string) error { o.Model = v; return nil },
	"format":       func(o *spatial.ImportOptions, v string) error { o.Format = v; return nil },
	"crs":          func(o *spatial.ImportOptions, v string) error { o.CRS = v; return nil },
	"layer":        func(o *spatial.ImportOptions, v string) error { o.Layer = v; return nil },
	"id":           func(o *spatial.ImportOptions, v string) error { o.ID = v; return nil },
	"valid_from":   func(o *spatial.ImportOptions, v string) error { o.ValidFrom = v; return nil },
	"valid_to":     func(o *spatial.ImportOptions, v string) error { o.ValidTo = v; return nil },
	"title":        func(o *spatial.ImportOptions, v string) error { o.Title = v; return nil },
	"licence":      func(o *spatial.ImportOptions, v string) error { o.Licence = v; return nil },
	"attribution":  func(o *spatial.ImportOptions, v string) error { o.Attribution = v; return nil },
	"georef":       func(o *spatial.ImportOptions, v string) error { o.Georef = v; return nil },
	"transform":    func(o *spatial.ImportOptions, v string) error { o.Transform = v; return nil },
	"planned":      func(o *spatial.ImportOptions, v string) (err error) { o.Planned, err = truth(v); return err },
	"vertical_crs": func(o *spatial.ImportOptions, v string) error { o.VerticalCRS = v; return nil },
	"strict":       func(o *spatial.ImportOptions, v string) (err error) { o.Strict, err = truth(v); return err },
	"local":        func(o *spatial.ImportOptions, v string) (err error) { o.Local, err = truth(v); return err },
	"from":         func(o *spatial.ImportOptions, v string) (err error) { o.From, err = spatial.ParseTime(v); return err },
	"origin":       func(o *spatial.ImportOptions, v string) (err error) { o.Origin, err = placement(v); return err },
}

func truth(v string) (bool, error) {
	switch v {
	case "true", "1", "on", "yes":
		return true, nil
	case "false", "0", "off", "no", "":
		return false, nil
	}
	return false, invalid("invalid-option", fmt.Sprintf("%.40q is neither true nor false", v), "")
}

// placement reads lon,lat,h[,rotation].
func placement(v string) (*spatial.Placement, error) {
	parts := strings.Split(v, ",")
	if len(parts) < 3 || len(parts) > 4 {
		return nil, invalid("invalid-origin", fmt.Sprintf("%.80q is no origin", v), "write lon,lat,h or lon,lat,h,rotation")
	}
	var n [4]float64
	for i, p := range parts {
		var err error
		if n[i], err = rest.ParseNumber(p); err != nil {
			return nil, err
		}
	}
	return &spatial.Placement{Lon: n[0], Lat: n[1], H: n[2], Rotation: n[3]}, nil
}

// setOption reads one option; options as a whole come as JSON.
func setOption(a *Announcement, name, value string) error {
	switch name {
	case "options":
		return decodeStrict([]byte(value), &a.Options)
	case "sha256":
		a.SHA256 = value
		return nil
	case "filename", "name":
		a.Name = value
		return nil
	case "filetype", "type", "relativePath": // what tus clients say besides
		return nil
	}
	set, ok := setters[name]
	if !ok {
		return invalid("unknown-option", fmt.Sprintf("there is no import option %.60q", name), "")
	}
	if err := set(&a.Options, value); err != nil {
		return fmt.Errorf("option %s: %w", name, err)
	}
	return nil
}

func decodeStrict(text []byte, into any) error {
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return invalid("invalid-json", "the JSON cannot be read: "+strings.TrimPrefix(err.Error(), "json: "), "")
	}
	return nil
}

func linksOf(base, id string) []rest.Link {
	return []rest.Link{{Href: base + "/imports/" + url.PathEscape(id), Rel: "self", Type: rest.MediaJSON}}
}
