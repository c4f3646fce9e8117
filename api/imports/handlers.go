package imports

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

// Headers of resumable uploads (tus 1.0).
const (
	headerOffset   = "Upload-Offset"
	headerLength   = "Upload-Length"
	headerMetadata = "Upload-Metadata"
	headerTus      = "Tus-Resumable"
	tusVersion     = "1.0.0"
	mediaPiece     = "application/offset+octet-stream"
)

// announceBytes bounds the JSON that announces an upload, and a field of a form.
const announceBytes = 64 << 10

// Handlers are the HTTP side of a service.
type Handlers struct{ s *Service }

// HandlersOf returns the handlers of a service; those of nil answer 403 to everything.
func HandlersOf(s *Service) Handlers { return Handlers{s} }

func (h Handlers) enabled() error {
	if h.s == nil {
		return &spatial.Problem{Kind: rest.ErrForbidden, Code: "imports-disabled", Message: "this server takes no imports",
			Hint: "it takes them when it is started with --token-file"}
	}
	return nil
}

// List answers the imports, the newest first, without their reports.
func (h Handlers) List(c echo.Context) error {
	if err := h.enabled(); err != nil {
		return err
	}
	if _, err := rest.Negotiate(c, rest.JSON()); err != nil {
		return err
	}
	limit, given, err := rest.Param(c, "limit", rest.ParseCount(1000))
	if err != nil {
		return err
	}
	if !given {
		limit = 100
	}
	state, sum := State(c.QueryParam("state")), strings.ToLower(c.QueryParam("sha256"))
	if state != "" && !slices.Contains([]State{Receiving, Queued, Running, Done, Failed, Cancelled}, state) {
		return rest.BadParam("state", string(state), "there is no such state", "it is receiving, queued, running, done, failed or cancelled")
	}
	list := h.s.List(func(i *Import) bool {
		return (state == "" || i.State == state) && (sum == "" || i.SHA256 == sum)
	})
	list = list[:min(limit, len(list))]
	for i := range list {
		list[i].Links = linksOf(rest.Base(c), list[i].ID)
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return rest.WriteJSON(c, http.StatusOK, struct {
		Imports []Import    `json:"imports"`
		Links   []rest.Link `json:"links"`
	}{list, []rest.Link{{Href: rest.Self(c, nil), Rel: "self", Type: rest.MediaJSON}}})
}

// Get answers one import with its report.
func (h Handlers) Get(c echo.Context) error {
	if err := h.enabled(); err != nil {
		return err
	}
	imp, err := h.s.Get(rest.PathParam(c, "importId"))
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return respond(c, http.StatusOK, imp)
}

func respond(c echo.Context, status int, imp Import) error {
	imp.Links = linksOf(rest.Base(c), imp.ID)
	return rest.WriteJSON(c, status, imp)
}

// Create makes an upload: from a JSON announcement or tus headers one that waits for its
// pieces, from a form one that is complete.
func (h Handlers) Create(c echo.Context) error {
	if err := h.enabled(); err != nil {
		return err
	}
	media, _, _ := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	switch {
	case media == "multipart/form-data":
		return h.form(c)
	case c.Request().Header.Get(headerLength) != "":
		return h.announceTus(c)
	case media == rest.MediaJSON:
		return h.announceJSON(c)
	}
	return &spatial.Problem{Kind: rest.ErrMediaType, Code: "media-type", Message: "an import comes as multipart/form-data, or is announced in JSON or by tus headers",
		Hint: "with curl: -F file=@FILE -F collection=NAME"}
}

func (h Handlers) announceJSON(c echo.Context) error {
	deadline(c)(time.Now().Add(h.s.o.Limits.Stall))
	text, err := io.ReadAll(http.MaxBytesReader(c.Response().Writer, c.Request().Body, announceBytes))
	if err != nil {
		return readError(err)
	}
	a := Announcement{Bytes: -1} // a size that nobody gave is no file without content
	if err := decodeStrict(text, &a); err != nil {
		return err
	}
	return h.announce(c, a)
}

// readError keeps the error of a body that is too large and makes all others the client's.
func readError(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return err
	}
	return brokenOff(err)
}

