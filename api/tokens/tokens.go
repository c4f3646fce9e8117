package tokens

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/shikong-cim/shikong/spatial"
)

// Token is one line of the file: all that is known of a token.
type Token struct {
	Name    string    `json:"name"`
	Hash    [32]byte  `json:"-"`
	Created time.Time `json:"created"`
	Revoked time.Time `json:"revoked,omitzero"`
}

// prefix lets people and secret scanners see what such a text is.
const prefix = "shk_"

// hashOf is the hash kept of a token. The token is random enough for a fast hash: there is
// nothing to guess.
func hashOf(token string) [32]byte { return sha256.Sum256([]byte(token)) }

// Create makes a token, adds it to the file, which is made when missing, and returns it.
// This is the only time that the token itself is to be had. A name that a valid token
// carries already is ErrConflict.
func Create(path, name string, now time.Time) (token string, err error) {
	if err := spatial.CheckName("token", name); err != nil {
		return "", err
	}
	list, err := List(path)
	if err != nil {
		return "", err
	}
	for _, t := range list {
		if t.Name == name && t.Revoked.IsZero() {
			return "", &spatial.Problem{Kind: spatial.ErrConflict, Code: "token-exists", Message: fmt.Sprintf("there is a token %q already", name),
				Hint: "revoke it first, or choose another name"}
		}
	}
	var secret [32]byte
	_, _ = rand.Read(secret[:]) // never fails, see crypto/rand
	token = prefix + base64.RawURLEncoding.EncodeToString(secret[:])
	list = append(list, Token{Name: name, Hash: hashOf(token), Created: now.UTC().Truncate(time.Second)})
	return token, write(path, list)
}

// Revoke ends the valid token of that name; ErrNotFound when there is none.
func Revoke(path, name string, now time.Time) error {
	list, err := List(path)
	if err != nil {
		return err
	}
	found := false
	for i := range list {
		if list[i].Name == name && list[i].Revoked.IsZero() {
			list[i].Revoked, found = now.UTC().Truncate(time.Second), true
		}
	}
	if !found {
		return &spatial.Problem{Kind: spatial.ErrNotFound, Code: "token-not-found", Message: fmt.Sprintf("there is no valid token %q", name)}
	}
	return write(path, list)
}

// List returns the tokens of the file, none when it is not there. A file that others than
// its owner may read is ErrInvalid.
func List(path string) ([]Token, error) {
	body, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // a file not made yet is an empty list
	}
	if err != nil {
		return nil, fmt.Errorf("token file: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("token file: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "token-file-open",
			Message: fmt.Sprintf("the token file %s may be read by others (mode %04o)", path, mode), Hint: "type: chmod 600 " + path}
	}
	return parse(path, string(body))
}

func parse(path, body string) ([]Token, error) {
	var list []Token
	number := 0
	for line := range strings.Lines(body) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		t, ok := parseLine(line)
		if !ok {
			return nil, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "token-file-damaged",
				Message: fmt.Sprintf("line %d of %s is no token", number, path), Hint: "a line is: name sha256 created [revoked]"}
		}
		list = append(list, t)
	}
	return list, nil
}

func parseLine(line string) (t Token, ok bool) {
	f := strings.Fields(line)
	if len(f) < 3 || len(f) > 4 {
		return t, false
	}
	t.Name = f[0]
	hash, err := hex.DecodeString(f[1])
	if err != nil || copy(t.Hash[:], hash) != len(t.Hash) || len(hash) != len(t.Hash) {
		return t, false
	}
	if t.Created, err = time.Parse(time.RFC3339, f[2]); err != nil {
		return t, false
	}
	if len(f) == 4 {
		if t.Revoked, err = time.Parse(time.RFC3339, f[3]); err != nil {
			return t, false
		}
	}
	return t, true
}

// write puts the list in place of the file at once, readable by its owner only.
func write(path string, list []Token) error {
	var b strings.Builder
	for _, t := range list {
		fmt.Fprintf(&b, "%s %x %s", t.Name, t.Hash, t.Created.Format(time.RFC3339))
		if !t.Revoked.IsZero() {
			b.WriteString(" " + t.Revoked.Format(time.RFC3339))
		}
		b.WriteByte('\n')
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".tokens-*") // made with mode 0600
	if err != nil {
		return fmt.Errorf("token file: %w", err)
	}
	_, err = tmp.WriteString(b.String())
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("token file: %w", err), os.Remove(tmp.Name()))
	}
	return nil
}

// ReadSecret reads the token that a client keeps in a file: its first line.
func ReadSecret(path string) (string, error) {
	body, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("token: %w", err)
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(body)), "\n")
	if line = strings.TrimSpace(line); line == "" || len(line) > 1000 || strings.ContainsAny(line, " \t") {
		return "", &spatial.Problem{Kind: spatial.ErrInvalid, Code: "token-file-damaged",
			Message: path + " does not hold a token", Hint: "put the token that shikong token create printed on its first line"}
	}
	return line, nil
}
