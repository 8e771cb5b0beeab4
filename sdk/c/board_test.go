package c

import (
	"image"
	"image/color"
	"slices"
	"strconv"
	"testing"

	"hansu/client"
	"hansu/rules"
	"hansu/window/windowtest"
)

// Where board.cpp has things, in pixels from the upper left corner of its board. They are those of
// picture.h and board.cpp.
const (
	omokFirst, omokCell   = 42, 37 // the centre of a15, and from one point to the next
	chessFirst, chessCell = 70, 66
	panelX, logY, logLine = 616, 80, 17
	chatX, chatY          = 700, 549
	connectX, connectY    = 660, -28
)

var (
	wood     = color.RGBA{222, 184, 110, 255} // around the points of omok
	chessRim = color.RGBA{226, 205, 170, 255} // around the squares of chess
	cross    = color.RGBA{200, 30, 30, 255}   // of a forbidden point
	myTurn   = color.RGBA{0, 110, 40, 255}    // of the words "your turn"
	paper    = color.RGBA{255, 255, 255, 255} // behind the log
)

// screen is a display with one window of board.cpp on it.
type screen struct {
	*windowtest.Display
	rim    color.RGBA  // around the points of the board
	corner image.Point // of the board, as last seen; zero if it was not there
}

func newScreen(t *testing.T) *screen {
	t.Helper()
	return &screen{Display: windowtest.NewDisplay(t, "board", 1040, 760)}
}

// until looks at the screen until ok.
func (s *screen) until(what string, ok func(*windowtest.Picture) bool) {
	s.T.Helper()
	s.Until(what, func(p *windowtest.Picture) bool {
		s.locate(p)
		return ok(p)
	})
}

// find waits for the window, whose board has this colour around it.
func (s *screen) find(rim color.RGBA) {
	s.T.Helper()
	s.rim = rim
	s.until("its board", func(*windowtest.Picture) bool { return s.corner != image.Point{} })
}

// locate finds the board's corner anew: a window may appear before it has its place.
func (s *screen) locate(p *windowtest.Picture) {
	s.corner = image.Point{}
	for y := range p.Rect.Dy() {
		for x := range p.Rect.Dx() {
			if p.RGBAAt(x, y) == s.rim {
				s.corner = image.Pt(x, y)
				return
			}
		}
	}
}

func (s *screen) click(p image.Point) {
	s.T.Helper()
	p = p.Add(s.corner)
	s.Do("mousemove", strconv.Itoa(p.X), strconv.Itoa(p.Y), "click", "1")
}

// omokPoint is where a point such as h8 is, from the board's corner.
func omokPoint(t *testing.T, text string) image.Point {
	t.Helper()
	p, err := rules.ParsePoint(text, 15)
	if err != nil {
		t.Fatal(err)
	}
	return image.Pt(omokFirst+int(p.Col)*omokCell, omokFirst+int(14-p.Row)*omokCell)
}

// blackSquare is where a square such as e7 is when black is below.
func blackSquare(t *testing.T, text string) image.Point {
	t.Helper()
	p, err := rules.ParsePoint(text, 8)
	if err != nil {
		t.Fatal(err)
	}
	return image.Pt(chessFirst+int(7-p.Col)*chessCell, chessFirst+int(p.Row)*chessCell)
}

// shows waits until the pixel beside a point's centre, where the mark of the last move is not, is
// as light or dark as a stone.
func (s *screen) shows(point string, white bool) {
	s.T.Helper()
	s.until("a stone on "+point, func(p *windowtest.Picture) bool {
		at := omokPoint(s.T, point).Add(s.corner).Add(image.Pt(9, 0)) // the window may have moved since
		c := p.RGBAAt(at.X, at.Y)
		grey := int(c.R) == int(c.B) && int(c.G) == int(c.B)
		return grey && (white && c.R > 160 || !white && c.R < 120)
	})
}

// logLines counts the lines of the log that have ink.
func (s *screen) logLines(p *windowtest.Picture) int {
	n := 0
	for i := range 26 {
		ink := false
		for y := range logLine {
			for x := 8; x < 330; x++ {
				at := s.corner.Add(image.Pt(panelX+x, logY+i*logLine+y))
				ink = ink || p.RGBAAt(at.X, at.Y) != paper
			}
		}
		if ink {
			n++
		}
	}
	return n
}

// shown reports whether a pixel of this colour is in a part of the picture, which is measured from
// the board's corner.
func (s *screen) shown(p *windowtest.Picture, c color.RGBA, part image.Rectangle) bool {
	part = part.Add(s.corner).Intersect(p.Rect)
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			if p.RGBAAt(x, y) == c {
				return true
			}
		}
	}
	return false
}

// turn waits until the window says that it is its player's turn.
func (s *screen) turn() {
	s.T.Helper()
	s.until("whose turn it is", func(p *windowtest.Picture) bool {
		return s.shown(p, myTurn, image.Rect(panelX, 30, panelX+300, 68))
	})
}

func boardGames(t *testing.T, program string) {
	for name, f := range map[string]func(*testing.T, string){
		"omok": boardOmok, "chess": boardChess, "renju": boardRenju, "coming back": boardBack, "nobody there": boardAlone,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, program)
		})
	}
}

