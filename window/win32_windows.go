package window

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/windows"
)

// The calls of the Windows API that golang.org/x/sys/windows does not have, by the names of the headers.
var (
	user32   = windows.NewLazySystemDLL("user32.dll")
	gdi32    = windows.NewLazySystemDLL("gdi32.dll")
	kernel32 = windows.NewLazySystemDLL("kernel32.dll")

	procAppendMenu          = user32.NewProc("AppendMenuW")
	procBeginPaint          = user32.NewProc("BeginPaint")
	procCreateAccelerators  = user32.NewProc("CreateAcceleratorTableW")
	procCreateMenu          = user32.NewProc("CreateMenu")
	procCreatePopupMenu     = user32.NewProc("CreatePopupMenu")
	procCreateWindowEx      = user32.NewProc("CreateWindowExW")
	procDefWindowProc       = user32.NewProc("DefWindowProcW")
	procDestroyMenu         = user32.NewProc("DestroyMenu")
	procDestroyWindow       = user32.NewProc("DestroyWindow")
	procDispatchMessage     = user32.NewProc("DispatchMessageW")
	procDrawText            = user32.NewProc("DrawTextW")
	procEnableMenuItem      = user32.NewProc("EnableMenuItem")
	procEnableWindow        = user32.NewProc("EnableWindow")
	procEndPaint            = user32.NewProc("EndPaint")
	procGetClientRect       = user32.NewProc("GetClientRect")
	procGetDC               = user32.NewProc("GetDC")
	procGetDpiForWindow     = user32.NewProc("GetDpiForWindow") // from Windows 10 1607
	procGetFocus            = user32.NewProc("GetFocus")
	procGetMessage          = user32.NewProc("GetMessageW")
	procGetWindowRect       = user32.NewProc("GetWindowRect")
	procGetWindowText       = user32.NewProc("GetWindowTextW")
	procGetWindowTextLength = user32.NewProc("GetWindowTextLengthW")
	procInvalidateRect      = user32.NewProc("InvalidateRect")
	procIsDialogMessage     = user32.NewProc("IsDialogMessageW")
	procLoadCursor          = user32.NewProc("LoadCursorW")
	procLoadImage           = user32.NewProc("LoadImageW")
	procMessageBox          = user32.NewProc("MessageBoxW")
	procPostMessage         = user32.NewProc("PostMessageW")
	procPostQuitMessage     = user32.NewProc("PostQuitMessage")
	procRedrawWindow        = user32.NewProc("RedrawWindow")
	procRegisterClassEx     = user32.NewProc("RegisterClassExW")
	procReleaseDC           = user32.NewProc("ReleaseDC")
	procSendMessage         = user32.NewProc("SendMessageW")
	procSetCursor           = user32.NewProc("SetCursor")
	procSetFocus            = user32.NewProc("SetFocus")
	procSetTimer            = user32.NewProc("SetTimer")
	procSetWindowPos        = user32.NewProc("SetWindowPos")
	procSetWindowText       = user32.NewProc("SetWindowTextW")
	procShowWindow          = user32.NewProc("ShowWindow")
	procShowScrollBar       = user32.NewProc("ShowScrollBar")
	procSystemParameters    = user32.NewProc("SystemParametersInfoW")
	procTrackMouseEvent     = user32.NewProc("TrackMouseEvent")
	procTrackPopupMenu      = user32.NewProc("TrackPopupMenu")
	procTranslateAccel      = user32.NewProc("TranslateAcceleratorW")
	procTranslateMessage    = user32.NewProc("TranslateMessage")

	procAddFontResourceEx  = gdi32.NewProc("AddFontResourceExW")
	procBitBlt             = gdi32.NewProc("BitBlt")
	procCreateCompatibleDC = gdi32.NewProc("CreateCompatibleDC")
	procCreateDIBSection   = gdi32.NewProc("CreateDIBSection")
	procCreateFont         = gdi32.NewProc("CreateFontW")
	procCreateSolidBrush   = gdi32.NewProc("CreateSolidBrush")
	procDeleteDC           = gdi32.NewProc("DeleteDC")
	procDeleteObject       = gdi32.NewProc("DeleteObject")
	procGdiFlush           = gdi32.NewProc("GdiFlush")
	procGetDeviceCaps      = gdi32.NewProc("GetDeviceCaps")
	procGetGlyphIndices    = gdi32.NewProc("GetGlyphIndicesW")
	procGetTextFace        = gdi32.NewProc("GetTextFaceW")
	procSelectObject       = gdi32.NewProc("SelectObject")
	procSetBkColor         = gdi32.NewProc("SetBkColor")
	procSetBkMode          = gdi32.NewProc("SetBkMode")
	procSetTextColor       = gdi32.NewProc("SetTextColor")

	procFreeConsole        = kernel32.NewProc("FreeConsole")
	procGetConsoleProcList = kernel32.NewProc("GetConsoleProcessList")
	procGetModuleHandle    = kernel32.NewProc("GetModuleHandleW")
)

