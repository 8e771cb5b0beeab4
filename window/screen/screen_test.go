package screen

import (
	"errors"
	"image"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hansu/caption"
	"hansu/client"
	"hansu/i18n"
	"hansu/netio"
	"hansu/rules"
	"hansu/wire"
)

// TestGrid: each point's middle is that point, whichever side is below, and beside the board there is none.
func TestGrid(t *testing.T) {
	for _, g := range []Grid{
		NewGrid(15, false, false, image.Pt(16, 20), 640), NewGrid(19, false, false, image.Pt(0, 0), 333),
		NewGrid(8, true, false, image.Pt(16, 20), 640), NewGrid(8, true, true, image.Pt(7, 3), 601),
	} {
		for i := range g.Size * g.Size {
			p := rules.Point{Col: uint8(i % g.Size), Row: uint8(i / g.Size)}
			at := g.Centre(p)
			if !at.In(g.Rect) {
				t.Errorf("%v of %+v lies outside at %v", p, g, at)
			}
			for _, d := range []image.Point{{0, 0}, {g.Cell/2 - 1, 1 - g.Cell/2}, {1 - g.Cell/2, g.Cell/2 - 1}} {
				if got, ok := g.At(at.Add(d)); !ok || got != p {
					t.Errorf("%v from %v is %v, %v", d, p, got, ok)
				}
			}
		}
		for _, out := range []image.Point{g.Rect.Min.Sub(image.Pt(1, 1)), g.Rect.Max, {-1000, 50}, {1 << 20, 1 << 20}} {
			if p, ok := g.At(out); ok {
				t.Errorf("%v of %+v is %v", out, g, p)
			}
		}
	}
	a1 := rules.Point{}
	if g := NewGrid(8, true, false, image.Point{}, 80); g.Centre(a1) != image.Pt(5, 75) {
		t.Errorf("white's a1 is at %v", g.Centre(a1))
	}
	if g := NewGrid(8, true, true, image.Point{}, 80); g.Centre(a1) != image.Pt(75, 5) {
		t.Errorf("black's a1 is at %v", g.Centre(a1))
	}
	for size, want := range map[int]int{8: 0, 15: 5, 19: 9, 20: 0} {
		if got := len(stars(size)); got != want {
			t.Errorf("%d stars on %d lines, want %d", got, size, want)
		}
	}
}

// TestForm: what is chosen fits together, and is what the server is asked for.
func TestForm(t *testing.T) {
	a := New(Options{Lang: i18n.English, Variant: rules.Variant{Kind: rules.Omok}}, &tap{})
	choose := func(id ID, text string) {
		t.Helper()
		i := slices.Index(a.options(id), text)
		if i < 0 {
			t.Fatalf("no %q among %q", text, a.options(id))
		}
		a.Choose(id, i)
		if got := a.choice(id).Text; got != text {
			t.Errorf("%q was chosen, %q is shown", text, got)
		}
	}
	choose(RulesID, "freestyle")
	choose(SizeID, "19×19")
	choose(OpeningID, "Swap2")
	five3, err := rules.ParseTimeControl("5+3")
	choose(TimeID, caption.Time(i18n.English, five3))
	got, ok := a.form.goal(StartID).(client.Join)
	want := client.Join{Variant: rules.Variant{Kind: rules.Omok, Rules: rules.Freestyle, Size: 19, Opening: rules.Swap2}, Time: five3}
	if err != nil || !ok || got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	choose(RulesID, "renju") // has one size only
	if a.form.size != 15 {
		t.Errorf("renju on %d lines", a.form.size)
	}
	choose(OpeningID, "Taraguchi-10")
	choose(RulesID, "caro") // has no such opening
	if a.form.opening == rules.Taraguchi10 {
		t.Error("caro has Taraguchi-10")
	}
	a.Press(ChessID)
	choose(RulesID, "Chess960")
	a.Press(PrivateID)
	if o, ok := a.form.goal(StartID).(client.Open); !ok || !o.Private || o.Variant.Kind != rules.Chess || o.Variant.Rules != rules.Chess960 {
		t.Errorf("%+v", o)
	}
	a.Edit(CodeID, "ABCD")
	if a.form.goal(JoinID) != (client.Enter{Code: "ABCD"}) || a.form.goal(WatchID) != (client.Watch{Code: "ABCD"}) {
		t.Error("the code is not used")
	}
	a.Choose(RulesID, 99)
	a.Choose(RulesID, -1)
	a.Choose(LogID, 0)
	a.Found([]Server{{"Club", "10.0.0.7:9000"}})
	a.Press(ServerID)
	if a.form.address != "10.0.0.7:9000" {
		t.Errorf("address %q", a.form.address)
	}
	a.Found(make([]Server, 100))
	if len(a.servers) > serverMax {
		t.Errorf("%d servers are shown", len(a.servers))
	}
}

