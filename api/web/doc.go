// Package web holds the planners' web map as it was built: a page in TypeScript, made by Vite
// from this folder's src into dist and embedded in the binary.
//
// It is not a handler: package api serves the files and puts the landing page's title and links
// into the page. A binary built without the map, because nobody had Node at hand, holds no
// index.html, and the server shows a plain page instead.
//
// How the map runs: src/app.ts keeps the state and asks the server (src/api.ts, src/live.ts);
// src/view draws the panels from the state; src/map/board.ts keeps MapLibre's sources and
// layers at it, which src/map/style.ts makes from what the features of a collection are.
package web
