package api

import (
	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/tiles"
)

func text() object              { return object{"type": "string"} }
func integer() object           { return object{"type": "integer", "format": "int64"} }
func number() object            { return object{"type": "number"} }
func boolean() object           { return object{"type": "boolean"} }
func moment() object            { return object{"type": "string", "format": "date-time"} }
func listOf(item object) object { return object{"type": "array", "items": item} }

// textList is a list in one parameter, parted by commas.
func textList(item object, least, most int) object {
	o := listOf(item)
	if least > 0 {
		o["minItems"] = least
	}
	o["maxItems"] = most
	return o
}

func record(required []string, members object) object {
	o := object{"type": "object", "properties": members}
	if len(required) > 0 {
		o["required"] = required
	}
	return o
}

// pathParameters are the schemas of what stands in a path.
var pathParameters = map[string]object{
	"collectionId": text(), "featureId": text(), "modelId": text(), "importId": text(), "name": text(), "collections": text(),
	"tileMatrixSetId": {"type": "string", "enum": gridIDs()}, "tileMatrix": {"type": "string", "pattern": "^[0-9]{1,2}$"},
	"tileRow": {"type": "integer", "minimum": 0}, "tileCol": {"type": "integer", "minimum": 0},
	"z": {"type": "integer", "minimum": 0, "maximum": 30}, "x": {"type": "integer", "minimum": 0}, "y": {"type": "integer", "minimum": 0},
}

// parameters are the query parameters of all routes.
var parameters = map[string]object{
	"f":    {"description": "format of the answer; wins over Accept"},
	"lang": {"description": "language of a page; wins over Accept-Language", "schema": object{"type": "string", "enum": rest.Languages()}},
	"bbox": {"description": "west,south,east,north or west,south,low,east,north,high; degrees and metres", "style": "form", "explode": false,
		"schema": textList(number(), 4, 6)},
	"bbox-crs": {"description": "reference system of bbox", "schema": object{"type": "string", "format": "uri"}},
	"crs":      {"description": "reference system of the coordinates given", "schema": object{"type": "string", "format": "uri"}},
	"datetime": {"description": "valid time: an instant, a/b, ../b or a/..; now when absent, ../.. for all", "style": "form", "explode": false,
		"schema": text()},
	"recorded": {"description": "as of: what was known at that instant", "schema": text()},
	"filter":   {"description": "condition in CQL2 1.0; what can be asked for is listed under queryables", "schema": text()},
	"filter-lang": {"description": "language of filter; where absent, CQL2 JSON when it begins with a brace, else CQL2 text",
		"schema": object{"type": "string", "enum": []string{rest.LangText, rest.LangJSON}}},
	"filter-crs": {"description": "reference system of geometries in filter", "schema": object{"type": "string", "format": "uri"}},
	"limit":      {"description": "how many at most", "style": "form", "explode": false, "schema": object{"type": "integer", "minimum": 1}},
	"next":       {"description": "token of a next link", "schema": text()},
	"properties": {"description": "names of the properties to give", "style": "form", "explode": false, "schema": textList(text(), 1, 200)},
	"sortby":     {"description": "names of properties to sort by, a minus before one for descending; what has none comes last", "style": "form", "explode": false, "schema": textList(text(), 1, 8)},
	"z":          {"description": "low,high in metres; .. for an open side", "schema": text()},
	"point":      {"description": "lon,lat or lon,lat,height", "style": "form", "explode": false, "schema": textList(number(), 2, 3)},
	"group": {"description": "names to group by: class, storey, model, name, underground or properties", "style": "form", "explode": false,
		"schema": textList(text(), 1, 4)},
	"solids": {"description": "volumes of solids instead of footprints extruded over their heights", "schema": object{"type": "boolean", "default": false}},
	"model":  {"description": "of this model only", "schema": text()},
	"q": {"description": "id, GlobalId, name, address, or coordinates", "required": true,
		"schema": object{"type": "string", "minLength": 1, "maxLength": 200}},
	"history": {"description": "also what was recorded once and no longer is", "schema": object{"type": "boolean", "default": false}},
	"since":   {"description": "what came behind this revision, or behind the last one by this time", "schema": text()},
	"between": {"description": "two valid times, the earlier first", "style": "form", "explode": false, "schema": textList(text(), 2, 2)},
	"recorded-between": {"description": "two times of recording, the earlier first: what became known between them", "style": "form", "explode": false,
		"schema": textList(text(), 2, 2)},
	"geometry":   {"description": "WKT in longitude, latitude and, for distances in space, height (Z)", "schema": text()},
	"distance":   {"description": "in metres", "schema": object{"type": "number", "minimum": 0}},
	"k":          {"description": "how many at most"},
	"max":        {"description": "largest distance in metres", "schema": number()},
	"collection": {"description": "of this collection only", "schema": text()},
	"collections": {"description": "names of the collections to show; all when absent", "style": "form", "explode": false,
		"schema": textList(text(), 1, tiles.MaxCollections)},
	"state": {"description": "in this state only", "schema": object{"type": "string",
		"enum": []string{"receiving", "queued", "running", "done", "failed", "cancelled"}}},
	"sha256": {"description": "of the file with this SHA-256 only", "schema": object{"type": "string", "pattern": "^[0-9a-f]{64}$"}},
}

