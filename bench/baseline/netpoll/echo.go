//go:build ignore

// usage: netpoll LOOPS
//
// It prints the address it listens on and serves until its standard input ends.

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/cloudwego/netpoll"
)

func main() {
	loops, err := strconv.Atoi(os.Args[1])
	check(err)
	check(netpoll.Configure(netpoll.Config{PollerNum: loops, Runner: func(_ context.Context, f func()) { f() }}))
	l, err := netpoll.CreateListener("tcp", "127.0.0.1:0")
	check(err)
	server, err := netpoll.NewEventLoop(echo)
	check(err)
	go func() { check(server.Serve(l)) }()
	fmt.Println(l.Addr())
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func echo(_ context.Context, c netpoll.Connection) error {
	r, w := c.Reader(), c.Writer()
	p, err := r.Next(r.Len())
	if err != nil {
		return err
	}
	if _, err := w.WriteBinary(p); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return r.Release()
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