// announceTus reads the creation request of tus 1.0: size and metadata in headers.
func (h Handlers) announceTus(c echo.Context) error {
	c.Response().Header().Set(headerTus, tusVersion)
	var a Announcement
	n, err := strconv.ParseInt(c.Request().Header.Get(headerLength), 10, 64)
	if err != nil {
		return invalid("invalid-size", "the header Upload-Length is no number of bytes", "")
	}
	a.Bytes = n
	for pair := range strings.SplitSeq(c.Request().Header.Get(headerMetadata), ",") {
		name, code, _ := strings.Cut(strings.TrimSpace(pair), " ")
		if name == "" {
			continue
		}
		value, err := base64.StdEncoding.DecodeString(code)
		if err != nil {
			return invalid("invalid-metadata", fmt.Sprintf("the value of %.40q in Upload-Metadata is no base64", name), "")
		}
		if err := setOption(&a, name, string(value)); err != nil {
			return err
		}
	}
	return h.announce(c, a)
}

func (h Handlers) announce(c echo.Context, a Announcement) error {
	imp, fresh, err := h.s.Announce(a, rest.Caller(c))
	if err != nil {
		return err
	}
	if !fresh {
		if imp, err = h.s.standing(c.Request().Context(), imp.ID, rest.Caller(c)); err != nil {
			return err
		}
	}
	head := c.Response().Header()
	head.Set(echo.HeaderLocation, linksOf(rest.Base(c), imp.ID)[0].Href)
	head.Set(headerOffset, strconv.FormatInt(imp.Received, 10))
	head.Set(echo.HeaderCacheControl, "no-store")
	if fresh {
		return respond(c, http.StatusCreated, imp)
	}
	return respond(c, http.StatusOK, imp)
}

// Offset answers where an upload stands. Asked with the token that it came with, it first
// ends the request that still sends, so that the answer stays true.
func (h Handlers) Offset(c echo.Context) error {
	if err := h.enabled(); err != nil {
		return err
	}
	id := rest.PathParam(c, "importId")
	imp, err := h.s.standing(c.Request().Context(), id, rest.Caller(c))
	if err != nil {
		return err
	}
	if imp.State == Failed || imp.State == Cancelled {
		return &spatial.Problem{Kind: spatial.ErrNotFound, Code: "upload-ended", Message: "the upload has ended: " + string(imp.State)}
	}
	head := c.Response().Header()
	head.Set(headerTus, tusVersion)
	head.Set(headerOffset, strconv.FormatInt(imp.Received, 10))
	head.Set(headerLength, strconv.FormatInt(imp.Bytes, 10))
	head.Set(echo.HeaderCacheControl, "no-store")
	return c.NoContent(http.StatusOK)
}

// Append takes the next piece.
func (h Handlers) Append(c echo.Context) error {
	if err := h.enabled(); err != nil {
		return err
	}
	head := c.Response().Header()
	head.Set(headerTus, tusVersion)
	media, _, _ := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if !slices.Contains([]string{mediaPiece, "application/partial-upload", "application/octet-stream"}, media) {
		return &spatial.Problem{Kind: rest.ErrMediaType, Code: "media-type", Message: "a piece of a file has the type " + mediaPiece}
	}
	offset, err := strconv.ParseInt(c.Request().Header.Get(headerOffset), 10, 64)
	if err != nil || offset < 0 {
		return invalid("invalid-offset", "the header Upload-Offset is missing or no number of bytes", "")
	}
	imp, err := h.s.append(c.Request().Context(), rest.PathParam(c, "importId"), rest.Caller(c), offset,
		body{Reader: c.Request().Body, deadline: deadline(c)})
	if imp.ID != "" {
		head.Set(headerOffset, strconv.FormatInt(imp.Received, 10))
	}
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// Cancel cancels an import.
func (h Handlers) Cancel(c echo.Context) error {
	if err := h.enabled(); err != nil {
		return err
	}
	c.Response().Header().Set(headerTus, tusVersion)
	imp, err := h.s.Stop(rest.PathParam(c, "importId"), rest.Caller(c))
	if err != nil {
		return err
	}
	if imp.State == Running {
		return respond(c, http.StatusAccepted, imp)
	}
	return c.NoContent(http.StatusNoContent)
}

// deadline returns the hand on the connection's read deadline; tests without a connection
// have none.
func deadline(c echo.Context) func(time.Time) {
	rc := http.NewResponseController(c.Response().Writer)
	return func(t time.Time) {
		if err := rc.SetReadDeadline(t); err != nil {
			return
		}
	}
}
