package ifc

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/shikong-cim/shikong/spatial"
)

const (
	// maxUnpacked bounds the file in an archive, in bytes.
	maxUnpacked = 16 << 30
	// maxRatio bounds how far it may be compressed: STEP text shrinks to a fifth or tenth,
	// an archive made to fill a disk shrinks a thousandfold.
	maxRatio = 200
)

// unpack writes the IFC file of an archive to a temporary file and returns its path.
func unpack(path string) (string, error) {
	z, err := zip.OpenReader(path)
	if err != nil {
		var pe *fs.PathError
		if errors.As(err, &pe) {
			return "", err
		}
		return "", &spatial.Problem{Kind: spatial.ErrInvalid, Code: "zip-invalid", Message: "the archive cannot be read: " + err.Error(), Hint: "pack it again, or import the .ifc file itself"}
	}
	defer func() { _ = z.Close() }() // read only
	member, err := memberOf(z.File)
	if err != nil {
		return "", err
	}
	return extract(member)
}

// memberOf returns the one IFC file of an archive.
func memberOf(files []*zip.File) (*zip.File, error) {
	var found *zip.File
	other := ""
	for _, f := range files {
		name := strings.ToLower(f.Name)
		switch {
		case f.FileInfo().IsDir() || strings.HasPrefix(name, "__macosx/"):
		case strings.HasSuffix(name, ".ifc"):
			if found != nil {
				return nil, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "zip-several", Message: fmt.Sprintf("the archive holds more than one model: %.100q and %.100q", found.Name, f.Name), Hint: "import them one by one"}
			}
			found = f
		default:
			other = f.Name
		}
	}
	switch {
	case found != nil:
		return found, nil
	case strings.HasSuffix(strings.ToLower(other), ".ifcxml"):
		return nil, &spatial.Problem{Kind: spatial.ErrUnsupported, Code: "ifcxml-unsupported", Message: "the archive holds ifcXML", Hint: "export the model as IFC (STEP)"}
	}
	return nil, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "zip-empty", Message: "the archive holds no .ifc file"}
}

func extract(member *zip.File) (path string, err error) {
	limit := int64(maxUnpacked)
	if packed := member.CompressedSize64; packed < maxUnpacked/maxRatio {
		limit = int64(packed+1024) * maxRatio
	}
	in, err := member.Open()
	if err != nil {
		return "", fmt.Errorf("unpack %.100q: %w", member.Name, err)
	}
	defer func() { _ = in.Close() }() // read only
	out, err := os.CreateTemp("", "shikong-*.ifc")
	if err != nil {
		return "", fmt.Errorf("unpack %.100q: %w", member.Name, err)
	}
	defer func() {
		if err = errors.Join(err, out.Close()); err != nil {
			_ = os.Remove(out.Name())
		}
	}()
	n, err := io.Copy(out, io.LimitReader(in, limit+1))
	switch {
	case err != nil:
		return "", &spatial.Problem{Kind: spatial.ErrInvalid, Code: "zip-invalid", Message: fmt.Sprintf("the archive breaks off in %.100q: %v", member.Name, err), Hint: "pack it again"}
	case n > limit:
		return "", &spatial.Problem{Kind: spatial.ErrInvalid, Code: "zip-too-large", Message: fmt.Sprintf("%.100q unpacks to more than %d bytes, %d times its packed size", member.Name, limit, maxRatio), Hint: "unpack it and import the .ifc file itself"}
	}
	return out.Name(), nil
}
