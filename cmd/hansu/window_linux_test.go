package main

import (
	"context"
	"fmt"
	"image"
	"testing"
	"time"

	"hansu/client"
	"hansu/i18n"
	"hansu/rules"
	"hansu/server"
	"hansu/window/screen"
	"hansu/window/windowtest"
)

// witness looks on at a table, and knows what both players must see.
type witness struct {
	t     *testing.T
	c     *client.Client
	table *client.Table
	said  []string
}

func newWitness(t *testing.T, addr string) *witness {
	t.Helper()
	c, err := client.Dial(context.Background(), client.Config{Address: addr, Name: "관전", Wait: patience, RetryMax: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &witness{t: t, c: c}
}

// watch waits for a table where somebody waits for an opponent, and looks on there. Idle is called while there is none.
func (w *witness) watch(idle func()) {
	w.t.Helper()
	again := time.NewTicker(time.Second) // the server lets nobody ask much oftener
	defer again.Stop()
	limit := time.After(2 * windowtest.Patience)
	for w.table == nil {
		select {
		case <-again.C:
		case <-limit:
			w.t.Fatal("nobody sits down")
		}
		w.do(client.List{})
		w.until("the list", func(e client.Event) bool {
			list, ok := e.(client.Listed)
			if ok && len(list.Entries) > 0 {
				w.do(client.Watch{Code: list.Entries[0].Code})
				w.until("the table", func(client.Event) bool { return w.table != nil })
			}
			return ok
		})
		idle()
	}
}

func (w *witness) do(cmd client.Command) {
	w.t.Helper()
	if _, err := w.c.Do(cmd); err != nil {
		w.t.Fatal(err)
	}
}

// until takes events until ok.
func (w *witness) until(what string, ok func(client.Event) bool) {
	w.t.Helper()
	limit := time.After(windowtest.Patience)
	for {
		select {
		case e := <-w.c.Events():
			switch e := e.(type) {
			case client.Sat:
				w.table = e.Table
			case client.Watched:
				w.table = e.Table
			case client.Record:
				w.table = e.Table
				for _, h := range e.Events {
					if s, said := h.(client.Said); said {
						w.said = append(w.said, s.Text)
					}
				}
			}
			if ok(e) {
				return
			}
		case <-limit:
			w.t.Fatalf("never: %s; %+v", what, w.table)
		}
	}
}

// moves waits until so many moves were made in this game of the table.
func (w *witness) moves(game uint16, n int) {
	w.t.Helper()
	for w.table == nil || w.table.Number != game || len(w.table.Moves) != n {
		w.until(fmt.Sprintf("%d moves", n), func(client.Event) bool { return true })
	}
}

// first is the table as the one on seat 1 sees it.
func (w *witness) first() *client.Table {
	t := *w.table
	t.Seat = client.SeatOne
	return &t
}

// TestWindowMeetsTerminal: a whole game of renju between the window, clicked under Wine, and the full screen in a
// terminal, clicked too. On the way they talk in Korean, the window comes to a screen of another density, and the
// server is restarted; at the end there is another game.
func TestWindowMeetsTerminal(t *testing.T) {
	windowtest.Needs(t, append(windowtest.Wine, "tmux")...)
	t.Parallel()
	data := t.TempDir()
	srv, stop := served(t, server.Config{Data: data})
	addr := srv.TCP().String()
	d := windowtest.NewDesk(t, screen.Options{}, addr, "--game", "omok:renju", "--time", "10m+3x30s")
	w := newWitness(t, addr)
	w.watch(func() { // connecting may take too long on a busy machine: once more then, as a person would do
		if p := d.Picture(); d.Locate(p) && d.Inks(p, windowtest.Red, d.Note()) > 0 {
			d.Click(windowtest.Middle(d.First(screen.StartID)))
		}
	})
	term := newTerminal(t, 200, 60, []string{"HANSU_LANG=ko", "COLORTERM=truecolor"})
	term.enter("clear; hansu play " + addr + " --name 다람쥐 --join " + w.table.Code)
	term.until(`길동\(흑\) 님의 차례입니다`)
	w.moves(1, 0)
	d.Shows(w.first())
	for i, m := range [][2]string{{"h8", "a1"}, {"j9", "a15"}, {"l9", "o1"}, {"k10", "o15"}, {"k11", "h1"}, {"k12", "b3"}, {"k13", "c5"}, {"k14", ""}} {
		d.ClickPoint(w.first(), m[0])
		w.moves(1, 2*i+1)
		if got := w.table.Moves[2*i].Text; got != m[0] {
			t.Fatalf("a click on %s plays %s", m[0], got)
		}
		d.Shows(w.first())
		if m[1] == "" {
			break
		}
		term.until(i18n.For("ko").Text(i18n.PlayYourTurn))
		term.move(m[1], "mouse")
		w.moves(1, 2*i+2)
		d.Shows(w.first())
		switch i {
		case 0:
			talkBetween(d, w, term)
		case 1:
			rescale(d)
		case 2:
			stop()
			d.Until("that the server is gone", func(p *windowtest.Picture) bool { return d.Inks(p, windowtest.Red, d.Status()) > 0 })
			d.Save("lost")
			term.until(`연결이 끊어졌습니다`)
			served(t, server.Config{Data: data, TCP: addr})
			w.until("that it is back", func(e client.Event) bool { on, ok := e.(client.Online); return ok && on.Again })
			d.Until("that it is back", func(p *windowtest.Picture) bool { return d.Inks(p, windowtest.Red, d.Status()) == 0 })
		case 4:
			if n := len(w.table.Position.Forbidden(nil)); n != 2 {
				t.Errorf("%d forbidden points", n)
			}
			d.Save("renju")
			tab := d.Control(screen.SocketLogID)
			d.Press(screen.SocketLogID)
			d.Until("the other side of the log", func(p *windowtest.Picture) bool { return d.Inks(p, windowtest.Accent, tab) > 0 })
			d.Save("socket")
		}
	}
	if w.table.Winner != client.SeatOne || w.table.Reason != rules.Five {
		t.Errorf("winner %d, reason %v", w.table.Winner, w.table.Reason)
	}
	term.until(i18n.For("ko").Text(i18n.PlayYouLose))
	d.Save("won")
	d.Press(screen.RematchID)
	term.until(`F7 수락`)
	term.keys("F7")
	w.moves(2, 0)
	d.Shows(w.first())
	d.Do("key", "ctrl+g") // the menu's key
	d.Until("that it asks before it resigns", func(p *windowtest.Picture) bool {
		d.At(w.first())
		d.App.Press(screen.ResignID)
		return d.Inks(p, windowtest.Red, d.Status().Add(image.Pt(0, 70))) > 0
	})
	d.Save("resign")
	d.Do("key", "alt+F4")
	term.until(`길동.* 연결이 끊어졌습니다`)
}

// talkBetween types a line in each of the two.
func talkBetween(d *windowtest.Desk, w *witness, term *terminal) {
	const text = "안녕하세요, 잘 부탁드립니다"
	got := ""
	for i := 0; got != text; i++ {
		if i == 6 {
			d.T.Fatalf("typed %q, came as %q", text, w.said)
		}
		d.Types(screen.ChatID, text, i)
		d.Do("key", "Return")
		before := len(w.said)
		w.until("the line", func(client.Event) bool { return len(w.said) > before })
		got = w.said[before]
	}
	term.until(`길동: 안녕하세요, 잘\s+부탁드립니다`)
	term.keys("Tab")
	term.enter("반갑습니다")
	w.until("the answer", func(client.Event) bool { return w.said[len(w.said)-1] == "반갑습니다" })
}

// rescale brings the window to a screen of 120 dots per inch: board, controls and fonts grow with it.
func rescale(d *windowtest.Desk) {
	p := d.Picture()
	name, button := d.InkHeight(p, "길동"), d.Control(screen.SayID)
	d.Rescale(120, image.Rect(6, 6, 1094, 794))
	d.Until("that its texts have grown", func(p *windowtest.Picture) bool { return d.InkHeight(p, "길동") > name })
	if after := d.Control(screen.SayID); after.Dx()*96 < button.Dx()*115 {
		d.T.Errorf("a button of %v is one of %v", button, after)
	}
	d.Save("dense")
}
