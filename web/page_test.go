package web_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"hansu/client"
	"hansu/server"
)

// TestOmokByClicking: two browsers play omok to five, in Korean and in English, each within two
// clicks from the address that the server prints. One of them asks for a rematch.
func TestOmokByClicking(t *testing.T) {
	t.Parallel()
	s := serve(t, server.Config{})
	a, b := s.browser("ko-KR", desktop), s.browser("en-GB", desktop)
	a.open("/")
	a.name("하나")
	a.wait(`document.documentElement.lang === "ko" && document.querySelector("#play").textContent === "상대 찾기"`)
	a.shot("lobby")
	a.click("#play")
	a.code()
	a.wait(`document.querySelector(".invite .qr").naturalWidth > 0`)
	a.shot("waiting")
	b.open("/")
	b.name("Two")
	b.wait(`document.querySelector(".entry b")?.textContent === "하나"`)
	b.shot("seats")
	b.click("#play")
	a.status("내 차례")
	b.status("하나 to move")
	a.wait(`document.title.startsWith("● 내 차례")`)
	for i, m := range []string{"h8", "i9", "i8", "h9", "j8", "k8", "g8", "f8", "h7", "i7", "i6", "j7", "j5", "h6", "k4"} {
		p := []*browser{a, b}[i%2]
		p.plies(i)
		p.press(m)
		p.plies(i + 1)
		if i == 9 {
			b.shot("playing")
		}
	}
	for _, x := range []*browser{a, b} {
		x.wait(`document.querySelector(".winner .name")?.textContent === "하나" && document.querySelector("line.five")`)
		x.shot("five")
	}
	a.said("이겼습니다!")
	b.said("하나 wins")
	b.click(`[data-act="rematch"]`)
	a.wait(`document.querySelector(".offer")?.textContent.includes("재대국")`)
	a.click(`[data-act="accept"]`)
	b.status("Your turn")
	a.plies(0)
}

// TestChessByClicking: to mate, by clicking and by dragging, with what was taken beside the names.
func TestChessByClicking(t *testing.T) {
	t.Parallel()
	s := serve(t, server.Config{})
	a, b := s.browser("en-GB", desktop), s.browser("ko-KR", desktop)
	for _, x := range []*browser{a, b} {
		x.open("/")
		x.click(`[data-kind="2"]`)
		if x == a {
			x.shot("lobby")
		}
		x.click("#play")
		x.code()
	}
	a.wait(`document.querySelector(".turn")`)
	moves := [][2]string{{"e2", "e4"}, {"e7", "e5"}, {"f1", "c4"}, {"b8", "c6"}, {"d1", "h5"}, {"g8", "f6"}}
	for i, m := range moves {
		p := []*browser{a, b}[i%2]
		p.plies(i)
		if i < 2 {
			p.drag(m[0], m[1])
		} else {
			p.press(m[0])
			p.press(m[1])
		}
		p.plies(i + 1)
	}
	a.plies(6)
	a.press("h5")
	a.wait(`document.querySelectorAll(".target.take").length === 3`) // e5, f7, h7
	a.shot("selected")
	a.press("f7")
	for _, x := range []*browser{a, b} {
		x.plies(7)
		x.wait(`document.querySelector('.moves [data-ply="7"]').textContent === "Qxf7#" && document.querySelector(".winner .taken .mini")`)
		x.shot("mate")
	}
	b.status("졌습니다.")
}

