package imports

import (
	"slices"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

// Stop cancels an import of the owner; one that runs is told to, and stops when it can.
// What is final cannot be cancelled: ErrConflict.
func (s *Service) Stop(id, owner string) (Import, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	j, err := s.owned(id, owner)
	if err != nil {
		return Import{}, err
	}
	switch {
	case j.State == Cancelled:
	case j.State.Final():
		return j.Import, &spatial.Problem{Kind: spatial.ErrConflict, Code: "import-ended", Message: "the import has ended: " + string(j.State)}
	case j.State == Running:
		j.halted = true
		if j.stop != nil {
			j.stop()
		}
	default:
		if j.sender != nil {
			j.sender.interrupt()
		}
		s.settle(j, Cancelled, nil)
	}
	return j.Import, nil
}

// owned returns the job if it is the owner's.
func (s *Service) owned(id, owner string) (*job, error) {
	j, ok := s.jobs[id]
	if !ok {
		return nil, notFound(id)
	}
	if j.Owner != owner {
		return nil, &spatial.Problem{Kind: rest.ErrForbidden, Code: "not-yours", Message: "the import came with another token"}
	}
	return j, nil
}

// settle brings a job to a final state and removes its file.
func (s *Service) settle(j *job, state State, p *rest.Problem) {
	j.State, j.Error, j.Updated, j.stop = state, p, s.o.Now().UTC(), nil
	s.spool.drop(j.ID)
	s.keep(j)
}

func (s *Service) fail(j *job, err error) {
	p := rest.ProblemOf(err, "")
	s.settle(j, Failed, &p)
}

// keep writes the record. That it cannot be written is logged: the import itself is what
// counts, and a restart would at worst do it again.
func (s *Service) keep(j *job) {
	if err := s.spool.save(&j.Import); err != nil {
		s.o.Logger.Error("import record", "import", j.ID, "error", err.Error())
	}
}

// sweep gives up uploads that nobody continues and forgets what ended long ago.
func (s *Service) sweep() {
	now := s.o.Now()
	var ended []*job
	for _, j := range s.jobs {
		switch {
		case j.State == Receiving && j.sender == nil && now.Sub(j.Updated) > s.o.Limits.UploadAge:
			s.fail(j, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "upload-expired", Message: "nobody continued the upload for too long"})
		case j.State.Final():
			ended = append(ended, j)
		}
	}
	slices.SortFunc(ended, func(a, b *job) int { return b.Updated.Compare(a.Updated) })
	for i, j := range ended {
		if i >= s.o.Limits.Keep || now.Sub(j.Updated) > s.o.Limits.KeepAge {
			s.spool.remove(j.ID)
			delete(s.jobs, j.ID)
		}
	}
}