// valueTypes are the kinds of values that functions know (19-079r2 §8.8).
func valueTypes() object {
	return listOf(object{"type": "string", "enum": []string{"string", "number", "integer", "datetime", "geometry", "boolean"}})
}

func gridIDs() (ids []string) {
	for _, g := range tiles.Grids() {
		ids = append(ids, g.String())
	}
	return ids
}

func answer(about string, media string, schema object) object {
	return object{"description": about, "content": object{media: object{"schema": schema}}}
}

// withPage adds the form for people to an answer.
func withPage(a object) object {
	a["content"].(object)["text/html"] = object{"schema": text()}
	return a
}

// asFG adds JSON-FG, which has all that GeoJSON has, to an answer.
func asFG(a object, schema string) object {
	a["content"].(object)[rest.MediaJSONFG] = object{"schema": object{"allOf": []object{ref(schema), record([]string{"conformsTo", "coordRefSys"},
		object{"conformsTo": listOf(text()), "featureType": text(), "featureSchema": text()})}}}
	return a
}

// asText adds tables and text sequences to an answer.
func asText(a object) object {
	a["content"].(object)["text/csv"] = object{"schema": text()}
	a["content"].(object)[rest.MediaGeoJSONSeq] = object{"schema": text()}
	return a
}

func problemAs(about string) object { return answer(about, rest.MediaProblem, ref("problem")) }

var offsetHeaders = object{"Upload-Offset": object{"schema": integer()}, "Upload-Length": object{"schema": integer()}}

