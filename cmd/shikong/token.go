package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/shikong-cim/shikong/api/tokens"
	"github.com/shikong-cim/shikong/spatial"
)

const tokenExample = `  shikong token create design-office --file tokens
  shikong token list --file tokens
  shikong token revoke design-office --file tokens`

func newToken(a *app) *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:     "token",
		Short:   "Create, list and revoke the tokens that let clients write",
		Long:    "Tokens stand hashed in a file that shikong serve is told with --token-file; a running\nserver sees changes at once.",
		Example: tokenExample,
		Args:    onlyCommands,
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.PersistentFlags().StringVar(&file, "file", "tokens", "file that holds the tokens' hashes")
	c.AddCommand(
		&cobra.Command{Use: "create NAME", Short: "Make a token and print it, this once", Example: "  shikong token create design-office --file tokens > secret.txt",
			Args: exactArgs(1, "one name"), RunE: func(_ *cobra.Command, args []string) error {
				secret, err := tokens.Create(file, args[0], time.Now())
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(a.out, secret)
				return err
			}},
		&cobra.Command{Use: "revoke NAME", Short: "End a token", Example: "  shikong token revoke design-office --file tokens",
			Args: exactArgs(1, "one name"), RunE: func(_ *cobra.Command, args []string) error {
				return tokens.Revoke(file, args[0], time.Now())
			}},
		withJSON(a, &cobra.Command{Use: "list", Short: "List tokens by name", Example: "  shikong token list --file tokens",
			Args: exactArgs(0, "no arguments"), RunE: func(*cobra.Command, []string) error { return a.listTokens(file) }}),
	)
	return c
}

func (a *app) listTokens(file string) error {
	list, err := tokens.List(file)
	if err != nil {
		return err
	}
	if a.json {
		if list == nil {
			list = []tokens.Token{}
		}
		return json.NewEncoder(a.out).Encode(list)
	}
	t := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "NAME\tCREATED\tREVOKED")
	for _, token := range list {
		fmt.Fprintf(t, "%s\t%s\t%s\n", token.Name, spatial.FormatTime(token.Created), spatial.FormatTime(token.Revoked))
	}
	return t.Flush()
}
