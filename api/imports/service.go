package imports

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

// Importer does the work: it reads the file in, in one transaction of the store, and reports.
// It is called by one goroutine at a time, gives up when ctx ends, and may call progress
// often. What it returns as *spatial.Problem is shown to the client; other errors are logged.
type Importer func(ctx context.Context, in spatial.Input, opts spatial.ImportOptions, progress func(done, total int64)) (spatial.Report, error)

// Limits bound what clients can take. A zero member takes its default.
type Limits struct {
	FileBytes  int64         // of one file, 4 GiB
	SpoolBytes int64         // announced by all unfinished uploads together, 16 GiB
	FreeBytes  int64         // to leave on the disk of the spool folder, 64 MiB
	Unfinished int           // imports that are not final, 100
	PerToken   int           // of these, of one token, 32
	Streams    int           // files arriving at once, 8
	Stall      time.Duration // without a byte before a connection is broken off, 60 s
	UploadAge  time.Duration // without a byte before an upload is given up, 24 h
	RunTime    time.Duration // of one import, 4 h
	Keep       int           // final imports to remember, 200
	KeepAge    time.Duration // to remember them, 30 days
}

func (l Limits) filled() Limits {
	fill(&l.FileBytes, 4<<30)
	fill(&l.SpoolBytes, 16<<30)
	fill(&l.FreeBytes, 64<<20)
	fill(&l.Unfinished, 100)
	fill(&l.PerToken, 32)
	fill(&l.Streams, 8)
	fill(&l.Stall, time.Minute)
	fill(&l.UploadAge, 24*time.Hour)
	fill(&l.RunTime, 4*time.Hour)
	fill(&l.Keep, 200)
	fill(&l.KeepAge, 30*24*time.Hour)
	return l
}

func fill[T comparable](v *T, by T) {
	var zero T
	if *v == zero {
		*v = by
	}
}

// attempts bounds how often an import is begun again after the program died in it: a file
// that kills the program must not do so for ever.
const attempts = 3

// Options are what a Service is made of.
type Options struct {
	// Dir is the spool folder; it is made when missing. One Service uses it at a time.
	Dir string
	// Import does the work.
	Import Importer
	// Check refuses what Import would refuse for its name or options alone, before the file
	// is sent; nil lets all pass.
	Check  func(name string, opts spatial.ImportOptions) error
	Limits Limits
	Now    func() time.Time
	Logger *slog.Logger

	// write stands between the service and a full disk in tests.
	write func(f *os.File, p []byte) (int, error)
}

// Service keeps the imports of a server. It is safe for use by many goroutines.
type Service struct {
	o      Options
	spool  spool
	ctx    context.Context // ends the run under way
	cancel context.CancelFunc
	wake   chan struct{}
	worker sync.WaitGroup

	mu      sync.Mutex
	jobs    map[string]*job
	streams int
	closing bool
}

// job is an import with what exists only while the program runs. s.mu guards it, but for
// sum and summed, which belong to whoever sends; only the sender changes Received.
type job struct {
	Import
	single bool      // comes in one request, which cannot be continued
	sender *sender   // who sends at the moment, nil for nobody
	stop   func()    // cancels the run, nil when it does not run
	halted bool      // a client cancelled it
	sum    hash.Hash // of the first summed bytes of the file
	summed int64
}

// Open returns a service that goes on where the last one on the folder stopped, and starts
// its worker; end it with Close.
func Open(o Options) (*Service, error) {
	o.Limits = o.Limits.filled()
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.write == nil {
		o.write = (*os.File).Write
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	sp, err := openSpool(o.Dir)
	if err != nil {
		return nil, err
	}
	s := &Service{o: o, spool: sp, wake: make(chan struct{}, 1), jobs: map[string]*job{}}
	if err := s.load(); err != nil {
		return nil, errors.Join(err, sp.close())
	}
	s.ctx, s.cancel = context.WithCancel(context.Background()) //nolint:forbidigo // ends with Close, not with whoever opened the service
	s.worker.Add(1)
	go s.work()
	return s, nil
}

// load takes up what the spool folder holds. What ran when the program ended runs again.
func (s *Service) load() error {
	list, err := s.spool.load()
	if err != nil {
		return err
	}
	for _, imp := range list {
		j := &job{Import: imp}
		if !j.State.Final() {
			var arrived time.Time
			if j.Received, arrived = s.spool.size(j.ID); arrived.After(j.Updated) {
				j.Updated = arrived.UTC()
			}
		}
		switch {
		case j.State == Running && j.Attempts >= attempts:
			s.fail(j, &spatial.Problem{Kind: spatial.ErrUnavailable, Code: "import-gave-up",
				Message: fmt.Sprintf("the server ended %d times while it read this file", j.Attempts)})
		case j.State == Running:
			j.State = Queued
		case j.State == Receiving && j.Bytes == 0: // came in one request
			s.fail(j, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "upload-cut", Message: "the server ended while the file arrived"})
		}
		s.jobs[j.ID] = j
	}
	s.sweep()
	return nil
}

