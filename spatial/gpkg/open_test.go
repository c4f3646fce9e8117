//go:build unix

package gpkg_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/gpkg"
)

// wantProblem fails unless err is a problem of that kind and code whose message names what
// is given.
func wantProblem(t testing.TB, err, kind error, code, names string) {
	t.Helper()
	var p *spatial.Problem
	if !errors.Is(err, kind) || !errors.As(err, &p) || p.Code != code {
		t.Fatalf("got %v, want code %s", err, code)
	}
	if !strings.Contains(p.Error(), names) {
		t.Fatalf("%q does not name %q", p.Error(), names)
	}
}

// script runs SQL on a file behind the store's back.
func script(t testing.TB, path, text string) {
	t.Helper()
	c, err := sqlite.OpenConn(path, sqlite.OpenReadWrite|sqlite.OpenCreate)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(sqlitex.ExecuteScript(c, text, nil), c.Close()); err != nil {
		t.Fatal(err)
	}
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsNoStoreIsRefusedAndLeftAsItIs(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(t *testing.T, path string)
		kind error
		code string
	}{
		{"an empty file", func(t *testing.T, path string) { write(t, path, "") }, spatial.ErrInvalid, "store-not-ours"},
		{"a text file", func(t *testing.T, path string) { write(t, path, strings.Repeat("text\n", 100)) }, spatial.ErrInvalid, "store-not-ours"},
		{"a folder", func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o755); err != nil {
				t.Fatal(err)
			}
		}, spatial.ErrInvalid, "store-not-ours"},
		{"a pipe", func(t *testing.T, path string) {
			if err := syscall.Mkfifo(path, 0o644); err != nil {
				t.Skip("no pipes here: ", err)
			}
		}, spatial.ErrInvalid, "store-not-ours"},
		{"a database of another program", func(t *testing.T, path string) {
			script(t, path, "CREATE TABLE a (b); INSERT INTO a VALUES (1)")
		}, spatial.ErrInvalid, "store-not-ours"},
		{"a GeoPackage of another program", func(t *testing.T, path string) {
			script(t, path, "PRAGMA application_id = 0x47504B47; CREATE TABLE gpkg_contents (b); INSERT INTO gpkg_contents VALUES (1)")
		}, spatial.ErrInvalid, "store-not-ours"},
		{"the header of a GeoPackage and garbage", func(t *testing.T, path string) {
			script(t, path, "PRAGMA application_id = 0x47504B47; CREATE TABLE shikong_store (b)")
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			write(t, path, string(b[:100])+strings.Repeat("garbage", 2000))
		}, spatial.ErrInvalid, "store-corrupt"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "城市 %3f?#.gpkg")
			c.make(t, path)
			before := content(t, path)
			for _, o := range []gpkg.Options{{}, {Create: true}, {ReadOnly: true}} {
				_, err := gpkg.Open(t.Context(), path, o)
				wantProblem(t, err, c.kind, c.code, path)
			}
			if after := content(t, path); !bytes.Equal(before, after) {
				t.Error("the file was changed")
			}
			if list, err := os.ReadDir(filepath.Dir(path)); err != nil || len(list) != 1 {
				t.Errorf("files were left beside it: %v %v", list, err)
			}
		})
	}
}

// content returns the bytes of a regular file.
func content(t *testing.T, path string) []byte {
	t.Helper()
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAStoreThatIsNotThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.gpkg")
	_, err := gpkg.Open(t.Context(), path, gpkg.Options{})
	wantProblem(t, err, spatial.ErrNotFound, "store-missing", path)
	_, err = gpkg.Open(t.Context(), path, gpkg.Options{ReadOnly: true, Create: true})
	wantProblem(t, err, spatial.ErrNotFound, "store-missing", path)
	_, err = gpkg.Open(t.Context(), filepath.Join(path, "no", "folder.gpkg"), gpkg.Options{Create: true})
	wantProblem(t, err, spatial.ErrUnavailable, "store-denied", "folder.gpkg")
	if list, err := os.ReadDir(filepath.Dir(path)); err != nil || len(list) != 0 {
		t.Errorf("files were left: %v %v", list, err)
	}
}

