//go:build !windows

package netio

// dialMessages would connect with WSAAsyncSelect and a window.
func dialMessages(string, Handler, Config) (Conn, error) {
	return nil, &ModelError{Model: Messages, Why: Absence{Reason: NeedsWindows}}
}
