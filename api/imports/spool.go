package imports

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/shikong-cim/shikong/spatial"
)

// spool keeps imports on disk: for each id the record ID.json, the file ID.data while it is
// needed, and ID.report when it has one. The length of the data is the offset of the upload:
// there is no second truth that could disagree with it after a crash.
type spool struct {
	dir  string
	lock *os.File
}

func openSpool(dir string) (spool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return spool{}, fmt.Errorf("spool folder: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return spool{}, fmt.Errorf("spool folder: %w", err)
	}
	if err := lockFile(lock); err != nil {
		return spool{}, errors.Join(&spatial.Problem{Kind: spatial.ErrUnavailable, Code: "spool-locked",
			Message: "the spool folder " + dir + " is used by another server", Hint: "give each server its own"}, lock.Close())
	}
	return spool{dir: dir, lock: lock}, nil
}

func (s spool) close() error { return s.lock.Close() }

func (s spool) path(id, kind string) string { return filepath.Join(s.dir, id+"."+kind) }

// data is the path of the file itself.
func (s spool) data(id string) string { return s.path(id, "data") }

// load returns the records, and removes files that belong to none.
func (s spool) load() ([]Import, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, fmt.Errorf("spool folder: %w", err)
	}
	var list []Import
	known := map[string]bool{}
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), ".json")
		if !ok || strings.HasPrefix(id, ".") {
			continue
		}
		var imp Import
		body, err := os.ReadFile(s.path(id, "json"))
		// A record that cannot be read is as good as none: its client begins again.
		if err == nil && json.Unmarshal(body, &imp) == nil && imp.ID == id {
			list = append(list, imp)
			known[id] = true
		}
	}
	for _, e := range entries {
		id, kind, ok := strings.Cut(e.Name(), ".")
		if ok && !known[id] && (kind == "data" || kind == "report" || kind == "json" || strings.HasPrefix(e.Name(), ".tmp-")) {
			_ = os.Remove(filepath.Join(s.dir, e.Name())) // it would only take room
		}
	}
	return list, nil
}

// create makes the empty file of a new upload.
func (s spool) create(id string) error {
	f, err := os.OpenFile(s.data(id), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return f.Close()
}

// size returns the bytes that have arrived, and when the last of them did.
func (s spool) size(id string) (int64, time.Time) {
	info, err := os.Stat(s.data(id))
	if err != nil {
		return 0, time.Time{}
	}
	return info.Size(), info.ModTime()
}

// save writes the record in one step.
func (s spool) save(imp *Import) error {
	record := *imp
	record.Links, record.Report = nil, nil
	body, err := json.Marshal(record)
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return s.put(s.path(imp.ID, "json"), body)
}

func (s spool) put(path string, body []byte) error {
	tmp, err := os.CreateTemp(s.dir, ".tmp-*")
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	_, err = tmp.Write(body)
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("spool: %w", err), os.Remove(tmp.Name()))
	}
	return nil
}

// saveReport keeps the report of an import that has ended.
func (s spool) saveReport(id string, report json.RawMessage) error {
	return s.put(s.path(id, "report"), report)
}

// report returns the report, nil when there is none.
func (s spool) report(id string) json.RawMessage {
	body, err := os.ReadFile(s.path(id, "report"))
	if err != nil || !json.Valid(body) {
		return nil
	}
	return body
}

// drop removes the file of an import that needs it no more.
func (s spool) drop(id string) { _ = ignoreMissing(os.Remove(s.data(id))) }

// remove forgets an import.
func (s spool) remove(id string) {
	for _, kind := range []string{"data", "report", "json"} {
		_ = ignoreMissing(os.Remove(s.path(id, kind)))
	}
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