const (
	wmDestroy        = 0x0002
	wmSize           = 0x0005
	wmSetFocus       = 0x0007
	wmPaint          = 0x000f
	wmClose          = 0x0010
	wmEraseBkgnd     = 0x0014
	wmSetCursor      = 0x0020
	wmGetMinMaxInfo  = 0x0024
	wmDrawItem       = 0x002b
	wmSetFont        = 0x0030
	wmKeyDown        = 0x0100
	wmCommand        = 0x0111
	wmTimer          = 0x0113
	wmVScroll        = 0x0115
	wmCtlColorEdit   = 0x0133
	wmCtlColorBtn    = 0x0135
	wmCtlColorStatic = 0x0138
	wmMouseMove      = 0x0200
	wmLButtonDown    = 0x0201
	wmMouseLeave     = 0x02a3
	wmDpiChanged     = 0x02e0
	wmApp            = 0x8000

	wmSocket  = wmApp + 1 // what WSAAsyncSelect sends
	wmRefresh = wmApp + 2 // there is something new to show
	wmFound   = wmApp + 3 // servers on the network

	wsOverlappedWindow = 0x00cf0000
	wsClipChildren     = 0x02000000
	wsChild            = 0x40000000
	wsVisible          = 0x10000000
	wsTabStop          = 0x00010000
	wsVScroll          = 0x00200000
	wsExControlParent  = 0x00010000

	esMultiline   = 0x0004
	esAutoVScroll = 0x0040
	esAutoHScroll = 0x0080
	esReadOnly    = 0x0800
	bsOwnerDraw   = 0x000b
	bsNotify      = 0x4000

	emSetSel       = 0x00b1
	emGetLineCount = 0x00ba
	emReplaceSel   = 0x00c2
	emSetLimitText = 0x00c5
	emSetCueBanner = 0x1501
	enSetFocus     = 0x0100
	enChange       = 0x0300
	bnClicked      = 0
	bnDoubled      = 5
	bnSetFocus     = 6

	odsSelected = 0x0001
	odsFocus    = 0x0010

	cwUseDefault   = 0x80000000
	swShow         = 5
	swpNoSize      = 0x0001
	swpNoMove      = 0x0002
	swpNoZOrder    = 0x0004
	swpNoActivate  = 0x0010
	rdwInvalidate  = 0x0001
	rdwUpdateNow   = 0x0100
	rdwAllChildren = 0x0080
	swpNoRedraw    = 0x0008
	swpNoCopyBits  = 0x0100

	mfSeparator = 0x0800
	mfPopup     = 0x0010
	mfGrayed    = 0x0001
	mfChecked   = 0x0008

	tpmReturnCmd = 0x0100
	tpmNonotify  = 0x0080

	vkTab    = 0x09
	vkReturn = 0x0d
	vkEscape = 0x1b
	vkSpace  = 0x20
	vkLeft   = 0x25
	vkUp     = 0x26
	vkRight  = 0x27
	vkDown   = 0x28

	dtCentre      = 0x0001
	dtRight       = 0x0002
	dtVCentre     = 0x0004
	dtWordBreak   = 0x0010
	dtSingleLine  = 0x0020
	dtNoPrefix    = 0x0800
	dtEditControl = 0x2000
	dtEndEllipsis = 0x8000

	srcCopy         = 0x00cc0020
	transparent     = 1
	logPixelsX      = 88
	clearType       = 5
	fontPrivate     = 0x10
	idcArrow        = 32512
	idcHand         = 32649
	idiApplication  = 32512
	imageIcon       = 1
	lrShared        = 0x8000
	lrDefaultSize   = 0x0040
	spiGetWorkArea  = 0x0030
	mbIconError     = 0x0010
	mbSetForeground = 0x00010000
	sbBottom        = 7
	sbVert          = 1
	tmeLeave        = 2
	htClient        = 1
)

