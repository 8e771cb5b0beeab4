package window

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"syscall"
	"unsafe"

	"hansu/netio"
	"hansu/window/screen"
)

// window is a window and what Windows needs to know of it. All of it belongs to the thread that runs it,
// but for found.
type window struct {
	o     Options
	app   *screen.App
	hwnd  uintptr
	dpi   int
	pump  *netio.MessagePump
	conn  netio.Conn // nil while there is none
	fonts [screen.Fonts]uintptr
	face  string
	field uintptr // the brush behind a line to type in

	view     screen.View
	picture  *surface
	controls map[screen.ID]*control
	order    []screen.ID // in which Tab goes through them
	hot      screen.ID   // the button below the mouse
	tracking bool        // Windows tells when the mouse leaves
	logOf    screen.ID
	logCount int
	menu     uintptr
	keys     uintptr // accelerators
	stale    bool    // wmRefresh is on its way
	moved    bool    // a child window has come, gone or moved since the last painting
	quitting bool

	mu    sync.Mutex
	found []screen.Server
}

// windowsByHandle finds the window of a message. A window procedure is a C function: it cannot carry a Go value,
// and Windows gives only the handle.
var windowsByHandle sync.Map // hwnd uintptr → *window

// className is what tools find the window by.
const className = "HansuWindow"

// The size that a window begins with, and its least, in pixels at 96 dots per inch.
const (
	firstWidth, firstHeight = 1040, 700
	leastWidth, leastHeight = 760, 560
)

// Run shows the window until it is closed. The error is of the time before it is there.
func Run(o Options) error {
	runtime.LockOSThread() // a window's messages come only to the thread that made it
	defer runtime.UnlockOSThread()
	w := &window{o: o, dpi: 96, controls: map[screen.ID]*control{}}
	w.app = screen.New(o.Options, w)
	if err := w.create(); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	if o.Find != nil {
		go o.Find(ctx, w.foundServers)
	}
	w.app.Begin()
	w.refresh()
	call(procShowWindow, w.hwnd, swShow)
	w.focusFirst()
	w.loop()
	return nil
}

// foundServers may be called from any thread.
func (w *window) foundServers(servers []screen.Server) {
	w.mu.Lock()
	w.found = servers
	w.mu.Unlock()
	call(procPostMessage, w.hwnd, wmFound, 0, 0)
}

func (w *window) create() error {
	name := utf16(className)
	icon, _, _ := procLoadImage.Call(instance(), 1, imageIcon, 0, 0, lrShared|lrDefaultSize)
	if icon == 0 { // built without resources
		icon = call(procLoadImage, 0, idiApplication, imageIcon, 0, 0, lrShared|lrDefaultSize)
	}
	class := windowClass{
		proc: syscall.NewCallback(windowProc), instance: instance(), icon: icon, smallIcon: icon, name: name,
		cursor: call(procLoadCursor, 0, idcArrow),
	}
	class.size = uint32(unsafe.Sizeof(class))
	if _, err := made(procRegisterClassEx, uintptr(unsafe.Pointer(&class))); err != nil {
		return err
	}
	w.buildMenu()
	hwnd, err := made(procCreateWindowEx, wsExControlParent, uintptr(unsafe.Pointer(name)), 0, wsOverlappedWindow|wsClipChildren,
		cwUseDefault, cwUseDefault, firstWidth, firstHeight, 0, w.menu, instance(), 0)
	if err != nil {
		return err
	}
	w.hwnd = hwnd
	windowsByHandle.Store(hwnd, w)
	w.loadFont()
	w.setDPI(w.systemDPI())
	w.place()
	if w.pump, err = netio.NewMessagePump(hwnd, wmSocket, w, netio.Config{}); err != nil {
		return fmt.Errorf("the socket's messages: %w", err)
	}
	call(procSetTimer, hwnd, 1, 200, 0)
	return nil
}

