package i18n

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// localeNameMax is LOCALE_NAME_MAX_LENGTH of winnls.h, in UTF-16 units.
const localeNameMax = 85

var getUserDefaultLocaleName = windows.NewLazySystemDLL("kernel32.dll").NewProc("GetUserDefaultLocaleName")

// systemLocale returns the user's locale name, such as ko-KR.
func systemLocale() string {
	if getUserDefaultLocaleName.Find() != nil {
		return ""
	}
	var buf [localeNameMax]uint16
	n, _, _ := getUserDefaultLocaleName.Call(uintptr(unsafe.Pointer(&buf[0])), localeNameMax)
	if n == 0 {
		return ""
	}
	return windows.UTF16ToString(buf[:])
}
