package ifc

import (
	"fmt"

	"github.com/shikong-cim/shikong/ifc/shape"
	"github.com/shikong-cim/shikong/spatial"
)

// tally counts what became of the products.
type tally struct {
	products spatial.Products
	issues   []spatial.Issue
	omitted  map[string]int // issues beyond what a report lists, by code
	planned  int            // products with scheduled dates only
}

func (t *tally) begin(products int) {
	*t = tally{products: spatial.Products{Total: int64(products)}, omitted: map[string]int{}}
}

func (t *tally) add(r made) {
	switch r.outcome {
	case shape.Exact:
		t.products.Exact++
	case shape.Approximate:
		t.products.Approximate++
	case shape.Box:
		t.products.Box++
	default:
		t.products.None++
	}
	if r.body {
		t.products.WithBody++
	}
	if r.planned {
		t.planned++
	}
	for _, i := range r.issues {
		if len(t.issues) < spatial.MaxIssues {
			t.issues = append(t.issues, i)
			continue
		}
		t.omitted[i.Code]++
	}
}

// Report adds what the import found to a report, after the last feature: the outcomes of
// all products, what was wrong with them, with the file and with its place.
func (d *Delivery) Report(r *spatial.Report) {
	products := d.tally.products
	r.Products = &products
	r.Source.Schema, r.Source.Tool, r.Source.Lineage = d.Schema, d.Tool, d.Lineage
	r.Units = unitsOf(d.model)
	r.Georeference = d.Georeference()
	d.fileIssues(r)
	d.timeIssues(r)
	if i, ok := d.floors.issue(); ok {
		r.AddIssue(i)
	}
	for _, i := range d.tally.issues {
		r.AddIssue(i)
	}
	for code, n := range d.tally.omitted {
		if r.IssueCounts == nil {
			r.IssueCounts = map[string]int{}
		}
		r.IssueCounts[code] += n
		r.IssuesOmitted += int64(n)
	}
}

// Georeference returns where the model stands and on whose word.
func (d *Delivery) Georeference() *spatial.Georeference {
	g := d.survey.Georeference()
	if d.Local {
		g.Source, g.CRS, g.Origin = "none", "", nil
	}
	return g
}

const codePlanned = "planned-only" // products have scheduled dates and no actual ones

// timeIssues adds what is to be said of the schedule.
func (d *Delivery) timeIssues(r *spatial.Report) {
	if d.tasks == nil {
		return
	}
	for _, i := range d.tasks.bad {
		r.AddIssue(i)
	}
	if n := d.tally.planned; n > 0 {
		r.AddIssue(spatial.Issue{Code: codePlanned, Message: fmt.Sprintf(
			"%d products have scheduled dates but no actual ones; --planned makes them their valid time", n)})
	}
}

// fileIssues adds the faults of the file's text and structure.
func (d *Delivery) fileIssues(r *spatial.Report) {
	if d.file == nil {
		return
	}
	for _, i := range d.file.Issues() {
		r.AddIssue(spatial.Issue{Entity: int64(i.Number), Code: i.Code, Message: clean(i.String())})
	}
	if more := d.file.IssueCount() - len(d.file.Issues()); more > 0 {
		r.AddIssue(spatial.Issue{Code: "more-file-issues", Message: fmt.Sprintf("%d more faults of the file are not listed", more)})
	}
	for _, i := range d.model.Issues() {
		message := i.Message
		if i.Count > 1 {
			message += fmt.Sprintf(" (%d times)", i.Count)
		}
		class := ""
		if i.Entity != 0 {
			class = d.model.Type(i.Entity).String()
		}
		r.AddIssue(spatial.Issue{Entity: int64(i.Number), Class: class, Code: i.Code, Message: clean(message)})
	}
}