// Close lets the import under way finish until ctx ends, breaks it off then, and returns
// when nothing runs any more. What did not finish runs when the folder is opened again.
func (s *Service) Close(ctx context.Context) error {
	s.Interrupt()
	s.nudge()
	idle := make(chan struct{})
	go func() { s.worker.Wait(); close(idle) }()
	select {
	case <-idle:
	case <-ctx.Done():
	}
	s.cancel()
	<-idle
	return s.spool.close()
}

// Interrupt breaks off the uploads under way and takes no more: the server is about to end.
func (s *Service) Interrupt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closing = true
	for _, j := range s.jobs {
		if j.sender != nil {
			j.sender.interrupt()
		}
	}
}

// Get returns one import with its report; ErrNotFound when there is none of that id.
func (s *Service) Get(id string) (Import, error) {
	s.mu.Lock()
	j, ok := s.jobs[id]
	if !ok {
		s.mu.Unlock()
		return Import{}, notFound(id)
	}
	imp := j.Import
	s.mu.Unlock()
	if imp.State.Final() {
		imp.Report = s.spool.report(id)
	}
	return imp, nil
}

func notFound(id string) error {
	return &spatial.Problem{Kind: spatial.ErrNotFound, Code: "import-not-found", Message: fmt.Sprintf("there is no import %.60q", id),
		Hint: "imports are forgotten some time after they ended; see /imports"}
}

// List returns the imports that keep wants, the newest first, without their reports.
func (s *Service) List(keep func(*Import) bool) []Import {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []Import{}
	for _, j := range s.jobs {
		if keep(&j.Import) {
			out = append(out, j.Import)
		}
	}
	slices.SortFunc(out, func(a, b Import) int { return b.Created.Compare(a.Created) })
	return out
}

// Announce makes an upload, or finds the one that the same token began with the same file
// and options and that has not ended; fresh tells which.
func (s *Service) Announce(a Announcement, owner string) (imp Import, fresh bool, err error) {
	if err := a.check(s.o.Limits.FileBytes); err != nil {
		return Import{}, false, err
	}
	if s.o.Check != nil {
		if err := s.o.Check(a.Name, a.Options); err != nil {
			return Import{}, false, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep()
	if a.SHA256 != "" {
		if j := s.same(&a, owner); j != nil {
			return j.Import, false, nil
		}
	}
	j, err := s.admit(a, owner, a.Bytes)
	if err != nil {
		return Import{}, false, err
	}
	if a.Bytes == 0 {
		if err := s.arrived(j, hex.EncodeToString(sha256.New().Sum(nil))); err != nil {
			return Import{}, false, err
		}
	}
	return j.Import, true, nil
}

func (s *Service) same(a *Announcement, owner string) *job {
	for _, j := range s.jobs {
		if !j.State.Final() && !j.single && j.Owner == owner && j.SHA256 == a.SHA256 && j.Bytes == a.Bytes && j.Name == a.Name &&
			sameOptions(&j.Options, &a.Options) {
			return j
		}
	}
	return nil
}

func sameOptions(a, b *spatial.ImportOptions) bool {
	x, y := *a, *b
	if !x.From.Equal(y.From) || (x.Origin == nil) != (y.Origin == nil) || (x.Origin != nil && *x.Origin != *y.Origin) {
		return false
	}
	x.From, y.From, x.Origin, y.Origin = time.Time{}, time.Time{}, nil, nil
	return x == y
}

// admit makes a job if there is room for it; room is what it may bring.
func (s *Service) admit(a Announcement, owner string, room int64) (*job, error) {
	if s.closing {
		return nil, &spatial.Problem{Kind: rest.ErrBusy, Code: "shutting-down", Message: "the server is about to restart"}
	}
	unfinished, own, announced := 0, 0, room
	for _, j := range s.jobs {
		if j.State.Final() {
			continue
		}
		unfinished++
		if j.Owner == owner {
			own++
		}
		announced += max(j.Bytes, j.Received)
	}
	if unfinished >= s.o.Limits.Unfinished || own >= s.o.Limits.PerToken {
		return nil, &spatial.Problem{Kind: rest.ErrBusy, Code: "too-many-imports", Message: fmt.Sprintf("%d imports wait already, %d of them yours", unfinished, own),
			Hint: "try again when some have ended, or cancel some"}
	}
	free := s.spool.free()
	if announced > s.o.Limits.SpoolBytes || (free >= 0 && room > free-s.o.Limits.FreeBytes) {
		return nil, noRoom()
	}
	now := s.o.Now().UTC()
	j := &job{Import: Import{ID: rand.Text(), State: Receiving, Name: a.Name, Bytes: a.Bytes, SHA256: a.SHA256, Owner: owner,
		Options: a.Options, Created: now, Updated: now}}
	if err := s.spool.create(j.ID); err != nil {
		return nil, storageError(err)
	}
	if err := s.spool.save(&j.Import); err != nil {
		s.spool.remove(j.ID)
		return nil, storageError(err)
	}
	s.jobs[j.ID] = j
	return j, nil
}

func noRoom() error {
	return &spatial.Problem{Kind: rest.ErrFull, Code: "disk-full", Message: "there is no room for the file on the server",
		Hint: "try again when other imports have ended, or ask whoever runs the server"}
}

// storageError says that the disk is full when it is.
func storageError(err error) error {
	if isFull(err) {
		return errors.Join(noRoom(), err)
	}
	return err
}
