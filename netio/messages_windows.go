package netio

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/windows"
)

// The messages model: WSAAsyncSelect makes every event of a socket a message to a
// window, so that a program with a window serves its sockets on the thread, and by the
// loop, that serves its keyboard and mouse.

var procAsyncSelect = bindProc(ws2_32, "WSAAsyncSelect")

// MessagePump serves connections by the messages of one window. A program with a
// window of its own makes one with NewMessagePump; one without a window uses Dial.
// All calls of the handler come from the window's thread, from inside Dispatch.
type MessagePump struct {
	hwnd    uintptr
	message uint32
	k       *core
	list    wakeList[*messageConn]
	spare   []*messageConn
	buf     []byte

	// Of the window's thread alone.
	socks   map[windows.Handle]*messageConn
	leaving map[windows.Handle]struct{} // sockets to be closed (dispose)
}

// NewMessagePump makes a pump for the window hwnd. message is a number of the
// window's own (WM_APP or higher): its window procedure must hand every message of that
// number to Dispatch. Of cfg, Outbound and Linger count.
func NewMessagePump(hwnd uintptr, message uint32, h Handler, cfg Config) (*MessagePump, error) {
	if err := wsaStartup(); err != nil {
		return nil, err
	}
	p := &MessagePump{hwnd: hwnd, message: message, k: newCore(h, cfg.withDefaults()),
		socks: make(map[windows.Handle]*messageConn), leaving: make(map[windows.Handle]struct{}), buf: make([]byte, 16<<10)}
	p.list.wake = p.wake
	return p, nil
}

// wake asks for a Dispatch without a socket. A queue that is full has room again
// soon; that of a window that is gone never.
func (p *MessagePump) wake() {
	if !postMessage(p.hwnd, p.message, 0, 0) && isWindow(p.hwnd) {
		time.AfterFunc(10*time.Millisecond, p.wake)
	}
}

// Dial connects to addr, "host:port", trying all addresses of a name in turn. result is
// called once, on the window's thread: with nil just before Opened, or with the error
// of the last address, and then no handler is called. Dial may be called from any thread
// and does not wait; the connection may be used, and closed, at once.
func (p *MessagePump) Dial(addr string, result func(error)) Conn {
	c := &messageConn{pump: p, result: result, target: addr}
	c.k, c.sock, c.kicked = p.k, invalidSocket, true
	c.kick = func() { p.list.add(c) }
	c.dispose = p.dispose
	go func() {
		c.addrs, c.failure = resolve(addr)
		p.list.add(c)
	}()
	return &c.winConn
}

// Dispatch handles one message; the window procedure calls it with the message's
// parameters and then returns 0.
func (p *MessagePump) Dispatch(wParam, lParam uintptr) {
	p.list.hold()
	if c := p.socks[windows.Handle(wParam)]; c != nil { // else a late one of a closed socket, or our own
		c.happened(int32(lParam&0xffff), syscall.Errno(lParam>>16&0xffff))
	}
	if wParam == 0 && lParam != 0 {
		p.closeLeaving(windows.Handle(lParam))
	}
	p.spare = p.list.take(p.spare)
	for _, c := range p.spare {
		c.serve()
	}
	if !p.list.rest() {
		p.wake() // handlers have asked for more, but other messages have their turn
	}
}

// Close ends all connections at once, with their last calls. The window's thread
// calls it before the window is destroyed; afterwards nothing of the pump may be used. A
// Dial whose name is still being looked up then has no result.
func (p *MessagePump) Close() {
	for _, c := range p.socks {
		c.abortFor(ErrShutdown)
		c.serve()
	}
	for _, c := range p.list.take(nil) {
		c.abortFor(ErrShutdown)
		c.serve()
	}
	for s := range p.leaving {
		closeSocket(s)
	}
	clear(p.leaving)
}

// dispose closes a socket after all messages about it that are in the window's queue:
// its number may be a new socket's afterwards, which they would be taken for.
func (p *MessagePump) dispose(s windows.Handle) {
	delete(p.socks, s)
	_ = p.choose(s, 0)
	p.leaving[s] = struct{}{}
	if !postMessage(p.hwnd, p.message, 0, uintptr(s)) {
		p.closeLeaving(s)
	}
}

func (p *MessagePump) closeLeaving(s windows.Handle) {
	if _, ok := p.leaving[s]; ok {
		delete(p.leaving, s)
		closeSocket(s)
	}
}

// choose makes the given events of s messages of the window, and s non-blocking.
func (p *MessagePump) choose(s windows.Handle, events uintptr) error {
	r, _, no := syscall.SyscallN(procAsyncSelect.addr(), uintptr(s), p.hwnd, uintptr(p.message), events)
	if int32(r) != 0 {
		return wsaErr("WSAAsyncSelect", no)
	}
	return nil
}

// messageConn is a connection of a pump. Its fields belong to the window's thread.
type messageConn struct {
	readyConn
	pump    *MessagePump
	target  string
	addrs   []netip.AddrPort // not yet tried
	failure error            // of the latest one
	result  func(error)      // nil once it has been called
	opened  bool
}

