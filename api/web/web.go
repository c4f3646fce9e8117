package web

import (
	"embed"
	"io/fs"
)

// The all: takes .gitkeep in, without which an empty dist would not compile.
//
//go:embed all:dist
var dist embed.FS

// Files returns the built map: index.html and what it loads, by their paths under /. Without a
// build it holds no index.html.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) //nolint:forbidigo // dist is a valid path: it is the one embedded above
	}
	return files
}
