package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/spatial"
)

// The kinds of error that only HTTP knows, beside those of package spatial. They stand in
// spatial.Problem.Kind like those.
var (
	// ErrUnauthorized says that the credentials given are wrong.
	ErrUnauthorized = errors.New("unauthorized")
	// ErrForbidden says that the request is not allowed, whatever is tried.
	ErrForbidden = errors.New("forbidden")
	// ErrGone says that what is asked for was there once and is no longer.
	ErrGone = errors.New("gone")
	// ErrNotAcceptable says that none of the formats asked for can be given.
	ErrNotAcceptable = errors.New("not acceptable")
	// ErrMediaType says that the body is of a type that nobody here reads.
	ErrMediaType = errors.New("unsupported media type")
	// ErrTooLarge says that the body is beyond the limit.
	ErrTooLarge = errors.New("too large")
	// ErrTooMany says that the caller does this too often.
	ErrTooMany = errors.New("too many requests")
	// ErrBusy says that the server has its hands full; the same request may succeed later.
	ErrBusy = errors.New("busy")
	// ErrChecksum says that the bytes received are not those announced.
	ErrChecksum = errors.New("checksum mismatch")
	// ErrPrecondition says that a condition in the request's header does not hold.
	ErrPrecondition = errors.New("precondition failed")
	// ErrRequired says that the request is to have such a condition.
	ErrRequired = errors.New("precondition required")
	// ErrFull says that there is no room left for what is sent.
	ErrFull = errors.New("insufficient storage")
)

// StatusClientGone is what logs show for a request whose client left before the answer;
// nobody receives it.
const StatusClientGone = 499

// kinds is the one table from kinds of error to status; the first that matches is taken.
var kinds = []struct {
	kind   error
	status int
	code   string // used when the error brings none
	detail string // used when the error brings none that may be shown
}{
	{context.Canceled, StatusClientGone, "client-gone", "the client left"},
	{context.DeadlineExceeded, http.StatusServiceUnavailable, "timeout", "the request took longer than this server allows; ask for less"},
	{spatial.ErrNotFound, http.StatusNotFound, "not-found", "there is nothing under this address"},
	{spatial.ErrInvalid, http.StatusBadRequest, "invalid", "the request has no meaning"},
	{spatial.ErrConflict, http.StatusConflict, "conflict", "the request contradicts what is there"},
	{spatial.ErrUnsupported, http.StatusNotImplemented, "unsupported", "this is not supported"},
	{spatial.ErrUnavailable, http.StatusServiceUnavailable, "unavailable", "the store cannot answer now; try again later"},
	{ErrUnauthorized, http.StatusUnauthorized, "unauthorized", "the token is not known"},
	{ErrForbidden, http.StatusForbidden, "forbidden", "this is not allowed"},
	{ErrGone, http.StatusGone, "gone", "what was there has ended"},
	{ErrNotAcceptable, http.StatusNotAcceptable, "not-acceptable", "none of the formats asked for can be given"},
	{ErrMediaType, http.StatusUnsupportedMediaType, "media-type", "the body is of a type that cannot be read here"},
	{ErrTooLarge, http.StatusRequestEntityTooLarge, "too-large", "the body is too large"},
	{ErrTooMany, http.StatusTooManyRequests, "too-many-requests", "too many requests"},
	{ErrBusy, http.StatusServiceUnavailable, "busy", "the server has its hands full; try again later"},
	{ErrChecksum, http.StatusUnprocessableEntity, "checksum-mismatch", "the bytes received are not those announced"},
	{ErrPrecondition, http.StatusPreconditionFailed, "precondition-failed", "what the request takes for granted does not hold"},
	{ErrRequired, http.StatusPreconditionRequired, "precondition-required", "the request must say what it takes for granted"},
	{ErrFull, http.StatusInsufficientStorage, "storage-full", "there is no room left"},
}

// RetryAfter is what a 429 or 503 answer tells the client to wait, in seconds.
const RetryAfter = 5

// Problem is a problem document, application/problem+json (RFC 9457).
type Problem struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Code     string `json:"code"`
	Detail   string `json:"detail,omitempty"`
	Hint     string `json:"hint,omitempty"`
	Instance string `json:"instance,omitempty"` // urn of the request, as in the log
	// Parameter and Value name the query parameter that is wrong.
	Parameter string `json:"parameter,omitempty"`
	Value     string `json:"value,omitempty"`
}

// ParamError says which query parameter is wrong. It unwraps to the reason, whose kind is
// spatial.ErrInvalid.
type ParamError struct {
	Name, Value string
	Err         error
}

// Error names parameter, value and reason.
func (e *ParamError) Error() string { return fmt.Sprintf("%s=%s: %v", e.Name, e.Value, e.Err) }

// Unwrap returns the reason.
func (e *ParamError) Unwrap() error { return e.Err }

// BadParam returns a ParamError of kind spatial.ErrInvalid with the code invalid-parameter.
func BadParam(name, value, message, hint string) error {
	return &ParamError{Name: name, Value: clip(value), Err: &spatial.Problem{
		Kind: spatial.ErrInvalid, Code: "invalid-parameter", Message: message, Hint: hint}}
}

