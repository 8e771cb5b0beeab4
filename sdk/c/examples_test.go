package c

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hansu/client"
	"hansu/rules"
	"hansu/rules/variants"
	"hansu/server"
)

// patience bounds every wait for an event: programs under Wine start slowly on a busy machine.
const patience = 60 * time.Second

// samples are the programs that build.sh builds, and what builds them.
var samples = map[string]string{
	"console":       "gcc",
	"console.exe":   "x86_64-w64-mingw32-gcc",
	"console32.exe": "i686-w64-mingw32-gcc",
	"board.exe":     "x86_64-w64-mingw32-g++",
	"board32.exe":   "i686-w64-mingw32-g++",
}

// needs skips the test unless the machine has these programs.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if p == "wine" {
			if !haveWine() {
				t.Skip("needs wine")
			}
		} else if _, err := exec.LookPath(p); err != nil {
			t.Skip("needs " + p)
		}
	}
}

// TestSamples builds the sample programs without a warning, and plays whole games with them
// through a real server.
func TestSamples(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	out, err := exec.Command("./build.sh", dir).CombinedOutput()
	if err != nil {
		t.Fatalf("build.sh: %v\n%s", err, out)
	}
	for program, compiler := range samples {
		t.Run("build "+program, func(t *testing.T) {
			needs(t, compiler)
			if _, err := os.Stat(filepath.Join(dir, program)); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("console", func(t *testing.T) {
		needs(t, "gcc")
		consoleGames(t, []string{filepath.Join(dir, "console")})
	})
	t.Run("console under Wine", func(t *testing.T) {
		needs(t, "x86_64-w64-mingw32-gcc", "wine")
		consoleGames(t, []string{"../../scripts/wine-run", filepath.Join(dir, "console.exe")})
	})
	t.Run("board under Wine", func(t *testing.T) {
		needs(t, "x86_64-w64-mingw32-g++", "wine", "Xvfb", "xdotool")
		boardGames(t, filepath.Join(dir, "board.exe"))
	})
}

func consoleGames(t *testing.T, program []string) {
	t.Run("omok", func(t *testing.T) { consoleOmok(t, program) })
	t.Run("chess", func(t *testing.T) { consoleChess(t, program) })
	t.Run("nobody there", func(t *testing.T) { consoleAlone(t, program) })
}

// host is a server in the test's process.
type host struct {
	t       *testing.T
	cfg     server.Config
	address string
	stop    func() // in good order; may be called twice
}

func serve(t *testing.T) *host {
	t.Helper()
	h := &host{t: t, cfg: server.Config{Data: t.TempDir(), TCP: "127.0.0.1:0", Flush: patience}}
	h.start()
	t.Cleanup(func() { h.stop() })
	return h
}

// start serves, at the same address as before if it has served already.
func (h *host) start() {
	h.t.Helper()
	srv, err := server.New(context.Background(), h.cfg)
	if err != nil {
		h.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	h.address = srv.TCP().String()
	h.cfg.TCP = h.address
	h.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			h.t.Errorf("the server ended with %v", err)
		}
	})
}

// opponent is the other player: a client of another kind, written in Go.
type opponent struct {
	t     *testing.T
	c     *client.Client
	table *client.Table
}

// opponent takes a seat at a table for this game.
func (h *host) opponent(t *testing.T, game string) *opponent {
	t.Helper()
	c, err := client.Dial(context.Background(), client.Config{Address: h.address, Name: "상대", Wait: patience, RetryMax: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	v, err := variants.Parse(game)
	if err != nil {
		t.Fatal(err)
	}
	o := &opponent{t: t, c: c}
	o.do(client.Join{Variant: v})
	return o
}

func (o *opponent) do(cmd client.Command) {
	o.t.Helper()
	n, err := o.c.Do(cmd)
	if err != nil {
		o.t.Fatal(err)
	}
	await(o, func(a client.Answer) bool {
		if a.Command == n && a.Err != nil {
			o.t.Fatalf("%#v: %v", cmd, a.Err)
		}
		return a.Command == n
	})
}

// await waits for an event that ok accepts.
func await[E client.Event](o *opponent, ok func(E) bool) E {
	o.t.Helper()
	limit := time.After(patience)
	for {
		select {
		case event, open := <-o.c.Events():
			if !open {
				o.t.Fatal("the client has ended")
			}
			if r, is := event.(client.Record); is {
				o.table = r.Table
			}
			if e, is := event.(E); is && ok(e) {
				return e
			}
		case <-limit:
			var want E
			o.t.Fatalf("no %T within %v", want, patience)
		}
	}
}

// happens waits for a record in which something of kind H happens that ok accepts.
func happens[H client.Happening](o *opponent, ok func(H) bool) H {
	o.t.Helper()
	var found H
	await(o, func(r client.Record) bool {
		for _, e := range r.Events {
			if h, is := e.(H); is && ok(h) {
				found = h
				return true
			}
		}
		return false
	})
	return found
}

// plies waits until n moves are on the board.
func (o *opponent) plies(n int) {
	o.t.Helper()
	for o.table == nil || !o.table.Running() && n == 0 || len(o.table.Moves) < n {
		await(o, func(client.Record) bool { return true })
	}
}

func (o *opponent) move(text string) {
	o.t.Helper()
	m, err := o.table.Parse(text)
	if err != nil {
		o.t.Fatal(err)
	}
	o.do(o.table.Play(m))
}

// console is the program at work: lines go in, and what it prints is kept.
type console struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    bytes.Buffer
	errors bytes.Buffer
	ended  chan error
}

func startConsole(t *testing.T, program []string, args ...string) *console {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	c := &console{cmd: exec.CommandContext(ctx, program[0], append(program[1:len(program):len(program)], args...)...), ended: make(chan error, 1)}
	c.cmd.Stdout, c.cmd.Stderr = &c.out, &c.errors
	c.cmd.WaitDelay = time.Second // Wine's own processes may hold the pipes
	var err error
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { c.ended <- c.cmd.Wait() }()
	t.Cleanup(cancel)
	return c
}

func (c *console) types(lines ...string) {
	_, _ = io.WriteString(c.in, strings.Join(lines, "\n")+"\n") // fails only when the program has ended, which wait tells
}

// wait waits for the program's end and returns what it printed, with single line ends.
func (c *console) wait(t *testing.T) string {
	t.Helper()
	err := <-c.ended
	out := strings.ReplaceAll(c.out.String(), "\r\n", "\n")
	if err != nil {
		t.Fatalf("the program ended with %v\n%s\n%s", err, c.errors.String(), out)
	}
	return out
}

// printed fails unless the program's output has these texts in this order.
func printed(t *testing.T, out string, want ...string) {
	t.Helper()
	rest := out
	for _, w := range want {
		_, after, found := strings.Cut(rest, w)
		if !found {
			t.Fatalf("%q is missing, or not in its place, in\n%s", w, out)
		}
		rest = after
	}
}

func hostPort(address string) (string, string) {
	h, p, _ := strings.Cut(address, ":")
	return h, p
}

// consoleOmok plays to five against the opponent, with an illegal move and a line of chat on the way.
func consoleOmok(t *testing.T, program []string) {
	s := serve(t)
	o := s.opponent(t, "omok")
	h, p := hostPort(s.address)
	c := startConsole(t, program, h, p, "Sample")
	c.types("say good game", "h8", "a1", "p99", "i8", "j8", "k8", "l8")
	said := ""
	for i, m := range []string{"a1", "c1", "e1", "g1", "i1"} {
		o.plies(2 * i)
		if i == 1 {
			o.do(client.Say{Table: o.table.ID, Text: "좋은 수네요"})
		}
		o.move(m)
		if i == 0 {
			said = happens(o, func(client.Said) bool { return true }).Text
		}
	}
	ended := happens(o, func(client.Ended) bool { return true })
	if ended.Winner != client.SeatTwo || ended.Reason != rules.Five || said != "good game" {
		t.Errorf("%+v, said %q", ended, said)
	}
	printed(t, c.wait(t), "You have seat 2", "Seat 1: 상대", "Seat 2: Sample", "Seat 2 says: good game",
		"8 . . . . . . . O . . .", "Seat 1 says: 좋은 수네요", "Error 61: ", "Error 61: ",
		" 8 . . . . . . . O O O O O . . .\n", " 1 X . X . X . X . X . . .", "You win (reason 2)")
}

// consoleChess plays moves of every kind (en passant, promotion, castling on both sides): the board that
// the program prints must be right without its knowing the rules.
func consoleChess(t *testing.T, program []string) {
	s := serve(t)
	o := s.opponent(t, "chess")
	h, p := hostPort(s.address)
	c := startConsole(t, program, h, p, "Sample", "chess")
	c.types("d7d5", "f7f5", "c8f5", "b8c6", "d8d6", "e8c8", "a7a6", "resign")
	for i, m := range []string{"e2e4", "e4e5", "e5f6", "f6g7", "g7h8q", "g1f3", "f1e2", "e1g1"} {
		o.plies(2 * i)
		o.move(m)
	}
	ended := happens(o, func(client.Ended) bool { return true })
	if ended.Winner != client.SeatOne || ended.Reason != rules.Resignation {
		t.Errorf("%+v", ended)
	}
	printed(t, c.wait(t), `
 8 . . k r . b n Q
 7 . p p . p . . p
 6 p . n q . . . .
 5 . . . p . b . .
 4 . . . . . . . .
 3 . . . . . N . .
 2 P P P P B P P P
 1 R N B Q . R K .
   a b c d e f g h
`, "You lose (reason 3)")
}

// consoleAlone: nobody listens at the address; the error is named and the program ends.
func consoleAlone(t *testing.T, program []string) {
	c := startConsole(t, program, "127.0.0.1", "1", "Sample")
	err := <-c.ended
	if err == nil || !strings.HasPrefix(c.errors.String(), "connect: ") {
		t.Errorf("%v: %q", err, c.errors.String())
	}
}
