package postgis

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/shikong-cim/shikong/spatial"
)

// problem gives an error of the driver a kind. What has one, and the end of a context, stay
// as they are.
func problem(err error) error {
	var known *spatial.Problem
	if err == nil || errors.As(err, &known) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pgProblem(err, pg)
	}
	var connect *pgconn.ConnectError
	var network net.Error
	if errors.As(err, &connect) || errors.As(err, &network) || pgconn.SafeToRetry(err) || isBroken(err) {
		return &spatial.Problem{Kind: spatial.ErrUnavailable, Code: "store-unavailable", Message: fmt.Sprintf("the database is out of reach: %v", err),
			Hint: "check that it runs and that the address is right"}
	}
	return err
}

// pgProblem goes by the classes of PostgreSQL's appendix A.
func pgProblem(err error, pg *pgconn.PgError) error {
	switch {
	case strings.HasPrefix(pg.Code, "08"), strings.HasPrefix(pg.Code, "57P"):
		return &spatial.Problem{Kind: spatial.ErrUnavailable, Code: "store-unavailable", Message: "the database went away: " + pg.Message,
			Hint: "try again when it is back; nothing was changed"}
	case pg.Code == "53100", pg.Code == "53200":
		return &spatial.Problem{Kind: spatial.ErrUnavailable, Code: "store-full", Message: "the database has no room: " + pg.Message,
			Hint: "make room and try again; nothing was changed"}
	case strings.HasPrefix(pg.Code, "53"):
		return &spatial.Problem{Kind: spatial.ErrUnavailable, Code: "store-unavailable", Message: "the database is at its limit: " + pg.Message}
	case strings.HasPrefix(pg.Code, "28"), pg.Code == "3D000", pg.Code == "42501":
		return &spatial.Problem{Kind: spatial.ErrUnavailable, Code: "store-denied", Message: "the database does not let us in: " + pg.Message,
			Hint: "check user, password, database and rights"}
	case strings.HasPrefix(pg.Code, "22"), pg.Code == "XX000" && strings.Contains(pg.Message, "geometry"):
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-data", Message: "the database refuses a value: " + pg.Message}
	}
	return err
}

// lockNotAvailable is what a lock gives that is not waited for (PostgreSQL, appendix A).
const lockNotAvailable = "55P03"

// isCode reports whether an error is the database's of that code.
func isCode(err error, code string) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == code
}

// isBroken reports a connection that ended in the middle.
func isBroken(err error) bool {
	text := err.Error()
	return strings.Contains(text, "unexpected EOF") || strings.Contains(text, "conn closed") || strings.Contains(text, "closed pool")
}

func notFound(what, name string) error {
	return &spatial.Problem{Kind: spatial.ErrNotFound, Code: what + "-not-found", Message: fmt.Sprintf("there is no %s %q", what, name)}
}
