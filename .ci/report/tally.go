package main

import (
	"fmt"
	"os"
)

// tally counts tests by their outcome.
type tally struct{ passed, failed, skipped int }

func (t *tally) add(o tally) {
	t.passed += o.passed
	t.failed += o.failed
	t.skipped += o.skipped
}

// save appends a line "passed failed skipped" to a file, which gathers the suites of one test run.
func (t tally) save(file string) error {
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("save tally: %w", err)
	}
	if _, err := fmt.Fprintln(f, t.passed, t.failed, t.skipped); err != nil {
		return fmt.Errorf("save tally: %w", err)
	}
	return f.Close()
}
