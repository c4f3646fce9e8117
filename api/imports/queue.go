package imports

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

// sweepEvery is how often the worker looks for what has grown old while nothing happens.
const sweepEvery = 10 * time.Minute

// nudge tells the worker that there may be something to do.
func (s *Service) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// work runs imports one at a time, the oldest first, until the service closes.
func (s *Service) work() {
	defer s.worker.Done()
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		j, ctx, more := s.next()
		if !more {
			return
		}
		if j != nil {
			s.run(ctx, j)
			continue
		}
		select {
		case <-s.wake:
		case <-tick.C:
			s.mu.Lock()
			s.sweep()
			s.mu.Unlock()
		}
	}
}

// next takes the oldest import that waits; more is false when the service closes.
func (s *Service) next() (first *job, ctx context.Context, more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return nil, nil, false
	}
	for _, j := range s.jobs {
		if j.State == Queued && (first == nil || j.Created.Before(first.Created)) {
			first = j
		}
	}
	if first == nil {
		return nil, nil, true
	}
	ctx, first.stop = context.WithTimeoutCause(s.ctx, s.o.Limits.RunTime, errRunTime)
	first.State, first.Updated = Running, s.o.Now().UTC()
	first.Attempts++
	s.keep(first)
	return first, ctx, true
}

var errRunTime = &spatial.Problem{Kind: spatial.ErrUnsupported, Code: "import-timeout", Message: "the import took longer than this server allows",
	Hint: "import it on the server itself, or split it"}

func (s *Service) run(ctx context.Context, j *job) {
	start := time.Now()
	s.mu.Lock()
	in := spatial.Input{Name: j.Name, Path: s.spool.data(j.ID), Size: j.Bytes}
	opts, id, owner := j.Options, j.ID, j.Owner
	s.mu.Unlock()
	s.o.Logger.Info("import begins", "import", id, "name", in.Name, "bytes", in.Size, "token", owner)
	report, err := s.guarded(ctx, in, opts, j)
	if cause := context.Cause(ctx); err != nil && errors.Is(cause, errRunTime) {
		err = errors.Join(errRunTime, err)
	}
	s.finish(j, report, err)
	attrs := []any{"import", id, "name", in.Name, "took", time.Since(start), "token", owner}
	if err != nil {
		s.o.Logger.Error("import ended", append(attrs, "error", err.Error())...)
		return
	}
	s.o.Logger.Info("import ended", append(attrs, "features", report.Features)...)
}

// guarded calls the importer; a panic in it is an error of this import and of no other.
func (s *Service) guarded(ctx context.Context, in spatial.Input, opts spatial.ImportOptions, j *job) (report spatial.Report, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	f, err := os.Open(in.Path)
	if err != nil {
		return report, fmt.Errorf("open upload: %w", err)
	}
	defer f.Close()
	in.Body = f
	return s.o.Import(ctx, in, opts, func(done, total int64) {
		s.mu.Lock()
		j.Progress, j.Updated = Progress{Done: done, Total: total}, s.o.Now().UTC()
		s.mu.Unlock()
	})
}

// finish settles a run. An import that only ended because the program ends goes back into
// the queue.
func (s *Service) finish(j *job, report spatial.Report, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	j.stop()
	j.stop = nil
	if err != nil && s.ctx.Err() != nil && !j.halted {
		j.State, j.Progress = Queued, Progress{}
		j.Attempts-- // it was not the file's fault
		s.keep(j)
		return
	}
	if report.Source.Name != "" || err == nil {
		s.keepReport(j, report)
	}
	switch {
	case err == nil:
		s.settle(j, Done, nil)
	case j.halted:
		s.settle(j, Cancelled, nil)
	default:
		p := s.explain(j, err)
		s.settle(j, Failed, &p)
	}
}

func (s *Service) keepReport(j *job, report spatial.Report) {
	if report.Issues == nil {
		report.Issues = []spatial.Issue{}
	}
	text, err := json.Marshal(report)
	if err == nil {
		err = s.spool.saveReport(j.ID, text)
	}
	if err != nil {
		s.o.Logger.Error("import report", "import", j.ID, "error", err.Error())
	}
}

// explain is what the client learns of a failure: all of the error's text when it is about
// the file, so that it is told where, with the name in place of the spool's path.
func (s *Service) explain(j *job, err error) rest.Problem {
	p := rest.ProblemOf(err, "")
	if sp, ok := errors.AsType[*spatial.Problem](err); ok && p.Status < 500 && !errors.Is(err, errRunTime) {
		text := strings.ReplaceAll(err.Error(), s.spool.data(j.ID), j.Name)
		p.Detail = strings.TrimSuffix(text, "; "+sp.Hint)
	}
	if p.Status == 500 {
		p.Code, p.Detail = "import-failed", "the import failed for a reason that is not the file's; the server's log has it under import "+j.ID
	}
	return p
}
