package imports

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

// sender is a request that brings bytes. Another request for the same upload breaks it off:
// a client that comes back after its connection died must not wait for the dead one.
type sender struct {
	mu    sync.Mutex
	stop  func()        // makes the read under way fail
	done  chan struct{} // closed when the request has let go
	ended bool
	cut   bool
}

func (s *sender) interrupt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		s.cut = true
		s.stop()
	}
}

func (s *sender) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	close(s.done)
}

func (s *sender) wasCut() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cut
}

// extend gives the next read its time, unless the sender was broken off.
func (s *sender) extend(b body, stall time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.cut {
		b.deadline(time.Now().Add(stall))
	}
}

// body is a request's body with a hand on the connection's deadline.
type body struct {
	io.Reader
	deadline func(time.Time)
}

// take makes the request the one that sends, and breaks off the one before.
func (s *Service) take(ctx context.Context, id, owner string, b body) (*job, *sender, error) {
	for {
		s.mu.Lock()
		j, err := s.owned(id, owner)
		if err == nil && s.closing {
			err = &spatial.Problem{Kind: rest.ErrBusy, Code: "shutting-down", Message: "the server is about to restart"}
		}
		if err == nil && j.single {
			err = &spatial.Problem{Kind: spatial.ErrConflict, Code: "not-resumable", Message: "this file comes in one request and takes no pieces"}
		}
		if err != nil {
			s.mu.Unlock()
			return nil, nil, err
		}
		if j.sender == nil {
			if s.streams >= s.o.Limits.Streams {
				s.mu.Unlock()
				return nil, nil, tooManyStreams()
			}
			snd := s.engage(j, b)
			s.mu.Unlock()
			return j, snd, nil
		}
		before := j.sender
		s.mu.Unlock()
		before.interrupt()
		select {
		case <-before.done:
		case <-ctx.Done():
			return nil, nil, context.Cause(ctx)
		}
	}
}

// engage makes the request the one that sends.
func (s *Service) engage(j *job, b body) *sender {
	s.streams++
	j.sender = &sender{done: make(chan struct{}), stop: func() { b.deadline(time.Unix(1, 0)) }}
	return j.sender
}

func (s *Service) release(j *job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if j.State != Receiving {
		j.sum = nil
	}
	j.sender.end()
	j.sender = nil
	s.streams--
}

// append adds the body to the upload at the offset, and returns the offset behind what has
// arrived, also with an error.
func (s *Service) append(ctx context.Context, id, owner string, offset int64, b body) (Import, error) {
	j, snd, err := s.take(ctx, id, owner, b)
	if err != nil {
		return Import{}, err
	}
	defer s.release(j)
	s.mu.Lock()
	imp := j.Import
	s.mu.Unlock()
	if err := continues(&imp, offset); err != nil {
		return imp, err
	}
	copyErr := s.copy(j, snd, b, imp.Bytes)
	sum := ""
	if copyErr == nil && j.Received == imp.Bytes { // only the sender changes it
		if sum, err = s.checksum(j); err != nil {
			return imp, fmt.Errorf("upload %s: %w", id, err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case j.State != Receiving: // cancelled meanwhile
		return j.Import, continues(&j.Import, offset)
	case copyErr != nil || sum == "":
		return j.Import, copyErr
	}
	err = s.arrived(j, sum)
	return j.Import, err
}

// continues says why the bytes at offset are not those that the upload waits for.
func continues(imp *Import, offset int64) error {
	if imp.State != Receiving {
		return &spatial.Problem{Kind: spatial.ErrConflict, Code: "upload-ended", Message: "the upload takes no more bytes: " + string(imp.State)}
	}
	if offset != imp.Received {
		return &spatial.Problem{Kind: spatial.ErrConflict, Code: "offset-mismatch",
			Message: fmt.Sprintf("the upload stands at %d, not at %d", imp.Received, offset), Hint: "ask with HEAD where it stands"}
	}
	return nil
}

// copySize is how much is read before it is written.
const copySize = 256 << 10

// copy moves the body into the file as it comes. What was written counts, whatever happens
// after it.
func (s *Service) copy(j *job, snd *sender, b body, most int64) error {
	f, err := os.OpenFile(s.spool.data(j.ID), os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("upload %s: %w", j.ID, err)
	}
	defer f.Close()
	buf := make([]byte, copySize)
	for {
		snd.extend(b, s.o.Limits.Stall)
		n, readErr := b.Read(buf)
		if snd.wasCut() && readErr == nil {
			readErr = errCut
		}
		if n > 0 {
			if err := s.write(j, f, buf[:n], most); err != nil {
				return err
			}
		}
		if errors.Is(readErr, io.EOF) {
			return f.Sync()
		}
		if readErr != nil {
			return errors.Join(brokenOff(readErr), f.Sync())
		}
	}
}

var errCut = errors.New("another request took over")

// brokenOff is the error of a body that ended early. Nobody may be left to read it.
func brokenOff(cause error) error {
	return errors.Join(&spatial.Problem{Kind: rest.ErrBusy, Code: "upload-cut", Message: "the connection was cut before the whole piece had arrived",
		Hint: "go on at the offset that HEAD tells"}, cause)
}

func (s *Service) write(j *job, f *os.File, p []byte, most int64) error {
	s.mu.Lock()
	room := most - j.Received
	open := j.State == Receiving
	s.mu.Unlock()
	if !open {
		return errCut
	}
	if int64(len(p)) > room {
		return &spatial.Problem{Kind: rest.ErrTooLarge, Code: "upload-too-large", Message: fmt.Sprintf("more than the %d bytes announced arrived", most)}
	}
	n, err := s.o.write(f, p)
	if j.sum == nil && j.Received == 0 {
		j.sum = sha256.New()
	}
	if j.sum != nil && j.summed == j.Received {
		j.sum.Write(p[:n])
		j.summed += int64(n)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	j.Received += int64(n)
	j.Updated = s.o.Now().UTC()
	if err != nil {
		return storageError(fmt.Errorf("upload %s: %w", j.ID, err))
	}
	return nil
}

// arrived checks the file that is complete and puts it into the queue.
func (s *Service) arrived(j *job, sum string) error {
	if j.SHA256 != "" && j.SHA256 != sum {
		err := &spatial.Problem{Kind: rest.ErrChecksum, Code: "checksum-mismatch",
			Message: "the file that arrived has the SHA-256 " + sum + ", announced was " + j.SHA256, Hint: "send it again; it may have changed while it was sent"}
		s.fail(j, err)
		return err
	}
	j.SHA256, j.State, j.Updated = sum, Queued, s.o.Now().UTC()
	if err := s.spool.save(&j.Import); err != nil {
		return storageError(err)
	}
	s.nudge()
	return nil
}

// checksum returns the SHA-256 of the file, reading only what was not summed as it came. Only
// the sender calls it.
func (s *Service) checksum(j *job) (string, error) {
	if j.sum == nil {
		j.sum, j.summed = sha256.New(), 0
	}
	if j.summed < j.Received {
		f, err := os.Open(s.spool.data(j.ID))
		if err != nil {
			return "", err
		}
		defer f.Close()
		n, err := io.Copy(j.sum, io.NewSectionReader(f, j.summed, j.Received-j.summed))
		if j.summed += n; err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(j.sum.Sum(nil)), nil
}