// wrapParam names the parameter in an error of a parser.
func wrapParam(name, value string, err error) error {
	return &ParamError{Name: name, Value: clip(value), Err: err}
}

// clip keeps what a client sent from filling an answer or a log.
func clip(s string) string {
	const most = 200
	if len(s) <= most {
		return s
	}
	return s[:most] + "…"
}

// ProblemOf returns the document for an error. An error that is none of the known kinds is
// a 500 that says nothing but the request id: what happened stands in the log.
func ProblemOf(err error, requestID string) Problem {
	p := Problem{Type: "about:blank", Instance: instance(requestID)}
	p.Status, p.Code, p.Detail = classify(err)
	p.Title = http.StatusText(p.Status)
	if p.Status == http.StatusInternalServerError {
		p.Detail = "something went wrong on the server; the log has it under request " + requestID
		return p
	}
	if sp, ok := errors.AsType[*spatial.Problem](err); ok {
		if sp.Code != "" {
			p.Code = sp.Code
		}
		// What a store says when it is out of reach may name hosts and paths.
		if !errors.Is(err, spatial.ErrUnavailable) {
			p.Detail, p.Hint = sp.Message, sp.Hint
		}
	}
	if pe, ok := errors.AsType[*ParamError](err); ok {
		p.Parameter, p.Value = pe.Name, pe.Value
		p.Detail = "the parameter " + pe.Name + "=" + pe.Value + ": " + p.Detail
	}
	return p
}

func instance(requestID string) string {
	if requestID == "" {
		return ""
	}
	return "urn:shikong:request:" + requestID
}

// Status returns the HTTP status of an error, 200 for nil.
func Status(err error) int {
	if err == nil {
		return http.StatusOK
	}
	status, _, _ := classify(err)
	return status
}

func classify(err error) (status int, code, detail string) {
	if he, ok := errors.AsType[*echo.HTTPError](err); ok {
		return fromEcho(he)
	}
	if mb, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return http.StatusRequestEntityTooLarge, "too-large", fmt.Sprintf("the body is larger than %d bytes", mb.Limit)
	}
	for _, k := range kinds {
		if errors.Is(err, k.kind) {
			return k.status, k.code, k.detail
		}
	}
	return http.StatusInternalServerError, "internal", ""
}

// fromEcho words the errors that the router itself makes.
func fromEcho(he *echo.HTTPError) (status int, code, detail string) {
	switch he.Code {
	case http.StatusNotFound:
		return he.Code, "not-found", "there is nothing under this address"
	case http.StatusMethodNotAllowed:
		return he.Code, "method-not-allowed", "this address does not know the method; the Allow header names those it knows"
	case http.StatusRequestEntityTooLarge:
		return he.Code, "too-large", "the body is too large"
	}
	if he.Code >= 500 {
		return http.StatusInternalServerError, "internal", ""
	}
	return he.Code, "bad-request", http.StatusText(he.Code)
}

// WriteProblem answers with the document for err, unless the answer has begun already: then
// it breaks the connection off, so that half an answer is not taken for a whole one.
func WriteProblem(c echo.Context, err error) {
	if c.Response().Committed {
		panic(http.ErrAbortHandler) //nolint:forbidigo // the way to make net/http break the connection off
	}
	p := ProblemOf(err, RequestID(c))
	h := c.Response().Header()
	for _, name := range []string{echo.HeaderContentEncoding, echo.HeaderContentLength, "ETag", "Content-Crs", "Last-Modified"} {
		h.Del(name)
	}
	h.Set(echo.HeaderCacheControl, "no-store")
	h.Set(echo.HeaderXContentTypeOptions, "nosniff")
	switch p.Status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		h.Set(echo.HeaderRetryAfter, strconv.Itoa(RetryAfter))
	case http.StatusUnauthorized:
		h.Set(echo.HeaderWWWAuthenticate, `Bearer realm="shikong", error="invalid_token"`)
	}
	body, _ := json.Marshal(p) // strings and an int: cannot fail
	if c.Request().Method == http.MethodHead {
		body = nil
	}
	_ = c.Blob(p.Status, MediaProblem, body) // the client may be gone
}

// ErrorOf is the way back for clients: the error that a problem document stands for, or a
// plain one for an answer of another form.
func ErrorOf(status int, body []byte) error {
	var p Problem
	if json.Unmarshal(body, &p) != nil || p.Code == "" {
		return &spatial.Problem{Kind: kindOf(status), Code: "http-" + strconv.Itoa(status),
			Message: fmt.Sprintf("the server answered %d %s", status, http.StatusText(status))}
	}
	return &spatial.Problem{Kind: kindOf(status), Code: p.Code, Message: p.Detail, Hint: p.Hint}
}

func kindOf(status int) error {
	for _, k := range kinds[2:] {
		if k.status == status {
			return k.kind
		}
	}
	if status >= 500 {
		return spatial.ErrUnavailable
	}
	return spatial.ErrInvalid
}
