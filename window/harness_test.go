//go:build linux

package window_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"hansu/client"
	"hansu/i18n"
	"hansu/rules"
	"hansu/rules/variants"
	"hansu/server"
	"hansu/window/screen"
)

// patience bounds every wait for an event: programs under Wine start slowly on a busy machine.
const patience = 60 * time.Second

// The display of each test.
const displayW, displayH = 1100, 800

var (
	paper     = color.RGBA{0xf5, 0xf2, 0xea, 255} // around everything in the window
	red       = color.RGBA{0xa8, 0x3a, 0x26, 255} // of what went wrong
	artefacts = filepath.Join("..", ".cache", "artefacts")
)

// needs skips the test unless the machine has what it needs.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		found := false
		for _, path := range strings.Split(p, "|") {
			_, err := exec.LookPath(path)
			found = found || err == nil
		}
		if !found {
			t.Skip("needs " + p)
		}
	}
}

// program builds hansu-window.exe once.
var program = sync.OnceValues(func() (string, error) {
	file, err := filepath.Abs(filepath.Join("..", ".cache", "bin", "hansu-window.exe"))
	if err != nil {
		return "", err
	}
	cmd := exec.Command("go", "build", "-ldflags", "-s -w -H windowsgui", "-o", file, "../cmd/hansu-window")
	cmd.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return file, nil
})

// desk is a display of its own, without a monitor, with one hansu-window on it.
type desk struct {
	t       *testing.T
	display string
	file    string      // where the X server keeps its picture
	app     *screen.App // where things are
	client  image.Rectangle
}

func newDesk(t *testing.T, o screen.Options, args ...string) *desk {
	t.Helper()
	dir := t.TempDir()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", displayW, displayH), "-nolisten", "tcp", "-fbdir", dir)
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
	o.Lang = i18n.Korean
	d := &desk{t: t, display: ":" + strings.TrimSpace(number), file: filepath.Join(dir, "Xvfb_screen0"), app: screen.New(o, nil)}
	d.start(args...)
	d.until("itself", func(p *image.RGBA) bool { return d.locate(p) })
	d.do("mousemove", strconv.Itoa(displayW-1), strconv.Itoa(displayH-1)) // away from the board
	return d
}

