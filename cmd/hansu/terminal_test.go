//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// terminal is a real one: a pane of a tmux server of its own, with a shell in it.
type terminal struct {
	t    *testing.T
	sock string
	more chan struct{} // something was written to the pane
}

var terminals atomic.Int32

// newTerminal opens a terminal of w×h cells. Within starts tmux somewhere else, such as in a network of its own.
func newTerminal(t *testing.T, w, h int, env []string, within ...string) *terminal {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("needs tmux")
	}
	dir := t.TempDir()
	term := &terminal{t: t, sock: fmt.Sprintf("hansu-%d-%d", os.Getpid(), terminals.Add(1)), more: make(chan struct{}, 1)}
	conf, fifo := filepath.Join(dir, "conf"), filepath.Join(dir, "written")
	text := "set -g default-terminal xterm-256color\nset -g escape-time 10\nset -g status off\nset -g remain-on-exit on\n"
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mkfifo", fifo).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	args := append(within, "tmux", "-L", term.sock, "-f", conf, "new-session", "-d", "-s", "p", "-x", fmt.Sprint(w), "-y", fmt.Sprint(h))
	for _, v := range append([]string{"HOME=" + dir, "XDG_STATE_HOME=" + dir, "ENV="}, env...) {
		args = append(args, "-e", v)
	}
	c := exec.Command(args[0], append(args[1:], "sh")...)
	c.Env = append(os.Environ(), "TMUX=")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("tmux: %v: %s", err, out)
	}
	t.Cleanup(func() { exec.Command("tmux", "-L", term.sock, "kill-server").Run() })
	term.tmux("pipe-pane", "-O", "-t", "p", "exec cat >"+fifo)
	go term.follow(fifo)
	term.until(`^[$#]`)
	return term
}

// follow tells whenever something was written, until the pane is gone.
func (term *terminal) follow(fifo string) {
	f, err := os.Open(fifo)
	if err != nil {
		return
	}
	defer f.Close()
	buf := make([]byte, 1<<16)
	for {
		if _, err := f.Read(buf); err != nil {
			return
		}
		select {
		case term.more <- struct{}{}:
		default:
		}
	}
}

func (term *terminal) tmux(args ...string) string {
	term.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-L", term.sock}, args...)...).CombinedOutput()
	if err != nil {
		term.t.Fatalf("tmux %q: %v: %s", args, err, out)
	}
	return strings.TrimRight(string(out), "\n")
}

// screen is what the terminal shows, with lines joined that it has broken itself.
func (term *terminal) screen() string {
	term.t.Helper()
	lines := strings.Split(term.tmux("capture-pane", "-p", "-J", "-t", "p"), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n")
}

// until waits for a match on the screen and returns its groups.
func (term *terminal) until(pattern string) []string {
	term.t.Helper()
	re := regexp.MustCompile("(?m)" + pattern)
	deadline := time.After(patience)
	for {
		s := term.screen()
		if m := re.FindStringSubmatch(s); m != nil {
			return m
		}
		select {
		case <-term.more:
		case <-time.After(time.Second): // what was written before the screen was looked at
		case <-deadline:
			term.t.Fatalf("no %q on the screen:\n%s", pattern, s)
		}
	}
}

// keys presses keys by tmux's names; text is typed as it is.
func (term *terminal) keys(names ...string) {
	term.t.Helper()
	term.tmux(append([]string{"send-keys", "-t", "p"}, names...)...)
}

func (term *terminal) text(s string) {
	term.t.Helper()
	term.tmux("send-keys", "-t", "p", "-l", s)
}

// enter types a line.
func (term *terminal) enter(s string) {
	term.t.Helper()
	term.text(s)
	term.keys("Enter")
}

// click clicks on a cell as a terminal reports it, in SGR form.
func (term *terminal) click(x, y int) {
	term.t.Helper()
	term.text(fmt.Sprintf("\x1b[<0;%d;%dM\x1b[<0;%d;%dm", x+1, y+1, x+1, y+1))
}

// point finds where a point of the board lies by the names of its lines.
func (term *terminal) point(name string) (x, y int) {
	term.t.Helper()
	lines := strings.Split(term.screen(), "\n")
	x = strings.IndexByte(lines[1], name[0])
	row := regexp.MustCompile(`^ *` + name[1:] + ` `)
	for y = range lines {
		if row.MatchString(lines[y]) && x > 0 {
			return x, y
		}
	}
	term.t.Fatalf("no %s on the screen:\n%s", name, strings.Join(lines, "\n"))
	return 0, 0
}

// modes are what a program may leave behind: the other screen, mouse reports, a hidden cursor, and the line's settings.
func (term *terminal) modes() string {
	term.t.Helper()
	term.enter("clear; stty -a; echo all of it")
	term.until(`^all of it\n[$#]`) // the prompt, too, or one screen has it and another not
	return term.tmux("display-message", "-p", "-t", "p", "#{alternate_on} #{mouse_any_flag} #{cursor_flag} #{keypad_flag}") + "\n" + term.screen()
}

// child is the process at the end of a chain of n children, beginning with the shell.
func (term *terminal) child(n int) string {
	term.t.Helper()
	pid := term.tmux("display-message", "-p", "-t", "p", "#{pane_pid}")
	for range n {
		var children []string // each thread has those that it started
		threads, _ := filepath.Glob("/proc/" + pid + "/task/*/children")
		for _, name := range threads {
			list, _ := os.ReadFile(name) // a thread may have ended
			children = append(children, strings.Fields(string(list))...)
		}
		if len(children) != 1 {
			term.t.Fatalf("%s has the children %q", pid, children)
		}
		pid = children[0]
	}
	return pid
}
