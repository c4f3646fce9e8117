package gpkg_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(crashStore); path != "" {
		importForever(path) // until the parent kills this process
	}
	goleak.VerifyTestMain(m)
}
