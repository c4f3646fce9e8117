package main

import (
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// app is what every command shares.
type app struct {
	in       io.Reader
	out, err io.Writer
	store    string // --store
	json     bool   // --json
}

const rootLong = `shikong takes BIM models (IFC), GeoJSON and other city data in, keeps them with the
time they are valid, and serves them as vector tiles, features and a web map.

A store is a GeoPackage file (city.gpkg) or a PostGIS database (postgres://…).`

// newRoot returns the command with all its subcommands.
func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:           "shikong",
		Short:         "What stands where, and when",
		Long:          rootLong,
		Example:       "  shikong import city.geojson --store city.gpkg\n  shikong serve --store city.gpkg",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          onlyCommands,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usagef("%s: %w; see %s --help", c.CommandPath(), err, c.CommandPath())
	})
	store := os.Getenv("SHIKONG_STORE")
	if store == "" {
		store = "shikong.gpkg"
	}
	root.PersistentFlags().StringVar(&a.store, "store", store, "GeoPackage file or postgres:// address (or SHIKONG_STORE)")
	root.AddCommand(
		newImport(a), newInspect(a), newServe(a),
		newCollections(a), newQuery(a), newHistory(a), newDiff(a), newExport(a),
		newDrop(a), newBackup(a), newPrune(a), newMigrate(a), newVerify(a), newToken(a), newVersion(a),
	)
	return root
}

// withJSON adds --json to a command that prints a table.
func withJSON(a *app, c *cobra.Command) *cobra.Command {
	c.Flags().BoolVar(&a.json, "json", false, "print JSON instead of a table")
	return c
}

// onlyCommands are the arguments of a command that only has commands below it.
func onlyCommands(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	const near = 2 // letters to change, as cobra has it where it looks by itself
	c.SuggestionsMinimumDistance = near
	if like := c.SuggestionsFor(args[0]); len(like) > 0 {
		return usagef("%s has no command %q; is it %s?", c.CommandPath(), args[0], strings.Join(like, " or "))
	}
	return usagef("%s has no command %q; see %s --help", c.CommandPath(), args[0], c.CommandPath())
}

// exactArgs is cobra.ExactArgs with an error that counts as wrong usage.
func exactArgs(n int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != n {
			return usagef("%s takes %s; see %s --help", c.CommandPath(), what, c.CommandPath())
		}
		return nil
	}
}
