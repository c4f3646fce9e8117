package pmtiles

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"

	"github.com/shikong-cim/shikong/tiles"
)

// Writer makes an archive of vector tiles that are compressed with gzip. Until Finish it
// stands beside its place as NAME.part with a log NAME.part.log, from which a later Create
// of the same content goes on.
type Writer struct {
	path string
	file *os.File
	out  *bufio.Writer
	log  *log

	entries   []Entry
	seen      map[sum]Entry // tiles by what they hold; ID and Run are of no meaning
	end       uint64        // of the tiles
	addressed uint64
	kept      tiles.Coord
	resumed   bool
}

// sum tells contents apart.
type sum [12]byte

func sumOf(body []byte) (s sum) {
	full := sha256.Sum256(body)
	copy(s[:], full[:])
	return s
}

// Create begins an archive, or goes on with what an earlier run has left of the same
// content: the same text must name it.
func Create(path, content string) (*Writer, error) {
	w := &Writer{path: path, seen: map[sum]Entry{}}
	var err error
	if w.file, err = os.OpenFile(path+".part", os.O_RDWR|os.O_CREATE, 0o666); err != nil {
		return nil, fmt.Errorf("make the archive: %w", err)
	}
	if w.log, err = openLog(path+".part.log", content); err == nil {
		err = w.resume()
	}
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	w.out = bufio.NewWriterSize(w.file, 1<<20)
	return w, nil
}

// resume takes in what the log and the tiles themselves agree about.
func (w *Writer) resume() error {
	info, err := w.file.Stat()
	if err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	in := bufio.NewReaderSize(io.NewSectionReader(w.file, rootEnd, max(info.Size()-rootEnd, 0)), 1<<20)
	var body []byte
	for {
		id, s, length, ok := w.log.next()
		if !ok {
			break
		}
		e, again := w.seen[s]
		if !again {
			if uint64(length) > uint64(max(info.Size()-rootEnd, 0))-w.end {
				break // the log is ahead of the tiles
			}
			body = append(body[:0], make([]byte, length)...)
			if _, err := io.ReadFull(in, body); err != nil || sumOf(body) != s {
				break
			}
			e = w.add(s, length)
		}
		w.enter(id, e)
		w.log.accept()
		w.resumed = true
		w.kept.Z, w.kept.X, w.kept.Y = ZXY(id)
	}
	if err := w.log.cut(); err != nil {
		return err
	}
	at := rootEnd + int64(w.end)
	if err := w.file.Truncate(at); err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	if _, err := w.file.Seek(at, io.SeekStart); err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	return nil
}

// Kept returns the last tile that an earlier run has left; ok is false when there is none.
func (w *Writer) Kept() (c tiles.Coord, ok bool) { return w.kept, w.resumed }

// Put adds a tile, compressed with gzip, behind all before it in the order of their numbers.
// Tiles without bytes are left out.
func (w *Writer) Put(c tiles.Coord, body []byte) error {
	if len(body) == 0 {
		return nil
	}
	id := ID(c.Z, c.X, c.Y)
	if n := len(w.entries); n > 0 && id < w.entries[n-1].ID+uint64(w.entries[n-1].Run) {
		return fmt.Errorf("tile %s comes too late", c)
	}
	s := sumOf(body)
	e, again := w.seen[s]
	if !again {
		if _, err := w.out.Write(body); err != nil {
			return fmt.Errorf("write tile %s: %w", c, err)
		}
		e = w.add(s, uint32(len(body)))
	}
	w.enter(id, e)
	if w.log.put(id, s, e.Length) {
		return w.flush()
	}
	return nil
}

// add places a new content behind all others.
func (w *Writer) add(s sum, length uint32) Entry {
	e := Entry{Offset: w.end, Length: length}
	w.seen[s] = e
	w.end += uint64(length)
	return e
}

