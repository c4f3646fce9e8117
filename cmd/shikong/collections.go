package main

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/shikong-cim/shikong/spatial"
)

func newCollections(a *app) *cobra.Command {
	return withJSON(a, &cobra.Command{
		Use:     "collections",
		Short:   "List collections and their models",
		Example: "  shikong collections --store city.gpkg",
		Args:    exactArgs(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withStore(c.Context(), storeOptions{readOnly: true}, func(s spatial.Store) error {
				return a.listCollections(c.Context(), s)
			})
		},
	})
}

// collectionRow is a collection as --json prints it.
type collectionRow struct {
	Name     string           `json:"name"`
	Title    string           `json:"title,omitempty"`
	Count    int64            `json:"count"`
	Revision int64            `json:"revision"`
	Extent   *[6]float64      `json:"extent,omitempty"`
	Fields   []spatial.Field  `json:"fields"`
	Models   []collectionPart `json:"models"`
}

type collectionPart struct {
	Name     string         `json:"name"`
	Count    int64          `json:"count"`
	Recorded string         `json:"recorded"`
	Source   spatial.Source `json:"source"`
}

func (a *app) listCollections(ctx context.Context, s spatial.Reader) error {
	collections, err := s.Collections(ctx)
	if err != nil {
		return err
	}
	rows := make([]collectionRow, 0, len(collections))
	for _, c := range collections {
		row := collectionRow{Name: c.Name, Title: c.Title, Count: c.Count, Revision: c.Revision, Fields: c.Fields}
		if e := c.Extent; !e.IsEmpty() && e.HasZ() {
			row.Extent = &[6]float64{e.Min[0], e.Min[1], e.Min[2], e.Max[0], e.Max[1], e.Max[2]}
		}
		models, err := s.Models(ctx, c.Name)
		if err != nil {
			return err
		}
		for _, m := range models {
			row.Models = append(row.Models, collectionPart{Name: m.Name, Count: m.Count, Recorded: spatial.FormatTime(m.Recorded), Source: m.Source})
		}
		rows = append(rows, row)
	}
	if a.json {
		e := json.NewEncoder(a.out)
		e.SetIndent("", "  ")
		return e.Encode(rows)
	}
	t := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "COLLECTION\tMODEL\tFEATURES\tREVISION\tRECORDED\tSOURCE")
	for _, r := range rows {
		fmt.Fprintf(t, "%s\t\t%d\t%d\t\t%s\n", r.Name, r.Count, r.Revision, r.Title)
		for _, m := range r.Models {
			fmt.Fprintf(t, "\t%s\t%d\t\t%s\t%s\n", m.Name, m.Count, m.Recorded, m.Source.Name)
		}
	}
	return t.Flush()
}
