// Package wkb writes and reads well-known binary, the form in which both stores keep
// geometries: ISO 13249-3, of which XY and XYZ are written and measures read as well. What stands around it (headers,
// envelopes, numbers of reference systems) is the business of the stores.
package wkb
