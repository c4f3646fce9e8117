package main

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"strings"

	"github.com/shikong-cim/shikong/ifc"
	"github.com/shikong-cim/shikong/spatial"
)

// openIFC opens an IFC model.
func openIFC(ctx context.Context, src source, o opening) (*delivery, error) {
	store, err := storeCRS(o.datum)
	if err != nil {
		return nil, err
	}
	taken, err := idsTaken(ctx, o)
	if err != nil {
		return nil, err
	}
	m, err := ifc.Open(src.path, ifc.Options{ImportOptions: o.ImportOptions, Store: store, Transforms: o.transforms, Taken: taken, Progress: o.progress})
	if err != nil {
		return nil, err
	}
	d := &delivery{frame: m.Frame, schema: m.Schema, tool: m.Tool, lineage: m.Lineage, local: m.Local, verticalCRS: m.VerticalCRS,
		features: m.Features(ctx), report: m.Report, close: m.Close}
	if o.Strict {
		d.features = strict(d.features, m.Report)
	}
	return d, nil
}

// strict is --strict: after the last feature, a model with a product that is not exact, or
// with anything else to remark, ends in an error, so that nothing of it is imported.
func strict(features iter.Seq2[spatial.Feature, error], report func(*spatial.Report)) iter.Seq2[spatial.Feature, error] {
	return func(yield func(spatial.Feature, error) bool) {
		for f, err := range features {
			if !yield(f, err) || err != nil {
				return
			}
		}
		var r spatial.Report
		report(&r)
		for _, i := range r.Issues {
			if i.Code == "no-representation" { // containers, such as storeys, need none
				continue
			}
			yield(spatial.Feature{}, &spatial.Problem{Kind: spatial.ErrInvalid, Code: i.Code,
				Message: strings.TrimSpace(i.Class + " " + i.GlobalID + ": " + i.Message), Hint: "mend the model, or import without --strict"})
			return
		}
	}
}

// idsTaken returns which GlobalIds cannot serve as ids, because another model of the
// collection holds them, or because this model has been given a longer one before: an id
// once given never changes. It is nil when there is no such collection.
func idsTaken(ctx context.Context, o opening) (func(string) bool, error) {
	if o.reader == nil {
		return nil, nil
	}
	taken := map[string]bool{}
	for f, err := range o.reader.Features(ctx, spatial.Query{Collection: o.Collection, Properties: []string{}}) {
		if errors.Is(err, spatial.ErrNotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if f.Model != o.Model {
			taken[f.ID] = true
		} else if id, ok := strings.CutPrefix(f.ID, o.Model+"~"); ok {
			taken[id] = true
		}
	}
	return func(id string) bool { return taken[id] }, nil
}

// inspectIFC prints what the model holds and where it stands.
func inspectIFC(ctx context.Context, a *app, src source, o opening) error {
	store, err := storeCRS(o.datum)
	if err != nil {
		return err
	}
	i, err := ifc.Inspect(src.path, ifc.Options{ImportOptions: o.ImportOptions, Store: store, Transforms: o.transforms})
	if err != nil {
		return err
	}
	if a.json {
		e := json.NewEncoder(a.out)
		e.SetIndent("", "  ")
		if err := e.Encode(i); err != nil || o.render == "" {
			return err
		}
		return a.picture(ctx, src, o)
	}
	if _, err = i.WriteTo(a.out); err != nil || o.render == "" {
		return err
	}
	return a.picture(ctx, src, o)
}
