package netio

import "strings"

// Absence says why this system lacks a model. The zero value says that it does not.
type Absence struct {
	Reason Reason
	Detail string // the kernel's release, the setting, or what the system said
}

// Reason is a kind of absence, so that a program can tell it in its user's language.
type Reason uint8

// The reasons, each with what Detail is.
const (
	NeedsWindows        Reason = iota + 1
	NeedsLinux                 // 6.0; the release that this is
	NeedsLinuxOrWindows        // Linux 6.0
	SwitchedOff                // by the system's setting that Detail names
	ForPrivileged              // users only, by the setting that Detail names
	Filtered                   // by a seccomp filter, as containers have; the failed call
	Refused                    // by the system; the failed call
	ClientsOnly                // it is no model of a server
)

var reasonTexts = [...]string{
	NeedsWindows:        "needs Windows",
	NeedsLinux:          "needs Linux 6.0 or newer; this is Linux %",
	NeedsLinuxOrWindows: "needs Linux 6.0 or newer, or Windows",
	SwitchedOff:         "is switched off on this system (%)",
	ForPrivileged:       "is for privileged users only on this system (%)",
	Filtered:            "is blocked by a seccomp filter, as in many containers (%)",
	Refused:             "cannot make a ring (%)",
	ClientsOnly:         "is for clients only",
}

// String completes the sentence `model "completion" …`; it is empty for the zero value.
func (a Absence) String() string {
	if int(a.Reason) >= len(reasonTexts) {
		return ""
	}
	return strings.Replace(reasonTexts[a.Reason], "%", a.Detail, 1)
}
