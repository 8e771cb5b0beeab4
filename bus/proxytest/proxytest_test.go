package proxytest_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"hansu/bus/proxytest"
)

// echo starts a server that sends back what it gets, and says on the channel when a connection has ended, and how.
func echo(t *testing.T) (addr string, ended chan error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	ended = make(chan error, 1000)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				_, err := io.Copy(struct{ io.Writer }{conn}, struct{ io.Reader }{conn})
				conn.Close()
				ended <- err
			}()
		}
	}()
	return l.Addr().String(), ended
}

// dial connects; whatever waits on the connection ends with an error when the test takes too long.
func dial(t *testing.T, addr string) *net.TCPConn {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(time.Minute))
	return conn.(*net.TCPConn)
}

// works says whether the other end answers.
func works(t *testing.T, conn net.Conn) {
	t.Helper()
	if _, err := conn.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	expect(t, conn, "hello")
}

func expect(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	buf := make([]byte, len(text))
	if n, err := io.ReadFull(conn, buf); err != nil || string(buf) != text {
		t.Fatalf("got %q, %v; want %q", buf[:n], err, text)
	}
}

func isTimeout(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }

// ends waits for the end of a connection.
func ends(t *testing.T, conn net.Conn) {
	t.Helper()
	if n, err := conn.Read(make([]byte, 1)); err == nil || isTimeout(err) {
		t.Fatalf("%d bytes, %v; want an end", n, err)
	}
}

// refused checks that a new connection ends, which may be before it is made.
func refused(t *testing.T, p *proxytest.Proxy) {
	t.Helper()
	conn, err := net.Dial("tcp", p.Addr())
	if err != nil {
		return
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Minute))
	ends(t, conn)
}

// silent checks that nothing comes.
func silent(t *testing.T, conn net.Conn) {
	t.Helper()
	conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	if n, err := conn.Read(make([]byte, 1)); !isTimeout(err) {
		t.Fatalf("%d bytes, %v; want silence", n, err)
	}
	conn.SetReadDeadline(time.Now().Add(time.Minute))
}

func TestPasses(t *testing.T) {
	addr, ended := echo(t)
	conn := dial(t, proxytest.Start(t, addr).Addr())
	sent := bytes.Repeat([]byte("0123456789abcde\n"), 100_000)
	go func() {
		conn.Write(sent)
		conn.CloseWrite() // the answer still comes
	}()
	got, err := io.ReadAll(conn)
	if err != nil || !bytes.Equal(got, sent) {
		t.Errorf("%d bytes of %d came back, %v", len(got), len(sent), err)
	}
	if err := <-ended; err != nil {
		t.Errorf("the server saw %v", err)
	}
}

func TestCut(t *testing.T) {
	addr, ended := echo(t)
	p := proxytest.Start(t, addr)
	for range 3 {
		a, b := dial(t, p.Addr()), dial(t, p.Addr())
		works(t, a)
		works(t, b)
		p.Cut()
		for _, conn := range []net.Conn{a, b} {
			ends(t, conn)
			<-ended // the server, too
		}
		refused(t, p)
		p.Heal()
	}
	works(t, dial(t, p.Addr()))
}

func TestStall(t *testing.T) {
	addr, ended := echo(t)
	p := proxytest.Start(t, addr)
	old, closing := dial(t, p.Addr()), dial(t, p.Addr())
	works(t, old)
	works(t, closing)
	p.Stall()
	fresh := dial(t, p.Addr())
	for _, conn := range []*net.TCPConn{old, fresh} {
		if _, err := conn.Write([]byte("late")); err != nil {
			t.Fatal(err)
		}
		silent(t, conn)
	}
	closing.Close()
	silent(t, old)
	if len(ended) > 0 {
		t.Error("an end was passed on")
	}
	p.Heal()
	for _, conn := range []*net.TCPConn{old, fresh} {
		expect(t, conn, "late")
		works(t, conn)
	}
	if err := <-ended; err != nil { // of the one that was closed meanwhile
		t.Errorf("the server saw %v", err)
	}
}

// TestStallThenCut: those that wait for a stall's end end with the cut, and Heal brings nothing of theirs.
func TestStallThenCut(t *testing.T) {
	addr, ended := echo(t)
	p := proxytest.Start(t, addr)
	old := dial(t, p.Addr())
	works(t, old)
	p.Stall()
	fresh := dial(t, p.Addr())
	old.Write([]byte("lost"))
	p.Cut()
	ends(t, old)
	ends(t, fresh)
	<-ended
	p.Heal()
	works(t, dial(t, p.Addr()))
}

func TestTargetAway(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	p := proxytest.Start(t, l.Addr().String())
	refused(t, p)
}

func TestClose(t *testing.T) {
	addr, ended := echo(t)
	p := proxytest.Start(t, addr)
	one := dial(t, p.Addr())
	works(t, one)
	p.Stall()
	two := dial(t, p.Addr())
	p.Close()
	ends(t, one)
	ends(t, two)
	<-ended
	p.Close()
	p.Heal() // of no use, and no harm
	if conn, err := net.Dial("tcp", p.Addr()); err == nil {
		conn.Close()
		t.Error("still listening")
	}
}

func TestThrough(t *testing.T) {
	p := proxytest.Start(t, "127.0.0.1:1")
	got, err := p.Through("postgres://u:p@db:5432/hansu?sslmode=disable")
	if want := "postgres://u:p@" + p.Addr() + "/hansu?sslmode=disable"; err != nil || got != want {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	for _, bad := range []string{"", "db:5432", "host=db port=5432"} {
		if got, err := p.Through(bad); err == nil {
			t.Errorf("Through(%q) = %q", bad, got)
		}
	}
}
