// Package rest holds what every HTTP handler needs and no handler should write again:
// errors as problem documents (RFC 9457), query parameters, content negotiation, entity
// tags, paging cursors and the base of links.
//
// It knows no route and no store. A request passes through it twice: on the way in, text
// becomes values (bbox → spatial.Box, datetime → spatial.Interval), and what is wrong is
// named with parameter and value; on the way out, an error becomes a status and a document
// by the one table in problem.go, and a version becomes an ETag.
//
// Axis order, OGC's closed intervals and URIs of reference systems end here: behind this
// door there are only the values of package spatial.
package rest
