package console

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"time"

	"hansu/i18n"
	"hansu/netio"
)

// Connect is a console client.
type Connect struct {
	Address    string
	Model      netio.Model // how the socket waits; default threads
	Terminator Terminator  // sent after each line
	Hex        bool        // show bytes as digits
	UDP        bool        // datagrams: one a line
	In         io.Reader
	Printer    *Printer
	Lang       i18n.Lang
}

// Terminator is what ends a line on the wire: clients of a course send a NUL or nothing at all.
type Terminator string

// Terminators are the names that a person may give, and their bytes.
var Terminators = map[Terminator]string{"nul": "\x00", "lf": "\n", "crlf": "\r\n", "none": ""}

// lineMax bounds a line of the input; a longer one is sent in pieces, without a terminator between.
const lineMax = 64 << 10

// Run connects, sends the lines of In and shows what arrives, at any time. At the end of the
// input it closes the sending side and goes on until the server closes too, or ctx ends.
func (c Connect) Run(ctx context.Context) error {
	if c.UDP {
		return c.datagrams(ctx)
	}
	h := &terminal{c: &c, closed: make(chan error, 1)}
	conn, err := netio.Dial(c.Address, h, netio.Config{Model: c.Model})
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, conn.Abort)
	defer stop()
	go func() {
		err := c.lines(func(p []byte) error { return conn.Send(p) })
		if err != nil && !errors.Is(err, netio.ErrClosed) {
			c.Printer.Line(c.Lang.Text(i18n.ErrorPrefix, err))
		}
		_ = conn.CloseWrite()
	}()
	err = <-h.closed
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// lines reads the input and hands over each line with its terminator.
func (c Connect) lines(send func([]byte) error) error {
	in := bufio.NewReaderSize(c.In, lineMax)
	piece := false // of a line has been sent, and its end has not come
	for {
		line, err := in.ReadSlice('\n')
		whole := err == nil || errors.Is(err, io.EOF) && (piece || len(line) > 0)
		piece = errors.Is(err, bufio.ErrBufferFull)
		if whole {
			line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
			line = append(bytes.Clone(line), Terminators[c.Terminator]...)
		}
		if len(line) > 0 || whole {
			if err := send(line); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return err
		}
	}
}

func (c Connect) received(p []byte) {
	text := readable(p)
	if c.Hex {
		text = hexLine(p)
	}
	c.Printer.Line(c.Lang.Text(i18n.ConsoleReceived, len(p), text))
}

// terminal is the client's netio.Handler.
type terminal struct {
	c      *Connect
	closed chan error
}

func (t *terminal) Opened(c netio.Conn) {
	t.c.Printer.Line(t.c.Lang.Text(i18n.ConsoleOpened, c.RemoteAddr(), c.LocalAddr()))
}
func (t *terminal) Received(_ netio.Conn, p []byte) { t.c.received(p) }

// ReadEnded: the server sends no more, so there is nothing to stay for.
func (t *terminal) ReadEnded(c netio.Conn) { _ = c.Close() }

func (t *terminal) Closed(_ netio.Conn, err error) {
	t.c.Printer.Line(t.c.Lang.Text(i18n.ConsoleClosed))
	t.closed <- err
}

// datagramWait is how long answers are waited for after the last datagram was sent: there is
// no end of a connection to wait for.
const datagramWait = time.Second

// datagrams sends each line as one datagram and counts what comes back.
func (c Connect) datagrams(ctx context.Context) error {
	conn, err := net.Dial("udp", c.Address)
	if err != nil {
		return netio.NewError("connect", err)
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Now()) })
	defer stop()
	got := make(chan int, 1)
	go func() {
		buf, n := make([]byte, 65535), 0
		for {
			size, err := conn.Read(buf)
			if err != nil {
				if errors.Is(err, net.ErrClosed) || errors.Is(err, context.DeadlineExceeded) || isTimeout(err) {
					got <- n
					return
				}
				c.Printer.Line(c.Lang.Text(i18n.ErrorPrefix, netio.NewError("recv", err)))
				continue
			}
			n++
			c.received(buf[:size])
		}
	}()
	sent := 0
	err = c.lines(func(p []byte) error {
		sent++
		if _, err := conn.Write(p); err != nil { // the news of an earlier datagram: go on
			c.Printer.Line(c.Lang.Text(i18n.ErrorPrefix, netio.NewError("send", err)))
		}
		return nil
	})
	_ = conn.SetReadDeadline(time.Now().Add(datagramWait))
	n := <-got
	c.Printer.Line(c.Lang.Text(i18n.ConsoleDatagrams, sent, n, sent-n))
	return err
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}
