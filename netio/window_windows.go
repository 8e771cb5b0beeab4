package netio

import (
	"fmt"
	"runtime"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// A window that nobody sees: a place for messages to arrive at. A console program
// has no window, so the messages model makes this one on a thread of its own.

var (
	user32 = windows.NewLazySystemDLL("user32.dll")

	procRegisterClass = bindProc(user32, "RegisterClassExW")
	procCreateWindow  = bindProc(user32, "CreateWindowExW")
	procDestroyWindow = bindProc(user32, "DestroyWindow")
	procDefWindowProc = bindProc(user32, "DefWindowProcW")
	procGetMessage    = bindProc(user32, "GetMessageW")
	procDispatch      = bindProc(user32, "DispatchMessageW")
	procPostMessage   = bindProc(user32, "PostMessageW")
	procIsWindow      = bindProc(user32, "IsWindow")
	procPostQuit      = bindProc(user32, "PostQuitMessage")
	procModuleHandle  = bindProc(kernel32, "GetModuleHandleW")
)

const (
	wmClose   = 0x0010
	wmDestroy = 0x0002
	wmApp     = 0x8000 // the first number free for a program's own messages

	hwndMessage = ^uintptr(2) // HWND_MESSAGE, (HWND)-3: a window for messages only
)

type windowClass struct {
	size, style            uint32
	proc                   uintptr
	classExtra, winExtra   int32
	instance, icon, cursor uintptr
	background             uintptr
	menu, name             *uint16
	smallIcon              uintptr
}

type windowMessage struct {
	hwnd    uintptr
	message uint32
	wParam  uintptr
	lParam  uintptr
	time    uint32
	x, y    int32
	private uint32
}

// hiddenWindows finds the receiver of a window's messages. A window procedure is
// a C function: it cannot carry a Go value, and Windows gives only the handle.
var hiddenWindows sync.Map // hwnd uintptr → func(message uint32, wParam, lParam uintptr)

var hiddenClass = sync.OnceValues(func() (*uint16, error) {
	name, err := windows.UTF16PtrFromString("HansuMessages")
	if err != nil {
		return nil, err
	}
	instance, _, _ := syscall.SyscallN(procModuleHandle.addr(), 0)
	class := windowClass{proc: syscall.NewCallback(hiddenProc), instance: instance, name: name}
	class.size = uint32(unsafe.Sizeof(class))
	if r, _, e := syscall.SyscallN(procRegisterClass.addr(), uintptr(unsafe.Pointer(&class))); r == 0 {
		return nil, wsaErr("RegisterClassEx", e)
	}
	return name, nil
})

// hiddenProc is the window procedure of all hidden windows.
func hiddenProc(hwnd, message, wParam, lParam uintptr) uintptr {
	switch uint32(message) {
	case wmDestroy:
		hiddenWindows.Delete(hwnd)
		syscall.SyscallN(procPostQuit.addr(), 0)
		return 0
	case wmClose:
		syscall.SyscallN(procDestroyWindow.addr(), hwnd)
		return 0
	}
	if uint32(message) >= wmApp {
		if f, ok := hiddenWindows.Load(hwnd); ok {
			f.(func(uint32, uintptr, uintptr))(uint32(message), wParam, lParam)
			return 0
		}
	}
	r, _, _ := syscall.SyscallN(procDefWindowProc.addr(), hwnd, message, wParam, lParam)
	return r
}

// runHiddenWindow makes a hidden window on the calling goroutine's thread, hands
// its handle to ready, and gives every message of the program's own to receive
// until the window is closed by closeHiddenWindow.
func runHiddenWindow(ready func(hwnd uintptr, err error), receive func(message uint32, wParam, lParam uintptr)) {
	runtime.LockOSThread() // a window's messages come only to the thread that made it
	defer runtime.UnlockOSThread()
	if err := user32.Load(); err != nil {
		ready(0, fmt.Errorf("netio: model %q needs user32.dll: %w", Messages, err))
		return
	}
	name, err := hiddenClass()
	if err != nil {
		ready(0, err)
		return
	}
	instance, _, _ := syscall.SyscallN(procModuleHandle.addr(), 0)
	hwnd, _, e := syscall.SyscallN(procCreateWindow.addr(), 0, uintptr(unsafe.Pointer(name)), 0, 0, 0, 0, 0, 0,
		hwndMessage, 0, instance, 0)
	if hwnd == 0 {
		ready(0, wsaErr("CreateWindowEx", e))
		return
	}
	hiddenWindows.Store(hwnd, receive)
	ready(hwnd, nil)
	var m windowMessage
	for {
		r, _, _ := syscall.SyscallN(procGetMessage.addr(), uintptr(unsafe.Pointer(&m)), 0, 0, 0)
		if int32(r) <= 0 { // 0 is WM_QUIT, −1 an invalid argument
			return
		}
		syscall.SyscallN(procDispatch.addr(), uintptr(unsafe.Pointer(&m)))
	}
}

// closeHiddenWindow ends runHiddenWindow; it may be called from any thread.
func closeHiddenWindow(hwnd uintptr) {
	syscall.SyscallN(procPostMessage.addr(), hwnd, wmClose, 0, 0)
}

// postMessage puts a message into a window's queue; it may be called from any
// thread. It says false when the window is gone or its queue of 10,000 is full.
func postMessage(hwnd uintptr, message uint32, wParam, lParam uintptr) bool {
	r, _, _ := syscall.SyscallN(procPostMessage.addr(), hwnd, uintptr(message), wParam, lParam)
	return r != 0
}

func isWindow(hwnd uintptr) bool {
	r, _, _ := syscall.SyscallN(procIsWindow.addr(), hwnd)
	return r != 0
}
