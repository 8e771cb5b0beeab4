package netio

import (
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// The completion model on Windows: overlapped AcceptEx, WSARecv and WSASend are
// started and end as entries in one I/O completion port, which Config.Workers threads
// empty with GetQueuedCompletionStatusEx. A connection has at most one receive and one
// send under way, and a receive is started only after the handler has returned: so
// its calls come one at a time, though from any of the threads.
//
// What the kernel works on stays in place: OVERLAPPED structures and the bytes of a
// send under way are pinned until their completion has been taken from the port.

const (
	acceptsAhead = 32 // clients that can arrive before a thread looks
	batch        = 16 // completions that one thread takes at a time
	turnsMax     = 4  // receives in a row for one connection while others wait

	// The keys of entries that are no operation's.
	keyAsked = 1 // connections wait in the list
	keyCast  = 2 // there was a broadcast
	keyStop  = 3 // one thread is to end
)

// portOp is an operation under way. ov must come first: the port gives its address.
type portOp struct {
	ov   windows.Overlapped
	done func(buf []byte, n int) // takes the completion, on a thread of the port
}

// failed gives the error that the operation of s has ended with, or 0.
func (op *portOp) failed(s windows.Handle) syscall.Errno {
	if op.ov.Internal == 0 { // STATUS_SUCCESS
		return 0
	}
	return overlappedError(s, &op.ov)
}

// portServer serves its connections by a completion port.
type portServer struct {
	*winServer
	port  port
	funcs acceptFuncs
	list  wakeList[*portConn] // connections of which something has been asked
	spare []*portConn         // of the thread that serves the list
	cast  atomic.Bool         // keyCast is in the port

	acceptMu sync.Mutex // guards core.accept
	accepts  []*acceptOp
	ended    bool // the port is closed, or about to be; under mu
}

func newCompletion(addr string, k *core) (Server, error) {
	base, err := newWinServer(addr, k)
	if err != nil {
		return nil, err
	}
	s := &portServer{winServer: base}
	if s.port, err = newPort(); err == nil {
		if s.funcs, err = loadAcceptFuncs(s.lis); err == nil {
			err = s.port.add(s.lis)
		}
	}
	if err != nil {
		if s.port != 0 {
			s.port.close()
		}
		closeSocket(s.lis)
		return nil, err
	}
	s.wakeUp = s.castOut
	s.halt = func() {
		closeSocket(s.lis) // completes every accept under way
		if !s.serving {
			s.ended = true
			s.port.close()
		}
	}
	s.list.wake = func() { s.post(keyAsked) }
	return s, nil
}

// Serve implements Server.
func (s *portServer) Serve() error {
	if !s.start() {
		return nil
	}
	s.mu.Lock()
	s.under = acceptsAhead
	s.mu.Unlock()
	for range acceptsAhead {
		a := newAcceptOp(s)
		s.accepts = append(s.accepts, a)
		a.start()
	}
	broken := make(chan error, s.k.cfg.Workers)
	var threads sync.WaitGroup
	for range s.k.cfg.Workers {
		threads.Go(func() {
			if err := s.work(); err != nil {
				broken <- err
			}
		})
	}
	select {
	case err := <-broken:
		return err
	case <-s.idle:
	}
	for range s.k.cfg.Workers {
		s.post(keyStop)
	}
	threads.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	s.port.close()
	return nil
}

// post puts an entry without an operation into the port. The port takes it unless the
// system has no memory left.
func (s *portServer) post(key uintptr) {
	if err := s.port.post(key); err != nil {
		s.k.log.Error("waking a thread fails", "error", err)
	}
}

// castOut makes a thread send what was broadcast. Broadcasts that come before it
// does are sent along.
func (s *portServer) castOut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended && s.serving && s.cast.CompareAndSwap(false, true) {
		s.post(keyCast)
	}
}

// work is one thread of the port.
func (s *portServer) work() error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	entries := make([]portEntry, batch)
	buf := make([]byte, 64<<10)
	for {
		n, err := s.port.wait(entries)
		if err != nil {
			return err
		}
		stops := 0
		for i := range entries[:n] {
			e := &entries[i]
			switch {
			case e.ov != nil:
				(*portOp)(unsafe.Pointer(e.ov)).done(buf, int(e.bytes))
			case e.key == keyAsked:
				s.serveAsked(buf)
			case e.key == keyCast:
				s.cast.Store(false)
				for _, c := range s.all() {
					c.mu.Lock()
					c.kickLocked()
					c.mu.Unlock()
				}
			default:
				stops++
			}
		}
		clear(entries[:n])
		if stops > 0 {
			for range stops - 1 { // those were meant for other threads
				s.post(keyStop)
			}
			return nil
		}
	}
}

