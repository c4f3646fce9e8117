package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shikong-cim/shikong/api"
	"github.com/shikong-cim/shikong/api/ogc"
)

func TestWhatAFilterMatchesIsCountedWhileThatIsQuick(t *testing.T) {
	f := city()
	f.colls[0].Count = 5_000_000
	ask := func(limit time.Duration, target string) features {
		t.Helper()
		return featuresOf(t, ask(t, newServer(t, api.Options{Reader: f, Limits: api.Limits{Limits: ogc.Limits{CountTime: limit}}}), "GET", target))
	}
	const filtered = "/collections/houses/items?limit=1&filter=storeys%20%3E%200"
	if got := ask(time.Hour, filtered); got.NumberMatched == nil || *got.NumberMatched != 2 {
		t.Errorf("counted: %v", got.NumberMatched)
	}
	f.slow = true
	got := ask(time.Nanosecond, filtered)
	if got.NumberMatched != nil || got.ids() != "a" {
		t.Errorf("not counted: %v, %s", got.NumberMatched, got.ids())
	}
	// The pages behind do not try again, or they would hang here.
	if next := ask(time.Hour, strings.TrimPrefix(rel(got.Links, "next"), "http://example.com")); next.NumberMatched != nil || next.ids() != "b" {
		t.Errorf("the next page: %v, %s", next.NumberMatched, next.ids())
	}
}
