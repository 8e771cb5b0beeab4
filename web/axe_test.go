package web_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"hansu/client"
	"hansu/server"
)

// axeFile is axe-core as ./scripts/npm-setup leaves it.
var axeFile = filepath.Join("..", ".cache", "npm", "node_modules", "axe-core", "axe.min.js")

// axe holds what is on the screen to axe-core's rules, WCAG 2.2 AA and the best practices, in the light
// and in the dark. It leaves the light on.
func (b *browser) axe(screen string) {
	b.t.Helper()
	for _, scheme := range []string{"dark", "light"} {
		b.media("prefers-color-scheme", scheme, "prefers-reduced-motion", "reduce") // nothing is half faded in
		b.wait(fmt.Sprintf(`matchMedia("(prefers-color-scheme: %s)").matches && document.getAnimations().every((a) => a.playState !== "running")`, scheme))
		found, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](`axe.run(document, { resultTypes: ["violations"] }).then((r) =>
			r.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.target.join(" ") + ": " + n.html.slice(0, 200) + ": " + n.failureSummary)))`, chromedp.EvalAwaitPromise))
		if err != nil {
			b.t.Fatal(err)
		}
		for _, violation := range found {
			b.t.Errorf("%s, %s, %s: %s", screen, scheme, b.lang, violation)
		}
		if len(found) > 0 {
			b.shot("axe-" + screen + "-" + scheme)
		}
	}
}

// load opens an address and brings axe-core into the page, as the debugger may: the page's policy lets
// nothing in.
func (b *browser) load(path, axe string) {
	b.t.Helper()
	b.open(path)
	b.do(axe)
}

// TestAccessible: axe-core finds nothing on any screen, in both languages, light and dark, large and small.
func TestAccessible(t *testing.T) {
	source, err := os.ReadFile(axeFile)
	if err != nil {
		t.Skip("needs axe-core: ./scripts/npm-setup")
	}
	axe := string(source)
	s := serve(t, server.Config{})
	for _, c := range []struct {
		name, language string
		size           screen
	}{{"Korean, small", "ko-KR", phone}, {"English, large", "en-GB", desktop}} {
		t.Run(c.name, func(t *testing.T) {
			s := s.in(t)
			b := s.browser(c.language, c.size)
			b.load("/", axe)
			b.name("One")
			s.table("omok", false, "하나", "Two")
			waiting := s.player("Three") // there is something in the lists of the lobby
			waiting.must(client.Open{Variant: variant(t, "chess")})
			b.wait(`document.querySelectorAll(".lists button, .lists a").length >= 2`)
			b.axe("lobby")
			b.click(".gear")
			b.wait(`document.querySelector("dialog[open]")`)
			b.axe("settings")
			b.do(`if (document.querySelector("#set-confirm").checked) document.querySelector("#set-confirm").click(); document.querySelector("dialog[open]").close()`)
			waiting.must(client.Leave{Table: waiting.table.ID})
			b.omok(s)
			b.load("/", axe)
			b.chess(s)
		})
	}
}

// in is the same site for a part of a test.
func (s *site) in(t *testing.T) *site {
	part := *s
	part.t = t
	return &part
}

// omok goes from the lobby through a private game of omok, to its end.
func (b *browser) omok(s *site) {
	b.t.Helper()
	b.click("#private")
	b.wait(`document.querySelector(".invite img.qr").complete`)
	b.axe("waiting")
	p := s.player("상대")
	p.must(client.Enter{Code: b.code()})
	b.wait(`document.querySelector(".turn")`)
	b.press("h8")
	b.plies(1)
	p.plies(1)
	p.move("a1")
	p.must(client.Say{Table: p.table.ID, Text: "안녕하세요"})
	p.must(client.Propose{Table: p.table.ID, What: client.DrawOffer})
	b.plies(2)
	b.axe("omok")
	p.must(client.Resign{Table: p.table.ID})
	b.wait(`document.querySelector(".winner")`)
	b.axe("omok over")
}

// chess goes from the lobby through a game of chess with a promotion, and to its record.
func (b *browser) chess(s *site) {
	b.t.Helper()
	axe, _ := os.ReadFile(axeFile)
	b.click(`[data-kind="2"]`)
	b.click("#private")
	p := s.player("Opponent")
	code := b.code()
	p.must(client.Enter{Code: code})
	b.wait(`document.querySelector(".turn")`)
	for i, m := range []string{"h2h4", "g5", "h4g5", "h6", "g5h6", "a6", "h6h7", "a5", "h7g8"} {
		if i%2 == 1 {
			p.plies(i)
			p.move(m)
		} else {
			b.plies(i)
			b.press(m[:2])
			b.press(m[2:])
		}
	}
	b.wait(`document.querySelector(".promotion:not([hidden])")`)
	b.axe("promotion")
	b.click(".promotion button")
	b.plies(9)
	p.plies(9)
	b.axe("chess")
	p.must(client.Resign{Table: p.table.ID})
	b.wait(`document.querySelector(".winner")`)
	b.load("/r/"+code+"/1", string(axe))
	b.plies(9)
	b.axe("record")
}
