package chess

import (
	"encoding/csv"
	"os"
	"strconv"
	"strings"
	"testing"

	"hansu/rules"
)

// suiteLimit bounds the positions counted for one line of a suite.
func suiteLimit(short uint64) uint64 {
	if soak() {
		return 100 * short
	}
	return short
}

// TestPerftSuites counts the suites beside the checkout: "FEN ;D1 20 ;D2 400 …".
func TestPerftSuites(t *testing.T) {
	if !unraced(t) {
		return
	}
	for _, name := range []string{"perftsuite.epd", "frc_perftsuite.epd"} {
		t.Run(name, func(t *testing.T) {
			limit := suiteLimit(1_000_000)
			checked := 0
			for _, line := range lines(t, shared(t, name)) {
				parts := strings.Split(line, ";")
				for _, part := range parts[1:] {
					f := strings.Fields(part)
					if len(f) < 2 {
						continue
					}
					depth, err := strconv.Atoi(strings.TrimPrefix(f[0], "D"))
					want, err2 := strconv.ParseUint(f[1], 10, 64)
					if err != nil || err2 != nil {
						t.Fatalf("bad line %q", line)
					}
					if want <= limit {
						checkPerft(t, name, strings.TrimSpace(parts[0]), depth, want, limit/10)
						checked++
					}
				}
			}
			t.Logf("%d counts agree", checked)
		})
	}
}

// TestPerftLists counts the lists beside the checkout: lines "epd FEN" and "perft DEPTH COUNT".
func TestPerftLists(t *testing.T) {
	if !unraced(t) {
		return
	}
	for name, short := range map[string]uint64{"tricky.perft": 2_000_000, "random.perft": 300_000, "chess960.perft": 2_000_000} {
		t.Run(name, func(t *testing.T) {
			limit := suiteLimit(short)
			fen, checked := "", 0
			for _, line := range lines(t, shared(t, name)) {
				f := strings.Fields(line)
				switch {
				case len(f) == 0 || f[0] == "#":
				case f[0] == "epd":
					fen = strings.TrimSpace(strings.TrimPrefix(line, "epd"))
				case f[0] == "perft" && len(f) == 3:
					depth, err := strconv.Atoi(f[1])
					want, err2 := strconv.ParseUint(f[2], 10, 64)
					if err != nil || err2 != nil {
						t.Fatalf("bad line %q", line)
					}
					if want <= limit {
						checkPerft(t, name, fen, depth, want, limit/10)
						checked++
					}
				}
			}
			t.Logf("%d counts agree", checked)
		})
	}
}

// TestKey compares keys with published ones: of the first positions of a game, and,
// beside the checkout, after whole games.
func TestKey(t *testing.T) {
	for _, c := range []struct {
		moves string
		want  uint64
	}{
		{"", 0x463b96181691fc9c},
		{"e2e4", 0x823c9b50fd114196},
		{"e2e4 d7d5", 0x0756b94461c50fb0},
		{"e2e4 d7d5 e4e5", 0x662fafb965db29d4},
		{"e2e4 d7d5 e4e5 f7f5", 0x22a48b5a8e47ff78},
		{"e2e4 d7d5 e4e5 f7f5 e1e2", 0x652a607ca3f242c1},
		{"e2e4 d7d5 e4e5 f7f5 e1e2 e8f7", 0x00fdd303c946bdd9},
		{"a2a4 b7b5 h2h4 b5b4 c2c4", 0x3c8123ea7b067637},
		{"a2a4 b7b5 h2h4 b5b4 c2c4 b4c3 a1a3", 0x5c3f9b829b279560},
	} {
		g := playAll(t, newGame(t), c.moves)
		p := g.Position()
		if got := p.Key(); got != c.want {
			t.Errorf("%q: %#016x, want %#016x", c.moves, got, c.want)
		}
	}
}

func TestKeySuite(t *testing.T) {
	f, err := os.Open(shared(t, "polyglot_zobrist.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, row := range rows {
		if row[0] != "chess" {
			continue
		}
		g := playAll(t, newGame(t), row[1])
		p := g.Position()
		// The low half of the 128 bits is Polyglot's key.
		want, err := strconv.ParseUint(row[2][len(row[2])-16:], 16, 64)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Key(); got != want {
			t.Errorf("%s: %#016x, want %s", g.FEN(), got, row[2])
		}
		checked++
	}
	if checked != 100 {
		t.Errorf("%d rows", checked)
	}
}

// TestKeysDiffer: positions that differ in one thing that matters have different keys.
func TestKeysDiffer(t *testing.T) {
	keys := map[uint64]string{}
	for _, fen := range []string{
		"r3k2r/8/8/2pP4/8/8/8/R3K2R w KQkq c6 0 1", "r3k2r/8/8/2pP4/8/8/8/R3K2R w KQkq - 0 1",
		"r3k2r/8/8/2pP4/8/8/8/R3K2R w Qkq - 0 1", "r3k2r/8/8/2pP4/8/8/8/R3K2R w Kkq - 0 1",
		"r3k2r/8/8/2pP4/8/8/8/R3K2R w KQq - 0 1", "r3k2r/8/8/2pP4/8/8/8/R3K2R w KQk - 0 1",
		"r3k2r/8/8/2pP4/8/8/8/R3K2R b KQkq - 0 1", "r3k2r/8/8/2pN4/8/8/8/R3K2R w KQkq - 0 1",
	} {
		p := mustFEN(t, fen)
		if other, ok := keys[p.Key()]; ok {
			t.Errorf("%s and %s have the same key", fen, other)
		}
		keys[p.Key()] = fen
	}
	p, q := mustFEN(t, kiwipete), mustFEN(t, strings.Replace(kiwipete, "0 1", "7 30", 1))
	if p.Key() != q.Key() {
		t.Error("counters enter the key")
	}
	if s := p.Turn(); s != rules.White {
		t.Error(s)
	}
}
