//go:build !race

package gpkg_test

const slow = 1
