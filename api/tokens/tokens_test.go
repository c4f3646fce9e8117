package tokens_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shikong-cim/shikong/api/tokens"
	"github.com/shikong-cim/shikong/spatial"
)

var day = time.Date(2024, 5, 1, 8, 0, 0, 0, time.UTC)

func create(t *testing.T, path, name string) string {
	t.Helper()
	token, err := tokens.Create(path, name, day)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestATokenIsValidUntilItIsRevokedAlsoForAServerThatRuns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens")
	f, err := tokens.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if f.Any() {
		t.Error("a file that is not there holds a token")
	}
	team, other := create(t, path, "team"), create(t, path, "other")
	if name, ok := f.Check(t.Context(), team); !ok || name != "team" {
		t.Errorf("Check(team's token) = %q, %v", name, ok)
	}
	if _, ok := f.Check(t.Context(), team+"x"); ok {
		t.Error("a longer token is let in")
	}
	if _, ok := f.Check(t.Context(), ""); ok {
		t.Error("the empty token is let in")
	}
	if err := tokens.Revoke(path, "team", day.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, ok := f.Check(t.Context(), team); ok {
		t.Error("a revoked token is let in")
	}
	if name, ok := f.Check(t.Context(), other); !ok || name != "other" {
		t.Error("revoking one token took the other with it")
	}
	list, err := tokens.List(path)
	if err != nil || len(list) != 2 || !list[0].Revoked.Equal(day.Add(time.Hour)) || !list[1].Revoked.IsZero() || !list[0].Created.Equal(day) {
		t.Errorf("List = %+v, %v", list, err)
	}
}

func TestTheFileHoldsNoTokenAndIsForItsOwnerOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens")
	token := create(t, path, "team")
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(body), strings.TrimPrefix(token, "shk_")) {
		t.Error("the file holds the token itself")
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("the file has mode %v", info.Mode())
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	_, err = tokens.Open(path)
	var p *spatial.Problem
	if !errors.As(err, &p) || p.Code != "token-file-open" || p.Hint != "type: chmod 600 "+path {
		t.Errorf("Open of a file that a group may read: %v", err)
	}
}

func TestWhatCannotBeDoneIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens")
	create(t, path, "team")
	for name, got := range map[string]struct{ err, want error }{ // a nil want is any error
		"the name is taken":          {second(tokens.Create(path, "team", day)), spatial.ErrConflict},
		"the name holds a space":     {second(tokens.Create(path, "a b", day)), spatial.ErrInvalid},
		"nobody has the name":        {tokens.Revoke(path, "nobody", day), spatial.ErrNotFound},
		"the folder is not there":    {second(tokens.Create(filepath.Join(path, "x", "y"), "team", day)), nil},
		"the client's file is empty": {second(tokens.ReadSecret(os.DevNull)), spatial.ErrInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			if got.err == nil || (got.want != nil && !errors.Is(got.err, got.want)) {
				t.Errorf("error %v, want %v", got.err, got.want)
			}
		})
	}
}

func second[T any](_ T, err error) error { return err }

func TestALineThatIsNoTokenIsNamed(t *testing.T) {
	good := "team " + strings.Repeat("ab", 32) + " 2024-05-01T08:00:00Z"
	for name, line := range map[string]string{
		"a field is missing":        "team 2024-05-01T08:00:00Z",
		"the hash is short":         "team abcd 2024-05-01T08:00:00Z",
		"the hash is long":          "team " + strings.Repeat("ab", 33) + " 2024-05-01T08:00:00Z",
		"the date is none":          "team " + strings.Repeat("ab", 32) + " yesterday",
		"the revocation is no date": good + " never",
		"there is a field too many": good + " 2024-05-01T08:00:00Z x",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "tokens")
			if err := os.WriteFile(path, []byte("# made by hand\n\n"+good+"\n"+line+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := tokens.Open(path)
			if !errors.Is(err, spatial.ErrInvalid) || !strings.Contains(err.Error(), "line 4") {
				t.Errorf("Open: %v, want line 4 named", err)
			}
		})
	}
}
