package main

import (
	"errors"
	"iter"
	"strconv"
	"testing"

	"go.uber.org/goleak"

	"github.com/shikong-cim/shikong/spatial"
)

// numbered yields n features and then err, if there is one.
func numbered(n int, err error) iter.Seq2[spatial.Feature, error] {
	return func(yield func(spatial.Feature, error) bool) {
		for i := range n {
			if !yield(spatial.Feature{ID: strconv.Itoa(i)}, nil) {
				return
			}
		}
		if err != nil {
			yield(spatial.Feature{}, err)
		}
	}
}

func TestReadingAheadGivesTheSameFeatures(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	broken := errors.New("broken")
	for _, c := range []struct {
		name string
		n    int
		err  error
		take int
	}{
		{"none", 0, nil, 9},
		{"one", 1, nil, 9},
		{"exactly a batch", aheadBatch, nil, 9999},
		{"several batches and an error", 3*aheadBatch + 1, broken, 9999},
		{"an error at once", 0, broken, 9},
		{"a consumer that stops early, with the reader waiting", 20 * aheadBatch, broken, 3},
		{"a consumer that stops at the last one", aheadBatch, broken, aheadBatch},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := 0
			var err error
			for f, e := range ahead(numbered(c.n, c.err)) {
				if e != nil {
					err = e
					continue
				}
				if f.ID != strconv.Itoa(got) {
					t.Fatalf("feature %d is %s", got, f.ID)
				}
				if got++; got == c.take {
					break
				}
			}
			if got != min(c.n, c.take) || (c.take > c.n && !errors.Is(err, c.err)) {
				t.Errorf("%d features and the error %v", got, err)
			}
		})
	}
}

func TestAPanicWhileReadingAheadIsTheConsumers(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	defer func() {
		if r := recover(); r != "boom" {
			t.Errorf("recovered %v", r)
		}
	}()
	for range ahead(func(func(spatial.Feature, error) bool) { panic("boom") }) {
		t.Error("a feature of a source without any")
	}
	t.Error("no panic")
}
