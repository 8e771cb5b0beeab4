package paint

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestMenOfThePage: the men here are those of the page.
func TestMenOfThePage(t *testing.T) {
	source, err := os.ReadFile(filepath.Join("..", "..", "web", "src", "pieces.ts"))
	if err != nil {
		t.Fatal(err)
	}
	var theirs, ours []string
	for _, m := range regexp.MustCompile(`"(M[^"]+)"`).FindAllStringSubmatch(string(source), -1) {
		theirs = append(theirs, m[1])
	}
	ours = append(ours, base)
	for _, s := range shapes {
		for _, d := range append(slices.Clone(s.body), s.lines...) {
			if d != base {
				ours = append(ours, d)
			}
		}
	}
	slices.Sort(theirs)
	slices.Sort(ours)
	if !slices.Equal(ours, theirs) {
		t.Errorf("the page's men have changed:\n%s\nhere:\n%s", strings.Join(theirs, "\n"), strings.Join(ours, "\n"))
	}
	for _, d := range ours {
		if p, err := parsePath(d); err != nil || len(p.polys) == 0 {
			t.Errorf("%q: %v", d, err)
		}
	}
}

func TestParsePath(t *testing.T) {
	p, err := parsePath("M1 2h3v-1.5l.5.5zm1 1L9 9")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]Pt{{{1, 2}, {4, 2}, {4, 0.5}, {4.5, 1}}, {{2, 3}, {9, 9}}}
	if !slices.EqualFunc(p.polys, want, slices.Equal) || !slices.Equal(p.closed, []bool{true, false}) {
		t.Errorf("%v, closed %v", p.polys, p.closed)
	}
	for _, bad := range []string{"1 2", "M1", "Mx 1", "M1 2q3 4 5 6", "M1 2h"} {
		if _, err := parsePath(bad); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}

// TestMen: every man covers a good part of its square, white ones are light, and no two look the same.
func TestMen(t *testing.T) {
	seen := map[string]string{}
	for man := 1; man <= 6; man++ {
		for _, white := range []bool{true, false} {
			p := Man(man, white, 64)
			solid, bright := 0, 0
			for i := 0; i < len(p.Pix); i += 4 {
				if p.Pix[i+3] == 255 {
					solid++
					bright += int(p.Pix[i])
				}
			}
			if solid < 64*64/6 || solid > 64*64*2/3 {
				t.Errorf("man %d: %d solid pixels of %d", man, solid, 64*64)
			}
			if mean := bright / max(solid, 1); white != (mean > 100) {
				t.Errorf("man %d, white %v: mean brightness %d", man, white, mean)
			}
			if other, ok := seen[string(p.Pix)]; ok {
				t.Errorf("man %d looks like %s", man, other)
			}
			seen[string(p.Pix)] = "another"
		}
	}
	for _, none := range []int{-1, 0, 7} {
		if p := Man(none, true, 8); slices.Max(p.Pix) != 0 {
			t.Errorf("there is a man %d", none)
		}
	}
}

func TestStone(t *testing.T) {
	for _, white := range []bool{true, false} {
		p := Stone(white, 17)
		mid := p.Rect.Dx() / 2
		if c := p.RGBAAt(mid, mid); c.A != 255 || white != (c.R > 200) {
			t.Errorf("white %v: the middle is %v", white, c)
		}
		if c := p.RGBAAt(0, 0); c.A != 0 {
			t.Errorf("white %v: the corner is %v", white, c)
		}
		edges := map[uint8]bool{}
		for x := range mid {
			edges[p.RGBAAt(x, mid).A] = true
		}
		if len(edges) < 4 {
			t.Errorf("white %v: the edge is not smooth: %v", white, edges)
		}
	}
}

