package window

import (
	"unsafe"

	"hansu/window/screen"
)

// buildMenu makes the menu and its keys.
func (w *window) buildMenu() {
	w.menu = call(procCreateMenu)
	for _, m := range w.app.Menus() {
		popup := call(procCreatePopupMenu)
		for _, item := range m.Items {
			if item.ID == 0 {
				call(procAppendMenu, popup, mfSeparator, 0, 0)
				continue
			}
			call(procAppendMenu, popup, 0, uintptr(item.ID), uintptr(unsafe.Pointer(utf16(item.Text))))
		}
		call(procAppendMenu, w.menu, mfPopup, popup, uintptr(unsafe.Pointer(utf16(m.Text))))
	}
	const virtualKey, withControl = 0x01, 0x08
	var keys []accelerator
	for key, id := range screen.Keys {
		a := accelerator{virtualKey, key, uint16(id)}
		if key < 0x70 { // a letter
			a.flags |= withControl
		}
		keys = append(keys, a)
	}
	w.keys = call(procCreateAccelerators, uintptr(unsafe.Pointer(&keys[0])), uintptr(len(keys)))
}

// enableMenu greys what does nothing now.
func (w *window) enableMenu() {
	for id, on := range w.view.Enabled {
		how := uintptr(0)
		if !on {
			how = mfGrayed
		}
		call(procEnableMenuItem, w.menu, uintptr(id), how)
	}
}
