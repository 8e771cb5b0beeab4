package records

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
	"testing/iotest"

	"hansu/rules"
)

// checkText checks a text and returns the report with the faults as line:kind:reason.
func checkText(t *testing.T, o Options, text string) (Report, []string) {
	t.Helper()
	var faults []string
	// One byte at a time: nothing may depend on how a file's bytes arrive.
	r, err := Check(iotest.OneByteReader(strings.NewReader(text)), o, func(f Fault) {
		faults = append(faults, fmt.Sprintf("%d:%v:%s", f.Line, f.Kind, f.Reason))
	})
	if err != nil {
		t.Fatal(err)
	}
	return r, faults
}

// five is a game that black wins by five, row 8 against row 1.
const five = "h8 a1 i8 b1 j8 c1 k8 d1 l8"

// TestNoGames: files that hold something else are said to, not taken for games full of errors.
func TestNoGames(t *testing.T) {
	for name, text := range map[string]string{
		"prose.txt":   "Rule and record data to test against.\n",
		"suite.epd":   "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1 ;D1 20 ;D2 400\n",
		"start.perft": "# comment: a1 h8\n\nid start\nepd rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq -\nperft 1 20\n",
		"boards.tsv":  "# board\tpoints\n.....X.....\tF9\tno\n",
		"data.json":   "[\n{\n\"id\": 1\n}\n]\n",
		"zeros":       "h8\x00i9\n",
	} {
		_, err := Check(strings.NewReader(text), Options{Name: name}, func(f Fault) { t.Errorf("%s: %v", name, f) })
		if !errors.Is(err, ErrNoRecord) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, text := range []string{"", "\n", "# nothing yet", "#! rules=renju\nh8\n", "# a\n\n  1. H8 i9\n", "1.h8\n", "black\n", "12. h8 z99\n"} {
		if r, err := Check(strings.NewReader(text), Options{}, func(Fault) {}); err != nil || r.Format != Moves {
			t.Errorf("%q: %v, %v", text, r.Format, err)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name, file, text string
		fallback         rules.Variant
		want             Report
		faults           []string // how they begin
	}{
		{
			name: "mate", text: "[Event \"x\"]\n[Result \"0-1\"]\n\n1. f3 e5 2. g4 Qh4# 0-1\n",
			want: Report{Format: PGN, Games: 1, Moves: 4, Results: 1, Agree: 1},
		},
		{
			name: "header against the board", text: "[Event \"x\"]\n[Result \"1-0\"]\n\n1. f3 e5 2. g4 Qh4# 1-0\n",
			want: Report{Format: PGN, Games: 1, Moves: 4, Results: 1}, faults: []string{"1:result:the result is 1-0, but the board shows 0-1"},
		},
		{
			name: "header against the end of the moves", text: "[Event \"x\"]\n[Result \"1-0\"]\n\n1. e4 0-1\n",
			want: Report{Format: PGN, Games: 1, Moves: 1, Results: 1}, faults: []string{"1:result:the header says 1-0"},
		},
		{
			name: "illegal, and the file goes on", text: "[Event \"x\"]\n\n1. e4 e5 2. Ke3 *\n\n[Event \"y\"]\n\n1. d4 *\n",
			want:   Report{Format: PGN, Games: 2, Moves: 3, Errors: 1},
			faults: []string{"3:illegal:bad move \"Ke3\""},
		},
		{
			name: "chess moves alone", file: "x.txt", text: "1. e4 e5 2. Nf3 Nc6 *\n",
			want: Report{Format: PGN, Games: 1, Moves: 4},
		},
		{
			name: "pawn moves, expected to be chess", file: "x.txt", text: "1. e4 e5 *\n", fallback: rules.Variant{Kind: rules.Chess},
			want: Report{Format: PGN, Games: 1, Moves: 2},
		},
		{
			name: "list", text: "#! rules=standard result=black\n" + five + "\nh8 h8\nh8 z99\n",
			want:   Report{Format: Moves, Games: 3, Moves: 11, Results: 1, Agree: 1, Errors: 2},
			faults: []string{"3:illegal:move 2, h8:", "4:illegal:move 2, z99:"},
		},
		{
			name: "list with the wrong winner", text: "#! result=white\n" + five + "\n",
			want: Report{Format: Moves, Games: 1, Moves: 9, Results: 1}, faults: []string{"2:result:the file says \"white\", but on the board black has won (five)"},
		},
		{
			name: "list with a five that is not there", text: "#! result=white reason=five\nh8 a1\n",
			want: Report{Format: Moves, Games: 1, Moves: 2, Results: 1}, faults: []string{"2:result:the file says \"white\", but the board has not decided"},
		},
		{
			name: "six by the rules of the file", text: "#! rules=freestyle result=black\nh8 a1 i8 b1 j8 c1 l8 d1 m8 a2 k8\n",
			want: Report{Format: Moves, Games: 1, Moves: 11, Results: 1, Agree: 1},
		},
		{
			name: "six by the fallback", text: "h8 a1 i8 b1 j8 c1 l8 d1 m8 a2 k8 a3\n", fallback: rules.Variant{Rules: rules.Freestyle},
			want: Report{Format: Moves, Games: 1, Moves: 11, Errors: 1}, faults: []string{"1:illegal:move 12, a3: illegal move"},
		},
		{
			name: "six does not end the standard game", text: "h8 a1 i8 b1 j8 c1 l8 d1 m8 a2 k8 a3\n",
			want: Report{Format: Moves, Games: 1, Moves: 12},
		},
		{
			name: "double three", text: "#! rules=renju\nh8 a1 i8 a3 j9 a5 j10 a7 j8\n",
			want: Report{Format: Moves, Games: 1, Moves: 8, Errors: 1}, faults: []string{"2:illegal:move 9, j8: illegal move"},
		},
		{
			name: "double three, claimed", text: "(;GM[4]RU[renju]SZ[15]RE[W+Forfeit];B[hh];W[ao];B[ih];W[am];B[jg];W[ak];B[jf];W[ai];B[jh])",
			want: Report{Format: SGF, Games: 1, Moves: 9, Results: 1, Agree: 1},
		},
		{
			name: "double three, and black has won", text: "(;GM[4]RU[renju]SZ[15]RE[B+Resign];B[hh];W[ao];B[ih];W[am];B[jg];W[ak];B[jf];W[ai];B[jh])",
			want: Report{Format: SGF, Games: 1, Moves: 8, Errors: 1}, faults: []string{"1:illegal:move 9, j8"},
		},
		{
			name: "double three that nobody claimed", text: "#! rules=renju\nh8 a1 i8 a3 j9 a5 j10 a7 j8 a9\n",
			fallback: rules.Variant{Rules: rules.Renju, ForbiddenLoses: true},
			want:     Report{Format: Moves, Games: 1, Moves: 10},
		},
		{
			name: "psq", text: "Piskvorky 15x15, 0:0, 0\n8,8,0\n8,8,0\n",
			want: Report{Format: PSQ, Games: 1, Moves: 1, Errors: 1}, faults: []string{"3:illegal:move 2, h8"},
		},
		{
			name: "offsets", file: "a.txt", text: "0,0, 1,0\n0,0, 0,0\n",
			want: Report{Format: Offsets, Games: 2, Moves: 3, Errors: 1}, faults: []string{"2:illegal:move 2, k10"},
		},
		{
			name: "openings", text: "eco\tname\tpgn\r\nA00\tx\t1. e4 e5\r\nA01\ty\t1. e5\r\nA02\r\n",
			want:   Report{Format: Openings, Games: 3, Moves: 2, Errors: 2},
			faults: []string{"3:illegal:move 1, e5:", "4:illegal:an opening needs three columns"},
		},
		{
			name: "json", text: `{"variant":"chess","result":"black","reason":"checkmate","moves":["f3","e5","g4","Qh4#"]}` + "\n\n" +
				`{"variant":"omok:renju","result":"white","moves":["h8"]}` + "\n" +
				`{"variant":"go","moves":[]}` + "\n{nothing}\n" +
				`{"variant":"omok","moves":["h8","h8"]}`,
			want:   Report{Format: JSON, Games: 5, Moves: 6, Results: 2, Agree: 2, Errors: 3},
			faults: []string{"4:illegal:", "5:illegal:not a game in JSON", "6:illegal:move 2, h8:"},
		},
		{
			name: "json against the board", text: `{"variant":"chess","result":"white","moves":["f3","e5","g4","Qh4#"]}` + "\n" +
				`{"variant":"chess","result":"white","reason":"checkmate","moves":["e4"]}` + "\n" +
				`{"variant":"chess","result":"draw","reason":"threefold repetition","moves":["e4"]}` + "\n" +
				`{"variant":"chess","result":"draw","reason":"threefold repetition","moves":["Nf3","Nf6","Ng1","Ng8","Nf3","Nf6","Ng1","Ng8"]}`,
			want: Report{Format: JSON, Games: 4, Moves: 14, Results: 4, Agree: 1},
			faults: []string{"1:result:the file says \"white\", but on the board black has won (checkmate)",
				"2:result:the file says \"checkmate\", but the board has not decided", "3:result:the file says \"threefold repetition\", but nothing could be claimed"},
		},
		{name: "empty", text: "", want: Report{Format: Moves}},
		{name: "utf-16", file: "x.pgn", text: "\xff\xfe[\x00", want: Report{Format: PGN, Games: 1, Errors: 1}, faults: []string{"1:illegal:wrong encoding"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, faults := checkText(t, Options{Name: c.file, Fallback: c.fallback}, c.text)
			if got != c.want {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
			if !slices.EqualFunc(faults, c.faults, strings.HasPrefix) {
				t.Errorf("faults %q, want %q", faults, c.faults)
			}
		})
	}
}

// TestCheckProgress: each game is reported, and the numbers only grow.
func TestCheckProgress(t *testing.T) {
	var seen []Report
	text := strings.Repeat("h8 i9\nh8 h8\n", 10)
	last, _ := checkText(t, Options{Progress: func(r Report) { seen = append(seen, r) }}, text)
	if len(seen) != 20 || seen[19] != last {
		t.Fatalf("%d reports, the last %+v of %+v", len(seen), seen[len(seen)-1], last)
	}
	for i := 1; i < len(seen); i++ {
		if seen[i].Games != seen[i-1].Games+1 || seen[i].Errors < seen[i-1].Errors || seen[i].Moves < seen[i-1].Moves {
			t.Errorf("after %+v came %+v", seen[i-1], seen[i])
		}
	}
}

func TestCheckFails(t *testing.T) {
	broken := errors.New("cable pulled")
	for _, text := range []string{"[Event \"x\"]\n\n1. e4", "h8 i9\nh8", "(;GM[4];B[hh]", "Piskvorky 15x15, 0:0, 0\n1,1,0", `{"variant":`} {
		_, err := Check(io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)), Options{}, func(Fault) {})
		if !errors.Is(err, broken) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := Check(strings.NewReader("\x7fELF\x00\x01"), Options{}, func(Fault) {}); !errors.Is(err, ErrNoRecord) {
		t.Errorf("a program: %v", err)
	}
}

// TestCheckLongLines: a line beyond the limit is one error, and what is held of it is bounded.
func TestCheckLongLines(t *testing.T) {
	long := `{"variant":"` + strings.Repeat("x", 3*lineBytesMax) + "\"}\n" + `{"variant":"omok","moves":["h8"]}`
	r, faults := checkText(t, Options{}, long)
	if r.Games != 2 || r.Errors != 1 || r.Moves != 1 || !strings.HasPrefix(faults[0], "1:illegal:the line is longer") {
		t.Errorf("%+v %q", r, faults)
	}
}

func TestDetect(t *testing.T) {
	for _, c := range []struct {
		name, head string
		want       Format
	}{
		{"a.pgn", "", PGN},
		{"a.PGN", "1. e4", PGN},
		{"a.sgf", "", SGF},
		{"a.txt", "(;GM[4]", SGF},
		{"a.pgn", "(;GM[4]", SGF}, // what it says counts more than what it is called
		{"a.psq", "", PSQ},
		{"a", "\xef\xbb\xbf[Event \"x\"]", PGN},
		{"a", "% escape\n; remark\n{ more }\n\n[Event \"x\"]", PGN},
		{"a.txt", "1. e4 c5 2. Nf3", PGN},
		{"a.txt", "e4 e5 1/2-1/2", PGN},
		{"a.txt", "h8 i9 j10", Moves},
		{"a.txt", "#! rules=renju\nh8", Moves},
		{"a.csv", "f7,f6,h6", Moves},
		{"a.txt", "0,0, 1,1\n", Offsets},
		{"a.txt", "# openings\n-7,-8, -6,-9\n", Offsets},
		{"a.tsv", "eco\tname\tpgn\nA00\t", Openings},
		{"a", "{\"variant\":", JSON},
		{"a.jsonl", "", JSON},
		{"a.exe", "MZ\x00\x00", Auto},
	} {
		if got := Detect(c.name, []byte(c.head), 0); got != c.want {
			t.Errorf("%s %q: %v, want %v", c.name, c.head, got, c.want)
		}
	}
}

func TestFormatNames(t *testing.T) {
	for f := Auto; f <= JSON; f++ {
		if got, err := ParseFormat(f.String()); err != nil || got != f {
			t.Errorf("%v reads as %v, %v", f, got, err)
		}
	}
	if _, err := ParseFormat("docx"); err == nil {
		t.Error("docx is a format")
	}
}

// sharedData is the folder of data beside the checkout, or skips.
func sharedData(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the package")
		}
		dir = filepath.Dir(dir)
	}
	data := filepath.Join(dir, "..", "shared", "data")
	if _, err := os.Stat(data); err != nil {
		t.Skip("needs ../shared/data")
	}
	return data
}

