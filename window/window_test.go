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
	"hansu/window/windowtest"
	"hansu/wire"
)

// TestOtherSystem: there is no such window here.
func TestOtherSystem(t *testing.T) {
	if err := window.Run(window.Options{}); !errors.Is(err, window.ErrSystem) {
		t.Error(err)
	}
}

// TestWindow runs the real program under Wine, each time on a display of its own: the mouse clicks, the
// keyboard types, and what is on the screen is compared with what must be there. A game of omok against the
// terminal is in cmd/hansu, which has both.
func TestWindow(t *testing.T) {
	windowtest.Needs(t, windowtest.Wine...)
	for name, f := range map[string]func(*testing.T){
		"chess": chessGame, "plain chat": plainChat, "bad servers": badServers,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t)
		})
	}
}

// chessGame begins on the first screen, plays black from its own side of the board, and lets a pawn become a
// knight.
func chessGame(t *testing.T) {
	s := serve(t)
	o := s.opponent(t, "chess", "5+3")
	d := newDesk(t, screen.Options{}, "--game", "omok:standard", "--time", "5+3") // not those of an earlier run
	d.Save("first")
	d.Types(screen.AddressID, s.address, 0)
	d.Press(screen.ChessID)
	d.Save("form")
	d.Press(screen.StartID)
	d.sits(o)
	d.Shows(o.seen())
	for i, m := range []string{"a2a3", "a3a4", "a4a5", "b2b3", "b3b4"} {
		o.move(m)
		d.Shows(o.seen())
		reply := []string{"h7h5", "h5h4", "h4h3", "h3g2", "g2h1"}[i]
		d.ClickPoint(o.seen(), reply[:2])
		if i == 1 {
			d.Save("chess")
		}
		d.ClickPoint(o.seen(), reply[2:])
		if i == 4 {
			d.Until("the choice of a man", func(p *windowtest.Picture) bool { // the board is darkened, with light squares, too
				g, _ := d.App.Grid()
				e4 := g.Centre(rules.Point{Col: 4, Row: 3}).Add(d.Client.Min).Add(image.Pt(g.Cell*2/5, g.Cell*2/5))
				return p.RGBAAt(e4.X, e4.Y).R < 0xb0
			})
			d.Save("promotion")
			d.ClickPoint(o.seen(), "h4") // queen, rook, bishop, knight from h1 on
		}
		o.plies(2*i + 2)
		d.Shows(o.seen())
	}
	if got := o.table.Moves[9].Text; got != "gxh1=N" {
		t.Errorf("the last move is %s", got)
	}
	d.Save("promoted")
	o.do(client.Propose{Table: o.table.ID, What: client.DrawOffer})
	d.At(o.seen())
	accept := d.Control(screen.AcceptID)
	d.Until("the offer", func(p *windowtest.Picture) bool {
		return p.RGBAAt(d.Client.Min.X+accept.Min.X+12, d.Client.Min.Y+windowtest.Middle(accept).Y).G < 0x80
	})
	d.Save("offer")
	d.Press(screen.AcceptID)
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
	log := d.Control(screen.LogID)
	ink := func() int {
		p, n := d.Picture(), 0
		for y := log.Min.Y; y < log.Max.Y; y++ {
			for x := log.Min.X; x < log.Max.X; x++ {
				if p.RGBAAt(x+d.Client.Min.X, y+d.Client.Min.Y).G < 0x80 {
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
		d.Types(screen.SendID, text, i)
		d.Do("key", "Return")
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
		d.Until("what came", func(*windowtest.Picture) bool { return ink() > before })
	}
	d.Save("plain")
	before := ink()
	other.Close()
	srv.Shutdown(t.Context())
	d.Until("that the server is gone", func(*windowtest.Picture) bool { return ink() > before })
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// badServers tries, one after the other from the first screen, addresses where there is nothing, or no Hansu
// server, and at last a good one, which was found on the network.
func badServers(t *testing.T) {
	good := serve(t)
	d := desk{windowtest.NewDeskOf(t, "window/testdata/found", screen.Options{}, "동아리방", good.address)}
	d.App.Found([]screen.Server{{Name: "동아리방", Address: good.address}})
	found := d.Control(screen.ServerID)
	d.Until("the server that was found", func(p *windowtest.Picture) bool { return d.dark(p, found) })
	d.Save("found")
	note := d.Note()
	for _, c := range []struct{ name, address string }{
		{"silence", says(t, "")},
		{"half a packet", says(t, "\x00")},
		{"another protocol", says(t, "HTTP/1.1 400 Bad Request\r\n\r\n")},
		{"another version", says(t, string((&wire.Welcome{Version: 99}).Append(nil, wire.Header{})))},
		{"nobody there", "127.0.0.1:1"},
	} {
		d.Types(screen.AddressID, c.address, 0)
		before := d.Picture()
		d.Press(screen.StartID)
		d.Until("what is wrong with "+c.name, func(p *windowtest.Picture) bool {
			return d.Inks(p, windowtest.Red, note) > 0 && !windowtest.Same(before, p, note.Add(d.Client.Min), image.Point{})
		})
		d.Save(c.name)
	}
	d.Click(windowtest.Middle(found))
	d.Press(screen.StartID)
	o := good.opponent(t, "omok", "none")
	d.sits(o)
	d.Shows(o.seen())
}

// dark reports whether something is written in a part of the client area.
func (d desk) dark(p *windowtest.Picture, part image.Rectangle) bool {
	part = part.Inset(4).Add(d.Client.Min)
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			if p.RGBAAt(x, y).G < 0x70 {
				return true
			}
		}
	}
	return false
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
