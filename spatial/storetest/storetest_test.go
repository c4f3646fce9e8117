package storetest_test

import (
	"context"
	"testing"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/storetest"
)

// The reference passes its own suite, or the clauses contradict it.
func TestTheReferencePassesTheSuite(t *testing.T) {
	storetest.Run(t, storetest.OpenReference)
}

func TestAReaderThatIsTheStorePassesTheSuite(t *testing.T) {
	storetest.RunReader(t, storetest.OpenReference, func(t *testing.T, s spatial.Store) (spatial.Reader, func(context.Context) error) {
		return s, nil
	})
}