// serveAsked looks at the connections in the list. One thread at a time does: the list
// posts no second entry before it has been found empty.
func (s *portServer) serveAsked(buf []byte) {
	s.spare = s.list.take(s.spare)
	for _, c := range s.spare {
		c.look(buf)
	}
	if len(s.spare) > 0 && !s.list.rest() {
		s.post(keyAsked) // completions have their turn, too
	}
}

// acceptOp is one of the accepts under way.
type acceptOp struct {
	portOp
	srv  *portServer
	sock windows.Handle // the client's, before there is one
	buf  [2 * acceptAddrSize]byte
	pin  runtime.Pinner
}

func newAcceptOp(s *portServer) *acceptOp {
	a := &acceptOp{srv: s, sock: invalidSocket}
	a.done = a.completed
	a.pin.Pin(a)
	return a
}

// start starts the accept, at once or when the system has sockets again.
func (a *acceptOp) start() {
	for {
		no, err := a.try()
		if err == nil && clientGone(no) {
			continue
		}
		if err == nil && no != 0 {
			err = wsaErr("AcceptEx", no)
		}
		if err != nil {
			a.startLater(err)
		}
		return
	}
}

// startLater leaves the system time to get over err.
func (a *acceptOp) startLater(err error) {
	a.srv.acceptMu.Lock()
	defer a.srv.acceptMu.Unlock()
	time.AfterFunc(a.srv.k.acceptFailed(err), a.start)
}

