package netio

import (
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// The events model on Windows: every client has an event object that Winsock
// sets (WSAEventSelect), and a thread waits for up to 64 of them
// (WSAWaitForMultipleEvents). The first place of each group is kept for its wake-up,
// so a thread serves 63 clients; there are as many threads as the clients need.

// groupClients is how many clients one group has at most.
const groupClients = waitEventsMax - 1

// eventServer accepts on one thread and hands the clients to groups.
type eventServer struct {
	*winServer
	stop windows.Handle // the event that ends accepting

	groupMu sync.Mutex
	groups  []*eventGroup
	threads sync.WaitGroup // the groups' threads
}

func newEvents(addr string, k *core) (Server, error) {
	base, err := newWinServer(addr, k)
	if err != nil {
		return nil, err
	}
	stop, err := createEvent()
	if err != nil {
		closeSocket(base.lis)
		return nil, err
	}
	s := &eventServer{winServer: base, stop: stop}
	base.wakeUp = s.pokeGroups
	base.halt = func() {
		if s.serving {
			setEvent(s.stop)
			return
		}
		closeSocket(s.lis)
		closeEvent(s.stop)
	}
	return s, nil
}

// Serve implements Server.
func (s *eventServer) Serve() error {
	if !s.start() {
		return nil
	}
	err := s.acceptAll()
	closeSocket(s.lis)
	if err != nil {
		return err
	}
	<-s.idle
	s.pokeGroups() // an empty group of a closed server ends
	s.threads.Wait()
	closeEvent(s.stop)
	return nil
}

// acceptAll accepts until Shutdown.
func (s *eventServer) acceptAll() error {
	arrived, err := createEvent()
	if err != nil {
		return err
	}
	defer closeEvent(arrived)
	if err := eventSelect(s.lis, arrived, fdAccept); err != nil {
		return err
	}
	events := []windows.Handle{s.stop, arrived}
	for {
		i, err := waitEvents(events, waitInfinite)
		if err != nil {
			return err
		}
		if i == 0 {
			return nil
		}
		if _, err := enumEvents(s.lis, arrived); err != nil {
			return err
		}
		if !s.acceptOne() {
			return nil
		}
	}
}

// acceptOne accepts the client that FD_ACCEPT stands for; accept makes the event come
// again if more are waiting. Trying for more at once would be for nothing often,
// and Wine may not tell of further clients after an accept that has found nobody. It is
// false when the server is to stop.
func (s *eventServer) acceptOne() bool {
	for {
		sock, remote, no := acceptSocket(s.lis)
		switch {
		case no == 0:
			s.k.acceptWorked()
			s.take(sock, remote)
			return true
		case no == windows.WSAEWOULDBLOCK, clientGone(no):
			return true
		}
		delay := s.k.acceptFailed(wsaErr("accept", no))
		if i, err := waitEvents([]windows.Handle{s.stop}, uint32(delay/time.Millisecond)); err != nil || i == 0 {
			return false
		}
	}
}

// take gives an accepted client to a group.
func (s *eventServer) take(sock windows.Handle, remote netip.AddrPort) {
	setOptions(sock)
	c := &eventConn{}
	c.k, c.sock, c.local, c.remote = s.k, sock, localAddrOf(sock), remote
	c.canWrite = true
	c.kicked = true // it is in its group's list from the start
	if !s.enter(&c.winConn) {
		closeSocket(sock)
		return
	}
	g, err := s.groupWithRoom()
	if err != nil {
		// Without an event there is no group: the client is gone before it was opened.
		s.k.log.Error("no room for a client", "error", err, "remote", remote)
		closeSocket(sock)
		s.drop(c)
		return
	}
	c.mu.Lock()
	c.kick = func() { g.list.add(c) }
	c.mu.Unlock()
	g.list.add(c)
}

// drop takes back a client that no group could take.
func (s *eventServer) drop(c *eventConn) {
	if c.refused {
		s.k.refusing.Add(-1)
	} else {
		s.k.open.Add(-1)
	}
	s.forget(&c.winConn)
}

// groupWithRoom finds the group with the fewest clients and reserves a place there. The
// first Config.Loops clients get a thread each; later a group is added when all are full.
func (s *eventServer) groupWithRoom() (*eventGroup, error) {
	s.groupMu.Lock()
	defer s.groupMu.Unlock()
	var best *eventGroup
	for _, g := range s.groups {
		if g.taken < groupClients && (best == nil || g.taken < best.taken) {
			best = g
		}
	}
	if best == nil || best.taken > 0 && len(s.groups) < s.k.cfg.Loops {
		g, err := newEventGroup(s)
		switch {
		case err == nil:
			s.groups = append(s.groups, g)
			s.threads.Go(g.run)
			best = g
		case best == nil:
			return nil, err
		}
	}
	best.taken++
	return best, nil
}

// leave gives places of a group back.
func (s *eventServer) leave(g *eventGroup, places int) {
	s.groupMu.Lock()
	defer s.groupMu.Unlock()
	g.taken -= places
}

// retire is true when a group is to end: it is empty, and the server is closed or
// has more groups than Config.Loops.
func (s *eventServer) retire(g *eventGroup) bool {
	closed := s.isClosed()
	s.groupMu.Lock()
	defer s.groupMu.Unlock()
	if g.taken > 0 || !closed && len(s.groups) <= s.k.cfg.Loops {
		return false
	}
	s.groups = slices.DeleteFunc(s.groups, func(o *eventGroup) bool { return o == g })
	return true
}

// pokeGroups makes every group look for broadcasts and for the server's end. A group
// that has left the list has no clients, so nobody else wakes it.
func (s *eventServer) pokeGroups() {
	s.groupMu.Lock()
	defer s.groupMu.Unlock()
	for _, g := range s.groups {
		g.list.poke()
	}
}

// eventConn is a client of a group.
type eventConn struct {
	readyConn
	place int // its index in the group; 0 before it has one
}

// eventGroup is a thread with the clients that it waits for. Only taken and list are
// touched from outside.
type eventGroup struct {
	srv    *eventServer
	taken  int // places in use or promised; under srv.groupMu
	list   wakeList[*eventConn]
	events [waitEventsMax]windows.Handle // the first is the wake-up
	conns  [waitEventsMax]*eventConn
	n      int    // places in use, the first included
	cast   uint64 // broadcasts up to here have been given to the clients
	buf    []byte
}

func newEventGroup(s *eventServer) (*eventGroup, error) {
	wake, err := createEvent()
	if err != nil {
		return nil, err
	}
	g := &eventGroup{srv: s, n: 1, cast: s.k.casts.end.Load(), buf: make([]byte, 32<<10)}
	g.events[0] = wake
	g.list.wake = func() { setEvent(wake) }
	g.list.awake = true
	return g, nil
}

// run is the group's thread: what has been asked, then what has happened, in turn.
func (g *eventGroup) run() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer closeEvent(g.events[0])
	var asked []*eventConn
	for {
		asked = g.list.take(asked)
		ended := 0
		for _, c := range asked {
			ended += g.serve(c)
		}
		// Only after take: a broadcast that came before it did not wake us.
		if end := g.srv.k.casts.end.Load(); end != g.cast {
			g.cast = end
			ended += g.serveAll()
		}
		if ended > 0 {
			g.srv.leave(g, ended)
		}
		timeout := uint32(0)
		if len(asked) == 0 {
			timeout = waitInfinite
			if g.n == 1 && g.srv.retire(g) {
				return
			}
		}
		g.look(timeout)
	}
}

