package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/shikong-cim/shikong/spatial"
)

// verifier is a store that can check its own invariants; backer one that can copy itself.
type (
	verifier interface {
		Verify(ctx context.Context) ([]spatial.Issue, error)
	}
	backer interface {
		Backup(ctx context.Context, path string) error
	}
)

func newVerify(a *app) *cobra.Command {
	return withJSON(a, &cobra.Command{
		Use:     "verify",
		Short:   "Check every invariant of a store",
		Example: "  shikong verify --store city.gpkg",
		Args:    exactArgs(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withStore(c.Context(), storeOptions{readOnly: true}, func(s spatial.Store) error {
				return a.verify(c.Context(), s)
			})
		},
	})
}

func (a *app) verify(ctx context.Context, s spatial.Store) error {
	v, ok := s.(verifier)
	if !ok {
		return &spatial.Problem{Kind: spatial.ErrUnsupported, Code: "unsupported", Message: "this kind of store cannot check itself"}
	}
	issues, err := v.Verify(ctx)
	if err != nil {
		return err
	}
	if a.json {
		if issues == nil {
			issues = []spatial.Issue{}
		}
		if err := json.NewEncoder(a.out).Encode(issues); err != nil {
			return err
		}
	} else {
		for _, i := range issues {
			fmt.Fprintf(a.out, "%s: %s %s\n", i.Code, i.GlobalID, i.Message)
		}
	}
	if len(issues) > 0 {
		return &spatial.Problem{Kind: spatial.ErrConflict, Code: "store-corrupt", Message: fmt.Sprintf("%s breaks %d invariants", storeName(a.store), len(issues)),
			Hint: "go back to a backup, or import the models again"}
	}
	if !a.json {
		_, err = fmt.Fprintf(a.out, "%s: every invariant holds\n", storeName(a.store))
	}
	return err
}

func newBackup(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "backup FILE",
		Short:   "Copy a live GeoPackage store",
		Example: "  shikong backup city-2026-05-01.gpkg --store city.gpkg",
		Args:    exactArgs(1, "one file"),
		RunE: func(c *cobra.Command, args []string) error {
			if isPostGIS(a.store) {
				return &spatial.Problem{Kind: spatial.ErrUnsupported, Code: "unsupported", Message: "a PostGIS store is copied by PostgreSQL's own tools", Hint: "use pg_dump"}
			}
			if _, err := os.Lstat(args[0]); err == nil {
				return &spatial.Problem{Kind: spatial.ErrConflict, Code: "file-exists", Message: args[0] + " is there already", Hint: "name a new file"}
			}
			return a.withStore(c.Context(), storeOptions{readOnly: true}, func(s spatial.Store) error {
				b, ok := s.(backer)
				if !ok {
					return &spatial.Problem{Kind: spatial.ErrUnsupported, Code: "unsupported", Message: "this kind of store cannot copy itself"}
				}
				if err := b.Backup(c.Context(), args[0]); err != nil {
					return err
				}
				_, err := fmt.Fprintf(a.out, "%s: copied to %s\n", a.store, args[0])
				return err
			})
		},
	}
}