// try starts the accept unless the server is closed, which is the end of it.
func (a *acceptOp) try() (syscall.Errno, error) {
	s := a.srv
	sock, err := newSocket(s.at.Addr().Is6())
	s.mu.Lock() // the listening socket is closed under it
	defer s.mu.Unlock()
	if s.closed {
		if err == nil {
			closeSocket(sock)
		}
		a.pin.Unpin()
		s.under--
		s.checkIdleLocked()
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	a.sock = sock
	a.ov = windows.Overlapped{}
	if no := s.funcs.accept(s.lis, sock, &a.buf, &a.ov); no != 0 && no != wsaIOPending {
		closeSocket(sock)
		return no, nil
	}
	return 0, nil
}

// completed takes a client over, starts the next accept, and serves the client.
func (a *acceptOp) completed(buf []byte, _ int) {
	s, sock := a.srv, a.sock
	if no := a.failed(sock); no != 0 {
		closeSocket(sock)
		if clientGone(no) || s.isClosed() {
			a.start()
		} else {
			a.startLater(wsaErr("AcceptEx", no))
		}
		return
	}
	s.acceptMu.Lock()
	s.k.acceptWorked()
	s.acceptMu.Unlock()
	c := newPortConn(a, sock)
	if c == nil {
		closeSocket(sock)
	}
	a.start() // before the handler, which may take its time
	if c != nil {
		c.begin()
		c.mu.Lock()
		c.busy = false
		c.advance(buf)
	}
}

// portConn is a connection of the port.
type portConn struct {
	winConn
	srv        *portServer
	recv, send portOp
	skip       bool // what succeeds at once does not come through the port

	// Under mu.
	busy      bool // a thread is in a handler, and looks again afterwards
	receiving bool // recv is under way
	readable  bool // there is something to receive
	sending   bool // send is under way

	bufs [streamParts]windows.WSABuf // what send sends
	sent runtime.Pinner              // holds that in place
	pin  runtime.Pinner              // holds recv and send in place
}

// newPortConn makes a connection of a client that has been accepted into sock. It is
// nil when the client is gone again, or one too many.
func newPortConn(a *acceptOp, sock windows.Handle) *portConn {
	s := a.srv
	if updateAccept(sock, s.lis) != nil || setNonblocking(sock, true) != nil || s.port.add(sock) != nil {
		return nil
	}
	setOptions(sock)
	c := &portConn{srv: s, skip: skipSuccess(sock), busy: true}
	c.k, c.sock, c.kicked = s.k, sock, true
	c.local, c.remote = s.funcs.addrs(&a.buf)
	c.kick = func() { s.list.add(c) }
	c.recv.done, c.send.done = c.recvDone, c.sendDone
	c.pin.Pin(c)
	if !s.enter(&c.winConn) {
		c.pin.Unpin()
		return nil
	}
	return c
}

// look does what has been asked of the connection.
func (c *portConn) look(buf []byte) {
	c.mu.Lock()
	if c.busy || c.done {
		c.mu.Unlock() // the thread in the handler looks itself
		return
	}
	c.advance(buf)
}

// advance moves the connection on as far as it goes without waiting: it sends, closes,
// hands over what there is to read, and starts the next receive. It is called with mu
// held and busy not set, and releases mu.
func (c *portConn) advance(buf []byte) {
	for turn := 0; ; turn++ {
		c.kicked = false
		c.flush()
		c.boundLocked()
		c.progressLocked(!c.sending && c.out.pending(&c.k.casts) == 0)
		if c.dead {
			c.endLocked()
			return
		}
		if !c.receiving && !c.readable && c.wantsReadLocked() {
			c.receive()
			if c.dead {
				continue
			}
		}
		if c.receiving || !c.readable || !c.wantsReadLocked() {
			break
		}
		if turn == turnsMax { // others have theirs
			c.kickLocked()
			break
		}
		c.busy, c.kicked = true, true
		c.mu.Unlock()
		c.read(buf)
		c.mu.Lock()
		c.busy = false
	}
	c.mu.Unlock()
}

// endLocked frees a dead connection as soon as nothing is under way. It releases mu.
func (c *portConn) endLocked() {
	if c.receiving || c.sending {
		cancelOps(c.sock, nil)
		c.mu.Unlock()
		return
	}
	c.done = true
	c.mu.Unlock()
	c.finish()
	c.pin.Unpin()
	c.srv.forget(&c.winConn)
}

// receive starts the receive that completes when there is something to read.
func (c *portConn) receive() {
	c.recv.ov = windows.Overlapped{}
	switch no := readyRecv(c.sock, &c.recv.ov); {
	case no == 0 && c.skip:
		c.readable = true
	case no == 0, no == wsaIOPending:
		c.receiving = true
	default:
		c.readFailedLocked("WSARecv", no)
	}
}

// recvDone takes the completion of recv.
func (c *portConn) recvDone(buf []byte, _ int) {
	c.mu.Lock()
	c.receiving, c.readable = false, true
	if no := c.recv.failed(c.sock); no != 0 && !c.dead {
		c.readFailedLocked("WSARecv", no)
	}
	c.advance(buf)
}

// read receives what is there, within bounds, and hands it over.
func (c *portConn) read(buf []byte) {
	for range readRounds {
		c.mu.Lock()
		wants := c.wantsReadLocked()
		c.mu.Unlock()
		if !wants {
			return
		}
		n, no := takeRecv(c.sock, buf)
		switch {
		case no == windows.WSAEWOULDBLOCK:
			c.readable = false
			return
		case no != 0:
			c.readFailed("WSARecv", no)
		case n == 0:
			c.readEnded("WSARecv")
		default:
			c.received(buf[:n])
			if n < len(buf) {
				c.readable = false
				return
			}
		}
	}
}

// flush starts to send what is queued unless a send is under way.
func (c *portConn) flush() {
	var room [streamParts][]byte
	for !c.sending && !c.dead && !c.broken {
		parts := c.out.parts(room[:0], &c.k.casts)
		if len(parts) == 0 {
			c.stalled = false
			return
		}
		for i, p := range parts {
			c.bufs[i] = windows.WSABuf{Len: uint32(len(p)), Buf: unsafe.SliceData(p)}
			c.sent.Pin(c.bufs[i].Buf)
		}
		c.send.ov = windows.Overlapped{}
		n, no := overlappedSend(c.sock, c.bufs[:len(parts)], &c.send.ov)
		if no == wsaIOPending || no == 0 && !c.skip {
			c.sending = true
			c.stalled = no == wsaIOPending
			return
		}
		c.release()
		if no != 0 {
			c.writeFailedLocked("WSASend", no)
			return
		}
		c.out.sent(n, &c.k.casts)
	}
}

// release lets go of the bytes of a send that has ended.
func (c *portConn) release() {
	c.sent.Unpin()
	clear(c.bufs[:])
}

// sendDone takes the completion of send.
func (c *portConn) sendDone(buf []byte, n int) {
	c.mu.Lock()
	c.sending = false
	c.release()
	if no := c.send.failed(c.sock); no == 0 {
		c.out.sent(n, &c.k.casts)
	} else {
		c.writeFailedLocked("WSASend", no)
	}
	if c.busy {
		c.flush()
		c.mu.Unlock()
		return
	}
	c.advance(buf)
}