func TestAStoreOfANewerProgramIsRefused(t *testing.T) {
	s, path := created(t)
	put(t, s, replaceAll(1, 1))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	script(t, path, "UPDATE shikong_store SET schema_version = 99")
	_, err := gpkg.Open(t.Context(), path, gpkg.Options{})
	wantProblem(t, err, spatial.ErrUnsupported, "store-newer", "99")
}

func TestTheDatumIsChosenOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.gpkg")
	_, err := gpkg.Open(t.Context(), path, gpkg.Options{Create: true, Datum: "beijing54"})
	wantProblem(t, err, spatial.ErrInvalid, "datum-unknown", "beijing54")
	s := open(t, path, gpkg.Options{Create: true, Datum: "cgcs2000"})
	if meta, err := s.Meta(t.Context()); err != nil || meta.Datum != "cgcs2000" {
		t.Fatal(meta, err)
	}
	open(t, path, gpkg.Options{Create: true})
	open(t, path, gpkg.Options{Datum: "cgcs2000"})
	_, err = gpkg.Open(t.Context(), path, gpkg.Options{Datum: "wgs84"})
	wantProblem(t, err, spatial.ErrConflict, "datum-mismatch", "cgcs2000")
}

func TestADamagedStoreSaysSo(t *testing.T) {
	s, path := created(t)
	put(t, s, replaceAll(5000, 1))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	b := content(t, path)
	for _, c := range []struct {
		name   string
		damage func([]byte) []byte
	}{
		{"cut in half", func(b []byte) []byte { return b[:len(b)/2] }},
		{"zeros in the middle", func(b []byte) []byte { clear(b[40960 : len(b)-40960]); return b }},
		{"noise in the middle", func(b []byte) []byte {
			for i := 40960; i < len(b)-4096; i += 7 {
				b[i] ^= byte(i)
			}
			return b
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "store.gpkg")
			write(t, path, string(c.damage(bytes.Clone(b))))
			err := readThrough(t, path)
			wantProblem(t, err, spatial.ErrInvalid, "store-corrupt", "damaged")
		})
	}
}

