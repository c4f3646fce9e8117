package tiles

import (
	"slices"
	"strings"
)

// TileJSON describes a set of tiles, see TileJSON 3.0.
type TileJSON struct {
	TileJSON     string        `json:"tilejson"` // "3.0.0"
	Name         string        `json:"name,omitempty"`
	Description  string        `json:"description,omitempty"`
	Version      string        `json:"version,omitempty"` // semver, its last part grows with the store's revision
	Attribution  string        `json:"attribution,omitempty"`
	Scheme       string        `json:"scheme,omitempty"`
	Tiles        []string      `json:"tiles"` // URL templates with {z}, {x} and {y}
	MinZoom      uint8         `json:"minzoom"`
	MaxZoom      uint8         `json:"maxzoom"`
	Bounds       [4]float64    `json:"bounds"` // west, south, east, north
	Center       *[3]float64   `json:"center,omitempty"`
	VectorLayers []VectorLayer `json:"vector_layers"`
}

// With returns the description of tiles that hold the layers of both.
func (t TileJSON) With(o TileJSON) TileJSON {
	t.Name += "," + o.Name
	t.Description = ""
	if o.Attribution != "" && !strings.Contains(t.Attribution, o.Attribution) {
		t.Attribution = strings.TrimPrefix(t.Attribution+", "+o.Attribution, ", ")
	}
	t.MinZoom, t.MaxZoom = min(t.MinZoom, o.MinZoom), max(t.MaxZoom, o.MaxZoom)
	for i := range 2 {
		t.Bounds[i], t.Bounds[2+i] = min(t.Bounds[i], o.Bounds[i]), max(t.Bounds[2+i], o.Bounds[2+i])
	}
	t.VectorLayers = append(slices.Clip(t.VectorLayers), o.VectorLayers...)
	return t
}

// VectorLayer describes one layer: a collection.
type VectorLayer struct {
	ID          string            `json:"id"`
	Fields      map[string]string `json:"fields"` // name → what it is
	Description string            `json:"description,omitempty"`
	MinZoom     uint8             `json:"minzoom"`
	MaxZoom     uint8             `json:"maxzoom"`
	// Thinned says at which zoom levels features are merged or left out so that tiles stay
	// small, all over the layer by one measure. It is an extension to TileJSON.
	Thinned []Thinned `json:"thinned,omitempty"`
}

// Thinned says how much of a layer a zoom level shows.
type Thinned struct {
	Zoom    uint8 `json:"zoom"`
	Kept    int64 `json:"kept"`              // features that are shown each by itself
	Of      int64 `json:"of"`                // features there are
	Merged  int64 `json:"merged,omitempty"`  // features that are shown as part of a block or cluster
	Into    int64 `json:"into,omitempty"`    // blocks and clusters
	Dropped int64 `json:"dropped,omitempty"` // lines too short to be seen
	// Without are the properties that are left out.
	Without []string `json:"without,omitempty"`
}
