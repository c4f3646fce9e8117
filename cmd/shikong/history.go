package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/shikong-cim/shikong/api/ogc"
	"github.com/shikong-cim/shikong/spatial"
)

const historyExample = `  shikong history buildings 0001
  shikong history buildings --json
  shikong history campus 2O2Fr$t4X7Zf8NOew3FNr2 --as-of 2024-03-01`

const historyLong = `Without an ID: what each import did to the collection, oldest first. With one: every version of
that feature in both times, valid (when it stands) and known (when the store held it true);
a version whose "known until" is not open was replaced by a later import.`

func newHistory(a *app) *cobra.Command {
	var asOf string
	c := &cobra.Command{
		Use:     "history COLLECTION [ID]",
		Short:   "What happened to a collection, or to one feature",
		Long:    historyLong,
		Example: historyExample,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 2 {
				return usagef("%s takes one collection and perhaps an id; see %s --help", c.CommandPath(), c.CommandPath())
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			var until time.Time
			if asOf != "" {
				var err error
				if until, err = spatial.ParseTime(asOf); err != nil {
					return usageError{wrapf(err, "--as-of")}
				}
			}
			return a.withStore(c.Context(), storeOptions{readOnly: true}, func(s spatial.Store) error {
				if len(args) == 1 {
					return a.collectionHistory(c.Context(), s, args[0], until)
				}
				return a.featureHistory(c.Context(), s, args[0], args[1], until)
			})
		},
	}
	c.Flags().StringVar(&asOf, "as-of", "", "date or time: what the store knew then")
	return withJSON(a, c)
}

// revisionRow is an import as --json prints it.
type revisionRow struct {
	Revision int64  `json:"revision"`
	Recorded string `json:"recorded"`
	Model    string `json:"model"`
	Added    int64  `json:"added"`
	Changed  int64  `json:"changed"`
	Ended    int64  `json:"ended"`
	Purged   bool   `json:"purged,omitempty"`
}

func (a *app) collectionHistory(ctx context.Context, s spatial.Store, name string, until time.Time) error {
	if _, err := s.Collection(ctx, name); err != nil {
		return err
	}
	rows := []revisionRow{}
	for c, err := range s.Changes(ctx, 0) {
		if err != nil {
			return err
		}
		if c.Collection != name || (!until.IsZero() && c.Recorded.After(until)) {
			continue
		}
		rows = append(rows, revisionRow{Revision: c.Revision, Recorded: spatial.FormatTime(c.Recorded), Model: c.Model, Added: c.Added, Changed: c.Changed, Ended: c.Ended, Purged: c.Purged})
	}
	if a.json {
		e := json.NewEncoder(a.out)
		e.SetIndent("", "  ")
		return e.Encode(rows)
	}
	t := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "REVISION\tRECORDED\tMODEL\tADDED\tCHANGED\tENDED")
	for _, r := range rows {
		note := ""
		if r.Purged {
			note = "\thistory removed"
		}
		fmt.Fprintf(t, "%d\t%s\t%s\t%d\t%d\t%d%s\n", r.Revision, r.Recorded, r.Model, r.Added, r.Changed, r.Ended, note)
	}
	return t.Flush()
}

func (a *app) featureHistory(ctx context.Context, s spatial.Store, collection, id string, until time.Time) error {
	var list []spatial.Feature
	for f, err := range s.Features(ctx, spatial.Query{Collection: collection, IDs: []string{id}, Ever: true, Recorded: until}) {
		if err != nil {
			return err
		}
		list = append(list, f)
	}
	if len(list) == 0 {
		return &spatial.Problem{Kind: spatial.ErrNotFound, Code: "feature-not-found", Message: fmt.Sprintf("the collection %s has no feature %.100q", collection, id)}
	}
	if a.json {
		w := bufio.NewWriter(a.out)
		features := func(yield func(spatial.Feature, error) bool) {
			for _, f := range list {
				if !yield(f, nil) {
					return
				}
			}
		}
		if err := writeGeoJSON(w, features, ogc.Shape{}); err != nil {
			return err
		}
		return w.Flush()
	}
	t := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "VALID FROM\tVALID TO\tKNOWN SINCE\tKNOWN UNTIL\tMODEL\tNAME\tCHANGED")
	for i := range list {
		f := &list[i]
		changed := ""
		if i > 0 {
			if d, ok := spatial.Compare(&list[i-1], f); ok {
				changed = strings.Join(d.Changed, ", ")
			}
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", side(f.Valid.Start), side(f.Valid.End), side(f.Recorded.Start), side(f.Recorded.End), f.Model, f.Name, changed)
	}
	return t.Flush()
}

// side writes one side of an interval.
func side(t time.Time) string {
	if t.IsZero() {
		return ".."
	}
	return spatial.FormatTime(t)
}
