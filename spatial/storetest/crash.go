package storetest

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"
)

// CrashStore names the environment variable that makes a test binary the process to be killed:
// it holds the address of the store into which TestMain has to import without end.
const CrashStore = "SHIKONG_CRASH_STORE"

// Imported is how the process to be killed says that a revision is stored, and what name the
// features have that it brought.
func Imported(revision int64, name string) { fmt.Fprintln(os.Stdout, "done", revision, name) }

// Crashes kills a process that imports at random moments, so many times or as often as
// SHIKONG_KILLS says.
type Crashes struct {
	Kills  int
	random *rand.Rand
	span   time.Duration
}

// NewCrashes measures how long a few imports take on this machine, in the store at the address,
// so that the moments of killing lie within that. It returns what was reported meanwhile, as
// Kill does.
func NewCrashes(t *testing.T, kills int, address string) (*Crashes, map[int64]string) {
	t.Helper()
	if n, err := strconv.Atoi(os.Getenv("SHIKONG_KILLS")); err == nil {
		kills = n
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	const imports = 4
	began := time.Now()
	reported := killed(t, address, time.Minute, imports)
	return &Crashes{Kills: kills, random: rand.New(rand.NewPCG(seed, 1)), span: time.Since(began)}, reported
}

// Kill starts this test binary as the process that imports, kills it at a random moment, and
// returns the revisions that it reported, with their names.
func (c *Crashes) Kill(t *testing.T, address string) map[int64]string {
	t.Helper()
	return killed(t, address, time.Duration(c.random.Int64N(int64(c.span))), 1<<30)
}

// killed kills the process after a while or when it has reported so many imports.
func killed(t *testing.T, address string, after time.Duration, most int) map[int64]string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=none")
	cmd.Env = append(os.Environ(), CrashStore+"="+address)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	reported := map[int64]string{}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var revision int64
		var name string
		if _, err := fmt.Sscanf(lines.Text(), "done %d %s", &revision, &name); err != nil {
			t.Fatalf("the process says %q", lines.Text())
		}
		if reported[revision] = name; len(reported) == most {
			_ = cmd.Process.Kill()
		}
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the process ended by itself")
	}
	return reported
}
