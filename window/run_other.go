//go:build !windows

package window

// Run returns ErrSystem.
func Run(Options) error { return ErrSystem }

// Show does nothing: there is a terminal to read errors in.
func Show(title, text string) {}

// FreeConsole does nothing.
func FreeConsole() {}
