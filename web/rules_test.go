package web_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/evanw/esbuild/pkg/api"

	"hansu/rules"
	"hansu/rules/chess"
	"hansu/rules/omok"
	"hansu/rules/variants"
	"hansu/wirerules"
)

// moveJSON is a move as the page has it.
type moveJSON struct {
	Kind    uint8 `json:"kind"`
	Col     uint8 `json:"col"`
	Row     uint8 `json:"row"`
	FromCol uint8 `json:"fromCol"`
	FromRow uint8 `json:"fromRow"`
	Arg     uint8 `json:"arg"`
}

func toJSON(m rules.Move) moveJSON {
	w := wirerules.ToMove(m)
	return moveJSON{w.Kind, w.Col, w.Row, w.FromCol, w.FromRow, w.Arg}
}

func (m moveJSON) String() string {
	return fmt.Sprintf("%d,%d,%d,%d,%d,%d", m.Kind, m.FromCol, m.FromRow, m.Col, m.Row, m.Arg)
}

type plyJSON struct {
	Legal []string `json:"legal"`
	Exact bool     `json:"exact"`
	Check bool     `json:"check"`
	Next  uint8    `json:"next"`
	Text  string   `json:"text"`
	Move  moveJSON `json:"move"`
}

// randomGame plays legal moves at random and notes what may be played at each.
func randomGame(t *testing.T, v rules.Variant, random *rand.Rand, most int) []plyJSON {
	t.Helper()
	g, err := variants.Start(v)
	if err != nil {
		t.Fatal(err)
	}
	var plies []plyJSON
	for len(plies) < most && !g.Outcome().Over() {
		var ply plyJSON
		legal := g.Legal(nil)
		legal = slices.DeleteFunc(legal, func(m rules.Move) bool { return m.Kind == rules.Pass })
		m := legal[random.IntN(len(legal))]
		for _, x := range legal {
			ply.Legal = append(ply.Legal, toJSON(x).String())
		}
		ply.Exact = true
		if o, ok := g.(omok.Game); ok {
			ply.Next = uint8(o.Next())
			ply.Exact = o.Phase() != omok.Offering // fifth moves alike by symmetry are the server's to refuse
			for _, at := range g.Forbidden(nil) {
				ply.Legal = append(ply.Legal, toJSON(rules.Move{To: at}).String())
			}
		}
		if c, ok := g.(*chess.Game); ok {
			ply.Check = c.Check()
		}
		slices.Sort(ply.Legal)
		ply.Move, ply.Text = toJSON(m), g.Format(m)
		plies = append(plies, ply)
		if g, err = g.Play(m); err != nil {
			t.Fatal(err)
		}
	}
	return plies
}

// randomClocks are clocks that have run for a while, and for a while more.
func randomClocks(t *testing.T, random *rand.Rand) []map[string]any {
	t.Helper()
	type left struct {
		Main    rules.Millis `json:"main"`
		Extra   rules.Millis `json:"extra"`
		Periods uint8        `json:"periods"`
		Stones  uint8        `json:"stones"`
	}
	var all []map[string]any
	for _, text := range []string{"none", "5+3", "5+0", "5d3", "1m+3x30s", "10s+1x5s", "1m+5/1m", "30s/move", "3d/move"} {
		tc, err := rules.ParseTimeControl(text)
		if err != nil {
			t.Fatal(err)
		}
		for range 60 {
			c := rules.NewClock(tc).Start(rules.First, 0)
			span := int64(tc.Main + 4*tc.Extra + 2)
			before := rules.Millis(random.Int64N(span))
			was := c.Left(rules.First, before)
			more := rules.Millis(random.Int64N(span))
			if random.IntN(3) == 0 {
				more = was.Main + rules.Millis(random.IntN(3))*tc.Extra // at an edge
			}
			want := c.Left(rules.First, before+more)
			all = append(all, map[string]any{
				"control": map[string]any{"kind": tc.Timing, "main": tc.Main, "extra": tc.Extra, "periods": tc.Periods, "stones": tc.Stones},
				"left":    left(was), "used": more, "want": left(want),
			})
		}
	}
	return all
}

// TestPageRules holds the rules that the page has of its own, to show where one may go and what a
// move is called, to the server's.
func TestPageRules(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("needs node")
	}
	type game struct {
		Variant map[string]any `json:"variant"`
		Plies   []plyJSON      `json:"plies"`
	}
	var games []game
	random := rand.New(rand.NewPCG(1, 2))
	add := func(text string, most, times int) {
		for range times {
			v := variants.Normal(variant(t, text))
			if v.Rules == rules.Chess960 && v.Start == variants.AnyStart {
				v.Start = uint16(random.IntN(960))
			}
			w := wirerules.ToVariant(v)
			games = append(games, game{map[string]any{"kind": w.Kind, "rules": w.Rules, "size": w.Size, "opening": w.Opening, "start": w.Start, "flags": w.Flags}, randomGame(t, v, random, most)})
		}
	}
	add("chess", 160, 5)
	add("chess:960", 100, 6)
	for _, text := range []string{"omok", "omok:freestyle:20:centre", "omok:caro:swap2", "omok:korean"} {
		add(text, 30, 2)
	}
	for _, opening := range []string{"centre", "swap2", "rif", "soosorv8", "taraguchi10"} {
		add("omok:renju:"+opening, 24, 6)
	}
	dir := t.TempDir()
	clocks := randomClocks(t, random)
	data, err := json.Marshal(map[string]any{"games": games, "clocks": clocks})
	if err != nil {
		t.Fatal(err)
	}
	path, script := filepath.Join(dir, "games.json"), filepath.Join(dir, "rules.mjs")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	result := api.Build(api.BuildOptions{
		EntryPoints: []string{"testdata/rules.ts"}, Outfile: script, Bundle: true, Write: true,
		Platform: api.PlatformNode, Format: api.FormatESModule, LogLevel: api.LogLevelSilent,
	})
	if len(result.Errors) > 0 {
		t.Fatal(api.FormatMessages(result.Errors, api.FormatMessagesOptions{}))
	}
	out, err := exec.Command(node, script, path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%.2000s", err, out)
	}
	plies := 0
	for _, g := range games {
		plies += len(g.Plies)
	}
	if want := fmt.Sprintf("%d games, %d plies, %d clocks\n", len(games), plies, len(clocks)); string(out) != want {
		t.Fatalf("%q, want %q", out, want)
	}
}
