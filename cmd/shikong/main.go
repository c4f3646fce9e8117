package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
)

// version is set by the linker.
var version = "dev"

func main() { os.Exit(run()) }

// run is main with its exit code, so that deferred work is done before the process ends.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cmd := newRoot(&app{in: os.Stdin, out: os.Stdout, err: os.Stderr})
	err := cmd.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		fmt.Fprintln(os.Stderr, "shikong: interrupted; the store is as it was")
		return 130
	}
	if errors.Is(err, errDiffers) {
		return 1
	}
	printError(os.Stderr, err)
	if errors.As(err, new(usageError)) {
		return 2
	}
	return 1
}

// usageError is a command line that cannot be understood.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// printError writes what happened and, on a line of its own, what to do about it.
func printError(w io.Writer, err error) {
	text, hint := err.Error(), ""
	var p *spatial.Problem
	var c *crs.Error
	switch {
	case errors.As(err, &p):
		if hint = p.Hint; hint == "" && p.Code == "collection-not-found" {
			hint = "list what there is with shikong collections"
		}
		text = strings.Replace(text, p.Error(), p.Message, 1) + " [" + p.Code + "]"
	case errors.As(err, &c):
		hint = c.Hint
		text = strings.Replace(text, c.Error(), c.Message, 1) + " [" + c.Code + "]"
	}
	fmt.Fprintln(w, "shikong: "+text)
	if hint != "" {
		fmt.Fprintln(w, "  "+hint)
	}
}