// answers are the successful answers by name and status.
var answers = map[string]map[string]object{
	"landing":     {"200": withPage(answer("the landing page", rest.MediaJSON, ref("landing")))},
	"conformance": {"200": withPage(answer("the classes", rest.MediaJSON, ref("conformance")))},
	"functions":   {"200": withPage(answer("the functions", rest.MediaJSON, ref("functions")))},
	"openapi":     {"200": withPage(answer("this document", rest.MediaOpenAPI, object{"type": "object"}))},
	"collections": {"200": withPage(answer("the collections", rest.MediaJSON, ref("collections")))},
	"collection":  {"200": withPage(answer("the collection", rest.MediaJSON, ref("collection")))},
	"schema":      {"200": withPage(answer("a JSON Schema", rest.MediaSchema, object{"type": "object"}))},
	"features":    {"200": asText(asFG(withPage(answer("the features", rest.MediaGeoJSON, ref("featureCollection"))), "featureCollection"))},
	"feature":     {"200": asFG(withPage(answer("the feature", rest.MediaGeoJSON, ref("feature"))), "feature")},
	"changes":     {"200": withPage(answer("the changes", rest.MediaJSON, ref("changes")))},
	"diff":        {"200": withPage(answer("the differences", rest.MediaJSON, ref("diff")))},
	"storeys":     {"200": withPage(answer("the storeys", rest.MediaJSON, ref("storeys")))},
	"stats":       {"200": withPage(answer("the groups", rest.MediaJSON, ref("stats")))},
	"madeFeature": {"201": {"description": "made; Location is its address", "headers": object{"Location": object{"schema": text()}}}},
	"changedFeature": {"204": {"description": "done; what was known before stays readable with recorded"},
		"412": problemAs("the feature is no longer as If-Match says"), "428": problemAs("If-Match is missing")},
	"models":  {"200": withPage(answer("the models", rest.MediaJSON, record([]string{"models"}, object{"models": listOf(ref("model"))})))},
	"model":   {"200": withPage(answer("the model", rest.MediaJSON, ref("model")))},
	"applied": {"200": answer("what it did", rest.MediaJSON, ref("applied"))},
	"imports": {"200": answer("the imports", rest.MediaJSON, record([]string{"imports"}, object{"imports": listOf(ref("import"))}))},
	"import":  {"200": answer("the import", rest.MediaJSON, ref("import"))},
	"created": {
		"200": answer("the same upload, begun before, that waits to be continued", rest.MediaJSON, ref("import")),
		"201": answer("an upload that waits for its pieces under Location", rest.MediaJSON, ref("import")),
		"202": answer("the file has arrived and waits for its turn", rest.MediaJSON, ref("import")),
	},
	"offset": {
		"200": {"description": "where the upload stands", "headers": offsetHeaders},
		"204": {"description": "the piece has arrived", "headers": offsetHeaders},
	},
	"cancelled": {"202": answer("the import is being stopped", rest.MediaJSON, ref("import")), "204": {"description": "cancelled"}},
	"events":    {"200": answer("hello, change and bye events", rest.MediaEvents, text())},
	"health":    {"200": answer("yes", rest.MediaJSON, record(nil, object{"status": text()}))},
	"text":      {"200": answer("text", "text/plain", text())},
	"tile":      {"200": answer("a vector tile", rest.MediaMVT, object{"type": "string", "format": "binary"}), "204": {"description": "an empty tile"}},
	"tilejson":  {"200": answer("TileJSON 3.0", rest.MediaJSON, ref("tileJSON"))},
	"matrixSets": {"200": withPage(answer("the grids", rest.MediaJSON, record([]string{"tileMatrixSets"},
		object{"tileMatrixSets": listOf(record([]string{"id", "links"}, object{"id": text(), "title": text(), "uri": text(), "crs": text(), "links": listOf(ref("link"))}))})))},
	"matrixSet": {"200": withPage(answer("the grid (2D Tile Matrix Set 2.0)", rest.MediaJSON, ref("tileMatrixSet")))},
	"tilesets": {"200": withPage(answer("the sets of tiles, one in each grid", rest.MediaJSON, record([]string{"tilesets"},
		object{"tilesets": listOf(ref("tileSet")), "links": listOf(ref("link"))})))},
	"tileset": {"200": withPage(answer("the set of tiles", rest.MediaJSON, ref("tileSet")))},
	"styles": {"200": withPage(answer("the styles", rest.MediaJSON, record([]string{"styles"}, object{"links": listOf(ref("link")), "styles": listOf(
		record([]string{"id", "links"}, object{"id": text(), "title": text(), "edited": boolean(), "changed": moment(), "links": listOf(ref("link"))}))})))},
	"kept":  {"204": {"description": "done"}},
	"style": {"200": answer("a MapLibre style", rest.MediaJSON, object{"type": "object"})},
}

