package main

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/shapefile"
)

// readShapefile opens a .shp with the files beside it, or a ZIP archive of them.
func readShapefile(ctx context.Context, src source, o opening, report func(spatial.Issue)) (featureReader, func() error, error) {
	options, err := o.intake()
	if err != nil {
		return nil, nil, err
	}
	find, closeArchive, err := shapefileParts(src.path)
	if err != nil {
		return nil, nil, err
	}
	open := func(ending string) (io.ReadCloser, error) {
		f, size, err := find(ending)
		if err != nil || ending != "shp" {
			return f, err
		}
		return struct {
			io.Reader
			io.Closer
		}{&progressReader{r: &cancelReader{ctx: ctx, r: f}, total: size, tell: o.progress}, f}, nil
	}
	r, err := shapefile.NewReader(open, options, report)
	if err != nil {
		return nil, nil, errors.Join(err, closeArchive())
	}
	return r, func() error { return errors.Join(r.Close(), closeArchive()) }, nil
}

// finder opens the part of a Shapefile with the given ending and says how long it is.
type finder func(ending string) (io.ReadCloser, int64, error)

func shapefileParts(file string) (finder, func() error, error) {
	if sniff(file) != familyZip {
		return besideParts(file), func() error { return nil }, nil
	}
	z, err := zip.OpenReader(file)
	if err != nil {
		return nil, nil, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-zip", Message: "the ZIP archive is broken: " + err.Error(), Hint: "copy or export the file again"}
	}
	find, err := archivedParts(&z.Reader)
	if err != nil {
		return nil, nil, errors.Join(err, z.Close())
	}
	return find, z.Close, nil
}

// besideParts looks for files of the same name in the same folder, whatever the case of their
// endings.
func besideParts(file string) finder {
	return func(ending string) (io.ReadCloser, int64, error) {
		found := file
		if ending != "shp" {
			list, err := os.ReadDir(filepath.Dir(file))
			if err != nil {
				return nil, 0, fileProblem(err)
			}
			found = ""
			for _, e := range list {
				if sameStem(e.Name(), filepath.Base(file)) && strings.EqualFold(filepath.Ext(e.Name()), "."+ending) {
					found = filepath.Join(filepath.Dir(file), e.Name())
				}
			}
			if found == "" {
				return nil, 0, fs.ErrNotExist
			}
		}
		f, err := os.Open(found)
		if err != nil {
			return nil, 0, fileProblem(err)
		}
		info, err := f.Stat()
		if err != nil {
			return nil, 0, errors.Join(err, f.Close())
		}
		return f, info.Size(), nil
	}
}

func sameStem(a, b string) bool {
	return strings.TrimSuffix(a, path.Ext(a)) == strings.TrimSuffix(b, path.Ext(b))
}

// archivedParts finds the one Shapefile of an archive.
func archivedParts(z *zip.Reader) (finder, error) {
	var shp []string
	for _, f := range z.File {
		if strings.EqualFold(path.Ext(f.Name), ".shp") && !strings.HasPrefix(f.Name, "__MACOSX/") {
			shp = append(shp, f.Name)
		}
	}
	switch len(shp) {
	case 0:
		return nil, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "not-a-shapefile", Message: "there is no .shp in the ZIP archive"}
	case 1:
	default:
		return nil, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "several-layers",
			Message: fmt.Sprintf("the ZIP archive holds %d Shapefiles: %.200s", len(shp), strings.Join(shp, ", ")), Hint: "put each into an archive of its own, or unpack it and import the folder"}
	}
	return func(ending string) (io.ReadCloser, int64, error) {
		for _, f := range z.File {
			if sameStem(f.Name, shp[0]) && strings.EqualFold(path.Ext(f.Name), "."+ending) {
				r, err := f.Open()
				return r, int64(min(f.UncompressedSize64, 1<<62)), err //nolint:gosec // bounded on the spot
			}
		}
		return nil, 0, fs.ErrNotExist
	}, nil
}
