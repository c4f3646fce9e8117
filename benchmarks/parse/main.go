// Command parse reads GlobalId, name, type and all properties and quantities of every
// product of IFC files, and prints how many there were and what that took. Its peers are
// webifc.mjs and ifcopenshell.py beside it, which do the same; none of them is needed to
// build or to test.
//
//	go run ./benchmarks/parse model.ifc…
//	node benchmarks/parse/webifc.mjs model.ifc…
//	python3 benchmarks/parse/ifcopenshell_parse.py model.ifc…
package main

import (
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/step"
	"github.com/shikong-cim/shikong/spatial"
)

func main() {
	for _, path := range os.Args[1:] {
		if err := parse(path); err != nil {
			fmt.Fprintln(os.Stderr, "parse:", err)
			os.Exit(1)
		}
	}
}

// parse prints file, products, properties, bytes of text, wall clock and processor seconds,
// and the peak of resident memory in MB.
func parse(path string) error {
	start, before := time.Now(), cpu()
	f, err := step.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // read only
	m, err := model.Load(f)
	if err != nil {
		return err
	}
	opened := time.Since(start)
	reader, texts, properties := m.Reader(), 0, 0
	var list []model.Property
	for _, p := range m.Products() {
		texts += len(m.GlobalID(p)) + len(m.Name(p)) + len(m.Type(p).String()) + len(m.Name(m.TypeOf(p)))
		list = reader.Properties(list[:0], p)
		properties += len(list)
		for _, v := range list {
			if v.Value.Kind() == spatial.String {
				texts += len(v.Value.Text())
			}
		}
	}
	fmt.Printf("shikong\t%s\t%d products\t%d properties\t%d bytes\topen %.3f s\tall %.3f s\t%.3f CPU s\t%d MB\n", path, len(m.Products()), properties, texts,
		opened.Seconds(), time.Since(start).Seconds(), (cpu() - before).Seconds(), peak())
	return nil
}

func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func peak() int64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return u.Maxrss >> 10
}
