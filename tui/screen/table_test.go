package screen

import (
	"strings"
	"testing"
	"time"

	"hansu/client"
	"hansu/i18n"
	"hansu/rules"
)

// TestWaysToMove: arrows, typing and the mouse make the same move.
func TestWaysToMove(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {110, 40}, {200, 60}} {
		for how, do := range map[string]func(*desk){
			"arrows": func(d *desk) { d.press("left", "up", "up", "enter") },
			"typed":  func(d *desk) { d.press("G10", "enter") },
			"mouse": func(d *desk) {
				b := d.m.board()
				cx, cy := b.centre()
				r := b.cells(at(t, "g10"))
				d.click(r.x+cx, r.y+cy)
			},
		} {
			d := newDesk(t, size[0], size[1], i18n.English)
			d.sit("omok", client.SeatOne)
			do(d)
			want := client.MakeMove{Table: 7, Game: 1, Move: rules.Move{To: at(t, "g10")}}
			if got := one[client.MakeMove](d); got != want {
				t.Errorf("%v, %s: %+v", size, how, got)
			}
		}
	}
}

// TestFromOnesOwnSide: Black sees h1 on the upper left, and arrows go where the eye does.
func TestFromOnesOwnSide(t *testing.T) {
	for _, flip := range []bool{false, true} {
		d := newDesk(t, 80, 24, i18n.English)
		d.sit("chess", client.SeatTwo, "e4")
		steer := []string{"up"}
		if flip {
			d.press("f6")
			steer = []string{"down"}
		}
		// The cursor begins on e7: pick the pawn up, two squares on, put it down.
		d.press("enter")
		d.press(steer[0], steer[0], "enter")
		want := rules.Move{From: at(t, "e7"), To: at(t, "e5")}
		if got := one[client.MakeMove](d); got.Move != want {
			t.Errorf("flip %v: %+v\n%s", flip, got, d.screen())
		}
		if row := strings.Split(d.screen(), "\n")[1]; strings.Index(row, "h") > strings.Index(row, "a") == !flip {
			t.Errorf("flip %v: the columns are %q", flip, row)
		}
	}
}

func TestChessInHand(t *testing.T) {
	d := newDesk(t, 80, 24, i18n.English)
	d.sit("chess", client.SeatOne)
	square := func(s string) {
		b := d.m.board()
		cx, cy := b.centre()
		r := b.cells(at(t, s))
		d.click(r.x+cx, r.y+cy)
	}
	square("e4")
	d.shows("There is no piece of yours")
	square("b1")
	d.shows("•")
	square("g1") // another man of one's own is taken up instead
	square("f4")
	d.shows("does not move like")
	square("g1")
	square("g1") // put back
	square("g1")
	square("f3")
	if got := one[client.MakeMove](d); got.Move != (rules.Move{From: at(t, "g1"), To: at(t, "f3")}) {
		t.Errorf("%+v", got)
	}
}

// TestPromotion: the question comes when the pawn arrives, with the queen first.
func TestPromotion(t *testing.T) {
	d := newDesk(t, 80, 24, i18n.Korean)
	d.sit("chess", client.SeatOne, "a4", "b5", "axb5", "a6", "bxa6", "Bb7", "axb7", "h6")
	d.m.play.cursor = at(t, "b7")
	d.press("enter")
	for _, mv := range d.m.play.marks.legal {
		if mv.From == d.m.play.picked {
			d.m.play.cursor = mv.To
		}
	}
	d.press("enter")
	d.shows("무엇으로 승격할까요?", "1  퀸", "2  룩", "3  비숍", "4  나이트")
	d.press("4")
	if got := one[client.MakeMove](d); got.Move.Arg != 2 {
		t.Errorf("%+v", got)
	}
}

func TestTalk(t *testing.T) {
	d := newDesk(t, 80, 24, i18n.Korean)
	d.sit("omok", client.SeatOne)
	d.press("안녕 h8", "enter")
	if got := one[client.Say](d); got.Text != "안녕 h8" {
		t.Errorf("%+v", got)
	}
	d.press("h8") // a move again
	if d.m.play.chatting {
		t.Error("what follows a Korean sentence is talk, too")
	}
	d.press("esc", "tab", "h8", "enter")
	if got := one[client.Say](d); got.Text != "h8" {
		t.Errorf("%+v", got)
	}
	d.press("i9", "enter") // goes on talking
	if got := one[client.Say](d); got.Text != "i9" {
		t.Errorf("%+v", got)
	}
	tb := *d.m.play.table
	d.tell(eventMsg{client.Record{Table: &tb, Number: 2, Events: []client.Happening{client.Said{Seat: client.SeatTwo, Text: "반갑습니다"}}}})
	d.shows("반갑습니다", "대화 ›")
}

