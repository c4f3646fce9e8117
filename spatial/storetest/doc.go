// Package storetest is the one suite that every store and every reader passes.
//
// Run holds a store against the contract in package spatial: a table of clauses, each a
// sentence with its own small imports and the whole expected answer, and random imports
// and queries on the store beside a Reference. RunReader holds a reader that follows a
// store, such as spatial/memory, against the same clauses and the same random play.
//
// Reference is the meaning of the contract written down as plainly as possible: a slice of
// versions in memory, every question answered by going through all of them. It is slow and
// meant to be read. Where the comments in package spatial leave a choice, Reference makes
// it, and these are the choices:
//
//   - An import counts ids within its window: all of time when it replaces, [From, ∞) when
//     it continues. An id is held when one of its versions lies at least partly in the window.
//   - Continuing with the same content leaves a version that has no end untouched; one that
//     was to end later goes on without end, as one version from its old start.
//   - Creating a collection or a model, another frame, and another title or the like of the
//     collection are changes and raise the revision. Another source alone is none: Source and
//     Report stay those of the revision that changed the model last.
//   - A version with a body is the same only if its frame is the same too. Body.Frame is the
//     frame with which the version was imported. A continuing import without a frame leaves
//     the model's frame alone; a replacing one without a frame takes it away.
//   - An answer at a revision never changes: Recorded.Start is when the version was recorded,
//     Recorded.End stays zero, since at that revision it had not ended.
//   - Query.AtRevision beyond the last revision is ErrNotFound. Query.Recorded before the
//     first revision is an empty answer, in the future it is now. A collection that is there
//     now answers emptily for revisions before it began.
//   - Features without a place are no answer to Box and none to Near.
//   - The heights of Collection.Extent span the known heights of features that have a place
//     and are unbounded when none is known. Change.Box is for caches and errs on the safe
//     side: one unknown height makes it unbounded.
//   - Times are cut to a Tick when they are stored, also Import.From.
//   - A geometry of another layout than XY or XYZ, or a collection that mixes them, is
//     ErrInvalid. A linear ring comes back as a line string.
//   - Purge of a collection leaves one Change with Purged and no model. Changes from before
//     a purge stay in the log.
package storetest
