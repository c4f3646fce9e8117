package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/shikong-cim/shikong/spatial"
)

func newDrop(a *app) *cobra.Command {
	var model string
	var purge bool
	c := &cobra.Command{
		Use:     "drop COLLECTION",
		Short:   "End what a collection or model says, or remove it for good",
		Long:    "End the validity of everything in a collection, or in one of its models, as of now: what\nstood before stays readable with --at and --as-of. With --purge it is removed with all its history.",
		Example: "  shikong drop buildings --model survey\n  shikong drop scratch --purge",
		Args:    exactArgs(1, "one collection"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withStore(c.Context(), storeOptions{}, func(s spatial.Store) error {
				return a.drop(c.Context(), s, args[0], model, purge)
			})
		},
	}
	c.Flags().StringVar(&model, "model", "", "only this model")
	c.Flags().BoolVar(&purge, "purge", false, "remove it with all its history")
	return c
}

func (a *app) drop(ctx context.Context, s spatial.Store, collection, model string, purge bool) error {
	if purge {
		done, err := s.Purge(ctx, collection, model)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(a.out, "%s: removed, with all history (revision %d)\n", target(collection, model), done.Revision)
		return err
	}
	models, err := s.Models(ctx, collection)
	if err != nil {
		return err
	}
	now, found := time.Now(), false
	for _, m := range models {
		if model != "" && m.Name != model {
			continue
		}
		found = true
		done, err := s.Apply(ctx, spatial.Import{Collection: spatial.Collection{Name: collection}, Model: m.Name, Source: m.Source,
			Frame: m.Frame, From: now, Features: func(func(spatial.Feature, error) bool) {}})
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(a.out, "%s: %d features ended (revision %d)\n", target(collection, m.Name), done.Ended, done.Revision); err != nil {
			return err
		}
	}
	if !found && model != "" {
		return &spatial.Problem{Kind: spatial.ErrNotFound, Code: "no-such-model", Message: fmt.Sprintf("the collection %s has no model %s", collection, model),
			Hint: "list them with shikong collections"}
	}
	return nil
}

func target(collection, model string) string {
	if model == "" {
		return collection
	}
	return collection + "/" + model
}
