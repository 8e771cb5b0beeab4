package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"hansu/client"
	"hansu/rules/variants"
	"hansu/server"
)

func TestMain(m *testing.M) {
	// The race detector lets each program wait for a second at its end, and here are many that end soon.
	os.Setenv("GORACE", "atexit_sleep_ms=0 "+os.Getenv("GORACE"))
	testscript.Main(m, map[string]func(){"hansu": main, "hansu-fails": func() { process(fail) }})
}

// fail makes the full screen fail at the key "!": `hansu-fails` is hansu with such a fault.
func fail(msg any) {
	if fmt.Sprint(msg) == "!" {
		panic("a fault")
	}
}

// TestScripts runs the command line as a person does: testdata/script/*.txtar. Besides what
// testscript knows there are
//
//	serve                      a server; $ADDR is its address
//	opponent GAME MOVE …       someone who opens a private table and plays these moves; $CODE is its code
//	stranger                   something that listens and answers like a web server; $ADDR
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			e.Setenv("HANSU_LANG", "en")
			e.Setenv("GORACE", os.Getenv("GORACE"))
			e.Setenv("HOME", filepath.Join(e.WorkDir, "home"))
			e.Setenv("LocalAppData", filepath.Join(e.WorkDir, "home"))
			return os.Mkdir(filepath.Join(e.WorkDir, "home"), 0o700)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve": serve, "opponent": opponent, "stranger": stranger,
		},
	})
}

func serve(ts *testscript.TestScript, _ bool, _ []string) {
	srv, err := server.New(context.Background(), server.Config{
		Data: ts.MkAbs("data"), TCP: "127.0.0.1:0", Text: errorText, Flush: patience,
	})
	ts.Check(err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	ts.Defer(func() {
		cancel()
		ts.Check(<-done)
	})
	ts.Setenv("ADDR", srv.TCP().String())
}

func stranger(ts *testscript.TestScript, _ bool, _ []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n")
			c.Close()
		}
	}()
	ts.Setenv("ADDR", l.Addr().String())
}

// opponent sits down as player 1 and makes the next move whenever it is its turn.
func opponent(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: opponent game [move …]")
	}
	v, err := variants.Parse(args[0])
	ts.Check(err)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, err := client.Dial(ctx, client.Config{Address: ts.Getenv("ADDR"), Name: "Bot"})
	ts.Check(err)
	ts.Defer(func() { c.Close() })
	_, err = c.Do(client.Open{Variant: v, Private: true})
	ts.Check(err)
	code := make(chan string, 1)
	go playMoves(c, args[1:], code)
	select {
	case code := <-code:
		ts.Setenv("CODE", code)
	case <-ctx.Done():
		ts.Fatalf("no table was opened")
	}
}

func playMoves(c *client.Client, moves []string, code chan<- string) {
	for e := range c.Events() {
		switch e := e.(type) {
		case client.Sat:
			code <- e.Table.Code
		case client.Record:
			if !e.Table.MyTurn() || len(moves) == 0 || e.Past {
				continue
			}
			if m, err := e.Table.Parse(moves[0]); err == nil {
				_, err = c.Do(e.Table.Play(m))
				if err == nil || errors.Is(err, client.ErrClosed) {
					moves = moves[1:]
				}
			}
		}
	}
}
