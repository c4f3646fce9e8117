package main

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strconv"
)

var (
	colour = regexp.MustCompile("\x1b\\[[0-9;]*m")
	// Vitest: "      Tests  1 failed | 12 passed | 2 skipped (15)".
	vitest = regexp.MustCompile(`^\s*Tests\s+(\d.*)\(\d+\)`)
	// node:test: "# pass 12" in TAP, "ℹ pass 12" in the spec reporter.
	nodeTest = regexp.MustCompile(`^(?:#|ℹ)\s+(pass|fail|cancelled|skipped|todo)\s+(\d+)`)
	counted  = regexp.MustCompile(`(\d+) (passed|failed|skipped|todo)`)
)

// passThrough copies in to out and returns what the runners' summaries on the way add up to.
func passThrough(in io.Reader, out io.Writer) (tally, error) {
	var n tally
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		if _, werr := io.WriteString(out, line); werr != nil {
			return n, fmt.Errorf("copy test output: %w", werr)
		}
		n.add(summary(colour.ReplaceAllString(line, "")))
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, fmt.Errorf("read test output: %w", err)
		}
	}
}

func summary(line string) tally {
	var n tally
	if m := nodeTest.FindStringSubmatch(line); m != nil {
		n.count(m[1], m[2])
	}
	if m := vitest.FindStringSubmatch(line); m != nil {
		for _, c := range counted.FindAllStringSubmatch(m[1], -1) {
			n.count(c[2], c[1])
		}
	}
	return n
}

func (t *tally) count(word, number string) {
	n, err := strconv.Atoi(number)
	if err != nil {
		return
	}
	switch word {
	case "pass", "passed":
		t.passed += n
	case "fail", "failed", "cancelled":
		t.failed += n
	case "skipped", "todo":
		t.skipped += n
	}
}
