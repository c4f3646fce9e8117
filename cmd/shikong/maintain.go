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

func newPrune(a *app) *cobra.Command {
	var before string
	c := &cobra.Command{
		Use:   "prune --recorded-before DATE",
		Short: "Remove what had been replaced by a date",
		Long: "Remove the versions that had been replaced or taken back by a date, with their solids. What is\nknown now and what was known from that date on stays as it is; --as-of an earlier date is an\n" +
			"error afterwards. A GeoPackage file does not shrink by it; shikong backup writes a compact copy.",
		Example: "  shikong prune --recorded-before 2024-01-01 --store city.gpkg",
		Args:    exactArgs(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			if before == "" {
				return usagef("prune wants --recorded-before DATE")
			}
			instant, err := spatial.ParseTime(before)
			if err != nil {
				return usagef("--recorded-before %s: %v", before, err)
			}
			return a.withStore(c.Context(), storeOptions{}, func(s spatial.Store) error {
				n, err := s.Prune(c.Context(), instant)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(a.out, "%s: %d versions removed that had been replaced by %s\n", storeName(a.store), n, spatial.FormatTime(instant))
				return err
			})
		},
	}
	c.Flags().StringVar(&before, "recorded-before", "", "date or time; what had ended being recorded by then goes")
	return c
}

func newMigrate(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "migrate",
		Short:   "Bring the tables of an older store up to date",
		Long:    "Bring the tables of a store that an older shikong made up to date, in one transaction. Make a copy\nfirst: older programs do not open it afterwards. A store that is up to date stays as it is.",
		Example: "  shikong migrate --store city.gpkg",
		Args:    exactArgs(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withStore(c.Context(), storeOptions{migrate: true}, func(s spatial.Store) error {
				meta, err := s.Meta(c.Context())
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(a.out, "%s: has tables of version %d, as this program wants them\n", storeName(a.store), meta.SchemaVersion)
				return err
			})
		},
	}
}