// explained are the faults that files of ../shared/data are known to have, with the reason.
var explained = map[string]struct {
	faults []string
	why    string
}{
	"chess/pgn/badpgn.pgn": {[]string{"1:note:bad tag", "2:illegal:bad move \"g\""}, "the file is made to be broken: no line of it is PGN"},
	"chess/pgn/anastasian-lewis.pgn": {[]string{"20:illegal:bad move \"Z0\": a null move"},
		"an analysis that passes for one side to show a threat; the laws of chess know no pass"},
}

// TestSharedRecords plays every file of games in ../shared/data. Each fault must be explained.
func TestSharedRecords(t *testing.T) {
	data := sharedData(t)
	var files []string
	for _, pattern := range []string{"chess/pgn/*", "chess/openings/*", "gomoku/*.psq", "gomoku/*openings*", "renju/*.sgf", "renju/*.csv"} {
		found, err := filepath.Glob(filepath.Join(data, filepath.FromSlash(pattern)))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(found), err)
		}
		files = append(files, found...)
	}
	games := 0
	for _, file := range files {
		name, err := filepath.Rel(data, file)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name = filepath.ToSlash(name)
		var faults []string
		r, err := Check(bytes.NewReader(text), Options{Name: name}, func(f Fault) {
			faults = append(faults, fmt.Sprintf("%d:%v:%s", f.Line, f.Kind, f.Reason))
		})
		if err != nil || r.Games == 0 {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
		if !slices.EqualFunc(faults, explained[name].faults, strings.HasPrefix) {
			t.Errorf("%s: %d of %d results agree; faults %q, explained are %q", name, r.Agree, r.Results, faults, explained[name].faults)
		}
		games += r.Games
	}
	if games < 4000 {
		t.Errorf("only %d games in %d files", games, len(files))
	}
}