// serve does what one client needs, and says 1 if it has ended.
func (g *eventGroup) serve(c *eventConn) int {
	if c.done { // it was in the list twice
		return 0
	}
	if c.place == 0 {
		g.enter(c)
	}
	if !c.settle(g.buf) {
		return 0
	}
	g.remove(c)
	g.srv.forget(&c.winConn)
	return 1
}

func (g *eventGroup) serveAll() int {
	ended := 0
	for i := g.n - 1; i > 0; i-- { // backwards: the last one takes an ended one's place
		ended += g.serve(g.conns[i])
	}
	return ended
}

// enter gives a new client its place and opens it.
func (g *eventGroup) enter(c *eventConn) {
	event, err := createEvent()
	if err == nil {
		err = eventSelect(c.sock, event, fdRead|fdWrite|fdClose)
	}
	c.place = g.n
	g.events[g.n], g.conns[g.n] = event, c
	g.n++
	c.begin()
	if err != nil {
		c.abortFor(err)
	}
}

func (g *eventGroup) remove(c *eventConn) {
	closeEvent(g.events[c.place])
	g.n--
	last := g.conns[g.n]
	g.events[c.place], g.conns[c.place] = g.events[g.n], last
	last.place = c.place
	g.conns[g.n] = nil
}

// look waits for events and notes all that have come: a wait tells the first one
// only, and starting over behind it keeps the first clients from starving the last.
func (g *eventGroup) look(timeout uint32) {
	for from := 0; from < g.n; {
		i, err := waitEvents(g.events[from:g.n], timeout)
		if err != nil {
			g.broken(err)
			return
		}
		if i < 0 {
			return
		}
		timeout = 0
		from += i
		if from == 0 {
			resetEvent(g.events[0])
		} else {
			g.conns[from].happened(g.events[from])
		}
		from++
	}
}

