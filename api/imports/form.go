package imports

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

// form takes a file that comes in one request, with its options in fields before or after
// it. Such an upload cannot be continued: what does not arrive whole is thrown away.
func (h Handlers) form(c echo.Context) error {
	r, err := c.Request().MultipartReader()
	if err != nil {
		return invalid("invalid-form", "the form cannot be read", "")
	}
	up := formUpload{s: h.s, owner: rest.Caller(c), deadline: deadline(c), length: c.Request().ContentLength}
	up.deadline(time.Now().Add(h.s.o.Limits.Stall))
	err = up.read(r)
	if err == nil && up.job == nil {
		err = invalid("file-missing", "the form has no field named file", "with curl: -F file=@FILE")
	}
	var imp Import
	if err == nil {
		imp, err = up.complete()
	}
	if err != nil {
		up.discard()
		return err
	}
	c.Response().Header().Set(echo.HeaderLocation, linksOf(rest.Base(c), imp.ID)[0].Href)
	return respond(c, http.StatusAccepted, imp)
}

// formUpload is a form on its way.
type formUpload struct {
	s        *Service
	owner    string
	deadline func(time.Time)
	length   int64 // of the whole body, -1 for unknown
	said     Announcement
	job      *job
}

func (u *formUpload) read(r *multipart.Reader) error {
	for fields := 0; ; fields++ {
		part, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return brokenOff(err)
		}
		if fields > 100 {
			return invalid("invalid-form", "the form has more than 100 fields", "")
		}
		if part.FormName() == "file" {
			err = u.file(part)
		} else {
			err = u.field(part)
		}
		if err != nil {
			return err
		}
	}
}

func (u *formUpload) field(part *multipart.Part) error {
	text, err := io.ReadAll(io.LimitReader(part, announceBytes+1))
	if err != nil {
		return brokenOff(err)
	}
	if len(text) > announceBytes {
		return &spatial.Problem{Kind: rest.ErrTooLarge, Code: "field-too-large", Message: "a field of the form is too large"}
	}
	return setOption(&u.said, part.FormName(), string(text))
}

// file spools the file. Its size is unknown; the length of the body bounds it.
func (u *formUpload) file(part *multipart.Part) error {
	if u.job != nil {
		return invalid("invalid-form", "the form has more than one file", "send one file in one request")
	}
	name := cleanName(part.FileName())
	if name == "" {
		return invalid("name-missing", "the file in the form has no name", "the name's ending says what the file is")
	}
	most := u.s.o.Limits.FileBytes
	if u.length > most+announceBytes {
		return tooLarge(most)
	}
	b := body{Reader: part, deadline: u.deadline}
	snd, err := u.begin(name, b)
	if err != nil {
		return err
	}
	err = u.s.copy(u.job, snd, b, most)
	if p, ok := errors.AsType[*spatial.Problem](err); ok && errors.Is(p, rest.ErrTooLarge) {
		return tooLarge(most)
	}
	return err
}

// begin makes the job and engages this request as its sender.
func (u *formUpload) begin(name string, b body) (*sender, error) {
	s := u.s
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep()
	if s.streams >= s.o.Limits.Streams {
		return nil, tooManyStreams()
	}
	j, err := s.admit(Announcement{Name: name}, u.owner, max(u.length, 0))
	if err != nil {
		return nil, err
	}
	j.single = true
	u.job = j
	return s.engage(j, b), nil
}

// complete checks what was said around the file and puts it into the queue.
func (u *formUpload) complete() (Import, error) {
	s, j := u.s, u.job
	if u.said.Name == "" {
		u.said.Name = j.Name
	}
	u.said.Bytes = j.Received
	if err := u.said.check(s.o.Limits.FileBytes); err != nil {
		return Import{}, err
	}
	if s.o.Check != nil {
		if err := s.o.Check(u.said.Name, u.said.Options); err != nil {
			return Import{}, err
		}
	}
	sum, err := s.checksum(j)
	if err != nil {
		return Import{}, err
	}
	defer s.release(j)
	s.mu.Lock()
	defer s.mu.Unlock()
	if j.State != Receiving {
		return Import{}, continues(&j.Import, j.Received)
	}
	j.Name, j.Bytes, j.SHA256, j.Options = u.said.Name, j.Received, u.said.SHA256, u.said.Options
	if err := s.arrived(j, sum); err != nil {
		return Import{}, err
	}
	u.job = nil
	return j.Import, nil
}

// discard forgets a form that did not arrive whole.
func (u *formUpload) discard() {
	if u.job == nil {
		return
	}
	s := u.s
	s.mu.Lock()
	sending := u.job.sender != nil
	s.mu.Unlock()
	if sending {
		s.release(u.job)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spool.remove(u.job.ID)
	delete(s.jobs, u.job.ID)
}

func tooManyStreams() error {
	return &spatial.Problem{Kind: rest.ErrBusy, Code: "too-many-uploads", Message: "too many files arrive at once", Hint: "try again in a moment"}
}

// standing returns an import of which nobody sends bytes at the moment: the owner's request
// ends the one that does.
func (s *Service) standing(ctx context.Context, id, caller string) (Import, error) {
	for {
		s.mu.Lock()
		j, ok := s.jobs[id]
		if !ok {
			s.mu.Unlock()
			return Import{}, notFound(id)
		}
		imp, snd := j.Import, j.sender
		s.mu.Unlock()
		if snd == nil || caller == "" || caller != imp.Owner || j.single {
			return imp, nil
		}
		snd.interrupt()
		select {
		case <-snd.done:
		case <-ctx.Done():
			return Import{}, context.Cause(ctx)
		}
	}
}
