package main

import (
	"bytes"
	"compress/gzip"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	testscript.Main(m, map[string]func(){"shikong": main})
}

// TestScripts runs the program as a user does: every file of testdata/script is a session at
// the command line.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:             "testdata/script",
		UpdateScripts:   os.Getenv("SHIKONG_BLESS") != "",
		ContinueOnError: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"fifo":    fifo,
			"gzip":    compress,
			"cut":     cut,
			"polygon": polygon,
			"nested":  nested,
		},
	})
}

// fifo NAME makes a named pipe.
func fifo(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(syscall.Mkfifo(ts.MkAbs(args[0]), 0o600))
}

// gzip FROM TO compresses a file.
func compress(ts *testscript.TestScript, _ bool, args []string) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(ts.ReadFile(args[0])))
	ts.Check(err)
	ts.Check(w.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b.Bytes(), 0o600))
}

// cut BYTES FROM TO copies the beginning of a file.
func cut(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(ts.ReadFile(args[1]))[:n], 0o600))
}

// polygon VERTICES TO writes a feature with a ring of so many positions.
func polygon(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	var b strings.Builder
	b.WriteString(`{"type":"Feature","id":"big","properties":{},"geometry":{"type":"Polygon","coordinates":[[`)
	for i := range n {
		b.WriteString("[" + strconv.FormatFloat(114+float64(i%1000)/1e5, 'f', 6, 64) + "," + strconv.FormatFloat(22+float64(i)/1e8, 'f', 8, 64) + "],")
	}
	b.WriteString(`[114,22]]]}}`)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(b.String()), 0o600))
}

// nested DEPTH TO writes a feature with a property nested so deep.
func nested(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	text := `{"type":"Feature","id":"a","geometry":null,"properties":{"a":` + strings.Repeat("[", n) + strings.Repeat("]", n) + "}}"
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(text), 0o600))
}