// bodies are the request bodies by method and path.
var bodies = map[string]object{
	"POST /imports": {"required": false, "content": object{
		"multipart/form-data": object{"schema": record([]string{"file"}, object{
			"file": object{"type": "string", "format": "binary"}, "options": object{"type": "string", "description": "import options as JSON"}})},
		rest.MediaJSON: object{"schema": ref("upload")},
	}},
	"POST /collections/{collectionId}/within": {"required": true, "content": object{
		rest.MediaGeoJSON: object{"schema": object{"type": "object", "description": "a geometry, a Feature or a FeatureCollection"}},
		rest.MediaJSON:    object{"schema": object{"type": "object"}},
	}},
	"PUT /styles/{name}.json":                           {"required": true, "content": object{rest.MediaJSON: object{"schema": object{"type": "object"}}}},
	"POST /collections/{collectionId}/items":            {"required": true, "content": object{rest.MediaGeoJSON: object{"schema": ref("newFeature")}}},
	"PUT /collections/{collectionId}/items/{featureId}": {"required": true, "content": object{rest.MediaGeoJSON: object{"schema": ref("newFeature")}}},
	"PATCH /collections/{collectionId}/items/{featureId}": {"required": true, "content": object{
		"application/merge-patch+json": object{"schema": object{"type": "object"}}}},
	"PATCH /imports/{importId}": {"required": true, "content": object{
		"application/offset+octet-stream": object{"schema": object{"type": "string", "format": "binary"}}}},
}

