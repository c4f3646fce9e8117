// Command shapes builds the shape of every product of IFC files and prints what came out,
// one JSON object a product, for the judges beside it and for a look at what is missing:
//
//	go run ./benchmarks/shapes DIR-OR-FILE… > products.ndjson
//	go run ./benchmarks/shapes -summary DIR-OR-FILE…
//
// The summary is one line a file and the reasons of all products that are not exact.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/shape"
	"github.com/shikong-cim/shikong/ifc/step"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// product is what is printed of one product. Lengths are metres of the model.
type product struct {
	File      string      `json:"file"`
	Entity    uint64      `json:"entity"`
	GlobalID  string      `json:"global_id"`
	Class     string      `json:"class"`
	Body      bool        `json:"body"`
	Outcome   string      `json:"outcome"`
	Code      string      `json:"code,omitempty"`
	Message   string      `json:"message,omitempty"`
	Blame     string      `json:"blame,omitempty"`
	Triangles int         `json:"triangles"`
	Closed    bool        `json:"closed"`
	Box       *[6]float64 `json:"box,omitempty"`
	Volume    float64     `json:"volume"`
	Area      float64     `json:"area"`
}

func main() {
	summary := flag.Bool("summary", false, "print counts by file and by reason instead of products")
	quiet := flag.Bool("quiet", false, "build everything and print totals only, for measuring")
	chord := flag.Float64("chord", 0, "chord tolerance in metres, 0 for the default")
	turn := flag.Float64("turn", 0, "largest angle between facets in radians, 0 for the default")
	workers := flag.Int("workers", 1, "goroutines for each file")
	profile := flag.String("profile", "", "write a processor profile to this file")
	flag.Parse()
	stop, err := profiled(*profile)
	if err != nil {
		fmt.Fprintln(os.Stderr, "shapes:", err)
		os.Exit(1)
	}
	defer stop()
	if err := run(flag.Args(), *workers, shape.Options{Chord: *chord, MaxTurn: *turn}, printer(*summary, *quiet)); err != nil {
		fmt.Fprintln(os.Stderr, "shapes:", err)
		os.Exit(1)
	}
}

// profiled starts a processor profile where a file is named, and returns what ends it.
func profiled(path string) (stop func(), err error) {
	if path == "" {
		return func() {}, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, err
	}
	return func() {
		pprof.StopCPUProfile()
		_ = f.Close() // a lost profile shows when it is read
	}, nil
}

func printer(summary, quiet bool) report {
	switch {
	case quiet:
		return &totals{}
	case summary:
		return &counts{reasons: map[string]int{}}
	}
	w := bufio.NewWriter(os.Stdout)
	return &lines{w: w, enc: json.NewEncoder(w)}
}

// report takes in products file by file.
type report interface {
	file(name string, list []product) error
	end() error
	measures() bool // whether boxes, volumes and areas are wanted
}

func run(args []string, workers int, opt shape.Options, out report) error {
	files, err := find(args)
	if err != nil {
		return err
	}
	for _, f := range files {
		list, err := build(f, workers, opt, out.measures())
		if err != nil {
			fmt.Fprintf(os.Stderr, "shapes: %s: %v\n", f, err)
			continue
		}
		if err := out.file(short(f), list); err != nil {
			return err
		}
	}
	return out.end()
}

// find lists the IFC files under the arguments.
func find(args []string) ([]string, error) {
	var files []string
	for _, a := range args {
		err := filepath.WalkDir(a, func(path string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() && (path == a || strings.EqualFold(filepath.Ext(path), ".ifc")) {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

// short names a file by its folder and itself.
func short(path string) string {
	return filepath.Join(filepath.Base(filepath.Dir(path)), filepath.Base(path))
}

func build(path string, workers int, opt shape.Options, measure bool) ([]product, error) {
	f, err := step.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // read only
	m, err := model.Load(f)
	if err != nil {
		return nil, err
	}
	all := m.Products()
	list := make([]product, len(all))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			b := shape.New(m, opt)
			for i := next.Add(1) - 1; i < int64(len(all)); i = next.Add(1) - 1 {
				list[i] = describe(m, all[i], b.Product(all[i]), measure)
				list[i].File = short(path)
			}
		})
	}
	wg.Wait()
	return list, nil
}

// describe measures a shape only when asked: that costs as much as building many of them.
func describe(m *model.Model, e model.Entity, r shape.Result, measure bool) product {
	p := product{
		Entity: m.Number(e), GlobalID: m.Attr(e, "GlobalId").Text(), Class: m.Type(e).String(), Body: r.Body,
		Outcome: r.Outcome.String(), Code: r.Code, Message: r.Message, Closed: true,
	}
	if r.Entity != 0 {
		p.Blame = fmt.Sprintf("#%d=%s", m.Number(r.Entity), m.Type(r.Entity))
	}
	for _, in := range r.Instances {
		p.Triangles += in.Mesh.NumTriangles()
		p.Closed = p.Closed && in.Mesh.Closed
		if measure {
			p.Area += in.Mesh.Moved(in.Transform).Area()
		}
	}
	if !measure {
		return p
	}
	p.Volume = mesh.Volume(r.Instances)
	if box := mesh.Bounds(r.Instances); !box.IsEmpty() {
		p.Box = &[6]float64{box.Min[0], box.Min[1], box.Min[2], box.Max[0], box.Max[1], box.Max[2]}
	}
	return p
}

// lines prints every product.
type lines struct {
	w   *bufio.Writer
	enc *json.Encoder
}

func (l *lines) file(_ string, list []product) error {
	for i := range list {
		if err := l.enc.Encode(&list[i]); err != nil {
			return err
		}
	}
	return nil
}

func (l *lines) end() error { return l.w.Flush() }

func (l *lines) measures() bool { return true }

// counts prints a line for each file with a product that is not exact, then the reasons.
type counts struct {
	body, exact int
	reasons     map[string]int
}

func (c *counts) file(name string, list []product) error {
	body, exact := 0, 0
	for i := range list {
		p := &list[i]
		if p.Body {
			body++
		}
		switch {
		case p.Outcome == "exact" && p.Body:
			exact++
		case p.Outcome != "exact":
			_, blame, _ := strings.Cut(p.Blame, "=")
			kind := "lines"
			if p.Body {
				kind = "body"
			}
			c.reasons[fmt.Sprintf("%-5s %-11s %s (%s)", kind, p.Outcome, p.Code, blame)]++
		}
	}
	c.body += body
	c.exact += exact
	if exact < body {
		fmt.Printf("%6d of %6d exact  %6.2f %%  %s\n", exact, body, 100*float64(exact)/float64(body), name)
	}
	return nil
}

func (c *counts) end() error {
	fmt.Printf("%6d of %6d exact  %6.2f %%  in all\n", c.exact, c.body, 100*float64(c.exact)/float64(max(1, c.body)))
	names := slices.Collect(maps.Keys(c.reasons))
	slices.SortFunc(names, func(a, b string) int { return c.reasons[b] - c.reasons[a] })
	for _, n := range names {
		fmt.Printf("%6d  %s\n", c.reasons[n], n)
	}
	return nil
}

func (c *counts) measures() bool { return false }

// totals prints sums only.
type totals struct{ products, triangles int }

func (t *totals) file(_ string, list []product) error {
	t.products += len(list)
	for i := range list {
		t.triangles += list[i].Triangles
	}
	return nil
}

func (t *totals) end() error {
	fmt.Printf("%d products, %d triangles\n", t.products, t.triangles)
	return nil
}

func (t *totals) measures() bool { return false }
