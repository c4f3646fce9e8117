// Command gen reads the EXPRESS files of the IFC schemas and writes the tables of package
// schema: names, inheritance, attribute positions and kinds. It writes facts, never the
// schema's text.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

// sources are the EXPRESS files in the order of schema.Version.
var sources = []string{"IFC2X3_TC1.exp", "IFC4_ADD2_TC1.exp", "IFC4x1.exp", "IFC4x2.exp",
	"IFC4x3_RC1.exp", "IFC4x3_RC2.exp", "IFC4x3_RC3.exp", "IFC4x3_RC4.exp", "IFC4X3_ADD2.exp"}

func main() {
	from := flag.String("schemas", "", "directory of the EXPRESS files; default $SHIKONG_SCHEMAS, else ../shared/data/schemas beside the repository")
	out := flag.String("out", ".", "directory of package schema")
	check := flag.Bool("check", false, "compare instead of writing; exit 1 on a difference")
	flag.Parse()
	if err := run(*from, *out, *check); err != nil {
		fmt.Fprintln(os.Stderr, "schema/gen:", err)
		os.Exit(1)
	}
}

func run(from, out string, check bool) error {
	dir, err := locate(from, out)
	if err != nil {
		return err
	}
	if dir == "" {
		fmt.Fprintln(os.Stderr, "schema/gen: SKIPPED, the EXPRESS files are not at hand; set SHIKONG_SCHEMAS")
		return nil
	}
	tables, err := Generate(dir)
	if err != nil {
		return err
	}
	for name, text := range tables {
		path := filepath.Join(out, name)
		if !check {
			if err := os.WriteFile(path, text, 0o644); err != nil { //nolint:gosec // source text is for everybody
				return err
			}
			continue
		}
		have, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if !bytes.Equal(have, text) {
			return fmt.Errorf("%s is not what the schemas give; run go generate ./ifc/schema", path)
		}
	}
	return nil
}

// locate returns the directory of the EXPRESS files, "" when there is none to be found.
func locate(from, out string) (string, error) {
	if from == "" {
		from = os.Getenv("SHIKONG_SCHEMAS")
	}
	if from != "" {
		if _, err := os.Stat(filepath.Join(from, sources[0])); err != nil {
			return "", err
		}
		return from, nil
	}
	dir, err := filepath.Abs(out)
	if err != nil {
		return "", err
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		beside := filepath.Join(dir, "..", "shared", "data", "schemas")
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
			continue
		}
		if _, err := os.Stat(filepath.Join(beside, sources[0])); err == nil {
			return beside, nil
		}
	}
	return "", nil
}