// TestKeyboard: arrow keys and Enter, and typed moves, in both games; each move is said.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	s := serve(t, server.Config{})
	b := s.browser("en-GB", desktop)
	p := b.against("omok:renju", "Rho")
	b.do(`document.querySelector(".board").focus()`)
	b.keys(kb.Enter) // the cursor starts in the middle
	b.plies(1)
	p.plies(1)
	p.move("h9")
	b.plies(2)
	b.said("Rho: h9. Your turn")
	b.keys(kb.ArrowRight, kb.ArrowUp)
	b.said("i9, empty")
	b.shot("cursor")
	b.keys(kb.Enter)
	b.plies(3)
	p.plies(3)
	p.move("a1")
	b.plies(4)
	b.keys("i") // a letter goes to the field for moves
	b.wait(`document.activeElement.matches(".typed") && document.activeElement.value === "i"`)
	b.keys("8", kb.Enter)
	b.plies(5)
	if got := b.moves(); got != "h8 h9 i9 a1 i8" {
		t.Error(got)
	}
	b.wait(`document.querySelector("#boardstate").textContent === "Black: h8, i8, i9. White: a1, h9."`)

	q := b.against("chess", "Chi")
	b.enter(".typed", "Nf3")
	b.plies(1)
	q.plies(1)
	q.move("e5")
	b.plies(2)
	b.enter(".typed", "f3e5")
	b.plies(3)
	b.enter(".typed", "Qh5") // not my turn
	b.said("It is not your turn.")
	if got := b.moves(); got != "Nf3 e5 Nxe5" {
		t.Error(got)
	}
}

// TestPromotionAndPremove: a move made ahead is played when its time comes, and dropped if it has
// become impossible; a pawn on the last row asks what it becomes.
func TestPromotionAndPremove(t *testing.T) {
	t.Parallel()
	s := serve(t, server.Config{})
	b := s.browser("ko-KR", desktop)
	p := b.against("chess", "Chi")
	play := func(own, other string) {
		t.Helper()
		n := eval[int](b, `document.querySelectorAll(".moves [data-ply]").length`)
		b.press(own[:2])
		b.press(own[2:])
		b.plies(n + 1)
		p.plies(n + 1)
		p.move(other)
		b.plies(n + 2)
	}
	play("a2a4", "b5")
	play("a4b5", "a6")
	play("b5a6", "Nc6")
	b.press("a6")
	b.press("a7")
	b.plies(7)
	b.press("a7") // it is Black's turn: this is made ahead
	b.press("b8")
	b.wait(`document.querySelectorAll(".premove").length === 2`)
	b.shot("premove")
	p.plies(7)
	p.move("Bb7") // b8 is empty: nothing to take there
	b.said("미리 둔 수는 이제 둘 수 없습니다.")
	b.plies(8)
	b.press("h2")
	b.press("h3")
	b.plies(9)
	b.drag("a7", "a8") // the rook is about to leave
	b.wait(`document.querySelectorAll(".premove").length === 2`)
	p.plies(9)
	p.move("Rc8")
	b.wait(`!document.querySelector(".promotion").hidden`)
	b.wait(`document.activeElement.dataset.man === "5"`)
	b.shot("promotion")
	b.keys(kb.Escape)
	b.wait(`document.querySelector(".promotion").hidden`)
	b.press("a7")
	b.press("a8")
	b.click(`.promotion [data-man="2"]`)
	b.plies(11)
	p.plies(11)
	b.press("b1")
	b.press("c3") // made ahead, and possible
	p.move("h6")
	b.plies(13)
	if got := b.moves(); !strings.HasSuffix(got, "h3 Rc8 a8=N h6 Nc3") {
		t.Error(got)
	}
}

// TestOpenings: Swap2's stones and choices, and renju's with a zone, offers and forbidden points.
func TestOpenings(t *testing.T) {
	t.Parallel()
	s := serve(t, server.Config{})
	b := s.browser("ko-KR", desktop)
	p := b.against("omok 2", "Rho")
	for i, m := range []string{"h8", "i9", "j7"} {
		b.press(m)
		b.plies(i + 1)
	}
	p.plies(3)
	p.move("more")
	b.wait(`document.querySelectorAll(".moves [data-ply]").length === 4`)
	p.plies(4)
	p.move("g7")
	p.plies(5)
	p.move("g8")
	b.wait(`document.querySelectorAll(".choices button").length === 2`)
	b.shot("swap2")
	b.do(`[...document.querySelectorAll(".choices button")].find((x) => x.textContent === "백을 갖기").click()`)
	b.plies(7)
	b.status("내 차례") // three black stones and two white ones: white is next
	b.wait(`document.querySelector('.player[data-seat="1"] .side').classList.contains("white")`)

	q := b.against("omok:renju 3", "Rif")
	b.wait(`document.querySelector(".zone")`)
	b.press("h8")
	b.plies(1)
	b.press("i9")
	b.plies(2)
	b.wait(`document.querySelector(".zone")`)
	b.shot("zone")
	b.press("a1") // outside
	b.said("오프닝 규칙상 그 자리에는 둘 수 없습니다.")
	b.press("j10")
	b.plies(3)
	q.plies(3)
	q.move("stay")
	q.plies(4)
	q.move("g9")
	b.plies(5)
	b.press("j8")
	b.plies(6)
	b.press("f6")
	b.plies(7)
	q.plies(7)
	b.shot("offered")
	q.move("f6")
	b.plies(8)
	if got := b.moves(); !strings.HasPrefix(got, "h8 i9 j10 ") {
		t.Error(got)
	}
}

