package window

import (
	"image"
	"unsafe"

	"hansu/window/screen"
)

// windowProc is the window procedure.
func windowProc(hwnd, m, wParam, lParam uintptr) uintptr {
	if v, ok := windowsByHandle.Load(hwnd); ok {
		if r, handled := v.(*window).handle(uint32(m), wParam, lParam); handled {
			return r
		}
	}
	return call(procDefWindowProc, hwnd, m, wParam, lParam)
}

// handle acts on a message; false leaves it to Windows.
func (w *window) handle(m uint32, wParam, lParam uintptr) (uintptr, bool) {
	switch m {
	case wmSocket:
		w.pump.Dispatch(wParam, lParam)
	case wmRefresh:
		w.refresh()
	case wmFound:
		w.mu.Lock()
		found := w.found
		w.mu.Unlock()
		w.app.Found(found)
	case wmTimer:
		w.app.Tick()
	case wmPaint:
		w.paint()
	case wmEraseBkgnd:
		return 1, true
	case wmSize:
		w.resized()
	case wmGetMinMaxInfo:
		info := structure[minMaxInfo](lParam)
		info.minTrack.x, info.minTrack.y = int32(leastWidth*w.dpi/96), int32(leastHeight*w.dpi/96)
	case wmDpiChanged:
		w.dpiChanged(low(wParam), lParam)
	case wmCommand:
		w.command(screen.ID(wParam&0xffff), high(wParam), lParam)
	case wmDrawItem:
		w.drawButton(structure[drawItem](lParam))
		return 1, true
	case wmCtlColorEdit, wmCtlColorStatic, wmCtlColorBtn:
		call(procSetBkColor, wParam, colorref(screen.Field))
		call(procSetTextColor, wParam, colorref(screen.Ink))
		return w.field, true
	case wmClose:
		w.app.Quit()
	case wmDestroy:
		w.pump.Close()
		windowsByHandle.Delete(w.hwnd)
		call(procPostQuitMessage, 0)
		return 0, true
	default:
		return w.input(m, wParam, lParam)
	}
	w.touch()
	return 0, true
}

// input acts on the mouse and the keyboard.
func (w *window) input(m uint32, wParam, lParam uintptr) (uintptr, bool) {
	switch m {
	case wmMouseMove:
		w.app.Mouse(image.Pt(low(lParam), high(lParam)))
		w.track(w.hwnd)
	case wmMouseLeave:
		w.tracking = false
		w.app.MouseOut()
	case wmLButtonDown:
		call(procSetFocus, w.hwnd)
		w.app.Click(image.Pt(low(lParam), high(lParam)))
	case wmSetFocus:
		w.app.Focus(0)
	case wmSetCursor:
		if !w.app.Hand() || low(lParam) != htClient || wParam != w.hwnd {
			return 0, false
		}
		call(procSetCursor, call(procLoadCursor, 0, idcHand))
		return 1, true
	default:
		return 0, false
	}
	w.touch()
	return 0, true
}

// track asks Windows to tell when the mouse leaves.
func (w *window) track(hwnd uintptr) {
	if w.tracking && hwnd == w.hwnd {
		return
	}
	w.tracking = hwnd == w.hwnd
	t := trackMouse{flags: tmeLeave, hwnd: hwnd}
	t.size = uint32(unsafe.Sizeof(t))
	call(procTrackMouseEvent, uintptr(unsafe.Pointer(&t)))
}

// dpiChanged is the move to a screen of another density. Windows says where the window is to be there.
func (w *window) dpiChanged(dpi int, lParam uintptr) {
	if dpi < 48 || dpi > 960 {
		return
	}
	old := w.dpi
	w.setDPI(dpi)
	var r rect
	if lParam != 0 {
		r = *structure[rect](lParam)
	} else {
		call(procGetWindowRect, w.hwnd, uintptr(unsafe.Pointer(&r)))
		r.right = r.left + (r.right-r.left)*int32(dpi)/int32(old)
		r.bottom = r.top + (r.bottom-r.top)*int32(dpi)/int32(old)
	}
	call(procSetWindowPos, w.hwnd, 0, uintptr(r.left), uintptr(r.top), uintptr(r.right-r.left), uintptr(r.bottom-r.top), swpNoZOrder|swpNoActivate)
	w.resized()
}

