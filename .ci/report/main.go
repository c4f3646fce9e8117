package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

var errTests = errors.New("tests failed")

func main() {
	err := command(os.Args[1:], os.Stdin, os.Stdout)
	if err != nil && !errors.Is(err, errTests) {
		fmt.Fprintln(os.Stderr, "report:", err)
	}
	if err != nil {
		os.Exit(1)
	}
}

func command(args []string, in io.Reader, out io.Writer) error {
	if len(args) == 0 {
		return errors.New("say go or text")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	file := flags.String("tally", "", "file that gathers the counts")
	strict := flags.String("strict", "", "a skip that mentions this is a failure")
	suite := flags.String("suite", "", "name of the suite")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	switch args[0] {
	case "go":
		return reportGo(in, out, *file, *strict)
	case "text":
		return reportText(in, out, *file, *suite)
	}
	return fmt.Errorf("unknown form %q: say go or text", args[0])
}

func reportGo(in io.Reader, out io.Writer, file, strict string) error {
	r := newRun(out, strict)
	if err := r.read(in); err != nil {
		return err
	}
	r.end()
	return r.tally.conclude(file)
}

func reportText(in io.Reader, out io.Writer, file, suite string) error {
	n, err := passThrough(in, out)
	if err != nil {
		return err
	}
	if n == (tally{}) {
		fmt.Fprintf(out, "report: %s printed no summary that this program knows; it counts by its exit code alone\n", suite)
	}
	return n.conclude(file)
}

func (t tally) conclude(file string) error {
	if file != "" {
		if err := t.save(file); err != nil {
			return err
		}
	}
	return t.verdict()
}

func (t tally) verdict() error {
	if t.failed > 0 {
		return errTests
	}
	return nil
}
