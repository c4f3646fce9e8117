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

// hints are what to type about problems that are found where nobody knows of a command line, by
// their codes.
var hints = map[string]string{
	"collection-not-found": "list what there is with shikong collections",
	"feature-not-found":    "see which ids there are with shikong query COLLECTION --at .. --format table",
	"invalid-filter":       "write a condition in CQL2, such as \"floors > 5 AND class = 'tower'\"",
	"model-not-found":      "list what there is with shikong collections",
	"not-pmtiles":          "name a file that shikong export wrote with -o FILE.pmtiles, or another program",
	"token-not-found":      "list those there are with shikong token list",
}

// printError writes what happened and, on a line of its own, what to do about it.
func printError(w io.Writer, err error) {
	var several *failures
	if errors.As(err, &several) {
		several.print(w)
		return
	}
	text, hint := told(err)
	fmt.Fprintln(w, "shikong: "+text)
	if hint != "" {
		fmt.Fprintln(w, "  "+hint)
	}
}

// told is what happened, with its code, and what to do about it, "" where nobody knows.
func told(err error) (text, hint string) {
	text = err.Error()
	var p *spatial.Problem
	var c *crs.Error
	switch {
	case errors.As(err, &p):
		return strings.Replace(text, p.Error(), p.Message, 1) + " [" + p.Code + "]", firstOf(p.Hint, hints[p.Code])
	case errors.As(err, &c):
		return strings.Replace(text, c.Error(), c.Message, 1) + " [" + c.Code + "]", c.Hint
	}
	return text, ""
}
