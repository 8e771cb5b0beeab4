package records

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"hansu/rules"
	"hansu/rules/variants"
)

// played plays moves in their notation and returns the game, ended by outcome or by the board.
func played(t testing.TB, variant string, outcome rules.Outcome, moves string) Game {
	t.Helper()
	v, err := variants.Parse(variant)
	if err != nil {
		t.Fatal(err)
	}
	now, err := variants.Start(v)
	if err != nil {
		t.Fatal(err)
	}
	g := Game{
		Code: "K7QX2M", Number: 2, Variant: v, First: "Ada \"Q\" [x]", Second: "김한수",
		Started: "2026-11-23T09:31:56Z", Ended: "2026-11-23T10:00:00Z", Outcome: outcome,
	}
	for _, text := range strings.Fields(moves) {
		m, err := now.Parse(text)
		if err == nil {
			now, err = now.Play(m)
		}
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		g.Moves = append(g.Moves, Move{Move: m})
	}
	if o := now.Outcome(); o.Over() {
		g.Outcome = o
	}
	return g
}

var (
	resigned = rules.Outcome{Reason: rules.Resignation, Winner: rules.Second}
	flagged  = rules.Outcome{Reason: rules.Flag, Winner: rules.First}
	claimed  = rules.Outcome{Reason: rules.ForbiddenMove, Winner: rules.Second}
)

// games are games of every kind.
func games(t testing.TB) map[string]Game {
	return map[string]Game{
		"mate":        played(t, "chess", rules.Outcome{}, "f3 e5 g4 Qh4#"),
		"resigned":    played(t, "chess", resigned, "e4 e5 Nf3"),
		"no moves":    played(t, "chess", resigned, ""),
		"called off":  played(t, "chess", rules.Outcome{Reason: rules.Aborted}, "e4"),
		"going on":    played(t, "chess", rules.Outcome{}, "e4 e5"),
		"flag":        played(t, "chess:960:0", flagged, "e4 e5"),
		"orthodox960": played(t, "chess:960:518", resigned, "e4 e5 Nf3 Nc6 Bc4 Bc5 O-O"),
		"repetition":  played(t, "chess", rules.Outcome{Reason: rules.Threefold}, "Nf3 Nf6 Ng1 Ng8 Nf3 Nf6 Ng1 Ng8"),
		"five":        played(t, "omok", rules.Outcome{}, five),
		"freestyle19": played(t, "omok:freestyle:19", rules.Outcome{}, "s19 a1 r19 b1 q19 c1 p19 d1 o19"),
		"swap2":       played(t, "omok:swap2", resigned, "h8 h9 i8 white a1"),
		"swap2 more":  played(t, "omok:renju:swap2", resigned, "h8 h9 j8 more a1 b2 white c3"),
		"taraguchi":   played(t, "omok:renju:taraguchi10", resigned, "h8 swap h9 stay i9"),
		"passes":      played(t, "omok:renju", rules.Outcome{}, "h8 pass pass"),
		"forbidden":   played(t, "omok:renju:forbidden-loses", claimed, "h8 a1 i8 a3 j9 a5 j10 a7 j8"),
		"korean":      played(t, "omok:omok", resigned, "h8 i9"),
		"caro":        played(t, "omok:caro", resigned, "h8 i9"),
	}
}

// TestWrite writes every game in every format, and checks it. psq and lists without a header do not say what
// is played: the fallback does.
func TestWrite(t *testing.T) {
	for name, g := range games(t) {
		for f := Auto; f <= JSON; f++ {
			t.Run(name+"/"+f.String(), func(t *testing.T) { testWrite(t, name, f, g) })
		}
	}
}

func testWrite(t *testing.T, name string, f Format, g Game) {
	chess := g.Variant.Kind == rules.Chess
	can := f == JSON || chess && f == PGN || !chess && (f == SGF || f == Moves || f == PSQ && name != "passes")
	var out bytes.Buffer
	err := Write(&out, f, g)
	if can != (err == nil) || err != nil && (!errors.Is(err, ErrFormat) || out.Len() > 0) {
		t.Fatalf("%v with %d bytes written", err, out.Len())
	}
	if !can {
		return
	}
	one := out.String()
	if err := Write(&out, f, g); err != nil { // two games in one file
		t.Fatal(err)
	}
	r, faults := checkText(t, Options{Fallback: g.Variant}, out.String())
	plies := len(g.Moves)
	if f == SGF || f == PSQ {
		plies = stones(g)
	}
	says := g.Outcome.Reason != rules.NoReason && g.Outcome.Reason != rules.Aborted && f != PSQ
	want := Report{Format: f, Games: 2, Moves: 2 * plies}
	if says {
		want.Results, want.Agree = 2, 2
	}
	if r != want || len(faults) > 0 {
		t.Errorf("got  %+v %q\nwant %+v\n%s", r, faults, want, one)
	}
	for _, text := range []string{"Ada", "김한수"} {
		if !strings.Contains(one, text) {
			t.Errorf("%q is not in\n%s", text, one)
		}
	}
}

