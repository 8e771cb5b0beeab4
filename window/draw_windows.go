package window

import (
	"image"
	"image/color"
	"os"
	"path/filepath"
	"unsafe"

	"golang.org/x/sys/windows"

	"hansu/window/paint"
	"hansu/window/screen"
)

// surface is a bitmap in memory that both Go and GDI draw into. All of a picture is made there and copied
// to the screen in one go, so that nothing flickers.
type surface struct {
	dc, bitmap, before uintptr
	size               image.Point
	bits               []byte // BGRA, from the upper left corner
}

func newSurface(size image.Point) *surface {
	s := &surface{dc: call(procCreateCompatibleDC, 0), size: size}
	info := bitmapInfo{width: int32(size.X), height: -int32(size.Y), planes: 1, bits: 32}
	info.size = uint32(unsafe.Offsetof(info.colours))
	var bits unsafe.Pointer
	s.bitmap = call(procCreateDIBSection, s.dc, uintptr(unsafe.Pointer(&info)), 0, uintptr(unsafe.Pointer(&bits)), 0, 0)
	if s.bitmap == 0 {
		return s
	}
	s.before = call(procSelectObject, s.dc, s.bitmap)
	s.bits = unsafe.Slice((*byte)(bits), size.X*size.Y*4)
	return s
}

func (s *surface) free() {
	call(procSelectObject, s.dc, s.before)
	call(procDeleteObject, s.bitmap)
	call(procDeleteDC, s.dc)
}

// load takes over a picture of the surface's size.
func (s *surface) load(p *image.RGBA) {
	call(procGdiFlush) // what GDI still draws must not come on top
	if len(p.Pix) != len(s.bits) {
		return
	}
	for i := 0; i < len(s.bits); i += 4 {
		s.bits[i], s.bits[i+1], s.bits[i+2], s.bits[i+3] = p.Pix[i+2], p.Pix[i+1], p.Pix[i], 255
	}
}

func (s *surface) copyTo(dc uintptr, r rect) {
	call(procBitBlt, dc, uintptr(r.left), uintptr(r.top), uintptr(r.right-r.left), uintptr(r.bottom-r.top), s.dc, uintptr(r.left), uintptr(r.top), srcCopy)
}

// text writes a text over the picture.
func (w *window) text(s *surface, t screen.Text) {
	call(procSelectObject, s.dc, w.fonts[t.Font])
	call(procSetBkMode, s.dc, transparent)
	call(procSetTextColor, s.dc, colorref(t.Color))
	how := uintptr(dtNoPrefix)
	if t.Wrap {
		how |= dtWordBreak | dtEditControl | dtEndEllipsis
	} else {
		how |= dtSingleLine | dtVCentre | dtEndEllipsis
	}
	switch t.Align {
	case screen.Centre:
		how |= dtCentre
	case screen.Right:
		how |= dtRight
	}
	r := bounds(t.Rect)
	call(procDrawText, s.dc, uintptr(unsafe.Pointer(utf16(t.Text))), ^uintptr(0), uintptr(unsafe.Pointer(&r)), how)
}

// drawPicture makes the picture of the client area anew.
func (w *window) drawPicture() {
	size := w.view.Picture.Rect.Size()
	if w.picture == nil || w.picture.size != size {
		if w.picture != nil {
			w.picture.free()
		}
		w.picture = newSurface(size)
	}
	w.picture.load(w.view.Picture)
	for _, t := range w.view.Texts {
		w.text(w.picture, t)
	}
}

// paint copies the picture to the screen.
func (w *window) paint() {
	var ps paintStruct
	dc := call(procBeginPaint, w.hwnd, uintptr(unsafe.Pointer(&ps)))
	if w.picture != nil {
		w.picture.copyTo(dc, ps.paint)
	}
	call(procEndPaint, w.hwnd, uintptr(unsafe.Pointer(&ps)))
}

