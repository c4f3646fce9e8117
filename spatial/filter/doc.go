// Package filter is the Common Query Language CQL2 1.0 (OGC 21-065r2): conditions such as
// "floors > 5 AND S_INTERSECTS(geometry, BBOX(113.9,22.5,114.0,22.6))".
//
// ParseText and ParseJSON read a condition into a tree of Expr; Text and JSON write one.
// New checks a tree against what a collection has and makes a Filter, which is the
// spatial.Filter of a query. What a condition means is said in one place, Evaluator; stores
// that look for matches in SQL or in columns use the tree only to leave out what cannot
// match, and let the Evaluator decide.
//
// The package knows no SQL, no HTTP and no store.
//
// # Meaning
//
// A condition is true, false or unknown, and a feature matches when it is true (21-065r2,
// table 1). A property that a feature does not have is null; every predicate and function
// of null but IS NULL is unknown. So is a comparison of values of different kinds, such as
// a text with a number: nothing is converted, but
//
//   - a text, or a whole number that is a year, becomes a time where it meets one;
//   - an integer and a fraction compare as the numbers that they are.
//
// Texts compare by their bytes in UTF-8, false is less than true.
//
// # Time
//
// A date is a whole day in Beijing time (a year or month in a property is a whole one, too),
// a timestamp is an instant. A day and an instant in it are equal; otherwise one of them
// comes before the other. Intervals hold both of their ends. The temporal functions compare
// starts and ends so, and take an instant for an interval that starts and ends with it.
// The member valid is the time in which a feature stands, without the instant at which it
// ceases to; INTERVAL(valid_from, valid_to) is the same.
//
// # Space
//
// Geometries relate in the plane of longitude and latitude, as DE-9IM has it; heights do not
// count, but for a BBOX with heights in S_INTERSECTS and S_DISJOINT, which a feature of
// unknown height always meets. A BBOX whose west is greater than its east crosses the
// antimeridian.
package filter
