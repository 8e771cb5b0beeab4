package chess

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// soak reports whether the long versions of the tests are asked for.
func soak() bool { return os.Getenv("HANSU_SOAK") != "" }

// shared returns a file of the data beside the checkout, or skips.
func shared(t testing.TB, elem ...string) string {
	t.Helper()
	path := filepath.Join(append([]string{"..", "..", "..", "shared", "data", "chess"}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skip("needs ../shared/data")
	}
	return path
}

func lines(t testing.TB, path string) []string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []string
	for s := bufio.NewScanner(f); s.Scan(); {
		all = append(all, s.Text())
	}
	return all
}

func mustFEN(t testing.TB, fen string) Position {
	t.Helper()
	p, err := ParseFEN(fen)
	if err != nil {
		t.Fatalf("%s: %v", fen, err)
	}
	return p
}

// raced reports whether this is a build with the race detector.
func raced() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// unraced reports whether the test that calls it shall count here. The race detector makes counting
// twenty times slower and has nothing to look for in it, since nothing is shared: in a build
// with it the test is run once more, by a process without.
func unraced(t *testing.T) bool {
	t.Helper()
	if !raced() {
		return true
	}
	out, err := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-run", "^"+t.Name()+"$", "-v", ".").CombinedOutput()
	switch {
	case err != nil:
		t.Errorf("without the race detector: %v\n%s", err, out)
	case bytes.Contains(out, []byte("--- SKIP: "+t.Name()+" ")):
		t.Skipf("without the race detector:\n%s", out)
	case !bytes.Contains(out, []byte("--- PASS: "+t.Name()+" ")):
		t.Errorf("without the race detector it did not run:\n%s", out)
	default:
		t.Logf("without the race detector:\n%s", out)
	}
	return false
}

// checkPerft compares a count as most programs do, and by playing every move where that is
// not too long.
func checkPerft(t *testing.T, name, fen string, depth int, want, playBelow uint64) {
	t.Helper()
	p := mustFEN(t, fen)
	if got := PerftBulk(p, depth); got != want {
		t.Errorf("%s %q: depth %d: %d positions, want %d", name, fen, depth, got, want)
		return
	}
	if want > playBelow {
		return
	}
	if got := Perft(p, depth); got != want {
		t.Errorf("%s %q: depth %d: %d positions by playing, want %d", name, fen, depth, got, want)
	}
}

// TestPerft counts the well-known positions as deep as they are published, the start position
// and Kiwipete by playing every move to the end as well.
func TestPerft(t *testing.T) {
	if !unraced(t) {
		return
	}
	counted := 0
	for _, line := range lines(t, "testdata/perft.txt") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.Split(line, "; ")
		playLimit := uint64(1_000_000)
		if parts[0] == "start" || parts[0] == "kiwipete" || soak() {
			playLimit = 1e9
		}
		for _, f := range strings.Fields(parts[2]) {
			d, n, _ := strings.Cut(f, "=")
			depth, err := strconv.Atoi(d)
			want, err2 := strconv.ParseUint(n, 10, 64)
			if err != nil || err2 != nil {
				t.Fatalf("%q: bad line", line)
			}
			checkPerft(t, parts[0], parts[1], depth, want, playLimit)
			counted++
		}
	}
	if counted < 40 {
		t.Errorf("only %d counts", counted)
	}
}
