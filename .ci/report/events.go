package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// event is one line of go test -json (go doc test2json).
type event struct {
	Action      string
	Package     string
	ImportPath  string
	Test        string
	Output      string
	Elapsed     float64
	FailedBuild string
}

// test is one test or subtest while it runs and after it ended.
type test struct {
	name    string
	outcome string // pass, fail, skip; empty while it runs
	output  strings.Builder
}

// pack is the test binary of one package.
type pack struct {
	path   string
	tests  map[string]*test
	order  []*test
	output strings.Builder // what no test printed
	build  string          // ImportPath of the build that failed
}

// run is everything that a stream of events has told so far.
type run struct {
	out     io.Writer
	packs   map[string]*pack
	builds  map[string]*strings.Builder
	tally   tally
	skipped []string
	failed  []string
	strict  string
}

func newRun(out io.Writer, strict string) *run {
	return &run{out: out, strict: strict, packs: map[string]*pack{}, builds: map[string]*strings.Builder{}}
}

// read consumes the stream to its end. A line that is no event is passed through: the go command prints its own
// complaints (a missing module, a bad flag) as plain text. What it downloads is nobody's concern.
func (r *run) read(in io.Reader) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var e event
			if json.Unmarshal(line, &e) == nil && e.Action != "" {
				r.take(e)
			} else if !bytes.HasPrefix(line, []byte("go: downloading ")) {
				fmt.Fprintf(r.out, "%s\n", bytes.TrimRight(line, "\n"))
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read test events: %w", err)
		}
	}
}

func (r *run) take(e event) {
	switch e.Action {
	case "build-output":
		if r.builds[e.ImportPath] == nil {
			r.builds[e.ImportPath] = &strings.Builder{}
		}
		r.builds[e.ImportPath].WriteString(e.Output)
		return
	case "build-fail":
		return
	}
	p := r.pack(e.Package)
	if e.Test != "" {
		p.take(e)
		return
	}
	switch e.Action {
	case "output":
		p.output.WriteString(e.Output)
	case "pass", "fail", "skip":
		p.build = e.FailedBuild
		r.close(p, e)
		delete(r.packs, p.path)
	}
}

func (r *run) pack(path string) *pack {
	if r.packs[path] == nil {
		r.packs[path] = &pack{path: path, tests: map[string]*test{}}
	}
	return r.packs[path]
}

func (p *pack) take(e event) {
	t := p.tests[e.Test]
	if t == nil {
		t = &test{name: e.Test}
		p.tests[e.Test] = t
		p.order = append(p.order, t)
	}
	switch e.Action {
	case "output":
		t.output.WriteString(e.Output)
	case "pass", "fail", "skip":
		t.outcome = e.Action
	}
}

// leaves returns the tests that are counted: those without subtests, and those that failed though no subtest did.
func (p *pack) leaves() []*test {
	parent, blamed := map[string]bool{}, map[string]bool{}
	for _, t := range p.order {
		for at, c := range t.name {
			if c != '/' {
				continue
			}
			parent[t.name[:at]] = true
			if t.outcome == "fail" || t.outcome == "" {
				blamed[t.name[:at]] = true
			}
		}
	}
	var leaves []*test
	for _, t := range p.order {
		failed := t.outcome == "fail" || t.outcome == ""
		if !parent[t.name] || failed && !blamed[t.name] {
			leaves = append(leaves, t)
		}
	}
	return leaves
}
