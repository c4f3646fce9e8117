// Package tiles is what a tile is, whoever draws it: where it lies (Coord), what is asked
// of it (Request), who answers (Source), and a cache in front of any source.
//
// A request runs like this: Cache.Pin asks the source to pin the state from which the
// request is to be answered. What is pinned has a key that changes when, and only when, the
// tile's bytes may change; its hash is the entity tag, so a client that has the tile already
// is told so before any work is done. Only then Pinned.Body looks into the cache or has the
// tile made, once for all who wait for it.
//
// It draws nothing itself: vector tiles are made in tiles/vector.
package tiles