// happened takes in one event of the connection's socket.
func (c *messageConn) happened(event int32, no syscall.Errno) {
	if event != fdConnect {
		c.note(event, int32(no))
		return
	}
	c.connected(no)
}

// connected takes in how connecting has ended.
func (c *messageConn) connected(no syscall.Errno) {
	switch {
	case c.opened:
		return
	case no != 0:
		c.failure = wsaErr("connect", no)
		c.release()
	default:
		c.setAddrs(localAddrOf(c.sock), remoteAddrOf(c.sock))
		setOptions(c.sock)
		c.opened, c.canWrite = true, true
		c.k.admit()
		c.report(nil)
		c.begin()
	}
	c.mu.Lock()
	c.kickLocked()
	c.mu.Unlock()
}

// release closes a socket that did not connect.
func (c *messageConn) release() {
	c.pump.dispose(c.sock)
	c.sock = invalidSocket
}

func (c *messageConn) report(err error) {
	if f := c.result; f != nil {
		c.result = nil
		f(err)
	}
}

// serve moves the connection on.
func (c *messageConn) serve() {
	switch {
	case c.done:
	case !c.opened:
		c.connect()
	default:
		c.settle(c.pump.buf)
	}
}

// connect starts to connect to the next address unless that is under way.
func (c *messageConn) connect() {
	c.mu.Lock()
	c.kicked = false
	unwanted := c.closing || c.dead
	c.mu.Unlock()
	if unwanted {
		c.giveUp(ErrClosed)
		return
	}
	for c.sock == invalidSocket {
		if len(c.addrs) == 0 {
			c.giveUp(c.failure)
			return
		}
		at := c.addrs[0]
		c.addrs = c.addrs[1:]
		c.failure = c.start(at)
	}
}

// giveUp ends a connection that was never open.
func (c *messageConn) giveUp(err error) {
	c.mu.Lock()
	c.done, c.dead = true, true
	if c.timer != nil {
		c.timer.Stop()
	}
	c.out.drop()
	c.mu.Unlock()
	if c.sock != invalidSocket {
		c.release()
	}
	c.report(err)
}

// start makes a socket whose events come as messages and connects it.
func (c *messageConn) start(at netip.AddrPort) error {
	v6 := at.Addr().Is6()
	sock, err := newSocket(v6)
	if err != nil {
		return err
	}
	if err := c.pump.choose(sock, fdConnect|fdRead|fdWrite|fdClose); err != nil {
		closeSocket(sock)
		return err
	}
	no, err := connectSocket(sock, at, v6)
	if err != nil || no != 0 && no != windows.WSAEWOULDBLOCK {
		closeSocket(sock)
		if err == nil {
			err = wsaErr("connect", no)
		}
		return err
	}
	c.sock = sock
	c.pump.socks[sock] = c
	return nil
}

// resolve gives the addresses of "host:port", IPv4 first, as Go's net does.
func resolve(addr string) ([]netip.AddrPort, error) {
	host, service, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, newError("connect", err)
	}
	port, err := strconv.ParseUint(service, 10, 16)
	if err != nil {
		named, err := net.LookupPort("tcp", service)
		if err != nil {
			return nil, newError("connect", err)
		}
		port = uint64(named)
	}
	if host == "" {
		host = "localhost"
	}
	ips, err := net.DefaultResolver.LookupNetIP(context.Background(), "ip", host)
	if err != nil {
		return nil, newError("connect", err)
	}
	var v4, v6 []netip.AddrPort
	for _, ip := range ips {
		if ip = ip.Unmap(); ip.Is4() {
			v4 = append(v4, netip.AddrPortFrom(ip, uint16(port)))
		} else {
			v6 = append(v6, netip.AddrPortFrom(ip, uint16(port)))
		}
	}
	if len(ips) == 0 {
		return nil, newError("connect", errors.New("no address for "+host))
	}
	return append(v4, v6...), nil
}

// dialMessages connects with a window of its own, on a thread of its own, which
// live as long as the connection.
func dialMessages(addr string, h Handler, cfg Config) (Conn, error) {
	type dialled struct {
		c   Conn
		err error
	}
	done := make(chan dialled, 1)
	go func() {
		var pump *MessagePump
		runHiddenWindow(func(hwnd uintptr, err error) {
			if err == nil {
				pump, err = NewMessagePump(hwnd, wmApp, &lastCall{Handler: h, hwnd: hwnd}, cfg)
			}
			if err != nil {
				done <- dialled{nil, err}
				if hwnd != 0 {
					closeHiddenWindow(hwnd)
				}
				return
			}
			var c Conn
			c = pump.Dial(addr, func(err error) {
				done <- dialled{c, err}
				if err != nil {
					closeHiddenWindow(hwnd)
				}
			})
		}, func(_ uint32, wParam, lParam uintptr) { pump.Dispatch(wParam, lParam) })
	}()
	d := <-done
	if d.err != nil {
		return nil, d.err
	}
	return d.c, nil
}

// lastCall closes the hidden window after its one connection.
type lastCall struct {
	Handler
	hwnd uintptr
}

func (l *lastCall) Closed(c Conn, err error) {
	defer closeHiddenWindow(l.hwnd)
	l.Handler.Closed(c, err)
}