// command acts on a button, a line to type in, the menu, or a key of the menu.
func (w *window) command(id screen.ID, what int, from uintptr) {
	c := w.controls[id]
	if what == bnDoubled && c != nil && c.Kind > screen.Log { // fast clicks are clicks
		what = bnClicked
	}
	switch {
	case id == screen.EnterID:
		w.enter()
	case id == screen.EscapeID:
		call(procSetFocus, w.hwnd)
		w.app.Key(screen.KeyEscape)
	case from == 0: // menu
		w.app.Press(id)
	case c == nil:
	case c.Kind == screen.Edit && what == enChange:
		text := windowText(c.hwnd)
		c.Text = text
		w.app.Edit(id, text)
	case c.Kind == screen.Edit && what == enSetFocus, c.Kind > screen.Log && what == bnSetFocus:
		w.app.Focus(id)
	case c.Kind == screen.Choice && what == bnClicked:
		w.choose(c)
	case c.Kind > screen.Log && what == bnClicked:
		w.app.Press(id)
	}
}

// enter is the key Enter: it presses the button that has the keyboard, else it is the state's business.
func (w *window) enter() {
	focus := call(procGetFocus)
	for id, c := range w.controls {
		if c.hwnd == focus && c.Kind > screen.Log {
			w.command(id, bnClicked, c.hwnd)
			return
		}
	}
	w.app.Enter()
}

// isKey acts on a key that has a meaning on the board, when the board has the keyboard.
func (w *window) isKey(m *message) bool {
	if m.message != wmKeyDown || m.hwnd != w.hwnd {
		return false
	}
	key, ok := map[uintptr]screen.Key{
		vkLeft: screen.KeyLeft, vkRight: screen.KeyRight, vkUp: screen.KeyUp, vkDown: screen.KeyDown,
		vkReturn: screen.KeyEnter, vkSpace: screen.KeyEnter, vkEscape: screen.KeyEscape,
	}[m.wParam]
	if !ok {
		return false
	}
	if m.wParam == vkReturn {
		w.app.Enter()
	} else {
		w.app.Key(key)
	}
	w.touch()
	return true
}

// typing reports whether a key belongs to a line that is being typed, though it is one of the menu's.
func (w *window) typing(m *message) bool {
	if m.message != wmKeyDown || m.wParam != 'Z' {
		return false
	}
	for _, c := range w.controls {
		if c.hwnd == m.hwnd && c.Kind == screen.Edit {
			return true
		}
	}
	return false
}

// watch looks at each message before it goes its way: at what the mouse does over buttons, and at Tab in
// the log, which would keep it.
func (w *window) watch(m *message) {
	switch m.message {
	case wmMouseMove:
		hot := screen.ID(0)
		for id, c := range w.controls {
			if c.hwnd == m.hwnd && c.Kind > screen.Log {
				hot = id
			}
		}
		if hot != w.hot {
			w.heat(hot)
			if hot != 0 {
				w.track(m.hwnd)
			}
		}
	case wmMouseLeave:
		if m.hwnd != w.hwnd {
			w.heat(0)
		}
	case wmKeyDown:
		if c := w.controls[screen.LogID]; c != nil && m.hwnd == c.hwnd && m.wParam == vkTab {
			m.hwnd = w.hwnd
		}
	}
}

// heat shows which button the mouse is over.
func (w *window) heat(id screen.ID) {
	for _, i := range []screen.ID{w.hot, id} {
		if c := w.controls[i]; c != nil {
			call(procInvalidateRect, c.hwnd, 0, 0)
		}
	}
	w.hot = id
}
