package window

import (
	"image"
	"slices"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"

	"hansu/window/screen"
)

// control is a child window, as it was last set.
type control struct {
	screen.Control
	hwnd uintptr
}

func (c *control) font() screen.Font {
	switch {
	case c.Kind == screen.Log:
		return screen.Small
	case c.Kind == screen.Primary || c.Kind == screen.Option && c.On:
		return screen.Bold
	}
	return screen.Body
}

// arrange makes the child windows those of the view: what is gone makes room, what stays moves, then comes what
// is new.
func (w *window) arrange() {
	edits := func(k screen.Kind) bool { return k == screen.Edit || k == screen.Log }
	wanted := map[screen.ID]screen.Kind{}
	var order []screen.ID
	for _, want := range w.view.Controls {
		wanted[want.ID] = want.Kind
		order = append(order, want.ID)
	}
	for id, have := range w.controls {
		if kind, ok := wanted[id]; !ok || edits(kind) != edits(have.Kind) {
			w.remove(id)
		}
	}
	var fresh []screen.Control
	for _, want := range w.view.Controls {
		if have := w.controls[want.ID]; have != nil {
			w.set(have, want)
		} else {
			fresh = append(fresh, want)
		}
	}
	for _, want := range fresh {
		w.set(w.add(want), want)
	}
	if !slices.Equal(order, w.order) {
		w.order = order
		after := uintptr(0) // HWND_TOP
		for _, id := range order {
			call(procSetWindowPos, w.controls[id].hwnd, after, 0, 0, 0, 0, swpNoMove|swpNoSize|swpNoActivate|swpNoRedraw)
			after = w.controls[id].hwnd
		}
	}
}

func (w *window) add(c screen.Control) *control {
	class, style := "BUTTON", uintptr(wsChild|wsVisible|wsTabStop|bsOwnerDraw|bsNotify)
	switch c.Kind {
	case screen.Edit:
		class, style = "EDIT", wsChild|wsVisible|wsTabStop|esAutoHScroll
	case screen.Log:
		class, style = "EDIT", wsChild|wsVisible|wsVScroll|esMultiline|esAutoVScroll|esReadOnly
	}
	hwnd := call(procCreateWindowEx, 0, uintptr(unsafe.Pointer(utf16(class))), 0, style,
		uintptr(c.Rect.Min.X), uintptr(c.Rect.Min.Y), uintptr(c.Rect.Dx()), uintptr(c.Rect.Dy()), w.hwnd, uintptr(c.ID), instance(), 0)
	made := &control{Control: c, hwnd: hwnd}
	made.Text, made.Off = "", false
	w.moved = true
	w.controls[c.ID] = made
	call(procSendMessage, hwnd, wmSetFont, w.fonts[made.font()], 0)
	switch c.Kind {
	case screen.Edit:
		call(procSendMessage, hwnd, emSetLimitText, uintptr(c.Max), 0)
		call(procSendMessage, hwnd, emSetCueBanner, 0, uintptr(unsafe.Pointer(utf16(c.Cue))))
	case screen.Log:
		call(procSendMessage, hwnd, emSetLimitText, 0, 0)
		w.logOf, w.logCount = 0, 0
	}
	return made
}

func (w *window) remove(id screen.ID) {
	c := w.controls[id]
	if call(procGetFocus) == c.hwnd {
		call(procSetFocus, w.hwnd)
	}
	delete(w.controls, id)
	w.moved = true
	call(procDestroyWindow, c.hwnd)
	if w.hot == id {
		w.hot = 0
	}
}

// set makes a child window what the view wants.
func (w *window) set(have *control, want screen.Control) {
	was := *have
	have.Control = want
	if was.Rect != want.Rect {
		r := want.Rect
		call(procSetWindowPos, have.hwnd, 0, uintptr(r.Min.X), uintptr(r.Min.Y), uintptr(r.Dx()), uintptr(r.Dy()), swpNoZOrder|swpNoActivate|swpNoRedraw|swpNoCopyBits)
		w.moved = true
	}
	if was.Off != want.Off {
		if call(procGetFocus) == have.hwnd {
			call(procSetFocus, w.hwnd)
		}
		call(procEnableWindow, have.hwnd, flag(!want.Off))
	}
	if was.Text != want.Text {
		call(procSetWindowText, have.hwnd, uintptr(unsafe.Pointer(utf16(want.Text))))
	}
	if want.Kind > screen.Log && (was.Text != want.Text || was.Kind != want.Kind || was.On != want.On || was.Off != want.Off || was.Rect.Size() != want.Rect.Size()) {
		call(procInvalidateRect, have.hwnd, 0, 0)
	}
}