// FuzzCheck: whatever the bytes, Check ends, its numbers fit together, and it plays no more
// moves than there are bytes.
func FuzzCheck(f *testing.F) {
	for _, seed := range []string{
		"[Event \"x\"]\n\n1. e4 e5 2. Ke3 (2. Nf3) {a} *\n", "(;GM[4]SZ[15];B[hh];W[];B[tt])", "Piskvorky 15x15, 0:0, 0\n8,8,0\n",
		"#! rules=renju opening=swap2\nh8 h9 i8 white\n", "0,0, 1,0\n", "eco\tname\tpgn\nA00\tx\t1. e4\n",
		`{"variant":"chess:960:0","result":"draw","moves":["e4"]}`, "\x00", "\xff\xfe",
	} {
		f.Add([]byte(seed), uint8(0))
	}
	f.Fuzz(func(t *testing.T, text []byte, format uint8) {
		faults := 0
		r, err := Check(bytes.NewReader(text), Options{Format: Format(format) % (JSON + 1)}, func(at Fault) {
			faults++
			if at.Line < 1 || at.Line > bytes.Count(text, []byte("\n"))+bytes.Count(text, []byte("\r"))+1 || at.Reason == "" {
				t.Errorf("fault %+v in %q", at, text)
			}
		})
		if err != nil && !errors.Is(err, ErrNoRecord) {
			t.Fatal(err)
		}
		if r.Agree > r.Results || r.Results+r.Errors > r.Games || r.Moves > len(text) || faults != r.Errors+r.Notes+r.Results-r.Agree {
			t.Errorf("%+v with %d faults of %q", r, faults, text)
		}
	})
}