// TestBadServers: whatever answers, or does not, the window says what is wrong in the user's language and asks
// again.
func TestBadServers(t *testing.T) {
	now := time.Unix(1000, 0)
	for _, c := range []struct {
		name   string
		do     func(a *App)
		ko, en string
	}{
		{"silence", func(a *App) { a.Opened("l", "r"); now = now.Add(5 * time.Second); a.Tick() },
			"host:9000에 접속할 수 없습니다: 서버가 응답하지 않습니다.", "cannot connect to host:9000: the server does not answer."},
		{"no connection", func(a *App) { now = now.Add(5 * time.Second); a.Tick() },
			"host:9000에 접속할 수 없습니다: 서버가 응답하지 않습니다.", "cannot connect to host:9000: the server does not answer."},
		{"half a packet", func(a *App) { a.Opened("l", "r"); a.Received([]byte{0}); now = now.Add(5 * time.Second); a.Tick() },
			"host:9000에 접속할 수 없습니다: 서버가 응답하지 않습니다.", "cannot connect to host:9000: the server does not answer."},
		{"another protocol", func(a *App) { a.Opened("l", "r"); a.Received([]byte("SSH-2.0-x\r\n")) },
			"host:9000에 접속할 수 없습니다: 한수 서버가 아닙니다.", "cannot connect to host:9000: it is not a Hansu server."},
		{"another version", func(a *App) {
			a.Opened("l", "r")
			a.Received((&wire.Welcome{Version: 77}).Append(nil, wire.Header{}))
		}, "host:9000에 접속할 수 없습니다: 서버와 프로토콜 버전이 맞지 않습니다. 새 버전의 hansu를 쓰세요.",
			"cannot connect to host:9000: the server speaks another version of the protocol. Use a newer hansu."},
		{"hung up", func(a *App) { a.Opened("l", "r"); a.Lost(nil) },
			"host:9000에 접속할 수 없습니다: 서버가 연결을 닫았습니다.", "cannot connect to host:9000: the server closed the connection."},
		{"refused", func(a *App) {
			a.Lost(&netio.Error{Op: "connect", Code: 10061, Name: "WSAECONNREFUSED", Text: "거부", Err: errors.New("x")})
		},
			"host:9000에 접속할 수 없습니다: connect: 10061 (WSAECONNREFUSED): 거부", "cannot connect to host:9000: connect: 10061 (WSAECONNREFUSED): 거부"},
	} {
		for lang, want := range map[i18n.Lang]string{i18n.Korean: c.ko, i18n.English: c.en} {
			w := &tap{}
			a := New(Options{Lang: lang, Address: "host", Name: "x", Start: true, Now: func() time.Time { return now }}, w)
			a.Begin()
			if len(w.dialled) != 1 || w.dialled[0] != "host:9000" || a.can(StartID) {
				t.Fatalf("%s: dialled %q", c.name, w.dialled)
			}
			c.do(a)
			if a.note != want || !a.bad || a.link != nil || !a.can(StartID) {
				t.Errorf("%s: %q, want %q", c.name, a.note, want)
			}
			if w.closed == 0 {
				t.Errorf("%s: the socket is open still", c.name)
			}
		}
	}
}