func TestCommands(t *testing.T) {
	for typed, want := range map[string]client.Command{
		"/무승부":       client.Propose{Table: 7, What: client.DrawOffer},
		"/draw":      client.Propose{Table: 7, What: client.DrawOffer},
		"/takeback":  client.Propose{Table: 7, What: client.TakebackOffer},
		"/말 /뭐":      client.Say{Table: 7, Text: "/뭐"},
		"/claim win": client.Claim{Table: 7, What: client.ClaimWinAbsent},
		"/요구 무승부":    client.Claim{Table: 7, What: client.ClaimDraw},
	} {
		d := newDesk(t, 80, 24, i18n.Korean)
		d.sit("omok", client.SeatOne)
		d.press(typed, "enter")
		if got := d.sent(); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %+v", typed, got)
		}
	}
	for word, english := range i18n.KoreanCommands {
		switch english {
		case "board", "moves", "clock": // always in sight
			continue
		}
		if commands[english] == nil {
			t.Errorf("/%s stands for /%s, which is not there", word, english)
		}
	}
	d := newDesk(t, 80, 24, i18n.English)
	d.sit("omok", client.SeatOne)
	d.press("/bogus", "enter")
	d.shows(`"/bogus" is no command`)
}

// TestRefusedHere: what the rules refuse is said at once, and what was typed stays to be corrected.
func TestRefusedHere(t *testing.T) {
	d := newDesk(t, 80, 24, i18n.English)
	d.sit("omok", client.SeatOne, "h8", "h9")
	d.press("h8", "enter")
	d.shows("There is a stone already", "h8")
	d.press("esc", "zz", "enter")
	d.shows("is no move")
	d = newDesk(t, 80, 24, i18n.English)
	d.sit("omok", client.SeatTwo)
	d.press("h8", "enter")
	d.shows("opponent's turn")
	d = newDesk(t, 80, 24, i18n.English)
	d.sit("omok", client.NoSeat)
	d.press("enter")
	d.shows("Spectators cannot")
	if len(d.sent()) > 0 {
		t.Error("something was sent")
	}
}

func TestForbiddenPoints(t *testing.T) {
	d := newDesk(t, 80, 24, i18n.English)
	d.sit("omok:renju", client.SeatOne, "h8", "a1", "i8", "a15", "j7", "o1", "j6", "o15")
	p := at(t, "j8")
	if !d.m.play.marks.forbidden[p] {
		t.Fatalf("j8 is a double three: %v", d.m.play.marks.forbidden)
	}
	d.shows("×")
	b := d.m.board()
	r := b.cells(p)
	d.click(r.x, r.y)
	d.shows("double three")
	if len(d.sent()) > 0 {
		t.Error("a forbidden move was sent")
	}
}

// TestSwap2: the opening's question is answered by a digit, by arrows and Enter, and by a click.
func TestSwap2(t *testing.T) {
	for how, do := range map[string]func(*desk){
		"digit":  func(d *desk) { d.press("2") },
		"arrows": func(d *desk) { d.press("down", "enter") },
		"click":  func(d *desk) { d.clickOn("Take black") },
		"word":   func(d *desk) { d.press("black", "enter") },
	} {
		d := newDesk(t, 80, 24, i18n.English)
		d.sit("omok:swap2", client.SeatTwo, "h8", "h9", "i8")
		d.shows("Take white", "Take black", "Add two stones")
		do(d)
		want := "black"
		list := position(t, "omok:swap2", "h8", "h9", "i8")
		got := one[client.MakeMove](d)
		if how == "digit" || how == "arrows" {
			want = d.m.choices()[1].Word
		}
		if text := list.Position.Format(got.Move); text != want {
			t.Errorf("%s: %s, want %s", how, text, want)
		}
	}
}

// TestFifthMoves: offered and picked on the board.
func TestFifthMoves(t *testing.T) {
	d := newDesk(t, 80, 24, i18n.English)
	d.sit("omok:renju:rif", client.SeatOne, "h8", "h9", "h10", "stay", "g7")
	d.shows("Offer fifth moves")
	d.press("i7", "enter")
	if got := one[client.MakeMove](d); got.Move.Kind != rules.Offer {
		t.Errorf("%+v", got)
	}
	d = newDesk(t, 80, 24, i18n.English)
	d.sit("omok:renju:rif", client.SeatTwo, "h8", "h9", "h10", "stay", "g7", "i7", "j5")
	d.shows("Pick one of the numbered fifth moves")
	b := d.m.board()
	r := b.cells(at(t, "j5"))
	d.click(r.x, r.y)
	if got := one[client.MakeMove](d); got.Move.Kind != rules.Choose {
		t.Errorf("%+v", got)
	}
}

