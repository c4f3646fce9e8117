package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles"
	"github.com/shikong-cim/shikong/tiles/archive"
	"github.com/shikong-cim/shikong/tiles/mbtiles"
	"github.com/shikong-cim/shikong/tiles/pmtiles"
	"github.com/shikong-cim/shikong/tiles/vector"
)

// exportFlags are the flags of shikong export.
type exportFlags struct {
	queryFlags
	out              string
	minZoom, maxZoom uint8
	properties       []string
}

const exportExample = `  shikong export buildings -o buildings.pmtiles
  shikong export buildings,roads -o city-1995.pmtiles --at 1995-06-01 --max-zoom 15
  shikong export buildings -o towers.gpkg --filter 'floors > 30'
  shikong export campus -o campus.mbtiles --bbox 113.9,22.5,114.0,22.6 --z ..,0`

const exportLong = `Write a selection of features to a file, in the format that its ending says:

  .pmtiles  vector tiles, PMTiles 3
  .mbtiles  vector tiles, MBTiles 1.3
  .gpkg     an ordinary GeoPackage for other programs, a table for each collection
  .fgb      FlatGeobuf 3.0 with a spatial index, which QGIS and GDAL also read in parts over HTTP
  .geojson  GeoJSON, or .geojsonl with a feature a line; .csv with WKT; each also with .gz behind

Several collections, with commas between, become layers of one archive or GeoPackage. What to select is said
as for shikong query. An export of tiles that was stopped goes on where it stood when the
same command is given again, as long as the collections have not changed. Other files appear
when they are whole.`

