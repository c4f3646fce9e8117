// Package api is the HTTP door of the house: it turns requests into queries, tile requests
// and imports, and answers with features, tiles, events and problem documents.
//
// A request passes the middleware in middleware.go (id, log, recover, limits, CORS, gzip),
// finds its route on the one page routes.go, has its parameters checked against those that
// the route declares, and reaches a handler in api/ogc (features), api/imports (uploads) or
// here (tiles, models, events, health, the web map). The same table of routes makes the
// OpenAPI document, so that what is described is what is there.
//
// A Server owns no data: it reads through spatial.Reader and tiles.Source, and writes
// through spatial.Store only to end models. Wire it with New, run it with Serve or as an
// http.Handler, end it with Shutdown.
package api