// TestForbidden: the points that renju forbids are marked, and are not played.
func TestForbidden(t *testing.T) {
	t.Parallel()
	s := serve(t, server.Config{})
	b := s.browser("ko-KR", large)
	p := b.against("omok:renju", "Rho")
	for i, m := range []string{"h9", "a1", "h10", "a15", "i8", "o1", "j8", "o15"} {
		if i%2 == 0 {
			b.press(m)
		} else {
			p.plies(i)
			p.move(m)
		}
		b.plies(i + 1)
	}
	b.wait(`document.querySelector(".forbidden")`)
	b.shot("forbidden")
	b.press("h8")
	b.said("금수 자리입니다.")
	b.plies(8)
}

// TestTalk: chat, offers and their answers, a take-back, resigning, and leaving.
func TestTalk(t *testing.T) {
	t.Parallel()
	s := serve(t, server.Config{})
	b := s.browser("en-GB", desktop)
	p := b.against("omok", "Rho")
	id := p.table.ID
	b.enter(".say", "hello there")
	b.wait(`document.querySelector(".chat .own")?.textContent.includes("hello there")`)
	until(p, func(r client.Record) bool { return said(r, "hello there") })
	p.must(client.Say{Table: id, Text: "안녕하세요"})
	b.said("Rho says: 안녕하세요")
	b.press("h8")
	b.plies(1)
	b.click(`[data-act="takeback"]`)
	b.wait(`document.querySelector(".player[data-seat='1'] .note").textContent.includes("take-back")`)
	p.must(client.Reply{Table: id, What: client.TakebackOffer, Verdict: client.Accept})
	b.plies(0)
	b.said("Taken back.")
	b.press("g7")
	b.plies(1)
	p.plies(1)
	p.move("h8")
	b.plies(2)
	p.must(client.Propose{Table: id, What: client.DrawOffer})
	b.wait(`document.querySelector("[data-act=accept]")`)
	b.shot("offer")
	b.click(`[data-act="decline"]`)
	b.wait(`!document.querySelector("[data-act=accept]")`)
	b.click(`[data-act="resign"]`)
	b.wait(`document.querySelector("[data-act=resign].danger")`)
	b.click(`[data-act="resign"]`)
	b.status("You lose.")
	b.wait(`document.querySelector(".state .detail").textContent === "Rho wins · resignation"`)
	b.shot("resigned")
	b.click(`[data-act="leave"]`)
	b.wait(`location.pathname === "/" && document.querySelector("#play")`)
}

// TestClaim: a draw by repetition is offered to be claimed as soon as it can be, and not before.
func TestClaim(t *testing.T) {
	t.Parallel()
	s := serve(t, server.Config{})
	b := s.browser("ko-KR", desktop)
	p := b.against("chess", "Chi")
	for i, m := range []string{"Nf3", "Nf6", "Ng1", "Ng8", "Nf3", "Nf6", "Ng1", "Ng8"} {
		if i%2 == 0 {
			if eval[bool](b, `document.querySelector("[data-act=claim]") !== null`) {
				t.Errorf("a draw can be claimed before move %d", i)
			}
			b.enter(".typed", m)
		} else {
			p.plies(i)
			p.move(m)
		}
		b.plies(i + 1)
	}
	b.click(`[data-act="claim"]`)
	b.status("무승부")
	b.wait(`document.querySelector(".state .detail").textContent.startsWith("같은 국면")`)
}

func said(r client.Record, text string) bool {
	for _, e := range r.Events {
		if s, ok := e.(client.Said); ok && s.Text == text {
			return true
		}
	}
	return false
}
