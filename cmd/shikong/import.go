package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/shikong-cim/shikong/spatial"
)

// importFlags are the flags of shikong import beside those of ImportOptions.
type importFlags struct {
	opts              spatial.ImportOptions
	from              string
	place             placeFlags
	reportFile        string
	server, tokenFile string
	datum             string
}

const importExample = `  shikong import city.geojson --collection buildings --id bldg_id
  shikong import campus.ifc --collection campus
  shikong import old.ifc --origin 114.057,22.543,4.5,30
  shikong import pump-house.ifc --georef surveyed-points.json
  shikong import bahnhof.ifc --transform EPSG:1777
  shikong import survey.geojson --model survey --from 2024-05-01
  curl … | shikong import - --format geojsonl --model feed
  shikong import campus.ifc --server https://city.example --token-file token.txt`

func newImport(a *app) *cobra.Command {
	var f importFlags
	c := &cobra.Command{
		Use:     "import FILE…",
		Short:   "Import files into a store, or upload them to a server",
		Long:    "Import files, folders or standard input (-). Each file is one model and one transaction:\nits import is in the store as a whole or not at all. Formats: " + formatEndings() + ".",
		Example: importExample,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("%s takes at least one file; see %s --help", c.CommandPath(), c.CommandPath())
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return a.runImport(c.Context(), args, &f) },
	}
	fl := c.Flags()
	fl.StringVar(&f.opts.Collection, "collection", "", "collection to import into (default: the model's name)")
	fl.StringVar(&f.opts.Model, "model", "", "model that the file replaces or continues (default: the file's name)")
	fl.StringVar(&f.opts.Format, "format", "", "what the file is, when its name does not say: "+formatNames())
	f.place.add(fl, &f.opts)
	fl.StringVar(&f.from, "from", "", "date or time from which on the file is how things stand; without it the file replaces the model")
	fl.BoolVar(&f.opts.Planned, "planned", false, "take an IFC schedule's planned dates where it has no actual ones")
	fl.BoolVar(&f.opts.Local, "local", false, "keep an IFC model that has no place on Earth")
	fl.StringVar(&f.opts.Layer, "layer", "", "layer to take of a file that holds several; of a CityJSON of several states the branch")
	fl.StringVar(&f.opts.ID, "id", "", "property that holds each feature's id")
	fl.StringVar(&f.opts.ValidFrom, "valid-from", "", "property that holds when a feature begins to stand")
	fl.StringVar(&f.opts.ValidTo, "valid-to", "", "property that holds when it ends; none need have ended yet")
	fl.BoolVar(&f.opts.Strict, "strict", false, "refuse the file at the first issue")
	fl.StringVar(&f.opts.Title, "title", "", "title of the collection")
	fl.StringVar(&f.opts.Licence, "licence", "", "licence of the collection")
	fl.StringVar(&f.opts.Attribution, "attribution", "", "whom to name as the source of the collection")
	fl.StringVar(&f.opts.VerticalCRS, "vertical-crs", "", "what heights are measured from: ellipsoidal or EPSG:5737")
	fl.StringVar(&f.datum, "datum", "", "datum of a store that this import creates: wgs84 (default) or cgcs2000")
	fl.StringVar(&f.reportFile, "report", "", "write the report to this file as JSON")
	fl.StringVar(&f.server, "server", "", "upload to this server instead of opening a store")
	fl.StringVar(&f.tokenFile, "token-file", "", "file that holds the token for --server")
	return withJSON(a, c)
}

func (a *app) runImport(ctx context.Context, args []string, f *importFlags) error {
	if err := f.parse(); err != nil {
		return err
	}
	files, err := expand(args)
	if err != nil {
		return err
	}
	if len(files) > 1 && f.opts.Model != "" {
		return usagef("--model names one model, but %d files were given; leave it out to name each by its file", len(files))
	}
	importOne, done, err := a.importTo(ctx, f)
	if err != nil {
		return err
	}
	var reports []spatial.Report
	failed := failures{files: len(files)}
	for _, path := range files {
		r, err := importOne(ctx, inputOf(path, a.in))
		if err != nil {
			if failed.list = append(failed.list, wrapf(err, "%s", path)); errors.Is(err, context.Canceled) {
				break
			}
			continue
		}
		reports = append(reports, r)
		if !a.json {
			printReport(a.out, &r)
		}
	}
	failed.also = errors.Join(done(), a.writeReports(reports, len(files) > 1, f.reportFile))
	return failed.err()
}

// failures are why some of several files were not imported, each with the name of its file.
type failures struct {
	files int // in all
	list  []error
	also  error // what else failed
}

// err returns a failure of the only file as it is, and nil for none.
func (f *failures) err() error {
	if len(f.list) == 0 || f.files == 1 {
		return errors.Join(append(f.list, f.also)...)
	}
	return f
}

