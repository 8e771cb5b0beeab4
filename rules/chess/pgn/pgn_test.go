package pgn

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"hansu/rules"
	"hansu/rules/chess"
)

// readAll reads every game of a text, broken ones included.
func readAll(t testing.TB, r io.Reader) (games []*Game, errs []*Error) {
	t.Helper()
	reader := NewReader(r)
	for {
		g, err := reader.Next()
		if err == io.EOF {
			return games, errs
		}
		var e *Error
		if err != nil && !errors.As(err, &e) {
			t.Fatal(err)
		}
		if e != nil {
			errs = append(errs, e)
		}
		games = append(games, g)
	}
}

func readOne(t testing.TB, s string) *Game {
	t.Helper()
	games, errs := readAll(t, strings.NewReader(s))
	if len(games) != 1 || len(errs) != 0 {
		t.Fatalf("%d games, errors %v", len(games), errs)
	}
	return games[0]
}

func sans(moves []Move) string {
	var b []string
	for _, m := range moves {
		b = append(b, m.SAN)
	}
	return strings.Join(b, " ")
}

const annotated = `% an escape line
[Event "A \"quoted\" \\ event"]
[Site "?"] [Date "2024.01.01"]
[White  "Müller"]
[Result "1-0"]

{Before all.} 1. e4 {Best by test. [%clk 0:05:03.5]} e5!? $14 2.Nf3 ; to the
% hidden ( } {
Nc6 (2... d6 {Philidor} 3. d4 (3.Bc4 Be7) 3...exd4 ?!) (2... Nf6) 3. Bb5
a6?? 4. 0-0 {[%eval 0.3] [%clk 1:00:00]} d5 += 1-0
`

