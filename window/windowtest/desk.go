package windowtest

import (
	"fmt"
	"image"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"hansu/client"
	"hansu/i18n"
	"hansu/rules"
	"hansu/window/screen"
)

// Colours of the window.
var (
	paper  = color.RGBA{0xf5, 0xf2, 0xea, 255} // around everything
	Red    = color.RGBA{0xa8, 0x3a, 0x26, 255} // of what went wrong
	Accent = color.RGBA{0x2f, 0x6b, 0x5c, 255} // around what is chosen
)

// The display of each Desk.
const displayW, displayH = 1100, 800

// Desk is a display with one hansu-window on it.
type Desk struct {
	*Display
	App    *screen.App // a window of the same state: where things are, and how they look
	DPI    int
	Client image.Rectangle // of the window, on the display
}

// NewDesk starts the window with a command line, without a search for servers, and waits until it is there. Its
// language is Korean, its player 길동.
func NewDesk(t *testing.T, o screen.Options, args ...string) *Desk {
	t.Helper()
	return NewDeskOf(t, "cmd/hansu-window", o, append([]string{"--no-find", "--name", "길동"}, args...)...)
}

// NewDeskOf starts another program that has such a window, by its folder in the project.
func NewDeskOf(t *testing.T, folder string, o screen.Options, args ...string) *Desk {
	t.Helper()
	o.Lang = i18n.Korean
	d := &Desk{Display: NewDisplay(t, "window", displayW, displayH), App: screen.New(o, nil), DPI: 96}
	d.Do("mousemove", strconv.Itoa(displayW-1), strconv.Itoa(displayH-1)) // away from where the board will be
	d.Run(d.build(folder), args...)
	d.Until("itself", func(*Picture) bool { return true })
	return d
}

var building sync.Mutex

// build builds a program. Tests of another package may have done so already, and run it.
func (d *Desk) build(folder string) string {
	d.T.Helper()
	building.Lock()
	defer building.Unlock()
	file := filepath.Join(d.root, ".cache", "bin", filepath.Base(folder)+".exe")
	fresh := fmt.Sprintf("%s.%d", file, os.Getpid())
	cmd := exec.Command("go", "build", "-ldflags", "-s -w -H windowsgui", "-o", fresh, "./"+folder)
	cmd.Dir = d.root
	cmd.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	if err == nil {
		err = os.Rename(fresh, file)
	}
	if err != nil {
		d.T.Fatalf("%v\n%s", err, out)
	}
	return file
}

// Rescale tells the window that it has come to a screen of another density, on which Windows suggests this place.
func (d *Desk) Rescale(dpi int, to image.Rectangle) {
	d.T.Helper()
	file := filepath.Join(d.T.TempDir(), "dpi.exe")
	source := filepath.Join(d.root, "window", "windowtest", "testdata", "dpi.c")
	if out, err := exec.Command("x86_64-w64-mingw32-gcc", "-Wall", "-Werror", "-o", file, source).CombinedOutput(); err != nil {
		d.T.Fatalf("%v\n%s", err, out)
	}
	args := []string{strconv.Itoa(dpi)}
	for _, n := range []int{to.Min.X, to.Min.Y, to.Max.X, to.Max.Y} {
		args = append(args, strconv.Itoa(n))
	}
	d.DPI = dpi
	d.Run(file, args...)
}

// Until looks at the screen until the window is there and ok.
func (d *Desk) Until(what string, ok func(*Picture) bool) {
	d.T.Helper()
	d.Display.Until(what, func(p *Picture) bool { return d.Locate(p) && ok(p) })
}

// Locate finds the window's client area, whose edges are paper, and tells App its size.
func (d *Desk) Locate(p *Picture) bool {
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
			d.Client = image.Rect(x, y, right, bottom)
			d.App.Resize(right-x, bottom-y, d.DPI)
			return right-x > 500 && bottom-y > 400
		}
	}
	return false
}

// Click clicks on a place of the client area.
func (d *Desk) Click(at image.Point) {
	d.T.Helper()
	d.Display.Click(at.Add(d.Client.Min), d.Client.Max.Sub(image.Pt(4, 4)))
}

// Control is where a control is, as the window's state has it.
func (d *Desk) Control(id screen.ID) image.Rectangle {
	d.T.Helper()
	for _, c := range d.App.View().Controls {
		if c.ID == id {
			return c.Rect
		}
	}
	d.T.Fatalf("no control %d", id)
	return image.Rectangle{}
}

