package main

import (
	"fmt"
	"strings"
)

// close prints what there is to say about a package that ended and adds it to the tally.
func (r *run) close(p *pack, e event) {
	var n tally
	var failures []*test
	for _, t := range p.leaves() {
		switch {
		case t.outcome == "pass":
			n.passed++
		case t.outcome == "skip" && r.strict != "" && strings.Contains(t.output.String(), r.strict):
			fmt.Fprintf(&t.output, "    skipped, and here %s must be set: that is a failure\n", r.strict)
			failures = append(failures, t)
		case t.outcome == "skip":
			n.skipped++
			r.skipped = append(r.skipped, fmt.Sprintf("%s %s: %s", p.path, t.name, reason(t.output.String())))
		default:
			failures = append(failures, t)
		}
	}
	n.failed = len(failures)
	if e.Action == "fail" && n.failed == 0 {
		n.failed = 1 // it did not build, or it ended outside a test: os.Exit, a data race, TestMain
		r.failed = append(r.failed, p.path)
	}
	r.tally.add(n)
	r.line(p, n, e.Elapsed)
	if n.failed == 0 {
		return
	}
	if b := r.builds[p.build]; b != nil {
		r.block(b.String())
	}
	for _, t := range failures {
		r.failed = append(r.failed, p.path+" "+t.name)
		r.block(t.output.String())
	}
	r.block(p.output.String())
}

func (r *run) line(p *pack, n tally, seconds float64) {
	if n == (tally{}) {
		fmt.Fprintf(r.out, "     %s  no tests\n", p.path)
		return
	}
	word := "ok  "
	if n.failed > 0 {
		word = "FAIL"
	}
	skipped := ""
	if n.skipped > 0 {
		skipped = fmt.Sprintf(", %d skipped", n.skipped)
	}
	fmt.Fprintf(r.out, "%s %s  %d passed, %d failed%s  %.1f s\n", word, p.path, n.passed, n.failed, skipped, seconds)
}

func (r *run) block(text string) {
	for line := range strings.Lines(text) {
		fmt.Fprintf(r.out, "     | %s\n", strings.TrimRight(line, "\n"))
	}
}

// end blames what never ended, and lists at last what is easily overlooked.
func (r *run) end() {
	for _, p := range r.packs {
		p.output.WriteString("the package's tests never ended\n")
		r.close(p, event{Action: "fail"})
	}
	r.list("SKIPPED", r.skipped)
	r.list("FAILED", r.failed)
}

func (r *run) list(title string, items []string) {
	if len(items) == 0 {
		return
	}
	fmt.Fprintf(r.out, "\n%s (%d)\n", title, len(items))
	for _, s := range items {
		fmt.Fprintf(r.out, "  %s\n", s)
	}
}

// reason is what a test said on its way out, without the go command's own lines.
func reason(output string) string {
	var said []string
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "===") || strings.HasPrefix(line, "--- ") {
			continue
		}
		said = append(said, line)
	}
	if len(said) == 0 {
		return "no reason given"
	}
	return strings.Join(said, " ")
}
