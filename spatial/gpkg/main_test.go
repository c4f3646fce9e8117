package gpkg_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/shikong-cim/shikong/spatial/storetest"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(storetest.CrashStore); path != "" {
		importForever(path) // until the parent kills this process
	}
	goleak.VerifyTestMain(m)
}
