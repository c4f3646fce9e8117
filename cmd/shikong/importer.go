package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
)

// source is a regular file to import, with what is known of it before its format is.
type source struct {
	path   string
	name   string // without folders, as it is called in the report
	bytes  int64
	sha256 string
}

// importer turns files into imports of one store. The command line and the server's uploads
// share it.
type importer struct {
	store spatial.Store
	// progress is told how many bytes of the source were read, and how many there are; the
	// numbers stand still while the store commits. Nil for none.
	progress func(done, total int64)
	// transforms are datum transforms from a file; those that the options name come before.
	transforms []crs.Helmert
}

// run imports one input in one transaction and returns its report. The report is as full as
// it could be made when the error is not nil.
func (im *importer) run(ctx context.Context, in spatial.Input, opts spatial.ImportOptions) (spatial.Report, error) {
	clock := startClock()
	report := spatial.Report{Source: spatial.Source{Name: in.Name, Bytes: in.Size}, Collection: opts.Collection, Model: opts.Model}
	err := im.deliver(ctx, in, opts, &report)
	clock.stop(&report)
	return report, err
}

func (im *importer) deliver(ctx context.Context, in spatial.Input, opts spatial.ImportOptions, report *spatial.Report) error {
	f, err := formatOf(in.Name, opts.Format)
	if err != nil {
		return err
	}
	src, remove, err := settle(ctx, in)
	if err != nil {
		return err
	}
	defer remove()
	nameImport(&opts, in.Name)
	report.Collection, report.Model = opts.Collection, opts.Model
	report.Source = spatial.Source{Name: src.name, SHA256: src.sha256, Bytes: src.bytes}
	d, err := im.open(ctx, f.looked(src.path, opts.Format), src, opts)
	if err != nil {
		return err
	}
	defer func() { _ = d.close() }() // read only: nothing can be lost here
	report.Source.Schema, report.Source.Tool, report.Source.Lineage = d.schema, d.tool, d.lineage
	done, err := im.store.Apply(ctx, im.importOf(d, opts, report))
	if err == nil && report.Applied == nil { // nothing changed, so the store kept no report
		report.Applied = &done
		d.report(report)
	}
	return err
}

// checkContent names a file that begins like one of another format for what it is, which
// helps more than the first error of the wrong parser.
func checkContent(f format, src source) error {
	if src.bytes == 0 {
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "empty-file", Message: "the file is empty", Hint: "export or copy it again"}
	}
	if is := sniff(src.path); is != "" && !f.beginsLike(is) {
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "wrong-format",
			Message: fmt.Sprintf("it is read as %s, but begins like %s", f.name, is), Hint: "rename the file, or say what it is with --format"}
	}
	return nil
}

// open opens the source in its format.
func (im *importer) open(ctx context.Context, f format, src source, opts spatial.ImportOptions) (*delivery, error) {
	if err := checkContent(f, src); err != nil {
		return nil, err
	}
	meta, err := im.store.Meta(ctx)
	if err != nil {
		return nil, err
	}
	named, err := namedTransforms(opts.Transform)
	if err != nil {
		return nil, err
	}
	return f.open(ctx, src, opening{ImportOptions: opts, datum: meta.Datum, reader: im.store, progress: im.progress, transforms: append(named, im.transforms...)})
}

// importOf says to the store what is delivered.
func (im *importer) importOf(d *delivery, opts spatial.ImportOptions, report *spatial.Report) spatial.Import {
	return spatial.Import{
		Collection: spatial.Collection{Name: opts.Collection, Title: opts.Title, Licence: opts.Licence,
			Attribution: opts.Attribution, VerticalCRS: firstOf(opts.VerticalCRS, d.verticalCRS), Local: d.local},
		Model:         opts.Model,
		Source:        report.Source,
		Frame:         d.frame,
		From:          opts.From,
		NumberRepeats: d.numberRepeats,
		Features:      counted(d.features, report),
		Report: func(done spatial.Applied) json.RawMessage {
			report.Applied = &done
			d.report(report)
			return report.JSON()
		},
	}
}

