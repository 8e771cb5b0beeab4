package chess

import (
	"bufio"
	"os"
	"path/filepath"
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

func TestPerft(t *testing.T) {
	limit, playLimit := uint64(6_000_000), uint64(100_000)
	if soak() {
		limit, playLimit = 1e9, 20_000_000
	}
	for _, line := range lines(t, "testdata/perft.txt") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.Split(line, "; ")
		for _, f := range strings.Fields(parts[2]) {
			d, n, _ := strings.Cut(f, "=")
			depth, err := strconv.Atoi(d)
			want, err2 := strconv.ParseUint(n, 10, 64)
			if err != nil || err2 != nil {
				t.Fatalf("%q: bad line", line)
			}
			if want <= limit {
				checkPerft(t, parts[0], parts[1], depth, want, playLimit)
			}
		}
	}
}