// TestBadName: a name that cannot be a player's is refused before anything is sent.
func TestBadName(t *testing.T) {
	w := &tap{}
	a := New(Options{Lang: i18n.English}, w)
	for _, name := range []string{"", " x", strings.Repeat("n", 33)} {
		a.Edit(NameID, name)
		a.Press(StartID)
		if !a.bad || !strings.Contains(a.note, "1 to 32") || len(w.dialled) != 0 {
			t.Errorf("%q: %q, dialled %q", name, a.note, w.dialled)
		}
	}
}

// TestStop gives up connecting.
func TestStop(t *testing.T) {
	w := &tap{}
	a := New(Options{Lang: i18n.English, Name: "x", Start: true}, w)
	a.Begin()
	a.Press(StopID)
	if a.link != nil || w.closed != 1 || !a.can(StartID) {
		t.Error("still connecting")
	}
	a.Lost(errors.New("late"))
	if a.bad {
		t.Errorf("a late word: %q", a.note)
	}
	a.Quit()
	if !a.Over() {
		t.Error("the window stays")
	}
}

// TestOmok plays to five between two windows, with chat, an illegal click, a take-back and another game.
func TestOmok(t *testing.T) {
	s := serve(t)
	ada, bo := s.pair("omok")
	if !ada.reads("Your move.") || !bo.reads("Ada (Black) is to move") {
		t.Error("whose turn it is, is not said")
	}
	playAll([2]*person{ada, bo}, "h8", "a1", "i8", "b1")
	bo.at("c1") // not bo's turn
	ada.at("h8")
	if !ada.reads("There is a stone already.") || ada.play.waiting != nil {
		t.Errorf("an illegal click: %q", ada.play.wrong)
	}
	ada.Edit(ChatID, "좋은 수!")
	ada.Focus(ChatID)
	ada.Enter()
	for _, p := range []*person{ada, bo} {
		p.told("Ada says: 좋은 수!")
	}
	if ada.play.typed != "" {
		t.Error("the line of chat is not empty")
	}
	bo.Press(TakebackID)
	ada.until("the offer", func() bool { _, ok := ada.button("Accept"); return ok })
	if bo.until("own offer", func() bool { _, ok := bo.button("Withdraw the offer"); return ok }); bo.can(TakebackID) {
		t.Error("it can be offered twice")
	}
	ada.press("Accept")
	for _, p := range []*person{ada, bo} {
		p.moves(3)
	}
	for i, m := range []string{"b1", "j8", "c1", "k8", "d1", "l8"} {
		who := []*person{bo, ada}[i%2]
		who.moves(3 + i)
		who.at(m)
		ada.moves(4 + i)
	}
	bo.told("Game over: Ada (Black) wins (five in a row)")
	if !bo.reads("Game over") || !ada.can(RematchID) || ada.can(ResignID) {
		t.Error("the end is not shown")
	}
	ada.press("Rematch")
	bo.until("the offer", func() bool { _, ok := bo.button("Accept"); return ok })
	bo.press("Accept")
	for _, p := range []*person{ada, bo} {
		p.until("game 2", func() bool { return p.play.table.Number == 2 && p.play.table.Running() })
	}
	bo.press("Resign")
	if !bo.reads("Resign this game?") {
		t.Error("it is not asked")
	}
	bo.press("Play on")
	bo.press("Resign")
	bo.Press(YesID)
	ada.told("wins (resignation)")
	bo.until("the end", func() bool { return !bo.play.table.Running() })
	bo.press("Leave")
	bo.until("the first screen", func() bool { return bo.page == connectPage })
	ada.told("Bo has left the table.")
	ada.Quit()
	ada.until("the end", ada.Over)
}