// stones counts the moves that are left without an opening's choices.
func stones(g Game) int {
	n := 0
	for _, m := range g.Moves {
		if m.Kind == rules.Play || m.Kind == rules.Pass {
			n++
		}
	}
	return n
}

// TestWriteIllegal: a game with a move that is not legal is refused, and nothing is written.
func TestWriteIllegal(t *testing.T) {
	for f, variant := range map[Format]string{PGN: "chess", JSON: "chess", SGF: "omok", PSQ: "omok", Moves: "omok"} {
		g := played(t, variant, rules.Outcome{}, "")
		g.Moves = []Move{{Move: rules.Move{To: rules.Point{Col: 200, Row: 200}}}}
		var out bytes.Buffer
		if err := Write(&out, f, g); err == nil || errors.Is(err, ErrFormat) || out.Len() > 0 {
			t.Errorf("%v: %v with %d bytes written", f, err, out.Len())
		}
	}
}

func TestTags(t *testing.T) {
	g := games(t)["flag"]
	g.Time = rules.TimeControl{Timing: rules.Fischer, Main: 300_000, Extra: 3_000}
	g.Moves[0].Left, g.Moves[0].Timed = rules.TimeLeft{Main: 299_000}, true
	g.Moves[1].Left, g.Moves[1].Timed = rules.TimeLeft{Main: 3_599_500}, true
	var out bytes.Buffer
	if err := Write(&out, PGN, g); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"[Event \"Hansu\"]\n", "[Date \"2026.11.23\"]\n", "[Round \"2\"]\n", `[White "Ada \"Q\" [x]"]`, "[Black \"김한수\"]\n", "[Result \"1-0\"]\n",
		"[Variant \"Chess960\"]\n", "[SetUp \"1\"]\n", "[FEN \"bbqnnrkr/pppppppp/8/8/8/8/PPPPPPPP/BBQNNRKR w ",
		"[UTCDate \"2026.11.23\"]\n", "[UTCTime \"09:31:56\"]\n", "[TimeControl \"300+3\"]\n", "[Termination \"time forfeit\"]\n", "[Reason \"flag\"]\n",
		"[Table \"K7QX2M\"]\n", "1. e4 {[%clk 0:04:59]} 1... e5 {[%clk 0:59:59.5]} 1-0\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
}

func TestTimeTag(t *testing.T) {
	for setting, want := range map[string]string{
		"none": "- true", "5+3": "300+3 true", "5": "300 true", "0+3": "3+3 true", "3d/move": "1/259200 true", "30s/move": "1/30 true",
		"10m+25/5m": "600:25/300 true", "10m+3x30s": "? false", "5d3": "? false", "5+0.5": "? false",
	} {
		tc, err := rules.ParseTimeControl(setting)
		if err != nil {
			t.Fatal(err)
		}
		text, exact := timeTag(tc)
		if got := fmt.Sprint(text, " ", exact); got != want {
			t.Errorf("%s: %s, want %s", setting, got, want)
		}
		g := games(t)["mate"]
		g.Time = tc
		var out bytes.Buffer
		if err := Write(&out, PGN, g); err != nil {
			t.Fatal(err)
		}
		if has := strings.Contains(out.String(), "[TimeSetting \""+tc.String()+"\"]"); has == exact {
			t.Errorf("%s: TimeSetting there: %v\n%s", setting, has, out.String())
		}
	}
}

// TestJSON reads a line with a JSON reader of someone else.
func TestJSON(t *testing.T) {
	g := games(t)["swap2"]
	g.Time = rules.TimeControl{Timing: rules.Byoyomi, Main: 60_000, Extra: 30_000, Periods: 3}
	for i := range g.Moves {
		g.Moves[i].Left, g.Moves[i].Timed = rules.TimeLeft{Main: 50_000, Extra: 30_000, Periods: 3}, true
	}
	g.Moves[4].Left = rules.TimeLeft{Extra: 21_000, Periods: 2}
	var out bytes.Buffer
	if err := Write(&out, JSON, g); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"code": "K7QX2M", "number": "2", "variant": "omok:swap2", "time": "1m+3x30s", "first": g.First, "second": g.Second,
		"black": g.First, "white": g.Second, "started": g.Started, "ended": g.Ended, "result": "white", "reason": "resignation",
		"moves": "[h8 h9 i8 white a1]", "left_ms": "[50000 50000 50000 50000 21000]",
	} {
		if s := fmt.Sprint(got[key]); s != want {
			t.Errorf("%s: %s, want %s", key, s, want)
		}
	}
	if n := bytes.Count(out.Bytes(), []byte("\n")); n != 1 {
		t.Errorf("%d lines", n)
	}
}
