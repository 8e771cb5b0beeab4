package c

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hansu/client"
	"hansu/rules"
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
	wood      = color.RGBA{222, 184, 110, 255} // around the points of omok
	chessRim  = color.RGBA{226, 205, 170, 255} // around the squares of chess
	cross     = color.RGBA{200, 30, 30, 255}   // of a forbidden point
	myTurn    = color.RGBA{0, 110, 40, 255}    // of the words "your turn"
	paper     = color.RGBA{255, 255, 255, 255} // behind the log
	artefacts = filepath.Join("..", "..", ".cache", "artefacts")
)

// screen is a display of its own, without a monitor: an X server that keeps its picture in a file.
type screen struct {
	t       *testing.T
	display string
	file    string
	rim     color.RGBA  // around the points of the board
	corner  image.Point // of the board, as last seen; zero if it was not there
}

func newScreen(t *testing.T) *screen {
	t.Helper()
	dir := t.TempDir()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1040x760x24", "-nolisten", "tcp", "-fbdir", dir)
	x.ExtraFiles = []*os.File{write}
	if err := x.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	t.Cleanup(func() {
		_ = x.Process.Kill()
		_ = x.Wait()
	})
	_ = read.SetReadDeadline(time.Now().Add(patience))
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb: %v", err)
	}
	return &screen{t: t, display: ":" + strings.TrimSpace(number), file: filepath.Join(dir, "Xvfb_screen0")}
}

// picture reads the screen: a file of X's window dump format (XWD, version 7) of 32 bits a pixel.
func (s *screen) picture() *image.RGBA {
	s.t.Helper()
	raw, err := os.ReadFile(s.file)
	if err != nil {
		s.t.Fatal(err)
	}
	field := func(i int) int { return int(binary.BigEndian.Uint32(raw[4*i:])) }
	if len(raw) < 100 || field(1) != 7 || field(11) != 32 || field(7) != 0 {
		s.t.Fatalf("Xvfb keeps its picture in another form: %x", raw[:min(len(raw), 100)])
	}
	w, h, line, from := field(4), field(5), field(12), field(0)+12*field(19)
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			b := raw[from+y*line+4*x:]
			p.SetRGBA(x, y, color.RGBA{b[2], b[1], b[0], 255})
		}
	}
	return p
}

// until looks at the screen until ok. A window tells nobody when it has drawn, so it is looked at again
// and again.
func (s *screen) until(what string, ok func(*image.RGBA) bool) {
	s.t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	limit := time.After(patience)
	for {
		p := s.picture()
		s.locate(p)
		if ok(p) {
			return
		}
		select {
		case <-again.C:
		case <-limit:
			s.save("failed")
			s.t.Fatalf("the window does not show %s: see %s", what, filepath.Join(artefacts, "board-failed.png"))
		}
	}
}

// find waits for the window, whose board has this colour around it.
func (s *screen) find(rim color.RGBA) {
	s.t.Helper()
	s.rim = rim
	s.until("its board", func(*image.RGBA) bool { return s.corner != image.Point{} })
}

