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

// TestPageRules holds the rules that the page has of its own, to show where one may go and what a
// move is called, to the server's.
func TestPageRules(t *testing.T) {
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
	add("chess", 160, 12)
	add("chess:960", 120, 12)
	for _, text := range []string{"omok", "omok:freestyle:20:centre", "omok:caro:swap2", "omok:korean"} {
		add(text, 60, 2)
	}
	for _, opening := range []string{"centre", "swap2", "rif", "soosorv8", "taraguchi10"} {
		add("omok:renju:"+opening, 60, 12)
	}
	dir := t.TempDir()
	data, err := json.Marshal(games)
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
	if want := fmt.Sprintf("%d games, %d plies\n", len(games), plies); string(out) != want {
		t.Fatalf("%q, want %q", out, want)
	}
}