type (
	rect struct{ left, top, right, bottom int32 }

	windowClass struct {
		size, style            uint32
		proc                   uintptr
		classExtra, winExtra   int32
		instance, icon, cursor uintptr
		background             uintptr
		menu, name             *uint16
		smallIcon              uintptr
	}

	message struct {
		hwnd    uintptr
		message uint32
		wParam  uintptr
		lParam  uintptr
		time    uint32
		x, y    int32
		private uint32
	}

	paintStruct struct {
		dc         uintptr
		erase      int32
		paint      rect
		restore    int32
		incUpdate  int32
		reserved   [32]byte
		_alignment [4]byte
	}

	drawItem struct {
		_, id, _, _, state uint32
		_, dc              uintptr
		rect               rect
		_                  uintptr
	}

	bitmapInfo struct {
		size                   uint32
		width, height          int32
		planes, bits           uint16
		compression, imageSize uint32
		xPerMetre, yPerMetre   int32
		used, important        uint32
		colours                [1]uint32
	}

	accelerator struct {
		flags    byte
		key, cmd uint16
	}

	trackMouse struct {
		size, flags uint32
		hwnd        uintptr
		hoverTime   uint32
	}

	minMaxInfo struct{ _, _, _, minTrack, _ struct{ x, y int32 } }
)

// call calls a procedure whose result is no error. Pointers that are made numbers in its arguments stay valid
// until it returns.
//
//go:uintptrescapes
func call(p *windows.LazyProc, args ...uintptr) uintptr {
	r, _, _ := p.Call(args...)
	return r
}

// made calls a procedure that gives 0 when it fails. Its arguments are as for call.
//
//go:uintptrescapes
func made(p *windows.LazyProc, args ...uintptr) (uintptr, error) {
	r, _, err := p.Call(args...)
	if r == 0 {
		return 0, fmt.Errorf("%s: %w", p.Name, err)
	}
	return r, nil
}

// utf16 gives a text as Windows takes it; what follows a NUL is cut off.
func utf16(s string) *uint16 {
	for i := range len(s) {
		if s[i] == 0 {
			s = s[:i]
			break
		}
	}
	p, err := windows.UTF16PtrFromString(s)
	if err != nil { // a NUL, which is not there
		return new(uint16)
	}
	return p
}

// structure makes a message's parameter the structure that it points to. The memory is Windows', not Go's.
func structure[T any](lParam uintptr) *T { return *(**T)(unsafe.Pointer(&lParam)) }

func low(v uintptr) int  { return int(int16(v)) }
func high(v uintptr) int { return int(int16(v >> 16)) }

// Show shows an error in a box of its own: a program without a console has nothing else before its window is there.
func Show(title, text string) {
	call(procMessageBox, 0, uintptr(unsafe.Pointer(utf16(text))), uintptr(unsafe.Pointer(utf16(title))), mbIconError|mbSetForeground)
}

// FreeConsole gives up a console that was opened for this program alone, as by a double click.
func FreeConsole() {
	var ids [2]uint32
	if call(procGetConsoleProcList, uintptr(unsafe.Pointer(&ids[0])), 2) == 1 {
		call(procFreeConsole)
	}
}

func instance() uintptr { return call(procGetModuleHandle, 0) }