// boardOmok clicks a whole game of omok to five, chats in Korean, and sees the server go.
func boardOmok(t *testing.T, program string) {
	s := serve(t)
	o := s.opponent(t, "omok")
	x := newScreen(t)
	h, p := hostPort(s.address)
	x.Run(program, h, p, "길동", "omok")
	o.plies(0)
	x.find(wood)
	for i, m := range []string{"g9", "i7", "f8", "k10", "m8"} {
		o.move(m)
		x.shows(m, false)
		if i == 1 {
			x.chat(o, "안녕하세요")
			before := x.logLines(x.Picture())
			o.do(client.Say{Table: o.table.ID, Text: "반갑습니다. 좋은 대국 하세요."})
			x.until("the opponent's chat", func(p *windowtest.Picture) bool { return x.logLines(p) > before })
		}
		reply := []string{"h8", "i8", "j8", "k8", "l8"}[i]
		x.click(omokPoint(t, reply))
		o.plies(2*i + 2)
		if got := o.table.Moves[len(o.table.Moves)-1].Text; got != reply {
			t.Fatalf("a click on %s plays %s", reply, got)
		}
		x.shows(reply, true)
	}
	if o.table.Winner != client.SeatTwo || o.table.Reason != rules.Five {
		t.Errorf("winner %d, reason %v", o.table.Winner, o.table.Reason)
	}
	before := x.logLines(x.Picture())
	x.Save("omok")
	s.stop()
	x.until("that the server is gone", func(p *windowtest.Picture) bool { return x.logLines(p) >= before+2 })
	x.Save("closed")
}

// chat types a line and sends it by Enter. xdotool puts each syllable on a free key, and a program
// that has not yet heard of the new key gets nothing: a line that came short is typed again.
func (s *screen) chat(o *opponent, text string) {
	s.T.Helper()
	got := ""
	for i := range 8 { // slower each time: the program may be short of a processor
		s.click(image.Pt(chatX, chatY))
		s.Do("key", "ctrl+a")
		s.Do("type", "--delay", strconv.Itoa(60<<min(i, 4)), text)
		s.Do("key", "Return")
		if got = happens(o, func(client.Said) bool { return true }).Text; got == text {
			return
		}
		s.T.Logf("typed %q, came as %q", text, got)
	}
	s.T.Errorf("typed %q, came as %q", text, got)
}

// boardChess plays black from its side of the board, to mate, and closes the window.
func boardChess(t *testing.T, program string) {
	s := serve(t)
	o := s.opponent(t, "chess")
	x := newScreen(t)
	h, p := hostPort(s.address)
	x.Run(program, h, p, "길동", "chess")
	o.plies(0)
	x.find(chessRim)
	for i, m := range []string{"f2f3", "g2g4"} {
		before := x.logLines(x.Picture())
		o.move(m)
		x.until("the move "+m, func(p *windowtest.Picture) bool { return x.logLines(p) > before })
		reply := []string{"e7e5", "d8h4"}[i]
		x.click(blackSquare(t, reply[:2]))
		x.click(blackSquare(t, reply[2:]))
		o.plies(2*i + 2)
	}
	if o.table.Winner != client.SeatTwo || o.table.Reason != rules.Checkmate {
		t.Errorf("winner %d, reason %v", o.table.Winner, o.table.Reason)
	}
	before := x.logLines(x.Picture())
	o.do(client.Say{Table: o.table.ID, Text: "졌습니다"})
	x.until("the end", func(p *windowtest.Picture) bool { return x.logLines(p) > before })
	x.Save("chess")
	x.Do("key", "alt+F4")
	happens(o, func(client.Away) bool { return true })
}

// boardAlone: nobody listens at the address, and the log says so.
func boardAlone(t *testing.T, program string) {
	x := newScreen(t)
	x.Run(program, "127.0.0.1", "1", "길동", "omok")
	x.find(wood)
	x.until("two lines", func(p *windowtest.Picture) bool { return x.logLines(p) >= 2 })
	x.Save("refused")
}

// boardRenju plays black, which comes first, to a position with two forbidden points: the window does
// not know renju, and marks them.
func boardRenju(t *testing.T, program string) {
	s := serve(t)
	x := newScreen(t)
	h, p := hostPort(s.address)
	x.Run(program, h, p, "길동", "renju")
	x.find(wood)
	x.until("that it has a seat", func(p *windowtest.Picture) bool { return x.logLines(p) >= 5 })
	o := s.opponent(t, "omok:renju")
	o.plies(0)
	for i, m := range []string{"h8", "j9", "l9", "k10", "k11"} {
		x.turn()
		x.click(omokPoint(t, m))
		o.plies(2*i + 1)
		o.move([]string{"a1", "a15", "o1", "o15", "h1"}[i])
	}
	want := o.table.Position.Forbidden(nil)
	marked := func(p *windowtest.Picture) (got []rules.Point) {
		for row := range uint8(15) {
			for col := range uint8(15) {
				at := rules.Point{Col: col, Row: row}
				centre := omokPoint(t, at.String())
				if x.shown(p, cross, image.Rectangle{Min: centre, Max: centre}.Inset(-8)) {
					got = append(got, at)
				}
			}
		}
		return got
	}
	x.until("the forbidden points", func(p *windowtest.Picture) bool { return len(want) == 2 && slices.Equal(marked(p), want) })
	x.Save("renju")
	o.do(client.Resign{Table: o.table.ID})
}

// boardBack restarts the server in the middle of a game: one click, and the window goes on.
func boardBack(t *testing.T, program string) {
	s := serve(t)
	o := s.opponent(t, "omok")
	x := newScreen(t)
	h, p := hostPort(s.address)
	x.Run(program, h, p, "길동", "omok")
	o.plies(0)
	x.find(wood)
	o.move("h8")
	x.turn()
	lines := x.logLines(x.Picture())
	s.stop()
	x.until("that the server is gone", func(p *windowtest.Picture) bool { return x.logLines(p) >= lines+2 })
	s.start()
	x.click(image.Pt(connectX, connectY))
	x.turn()
	x.click(omokPoint(t, "i9"))
	o.plies(2)
	x.shows("h8", false)
	x.shows("i9", true)
	x.Save("back")
}
