package benchmarks_test

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// thrown is an answer that nobody reads.
type thrown struct {
	header http.Header
	status int
	size   int64
}

func (w *thrown) Header() http.Header    { return w.header }
func (w *thrown) WriteHeader(status int) { w.status = status }
func (w *thrown) Write(p []byte) (int, error) {
	w.size += int64(len(p))
	return len(p), nil
}

// BenchmarkHandler is what an answer costs before it is sent: the questions of BenchmarkAnswers
// to the handler, without a network. Of each place the round counts that took the least of the
// processor, between two of which all other places were asked about.
func BenchmarkHandler(b *testing.B) {
	city := newTileCity(b, size())
	list := places(b, city)
	handler, path := ownHandler(b, city)
	for _, question := range questions {
		b.Run(question, func(b *testing.B) {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			best := make([]time.Duration, len(list))
			for b.Loop() {
				for round := range rounds {
					for i, p := range list {
						r := httptest.NewRequest(http.MethodGet, path(question, p), http.NoBody)
						w := &thrown{header: http.Header{}}
						began := threadTime(b)
						handler.ServeHTTP(w, r)
						took := threadTime(b) - began
						if w.status != http.StatusOK {
							b.Fatalf("%s: status %d", r.URL, w.status)
						}
						if round == 0 || took < best[i] {
							best[i] = took
						}
					}
				}
			}
			var sum time.Duration
			for _, d := range best {
				sum += d
			}
			b.ReportMetric(float64(sum.Nanoseconds())/1e3/float64(len(list)), "cpu-µs/answer")
		})
	}
}

// threadTime is what the thread has used of processors.
func threadTime(b *testing.B) time.Duration {
	b.Helper()
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		b.Fatal(err)
	}
	return time.Duration(t.Nano())
}
