// Bare is the plainest fast echo server that Go can be, as a measure for others: raw system calls on epoll or
// io_uring, one goroutine a loop, and nothing around them. It shows what of a server's cost is Go's and what is
// the server's own design.
//
// usage: bare epoll|uring LOOPS
//
// It prints the address it listens on and serves until its standard input ends. It uses the standard library alone,
// so that it can be built wherever there is a Go toolchain.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"syscall"
)

// loop serves the connections that it is given.
type loop interface {
	add(fd int)
	run()
}

func main() {
	if len(os.Args) != 3 {
		fail("usage: bare epoll|uring LOOPS")
	}
	n, err := strconv.Atoi(os.Args[2])
	if err != nil || n < 1 {
		fail("not a number of loops: " + os.Args[2])
	}
	var loops []loop
	for range n {
		switch os.Args[1] {
		case "epoll":
			loops = append(loops, newEpoll())
		case "uring":
			loops = append(loops, newUring())
		default:
			fail("neither epoll nor uring: " + os.Args[1])
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check("listen", err)
	for _, l := range loops {
		go l.run()
	}
	go accept(l.(*net.TCPListener), loops)
	fmt.Println(l.Addr())
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// accept deals the connections out in turn.
func accept(l *net.TCPListener, loops []loop) {
	for turn := 0; ; turn = (turn + 1) % len(loops) {
		c, err := l.AcceptTCP()
		check("accept", err)
		raw, err := c.SyscallConn()
		check("accept", err)
		fd := -1
		check("accept", raw.Control(func(s uintptr) { fd, err = syscall.Dup(int(s)) }))
		check("dup", err)
		_ = c.Close()
		loops[turn].add(fd)
	}
}

func check(what string, err error) {
	if err != nil {
		fail(what + ": " + err.Error())
	}
}

func fail(text string) {
	fmt.Fprintln(os.Stderr, text)
	os.Exit(1)
}
