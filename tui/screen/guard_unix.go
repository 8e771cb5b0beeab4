//go:build unix

package screen

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"syscall"

	"github.com/charmbracelet/x/term"
)

// guardVar tells a process that another one looks after its terminal.
const guardVar = "HANSU_GUARDED"

// restore takes back every mode that the screen may have set: mouse, focus and paste reports, what keys
// report, the cursor, and the other screen buffer.
const restore = "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[?2026l\x1b[<u\x1b[>4m\x1b[?1049l\x1b[?25h\x1b[0m"

// Guard runs this program once more, as a child that has the terminal, and looks after the terminal: a
// panic in any goroutine, an abort or a kill leaves it as it was. It returns the child's exit code and
// whether the child crashed; guarded is false in the child itself, and where there can be none, and
// the caller then does the work.
func Guard(ctx context.Context, out *os.File) (code int, crashed, guarded bool) {
	self, err := os.Executable()
	if err != nil || os.Getenv(guardVar) != "" {
		return 0, false, false
	}
	state, err := term.GetState(out.Fd())
	if err != nil {
		return 0, false, false
	}
	child := exec.Command(self)
	child.Args = os.Args
	child.Env = append(os.Environ(), guardVar+"=1")
	child.Stdin, child.Stdout, child.Stderr = os.Stdin, os.Stdout, os.Stderr
	if child.Start() != nil {
		return 0, false, false
	}
	done := make(chan error, 1)
	go func() { done <- child.Wait() }()
	select {
	case err = <-done:
	case <-ctx.Done():
		child.Process.Signal(syscall.SIGTERM)
		err = <-done
	}
	var failed *exec.ExitError
	if !errors.As(err, &failed) {
		return 0, false, true
	}
	code = failed.ExitCode()
	if code != exitPanic && code >= 0 {
		return code, false, true
	}
	term.Restore(out.Fd(), state) // whatever fails here, there is nobody left to tell
	io.WriteString(out, restore)
	return 1, true, true
}

// exitPanic is what Go exits with after a panic; the usage errors that share it come before Guard.
const exitPanic = 2