// enter adds a tile to the directory.
func (w *Writer) enter(id uint64, e Entry) {
	w.addressed++
	if n := len(w.entries); n > 0 {
		if last := &w.entries[n-1]; last.Offset == e.Offset && last.ID+uint64(last.Run) == id {
			last.Run++
			return
		}
	}
	w.entries = append(w.entries, Entry{ID: id, Offset: e.Offset, Length: e.Length, Run: 1})
}

// flush brings tiles to the file, and then what the log says of them.
func (w *Writer) flush() error {
	if err := w.out.Flush(); err != nil {
		return fmt.Errorf("write tiles: %w", err)
	}
	return w.log.flush()
}

// Finish writes what describes the tiles and gives the archive its name.
func (w *Writer) Finish(doc tiles.TileJSON) error {
	h := Header{Addressed: w.addressed, Entries: uint64(len(w.entries)), Contents: uint64(len(w.seen)), Clustered: true,
		Internal: Gzip, Tiles: Gzip, Kind: MVT, MinZoom: doc.MinZoom, MaxZoom: doc.MaxZoom, Bounds: doc.Bounds}
	h.Center, h.CenterZoom = [2]float64{(doc.Bounds[0] + doc.Bounds[2]) / 2, (doc.Bounds[1] + doc.Bounds[3]) / 2}, doc.MinZoom
	if c := doc.Center; c != nil {
		h.Center, h.CenterZoom = [2]float64{c[0], c[1]}, max(min(uint8(c[2]), doc.MaxZoom), doc.MinZoom)
	}
	metadata, err := metadataOf(doc)
	if err != nil {
		return err
	}
	root, leaves, err := directories(w.entries, pack)
	if err != nil {
		return err
	}
	h.data = span{rootEnd, w.end}
	h.metadata = span{h.data.end(), uint64(len(metadata))}
	h.leaves = span{h.metadata.end(), uint64(len(leaves))}
	h.root = span{headerBytes, uint64(len(root))}
	for _, part := range [][]byte{metadata, leaves} {
		if _, err := w.out.Write(part); err != nil {
			return fmt.Errorf("write directories: %w", err)
		}
	}
	if err := w.out.Flush(); err != nil {
		return fmt.Errorf("write directories: %w", err)
	}
	if _, err := w.file.WriteAt(append(h.append(nil), root...), 0); err != nil {
		return fmt.Errorf("write the header: %w", err)
	}
	if err := w.file.Sync(); err != nil {
		return fmt.Errorf("write the archive: %w", err)
	}
	if err := w.Close(); err != nil {
		return err
	}
	if err := os.Rename(w.path+".part", w.path); err != nil {
		return fmt.Errorf("name the archive: %w", err)
	}
	return os.Remove(w.path + ".part.log")
}

// Close ends the writing. What was not finished stays for a later Create.
func (w *Writer) Close() error {
	var err error
	if w.out != nil && w.file != nil {
		err = w.flush()
	}
	if w.file != nil {
		err = errors.Join(err, w.file.Close())
	}
	if w.log != nil {
		err = errors.Join(err, w.log.close())
	}
	w.file, w.log = nil, nil
	return err
}

// metadataOf returns the metadata of the format (JSON Metadata), compressed.
func metadataOf(doc tiles.TileJSON) ([]byte, error) {
	text, err := json.Marshal(struct {
		Name        string              `json:"name,omitempty"`
		Description string              `json:"description,omitempty"`
		Attribution string              `json:"attribution,omitempty"`
		Version     string              `json:"version,omitempty"`
		Type        string              `json:"type"`
		Layers      []tiles.VectorLayer `json:"vector_layers"`
	}{doc.Name, doc.Description, doc.Attribution, doc.Version, "overlay", doc.VectorLayers})
	if err != nil {
		return nil, fmt.Errorf("metadata: %w", err)
	}
	return pack(text)
}

// pack compresses a directory or the metadata.
func pack(data []byte) ([]byte, error) {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	if _, err := z.Write(data); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	return out.Bytes(), nil
}
