package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/shikong-cim/shikong/api/ogc"
	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

const diffExample = `  shikong diff buildings --between 1995-01-01,2024-01-01
  shikong diff buildings --known-between 2024-03-01,2024-04-01 --at 2010-01-01
  shikong diff campus --between 2024-01-01,2024-06-01 --json --exit-code`

const diffLong = `What was added, changed (and in what), moved (and how far) and removed between two times.

--between compares what stands at two valid times, as known now or --as-of. --known-between
compares what the store knew at two times about what stands now or --at.`

// diffFlags are the flags of shikong diff.
type diffFlags struct {
	between, known, at, asOf, bbox string
	ids                            []string
	exitCode                       bool
}

// errDiffers ends shikong diff --exit-code when something differs: it is said already.
var errDiffers = errors.New("differs")

func newDiff(a *app) *cobra.Command {
	var f diffFlags
	c := &cobra.Command{
		Use:     "diff COLLECTION",
		Short:   "What was added, changed, moved and removed between two times",
		Long:    diffLong,
		Example: diffExample,
		Args:    exactArgs(1, "one collection"),
		RunE: func(c *cobra.Command, args []string) error {
			q, times, err := f.ask(args[0], time.Now())
			if err != nil {
				return err
			}
			return a.withStore(c.Context(), storeOptions{readOnly: true}, func(s spatial.Store) error {
				list, err := f.differences(c.Context(), s, q, times)
				if err != nil {
					return err
				}
				n, err := a.printDiff(list)
				if err == nil && f.exitCode && n != (ogc.DiffCounts{}) {
					return errDiffers
				}
				return err
			})
		},
	}
	fl := c.Flags()
	fl.StringVar(&f.between, "between", "", "T1,T2: two valid times, the earlier first")
	fl.StringVar(&f.known, "known-between", "", "T1,T2: two times of recording, the earlier first")
	fl.StringVar(&f.at, "at", "", "with --known-between: date or time at which it stands (default: now)")
	fl.StringVar(&f.asOf, "as-of", "", "with --between: what the store knew then")
	fl.StringVar(&f.bbox, "bbox", "", "only what meets west,south,east,north, or west,south,low,east,north,high")
	fl.StringSliceVar(&f.ids, "id", nil, "only these ids")
	fl.BoolVar(&f.exitCode, "exit-code", false, "exit with 1 when something differs")
	return withJSON(a, c)
}

// ask reads the flags: what is compared, and at which two times.
func (f *diffFlags) ask(collection string, now time.Time) (q spatial.Query, times [2]time.Time, err error) {
	text, flag := f.between, "--between"
	if f.known != "" {
		text, flag = f.known, "--known-between"
	}
	switch {
	case (f.between == "") == (f.known == ""):
		return q, times, usagef("give either --between T1,T2 or --known-between T1,T2")
	case f.between != "" && f.at != "":
		return q, times, usagef("--between says which valid times are compared: leave out --at")
	case f.known != "" && f.asOf != "":
		return q, times, usagef("--known-between says which times of recording are compared: leave out --as-of")
	}
	if times, err = rest.ParseInstants(text); err != nil {
		return q, times, usageError{wrapf(err, "%s", flag)}
	}
	asked := queryFlags{at: f.at, asOf: f.asOf, bbox: f.bbox, ids: f.ids}
	q, err = asked.query(collection, now)
	return q, times, err
}

func (f *diffFlags) differences(ctx context.Context, s spatial.Store, q spatial.Query, times [2]time.Time) (iter.Seq2[spatial.Difference, error], error) {
	if f.between != "" {
		return spatial.DiffValid(ctx, s, q, times[0], times[1]), nil
	}
	var revisions [2]int64
	for i, t := range times {
		var err error
		if revisions[i], err = spatial.RevisionAt(ctx, s, t); err != nil {
			return nil, err
		}
	}
	if _, err := s.Collection(ctx, q.Collection); err != nil || revisions[0] == revisions[1] {
		return func(func(spatial.Difference, error) bool) {}, err
	}
	return spatial.DiffRecorded(ctx, s, s, q, revisions[0], revisions[1]), nil
}

func (a *app) printDiff(list iter.Seq2[spatial.Difference, error]) (n ogc.DiffCounts, err error) {
	if a.json {
		return a.printDiffJSON(list)
	}
	t := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "CHANGE\tID\tNAME\tCHANGED\tMOVED")
	clean := strings.NewReplacer("\t", " ", "\n", " ", "\r", " ")
	for d, err := range list {
		if err != nil {
			return n, err
		}
		n.Add(d.Kind)
		f, moved := d.After, ""
		if f == nil {
			f = d.Before
		}
		if d.Moved > 0 {
			moved = metres(d.Moved) + " m"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", d.Kind, clean.Replace(d.ID), clean.Replace(f.Name), clean.Replace(strings.Join(d.Changed, ", ")), moved)
	}
	if err := t.Flush(); err != nil {
		return n, err
	}
	_, err = fmt.Fprintf(a.out, "%d added, %d changed, %d moved, %d removed\n", n.Added, n.Changed, n.Moved, n.Removed)
	return n, err
}

func (a *app) printDiffJSON(list iter.Seq2[spatial.Difference, error]) (n ogc.DiffCounts, err error) {
	w := bufio.NewWriterSize(a.out, 1<<16)
	enc := ogc.NewEncoder(ogc.Shape{})
	buf, first := []byte(`{"changes":[`), true
	for d, err := range list {
		if err != nil {
			return n, err
		}
		n.Add(d.Kind)
		if !first {
			buf = append(buf, ',')
		}
		first = false
		if buf, err = ogc.AppendDifference(append(buf, '\n'), enc, &d); err != nil {
			return n, err
		}
		if _, err := w.Write(buf); err != nil {
			return n, err
		}
		buf = buf[:0]
	}
	buf = fmt.Appendf(buf, "\n],\"counts\":{\"added\":%d,\"changed\":%d,\"moved\":%d,\"removed\":%d}}\n", n.Added, n.Changed, n.Moved, n.Removed)
	if _, err := w.Write(buf); err != nil {
		return n, err
	}
	return n, w.Flush()
}
