package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/shikong-cim/shikong/spatial"
)

func newInspect(a *app) *cobra.Command {
	var o opening
	var formatName string
	var place placeFlags
	c := &cobra.Command{
		Use:   "inspect FILE",
		Short: "Say what a file holds, and where it stands, without importing it",
		Long:  "Read a file without storing anything: format, schema, counts by class, extent, and for IFC\nunits, storeys and the diagnosis of its georeference with what to type to mend it.",
		Example: `  shikong inspect campus.ifc
  shikong inspect campus.ifc --render campus.png
  shikong inspect roads.geojson --crs EPSG:4547`,
		Args: exactArgs(1, "one file"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := place.parse(&o.ImportOptions); err != nil {
				return err
			}
			named, err := namedTransforms(o.Transform)
			if err != nil {
				return err
			}
			o.transforms = append(named, place.shifts...)
			return a.inspect(c.Context(), args[0], formatName, o)
		},
	}
	c.Flags().StringVar(&formatName, "format", "", "what the file is, when its name does not say: "+formatNames())
	place.add(c.Flags(), &o.ImportOptions)
	c.Flags().StringVar(&o.render, "render", "", "draw the model into this PNG file (IFC)")
	c.Flags().StringVar(&o.Layer, "layer", "", "layer to look at, of a file that holds several")
	return withJSON(a, c)
}

func (a *app) inspect(ctx context.Context, path, formatName string, o opening) error {
	in := inputOf(path, a.in)
	err := func() error {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "not-a-file", Message: "it is a folder", Hint: "name a file in it; only import takes folders"}
		}
		f, err := formatOf(in.Name, formatName)
		if err != nil {
			return err
		}
		src, remove, err := settle(ctx, in)
		if err != nil {
			return err
		}
		defer remove()
		if err := checkContent(f, src); err != nil {
			return err
		}
		f = f.looked(src.path, formatName)
		return f.inspect(ctx, a, src, o)
	}()
	if err != nil {
		return fmt.Errorf("%s: %w", in.Name, err)
	}
	return nil
}

// inspection is what shikong inspect says of a file of features.
type inspection struct {
	Source     spatial.Source    `json:"source"`
	Features   int64             `json:"features"`
	Geometries map[string]int64  `json:"geometries"`
	Classes    map[string]int64  `json:"classes,omitempty"`
	Extent     *[4]float64       `json:"extent,omitempty"` // west, south, east, north
	Heights    *[2]float64       `json:"heights,omitempty"`
	CRS        string            `json:"crs"`
	IDs        string            `json:"ids"` // "given" or "hash of content"
	Fields     []inspectedField  `json:"fields"`
	Issues     map[string]int    `json:"issues,omitempty"`
	Warnings   []spatial.Warning `json:"warnings,omitempty"`
}

// inspectedField is a property with an example of its values.
type inspectedField struct {
	spatial.Field
	Count   int64  `json:"count"` // features that have a value other than null
	Example string `json:"example,omitempty"`
}

// inspected reads the whole file: what its last feature brings counts as well.
func inspected(schema string, read reading) func(context.Context, *app, source, opening) error {
	return func(ctx context.Context, a *app, src source, o opening) error {
		if o.render != "" {
			return usagef("--render draws IFC models, and this is %s", schema)
		}
		var issues spatial.Report
		r, closeFile, err := read(ctx, src, o, issues.AddIssue)
		if err != nil {
			return err
		}
		defer func() { _ = closeFile() }()
		i := inspection{Source: spatial.Source{Name: src.name, SHA256: src.sha256, Bytes: src.bytes, Schema: schema}}
		if err := i.read(r); err != nil {
			return err
		}
		i.Issues = issues.IssueCounts
		if a.json {
			e := json.NewEncoder(a.out)
			e.SetIndent("", "  ")
			return e.Encode(i)
		}
		i.print(a.out)
		return nil
	}
}

// read goes through all features.
func (i *inspection) read(r featureReader) error {
	i.Geometries, i.Classes, i.IDs = map[string]int64{}, map[string]int64{}, "given"
	box, z, fields := spatial.EmptyBox(), spatial.ZRange{}, map[string]*inspectedField{}
	for f, err := range r.Features() {
		if err != nil {
			return err
		}
		i.Features++
		i.Geometries[geometryName(&f)]++
		if f.Kind != "" {
			i.Classes[f.Kind]++
		}
		if b := spatial.BoxOf(f.Geometry); !b.IsEmpty() {
			box = box.Extend(b)
		}
		z = z.Extend(f.Z)
		addFields(fields, f.Properties)
	}
	i.CRS, i.Warnings = r.CRS(), r.Notes()
	if r.Hashed() {
		i.IDs = "hash of content"
	}
	if !box.IsEmpty() {
		i.Extent = &[4]float64{box.Min[0], box.Min[1], box.Max[0], box.Max[1]}
	}
	if z.Known && !math.IsInf(z.Min, 0) {
		i.Heights = &[2]float64{z.Min, z.Max}
	}
	for _, f := range fields {
		i.Fields = append(i.Fields, *f)
	}
	slices.SortFunc(i.Fields, func(a, b inspectedField) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

func geometryName(f *spatial.Feature) string {
	if f.Geometry == nil {
		return "none"
	}
	name := strings.TrimPrefix(fmt.Sprintf("%T", f.Geometry), "*geom.")
	if f.Geometry.Layout().ZIndex() >= 0 {
		name += " Z"
	}
	return name
}

func addFields(fields map[string]*inspectedField, p spatial.Properties) {
	for _, e := range p {
		f := fields[e.Name]
		if f == nil {
			f = &inspectedField{Field: spatial.Field{Name: e.Name, Type: spatial.FieldNull}}
			fields[e.Name] = f
		}
		f.Type = f.Type.Widen(spatial.TypeOf(e.Value))
		if e.Value.Kind() != spatial.Null {
			f.Count++
			if f.Example == "" {
				f.Example = clip(e.Value.Text(), 40)
			}
		}
	}
}

func clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

func (i *inspection) print(w io.Writer) {
	fmt.Fprintf(w, "%s: %s, %d bytes, SHA-256 %.12s…\n", i.Source.Name, i.Source.Schema, i.Source.Bytes, i.Source.SHA256)
	fmt.Fprintf(w, "  features: %d, ids %s, coordinates in %s\n", i.Features, i.IDs, cmp.Or(i.CRS, "longitude and latitude"))
	printCounts(w, "geometries", i.Geometries)
	printCounts(w, "classes", i.Classes)
	if e := i.Extent; e != nil {
		fmt.Fprintf(w, "  extent: %.6f, %.6f to %.6f, %.6f\n", e[0], e[1], e[2], e[3])
	}
	if h := i.Heights; h != nil {
		fmt.Fprintf(w, "  heights: %.2f to %.2f m\n", h[0], h[1])
	}
	for _, n := range i.Warnings {
		fmt.Fprintf(w, "  warning: %s [%s]\n", n.Message, n.Code)
	}
	for _, f := range i.Fields {
		fmt.Fprintf(w, "  property %s: %s, %d values, such as %s\n", f.Name, f.Type, f.Count, f.Example)
	}
	codes := make(map[string]int64, len(i.Issues))
	for c, n := range i.Issues {
		codes[c] = int64(n)
	}
	printCounts(w, "issues", codes)
}