func (f *failures) Error() string {
	return fmt.Sprintf("%d of %d files were not imported:\n%v", len(f.list), f.files, errors.Join(f.Unwrap()...))
}

func (f *failures) Unwrap() []error { return append(slices.Clone(f.list), f.also) }

// print writes each failure on a line, and what to do about it below the last that has the same
// remedy.
func (f *failures) print(w io.Writer) {
	fmt.Fprintf(w, "shikong: %d of %d files were not imported\n", len(f.list), f.files)
	for i, err := range f.list {
		text, hint := told(err)
		fmt.Fprintln(w, "  "+text)
		next := ""
		if i+1 < len(f.list) {
			_, next = told(f.list[i+1])
		}
		if hint != "" && hint != next {
			fmt.Fprintln(w, "    "+hint)
		}
	}
	if f.also != nil {
		printError(w, f.also)
	}
}

// importTo returns what imports one input, into the store or to the server.
func (a *app) importTo(ctx context.Context, f *importFlags) (one func(context.Context, spatial.Input) (spatial.Report, error), done func() error, err error) {
	bar := newProgress(a.err)
	if f.server != "" {
		up, err := newUpload(f.server, f.tokenFile, bar)
		if err != nil {
			return nil, nil, err
		}
		return func(ctx context.Context, in spatial.Input) (spatial.Report, error) { return up.run(ctx, in, f.opts) },
			func() error { return nil }, nil
	}
	store, err := a.openStore(ctx, storeOptions{create: true, datum: f.datum})
	if err != nil {
		return nil, nil, err
	}
	one = func(ctx context.Context, in spatial.Input) (spatial.Report, error) {
		bar.start(in.Name, in.Size)
		defer bar.stop()
		im := importer{store: store, progress: bar.set, transforms: f.place.shifts}
		return im.run(ctx, in, f.opts)
	}
	return one, store.Close, nil
}

// parse checks the flags that are more than text.
func (f *importFlags) parse() (err error) {
	if f.from != "" {
		if f.opts.From, err = spatial.ParseTime(f.from); err != nil {
			return usageError{wrapf(err, "--from")}
		}
		if f.opts.ValidFrom != "" || f.opts.ValidTo != "" {
			return usagef("--from says when all features begin; leave out --valid-from and --valid-to")
		}
	}
	if err := f.place.parse(&f.opts); err != nil {
		return err
	}
	if err := checkVertical(f.opts.VerticalCRS); err != nil {
		return usageError{wrapf(err, "--vertical-crs")}
	}
	if dir := filepath.Dir(f.reportFile); f.reportFile != "" && !isFolder(dir) {
		return usagef("--report %s: there is no folder %s; make it first", f.reportFile, dir)
	}
	if f.server != "" && len(f.place.shifts) > 0 {
		return usagef("--transform %s: the parameters of a file do not leave this machine; with --server name an EPSG operation", f.place.transform)
	}
	if (f.server == "") != (f.tokenFile == "") {
		return usagef("--server and --token-file go together")
	}
	for _, n := range []struct{ what, name string }{{"collection", f.opts.Collection}, {"model", f.opts.Model}} {
		if n.name != "" {
			if err := spatial.CheckName(n.what, n.name); err != nil {
				return usageError{err}
			}
		}
	}
	return nil
}

// expand replaces folders by the files in them that can be imported.
func expand(args []string) ([]string, error) {
	var files []string
	for _, arg := range args {
		info, err := os.Stat(arg)
		if arg == "-" || err != nil || !info.IsDir() {
			files = append(files, arg) // a missing file is told with the others' errors
			continue
		}
		n := len(files)
		err = filepath.WalkDir(arg, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return fmt.Errorf("%s: %w", path, fileProblem(err))
			}
			if _, err := formatOf(path, ""); err == nil && d.Type().IsRegular() {
				files = append(files, path)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if len(files) == n {
			return nil, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "nothing-to-import",
				Message: fmt.Sprintf("no file in the folder %s can be imported", arg), Hint: "known endings are " + formatEndings()}
		}
	}
	return files, nil
}

// writeReports writes the report of one file, or the list of several, to the file and, with
// --json, to standard output.
func (a *app) writeReports(reports []spatial.Report, many bool, file string) error {
	if len(reports) == 0 && !many {
		return nil
	}
	var v any = reports
	if !many {
		v = reports[0]
	}
	for i := range reports {
		if reports[i].Issues == nil {
			reports[i].Issues = []spatial.Issue{}
		}
	}
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	b = append(b, '\n')
	if a.json {
		if _, err := a.out.Write(b); err != nil {
			return err
		}
	}
	if file == "" {
		return nil
	}
	if err := os.WriteFile(file, b, 0o644); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}
