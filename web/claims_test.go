package web_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"hansu/client"
	"hansu/rules"
	"hansu/server"
)

// invited is somebody who has opened a private table, and the browser that has come to it by its link.
func (b *browser) invited(name, game, time string) *player {
	b.t.Helper()
	p := b.site.player(name)
	tc, err := rules.ParseTimeControl(time)
	if err != nil {
		b.t.Fatal(err)
	}
	p.must(client.Open{Variant: variant(b.t, game), Time: tc, Private: true})
	b.open("/g/" + p.table.Code)
	b.click(".invite .primary")
	b.wait(`document.querySelector(".turn")`)
	p.plies(0)
	return p
}

// TestClaimAfterTheOpponentLeft: when the grace is over there are buttons to claim a win and a draw.
func TestClaimAfterTheOpponentLeft(t *testing.T) {
	t.Parallel()
	s := serve(t, server.Config{Grace: time.Second})
	for _, claim := range []struct{ label, says string }{{"Claim the win", "You win!"}, {"Call it a draw", "Draw"}} {
		b := s.browser("en-GB", desktop)
		p := b.against("omok", "Rho")
		b.press("h8")
		b.plies(1)
		p.c.Close()
		b.wait(`document.querySelectorAll('[data-act="claim"]').length === 2`)
		b.shot("away")
		b.do(fmt.Sprintf(`[...document.querySelectorAll('[data-act="claim"]')].find((x) => x.textContent === %q).click()`, claim.label))
		b.status(claim.says)
		b.wait(`!document.querySelector('[data-act="claim"]')`)
	}
}

// TestClaimForbidden: where a forbidden stone may be laid, it is claimed by a button; what is no
// forbidden stone is not given.
func TestClaimForbidden(t *testing.T) {
	t.Parallel()
	s := serve(t, server.Config{})
	b := s.browser("ko-KR", desktop)
	p := b.invited("Rho", "omok:renju:forbidden-loses", "none")
	for i, m := range []string{"h9", "a1", "h10", "a15", "i8", "o1", "j8", "o15", "h8"} {
		if i == 7 {
			b.click(`[data-act="claim"]`) // j8 is allowed
			b.wait(`document.querySelector(".toast")`)
		}
		if i%2 == 0 {
			p.plies(i)
			p.move(m)
		} else {
			b.press(m)
		}
		b.plies(i + 1)
	}
	b.click(`[data-act="claim"]`)
	b.status("이겼습니다!")
	b.shot("forbidden")
}

// listening puts in the place of loudspeaker and voice what writes down what they are given.
const listening = `(() => {
	window.spoken = []; window.tones = 0;
	Object.defineProperty(window, "speechSynthesis", { value: { cancel() {}, speak(u) { spoken.push(u.lang + " " + u.text) } } });
	window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text } };
	const param = { setValueAtTime() {}, exponentialRampToValueAtTime() {} };
	window.AudioContext = class {
		state = "running"; currentTime = 0; destination = {};
		createOscillator() { return { frequency: param, connect: (x) => x, start() { tones++ }, stop() {} } }
		createGain() { return { gain: param, connect: (x) => x } }
	};
})()`

// TestHeard: moves are heard unless sound is off, and the last seconds of a period are counted aloud for whoever
// wants it, in the page's language.
func TestHeard(t *testing.T) {
	t.Parallel()
	s := serve(t, server.Config{})
	b := s.browser("ko-KR", desktop)
	must(t, call(b, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: listening}))
	b.open("/")
	b.click(".gear")
	b.click("#set-count")
	b.wait(`JSON.parse(localStorage.getItem("hansu.settings")).count`)
	b.run(chromedp.Navigate("about:blank"))
	p := b.invited("Rho", "omok", "1s+60x6s")
	b.wait("tones > 0") // the game begins
	b.do("tones = 0")
	p.move("h8")
	b.plies(1)
	b.wait("tones > 0")
	b.wait(`["5", "4", "3", "2"].every((n) => spoken.includes("ko-KR " + n))`)
	b.click("button.sound")
	b.wait(`!JSON.parse(localStorage.getItem("hansu.settings")).sound`)
	b.do("tones = 0")
	b.press("i9")
	b.plies(2)
	p.plies(2)
	p.move("h9")
	b.plies(3)
	b.press("a1")
	b.plies(4)
	if n := eval[int](b, "tones"); n != 0 {
		t.Errorf("%d tones with sound turned off", n)
	}
}

// choose clicks one of the choices that an opening offers.
func (b *browser) choose(label string) {
	b.t.Helper()
	find := fmt.Sprintf(`[...document.querySelectorAll(".choices button")].find((x) => x.textContent === %q)`, label)
	b.wait(find)
	b.do(find + ".click()")
}

// TestLongOpenings: Soosorv-8 and Taraguchi-10 between two browsers, by clicking, until stones are laid in turn.
func TestLongOpenings(t *testing.T) {
	t.Parallel()
	s := serve(t, server.Config{})
	choices := map[string]string{"swap": "Swap colours", "keep": "Keep colours", "ten": "Offer ten fifth moves", "two": "2"}
	for _, opening := range []struct{ number, steps, end string }{ // steps: points, and choices in words
		{"4", "h8 i9 j10 keep g9 two keep j8 f6 f6 c3 c4", "f6 c3 c4"},
		{"5", "h8 swap i9 swap j7 keep g9 ten a1 b2 c5 d3 e2 f1 g4 h3 i2 j3 c5 n14 n13", "c5 n14 n13"},
	} {
		a, b := s.browser("en-GB", desktop), s.browser("en-GB", large)
		code := a.start("omok:renju " + opening.number)
		b.open("/g/" + code)
		b.click(".invite .primary")
		for _, p := range []*browser{a, b} {
			p.wait(`document.querySelector(".turn")`)
		}
		steps := strings.Fields(opening.steps)
		for n, step := range steps {
			var turn *browser
			for _, p := range []*browser{a, b} {
				p.plies(n)
				if eval[bool](p, `document.querySelector("main").classList.contains("myturn")`) {
					turn = p
				}
			}
			if turn == nil {
				t.Fatalf("opening %s: nobody's turn after %d of %q", opening.number, n, steps)
			}
			if label := choices[step]; label != "" {
				turn.choose(label)
			} else {
				turn.press(step)
			}
			if n == len(steps)-4 {
				turn.shot("opening-" + opening.number)
			}
		}
		for _, p := range []*browser{a, b} {
			p.plies(len(steps))
			p.wait(`document.querySelector(".opening").hidden`)
			if got := p.moves(); !strings.HasSuffix(got, " "+opening.end) {
				t.Errorf("opening %s: %s", opening.number, got)
			}
		}
	}
}