// TestChess plays with the mouse and the keyboard, to a promotion and to mate.
func TestChess(t *testing.T) {
	s := serve(t)
	ada, bo := s.pair("chess")
	people := [2]*person{ada, bo}
	playAll(people, "h2h4", "g7g5", "h4g5", "h7h6", "g5h6", "g8f6", "h6h7", "f6g4")
	ada.at("h7")
	if targets := len(targetsOf(ada)); targets != 0 { // the rook is before it, and nothing beside it
		t.Errorf("%d squares for the pawn", targets)
	}
	ada.at("h8") // cannot go there: says so
	if ada.play.wrong == "" {
		t.Error("an illegal move is not named")
	}
	ada.at("h7")
	ada.at("h7") // put down again
	if ada.play.picked != nil {
		t.Error("still picked")
	}
	// Another game, in which a pawn comes through: it takes on g8 or goes straight on.
	cleo, dan := s.pair("chess")
	playAll([2]*person{cleo, dan}, "h2h4", "g7g5", "h4g5", "h7h6", "g5h6", "f8g7", "h6g7", "a7a6")
	cleo.at("g7")
	cleo.at("h8")
	if cleo.play.promote == nil {
		t.Fatal("no choice of a man")
	}
	cleo.Key(KeyEscape)
	if cleo.play.promote != nil {
		t.Error("Esc does not take it back")
	}
	cleo.at("g7")
	cleo.at("h8")
	cleo.at("h5") // the fourth from h8 on: queen, rook, bishop, knight
	cleo.moves(9)
	if got := cleo.play.table.Moves[8].Text; got != "gxh8=N" {
		t.Errorf("the pawn's move is %s", got)
	}
}

// targetsOf are the squares that the picked man can go to.
func targetsOf(p *person) []rules.Point {
	g, ok := p.play.table.Position.(interface {
		Legal([]rules.Move) []rules.Move
	})
	if !ok || p.play.picked == nil {
		return nil
	}
	var all []rules.Point
	for _, m := range g.Legal(nil) {
		if m.From == *p.play.picked && !slices.Contains(all, m.To) {
			all = append(all, m.To)
		}
	}
	return all
}

// TestSwap2 answers an opening's questions with buttons.
func TestSwap2(t *testing.T) {
	s := serve(t)
	ada, bo := s.pair("omok:swap2")
	for i, m := range []string{"h8", "h9", "i8"} {
		ada.moves(i)
		ada.at(m)
	}
	bo.until("the choice", func() bool { _, ok := bo.button("Take white"); return ok })
	if _, ok := ada.button("Take white"); ok {
		t.Error("the other player is asked")
	}
	bo.press("Add two")
	bo.moves(4)
	bo.at("a1")
	bo.moves(5)
	bo.at("a2")
	ada.until("the choice", func() bool { _, ok := ada.button("Take black"); return ok })
	ada.press("Take white")
	for _, p := range []*person{ada, bo} {
		p.moves(7)
	}
	if !ada.play.table.MyTurn() {
		t.Error("white is to move after Swap2")
	}
}

// TestRestart: the server goes and comes back; the window says so, and the game goes on.
func TestRestart(t *testing.T) {
	s := serve(t)
	ada, bo := s.pair("omok")
	playAll([2]*person{ada, bo}, "h8", "h9")
	s.stop()
	for _, p := range []*person{ada, bo} {
		p.until("that it is lost", func() bool { return p.play.offline != "" && p.reads("Connection lost") })
	}
	s.start()
	for _, p := range []*person{ada, bo} {
		p.until("that it is back", func() bool { return p.play.offline == "" && p.link.Up() })
		p.told("Connected again.")
	}
	ada.at("i8")
	ada.moves(3)
	bo.moves(3)
}