func newExport(a *app) *cobra.Command {
	var f exportFlags
	c := &cobra.Command{
		Use:     "export COLLECTION[,COLLECTION…] -o FILE",
		Short:   "Write a selection to a file",
		Long:    exportLong,
		Example: exportExample,
		Args:    exactArgs(1, "one list of collections"),
		RunE: func(c *cobra.Command, args []string) error {
			if f.out == "" {
				return usagef("say where to with -o FILE; see %s --help", c.CommandPath())
			}
			if dir := filepath.Dir(f.out); !isFolder(dir) {
				return usagef("-o %s: there is no folder %s; make it first", f.out, dir)
			}
			names := strings.Split(args[0], ",")
			if write := featureFile(f.out); write != nil {
				return a.withStore(c.Context(), storeOptions{readOnly: true}, func(s spatial.Store) error {
					return a.exportFeatures(c.Context(), s, &f, names, write)
				})
			}
			create, ok := archives[strings.ToLower(filepath.Ext(f.out))]
			if !ok {
				return usagef("-o %s: the ending is none of .pmtiles, .mbtiles, .gpkg, .fgb, .geojson, .geojsonl, .ndjson, .csv (also with .gz behind text)", f.out)
			}
			if f.minZoom > f.maxZoom || f.maxZoom > tiles.MaxZoom {
				return usagef("--min-zoom %d and --max-zoom %d: give the lower first; zoom levels run from 0 to %d", f.minZoom, f.maxZoom, tiles.MaxZoom)
			}
			return a.withStore(c.Context(), storeOptions{readOnly: true}, func(s spatial.Store) error {
				return a.exportTiles(c.Context(), s, &f, names, create)
			})
		},
	}
	fl := c.Flags()
	f.selection(fl)
	fl.StringVarP(&f.out, "out", "o", "", "file to write")
	fl.Uint8Var(&f.minZoom, "min-zoom", 0, "first zoom level of tiles")
	fl.Uint8Var(&f.maxZoom, "max-zoom", 14, "last zoom level of tiles")
	fl.StringSliceVar(&f.properties, "properties", nil, "only these properties")
	return withJSON(a, c)
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// sink is an archive that is being made.
type sink interface {
	archive.Sink
	Finish(doc tiles.TileJSON) error
	Close() error
}

// archives make files of tiles by their ending.
var archives = map[string]func(path, content string) (sink, error){
	".pmtiles": func(path, content string) (sink, error) { return pmtiles.Create(path, content) },
	".mbtiles": func(path, content string) (sink, error) { return mbtiles.Create(path, content) },
}

// selected is what was selected of some collections, held in memory.
type selected struct{ view *memory.View }

func (s selected) View() *memory.View { return s.view }

// Features has nothing to answer: all there is stands in the view.
func (s selected) Features(context.Context, spatial.Query) iter.Seq2[spatial.Feature, error] {
	return func(func(spatial.Feature, error) bool) {}
}

// exportReport is what --json prints.
type exportReport struct {
	File         string   `json:"file"`
	Collections  []string `json:"collections"`
	Features     int      `json:"features"`
	Tiles        int64    `json:"tiles,omitempty"`
	Resumed      int64    `json:"resumed,omitempty"` // tiles looked at by an earlier run
	Bytes        int64    `json:"bytes"`
	LargestTile  string   `json:"largest_tile,omitempty"`
	LargestBytes int      `json:"largest_bytes,omitempty"`
	Seconds      float64  `json:"seconds"`
}

// exportTiles selects features, draws their pyramid of tiles and names the archive.
func (a *app) exportTiles(ctx context.Context, store spatial.Store, f *exportFlags, names []string, create func(path, content string) (sink, error)) (err error) {
	begun := time.Now()
	request := tiles.Request{Collections: names, Properties: f.properties}
	if err := request.Validate(); err != nil {
		return usageError{err}
	}
	picked, content, err := f.pick(ctx, store, names)
	if err != nil {
		return err
	}
	report := exportReport{File: f.out, Collections: names}
	for _, name := range names {
		report.Features += picked.view.Snapshot(name).Len()
	}
	if report.Features == 0 {
		return &spatial.Problem{Kind: spatial.ErrNotFound, Code: "nothing-selected", Message: "there is nothing to export: no feature is selected",
			Hint: "without --at only what stands now is; see shikong collections for what there is and when"}
	}
	source := vector.NewSource(picked, vector.Options{MaxZoom: f.maxZoom})
	to, err := create(f.out, content)
	if err != nil {
		return err
	}
	defer func() {
		if e := to.Close(); err == nil {
			err = e
		}
	}()
	show := newTileProgress(a.err)
	summary, err := archive.Write(ctx, archive.Job{Source: source, Request: request, MinZoom: f.minZoom, MaxZoom: f.maxZoom, Progress: show.set}, to)
	show.stop()
	if err != nil {
		return fmt.Errorf("export to %s: %w", f.out, err)
	}
	doc, err := source.TileJSON(ctx, request, "")
	if err != nil {
		return err
	}
	doc.MinZoom = f.minZoom
	if err := to.Finish(doc); err != nil {
		return err
	}
	report.Tiles, report.Resumed, report.Bytes, report.Seconds = summary.Tiles, summary.Kept, summary.Bytes, time.Since(begun).Seconds()
	if report.LargestBytes = summary.Largest; summary.Largest > 0 {
		report.LargestTile = summary.At.String()
	}
	return a.printExport(&report)
}

func (a *app) printExport(r *exportReport) error {
	if a.json {
		return json.NewEncoder(a.out).Encode(r)
	}
	fmt.Fprintf(a.out, "%s: %d features", r.File, r.Features)
	if r.Tiles > 0 {
		fmt.Fprintf(a.out, " in %d tiles", r.Tiles)
	}
	fmt.Fprintf(a.out, ", %.1f MB, in %.1f s", float64(r.Bytes)/1e6, r.Seconds)
	if r.Resumed > 0 {
		fmt.Fprintf(a.out, "; %d were there from before", r.Resumed)
	}
	if r.LargestTile != "" {
		fmt.Fprintf(a.out, "; the largest, %s, has %.0f kB", r.LargestTile, float64(r.LargestBytes)/1e3)
	}
	_, err := io.WriteString(a.out, "\n")
	return err
}

// named adds the features that pass to a name for all of them.
func named(features iter.Seq2[spatial.Feature, error], name io.Writer) iter.Seq2[spatial.Feature, error] {
	return func(yield func(spatial.Feature, error) bool) {
		var b []byte
		for f, err := range features {
			b = binary.LittleEndian.AppendUint64(append(append(b[:0], f.ID...), f.Hash[:]...), f.Num)
			_, _ = name.Write(b) // a hash takes everything
			if !yield(f, err) {
				return
			}
		}
	}
}

// pick reads what the flags select, and names it: the same name means the same tiles.
func (f *exportFlags) pick(ctx context.Context, store spatial.Store, names []string) (selected, string, error) {
	meta, err := store.Meta(ctx)
	if err != nil {
		return selected{}, "", err
	}
	now := time.Now().UTC()
	hash := sha256.New()
	fmt.Fprintf(hash, "%s %d %d %q %q", version, f.minZoom, f.maxZoom, f.properties, names)
	var list []*memory.Snapshot
	for _, name := range names {
		info, err := store.Collection(ctx, name)
		if err != nil {
			return selected{}, "", err
		}
		if info.Local {
			return selected{}, "", &spatial.Problem{Kind: spatial.ErrUnsupported, Code: "local-collection",
				Message: fmt.Sprintf("the collection %q has no place on Earth and so no tiles", name), Hint: "import it again with --origin or --georef"}
		}
		q, err := f.ask(ctx, store, name, now)
		if err != nil {
			return selected{}, "", err
		}
		if q.AtRevision = info.Revision; !q.Recorded.IsZero() {
			q.AtRevision = 0
		}
		snap, err := memory.NewSnapshot(info, named(store.Features(ctx, q), hash))
		if err != nil {
			return selected{}, "", fmt.Errorf("read %s: %w", name, err)
		}
		list = append(list, snap)
	}
	return selected{memory.NewView(meta, list...)}, fmt.Sprintf("%x", hash.Sum(nil)), nil
}
