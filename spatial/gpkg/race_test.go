//go:build race

package gpkg_test

// slow is how much less is tried where everything takes fifteen times as long.
const slow = 10
