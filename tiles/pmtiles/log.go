package pmtiles

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
)

// log says which tiles an unfinished archive holds:
//
//	content, a line | record … ;  record: tile number 8 | length 4 | sum 12
//
// A record is written when its tile is in the archive's file. What a crash leaves half
// written is found by the sums.
type log struct {
	file    *os.File
	found   []byte // records of an earlier run that were not looked at
	good    int64  // bytes of the log that hold
	pending []byte
}

const (
	recordBytes = 8 + 4 + len(sum{})
	// flushRecords is how many tiles are between two flushes.
	flushRecords = 256
)

// openLog opens a log; one of another content is emptied.
func openLog(path, content string) (*log, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, fmt.Errorf("make the log of the archive: %w", err)
	}
	l := &log{file: file}
	text, err := io.ReadAll(file)
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("read the log of the archive: %w", err)
	}
	head := []byte(content + "\n")
	if rest, ok := bytes.CutPrefix(text, head); ok {
		l.found, l.good = rest, int64(len(head))
		return l, nil
	}
	l.pending = head
	return l, nil
}

// next returns the next record of an earlier run.
func (l *log) next() (id uint64, s sum, length uint32, ok bool) {
	if len(l.found) < recordBytes {
		return 0, s, 0, false
	}
	r := l.found[:recordBytes]
	copy(s[:], r[12:])
	return binary.LittleEndian.Uint64(r), s, binary.LittleEndian.Uint32(r[8:]), true
}

// accept says that the last record holds.
func (l *log) accept() {
	l.found = l.found[recordBytes:]
	l.good += int64(recordBytes)
}

// cut forgets what does not hold.
func (l *log) cut() error {
	l.found = nil
	if err := l.file.Truncate(l.good); err != nil {
		return fmt.Errorf("cut the log of the archive: %w", err)
	}
	if _, err := l.file.Seek(l.good, io.SeekStart); err != nil {
		return fmt.Errorf("cut the log of the archive: %w", err)
	}
	return nil
}

// put adds a record and reports whether it is time to flush.
func (l *log) put(id uint64, s sum, length uint32) bool {
	l.pending = binary.LittleEndian.AppendUint64(l.pending, id)
	l.pending = binary.LittleEndian.AppendUint32(l.pending, length)
	l.pending = append(l.pending, s[:]...)
	return len(l.pending) >= flushRecords*recordBytes
}

func (l *log) flush() error {
	_, err := l.file.Write(l.pending)
	l.pending = l.pending[:0]
	if err != nil {
		return fmt.Errorf("write the log of the archive: %w", err)
	}
	return nil
}

func (l *log) close() error { return l.file.Close() }
