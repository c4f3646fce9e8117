package main

import (
	"strings"
	"testing"
)

func TestACityModelIsKnownByItsFirstMembers(t *testing.T) {
	for text, want := range map[string]bool{
		`{"type":"CityJSON","version":"2.0"`:                                              true,
		`{ "version" : "1.1", "type" : "CityJSON", "CityObjects"`:                         true,
		`{"metadata":{"type":"FeatureCollection"},"CityObjects":{"a":{`:                   true,
		`{"vertices":[` + strings.Repeat("[1,2,3],", 100) + `[1,2,3]],"type":"CityJSON"}`: true,
		`{"type":"FeatureCollection","CityObjects":{}}`:                                   false,
		`{"features":[{"type":"CityJSON"}],"type":"FeatureCollection"}`:                   false,
		`{"name":"CityObjects"`:                                                           false,
		`{"vertices":[[1,2`:                                                               false,
		`["CityObjects"]`:                                                                 false,
		``:                                                                                false,
	} {
		if got := isCityJSON([]byte(text)); got != want {
			t.Errorf("%.60s: %t, want %t", text, got, want)
		}
	}
}
