package pmtiles

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/tiles"
)

// Source serves the vector tiles of an archive as they are. It is a tiles.Source of one
// collection and safe for many goroutines. Time asked for does not narrow it: what it shows
// was decided when it was made.
type Source struct {
	name    string
	reader  *Reader
	file    *os.File
	version string // changes with the file
	doc     tiles.TileJSON
}

// Open opens an archive of vector tiles; its name is that of the file without its ending.
func Open(path string) (*Source, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open the archive: %w", err)
	}
	s := &Source{name: strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)), file: file}
	if err := s.open(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), file.Close())
	}
	return s, nil
}

func (s *Source) open() error {
	if err := spatial.CheckName("set of tiles", s.name); err != nil {
		return err
	}
	info, err := s.file.Stat()
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	if s.reader, err = NewReader(s.file, info.Size()); err != nil {
		return err
	}
	switch h := &s.reader.Header; {
	case h.Kind != MVT:
		return &spatial.Problem{Kind: spatial.ErrUnsupported, Code: "pmtiles-kind", Message: fmt.Sprintf("the tiles of the archive are %s", h.Kind),
			Hint: "only vector tiles (MVT) are served"}
	case h.Tiles != Gzip && h.Tiles != None:
		return &spatial.Problem{Kind: spatial.ErrUnsupported, Code: "pmtiles-compression", Message: fmt.Sprintf("the tiles of the archive are compressed with %s", h.Tiles),
			Hint: "make it with gzip"}
	}
	s.version = fmt.Sprintf("%d-%d", info.Size(), info.ModTime().UnixNano())
	return s.describe()
}

// describe reads the metadata.
func (s *Source) describe() error {
	text, err := s.reader.Metadata()
	if err != nil {
		return err
	}
	var m struct {
		Name, Description, Attribution string
		Layers                         []struct {
			ID, Description  string
			Fields           map[string]any
			MinZoom, MaxZoom *uint8
		} `json:"vector_layers"`
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return broken("pmtiles-metadata", "has metadata that are no JSON as it should be: %v", err)
	}
	h := &s.reader.Header
	s.doc = tiles.TileJSON{TileJSON: "3.0.0", Name: m.Name, Description: m.Description, Attribution: m.Attribution, Version: "1.0.0", Scheme: "xyz",
		MinZoom: h.MinZoom, MaxZoom: h.MaxZoom, Bounds: h.Bounds, Center: &[3]float64{h.Center[0], h.Center[1], float64(h.CenterZoom)}}
	if s.doc.Name == "" {
		s.doc.Name = s.name
	}
	for _, l := range m.Layers {
		layer := tiles.VectorLayer{ID: l.ID, Description: l.Description, Fields: map[string]string{}, MinZoom: h.MinZoom, MaxZoom: h.MaxZoom}
		if l.MinZoom != nil {
			layer.MinZoom = *l.MinZoom
		}
		if l.MaxZoom != nil {
			layer.MaxZoom = *l.MaxZoom
		}
		for name, about := range l.Fields {
			layer.Fields[name] = fmt.Sprint(about)
		}
		s.doc.VectorLayers = append(s.doc.VectorLayers, layer)
	}
	return nil
}

// Name returns the name under which the tiles are asked for.
func (s *Source) Name() string { return s.name }

// TileJSON describes the tiles, but for their address.
func (s *Source) TileJSON() tiles.TileJSON { return s.doc }

// Close closes the file.
func (s *Source) Close() error { return s.file.Close() }

// Pin finds the tile. What cannot be done to finished tiles is ErrInvalid.
func (s *Source) Pin(_ context.Context, r tiles.Request) (tiles.Content, error) {
	if err := r.Validate(); err != nil {
		return nil, err
	}
	if r.Coord.Grid != tiles.WebMercatorQuad {
		return nil, &spatial.Problem{Kind: spatial.ErrNotFound, Code: "tile-outside", Message: fmt.Sprintf("the archive %q has tiles of %s only", s.name, tiles.WebMercatorQuad)}
	}
	if r.Properties != nil || r.Z.Known || r.Filter != nil || !r.Recorded.IsZero() {
		return nil, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "archive-fixed", Message: fmt.Sprintf("the archive %q holds finished tiles", s.name),
			Hint: "ask without properties, z, filter and recorded"}
	}
	e, ok, err := s.reader.Find(r.Coord.Z, r.Coord.X, r.Coord.Y)
	if err != nil {
		return nil, fmt.Errorf("archive %s: %w", s.name, err)
	}
	return &content{source: s, coord: r.Coord, at: e, there: ok}, nil
}

// content is a tile of the archive.
type content struct {
	source *Source
	coord  tiles.Coord
	at     Entry
	there  bool
}

// Key names the tile: tiles that are one in the archive are one to a cache.
func (c *content) Key() string {
	if !c.there {
		return "pmtiles " + c.source.name + " none"
	}
	return fmt.Sprintf("pmtiles %s %s %d", c.source.name, c.source.version, c.at.Offset)
}

// Compressed returns the tile as it lies in the archive.
func (c *content) Compressed(context.Context) (body []byte, ok bool, err error) {
	if !c.there || c.source.reader.Tiles != Gzip {
		return nil, !c.there, nil
	}
	body, err = c.source.reader.Read(c.at)
	return body, err == nil, err
}

// Append appends the tile, unpacked.
func (c *content) Append(_ context.Context, dst []byte) ([]byte, error) {
	if !c.there {
		return dst, nil
	}
	body, err := c.source.reader.Read(c.at)
	if err != nil || c.source.reader.Tiles == None {
		return append(dst, body...), err
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return dst, broken("pmtiles-tile", "has a tile %s that is no gzip", c.coord)
	}
	out := bytes.NewBuffer(dst)
	if _, err := io.Copy(out, io.LimitReader(z, mostTile)); err != nil {
		return dst, broken("pmtiles-tile", "has a tile %s that cannot be unpacked: %v", c.coord, err)
	}
	return out.Bytes(), nil
}

// mostTile bounds what a tile may unpack to.
const mostTile = 64 << 20

var _ tiles.Source = (*Source)(nil)
