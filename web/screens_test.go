package web_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"hansu/client"
	"hansu/rules"
	"hansu/server"
)

// pair seats two clients at a table of their own and plays some moves.
func (s *site) pair(game, timing, one, two string, moves ...string) (a, b *player) {
	s.t.Helper()
	tc, err := rules.ParseTimeControl(timing)
	if err != nil {
		s.t.Fatal(err)
	}
	a, b = s.player(one), s.player(two)
	a.must(client.Open{Variant: variant(s.t, game), Time: tc})
	b.must(client.Enter{Code: a.table.Code})
	for i, m := range moves {
		p := []*player{a, b}[i%2]
		p.plies(i)
		p.move(m)
	}
	return a, b
}

// TestSpectatorAndRecord: a spectator comes from the lobby, sees the moves come, and steps through the
// record when the game is over, plays it, downloads it and shares it.
func TestSpectatorAndRecord(t *testing.T) {
	t.Parallel()
	s := serve(t, server.Config{})
	p, q := s.pair("omok", "10m+3x30s", "가람", "Bo", "h8", "i9", "i8", "j9")
	b := s.browser("ko-KR", desktop)
	b.open("/")
	b.wait(`document.querySelector(".entry .verb")?.textContent === "구경하기"`)
	b.shot("lobby")
	b.click(".entry")
	b.plies(4)
	b.status("가람 님의 차례")
	b.wait(`document.querySelector(".watching").textContent === "관전 1명"`)
	p.plies(4)
	p.move("j8")
	b.plies(5)
	b.said("가람: j8.")
	b.press("a1") // it is not the spectator's game
	for i, m := range []string{"k9", "k8", "l9", "g8"} {
		x := []*player{q, p}[i%2]
		x.plies(5 + i)
		x.move(m)
	}
	b.status("가람 승리")
	b.shot("watched")
	b.do(`[...document.querySelectorAll(".actions a")].find((a) => a.textContent === "기보").click()`)
	b.wait(`/^\/r\/[A-Z0-9]+\/1$/.test(location.pathname)`)
	b.plies(9)
	b.shot("record")
	b.click(`.steps [aria-label="처음으로"]`)
	b.wait(`document.querySelectorAll(".board .stone").length === 0`)
	b.click(`.steps [aria-label="한 수 앞으로"]`)
	b.wait(`document.querySelectorAll(".board .stone").length === 1`)
	b.click(`.steps [aria-label="자동으로 넘기기"]`)
	b.wait(`document.querySelectorAll(".board .stone").length === 3`)
	b.click(`.steps [aria-label="끝으로"]`)
	b.click(`.steps [aria-label="수 번호"]`)
	b.wait(`document.querySelectorAll(".board .nth").length === 9`)
	b.shot("numbered")
	links := eval[[]string](b, `[...document.querySelectorAll(".actions a[download]")].map((a) => a.getAttribute("href"))`)
	if len(links) == 0 {
		t.Fatal("nothing to download")
	}
	for _, link := range links {
		got, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](fmt.Sprintf(`fetch(%q).then((r) => r.ok ? r.text() : "")`, link), chromedp.EvalAwaitPromise))
		if err != nil || len(got) < 20 {
			t.Errorf("%s: %q, %v", link, got, err)
		}
	}
	b.click(`[data-act="copy"]`)
	b.wait(`document.querySelector(".toast")`)
}

// TestPrivateLink: a private table is in no list; who opens its link sits down and plays.
func TestPrivateLink(t *testing.T) {
	t.Parallel()
	s := serve(t, server.Config{})
	a, b := s.browser("ko-KR", desktop), s.browser("ko-KR", phone)
	a.open("/")
	a.name("주인")
	a.click("#private")
	code := a.code()
	a.wait(`document.querySelector(".invite .qr").naturalWidth > 0`)
	a.shot("invite")
	if got := a.text(".ways"); !strings.Contains(got, code[:4]) || !strings.Contains(got, s.http+"/g/"+code) {
		t.Error(got)
	}
	b.open("/")
	b.wait(`document.querySelectorAll(".lists .empty").length === 2`)
	b.enter("#code", strings.ToLower(code))
	b.wait(`document.querySelector(".invite[data-kind=guest]")?.textContent.includes("상대: 주인")`)
	b.shot("guest")
	b.click(".invite .primary")
	a.status("내 차례")
	b.status("주인 님의 차례")
	a.press("h8")
	b.plies(1)
	a.open("/") // name and language are kept
	a.wait(`document.querySelector("#name").value === "주인"`)
	b.open("/g/ZZZZ9999")
	b.wait(`document.querySelector(".wait h1")?.textContent === "그런 방이 없습니다"`)
	b.shot("nosuch")
}

// TestPhone: on a screen of 360 by 640 nothing is cut off and nothing scrolls while playing, and a
// move is confirmed before it is made.
func TestPhone(t *testing.T) {
	t.Parallel()
	s := serve(t, server.Config{})
	b := s.browser("ko-KR", phone)
	b.open("/")
	b.fits("lobby")
	b.shot("lobby")
	code := b.start("omok:renju")
	b.wait(`document.querySelector(".invite .qr").naturalWidth > 0`)
	b.fits("waiting")
	b.shot("waiting")
	p := s.player("긴 이름을 가진 사람의 이름")
	p.must(client.Enter{Code: code})
	b.status("내 차례")
	b.press("h8")
	b.wait(`!document.querySelector(".confirm").hidden && document.querySelector(".asking")`)
	b.fits("confirming")
	b.shot("confirm")
	b.press("i9") // another point
	b.click(".confirm .primary")
	b.plies(1)
	p.plies(1)
	p.move("h9")
	b.plies(2)
	b.press("g10")
	b.press("g10") // twice is a confirmation as well
	b.plies(3)
	if got := b.moves(); got != "i9 h9 g10" {
		t.Error(got)
	}
	p.must(client.Propose{Table: p.table.ID, What: client.TakebackOffer})
	b.wait(`document.querySelector("[data-act=accept]")`)
	b.fits("playing")
	b.shot("offer")
	b.click(`[data-act="accept"]`)
	b.plies(1)
	b.click(".chat summary")
	b.shot("chat")

	q := b.against("chess", "Chi")
	b.press("e2")
	b.press("e4")
	b.wait(`!document.querySelector(".confirm").hidden`)
	b.shot("chess-confirm")
	b.click(".confirm .primary")
	b.plies(1)
	q.plies(1)
	q.move("d5")
	b.plies(2)
	b.press("e4")
	b.press("d5")
	b.press("d5")
	b.plies(3)
	b.wait(`document.querySelectorAll('.player[data-seat="1"] .taken .mini').length === 1`)
	b.fits("chess")
	b.shot("chess")
}