// TestResume: a window that is opened again comes back to its seat.
func TestResume(t *testing.T) {
	s := serve(t)
	dir := folder(t)
	keep := func(address string, back bool) (*client.Keeper, error) {
		return client.KeepIn(filepath.Join(dir, "tokens"), address, back)
	}
	o := s.options("Ada", "omok")
	o.Keep = keep
	ada := newPerson(t, o)
	ada.Begin()
	ada.until("a table", func() bool { return ada.play.table != nil && ada.play.settled })
	bo := newPerson(t, s.options("Bo", "omok"))
	bo.Begin()
	bo.moves(0)
	ada.moves(0)
	ada.at("h8")
	ada.moves(1)
	ada.Quit()
	if !ada.Over() {
		t.Fatal("a running game keeps the window")
	}
	ada.disconnect() // as the end of the program does
	again := newPerson(t, o)
	again.Begin()
	again.told("Your game goes on.")
	again.moves(1)
	if again.play.table.Seat != client.SeatOne {
		t.Errorf("seat %d", again.play.table.Seat)
	}
	again.Press(NewID)
	again.Press(YesID)
	again.until("the first screen", func() bool { return again.page == connectPage })
	bo.told("Ada has left the table.")
}

// TestWatch: a spectator sees all and can do nothing.
func TestWatch(t *testing.T) {
	s := serve(t)
	ada, bo := s.pair("omok")
	playAll([2]*person{ada, bo}, "h8", "h9")
	o := s.options("Cy", "omok")
	o.Start, o.Code = false, ada.play.table.Code
	cy := newPerson(t, o)
	cy.Press(WatchID)
	cy.moves(2)
	for _, p := range []*person{ada, cy} {
		p.until("how many look on", func() bool { return p.reads("1 watching") })
	}
	for _, id := range []ID{DrawID, ResignID, TakebackID, RematchID, SayID, ClaimWinID} {
		if cy.can(id) {
			t.Errorf("a spectator can %d", id)
		}
	}
	cy.at("a1")
	cy.Press(LeaveID)
	cy.until("the first screen", func() bool { return cy.page == connectPage })
	ada.until("that nobody looks on", func() bool { return !ada.reads("watching") })
	lost := *ada.play.table
	lost.Seat = client.NoSeat
	ada.sat(&lost)
	ada.told("Your seat was given up")

	o.Code, o.Start = "XXXX", true
	dee := newPerson(t, o)
	dee.Begin()
	dee.until("a refusal", func() bool { return dee.bad && dee.page == connectPage && dee.link == nil })
}

// TestRaw talks with a server that ends lines or does not, in UTF-8 or in CP949, in any pieces.
func TestRaw(t *testing.T) {
	w := &tap{}
	a := New(Options{Lang: i18n.English, Raw: true, Start: true, Address: "h:1", Terminator: "crlf"}, w)
	a.Begin()
	if len(w.dialled) != 1 || a.can(RawSayID) {
		t.Fatalf("dialled %q", w.dialled)
	}
	a.Opened("l", "r")
	a.Edit(SendID, "hello")
	a.Enter()
	a.Press(NulID)
	a.Edit(SendID, "안녕")
	a.Press(RawSayID)
	if !slices.Equal(w.sent, []string{"hello\r\n", "안녕\x00"}) || a.raw.typed != "" {
		t.Errorf("sent %q", w.sent)
	}
	for _, p := range []string{"no end", "a\x00b\r\nc", "\xec\x95", "\x88\xeb\x85\x95", "\xbe\xc8\xb3\xe7", "\x1b[2J"} {
		a.Received([]byte(p))
	}
	var got []string
	for _, l := range a.game.lines {
		if _, text, ok := strings.Cut(l, " bytes: "); ok && strings.Contains(l, "Received") {
			got = append(got, text)
		}
	}
	if want := []string{"no end", "a", "b", "c", "안녕", "안녕", "·[2J"}; !slices.Equal(got, want) {
		t.Errorf("shown %q, want %q", got, want)
	}
	a.Lost(nil)
	if a.raw.up || !strings.Contains(a.game.lines[len(a.game.lines)-1], "Closed by the other side.") {
		t.Errorf("%q", a.game.lines)
	}
	a.Enter() // connects again
	if len(w.dialled) != 2 {
		t.Errorf("dialled %q", w.dialled)
	}
}

