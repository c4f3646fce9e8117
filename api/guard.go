package api

import (
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

// guard lets writers in by their token and slows down those who guess.
type guard struct {
	tokens Tokens
	most   int
	now    func() time.Time

	mu     sync.Mutex
	minute time.Time
	failed map[string]int // wrong tokens by client in this minute
}

// guardClients bounds the memory that guessing clients can take.
const guardClients = 10_000

func newGuard(tokens Tokens, most int, now func() time.Time) *guard {
	return &guard{tokens: tokens, most: most, now: now, failed: map[string]int{}}
}

// identify returns who the caller is, "" for nobody, without refusing anybody.
func (g *guard) identify(c echo.Context) string {
	token := rest.Bearer(c)
	if g.tokens == nil || token == "" {
		return ""
	}
	name, ok := g.tokens.Check(c.Request().Context(), token)
	if !ok {
		return ""
	}
	return name
}

// protect lets a request pass that brings a valid token, and leaves the token's name.
func (g *guard) protect(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := g.admit(c); err != nil {
			return err
		}
		return next(c)
	}
}

// known leaves the name of the token when a valid one came along, and lets all pass.
func (g *guard) known(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if name := g.identify(c); name != "" {
			rest.SetCaller(c, name)
		}
		return next(c)
	}
}

func (g *guard) admit(c echo.Context) error {
	if some, ok := g.tokens.(interface{ Any() bool }); g.tokens == nil || (ok && !some.Any()) {
		return &spatial.Problem{Kind: rest.ErrForbidden, Code: "writing-disabled", Message: "this server does not take writes: no token is configured",
			Hint: "start it with --token-file and make a token with: shikong token create NAME"}
	}
	token := rest.Bearer(c)
	if token == "" {
		c.Response().Header().Set(echo.HeaderWWWAuthenticate, `Bearer realm="shikong"`)
		return &spatial.Problem{Kind: rest.ErrForbidden, Code: "token-missing", Message: "writing needs a token",
			Hint: "send the header Authorization: Bearer TOKEN"}
	}
	name, ok := g.tokens.Check(c.Request().Context(), token)
	if !ok {
		return g.refuse(c.RealIP())
	}
	rest.SetCaller(c, name)
	return nil
}

// refuse counts a wrong token. Right tokens pass however many wrong ones came from the same
// address: clients behind one proxy cannot lock each other out.
func (g *guard) refuse(client string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now := g.now(); now.Sub(g.minute) >= time.Minute || now.Before(g.minute) {
		g.minute, g.failed = now, map[string]int{}
	}
	if len(g.failed) < guardClients || g.failed[client] > 0 {
		g.failed[client]++
	}
	if g.failed[client] > g.most || len(g.failed) >= guardClients {
		return &spatial.Problem{Kind: rest.ErrTooMany, Code: "too-many-wrong-tokens", Message: "too many wrong tokens from this address",
			Hint: "wait a minute"}
	}
	return &spatial.Problem{Kind: rest.ErrUnauthorized, Code: "token-unknown", Message: "the token is unknown or revoked"}
}