func TestLeaving(t *testing.T) {
	d := newDesk(t, 80, 24, i18n.English)
	d.sit("omok", client.SeatOne)
	d.press("esc")
	d.shows("A game is on")
	d.press("2") // the lobby, and back
	d.shows("Your games", "ABCD2345")
	if got := d.sent(); len(got) != 2 {
		t.Errorf("the lists are asked for: %+v", got)
	}
	d.clickOn("ABCD2345")
	if d.m.place != atTable {
		t.Fatal(d.screen())
	}
	d.press("f10", "3")
	for _, c := range d.sent() {
		if c == (client.Leave{Table: 7}) {
			return
		}
	}
	t.Error("the table was not left")
}

func TestQuitting(t *testing.T) {
	d := newDesk(t, 80, 24, i18n.English)
	d.sit("omok", client.SeatOne)
	d.press("ctrl+c")
	d.shows("End the program?")
	d.press("ctrl+c")
	q, ok := d.effects[len(d.effects)-1].(quit)
	if !ok || len(q.leave) > 0 || !strings.Contains(q.note, "hansu play") {
		t.Errorf("%+v", d.effects)
	}
	d = newDesk(t, 80, 24, i18n.English)
	d.sit("omok", client.NoSeat)
	d.press("ctrl+c")
	if q, ok := d.effects[len(d.effects)-1].(quit); !ok || len(q.leave) != 1 {
		t.Errorf("a spectator leaves at once: %+v", d.effects)
	}
}

func TestResign(t *testing.T) {
	d := newDesk(t, 80, 24, i18n.English)
	d.sit("omok", client.SeatOne)
	d.press("f4", "enter") // the first answer is to go on
	if len(d.sent()) > 0 {
		t.Fatal("resigned without being asked")
	}
	d.press("f4", "down", "enter")
	one[client.Resign](d)
}

// TestLostConnection: it is said, with the time of the next attempt, which runs.
func TestLostConnection(t *testing.T) {
	d := newDesk(t, 80, 24, i18n.English)
	d.sit("omok", client.SeatOne)
	d.tell(eventMsg{client.Offline{Err: client.ErrHungUp, Retry: 5 * time.Second}})
	d.shows("connection lost", "5 s")
	d.now = d.now.Add(3 * time.Second)
	d.tell(tickMsg{})
	d.shows("2 s")
	d.press("h8", "enter")
	d.shows("will be sent once")
	d.tell(eventMsg{client.Online{Server: 1, Again: true}})
	d.shows("Connected again")
}

// TestOthersHere: how many look on, and that one's own seat was given up meanwhile.
func TestOthersHere(t *testing.T) {
	d := newDesk(t, 80, 24, i18n.English)
	seated := d.sit("omok", client.SeatOne)
	watched := *seated
	watched.Viewers = 12
	d.tell(eventMsg{client.Watched{Table: &watched}})
	d.shows("12 watching · table ABCD2345")
	looking := watched
	looking.Seat = client.NoSeat
	d.tell(eventMsg{client.Sat{Table: &looking}})
	d.shows("Your seat was given up")
	if d.m.seats() != 0 {
		t.Error("it still has a seat")
	}
}

// TestClocks run with the time that is handed in.
func TestClocks(t *testing.T) {
	d := newDesk(t, 80, 24, i18n.English)
	tb := position(t, "omok")
	tc, err := rules.ParseTimeControl("5+3")
	if err != nil {
		t.Fatal(err)
	}
	tb.Seat, tb.Time, tb.LeftAt = client.SeatOne, tc, noon
	d.tell(eventMsg{client.Sat{Table: tb}})
	d.shows("0:00") // nothing was given to anybody yet
	if _, after := d.m.update(noon, tickMsg{}); after[len(after)-1] != (tick{200 * time.Millisecond}) {
		t.Errorf("%+v", after)
	}
}

func TestEnd(t *testing.T) {
	d := newDesk(t, 80, 24, i18n.English)
	d.sit("omok", client.SeatOne, "h8", "a1", "h9", "a2", "h10", "a3", "h11", "a4", "h12")
	d.shows("You win.", "five in a row", "F5 Rematch")
	if len(d.m.play.marks.win) != 5 {
		t.Errorf("%v", d.m.play.marks.win)
	}
	d.press("f5")
	d.shows("nobody to play again")
}
