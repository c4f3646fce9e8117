package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/shikong-cim/shikong/spatial"
)

// shownIssues bounds the issues that the readable report lists; the JSON has them all.
const shownIssues = 10

// printReport writes a report for people.
func printReport(w io.Writer, r *spatial.Report) {
	fmt.Fprintf(w, "%s → %s/%s: %d features", r.Source.Name, r.Collection, r.Model, r.Features)
	if a := r.Applied; a != nil {
		fmt.Fprintf(w, " (%d added, %d changed, %d ended, %d unchanged; revision %d)", a.Added, a.Changed, a.Ended, a.Unchanged, a.Revision)
	}
	fmt.Fprintf(w, "\n  %s, %s, %.1f s, %.0f MB at most\n", or(r.Source.Schema, "unknown schema"), or(r.Source.Tool, "unknown tool"), r.Seconds, float64(r.PeakMemory)/1e6)
	if u := r.Units["LENGTHUNIT"]; u != "" && u != "METRE" {
		fmt.Fprintf(w, "  lengths: %s in the file, metres in the store\n", u)
	}
	if g := r.Georeference; g != nil {
		fmt.Fprintf(w, "  georeference: %s", strings.TrimSpace(g.Source+" "+g.CRS))
		if g.Origin != nil {
			fmt.Fprintf(w, ", zero point at %.7f, %.7f, %.3f m", g.Origin[0], g.Origin[1], g.Origin[2])
		}
		fmt.Fprintln(w)
		for _, c := range g.Residuals {
			fmt.Fprintf(w, "  control point %s: %+.3f east, %+.3f north, %+.3f up\n", c.Point, c.East, c.North, c.Height)
		}
		for _, n := range g.Warnings {
			fmt.Fprintf(w, "  warning: %s [%s]\n", n.Message, n.Code)
		}
	}
	if p := r.Products; p != nil {
		fmt.Fprintf(w, "  products: %d, with body %d: exact %d, approximate %d, box %d, none %d\n", p.Total, p.WithBody, p.Exact, p.Approximate, p.Box, p.None)
	}
	printCounts(w, "classes", r.Classes)
	printIssues(w, r)
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// printCounts writes the largest counts on one line.
func printCounts(w io.Writer, what string, counts map[string]int64) {
	if len(counts) == 0 {
		return
	}
	names := make([]string, 0, len(counts))
	for n := range counts {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(a, b))
	})
	var parts []string
	for _, n := range names[:min(len(names), 12)] {
		parts = append(parts, fmt.Sprintf("%s %d", n, counts[n]))
	}
	if more := len(names) - len(parts); more > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", more))
	}
	fmt.Fprintf(w, "  %s: %s\n", what, strings.Join(parts, ", "))
}

func printIssues(w io.Writer, r *spatial.Report) {
	if len(r.Issues) == 0 {
		return
	}
	var codes []string
	for c, n := range r.IssueCounts {
		codes = append(codes, fmt.Sprintf("%s %d", c, n))
	}
	slices.Sort(codes)
	fmt.Fprintf(w, "  issues: %s\n", strings.Join(codes, ", "))
	// Containers without a shape of their own are in order; their number is said above.
	list := slices.DeleteFunc(slices.Clone(r.Issues), func(i spatial.Issue) bool { return i.Code == "no-representation" })
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, i := range list[:min(len(list), shownIssues)] {
		entity := ""
		if i.Entity > 0 { // otherwise it is about the file
			entity = fmt.Sprintf("#%d", i.Entity)
		}
		fmt.Fprintf(t, "    %s\t%s\t%s\t%s\t%s\t%s\n", entity, i.GlobalID, i.Class, i.Outcome, i.Code, i.Message)
	}
	_ = t.Flush()
	if more := int64(len(list)-shownIssues) + r.IssuesOmitted; more > 0 {
		fmt.Fprintf(w, "    … and %d more; see them all with --report FILE.json\n", more)
	}
}
