//go:build linux

package window_test

import (
	"errors"
	"image"
	"io"
	"net"
	"testing"
	"time"

	"hansu/client"
	"hansu/netio"
	"hansu/netio/chat"
	"hansu/rules"
	"hansu/window"
	"hansu/window/screen"
	"hansu/wire"
)

// TestOtherSystem: there is no such window here.
func TestOtherSystem(t *testing.T) {
	if err := window.Run(window.Options{}); !errors.Is(err, window.ErrSystem) {
		t.Error(err)
	}
}

// TestWindow runs the real program under Wine, each time on a display of its own: the mouse clicks, the
// keyboard types, and what is on the screen is compared with what must be there.
func TestWindow(t *testing.T) {
	needs(t, "wine64|wine|/usr/lib/wine/wine64", "Xvfb", "xdotool")
	for name, f := range map[string]func(*testing.T){
		"omok": omokGame, "chess": chessGame, "plain chat": plainChat, "bad servers": badServers,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t)
		})
	}
}

// omokGame clicks a whole game of omok to five. On the way it chats in Korean and the server is restarted; at the
// end another game is offered.
func omokGame(t *testing.T) {
	s := serve(t)
	o := s.opponent(t, "omok")
	d := newDesk(t, screen.Options{}, s.address, "--game", "omok")
	d.sits(o)
	d.shows(o)
	for i, m := range []string{"g9", "i7", "f8", "k10", "m8"} {
		o.move(m)
		d.shows(o)
		switch i {
		case 1:
			d.chat(o, "안녕하세요, 잘 부탁드립니다")
			o.do(client.Say{Table: o.table.ID, Text: "반갑습니다. 좋은 대국 하세요."})
		case 2:
			s.stop()
			d.until("that the server is gone", func(p *image.RGBA) bool { return d.inks(p, red, d.status(o)) > 0 })
			d.save("lost")
			s.start()
			d.until("that it is back", func(p *image.RGBA) bool { return d.inks(p, red, d.status(o)) == 0 })
		}
		reply := []string{"h8", "i8", "j8", "k8", "l8"}[i]
		d.clickPoint(o, reply)
		o.plies(2*i + 2)
		if got := o.table.Moves[len(o.table.Moves)-1].Text; got != reply {
			t.Fatalf("a click on %s plays %s", reply, got)
		}
		d.shows(o)
		if i == 3 {
			d.save("omok")
		}
	}
	if o.table.Winner != client.SeatTwo || o.table.Reason != rules.Five {
		t.Errorf("winner %d, reason %v", o.table.Winner, o.table.Reason)
	}
	d.save("won")
	d.at(o)
	d.press(screen.RematchID)
	if p := happens[client.Proposed](o); p.What != client.RematchOffer {
		t.Errorf("%+v", p)
	}
	o.do(client.Reply{Table: o.table.ID, What: client.RematchOffer, Verdict: client.Accept})
	for o.table.Number < 2 {
		await(o, func(client.Record) bool { return true })
	}
	d.shows(o)
	d.do("key", "ctrl+g") // the menu's key
	d.until("that it asks before it resigns", func(p *image.RGBA) bool {
		d.at(o)
		d.app.Press(screen.ResignID)
		return d.inks(p, red, d.status(o).Add(image.Pt(0, 70))) > 0
	})
	d.save("resign")
	d.do("key", "alt+F4")
	happens[client.Away](o)
}

// status is where the window says what is going on.
func (d *desk) status(o *opponent) image.Rectangle {
	d.at(o)
	_, panel := d.app.Places()
	return image.Rect(panel.Min.X, panel.Min.Y+160, panel.Max.X, panel.Min.Y+212)
}

// chat types a line and sends it by Enter; a line that came short is typed again.
func (d *desk) chat(o *opponent, text string) {
	d.t.Helper()
	d.at(o)
	got := ""
	for i := range 6 {
		d.types(screen.ChatID, text, i)
		d.do("key", "Return")
		if got = happens[client.Said](o).Text; got == text {
			return
		}
		d.t.Logf("typed %q, came as %q", text, got)
	}
	d.t.Errorf("typed %q, came as %q", text, got)
}