// locate finds the board's corner anew: a window may appear before it has its place.
func (s *screen) locate(p *image.RGBA) {
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

// save keeps the screen as a file beside the project's other products.
func (s *screen) save(name string) {
	s.t.Helper()
	if err := os.MkdirAll(artefacts, 0o755); err != nil {
		s.t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(artefacts, "board-"+name+".png"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, s.picture()); err != nil {
		s.t.Fatal(err)
	}
}

// do moves the mouse and types, as xdotool has it.
func (s *screen) do(args ...string) {
	s.t.Helper()
	cmd := exec.Command("xdotool", args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+s.display, "LANG=C.UTF-8")
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("xdotool %v: %v\n%s", args, err, out)
	}
}

func (s *screen) click(p image.Point) {
	s.t.Helper()
	p = p.Add(s.corner)
	s.do("mousemove", strconv.Itoa(p.X), strconv.Itoa(p.Y), "click", "1")
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
	s.t.Helper()
	s.until("a stone on "+point, func(p *image.RGBA) bool {
		at := omokPoint(s.t, point).Add(s.corner).Add(image.Pt(9, 0)) // the window may have moved since
		c := p.RGBAAt(at.X, at.Y)
		grey := int(c.R) == int(c.B) && int(c.G) == int(c.B)
		return grey && (white && c.R > 160 || !white && c.R < 120)
	})
}

// logLines counts the lines of the log that have ink.
func (s *screen) logLines(p *image.RGBA) int {
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
func (s *screen) shown(p *image.RGBA, c color.RGBA, part image.Rectangle) bool {
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
	s.t.Helper()
	s.until("whose turn it is", func(p *image.RGBA) bool {
		return s.shown(p, myTurn, image.Rect(panelX, 30, panelX+300, 68))
	})
}

// board starts the window program on a desktop of its own: Wine draws a desktop on the display that
// its first program has, and other programs of the same prefix may have none.
func (s *screen) board(program string, args ...string) {
	s.t.Helper()
	desktop := fmt.Sprintf("/desktop=hansu%d%d,1040x760", os.Getpid(), time.Now().UnixNano())
	windows := "Z:" + strings.ReplaceAll(program, "/", `\`)
	cmd := exec.Command(filepath.Join("..", "..", "scripts", "wine-run"), append([]string{"explorer", desktop, windows}, args...)...)
	cmd.Env = append(os.Environ(), "HANSU_WINE_DISPLAY="+s.display, "HANSU_LANG=ko", "LANG=C.UTF-8", "LC_ALL=")
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		_ = cmd.Process.Kill() // the desktop
		_ = cmd.Wait()
		endProgram(s.t, windows)
	})
}

// endProgram ends the program that was started from this file, if it has not ended by itself.
func endProgram(t *testing.T, file string) {
	all, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range all {
		line, err := os.ReadFile(path)
		if err != nil || !strings.HasPrefix(string(line), file+"\x00") {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil {
			t.Fatal(err)
		}
		if p, err := os.FindProcess(pid); err == nil {
			_ = p.Kill()
		}
	}
}

func boardGames(t *testing.T, program string) {
	t.Run("omok", func(t *testing.T) { boardOmok(t, program) })
	t.Run("chess", func(t *testing.T) { boardChess(t, program) })
	t.Run("renju", func(t *testing.T) { boardRenju(t, program) })
	t.Run("coming back", func(t *testing.T) { boardBack(t, program) })
	t.Run("nobody there", func(t *testing.T) { boardAlone(t, program) })
}

// boardOmok clicks a whole game of omok to five, chats in Korean, and sees the server go.
func boardOmok(t *testing.T, program string) {
	s := serve(t)
	o := s.opponent(t, "omok")
	x := newScreen(t)
	h, p := hostPort(s.address)
	x.board(program, h, p, "길동", "omok")
	o.plies(0)
	x.find(wood)
	for i, m := range []string{"g9", "i7", "f8", "k10", "m8"} {
		o.move(m)
		x.shows(m, false)
		if i == 1 {
			x.chat(o, "안녕하세요")
			before := x.logLines(x.picture())
			o.do(client.Say{Table: o.table.ID, Text: "반갑습니다. 좋은 대국 하세요."})
			x.until("the opponent's chat", func(p *image.RGBA) bool { return x.logLines(p) > before })
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
	before := x.logLines(x.picture())
	x.save("omok")
	s.stop()
	x.until("that the server is gone", func(p *image.RGBA) bool { return x.logLines(p) >= before+2 })
	x.save("closed")
}

// chat types a line and sends it by Enter. xdotool puts each syllable on a free key, and a program
// that has not yet heard of the new key gets nothing: a line that came short is typed again.
func (s *screen) chat(o *opponent, text string) {
	s.t.Helper()
	got := ""
	for i := range 8 { // slower each time: the program may be short of a processor
		s.click(image.Pt(chatX, chatY))
		s.do("key", "ctrl+a")
		s.do("type", "--delay", strconv.Itoa(60<<min(i, 4)), text)
		s.do("key", "Return")
		if got = happens(o, func(client.Said) bool { return true }).Text; got == text {
			return
		}
		s.t.Logf("typed %q, came as %q", text, got)
	}
	s.t.Errorf("typed %q, came as %q", text, got)
}

// boardChess plays black from its side of the board, to mate, and closes the window.
func boardChess(t *testing.T, program string) {
	s := serve(t)
	o := s.opponent(t, "chess")
	x := newScreen(t)
	h, p := hostPort(s.address)
	x.board(program, h, p, "길동", "chess")
	o.plies(0)
	x.find(chessRim)
	for i, m := range []string{"f2f3", "g2g4"} {
		before := x.logLines(x.picture())
		o.move(m)
		x.until("the move "+m, func(p *image.RGBA) bool { return x.logLines(p) > before })
		reply := []string{"e7e5", "d8h4"}[i]
		x.click(blackSquare(t, reply[:2]))
		x.click(blackSquare(t, reply[2:]))
		o.plies(2*i + 2)
	}
	if o.table.Winner != client.SeatTwo || o.table.Reason != rules.Checkmate {
		t.Errorf("winner %d, reason %v", o.table.Winner, o.table.Reason)
	}
	before := x.logLines(x.picture())
	o.do(client.Say{Table: o.table.ID, Text: "졌습니다"})
	x.until("the end", func(p *image.RGBA) bool { return x.logLines(p) > before })
	x.save("chess")
	x.do("key", "alt+F4")
	happens(o, func(client.Away) bool { return true })
}

// boardAlone: nobody listens at the address, and the log says so.
func boardAlone(t *testing.T, program string) {
	x := newScreen(t)
	x.board(program, "127.0.0.1", "1", "길동", "omok")
	x.find(wood)
	x.until("two lines", func(p *image.RGBA) bool { return x.logLines(p) >= 2 })
	x.save("refused")
}

// boardRenju plays black, which comes first, to a position with two forbidden points: the window does
// not know renju, and marks them.
func boardRenju(t *testing.T, program string) {
	s := serve(t)
	x := newScreen(t)
	h, p := hostPort(s.address)
	x.board(program, h, p, "길동", "renju")
	x.find(wood)
	x.until("that it has a seat", func(p *image.RGBA) bool { return x.logLines(p) >= 5 })
	o := s.opponent(t, "omok:renju")
	o.plies(0)
	for i, m := range []string{"h8", "j9", "l9", "k10", "k11"} {
		x.turn()
		x.click(omokPoint(t, m))
		o.plies(2*i + 1)
		o.move([]string{"a1", "a15", "o1", "o15", "h1"}[i])
	}
	want := o.table.Position.Forbidden(nil)
	marked := func(p *image.RGBA) (got []rules.Point) {
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
	x.until("the forbidden points", func(p *image.RGBA) bool { return len(want) == 2 && slices.Equal(marked(p), want) })
	x.save("renju")
	o.do(client.Resign{Table: o.table.ID})
}

// boardBack restarts the server in the middle of a game: one click, and the window goes on.
func boardBack(t *testing.T, program string) {
	s := serve(t)
	o := s.opponent(t, "omok")
	x := newScreen(t)
	h, p := hostPort(s.address)
	x.board(program, h, p, "길동", "omok")
	o.plies(0)
	x.find(wood)
	o.move("h8")
	x.turn()
	lines := x.logLines(x.picture())
	s.stop()
	x.until("that the server is gone", func(p *image.RGBA) bool { return x.logLines(p) >= lines+2 })
	s.start()
	x.click(image.Pt(connectX, connectY))
	x.turn()
	x.click(omokPoint(t, "i9"))
	o.plies(2)
	x.shows("h8", false)
	x.shows("i9", true)
	x.save("back")
}