// TestShapes: fills and strokes cover what they say, whichever way their parts turn.
func TestShapes(t *testing.T) {
	red := RGB(0xff0000)
	c := NewCanvas(40, 40)
	c.Fill(Round(5, 5, 30, 30, 8), red)
	for p, want := range map[image.Point]uint8{{20, 20}: 255, {5, 5}: 0, {20, 5}: 255, {4, 20}: 0, {34, 20}: 255, {35, 20}: 0} {
		if got := c.RGBAAt(p.X, p.Y).A; got != want {
			t.Errorf("round rectangle at %v: %d, want %d", p, got, want)
		}
	}
	c = NewCanvas(40, 40)
	c.Stroke(Polyline(Pt{5, 20}, Pt{35, 20}, Pt{35, 5}, Pt{5, 5}, Pt{5, 35}), 4, red)
	for p, want := range map[image.Point]uint8{{20, 20}: 255, {5, 20}: 255, {35, 12}: 255, {20, 12}: 0, {5, 30}: 255, {20, 30}: 0} {
		if got := c.RGBAAt(p.X, p.Y).A; got != want {
			t.Errorf("line at %v: %d, want %d", p, got, want)
		}
	}
	c = NewCanvas(10, 10)
	c.Fill(Circle(100, 100, 5), red) // outside
	c.Fill(&Path{}, red)
	if slices.Max(c.Pix) != 0 {
		t.Error("something was drawn")
	}
	c.Box(c.Rect, RGB(0x0000ff))
	half := NewCanvas(2, 2)
	half.Box(half.Rect, RGB(0xffffff))
	c.Put(half.RGBA, 4, 4, 0.5)
	if got := c.RGBAAt(4, 4); got.R < 120 || got.R > 135 || got.B != 255 {
		t.Errorf("half of white over blue is %v", got)
	}
	if got := Fade(red, 0.5); got != (color.NRGBA{255, 0, 0, 128}) {
		t.Error(got)
	}
}

// TestWood: the wood is the same each time, has a grain, and stays within its rectangle.
func TestWood(t *testing.T) {
	a, b := NewCanvas(120, 120), NewCanvas(120, 120)
	r := image.Rect(10, 10, 110, 110)
	a.Wood(r)
	b.Wood(r)
	if !slices.Equal(a.Pix, b.Pix) {
		t.Error("two boards differ")
	}
	colours := map[color.RGBA]bool{}
	for x := range 120 {
		colours[a.RGBAAt(x, 60)] = true
	}
	if len(colours) < 8 || a.RGBAAt(9, 60).A != 0 || a.RGBAAt(110, 60).A != 0 || a.RGBAAt(10, 10).A != 255 {
		t.Errorf("%d colours in a line", len(colours))
	}
}

// TestArtefact keeps a picture of everything beside the project's other products, to be looked at.
func TestArtefact(t *testing.T) {
	const s = 80
	c := NewCanvas(6*s, 3*s)
	c.Wood(image.Rect(0, 0, 6*s, s))
	for i := range 6 {
		c.Put(Stone(i%2 == 1, 18+float64(i)*3), i*s+s/2-24-i*3, s/2-24-i*3, 1)
		for row, white := range []bool{true, false} {
			square := image.Rect(i*s, (row+1)*s, (i+1)*s, (row+2)*s)
			c.Box(square, RGB([]uint32{0xece4d2, 0x8ba394}[(i+row)%2]))
			c.Put(Man(i+1, white, s), square.Min.X, square.Min.Y, 1)
		}
	}
	dir := filepath.Join("..", "..", ".cache", "artefacts")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, "window-paint.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, c); err != nil {
		t.Fatal(err)
	}
}

// TestShadow: it is around the shape, fades away, and leaves alone what the shape will cover.
func TestShadow(t *testing.T) {
	c := NewCanvas(100, 100)
	white := RGB(0xffffff)
	c.Box(c.Rect, white)
	c.Shadow(30, 30, 40, 40, 8, 10)
	at := func(x, y int) uint8 { return c.RGBAAt(x, y).R }
	if at(50, 50) != 255 || at(31, 50) != 255 || at(10, 50) != 255 || at(50, 90) != 255 {
		t.Errorf("inside %d, %d, far %d, %d", at(50, 50), at(31, 50), at(10, 50), at(50, 90))
	}
	if near, far := at(50, 71), at(50, 79); near >= far || near == 255 || far == 255 {
		t.Errorf("below: near %d, further %d", near, far)
	}
	if at(50, 72) >= at(50, 28) {
		t.Error("the light does not come from above")
	}
	if c.RGBAAt(50, 72).A != 255 {
		t.Error("not opaque")
	}
}