// TestLooks takes pictures of each screen, light and dark, on small and large screens, and sees that
// each fits and that dark is dark.
func TestLooks(t *testing.T) {
	t.Parallel()
	s := serve(t, server.Config{})
	p, _ := s.pair("omok:renju", "10m+3x30s", "이서연", "Magnus", "h8", "i9", "j7", "i8", "i7", "h7", "g9", "k7", "i6", "f10", "j9", "k10")
	q, _ := s.pair("chess", "5+3", "한결", "Judit", "e4", "c5", "Nf3", "d6", "d4", "cxd4", "Nxd4", "Nf6", "Nc3", "g6", "Be3", "Bg7", "f3", "O-O", "Qd2", "Nc6")
	s.player("소나무").must(client.Open{Variant: variant(t, "chess:960")})
	r, o := s.pair("chess", "3+2", "늘봄", "Ada", "f3", "e5", "g4")
	o.plies(3)
	o.move("Qh4")
	paths := map[string]string{"lobby": "/", "omok": "/g/" + p.table.Code, "chess": "/g/" + q.table.Code, "record": "/r/" + r.table.Code + "/1"}
	for _, look := range []struct {
		name  string
		size  screen
		lang  string
		dark  bool
		shown string
	}{
		{"desktop-dark", desktop, "ko-KR", true, "lobby omok chess record"},
		{"large", large, "en-GB", false, "lobby chess"},
		{"phone-dark", phone, "ko-KR", true, "lobby omok record"},
		{"side", screen{640, 360, true}, "ko-KR", false, "chess"},
		{"tablet", screen{768, 1024, true}, "ko-KR", false, "omok"},
	} {
		t.Run(look.name, func(t *testing.T) {
			b := s.browser(look.lang, look.size)
			b.t = t
			if look.dark {
				b.media("prefers-color-scheme", "dark", "prefers-reduced-motion", "reduce")
			} else {
				b.media("prefers-reduced-motion", "reduce")
			}
			for name := range strings.FieldsSeq(look.shown) {
				b.open(paths[name])
				if name == "lobby" {
					b.wait(`document.querySelectorAll(".entry").length === 3`)
				} else {
					b.wait(`document.querySelectorAll(".moves [data-ply]").length >= 4`)
				}
				b.fits(name)
				if dark := eval[bool](b, `getComputedStyle(document.body).backgroundColor.match(/\d+/g).every((c) => Number(c) < 60)`); dark != look.dark {
					t.Errorf("%s: dark is %v", name, dark)
				}
				b.shot(name)
			}
			if look.size == phone {
				b.click(".gear")
				b.wait(`document.querySelector("dialog").open`)
				b.shot("settings")
			}
		})
	}
}

// TestInjection: names, chat and records of a hostile peer stay text, wherever they are shown.
func TestInjection(t *testing.T) {
	t.Parallel()
	s := serve(t, server.Config{})
	const evil = `<img src=x onerror=hacked=1>`
	const chat = `<script>hacked=1</script><svg onload=hacked=1><a href="javascript:hacked=1">x</a>`
	p, q := s.pair("chess", "none", evil, `"><b onclick=1>`, "f3", "e5")
	b := s.browser("en-GB", desktop)
	clean := func(where string) {
		t.Helper()
		if bad := eval[string](b, `[...document.querySelectorAll("body img:not(.qr), body script, body b[onclick], [onerror], [onload], a[href^=javascript]")].map((e) => e.outerHTML).join()`); bad != "" {
			t.Errorf("%s: %s", where, bad)
		}
		if eval[bool](b, `"hacked" in window`) {
			t.Errorf("%s: a script of the peer's ran", where)
		}
	}
	b.open("/")
	b.wait(`document.querySelector(".entry b")?.textContent.includes("<img src=x")`)
	clean("lobby")
	b.click(".entry")
	b.plies(2)
	p.must(client.Say{Table: p.table.ID, Text: chat})
	b.wait(fmt.Sprintf(`document.querySelector(".chat .lines").textContent.includes(%q)`, chat))
	clean("game")
	b.shot("game")
	p.plies(2)
	p.move("g4")
	q.plies(3)
	q.move("Qh4")
	b.wait(`document.querySelector(".winner")`)
	b.open("/r/" + p.table.Code + "/1")
	b.plies(4)
	b.wait(fmt.Sprintf(`document.querySelector(".name").textContent.includes("onclick") && document.title.includes(%q)`, evil))
	clean("record")
	b.shot("record")
	for _, path := range []string{"/g/%3Cimg%20src=x%20onerror=hacked=1%3E", "/g/%E0%A4%A"} {
		b.run(chromedp.Navigate("http://" + s.http + path))
		clean(path)
	}
	b.forgive() // of the address that is no address the console has its own opinion
}