// systemDPI is the dots per inch of the screen that the window is on.
func (w *window) systemDPI() int {
	if procGetDpiForWindow.Find() == nil {
		if dpi := call(procGetDpiForWindow, w.hwnd); dpi != 0 {
			return int(dpi)
		}
	}
	dc := call(procGetDC, w.hwnd)
	defer call(procReleaseDC, w.hwnd, dc)
	return max(int(call(procGetDeviceCaps, dc, logPixelsX)), 96)
}

// setDPI makes fonts for a screen.
func (w *window) setDPI(dpi int) {
	w.dpi = dpi
	old := w.makeFonts()
	for _, c := range w.controls {
		call(procSendMessage, c.hwnd, wmSetFont, w.fonts[c.font()], 1)
	}
	for _, font := range old {
		call(procDeleteObject, font) // 0 at first
	}
}

// place gives the window its first size, in the middle of what the screen has free.
func (w *window) place() {
	var free rect
	call(procSystemParameters, spiGetWorkArea, 0, uintptr(unsafe.Pointer(&free)), 0)
	width := min(firstWidth*w.dpi/96+16, int(free.right-free.left))
	height := min(firstHeight*w.dpi/96+59, int(free.bottom-free.top)) // with the frame, its title and the menu
	if width <= 0 || height <= 0 {
		return
	}
	call(procSetWindowPos, w.hwnd, 0, uintptr(int(free.left)+(int(free.right-free.left)-width)/2),
		uintptr(int(free.top)+(int(free.bottom-free.top)-height)/2), uintptr(width), uintptr(height), swpNoZOrder|swpNoActivate)
	w.resized()
}

// resized tells the state how large the client area is.
func (w *window) resized() {
	var r rect
	call(procGetClientRect, w.hwnd, uintptr(unsafe.Pointer(&r)))
	if r.right > 0 && r.bottom > 0 { // else it is an icon
		w.app.Resize(int(r.right), int(r.bottom), w.dpi)
	}
	w.touch()
}

// loop serves messages until the window is gone.
func (w *window) loop() {
	var m message
	for {
		if r := int32(call(procGetMessage, uintptr(unsafe.Pointer(&m)), 0, 0, 0)); r <= 0 {
			return
		}
		w.watch(&m)
		switch {
		case w.isKey(&m):
		case !w.typing(&m) && call(procTranslateAccel, w.hwnd, w.keys, uintptr(unsafe.Pointer(&m))) != 0:
		case call(procIsDialogMessage, w.hwnd, uintptr(unsafe.Pointer(&m))) != 0:
		default:
			call(procTranslateMessage, uintptr(unsafe.Pointer(&m)))
			call(procDispatchMessage, uintptr(unsafe.Pointer(&m)))
		}
	}
}

// touch asks for a refresh if there is something new; many changes make one.
func (w *window) touch() {
	if w.app.Over() && !w.quitting {
		w.quitting = true
		call(procPostMessage, w.hwnd, wmRefresh, 0, 0)
	}
	if w.app.Changed() && !w.stale {
		w.stale = true
		call(procPostMessage, w.hwnd, wmRefresh, 0, 0)
	}
}

// refresh makes the window show what there is to show.
func (w *window) refresh() {
	w.stale = false
	if w.app.Over() {
		call(procDestroyWindow, w.hwnd)
		return
	}
	before := w.view
	w.view = w.app.View()
	if w.view.Title != before.Title {
		call(procSetWindowText, w.hwnd, uintptr(unsafe.Pointer(utf16(w.view.Title))))
	}
	w.enableMenu()
	w.drawPicture()
	w.arrange()
	w.writeLog()
	how := uintptr(rdwInvalidate | rdwUpdateNow)
	if w.moved { // nothing was painted on the way: everything is now, so that no half-made arrangement is seen
		how |= rdwAllChildren
	}
	w.moved = false
	call(procRedrawWindow, w.hwnd, 0, 0, how)
}