// start starts the program on a desktop of its own: Wine draws a desktop on the display that its first
// program has, and other programs of the same prefix may have none.
func (d *desk) start(args ...string) {
	d.t.Helper()
	file, err := program()
	if err != nil {
		d.t.Fatal(err)
	}
	desktop := fmt.Sprintf("/desktop=window%d%d,%dx%d", os.Getpid(), time.Now().UnixNano(), displayW, displayH)
	windows := "Z:" + strings.ReplaceAll(file, "/", `\`)
	args = append([]string{"explorer", desktop, windows, "--no-find", "--name", "길동"}, args...)
	cmd := exec.Command(filepath.Join("..", "scripts", "wine-run"), args...)
	cmd.Env = append(os.Environ(), "HANSU_WINE_DISPLAY="+d.display, "HANSU_LANG=ko", "LANG=C.UTF-8", "LC_ALL=")
	if err := cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() {
		_ = cmd.Process.Kill() // the desktop
		_ = cmd.Wait()
		endProgram(d.t, windows, d.display)
	})
}

// endProgram ends what was started from this file on this display, if it has not ended by itself.
func endProgram(t *testing.T, file, display string) {
	all, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range all {
		line, err := os.ReadFile(path)
		if err != nil || !strings.HasPrefix(string(line), file+"\x00") {
			continue
		}
		env, err := os.ReadFile(filepath.Join(filepath.Dir(path), "environ"))
		if err != nil || !strings.Contains("\x00"+string(env), "\x00DISPLAY="+display+"\x00") {
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

// picture reads the screen: a file of X's window dump format (XWD, version 7) of 32 bits a pixel.
func (d *desk) picture() *image.RGBA {
	d.t.Helper()
	raw, err := os.ReadFile(d.file)
	if err != nil {
		d.t.Fatal(err)
	}
	field := func(i int) int { return int(binary.BigEndian.Uint32(raw[4*i:])) }
	if len(raw) < 100 || field(1) != 7 || field(11) != 32 || field(7) != 0 {
		d.t.Fatalf("Xvfb keeps its picture in another form: %x", raw[:min(len(raw), 100)])
	}
	w, h, line, from := field(4), field(5), field(12), field(0)+12*field(19)
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		row := raw[from+y*line : from+y*line+4*w]
		to := p.Pix[y*p.Stride:]
		for x := 0; x < 4*w; x += 4 {
			to[x], to[x+1], to[x+2], to[x+3] = row[x+2], row[x+1], row[x], 255
		}
	}
	return p
}

// until looks at the screen until ok. A window tells nobody when it has drawn, so it is looked at again
// and again.
func (d *desk) until(what string, ok func(*image.RGBA) bool) {
	d.t.Helper()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	limit := time.After(patience)
	for {
		if p := d.picture(); d.locate(p) && ok(p) {
			return
		}
		select {
		case <-again.C:
		case <-limit:
			d.save("failed")
			d.t.Fatalf("the window does not show %s: see %s", what, filepath.Join(artefacts, "window-failed.png"))
		}
	}
}

// locate finds the window's client area, whose edges are paper, and tells app its size.
func (d *desk) locate(p *image.RGBA) bool {
	for y := range p.Rect.Dy() - 4 {
		for x := range p.Rect.Dx() - 4 {
			if p.RGBAAt(x, y) != paper || p.RGBAAt(x+3, y) != paper || p.RGBAAt(x, y+3) != paper {
				continue
			}
			right, bottom := x, y
			for right < p.Rect.Dx() && p.RGBAAt(right, y) == paper {
				right++
			}
			for bottom < p.Rect.Dy() && p.RGBAAt(x, bottom) == paper {
				bottom++
			}
			d.client = image.Rect(x, y, right, bottom)
			d.app.Resize(right-x, bottom-y, 96)
			return right-x > 500 && bottom-y > 400
		}
	}
	return false
}

// save keeps the screen as a file beside the project's other products.
func (d *desk) save(name string) {
	d.t.Helper()
	if err := os.MkdirAll(artefacts, 0o755); err != nil {
		d.t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(artefacts, "window-"+name+".png"))
	if err != nil {
		d.t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, d.picture()); err != nil {
		d.t.Fatal(err)
	}
}

// do moves the mouse and types, as xdotool has it.
func (d *desk) do(args ...string) {
	d.t.Helper()
	cmd := exec.Command("xdotool", args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+d.display, "LANG=C.UTF-8")
	if out, err := cmd.CombinedOutput(); err != nil {
		d.t.Fatalf("xdotool %v: %v\n%s", args, err, out)
	}
}

// click clicks on a place of the client area, and takes the mouse to where nothing is.
func (d *desk) click(at image.Point) {
	d.t.Helper()
	at = at.Add(d.client.Min)
	away := d.client.Max.Sub(image.Pt(4, 4))
	d.do("mousemove", strconv.Itoa(at.X), strconv.Itoa(at.Y), "click", "1")
	d.do("mousemove", strconv.Itoa(away.X), strconv.Itoa(away.Y))
}

// control is where a control is, as the window's state has it.
func (d *desk) control(id screen.ID) image.Rectangle {
	d.t.Helper()
	for _, c := range d.app.View().Controls {
		if c.ID == id {
			return c.Rect
		}
	}
	d.t.Fatalf("no control %d", id)
	return image.Rectangle{}
}

func middle(r image.Rectangle) image.Point { return r.Min.Add(r.Max).Div(2) }

func (d *desk) press(id screen.ID) {
	d.t.Helper()
	d.click(middle(d.control(id)))
}

// types types into a line, instead of what is there. xdotool puts each syllable on a free key, and a program
// that has not yet heard of the new key gets nothing: slow is for those who must try again.
func (d *desk) types(id screen.ID, text string, slow int) {
	d.t.Helper()
	d.press(id)
	d.do("key", "ctrl+a")
	d.do("type", "--delay", strconv.Itoa(60<<min(slow, 4)), text)
}

// at sets app to what the window must show: the table as its player sees it.
func (d *desk) at(o *opponent) *client.Table {
	t := *o.table
	t.Seat = t.Seat.Other()
	d.app.Show(&t)
	return &t
}

// shows waits until the window shows exactly the position that the opponent's client has.
func (d *desk) shows(o *opponent) {
	d.t.Helper()
	d.until("the position", func(p *image.RGBA) bool {
		t := d.at(o)
		want := d.app.View().Picture
		g, _ := d.app.Grid()
		for i := range g.Size * g.Size {
			at := g.Centre(rules.Point{Col: uint8(i % g.Size), Row: uint8(i / g.Size)})
			if !same(want, p, image.Rectangle{Min: at, Max: at}.Inset(-g.Cell*3/10), d.client.Min) {
				return false
			}
		}
		return t.Position != nil
	})
}

// same reports whether a part of want is on the screen, moved by from.
func same(want, screen *image.RGBA, part image.Rectangle, from image.Point) bool {
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			if want.RGBAAt(x, y) != screen.RGBAAt(x+from.X, y+from.Y) {
				return false
			}
		}
	}
	return true
}

// inks counts pixels of a colour in a part of the client area.
func (d *desk) inks(p *image.RGBA, c color.RGBA, part image.Rectangle) int {
	n := 0
	part = part.Add(d.client.Min)
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			if p.RGBAAt(x, y) == c {
				n++
			}
		}
	}
	return n
}

// clickPoint clicks on a point of the board.
func (d *desk) clickPoint(o *opponent, text string) {
	d.t.Helper()
	d.at(o)
	g, _ := d.app.Grid()
	p, err := rules.ParsePoint(text, g.Size)
	if err != nil {
		d.t.Fatal(err)
	}
	d.click(g.Centre(p))
}

// first is where a control of the first screen is.
func (d *desk) first(id screen.ID) image.Rectangle {
	a := screen.New(screen.Options{Lang: i18n.Korean}, nil)
	a.Resize(d.client.Dx(), d.client.Dy(), 96)
	for _, c := range a.View().Controls {
		if c.ID == id {
			return c.Rect
		}
	}
	return image.Rectangle{}
}

// note is where the first screen says what went wrong.
func (d *desk) note() image.Rectangle {
	r := d.first(screen.CodeID).Add(image.Pt(0, 40))
	return image.Rect(r.Min.X, r.Min.Y, r.Max.X+200, r.Max.Y+50)
}

// sits waits until the window's player has sat down. On a machine that is short of a processor the five seconds of
// connecting can be over too soon: then the button is pressed again, as a person would do.
func (d *desk) sits(o *opponent) {
	d.t.Helper()
	again := time.NewTicker(time.Second)
	defer again.Stop()
	limit := time.After(2 * patience)
	for o.table == nil || !o.table.Running() {
		select {
		case event := <-o.c.Events():
			if r, is := event.(client.Record); is {
				o.table = r.Table
			}
		case <-again.C:
			if p := d.picture(); d.locate(p) && d.inks(p, red, d.note()) > 0 {
				d.t.Log("connecting took too long; once more")
				d.click(middle(d.first(screen.StartID)))
			}
		case <-limit:
			d.save("failed")
			d.t.Fatalf("nobody sits down: see %s", filepath.Join(artefacts, "window-failed.png"))
		}
	}
}

// host is a server in the test's process.
type host struct {
	t       *testing.T
	cfg     server.Config
	address string
	stop    func() // in good order; may be called twice
}

func serve(t *testing.T) *host {
	t.Helper()
	h := &host{t: t, cfg: server.Config{Data: t.TempDir(), TCP: "127.0.0.1:0", Flush: patience}}
	h.start()
	t.Cleanup(func() { h.stop() })
	return h
}

// start serves, at the same address as before if it has served already.
func (h *host) start() {
	h.t.Helper()
	srv, err := server.New(context.Background(), h.cfg)
	if err != nil {
		h.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	h.address = srv.TCP().String()
	h.cfg.TCP = h.address
	h.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			h.t.Errorf("the server ended with %v", err)
		}
	})
}

// opponent is the other player: a client of another kind.
type opponent struct {
	t     *testing.T
	c     *client.Client
	table *client.Table
}

// opponent takes a seat at a table for this game.
func (h *host) opponent(t *testing.T, game string) *opponent {
	t.Helper()
	c, err := client.Dial(context.Background(), client.Config{Address: h.address, Name: "상대", Wait: patience, RetryMax: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	v, err := variants.Parse(game)
	if err != nil {
		t.Fatal(err)
	}
	o := &opponent{t: t, c: c}
	o.do(client.Join{Variant: v})
	return o
}

func (o *opponent) do(cmd client.Command) {
	o.t.Helper()
	n, err := o.c.Do(cmd)
	if err != nil {
		o.t.Fatal(err)
	}
	await(o, func(a client.Answer) bool {
		if a.Command == n && a.Err != nil {
			o.t.Fatalf("%#v: %v", cmd, a.Err)
		}
		return a.Command == n
	})
}

// await waits for an event that ok accepts.
func await[E client.Event](o *opponent, ok func(E) bool) E {
	o.t.Helper()
	limit := time.After(patience)
	for {
		select {
		case event, open := <-o.c.Events():
			if !open {
				o.t.Fatal("the client has ended")
			}
			if r, is := event.(client.Record); is {
				o.table = r.Table
			}
			if e, is := event.(E); is && ok(e) {
				return e
			}
		case <-limit:
			var want E
			o.t.Fatalf("no %T within %v", want, patience)
		}
	}
}

// happens waits for a record in which something of kind H happens.
func happens[H client.Happening](o *opponent) H {
	o.t.Helper()
	var found H
	await(o, func(r client.Record) bool {
		for _, e := range r.Events {
			if h, is := e.(H); is {
				found = h
				return true
			}
		}
		return false
	})
	return found
}

// plies waits until n moves are on the board.
func (o *opponent) plies(n int) {
	o.t.Helper()
	for o.table == nil || !o.table.Running() && n == 0 || len(o.table.Moves) < n {
		await(o, func(client.Record) bool { return true })
	}
}

func (o *opponent) move(text string) {
	o.t.Helper()
	m, err := o.table.Parse(text)
	if err != nil {
		o.t.Fatal(err)
	}
	o.do(o.table.Play(m))
}