// broken ends all clients of a group that cannot be waited for.
func (g *eventGroup) broken(err error) {
	for _, c := range g.conns[1:g.n] {
		c.abortFor(err)
	}
}

// happened asks Winsock what the client's event stands for.
func (c *eventConn) happened(event windows.Handle) {
	got, err := enumEvents(c.sock, event)
	if err != nil {
		c.abortFor(err)
		return
	}
	c.note(got.events, got.errors[fdCloseBit])
}

func createEvent() (windows.Handle, error) {
	r, _, no := syscall.SyscallN(procCreateEvent.addr())
	if r == 0 {
		return 0, wsaErr("WSACreateEvent", no)
	}
	return windows.Handle(r), nil
}

func closeEvent(event windows.Handle) {
	if event != 0 {
		syscall.SyscallN(procCloseEvent.addr(), uintptr(event))
	}
}

func setEvent(event windows.Handle)   { syscall.SyscallN(procSetEvent.addr(), uintptr(event)) }
func resetEvent(event windows.Handle) { syscall.SyscallN(procResetEvent.addr(), uintptr(event)) }

// eventSelect makes Winsock set event when one of the FD_ events of s comes; it also
// makes s non-blocking, and undoes what s has inherited from the listening socket.
func eventSelect(s, event windows.Handle, events int) error {
	if r, _, no := syscall.SyscallN(procEventSelect.addr(), uintptr(s), uintptr(event), uintptr(events)); int32(r) != 0 {
		return wsaErr("WSAEventSelect", no)
	}
	return nil
}

// enumEvents takes what has been recorded for s, and resets event in the same step.
func enumEvents(s, event windows.Handle) (networkEvents, error) {
	var got networkEvents
	if r, _, no := syscall.SyscallN(procEnumEvents.addr(), uintptr(s), uintptr(event), uintptr(unsafe.Pointer(&got))); int32(r) != 0 {
		return got, wsaErr("WSAEnumNetworkEvents", no)
	}
	return got, nil
}

// waitEvents waits for one of up to 64 events, at most timeout milliseconds, and gives
// its index, or −1 when none came.
func waitEvents(events []windows.Handle, timeout uint32) (int, error) {
	r, _, no := syscall.SyscallN(procWaitMultiple.addr(), uintptr(len(events)), uintptr(unsafe.Pointer(&events[0])), 0,
		uintptr(timeout), 0)
	switch code := uint32(r); {
	case code < waitEventsMax:
		return int(code), nil
	case code == waitTimeout:
		return -1, nil
	}
	return -1, wsaErr("WSAWaitForMultipleEvents", no)
}
