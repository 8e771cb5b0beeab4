package record

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hansu/rules"
	"hansu/rules/omok"
)

// readAll reads a file's games and errors, in order.
func readAll(t testing.TB, text string, f Format) (recs []*Record, errs []*Error) {
	t.Helper()
	r := NewReader(strings.NewReader(text), f)
	for {
		rec, err := r.Next()
		var broken *Error
		switch {
		case errors.Is(err, io.EOF):
			return recs, errs
		case errors.As(err, &broken):
			if broken.Line < 1 || broken.Reason == "" {
				t.Fatalf("error without line or reason: %v", err)
			}
			errs = append(errs, broken)
		case err != nil:
			t.Fatalf("the reader ended with %v", err)
		default:
			recs = append(recs, rec)
		}
	}
}

// words writes a record's moves with the side where the format has one.
func words(r *Record) string {
	var out []string
	for _, e := range r.Moves {
		text := e.Text
		if text == "" {
			text = fmt.Sprintf("%.1v:%v", e.Side, e.Move.To)
			if e.Move.Kind == rules.Pass {
				text = fmt.Sprintf("%.1v:pass", e.Side)
			}
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

func TestReadSGF(t *testing.T) {
	recs, errs := readAll(t, "\xef\xbb\xbfsome text before\r\n(;FF[4]GM[4]SZ[15]\r\nPB[Kim \\[9\\]: a\\\r\nb]PW[이]RE[B+R]DT[2026-11-23]RU[Renju]EV[E]PC[P]AP[x:1]\r\n"+
		"C[on the\r\ngame];B[hh]C[centre \\\\ \\]];W[gg](;B[h10];W[tt];B[])(;B[aa](;W[bb])(;W[cc])))\n(;GM[5];W[oa];)", Auto)
	if len(errs) > 0 || len(recs) != 2 {
		t.Fatalf("%d games, errors %v", len(recs), errs)
	}
	r := recs[0]
	if got := words(r); got != "b:h8 w:g9 b:h10 w:pass b:pass" {
		t.Errorf("moves %q", got)
	}
	if r.Black != "Kim [9]: ab" || r.White != "이" || r.Date != "2026-11-23" || r.Event != "E" || r.Place != "P" || r.Program != "x:1" ||
		r.Comment != "on the\ngame" || r.Moves[0].Comment != `centre \ ]` || r.Variant.Rules != rules.Renju || r.Variations != 3 || r.Line != 2 || r.Moves[0].Line != 6 {
		t.Errorf("%+v", r)
	}
	if r.Result != (Result{Known: true, Winner: rules.Black, Reason: rules.Resignation, Text: "B+R"}) {
		t.Errorf("result %+v", r.Result)
	}
	if g, err := r.Replay(rules.Variant{}); err != nil || g.Outcome().Reason != rules.Passes || r.Agreement(g) != Contradict {
		t.Errorf("replayed: %+v, %v", g.Outcome(), err)
	}
	if got := words(recs[1]); got != "w:o15" || recs[1].Variant.Size != 15 {
		t.Errorf("second game: %q", got)
	}
	if _, err := recs[1].Replay(rules.Variant{}); err == nil {
		t.Error("second game: white begins and nobody said so")
	}
	recs[1].Next = rules.White
	if g, err := recs[1].Replay(rules.Variant{}); err != nil || g.Next() != rules.Black || g.Turn() != rules.First {
		t.Errorf("second game, white begins: %v, %v", g.Next(), err)
	}
}

func TestReadSGFSetup(t *testing.T) {
	recs, errs := readAll(t, "(;GM[4]AB[aa][bb]AW[cc:dd]AE[dd]AB[h8]SZ[19]PL[W]C[x];W[ss];B[tt];W[s1])", SGF)
	if len(errs) > 0 || len(recs) != 1 || len(recs[0].Setup) != 6 {
		t.Fatalf("%+v, %v", recs, errs)
	}
	r := recs[0]
	if got := words(r); got != "w:s1 b:pass w:s1" || r.Comment != "x" {
		t.Errorf("moves %q, comment %q", got, r.Comment)
	}
	_, err := r.Replay(rules.Variant{Rules: rules.Freestyle})
	var e *Error
	if !errors.As(err, &e) || !strings.Contains(e.Reason, "move 2, pass") {
		t.Errorf("a pass in freestyle: %v", err)
	}
	r.Moves = r.Moves[:1]
	g, err := r.Replay(rules.Variant{})
	if err != nil || g.At(rules.Point{Col: 0, Row: 18}) != rules.Black || g.At(rules.Point{Col: 3, Row: 15}) != rules.NoSide || g.At(rules.Point{Col: 7, Row: 7}) != rules.Black || g.Stones() != 7 {
		b := g.Board()
		t.Errorf("%v\n%s", err, b.String())
	}
}

// TestBrokenGames: each broken game is reported with its line, and the rest goes on.
func TestBrokenGames(t *testing.T) {
	for _, c := range []struct {
		name   string
		format Format
		text   string
		games  int
		errs   []string // "line: part of the reason"
	}{
		{"SGF, other game", SGF, "(;GM[1];B[aa])\n(;GM[4];B[hh])", 1, []string{"1: GM[1]"}},
		{"SGF, outside", SGF, "(;GM[4]SZ[15]\n;B[pp])(;GM[4];B[hh])", 1, []string{"2: outside"}},
		{"SGF, no point", SGF, "(;GM[4];B[h])(;GM[4];B[h99])(;GM[4];B[hhh])(;GM[4];B[hh])", 1, []string{"1: no point", "1: no point", "1: no point"}},
		{"SGF, not closed", SGF, "(;GM[4];B[hh]\n\n(;GM[4];B[hh])\n", 1, []string{"1: parenthesis"}},
		{"SGF, bracket not closed", SGF, "(;GM[4];B[hh\n;W[aa])\n(;GM[4]C[(;];B[hh])\n(;GM[4];B[hh]C[never)\n", 1, []string{"1: no point", "4: bracket"}},
		{"SGF, too long", SGF, "(;C[" + strings.Repeat("x", MaxGame) + "\n(;GM[4];B[hh])\n", 1, []string{"1: longer"}},
		{"SGF, no value", SGF, "(;GM;B[hh])(;GM[4];B[hh])", 1, []string{"1: GM has no value"}},
		{"SGF, no name", SGF, "(;[4];B[hh])(;x[4];B[hh])(;GM[4])", 1, []string{"1: unexpected", "1: without a name"}},
		{"SGF, board", SGF, "(;SZ[27])(;SZ[15:19])(;SZ[x])(;SZ[19:19])", 1, []string{"1: SZ[27]", "1: SZ[15:19]", "1: SZ[x]"}},
		{"SGF, late set-up", SGF, "(;B[aa]\n;AB[bb])(;B[aa])", 1, []string{"2: after a move"}},
		{"SGF, nothing", SGF, "no game (here) at all (", 0, nil},
		{"psq, header", PSQ, "Piskvorky 20x15, 0:0, 0\n1,1,1\nPiskvorky 15x15, 0:0, 0\n1,1,1\n", 1, []string{"1: 20×15"}},
		{"psq, not one", PSQ, "hello\nworld\nPiskvorky 15x15, 0:0, 0\n1,1,1\n", 1, []string{"1: no header"}},
		{"psq, outside", PSQ, "Piskvorky 15x15, 0:0, 0\n1,1,1\n16,1,1\na\nb\n0\nPiskvorky 15x15, 0:0, 0\n1,1,1\na\nb\n0\n", 1, []string{"3: outside"}},
		{"psq, no numbers", PSQ, "Piskvorky 15x15, 0:0, 0\n1,x,1\nPiskvorky nonsense\n1,1,1\nPiskvorky 15x15, 0:0, 0\n", 1, []string{"2: no move", "3: no header"}},
		{"moves, header", Moves, "#! rules=chess\nh8 h9\n#! size=15\nh8\n#! nonsense\na1\nh8 h9\n", 2, []string{"1: rules=chess", "5: no key=value"}},
		{"moves, long line", Moves, "h8\n#! rules=renju\n" + strings.Repeat("h8 ", MaxLine) + "\nh8\n", 2, []string{"3: longer"}},
		{"moves, many", Moves, strings.Repeat("h8 ", MaxMoves+1) + "\nh8\n", 1, []string{"1: more than"}},
		{"offsets", Offsets, "0,0, 1,1\n0,0, 1\n30,0\n10,0\n9,0, -10,-10\n", 2, []string{"2: no list", "3: no column", "4: outside"}},
		{"UTF-16", Auto, "\xff\xfeh\x008\x00", 0, []string{"1: UTF-16"}},
		{"nothing", Auto, "", 0, nil},
	} {
		recs, errs := readAll(t, c.text, c.format)
		if len(recs) != c.games || len(errs) != len(c.errs) {
			t.Errorf("%s: %d games, errors %v", c.name, len(recs), errs)
			continue
		}
		for i, want := range c.errs {
			line, part, _ := strings.Cut(want, ": ")
			if fmt.Sprint(errs[i].Line) != line || !strings.Contains(errs[i].Reason, part) {
				t.Errorf("%s: error %v, want %q", c.name, errs[i], want)
			}
		}
	}
}

func TestIllegalMovesHaveTheirLine(t *testing.T) {
	for _, c := range []struct {
		text string
		line int
		part string
	}{
		{"(;GM[4];B[hh]\n;B[ii])", 2, "move 2, i7: black moves, but it is white's turn"},
		{"(;GM[4];B[hh]\n\n;W[hh])", 3, "move 2, h8"},
		{"(;GM[4]SZ[13];B[aa])", 1, "13×13"},
		{"Piskvorky 15x15, 0:0, 0\n1,1,0\n1,1,0\n", 3, "move 2, a15"},
		{"# a comment\n\n1. h8 1... i9 2. h8\n", 3, "move 3, h8"},
		{"h8 p1", 1, `move 2, p1: omok: "p1" is outside`},
		{"#! rules=renju opening=rif\nh8 h9 h10 pass", 2, "move 4, pass"},
		{"h8 a1 i8 a2 j8 a3 k8 a4 l8 a5", 1, "move 10, a5"},
	} {
		recs, errs := readAll(t, c.text, Auto)
		if len(recs) != 1 || len(errs) > 0 {
			t.Errorf("%q: %d games, %v", c.text, len(recs), errs)
			continue
		}
		_, err := recs[0].Replay(rules.Variant{})
		var e *Error
		if !errors.As(err, &e) || e.Line != c.line || !strings.Contains(e.Reason, c.part) {
			t.Errorf("%q: %v", c.text, err)
		}
	}
}

func TestReadPSQ(t *testing.T) {
	recs, errs := readAll(t, "Piskvorky 20x20, 7:7, 1\r\n10,10,456\r\n11,1,60\r\n20,20\r\nalpha.exe\r\nbeta.zip\r\n-1\r\n", Auto)
	if len(recs) != 1 || len(errs) > 0 {
		t.Fatalf("%v, %v", recs, errs)
	}
	r := recs[0]
	if got := words(r); got != "b:j11 w:k20 b:t1" || r.Black != "beta.zip" || r.White != "alpha.exe" || r.Moves[0].Spent != 456 || r.Variant.Size != 20 {
		t.Errorf("%+v", r)
	}
}

func TestReadLists(t *testing.T) {
	recs, errs := readAll(t, "\xef\xbb\xbf# comment\r\n#! rules=renju opening=swap2 result=white reason=time black=\"김 철\" white=x\r\n"+
		"H8, a1\ti9 stay # and so on\r\n\r\nf7,f6,h6\r\n1.h8 2.h9 12... h10", Auto)
	if len(recs) != 3 || len(errs) > 0 {
		t.Fatalf("%v, %v", recs, errs)
	}
	if r := recs[0]; words(r) != "H8 a1 i9 stay" || r.Black != "김 철" || r.White != "x" || r.Line != 3 ||
		r.Variant.Rules != rules.Renju || r.Variant.Opening != rules.Swap2 || r.Result.Winner != rules.White || r.Result.Reason != rules.Flag {
		t.Errorf("%+v", r)
	}
	if words(recs[1]) != "f7 f6 h6" || words(recs[2]) != "h8 h9 h10" {
		t.Errorf("%q, %q", words(recs[1]), words(recs[2]))
	}
	if _, err := recs[0].Replay(rules.Variant{}); err != nil {
		t.Error(err)
	}
	// Latin-1 where it is not UTF-8.
	recs, _ = readAll(t, "(;GM[4]PB[Andr\xe9]PW[Ren\xc3\xa9];B[hh])", Auto)
	if recs[0].Black != "André" || recs[0].White != "René" {
		t.Errorf("%q, %q", recs[0].Black, recs[0].White)
	}
	recs, _ = readAll(t, "0,0, 1,0, 1,3\n", Auto)
	if words(recs[0]) != "b:k10 w:l10 b:l7" || recs[0].Format != Offsets {
		t.Errorf("offsets: %q", words(recs[0]))
	}
}

// games reads the games of the omok package's test data.
func games(t testing.TB) []*Record {
	t.Helper()
	text, err := os.ReadFile("../testdata/games.txt")
	if err != nil {
		t.Fatal(err)
	}
	recs, errs := readAll(t, string(text), Auto)
	if len(errs) > 0 || len(recs) < 24 {
		t.Fatalf("%d games, errors %v", len(recs), errs)
	}
	return recs
}

// TestRoundTrip writes whole games in every format and reads them back: the same stones in the
// same order, the same names, the same result.
func TestRoundTrip(t *testing.T) {
	protocol := func(v rules.Variant, moves string) *Record {
		recs, errs := readAll(t, moves, Moves)
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		recs[0].Variant = v
		return recs[0]
	}
	all := append(games(t),
		protocol(rules.Variant{Rules: rules.Renju, Opening: rules.RIF}, "h8 h9 i9 swap a1 g7 c3 c3 o15"),
		protocol(rules.Variant{Rules: rules.Renju, Opening: rules.Soosorv8, ForbiddenLoses: true}, "h8 h9 i10 stay g7 2 swap a1 b1 2 h7"),
		protocol(rules.Variant{Rules: rules.Standard, Size: 19, Opening: rules.Swap2}, "h8 a1 i9 more c3 d4 white e5"),
	)
	for i, rec := range all {
		rec.Black, rec.White, rec.Comment, rec.Event = "Dol]1", `back\slash "and" 돌`, "several\nlines ] \\", "E"
		want, err := rec.Replay(rules.Variant{})
		if err != nil {
			t.Fatal(err)
		}
		if rec.Result.Known && rec.Agreement(want) != Agrees {
			t.Errorf("game %d does not end as its header says", i)
		}
		wantBoard := want.Board()
		for name, write := range map[string]func(io.Writer) error{"sgf": rec.WriteSGF, "psq": rec.WritePSQ, "moves": rec.WriteMoves} {
			var out bytes.Buffer
			if err := write(&out); err != nil {
				t.Fatalf("game %d, %s: %v", i, name, err)
			}
			recs, errs := readAll(t, strings.ReplaceAll(out.String(), "\n", "\r\n"), Auto)
			if len(recs) != 1 || len(errs) > 0 || recs[0].Format.String() != name {
				t.Fatalf("game %d, %s: %v, %v in\n%s", i, name, recs, errs, out.String())
			}
			back := recs[0]
			got, err := back.Replay(rec.Variant)
			board := got.Board()
			if err != nil || board != wantBoard || got.Outcome().Reason != want.Outcome().Reason {
				t.Fatalf("game %d, %s: %v, %+v\n%s", i, name, err, got.Outcome(), out.String())
			}
			if back.Black != rec.Black || back.White != rec.White {
				t.Errorf("game %d, %s: names %q, %q", i, name, back.Black, back.White)
			}
			if name == "moves" && got != want {
				t.Errorf("game %d, moves: the game differs", i)
			}
			if name != "psq" && (back.Result.Known != rec.Result.Known || back.Result.Winner != rec.Result.Winner || back.Event != "E" || back.Variant.Rules != want.Variant().Rules) {
				t.Errorf("game %d, %s: %+v", i, name, back)
			}
			if name == "sgf" && back.Comment != rec.Comment {
				t.Errorf("game %d: comment %q", i, back.Comment)
			}
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	recs, _ := readAll(t, "(;GM[4]RU[renju];B[hh];W[];B[ii])(;GM[4]AB[aa];W[hh])(;GM[4];B[hh];W[hh])", SGF)
	var out bytes.Buffer
	if err := recs[0].WritePSQ(&out); !errors.Is(err, ErrPSQ) {
		t.Errorf("a pass in psq: %v", err)
	}
	if err := recs[0].WriteMoves(&out); err != nil || !strings.HasSuffix(out.String(), "\nh8 pass i7\n") {
		t.Errorf("a pass in a list: %v, %q", err, out.String())
	}
	out.Reset()
	if err := recs[1].WritePSQ(&out); !errors.Is(err, ErrPSQ) {
		t.Errorf("set-up in psq: %v", err)
	}
	if err := recs[1].WriteMoves(&out); err == nil {
		t.Error("set-up in a list")
	}
	var e *Error
	for _, write := range []func(io.Writer) error{recs[2].WriteSGF, recs[2].WritePSQ, recs[2].WriteMoves} {
		if err := write(&out); !errors.As(err, &e) {
			t.Errorf("an illegal game: %v", err)
		}
	}
	if out.Len() > 0 {
		t.Errorf("written all the same: %q", out.String())
	}
	if err := recs[1].WriteSGF(&out); err != nil || !strings.Contains(out.String(), "AB[aa]PL[W]") {
		t.Errorf("set-up in SGF: %v, %q", err, out.String())
	}
}

func TestFromMoves(t *testing.T) {
	v := rules.Variant{Rules: rules.Standard, Opening: rules.Swap2}
	g, err := omok.New(v)
	if err != nil {
		t.Fatal(err)
	}
	var moves []rules.Move
	for _, text := range strings.Fields("h8 a1 i9 black j10") {
		m, err := g.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		moves = append(moves, m)
		if g, err = g.After(m); err != nil {
			t.Fatal(err)
		}
	}
	rec, err := FromMoves(v, moves, About{First: "one", Second: "two", Date: "2026-11-23"}, rules.Outcome{Reason: rules.Resignation, Winner: rules.Second})
	if err != nil {
		t.Fatal(err)
	}
	if rec.Black != "two" || rec.White != "one" || rec.Result.Winner != rules.Black {
		t.Errorf("%+v", rec)
	}
	var out bytes.Buffer
	if err := rec.WriteSGF(&out); err != nil {
		t.Fatal(err)
	}
	if want := "(;FF[4]GM[4]CA[UTF-8]SZ[15]RU[standard]\nPB[two]PW[one]DT[2026-11-23]RE[B+Resign]\n;B[hh];W[ao];B[ig];W[jf]\n)\n"; out.String() != want {
		t.Errorf("written\n%s", out.String())
	}
	out.Reset()
	if err := rec.WriteMoves(&out); err != nil {
		t.Fatal(err)
	}
	if want := "#! rules=standard size=15 opening=swap2 result=black reason=resignation black=\"two\" white=\"one\" date=\"2026-11-23\"\nh8 a1 i9 black j10\n"; out.String() != want {
		t.Errorf("written\n%s", out.String())
	}
	if _, err := FromMoves(v, append(slices.Clone(moves), moves[0]), About{}, rules.Outcome{}); err == nil {
		t.Error("an illegal move was taken")
	}
}

// TestShared reads the files that lie beside the checkout.
func TestShared(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "..", "shared", "data")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("needs ../shared/data")
	}
	for _, c := range []struct {
		file   string
		format Format
		moves  string // of the first game
	}{
		{"renju/sample_zjrenju.sgf", SGF, "b:h8 w:h9 b:h6 w:i10 b:i6 w:i9 b:g9 w:g8 b:j11 w:i7 b:i8"},
		{"gomoku/sample_freestyle20.psq", PSQ, ""},
		{"renju/mintaka_openings.csv", Moves, "f7 f6 h6 h7 h4"},
		{"gomoku/gomocup_openings_20.txt", Offsets, ""},
		{"gomoku/piskvork_openings.txt", Offsets, "b:k10 w:l10 b:l7"},
	} {
		text, err := os.ReadFile(filepath.Join(dir, c.file))
		if err != nil {
			t.Fatal(err)
		}
		recs, errs := readAll(t, string(text), Auto)
		if len(errs) > 0 || len(recs) == 0 {
			t.Errorf("%s: %d games, errors %v", c.file, len(recs), errs)
			continue
		}
		if recs[0].Format != c.format || (c.moves != "" && words(recs[0]) != c.moves) {
			t.Errorf("%s: %v, %q", c.file, recs[0].Format, words(recs[0]))
		}
		for _, rec := range recs {
			if _, err := rec.Replay(rules.Variant{Rules: rules.Freestyle}); err != nil {
				t.Errorf("%s: %v", c.file, err)
			}
		}
	}
}

func TestResultsAndRules(t *testing.T) {
	for _, c := range []struct {
		re    string
		known bool
		side  rules.Side
		why   rules.Reason
	}{
		{"B+", true, rules.Black, 0}, {"w+Resign", true, rules.White, rules.Resignation}, {"W+T", true, rules.White, rules.Flag}, {"B+Time", true, rules.Black, rules.Flag},
		{"0", true, 0, 0}, {"Draw", true, 0, 0}, {"Void", false, 0, 0}, {"?", false, 0, 0}, {"", false, 0, 0}, {"黑胜", false, 0, 0}, {"X+1", false, 0, 0},
	} {
		if got := resultOf(c.re); got.Known != c.known || got.Winner != c.side || got.Reason != c.why || got.Text != c.re {
			t.Errorf("RE[%s]: %+v", c.re, got)
		}
	}
	for text, want := range map[string]rules.Ruleset{
		"renju": rules.Renju, "Renju (RIF)": rules.Renju, "Freestyle gomoku": rules.Freestyle, "Standard": rules.Standard, "exact five": rules.Standard,
		"omok": rules.Korean, "caro": rules.Caro, "caro-exact": rules.CaroExact, "Japanese": 0, "": 0,
	} {
		if got := rulesOf(text); got != want {
			t.Errorf("RU[%s]: %v", text, got)
		}
	}
	for _, c := range []struct {
		text string
		want Agreement
	}{
		{"#! result=black\nh8 a1 i8 a2 j8 a3 k8 a4 l8", Agrees},
		{"#! result=white\nh8 a1 i8 a2 j8 a3 k8 a4 l8", Contradict},
		{"#! result=draw\nh8 a1 i8 a2 j8 a3 k8 a4 l8", Contradict},
		{"h8 a1 i8 a2 j8 a3 k8 a4 l8", Unsaid},
		{"#! result=white\nh8 a1", Open},
		{"#! result=draw\nh8 a1", Open},
		{"#! result=white reason=five\nh8 a1", Contradict},
		{"#! rules=renju result=draw reason=passes\nh8 pass pass", Agrees},
	} {
		recs, errs := readAll(t, c.text, Moves)
		if len(recs) != 1 || len(errs) > 0 {
			t.Fatalf("%q: %v", c.text, errs)
		}
		g, err := recs[0].Replay(rules.Variant{})
		if got := recs[0].Agreement(g); err != nil || got != c.want {
			t.Errorf("%q: agreement %d, %v", c.text, got, err)
		}
	}
}

// TestHostileFiles: what is made to be slow to read is read in one go. Each took
// seconds, minutes or more where the work grew with the square of the file.
func TestHostileFiles(t *testing.T) {
	for _, c := range []struct {
		name, text  string
		games, errs int
	}{
		{"many rectangles", "(;SZ[26]AB" + strings.Repeat("[aa:zz]", 30_000) + ")", 1, 0},
		{"many comments", "(;B[hh]" + strings.Repeat(";C[a]", 50_000) + ")", 1, 0},
		{"many values", "(;C" + strings.Repeat("[a]", 80_000) + ")", 1, 0},
		{"open parentheses", strings.Repeat("(", 1<<20), 0, 0},
		{"games without an end", strings.Repeat("\n(;", 1<<19), 0, 65},
		{"values without an end", strings.Repeat("\n(;C[", 1<<17), 0, 65},
		{"psq headers", strings.Repeat("Piskvorky 15x15, 0:0, 0\n", 10_000), 10_000, 0},
		{"one long line", strings.Repeat("h8 ", 1<<20), 0, 1},
	} {
		recs, errs := readAll(t, c.text, Auto)
		if len(recs) != c.games || len(errs) != c.errs {
			t.Errorf("%s: %d games, %d errors", c.name, len(recs), len(errs))
		}
	}
}