// drawButton draws a button that Windows asks for.
func (w *window) drawButton(d *drawItem) {
	c := w.controls[screen.ID(d.id)]
	if c == nil {
		return
	}
	size := image.Pt(int(d.rect.right-d.rect.left), int(d.rect.bottom-d.rect.top))
	canvas := paint.NewCanvas(size.X, size.Y)
	state := screen.State{Hover: w.hot == c.ID, Pressed: d.state&odsSelected != 0, Focus: d.state&odsFocus != 0}
	screen.DrawButton(canvas, c.Control, state, w.dpi)
	s := newSurface(size)
	defer s.free()
	s.load(canvas.RGBA)
	t := screen.Text{Rect: image.Rectangle{Max: size}, Text: c.Text, Font: c.font(), Color: screen.ButtonText(c.Control), Align: screen.Centre}
	if c.Kind == screen.Choice {
		t.Align, t.Rect = screen.Left, image.Rect(12*w.dpi/96, 0, size.X-28*w.dpi/96, size.Y)
	}
	w.text(s, t)
	s.copyTo(d.dc, rect{0, 0, int32(size.X), int32(size.Y)})
}

func colorref(c color.NRGBA) uintptr {
	mix := func(v, under uint8) uintptr { // GDI's colours are opaque
		return uintptr((int(v)*int(c.A) + int(under)*(255-int(c.A))) / 255)
	}
	return mix(c.R, screen.Paper.R) | mix(c.G, screen.Paper.G)<<8 | mix(c.B, screen.Paper.B)<<16
}

// faces are fonts that have Hangul, best first: those of Windows, then those of Wine's systems.
var faces = []string{"Malgun Gothic", "Pretendard", "Noto Sans KR", "Noto Sans CJK KR", "NanumGothic", "Gulim"}

// fontFiles are loaded for this program alone where no font has Hangul, as with a bare Wine.
var fontFiles = []string{`Z:\usr\share\fonts\truetype\nanum\NanumGothic.ttf`, `Z:\usr\share\fonts\truetype\nanum\NanumGothicBold.ttf`}

// loadFont finds the window's font.
func (w *window) loadFont() {
	w.field = call(procCreateSolidBrush, colorref(screen.Field))
	if w.o.Font != "" {
		addFont(w.o.Font)
		if bold := boldFile(w.o.Font); bold != "" {
			addFont(bold)
		}
	}
	if w.face = firstFace(); w.face != "" {
		return
	}
	for _, file := range fontFiles {
		addFont(file)
	}
	if w.face = firstFace(); w.face == "" {
		w.face = "Segoe UI"
	}
}

// boldFile is the bold font that lies beside a file such as NanumGothic.ttf, if there is one.
func boldFile(file string) string {
	ext := filepath.Ext(file)
	bold := file[:len(file)-len(ext)] + "Bold" + ext
	if _, err := os.Stat(bold); err != nil {
		return ""
	}
	return bold
}

func addFont(file string) {
	call(procAddFontResourceEx, uintptr(unsafe.Pointer(utf16(file))), fontPrivate, 0)
}

// firstFace is the first of faces that is installed and has Hangul.
func firstFace() string {
	dc := call(procCreateCompatibleDC, 0)
	defer call(procDeleteDC, dc)
	for _, face := range faces {
		font := newFont(face, 16, false)
		before := call(procSelectObject, dc, font)
		var got [32]uint16
		call(procGetTextFace, dc, uintptr(len(got)), uintptr(unsafe.Pointer(&got[0])))
		hangul, index := [1]uint16{'한'}, [1]uint16{0xffff}
		call(procGetGlyphIndices, dc, uintptr(unsafe.Pointer(&hangul)), 1, uintptr(unsafe.Pointer(&index)), 1)
		call(procSelectObject, dc, before)
		call(procDeleteObject, font)
		if windows.UTF16ToString(got[:]) == face && index[0] != 0xffff {
			return face
		}
	}
	return ""
}

func newFont(face string, pixels int, bold bool) uintptr {
	weight := uintptr(400)
	if bold {
		weight = 700
	}
	height := -int32(pixels)
	return call(procCreateFont, uintptr(height), 0, 0, 0, weight, 0, 0, 0, 1, 0, 0, clearType, 0, uintptr(unsafe.Pointer(utf16(face))))
}

// makeFonts makes the fonts for the present screen and returns those of the last one, which controls
// still use.
func (w *window) makeFonts() (old [screen.Fonts]uintptr) {
	old = w.fonts
	for i, f := range screen.Pixels {
		w.fonts[i] = newFont(w.face, (f.Height*w.dpi+48)/96, f.Bold)
	}
	return old
}
