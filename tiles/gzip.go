package tiles

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
)

// gzipLevel is where size and time balance: measured on tiles of buildings, level 2 gives
// half the size at 180 MB/s; the standard library's fastest takes twice as long for that.
const gzipLevel = 2

// together bounds how many goroutines compress one body.
const together = 8

// shares returns into how many shares of one size a body of n bytes is divided. Each is
// compressed by itself, so that several processors can take part. The number depends on nothing
// but the body: its bytes are the same everywhere.
func shares(n int) int {
	// Codes of its own make up for what a share cannot look back at: on tiles, two shares of
	// 48 KiB are a hundredth smaller than one of 96, many of 64 as much larger than of 256.
	const least, most = 64 << 10, 256 << 10
	size := min(max(n/together, least), most)
	return (n + size/2) / size
}

// Gzip compresses bodies one after the other and keeps its memory between them. The zero
// value is ready. It is not for more than one goroutine.
type Gzip struct {
	// Level is from 1, the fastest, to 9; 0 is the one for tiles that are made when asked for,
	// which takes several processors for a large body: somebody waits for it.
	Level int

	zip   zipper
	parts [][]byte
}

// Append appends the compressed form (RFC 1952) of raw to dst.
func (z *Gzip) Append(dst, raw []byte) ([]byte, error) {
	n := shares(len(raw))
	if z.Level != 0 || n < 2 {
		return z.zip.append(dst, raw, cmp.Or(z.Level, gzipLevel))
	}
	if err := z.split(raw, n); err != nil {
		return dst, err
	}
	return appendJoined(dst, z.parts), nil
}

// zippers are for the goroutines that help with a large body: each takes a megabyte.
var zippers = sync.Pool{New: func() any { return new(zipper) }}

// split compresses the n shares of a body into parts.
func (z *Gzip) split(raw []byte, n int) error {
	for cap(z.parts) < n {
		z.parts = append(z.parts[:cap(z.parts)], nil)
	}
	z.parts = z.parts[:n]
	errs := make([]error, n)
	var next atomic.Int64
	work := func(zip *zipper) {
		for i := int(next.Add(1) - 1); i < n; i = int(next.Add(1) - 1) {
			z.parts[i], errs[i] = zip.append(z.parts[i][:0], raw[i*len(raw)/n:(i+1)*len(raw)/n], gzipLevel)
		}
	}
	var wait sync.WaitGroup
	for range min(n, together, runtime.GOMAXPROCS(0)) - 1 {
		wait.Go(func() {
			zip, _ := zippers.Get().(*zipper) // New makes nothing else
			work(zip)
			zippers.Put(zip)
		})
	}
	work(&z.zip)
	wait.Wait()
	return cmp.Or(errs...)
}

// zipper compresses bodies in memory that it keeps.
type zipper struct {
	w   *gzip.Writer
	out sink
}

// sink collects what is written.
type sink struct{ buf []byte }

func (s *sink) Write(p []byte) (int, error) {
	s.buf = append(s.buf, p...)
	return len(p), nil
}

// append appends the compressed form of raw to dst. The level is that of the first call.
func (z *zipper) append(dst, raw []byte, level int) ([]byte, error) {
	if z.w == nil {
		w, err := gzip.NewWriterLevel(io.Discard, level)
		if err != nil {
			return dst, fmt.Errorf("compress: %w", err)
		}
		z.w = w
	}
	z.out.buf = dst
	z.w.Reset(&z.out)
	if _, err := z.w.Write(raw); err != nil {
		return dst, fmt.Errorf("compress %d bytes: %w", len(raw), err)
	}
	// Ends the blocks at a byte, so that bodies can be joined, see join.
	if err := z.w.Flush(); err != nil {
		return dst, fmt.Errorf("compress %d bytes: %w", len(raw), err)
	}
	if err := z.w.Close(); err != nil {
		return dst, fmt.Errorf("compress %d bytes: %w", len(raw), err)
	}
	dst, z.out.buf = z.out.buf, nil
	return dst, nil
}