func flag(b bool) uintptr {
	if b {
		return 1
	}
	return 0
}

// windowText is what stands in a child window.
func windowText(hwnd uintptr) string {
	n := call(procGetWindowTextLength, hwnd)
	buf := make([]uint16, n+1)
	call(procGetWindowText, hwnd, uintptr(unsafe.Pointer(&buf[0])), n+1)
	return windows.UTF16ToString(buf)
}

// logMost is how many lines the log's window may have before it is filled anew.
const logMost = 1000

// writeLog appends the lines that are new.
func (w *window) writeLog() {
	c := w.controls[screen.LogID]
	if c == nil {
		return
	}
	fresh := w.view.LogCount - w.logCount
	if w.logOf == w.view.LogOf && fresh == 0 {
		return
	}
	lines := w.view.Log
	if w.logOf != w.view.LogOf || fresh < 0 || fresh > len(lines) || call(procSendMessage, c.hwnd, emGetLineCount, 0, 0) > logMost {
		call(procSetWindowText, c.hwnd, uintptr(unsafe.Pointer(utf16(""))))
		fresh = len(lines)
	}
	w.logOf, w.logCount = w.view.LogOf, w.view.LogCount
	text := strings.Join(lines[len(lines)-fresh:], "\r\n")
	if n := call(procGetWindowTextLength, c.hwnd); n > 0 {
		text = "\r\n" + text
	}
	end := ^uintptr(0)
	call(procSendMessage, c.hwnd, emSetSel, end-1, end-1)
	n := call(procGetWindowTextLength, c.hwnd)
	call(procSendMessage, c.hwnd, emSetSel, n, n)
	call(procSendMessage, c.hwnd, emReplaceSel, 0, uintptr(unsafe.Pointer(utf16(text))))
	call(procSendMessage, c.hwnd, wmVScroll, sbBottom, 0)
	w.scrollBar(c)
}

// scrollBar shows the log's scroll bar only when there is something to scroll.
func (w *window) scrollBar(c *control) {
	lines := int(call(procSendMessage, c.hwnd, emGetLineCount, 0, 0))
	height := screen.Pixels[screen.Small].Height * w.dpi / 96 * 4 / 3
	call(procShowScrollBar, c.hwnd, sbVert, flag(lines*height > c.Rect.Dy()))
}

// focusFirst gives the keyboard to where a person begins.
func (w *window) focusFirst() {
	for _, id := range []screen.ID{screen.SendID, screen.NameID} {
		if c := w.controls[id]; c != nil && !c.Off {
			call(procSetFocus, c.hwnd)
			end := uintptr(len(windowText(c.hwnd)))
			call(procSendMessage, c.hwnd, emSetSel, end, end)
			return
		}
	}
	call(procSetFocus, w.hwnd)
}

// choose lets the user choose one of a control's options from a menu below it.
func (w *window) choose(c *control) {
	menu := call(procCreatePopupMenu)
	defer call(procDestroyMenu, menu)
	for i, text := range c.Options {
		how := uintptr(0)
		if text == c.Text {
			how = mfChecked
		}
		call(procAppendMenu, menu, how, uintptr(i+1), uintptr(unsafe.Pointer(utf16(text))))
	}
	var r rect
	call(procGetWindowRect, c.hwnd, uintptr(unsafe.Pointer(&r)))
	if chosen := call(procTrackPopupMenu, menu, tpmReturnCmd|tpmNonotify, uintptr(r.left), uintptr(r.bottom), 0, w.hwnd, 0); chosen > 0 {
		w.app.Choose(c.ID, int(chosen)-1)
	}
}

// bounds is a rectangle of the view as Windows has it.
func bounds(r image.Rectangle) rect {
	return rect{int32(r.Min.X), int32(r.Min.Y), int32(r.Max.X), int32(r.Max.Y)}
}