// counted passes features on and counts them by class.
func counted(features iter.Seq2[spatial.Feature, error], report *spatial.Report) iter.Seq2[spatial.Feature, error] {
	return func(yield func(spatial.Feature, error) bool) {
		for f, err := range features {
			if err == nil {
				report.Features++
				if f.Kind != "" {
					if report.Classes == nil {
						report.Classes = map[string]int64{}
					}
					report.Classes[f.Kind]++
				}
			}
			if !yield(f, err) {
				return
			}
		}
	}
}

// nameImport gives model and collection the file's name where the user gave none.
func nameImport(opts *spatial.ImportOptions, fileName string) {
	if opts.Model == "" {
		opts.Model = stem(fileName)
	}
	if opts.Collection == "" {
		opts.Collection = opts.Model
	}
}

// settle makes sure of a regular file that can be read twice, once for its hash: what comes
// on a pipe is put aside in a temporary file, which remove takes away again.
func settle(ctx context.Context, in spatial.Input) (src source, remove func(), err error) {
	remove = func() {}
	path := in.Path
	if path == "" {
		if path, err = spool(ctx, in.Body); err != nil {
			return source{}, remove, err
		}
		remove = func() { _ = os.Remove(path) }
	}
	src, err = identify(ctx, path, in.Name)
	if err != nil {
		remove()
		return source{}, func() {}, err
	}
	return src, remove, nil
}

func spool(ctx context.Context, body io.Reader) (path string, err error) {
	f, err := os.CreateTemp("", "shikong-import-*")
	if err != nil {
		return "", fmt.Errorf("put standard input aside: %w", err)
	}
	_, err = io.Copy(f, &cancelReader{ctx: ctx, r: body})
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(f.Name())
		return "", fmt.Errorf("put standard input aside: %w", err)
	}
	return f.Name(), nil
}

// identify opens the file, refuses what is no regular file, and hashes its bytes.
func identify(ctx context.Context, path, name string) (source, error) {
	info, err := os.Stat(path)
	if err != nil {
		return source{}, fileProblem(err)
	}
	if !info.Mode().IsRegular() {
		return source{}, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "not-a-file", Message: fmt.Sprintf("it is %s, not a regular file", modeName(info.Mode())),
			Hint: "pipe it in with - and --format"}
	}
	f, err := os.Open(path)
	if err != nil {
		return source{}, fileProblem(err)
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	n, err := io.Copy(h, &cancelReader{ctx: ctx, r: f})
	if err != nil {
		return source{}, fileProblem(err)
	}
	return source{path: path, name: name, bytes: n, sha256: hex.EncodeToString(h.Sum(nil))}, nil
}

func modeName(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "a folder"
	case m&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
}

// fileProblem gives an error of the operating system a kind and a hint. The caller has said
// which file it is.
func fileProblem(err error) error {
	var pe *fs.PathError
	if !errors.As(err, &pe) {
		return err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &spatial.Problem{Kind: spatial.ErrNotFound, Code: "no-such-file", Message: "there is no such file", Hint: "check the path"}
	case errors.Is(err, fs.ErrPermission):
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "unreadable", Message: "it may not be read", Hint: "check the permissions of the file and its folder"}
	case errors.Is(err, syscall.EISDIR):
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "not-a-file", Message: "it is a folder", Hint: "name a file in it"}
	}
	return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "unreadable", Message: "it cannot be read: " + pe.Err.Error()}
}

// cancelReader ends with the context's error, so that a long read can be interrupted.
type cancelReader struct {
	ctx context.Context
	r   io.Reader
}

// Read implements io.Reader.
func (c *cancelReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// inputOf describes a file named on the command line.
func inputOf(path string, stdin io.Reader) spatial.Input {
	if path == "-" {
		return spatial.Input{Name: "-", Body: stdin}
	}
	in := spatial.Input{Name: filepath.Base(path), Path: path}
	if info, err := os.Stat(path); err == nil {
		in.Size = info.Size()
	}
	return in
}

func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// clock measures an import.
type clock struct {
	start time.Time
	cpu   time.Duration
}

func startClock() clock { return clock{start: time.Now(), cpu: cpuTime()} }

func (c clock) stop(r *spatial.Report) {
	r.Seconds = time.Since(c.start).Seconds()
	r.CPUSeconds = (cpuTime() - c.cpu).Seconds()
	r.PeakMemory = peakMemory()
}