// TestRawSilent: connecting ends after five seconds.
func TestRawSilent(t *testing.T) {
	now := time.Unix(1000, 0)
	a := New(Options{Lang: i18n.English, Raw: true, Start: true, Now: func() time.Time { return now }}, &tap{})
	a.Begin()
	a.Tick()
	now = now.Add(rawWait)
	a.Tick()
	if last := a.game.lines[len(a.game.lines)-1]; !strings.Contains(last, "Error: the server does not answer.") || a.can(SendID) {
		t.Errorf("%q", a.game.lines)
	}
}

// TestLog is bounded, and counts what it has lost.
func TestLog(t *testing.T) {
	var l log
	for range 3 * linesMax {
		l.add(time.Unix(0, 0), "x")
	}
	if len(l.lines) > linesMax || l.count != 3*linesMax {
		t.Errorf("%d lines, %d counted", len(l.lines), l.count)
	}
}

// TestSizes composes every screen at every size: no control overlaps another or lies outside where the window has
// its least size or more, and nothing breaks below it.
func TestSizes(t *testing.T) {
	s := serve(t)
	ada, bo := s.pair("omok:swap2")
	for i, m := range []string{"h8", "h9", "i8"} {
		ada.moves(i)
		ada.at(m)
	}
	bo.moves(3)
	chessA, _ := s.pair("chess")
	chessA.at("e2")
	first := newPerson(t, Options{})
	first.Found([]Server{{"Club", "10.0.0.1:9000"}, {"Home", "10.0.0.2:9000"}})
	plain := newPerson(t, Options{Raw: true})
	for _, p := range []*person{first, bo, chessA, plain} {
		for _, size := range [][3]int{{744, 501, 96}, {1024, 700, 96}, {1900, 720, 96}, {1540, 1040, 144}, {1488, 1002, 192}} {
			p.Resize(size[0], size[1], size[2])
			v := p.View()
			area := image.Rect(0, 0, size[0], size[1])
			for i, c := range v.Controls {
				if !c.Rect.In(area) && p != first || c.Rect.Empty() {
					t.Errorf("page %d at %v: %+v lies outside", p.page, size, c)
				}
				for _, d := range v.Controls[:i] {
					if c.Rect.Overlaps(d.Rect) {
						t.Errorf("page %d at %v: %+v and %+v overlap", p.page, size, c, d)
					}
				}
			}
		}
		for _, tiny := range [][3]int{{1, 1, 96}, {200, 60, 192}, {60, 300, 96}} {
			p.Resize(tiny[0], tiny[1], tiny[2])
			p.View()
		}
	}
}

// TestKeyboard plays on the board without a mouse.
func TestKeyboard(t *testing.T) {
	s := serve(t)
	ada, bo := s.pair("omok")
	ada.Press(BoardID)
	ada.Key(KeyRight)
	ada.Key(KeyUp)
	ada.Focus(0)
	ada.Enter()
	ada.moves(1)
	if got := ada.play.table.Moves[0].Text; got != "i9" {
		t.Errorf("the keys play %s", got)
	}
	for range 30 {
		ada.Key(KeyLeft)
		ada.Key(KeyDown)
	}
	if *ada.cursor != (rules.Point{}) {
		t.Errorf("the cursor is at %v", *ada.cursor)
	}
	ada.Key(KeyEscape)
	if ada.cursor != nil {
		t.Error("the cursor is there still")
	}
	bo.moves(1)
}

// TestClaim: the opponent has gone, and does not come back.
func TestClaim(t *testing.T) {
	s := serve(t)
	ada, bo := s.pair("omok")
	playAll([2]*person{ada, bo}, "h8", "h9")
	bo.disconnect()
	ada.told("Bo has lost the connection")
	if ada.can(ClaimWinID) || !ada.reads("connection lost") {
		t.Error("before the time is over")
	}
	later := ada.play.table.Player(client.SeatTwo).ClaimAt.Add(time.Second)
	ada.now = func() time.Time { return later }
	if _, ok := ada.button("Claim the win"); !ok || !ada.can(ClaimWinID) || !ada.can(ClaimDrawID) {
		t.Error("the win cannot be claimed")
	}
}