// Middle is the middle of a rectangle.
func Middle(r image.Rectangle) image.Point { return r.Min.Add(r.Max).Div(2) }

// Press presses a button.
func (d *Desk) Press(id screen.ID) {
	d.T.Helper()
	d.Click(Middle(d.Control(id)))
}

// Types types into a line, instead of what is there. xdotool puts each syllable on a free key, and a program
// that has not yet heard of the new key gets nothing: slow is for those who must try again.
func (d *Desk) Types(id screen.ID, text string, slow int) {
	d.T.Helper()
	d.Press(id)
	d.Do("key", "ctrl+a")
	d.Do("type", "--delay", strconv.Itoa(60<<min(slow, 4)), text)
}

// At sets App to what the window must show.
func (d *Desk) At(t *client.Table) { d.App.Show(t) }

// Shows waits until the window shows exactly this table's position.
func (d *Desk) Shows(t *client.Table) {
	d.T.Helper()
	if t.Position == nil {
		d.T.Fatal("no game has begun")
	}
	d.At(t)
	var view screen.View
	var of image.Rectangle
	d.Until("the position", func(p *Picture) bool {
		if of != d.Client { // drawing takes longer than looking
			view, of = d.App.View(), d.Client
		}
		g, _ := d.App.Grid()
		for i := range g.Size * g.Size {
			at := g.Centre(rules.Point{Col: uint8(i % g.Size), Row: uint8(i / g.Size)})
			if !Same(view.Picture, p, image.Rectangle{Min: at, Max: at}.Inset(-g.Cell*3/10), d.Client.Min) {
				return false
			}
		}
		return true
	})
}

// InkHeight is how many rows of pixels a text of the window takes, or 0 where it is not to be seen.
func (d *Desk) InkHeight(p *Picture, text string) int {
	top, bottom := 0, 0
	for _, t := range d.App.View().Texts {
		if t.Text != text {
			continue
		}
		r := t.Rect.Add(d.Client.Min)
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				if p.RGBAAt(x, y).G < 0x60 {
					if top == 0 {
						top = y
					}
					bottom = y + 1
				}
			}
		}
	}
	return bottom - top
}

// Same reports whether a part of want is on the screen, moved by from.
func Same(want interface{ RGBAAt(x, y int) color.RGBA }, p *Picture, part image.Rectangle, from image.Point) bool {
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			if want.RGBAAt(x, y) != p.RGBAAt(x+from.X, y+from.Y) {
				return false
			}
		}
	}
	return true
}

// Inks counts pixels of a colour in a part of the client area.
func (d *Desk) Inks(p *Picture, c color.RGBA, part image.Rectangle) int {
	n := 0
	part = part.Add(d.Client.Min)
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			if p.RGBAAt(x, y) == c {
				n++
			}
		}
	}
	return n
}

// ClickPoint clicks on a point of the board.
func (d *Desk) ClickPoint(t *client.Table, text string) {
	d.T.Helper()
	d.At(t)
	g, _ := d.App.Grid()
	p, err := rules.ParsePoint(text, g.Size)
	if err != nil {
		d.T.Fatal(err)
	}
	d.Click(g.Centre(p))
}

// First is where a control of the first screen is.
func (d *Desk) First(id screen.ID) image.Rectangle {
	a := screen.New(screen.Options{Lang: i18n.Korean}, nil)
	a.Resize(d.Client.Dx(), d.Client.Dy(), d.DPI)
	for _, c := range a.View().Controls {
		if c.ID == id {
			return c.Rect
		}
	}
	return image.Rectangle{}
}

// Note is where the first screen says what went wrong.
func (d *Desk) Note() image.Rectangle {
	r := d.First(screen.CodeID).Add(image.Pt(0, 40))
	return image.Rect(r.Min.X, r.Min.Y, r.Max.X+200, r.Max.Y+50)
}

// Status is where the window says what is going on at the table it was told with At.
func (d *Desk) Status() image.Rectangle {
	_, panel := d.App.Places()
	unit := func(n int) int { return n * d.DPI / 96 }
	return image.Rect(panel.Min.X, panel.Min.Y+unit(160), panel.Max.X, panel.Min.Y+unit(212))
}
