// Package windowtest runs programs of Windows under Wine on a display without a monitor, for the tests of several
// packages: the mouse clicks, the keyboard types, and what is on the screen is looked at. [Display] is for any
// program, [Desk] for hansu-window.
package windowtest

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Patience bounds every wait for an event: programs under Wine start slowly on a busy machine.
const Patience = 60 * time.Second

// Wine is what a test needs that uses this package, for [Needs].
var Wine = []string{"wine64|wine|/usr/lib/wine/wine64", "x86_64-w64-mingw32-gcc", "Xvfb", "xdotool"}

// Needs skips the test unless the machine has these programs; names between bars are alternatives.
func Needs(t *testing.T, programs ...string) {
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

// root is the project's root folder.
func root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
	}
	return "", errors.New("the test runs outside the project")
}

// Display is an X server that keeps its picture in a file.
type Display struct {
	T       *testing.T
	root    string // of the project
	name    string // begins the names of saved pictures
	x       string // the X server's name for programs
	file    string
	desktop string
}

// NewDisplay starts a display of w×h pixels, for the time of the test.
func NewDisplay(t *testing.T, name string, w, h int) *Display {
	t.Helper()
	root, err := root()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	// Without -noreset the server would begin anew, the pointer in the middle, when the first of our programs has gone.
	x := exec.Command("Xvfb", "-noreset", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", w, h), "-nolisten", "tcp", "-fbdir", dir)
	x.ExtraFiles = []*os.File{write}
	if err := x.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	t.Cleanup(func() {
		_ = x.Process.Kill()
		_ = x.Wait()
	})
	_ = read.SetReadDeadline(time.Now().Add(Patience))
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb: %v", err)
	}
	return &Display{
		T: t, root: root, name: name, x: ":" + strings.TrimSpace(number), file: filepath.Join(dir, "Xvfb_screen0"),
		desktop: fmt.Sprintf("/desktop=%s%d-%d,%dx%d", name, os.Getpid(), time.Now().UnixNano(), w, h),
	}
}

// Run starts a program of Windows on a desktop of its own: Wine draws a desktop on the display that its first
// program has, and other programs of the same prefix may have none. The program ends with the test.
func (d *Display) Run(program string, args ...string) {
	d.T.Helper()
	windows := "Z:" + strings.ReplaceAll(program, "/", `\`)
	cmd := exec.Command(filepath.Join(d.root, "scripts", "wine-run"), append([]string{"explorer", d.desktop, windows}, args...)...)
	cmd.Env = append(os.Environ(), "HANSU_WINE_DISPLAY="+d.x, "HANSU_LANG=ko", "LANG=C.UTF-8", "LC_ALL=")
	if err := cmd.Start(); err != nil {
		d.T.Fatal(err)
	}
	d.T.Cleanup(func() {
		_ = cmd.Process.Kill() // the desktop
		_ = cmd.Wait()
		d.end(windows)
	})
}

// end ends what was started from this file on this display, if it has not ended by itself.
func (d *Display) end(file string) {
	all, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		d.T.Fatal(err)
	}
	for _, path := range all {
		line, err := os.ReadFile(path)
		if err != nil || !strings.HasPrefix(string(line), file+"\x00") {
			continue
		}
		env, err := os.ReadFile(filepath.Join(filepath.Dir(path), "environ"))
		if err != nil || !strings.Contains("\x00"+string(env), "\x00DISPLAY="+d.x+"\x00") {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil {
			d.T.Fatal(err)
		}
		if p, err := os.FindProcess(pid); err == nil {
			_ = p.Kill()
		}
	}
}

// Picture is what was on the screen: a file of X's window dump format (XWD, version 7) of 32 bits a pixel.
type Picture struct {
	Rect image.Rectangle
	raw  []byte // from the first pixel on
	line int    // bytes
}

// RGBAAt returns a pixel, and zero outside.
func (p *Picture) RGBAAt(x, y int) color.RGBA {
	if !(image.Point{X: x, Y: y}).In(p.Rect) {
		return color.RGBA{}
	}
	b := p.raw[y*p.line+4*x:]
	return color.RGBA{b[2], b[1], b[0], 255}
}

// Picture looks at the screen.
func (d *Display) Picture() *Picture {
	d.T.Helper()
	raw, err := os.ReadFile(d.file)
	if err != nil {
		d.T.Fatal(err)
	}
	field := func(i int) int { return int(binary.BigEndian.Uint32(raw[4*i:])) }
	if len(raw) < 100 || field(1) != 7 || field(11) != 32 || field(7) != 0 {
		d.T.Fatalf("Xvfb keeps its picture in another form: %x", raw[:min(len(raw), 100)])
	}
	return &Picture{image.Rect(0, 0, field(4), field(5)), raw[field(0)+12*field(19):], field(12)}
}

// Until looks at the screen until ok. A window tells nobody when it has drawn, so it is looked at again
// and again.
func (d *Display) Until(what string, ok func(*Picture) bool) {
	d.T.Helper()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	limit := time.After(Patience)
	for !ok(d.Picture()) {
		select {
		case <-again.C:
		case <-limit:
			d.T.Fatalf("the window does not show %s: see %s", what, d.Save("failed"))
		}
	}
}

// Save keeps the screen as a file beside the project's other products and returns the file's name.
func (d *Display) Save(name string) string {
	d.T.Helper()
	dir := filepath.Join(d.root, ".cache", "artefacts")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		d.T.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, d.name+"-"+name+".png"))
	if err != nil {
		d.T.Fatal(err)
	}
	defer f.Close()
	p := d.Picture()
	to := image.NewRGBA(p.Rect)
	for y := range p.Rect.Dy() {
		for x := range p.Rect.Dx() {
			to.SetRGBA(x, y, p.RGBAAt(x, y))
		}
	}
	if err := png.Encode(f, to); err != nil {
		d.T.Fatal(err)
	}
	return f.Name()
}

// Do moves the mouse and types, as xdotool has it.
func (d *Display) Do(args ...string) {
	d.T.Helper()
	cmd := exec.Command("xdotool", args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+d.x, "LANG=C.UTF-8")
	if out, err := cmd.CombinedOutput(); err != nil {
		d.T.Fatalf("xdotool %v: %v\n%s", args, err, out)
	}
}

// Click clicks on a pixel, and takes the mouse to another where nothing is.
func (d *Display) Click(at, away image.Point) {
	d.T.Helper()
	d.Do("mousemove", strconv.Itoa(at.X), strconv.Itoa(at.Y), "click", "1")
	d.Do("mousemove", strconv.Itoa(away.X), strconv.Itoa(away.Y))
}