// schemas are the components of the document.
func schemas() object {
	links := listOf(ref("link"))
	return object{
		"link":        record([]string{"href", "rel"}, object{"href": text(), "rel": text(), "type": text(), "title": text()}),
		"landing":     record([]string{"links"}, object{"title": text(), "description": text(), "links": links}),
		"conformance": record([]string{"conformsTo"}, object{"conformsTo": listOf(text())}),
		"functions": record([]string{"functions"}, object{"links": links, "functions": listOf(record([]string{"name", "returns"}, object{
			"name": text(), "description": text(), "returns": valueTypes(),
			"arguments": listOf(record([]string{"type"}, object{"title": text(), "description": text(), "type": valueTypes()}))}))}),
		"collections": record([]string{"links", "collections"}, object{"links": links, "collections": listOf(ref("collection"))}),
		"collection": record([]string{"id", "links"}, object{"id": text(), "title": text(), "description": text(), "attribution": text(),
			"license": text(), "extent": object{"type": "object"}, "itemType": text(), "crs": listOf(text()), "storageCrs": text(),
			"verticalCrs": text(), "datum": text(), "local": boolean(), "itemCount": integer(), "revision": integer(), "links": links}),
		"geometry": object{"type": "object", "nullable": true, "required": []string{"type"}, "properties": object{"type": text()}},
		"feature": record([]string{"type", "id", "geometry", "properties"}, object{
			"type": object{"type": "string", "enum": []string{"Feature"}}, "id": text(), "geometry": ref("geometry"),
			"distance": number(), "properties": object{"type": "object", "nullable": true}, "links": links}),
		"newFeature": record([]string{"type", "geometry", "properties"}, object{"type": object{"type": "string", "enum": []string{"Feature"}}, "id": text(),
			"geometry": ref("geometry"), "properties": object{"type": "object", "nullable": true}}),
		"featureCollection": record([]string{"type", "features"}, object{
			"type": object{"type": "string", "enum": []string{"FeatureCollection"}}, "features": listOf(ref("feature")),
			"numberMatched": integer(), "numberReturned": integer(), "timeStamp": moment(), "datum": text(), "links": links}),
		"changes": record([]string{"collection", "since", "revision", "changes", "links"}, object{"collection": text(), "since": integer(), "revision": integer(),
			"links": links, "changes": listOf(record([]string{"revision", "recorded", "added", "changed", "ended"}, object{"revision": integer(), "recorded": moment(),
				"model": text(), "bbox": listOf(number()), "valid": listOf(object{"type": "string", "format": "date-time", "nullable": true}),
				"added": integer(), "changed": integer(), "ended": integer(), "purged": boolean()}))}),
		"diff": record([]string{"numberReturned", "changes", "links"}, object{"between": listOf(moment()), "recordedBetween": listOf(moment()),
			"counts":         record(nil, object{"added": integer(), "changed": integer(), "moved": integer(), "removed": integer()}),
			"numberReturned": integer(), "links": links, "changes": listOf(record([]string{"id", "change"}, object{"id": text(),
				"change":  object{"type": "string", "enum": []string{"added", "changed", "moved", "removed"}},
				"changed": listOf(text()), "moved": number(), "deviation": number(), "before": ref("feature"), "after": ref("feature")}))}),
		"storeys": record([]string{"storeys", "links"}, object{"links": links, "storeys": listOf(record([]string{"name", "count"}, object{"name": text(),
			"model": text(), "id": text(), "elevation": number(), "z_min": number(), "z_max": number(), "count": integer()}))}),
		"group": record([]string{"key", "count", "area", "length", "volume"}, object{"key": object{"type": "object"}, "count": integer(), "area": number(),
			"length": number(), "volume": number(), "z_min": number(), "z_max": number()}),
		"stats": record([]string{"group", "total", "groups", "links"}, object{"group": listOf(text()), "total": ref("group"), "groups": listOf(ref("group")), "links": links}),
		"problem": record([]string{"type", "title", "status", "code"}, object{"type": text(), "title": text(), "status": integer(),
			"code": text(), "detail": text(), "hint": text(), "instance": text(), "parameter": text(), "value": text()}),
		"model": record([]string{"collection", "model"}, object{"collection": text(), "model": text(), "source": ref("source"),
			"origin": listOf(number()), "rotation": number(), "features": integer(), "revision": integer(), "recorded": moment(),
			"report": object{"type": "object"}, "links": links}),
		"source":  record(nil, object{"name": text(), "sha256": text(), "bytes": integer(), "schema": text(), "tool": text()}),
		"applied": record(nil, object{"revision": integer(), "recorded": moment(), "added": integer(), "changed": integer(), "ended": integer(), "unchanged": integer()}),
		"upload": record([]string{"name", "bytes"}, object{"name": text(), "bytes": integer(), "sha256": text(),
			"options": object{"type": "object"}}),
		"import": record([]string{"id", "state", "name"}, object{"id": text(), "state": text(), "name": text(), "bytes": integer(),
			"received": integer(), "sha256": text(), "owner": text(), "options": object{"type": "object"},
			"progress": record(nil, object{"done": integer(), "total": integer()}), "created": moment(), "updated": moment(),
			"report": object{"type": "object"}, "error": ref("problem"), "links": links}),
		"tileMatrixSet": record([]string{"crs", "tileMatrices"}, object{"id": text(), "title": text(), "uri": text(), "crs": text(),
			"orderedAxes": listOf(text()), "wellKnownScaleSet": text(), "tileMatrices": listOf(record(
				[]string{"id", "scaleDenominator", "cellSize", "pointOfOrigin", "tileWidth", "tileHeight", "matrixWidth", "matrixHeight"},
				object{"id": text(), "scaleDenominator": number(), "cellSize": number(), "cornerOfOrigin": text(), "pointOfOrigin": listOf(number()),
					"tileWidth": integer(), "tileHeight": integer(), "matrixWidth": integer(), "matrixHeight": integer()}))}),
		"tileSet": record([]string{"dataType", "crs", "links"}, object{"title": text(), "description": text(), "attribution": text(),
			"dataType": object{"type": "string", "enum": []string{"map", "vector", "coverage"}}, "crs": text(), "tileMatrixSetURI": text(),
			"links": links, "mediaTypes": listOf(text()), "boundingBox": object{"type": "object"}, "centerPoint": object{"type": "object"},
			"layers": listOf(object{"type": "object"}), "tileMatrixSetLimits": listOf(record([]string{"tileMatrix", "minTileRow", "maxTileRow", "minTileCol", "maxTileCol"},
				object{"tileMatrix": text(), "minTileRow": integer(), "maxTileRow": integer(), "minTileCol": integer(), "maxTileCol": integer()}))}),
		"tileJSON": record([]string{"tilejson", "tiles", "vector_layers"}, object{"tilejson": text(), "tiles": listOf(text()),
			"vector_layers": listOf(object{"type": "object"}), "minzoom": integer(), "maxzoom": integer(), "bounds": listOf(number())}),
	}
}