// chessGame begins on the first screen, plays black from its own side of the board, and lets a pawn become a
// knight.
func chessGame(t *testing.T) {
	s := serve(t)
	o := s.opponent(t, "chess")
	d := newDesk(t, screen.Options{}, "--game", "omok:standard") // not the game of an earlier run
	d.save("first")
	d.types(screen.AddressID, s.address, 0)
	d.press(screen.ChessID)
	d.save("form")
	d.press(screen.StartID)
	d.sits(o)
	d.shows(o)
	for i, m := range []string{"a2a3", "a3a4", "a4a5", "b2b3", "b3b4"} {
		o.move(m)
		d.shows(o)
		reply := []string{"h7h5", "h5h4", "h4h3", "h3g2", "g2h1"}[i]
		d.clickPoint(o, reply[:2])
		if i == 1 {
			d.save("chess")
		}
		d.clickPoint(o, reply[2:])
		if i == 4 {
			d.until("the choice of a man", func(p *image.RGBA) bool { // the board is darkened, with light squares, too
				g, _ := d.app.Grid()
				e4 := g.Centre(rules.Point{Col: 4, Row: 3}).Add(d.client.Min).Add(image.Pt(g.Cell*2/5, g.Cell*2/5))
				return p.RGBAAt(e4.X, e4.Y).R < 0xb0
			})
			d.save("promotion")
			d.clickPoint(o, "h4") // queen, rook, bishop, knight from h1 on
		}
		o.plies(2*i + 2)
		d.shows(o)
	}
	if got := o.table.Moves[9].Text; got != "gxh1=N" {
		t.Errorf("the last move is %s", got)
	}
	d.save("promoted")
	o.do(client.Propose{Table: o.table.ID, What: client.DrawOffer})
	d.at(o)
	d.until("the offer", func(p *image.RGBA) bool {
		r := d.control(screen.AcceptID)
		return p.RGBAAt(d.client.Min.X+r.Min.X+12, d.client.Min.Y+middle(r).Y).G < 0x80
	})
	d.save("offer")
	d.press(screen.AcceptID)
	if e := happens[client.Ended](o); e.Reason != rules.Agreement {
		t.Errorf("%+v", e)
	}
}

// plainChat talks on a chat server with a client that sends text in pieces, without an end and with a NUL.
func plainChat(t *testing.T) {
	srv, err := chat.Listen("127.0.0.1:0", nil, netio.Config{})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve() }()
	other, err := net.Dial("tcp", srv.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	d := newDesk(t, screen.Options{Raw: true}, "--raw", srv.Addr().String())
	log := d.control(screen.LogID)
	ink := func() int {
		p, n := d.picture(), 0
		for y := log.Min.Y; y < log.Max.Y; y++ {
			for x := log.Min.X; x < log.Max.X; x++ {
				if p.RGBAAt(x+d.client.Min.X, y+d.client.Min.Y).G < 0x80 {
					n++
				}
			}
		}
		return n
	}
	_ = other.SetDeadline(time.Now().Add(patience))
	text := "안녕하세요"
	got := make([]byte, 0, 64)
	for i := 0; string(got) != text+"\x00"; i++ {
		d.types(screen.SendID, text, i)
		d.do("key", "Return")
		got = got[:0]
		for b := make([]byte, 1); len(got) == 0 || got[len(got)-1] != 0; got = append(got, b[0]) {
			if _, err := io.ReadFull(other, b); err != nil {
				t.Fatalf("%q, then %v", got, err)
			}
		}
		if i == 5 {
			t.Fatalf("typed %q, came as %q", text, got)
		}
	}
	for _, piece := range []string{"TEXT", "끝이 없는 글", "NUL로 끝나는 글\x00", "\xbe\xc8\xb3\xe7"} {
		before := ink()
		if _, err := other.Write([]byte(piece)); err != nil {
			t.Fatal(err)
		}
		d.until("what came", func(*image.RGBA) bool { return ink() > before })
	}
	d.save("plain")
	before := ink()
	other.Close()
	srv.Shutdown(t.Context())
	d.until("that the server is gone", func(*image.RGBA) bool { return ink() > before })
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// badServers tries, one after the other from the first screen, addresses where there is nothing, or no Hansu
// server, and at last a good one.
func badServers(t *testing.T) {
	d := newDesk(t, screen.Options{}, "--game", "omok:standard") // not the game of an earlier run
	good := serve(t)
	note := d.note()
	for _, c := range []struct{ name, address string }{
		{"silence", says(t, "")},
		{"half a packet", says(t, "\x00")},
		{"another protocol", says(t, "HTTP/1.1 400 Bad Request\r\n\r\n")},
		{"another version", says(t, string((&wire.Welcome{Version: 99}).Append(nil, wire.Header{})))},
		{"nobody there", "127.0.0.1:1"},
	} {
		d.types(screen.AddressID, c.address, 0)
		before := d.picture()
		d.press(screen.StartID)
		d.until("what is wrong with "+c.name, func(p *image.RGBA) bool {
			return d.inks(p, red, note) > 0 && !same(before, p, note.Add(d.client.Min), image.Point{})
		})
		d.save(c.name)
	}
	d.types(screen.AddressID, good.address, 0)
	d.press(screen.StartID)
	o := good.opponent(t, "omok")
	d.sits(o)
	d.shows(o)
}

// says is the address of a server that says something to everybody, and then nothing more.
func says(t *testing.T, text string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { c.Close() })
			_, _ = io.WriteString(c, text)
		}
	}()
	return l.Addr().String()
}
