// Command replicate makes a large IFC file of a small one: the same model again and again,
// side by side, each time with other instance numbers and fresh GlobalIds, in one project.
// Large public models are not to be had, and cost must grow linearly with size.
//
//	go run ./benchmarks/replicate -size 300MB model.ifc > large.ifc
package main

import (
	"bufio"
	"crypto/sha256"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/shikong-cim/shikong/ifc/step"
)

// spacing is how far copies stand apart, in the model's own unit of length: far enough in
// millimetres, and no further than a city in metres.
const spacing = 100_000

func main() {
	size := flag.String("size", "100MB", "size of the result: a number of bytes, KB, MB or GB")
	apart := flag.Float64("apart", spacing, "distance between copies in the model's unit of length")
	flag.Parse()
	if err := run(flag.Arg(0), *size, *apart, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "replicate:", err)
		os.Exit(1)
	}
}

func run(path, size string, apart float64, out io.Writer) error {
	limit, err := bytesOf(size)
	if err != nil {
		return err
	}
	f, err := step.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // read only
	r := &replicator{f: f, out: bufio.NewWriterSize(out, 1<<20), apart: apart}
	for row := range f.Rows() {
		r.top = max(r.top, f.Number(row))
	}
	r.top += 10 // for the placement of each copy
	fmt.Fprintf(r.out, "ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION((''),'2;1');\nFILE_NAME('','',(''),(''),'','replicate','');\nFILE_SCHEMA(('%s'));\nENDSEC;\nDATA;\n", strings.Join(f.Header.Schemas, "','"))
	for n := uint64(0); r.written < limit; n++ {
		if err := r.copy(n); err != nil {
			return err
		}
	}
	fmt.Fprint(r.out, "ENDSEC;\nEND-ISO-10303-21;\n")
	return r.out.Flush()
}

func bytesOf(text string) (int64, error) {
	factor := int64(1)
	for unit, f := range map[string]int64{"KB": 1e3, "MB": 1e6, "GB": 1e9} {
		if rest, ok := strings.CutSuffix(strings.ToUpper(text), unit); ok {
			text, factor = rest, f
		}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("-size: %w", err)
	}
	return n * factor, nil
}

// shared are entities that all copies have in common: the project and what belongs to it.
var shared = map[string]bool{
	"IFCPROJECT": true, "IFCUNITASSIGNMENT": true, "IFCSIUNIT": true, "IFCCONVERSIONBASEDUNIT": true, "IFCDERIVEDUNIT": true, "IFCDERIVEDUNITELEMENT": true,
	"IFCMEASUREWITHUNIT": true, "IFCDIMENSIONALEXPONENTS": true, "IFCMONETARYUNIT": true, "IFCGEOMETRICREPRESENTATIONCONTEXT": true,
	"IFCGEOMETRICREPRESENTATIONSUBCONTEXT": true, "IFCMAPCONVERSION": true, "IFCPROJECTEDCRS": true, "IFCOWNERHISTORY": true, "IFCAPPLICATION": true,
	"IFCPERSON": true, "IFCORGANIZATION": true, "IFCPERSONANDORGANIZATION": true,
}

type replicator struct {
	f       *step.File
	out     *bufio.Writer
	top     uint64 // above every number of the source
	apart   float64
	written int64
	line    []byte
}

// copy writes the n-th copy; the first, number 0, keeps its numbers and GlobalIds.
func (r *replicator) copy(n uint64) error {
	shift := n * r.top
	if n > 0 {
		const side = 64
		base := shift + r.top
		r.line = fmt.Appendf(r.line[:0], "#%d=IFCCARTESIANPOINT((%.1f,%.1f,0.));\n#%d=IFCAXIS2PLACEMENT3D(#%d,$,$);\n#%d=IFCLOCALPLACEMENT($,#%d);\n",
			base-1, float64(n%side)*r.apart, float64(n/side)*r.apart, base-2, base-1, base-3, base-2)
		if err := r.flush(); err != nil {
			return err
		}
	}
	for row := range r.f.Rows() {
		if n > 0 && shared[r.f.Keyword(row)] {
			continue
		}
		r.line = r.statement(r.line[:0], r.f.Text(row), r.f.Keyword(row), n)
		r.line = append(r.line, '\n')
		if err := r.flush(); err != nil {
			return err
		}
	}
	return nil
}

func (r *replicator) flush() error {
	n, err := r.out.Write(r.line)
	r.written += int64(n)
	return err
}

// statement appends a statement with its numbers shifted, its GlobalId made new, and a
// placement that is relative to nothing made relative to that of the copy.
func (r *replicator) statement(dst []byte, text, keyword string, n uint64) []byte {
	if n == 0 {
		return append(dst, text...)
	}
	shift := n * r.top
	if keyword == "IFCLOCALPLACEMENT" {
		text = strings.Replace(text, "($,", fmt.Sprintf("(#%d,", r.top-3), 1)
	}
	first := true
	for i := 0; i < len(text); {
		switch c := text[i]; c {
		case '\'':
			end := i + 1
			for end < len(text) && (text[end] != '\'' || end+1 < len(text) && text[end+1] == '\'') {
				if text[end] == '\'' {
					end++
				}
				end++
			}
			end = min(end+1, len(text))
			if inner := text[i+1 : end-1]; first && len(inner) == 22 && strings.HasSuffix(strings.TrimRight(text[:i], " "), "(") {
				dst = append(append(append(dst, '\''), freshID(inner, n)...), '\'')
			} else {
				dst = append(dst, text[i:end]...)
			}
			first, i = false, end
		case '#':
			end := i + 1
			for end < len(text) && text[end] >= '0' && text[end] <= '9' {
				end++
			}
			number, err := strconv.ParseUint(text[i+1:end], 10, 64)
			if err == nil && !shared[r.f.Keyword(r.f.Find(number))] {
				number += shift
			}
			dst = strconv.AppendUint(append(dst, '#'), number, 10)
			i = end
		default:
			dst = append(dst, c)
			i++
		}
	}
	return dst
}

// freshID returns another GlobalId, the same one every time.
func freshID(id string, n uint64) string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_$"
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", id, n))
	out := make([]byte, 22)
	for i := range out {
		out[i] = digits[sum[i]&63]
	}
	out[0] = digits[sum[0]&3]
	return string(out)
}