// readThrough opens and verifies a store and returns the first error; issues count as one.
func readThrough(t *testing.T, path string) error {
	s, err := gpkg.Open(t.Context(), path, gpkg.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	for _, err := range s.Features(t.Context(), spatial.Query{Collection: "buildings"}) {
		if err != nil {
			return err
		}
	}
	_, err = s.Verify(t.Context())
	return err
}

func TestAReadOnlyStoreReadsAndDoesNotWrite(t *testing.T) {
	s, path := created(t)
	put(t, s, replaceAll(10, 1))
	r := open(t, path, gpkg.Options{ReadOnly: true})
	if n, err := r.Count(t.Context(), spatial.Query{Collection: "buildings"}); err != nil || n != 10 {
		t.Fatal(n, err)
	}
	_, err := r.Apply(t.Context(), replaceAll(5, 1))
	wantProblem(t, err, spatial.ErrUnavailable, "store-read-only", path)
	_, err = r.Purge(t.Context(), "buildings", "")
	wantProblem(t, err, spatial.ErrUnavailable, "store-read-only", path)
	put(t, s, replaceAll(20, 1))
	if n, err := r.Count(t.Context(), spatial.Query{Collection: "buildings"}); err != nil || n != 20 {
		t.Fatalf("%d features are seen after another import, %v", n, err)
	}
}

func TestAStoreThatIsClosedIsOneFile(t *testing.T) {
	s, path := created(t)
	put(t, s, replaceAll(10, 1))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, o := range []gpkg.Options{{}, {ReadOnly: true}} {
		r := open(t, path, o)
		if _, err := r.Collections(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if list, err := os.ReadDir(filepath.Dir(path)); err != nil || len(list) != 1 {
			t.Errorf("files after %+v: %v %v", o, list, err)
		}
	}
}

func TestAnOlderStoreIsMigratedWhenAskedTo(t *testing.T) {
	s, path := created(t)
	put(t, s, replaceAll(10, 1))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	script(t, path, "ALTER TABLE shikong_store DROP COLUMN pruned; DROP TABLE shikong_style; UPDATE shikong_store SET schema_version = 1")
	for _, o := range []gpkg.Options{{}, {ReadOnly: true}, {Create: true}} {
		_, err := gpkg.Open(t.Context(), path, o)
		wantProblem(t, err, spatial.ErrConflict, "store-older", "version 1")
	}
	if err := open(t, path, gpkg.Options{Migrate: true}).Close(); err != nil {
		t.Fatal(err)
	}
	r := open(t, path, gpkg.Options{})
	sound(t, r)
	if n, err := r.Count(t.Context(), spatial.Query{Collection: "buildings"}); err != nil || n != 10 {
		t.Error(n, err)
	}
}

func TestAClosedStoreSaysSo(t *testing.T) {
	s, _ := created(t)
	put(t, s, replaceAll(10, 1))
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	_, err := s.Meta(t.Context())
	wantProblem(t, err, spatial.ErrUnavailable, "store-closed", "")
	_, err = s.Apply(t.Context(), replaceAll(5, 1))
	wantProblem(t, err, spatial.ErrUnavailable, "store-closed", "")
}

// held streams more features than are taken in before the lock is, then says that it is
// there and waits until it is let go.
func held(there, release chan struct{}) iter.Seq2[spatial.Feature, error] {
	return func(yield func(spatial.Feature, error) bool) {
		for f := range buildings(gpkg.MaxWaiting+1, 1) {
			if !yield(f, nil) {
				return
			}
		}
		close(there)
		<-release
	}
}

func TestASecondWriterWaitsAndLearnsWhoHoldsTheLock(t *testing.T) {
	first, path := created(t)
	there, release, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		in := replaceAll(0, 1)
		in.Features = held(there, release)
		_, err := first.Apply(t.Context(), in)
		done <- err
	}()
	<-there
	second := open(t, path, gpkg.Options{LockWait: 50 * time.Millisecond})
	_, err := second.Apply(t.Context(), replaceAll(5, 1))
	wantProblem(t, err, spatial.ErrUnavailable, "store-locked", fmt.Sprintf("process %d", os.Getpid()))
	impatient := open(t, path, gpkg.Options{LockWait: -1})
	_, err = impatient.Apply(t.Context(), replaceAll(5, 1))
	wantProblem(t, err, spatial.ErrUnavailable, "store-locked", path)

	patient := open(t, path, gpkg.Options{LockWait: time.Minute})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := patient.Apply(ctx, replaceAll(5, 1)); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v", err)
	}
	if n, err := second.Collections(t.Context()); err != nil || len(n) != 0 {
		t.Fatalf("a reader is not let through: %v %v", n, err)
	}
	close(release)
	in := replaceAll(5, 1)
	in.Collection.Name = "other"
	if a, err := patient.Apply(t.Context(), in); err != nil || a.Added != 5 {
		t.Fatal(a, err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	sound(t, patient)
}

func TestAFullDiskLeavesTheStoreAsItWas(t *testing.T) {
	s, _ := created(t)
	put(t, s, replaceAll(1000, 1))
	if err := s.LimitPages(t.Context(), 50); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{2000, 20_000} {
		_, err := s.Apply(t.Context(), replaceAll(n, 2))
		wantProblem(t, err, spatial.ErrUnavailable, "store-full", "room")
		in := replaceAll(n, 2)
		in.Collection.Name = "new"
		_, err = s.Apply(t.Context(), in)
		wantProblem(t, err, spatial.ErrUnavailable, "store-full", "room")
	}
	if meta, err := s.Meta(t.Context()); err != nil || meta.Revision != 1 {
		t.Fatal(meta, err)
	}
	sound(t, s)
	put(t, s, replaceAll(999, 1))
}

func TestAFolderWithoutRights(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may do everything: rights cannot be tested")
	}
	s, path := created(t)
	put(t, s, replaceAll(10, 1))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	_, err := gpkg.Open(t.Context(), path, gpkg.Options{})
	wantProblem(t, err, spatial.ErrUnavailable, "store-denied", path)
	if err := errors.Join(os.Chmod(path, 0o444), os.Chmod(filepath.Dir(path), 0o555)); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.Chmod(filepath.Dir(path), 0o755) }() // so that it can be removed
	r := open(t, path, gpkg.Options{ReadOnly: true})
	if n, err := r.Count(t.Context(), spatial.Query{Collection: "buildings"}); err != nil || n != 10 {
		t.Fatalf("a store on a read-only medium: %d %v", n, err)
	}
}