func TestReadAnnotated(t *testing.T) {
	g := readOne(t, annotated)
	for name, want := range map[string]string{"Event": `A "quoted" \ event`, "Date": "2024.01.01", "White": "Müller", "Black": ""} {
		if got := g.Tag(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := sans(g.Moves); got != "e4 e5 Nf3 Nc6 Bb5 a6 O-O d5" {
		t.Errorf("moves %s", got)
	}
	for text, want := range map[string]string{
		"1.e4 a6 2.e5 d5 3.exd6e.p. *":           "e4 a6 e5 d5 exd6",
		"1. e4 a6 2. e5 d5 3. exd6 e.p. *":       "e4 a6 e5 d5 exd6",
		"1 e4 a6 2 e5. d5 *":                     "e4 a6 e5 d5",
		"e2e4 e7-e5 Ng1-f3 *":                    "e4 e5 Nf3",
		"1. e4 e5 2. Nf3 Nc6 3. Bc4 Bc5 4. 0-0":  "e4 e5 Nf3 Nc6 Bc4 Bc5 O-O",
		"1.e4 +/- e5 +- 2.Nf3 ½-½":               "e4 e5 Nf3",
		"1. f3 e5 2. g4 Qh4 0-1 {White resigns}": "f3 e5 g4 Qh4#",
	} {
		if got := sans(readOne(t, text).Moves); got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
}

func TestReadDetails(t *testing.T) {
	g := readOne(t, annotated)
	if g.Line != 2 || g.Comment != "Before all." || g.Result != WhiteWins || len(g.Problems) != 0 {
		t.Errorf("line %d, comment %q, result %q, problems %v", g.Line, g.Comment, g.Result, g.Problems)
	}
	m := g.Moves
	if m[0].Comment != "Best by test." || !m[0].HasClock || m[0].Clock != 303_500 {
		t.Errorf("first move: %+v", m[0])
	}
	if !reflect.DeepEqual(m[1].NAGs, []uint8{5, 14}) || !reflect.DeepEqual(m[5].NAGs, []uint8{4}) || !reflect.DeepEqual(m[7].NAGs, []uint8{14}) {
		t.Errorf("annotations: %v %v %v", m[1].NAGs, m[5].NAGs, m[7].NAGs)
	}
	if m[2].Comment != "to the" || m[6].Comment != "[%eval 0.3]" || m[6].Clock != 3_600_000 {
		t.Errorf("comments: %q, %q", m[2].Comment, m[6].Comment)
	}
	v := m[3].Variations
	if len(v) != 2 || sans(v[0].Moves) != "d6 d4 exd4" || sans(v[1].Moves) != "Nf6" {
		t.Fatalf("variations: %+v", v)
	}
	if v[0].Moves[0].Comment != "Philidor" || sans(v[0].Moves[1].Variations[0].Moves) != "Bc4 Be7" || v[0].Moves[2].NAGs[0] != 6 {
		t.Errorf("inner variation: %+v", v[0].Moves)
	}
}

// TestEncodings reads the same game in each encoding and with each line ending.
func TestEncodings(t *testing.T) {
	const game = "[White \"Réti\"]\n[Black \"?\"]\n\n1. Nf3 {für} d5 2. c4\n*\n\n[White \"Two\"]\n\n1. e4 *\n"
	latin := make([]byte, 0, len(game))
	for _, r := range game {
		latin = append(latin, byte(r))
	}
	for name, in := range map[string][]byte{
		"UTF-8":     []byte(game),
		"mark":      []byte("\ufeff" + game),
		"two marks": []byte("\ufeff" + strings.Replace(game, "[White \"Two", "\ufeff[White \"Two", 1)),
		"Latin-1":   latin,
		"CRLF":      []byte(strings.ReplaceAll(game, "\n", "\r\n")),
		"CR":        []byte(strings.ReplaceAll(game, "\n", "\r")),
	} {
		games, errs := readAll(t, iotest.OneByteReader(bytes.NewReader(in)))
		if len(games) != 2 || len(errs) != 0 {
			t.Errorf("%s: %d games, %v", name, len(games), errs)
			continue
		}
		if g := games[0]; g.Tag("White") != "Réti" || g.Moves[0].Comment != "für" || len(g.Moves) != 3 || games[1].Line != 7 {
			t.Errorf("%s: %q %q, %d moves, second on line %d", name, g.Tag("White"), g.Moves[0].Comment, len(g.Moves), games[1].Line)
		}
	}
	if _, errs := readAll(t, strings.NewReader("\xff\xfe[\x00E\x00")); len(errs) != 1 || errs[0].Kind != WrongEncoding {
		t.Errorf("UTF-16: %v", errs)
	}
}

// TestBroken: each broken game is reported with its line, and the good ones around
// it are read.
func TestBroken(t *testing.T) {
	good := "[Event \"good\"]\n\n1. e4 e5 1/2-1/2\n\n"
	for _, c := range []struct {
		name, game string
		kind       ErrorKind
		line       int // after the two lines of tag and blank and the good game's four
		says       string
	}{
		{"illegal move", "[Event \"x\"]\n\n1. e4 e5\n2. Ke3 Nf6 1-0\n", BadMove, 8, "no king can move like that"},
		{"ambiguous", "[Event \"x\"]\n\n1. d4 d5 2. Nf3 Nf6 3. Nd2 1-0\n", BadMove, 7, "Nbd2 or Nfd2"},
		{"garbage", "[Event \"x\"]\n\nhello world\n", BadMove, 7, "is no move"},
		{"bad FEN", "[Event \"x\"]\n[FEN \"8/8\"]\n\n1. e4 *\n", BadStart, 0, "2 ranks"},
		{"other chess", "[Event \"x\"]\n[Variant \"Atomic\"]\n\n1. e4 *\n", BadStart, 0, "another kind"},
		{"open comment", "[Event \"x\"]\n\n1. e4 {never closed\n\n", Unterminated, 7, "without end"},
		{"null move", "[Event \"x\"]\n\n1. e4 -- *\n", BadMove, 7, "null move"},
		{"deep", "[Event \"x\"]\n\n1. e4 " + strings.Repeat("(1. d4 ", 60) + "*\n", TooLong, 7, "deep"},
		{"many moves", "[Event \"x\"]\n\n" + strings.Repeat("Nf3 Nf6 Ng1 Ng8 ", 6000) + "*\n", TooLong, 7, ""},
		{"many variations", "[Event \"x\"]\n\n1. e4 " + strings.Repeat("()", 30_000) + "*\n", TooLong, 7, ""},
		{"long comment", "[Event \"x\"]\n\n1. e4 {" + strings.Repeat("long ", 1<<20) + "} *\n", TooLong, 7, ""},
		{"many tags", strings.Repeat("[Event \"x\"]\n", 2000) + "\n1. e4 *\n", TooLong, 0, ""},
	} {
		games, errs := readAll(t, strings.NewReader(good+c.game+"\n"+good))
		if len(errs) == 0 || errs[0].Kind != c.kind || c.line != 0 && errs[0].Line != c.line || !strings.Contains(errs[0].Error(), c.says) {
			t.Errorf("%s: %v", c.name, errs)
		}
		last := games[len(games)-1]
		if games[0].Tag("Event") != "good" || last.Tag("Event") != "good" || sans(last.Moves) != "e4 e5" || last.Result != Draw {
			t.Errorf("%s: the games around it are not read", c.name)
		}
	}
}

// TestProblems: what does not spoil the main line is noted, and the game is read.
func TestProblems(t *testing.T) {
	for _, c := range []struct {
		game string
		kind ErrorKind
	}{
		{"[Event x]\n[White \"W\"]\n\n1. e4 e5 *", BadTag},
		{"[Event \"x\" y]\n[White \"W\"]\n\n1. e4 e5 *", BadTag},
		{"[Event \"x\n[White \"W\"]\n\n1. e4 e5 *", BadTag},
		{"[White \"W\"]\n\n1. e4 (1. Ke2 Ke7 (1... e5) 2. d4) e5 *", BadVariation},
		{"[White \"W\"]\n\n1. e4 (1. d4 -- 2. e4) e5 *", BadVariation},
		{"[White \"W\"]\n\n(1. d4) 1. e4 e5 *", BadVariation},
		{"[White \"W\"]\n\n1. e4) e5 *", BadVariation},
		{"[White \"W\"]\n\n1. e4 e5 (1... c5", BadVariation},
		{"[White \"W\"]\n\n1. e4 ] e5 *", Unexpected},
		{"[White \"W\"]\n\n1. e4 {" + strings.Repeat("x", 15<<10) + "} {" + strings.Repeat("x", 15<<10) + "} e5 *", TooLong},
	} {
		games, errs := readAll(t, strings.NewReader(c.game))
		if len(games) != 1 || len(errs) != 0 {
			t.Errorf("%q: %d games, %v", c.game, len(games), errs)
			continue
		}
		g := games[0]
		if len(g.Problems) != 1 || g.Problems[0].Kind != c.kind || sans(g.Moves) != "e4 e5" || g.Tag("White") != "W" {
			t.Errorf("%q: %s, %v", c.game, sans(g.Moves), g.Problems)
		}
	}
}

func TestStartTags(t *testing.T) {
	g := readOne(t, "[SetUp \"1\"]\n[FEN \"4k3/8/8/8/8/8/4P3/4K3 b - - 0 7\"]\n\n7... Kd7 8. e4 *\n")
	if g.Start.Number() != 7 || sans(g.Moves) != "Kd7 e4" {
		t.Errorf("number %d, %s", g.Start.Number(), sans(g.Moves))
	}
	const shuffled = "[FEN \"bqnb1rkr/pp3ppp/3ppn2/2p5/5P2/P2P4/NPP1P1PP/BQ1BNRKR b HFhf - 2 9\"]\n\n9... Nd7 10. g3 Nf6 *\n"
	for _, tag := range []string{"[Variant \"Chess960\"]\n", "[Variant \"Fischerandom\"]\n", ""} {
		if g := readOne(t, tag+shuffled); g.Start.Ruleset() != rules.Chess960 {
			t.Errorf("%q: rule set %d", tag, g.Start.Ruleset())
		}
	}
}

func TestDisagreement(t *testing.T) {
	for _, c := range []struct{ game, says string }{
		{"[Result \"1-0\"]\n\n1. e4 1-0", ""},
		{"[Result \"1-0\"]\n\n1. e4 0-1", "header says 1-0"},
		{"[Result \"*\"]\n\n1. e4 0-1", ""},
		{"[Result \"0-1\"]\n\n1. f3 e5 2. g4 Qh4# 0-1", ""},
		{"[Result \"1-0\"]\n\n1. f3 e5 2. g4 Qh4# 1-0", "board shows 0-1"},
		{"[Result \"1-0\"]\n\n1. f3 e5 2. g4 Qh4#", "board shows 0-1"},
	} {
		if got := readOne(t, c.game).Disagreement(); (got == "") != (c.says == "") || !strings.Contains(got, c.says) {
			t.Errorf("%q: %q, want %q", c.game, got, c.says)
		}
	}
}

// TestHostile reads and writes what is made to be slow: it must take time in
// proportion to its size, or this test never ends.
func TestHostile(t *testing.T) {
	size := 1 << 17
	if os.Getenv("HANSU_SOAK") != "" {
		size = 1 << 21
	}
	for _, unit := range []string{"{a}", "{a} (1. d4)", "[%clk 1:2:3]", "%", "% ", "$1", "!", "(", ")", "1. ", "{", ";", "\\", "[a \"", "Nf3 ", "e.p."} {
		in := strings.Repeat(unit, size/len(unit))
		for _, game := range []string{in, "1. e4 " + in, "1. e4 {" + in + "} *", "[a \"" + in + "\"]\n"} {
			games, _ := readAll(t, strings.NewReader(game))
			for _, g := range games {
				if g.End != nil {
					if err := Write(io.Discard, g); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
}

// TestReadError: an error of the stream is no broken game.
func TestReadError(t *testing.T) {
	broken := errors.New("disk on fire")
	r := NewReader(io.MultiReader(strings.NewReader("[Event \"x\"]\n\n1. e4"), iotest.ErrReader(broken)))
	if _, err := r.Next(); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

// write returns g as it is written, having checked its lines.
func write(t testing.TB, g *Game) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, g); err != nil {
		t.Fatal(err)
	}
	_, moves, _ := strings.Cut(b.String(), "\n\n")
	for line := range strings.Lines(moves) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > width && strings.Contains(line[:width], " ") {
			t.Errorf("a line of %d characters: %q", n, line)
		}
	}
	return b.String()
}

// checkRoundTrip writes g, reads it, and compares.
func checkRoundTrip(t testing.TB, g *Game) {
	t.Helper()
	s := write(t, g)
	again := readOne(t, s)
	if !reflect.DeepEqual(again.Moves, g.Moves) || again.Comment != g.Comment || again.End.FEN() != g.End.FEN() {
		t.Fatalf("written and read differently:\n%s", s)
	}
	for _, tag := range g.Tags {
		if got := again.Tag(tag.Name); got != tag.Value && tag.Name != "Result" && tag.Name != "SetUp" && tag.Name != "FEN" &&
			tag.Name != "Variant" && tag.Value != "" && g.Tag(tag.Name) == tag.Value {
			t.Fatalf("tag %s: %q, was %q", tag.Name, got, tag.Value)
		}
	}
	if s2 := write(t, again); s2 != s {
		t.Fatalf("written differently the second time:\n%s\n%s", s, s2)
	}
}

func TestWrite(t *testing.T) {
	g := readOne(t, annotated)
	checkRoundTrip(t, g)
	const want = `[Event "A \"quoted\" \\ event"]
[Site "?"]
[Date "2024.01.01"]
[Round "?"]
[White "Müller"]
[Black "?"]
[Result "1-0"]

{Before all.} 1. e4 {[%clk 0:05:03.5] Best by test.} 1... e5 $5 $14 2. Nf3 {to
the} 2... Nc6 (2... d6 {Philidor} 3. d4 (3. Bc4 Be7) 3... exd4 $6) (2... Nf6)
3. Bb5 a6 $4 4. O-O {[%clk 1:00:00] [%eval 0.3]} 4... d5 $14 1-0

`
	if got := write(t, g); got != want {
		t.Errorf("written:\n%s", got)
	}
	hostile := readOne(t, "1. e4 e5 *")
	hostile.Comment = "} * [Event \"y\"]\n% " + strings.Repeat("[Event \"z\"] %x ", 30)
	hostile.Set("White", "a\"b\\c\nd]")
	s := write(t, hostile)
	again := readOne(t, s)
	if again.Tag("White") != `a"b\c d]` || sans(again.Moves) != "e4 e5" || !strings.HasPrefix(again.Comment, ") * [Event") {
		t.Errorf("hostile texts:\n%s", s)
	}
}

func TestNew(t *testing.T) {
	start, err := chess.New(rules.Variant{Kind: rules.Chess, Rules: rules.Chess960, Start: 0})
	if err != nil {
		t.Fatal(err)
	}
	m, err := start.Parse("f4")
	if err != nil {
		t.Fatal(err)
	}
	g, err := New(start, []rules.Move{m})
	if err != nil {
		t.Fatal(err)
	}
	g.Set("White", "A")
	g.Set("White", "B")
	s := write(t, g)
	for _, want := range []string{"[Variant \"Chess960\"]", "[SetUp \"1\"]", "[FEN \"bbqnnrkr/", "[White \"B\"]", "[Result \"*\"]", "1. f4 *"} {
		if !strings.Contains(s, want) {
			t.Errorf("no %s in\n%s", want, s)
		}
	}
	checkRoundTrip(t, g)
	if _, err := New(start, []rules.Move{{}}); err == nil {
		t.Error("an illegal move is recorded")
	}
}

// TestHistoric reads our own games: no errors, results agree, and they are written
// as they stand there.
func TestHistoric(t *testing.T) {
	in, err := os.ReadFile("../testdata/games/historic.pgn")
	if err != nil {
		t.Fatal(err)
	}
	games, errs := readAll(t, bytes.NewReader(in))
	if len(errs) != 0 || len(games) < 24 {
		t.Fatalf("%d games, %v", len(games), errs)
	}
	var out strings.Builder
	for _, g := range games {
		if d := g.Disagreement(); d != "" || len(g.Problems) != 0 {
			t.Errorf("%s: %s, %v", g.Tag("White"), d, g.Problems)
		}
		out.WriteString(write(t, g))
		checkRoundTrip(t, g)
	}
	if strings.TrimSpace(out.String()) != strings.TrimSpace(string(in)) {
		t.Error("historic.pgn is not in export form")
	}
}

// TestShared reads all the games beside the checkout.
func TestShared(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "..", "shared", "data", "chess", "pgn")
	files, err := filepath.Glob(filepath.Join(dir, "*.pgn"))
	if err != nil || len(files) == 0 {
		t.Skip("needs ../shared/data")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			f, err := os.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			games, errs := readAll(t, f)
			plies := 0
			for _, g := range games {
				plies += len(g.Moves)
				for _, p := range g.Problems {
					t.Logf("noted: %v", p)
				}
				if d := g.Disagreement(); d != "" {
					t.Logf("line %d: %s", g.Line, d)
				}
			}
			for i, g := range games {
				if len(errs) == 0 && (testing.Short() || i%4 == 0) {
					checkRoundTrip(t, g)
				}
			}
			t.Logf("%d games, %d half-moves, errors %v", len(games), plies, errs)
			// Two files hold what no rules allow.
			says := map[string]string{
				"badpgn.pgn":           "is no move",
				"anastasian-lewis.pgn": "null move", // 41... Z0: Black passes
			}[filepath.Base(file)]
			switch {
			case says == "" && len(errs) == 0:
			case says == "" || len(errs) != 1 || !strings.Contains(errs[0].Error(), says):
				t.Errorf("errors: %v", errs)
			}
		})
	}
}

// FuzzReader: any bytes are read to their end, with each game either whole or with
// an error, and a whole one survives being written and read.
func FuzzReader(f *testing.F) {
	f.Add([]byte(annotated))
	f.Add([]byte("\ufeff[Event \"x\"]\r\n\r\n1. e4 {x} (1. d4 (1. c4)) e5 $255 1/2-1/2"))
	f.Add([]byte("[a \"\\\"]\n[b]\n[\n{;}\n((((()))))$$$%\n%\n;"))
	f.Add([]byte("[FEN \"8/8/4k3/1p1p1p1p/1P1P1P1P/4K3/8/8 w - - 0 1\"]\n\n1. Kd3 {[%clk 1:2:3.4] [%clk]} *"))
	f.Add([]byte("\xff\xfe\xe9\x80 1. Nf3 \xbd-\xbd ½-½"))
	f.Fuzz(func(t *testing.T, in []byte) {
		games, _ := readAll(t, bytes.NewReader(in))
		if len(games) > len(in)+1 {
			t.Fatalf("%d games in %d bytes", len(games), len(in))
		}
		for _, g := range games {
			if g.End == nil {
				continue
			}
			again, errs := readAll(t, strings.NewReader(write(t, g)))
			if len(again) != 1 || len(errs) != 0 || again[0].End.FEN() != g.End.FEN() {
				t.Fatalf("%q is written\n%s\nand read as %d games, %v", in, write(t, g), len(again), errs)
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	in, err := os.ReadFile("../testdata/games/historic.pgn")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		r := NewReader(bytes.NewReader(in))
		for {
			if _, err := r.Next(); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
	}
}
