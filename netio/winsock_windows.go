package netio

import (
	"fmt"
	"net/netip"
	"strconv"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// The Winsock calls that the models make. They are bound here, not taken from
// golang.org/x/sys/windows, because half of them are not there, and because
// every one then passes callHook: the tests that say which model calls what stand
// on it.

// callHook is told the name of every bound procedure that is called. Only tests
// set it, before the first server starts.
var callHook func(name string)

// winProc is a procedure of a system library, found at its first call.
type winProc struct {
	name string
	lazy *windows.LazyProc
}

func bindProc(dll *windows.LazyDLL, name string) *winProc {
	return &winProc{name: name, lazy: dll.NewProc(name)}
}

// addr is the procedure's address. Callers hand it to syscall.SyscallN
// themselves, because only there does the compiler keep the arguments' pointers
// alive and in place for the length of the call.
func (p *winProc) addr() uintptr {
	if callHook != nil {
		callHook(p.name)
	}
	return p.lazy.Addr()
}

var (
	ws2_32   = windows.NewLazySystemDLL("ws2_32.dll")
	kernel32 = windows.NewLazySystemDLL("kernel32.dll")

	procSocket      = bindProc(ws2_32, "WSASocketW")
	procCloseSocket = bindProc(ws2_32, "closesocket")
	procBind        = bindProc(ws2_32, "bind")
	procListen      = bindProc(ws2_32, "listen")
	procAccept      = bindProc(ws2_32, "accept")
	procConnect     = bindProc(ws2_32, "connect")
	procShutdown    = bindProc(ws2_32, "shutdown")
	procRecv        = bindProc(ws2_32, "recv")
	procSend        = bindProc(ws2_32, "send")
	procIoctlSocket = bindProc(ws2_32, "ioctlsocket")
	procSetSockOpt  = bindProc(ws2_32, "setsockopt")
	procGetSockName = bindProc(ws2_32, "getsockname")
	procGetPeerName = bindProc(ws2_32, "getpeername")

	procCreateEvent  = bindProc(ws2_32, "WSACreateEvent")
	procCloseEvent   = bindProc(ws2_32, "WSACloseEvent")
	procSetEvent     = bindProc(ws2_32, "WSASetEvent")
	procResetEvent   = bindProc(ws2_32, "WSAResetEvent")
	procEventSelect  = bindProc(ws2_32, "WSAEventSelect")
	procEnumEvents   = bindProc(ws2_32, "WSAEnumNetworkEvents")
	procWaitMultiple = bindProc(ws2_32, "WSAWaitForMultipleEvents")

	procWSARecv          = bindProc(ws2_32, "WSARecv")
	procWSASend          = bindProc(ws2_32, "WSASend")
	procWSAIoctl         = bindProc(ws2_32, "WSAIoctl")
	procOverlappedResult = bindProc(ws2_32, "WSAGetOverlappedResult")
	procCreatePort       = bindProc(kernel32, "CreateIoCompletionPort")
	procPostStatus       = bindProc(kernel32, "PostQueuedCompletionStatus")
	procGetStatusEx      = bindProc(kernel32, "GetQueuedCompletionStatusEx")
	procCancelIoEx       = bindProc(kernel32, "CancelIoEx")
	procSetModes         = bindProc(kernel32, "SetFileCompletionNotificationModes")
)

// wsaStartup asks for Winsock 2.2 once in the life of the process; Windows frees
// it when the process ends.
var wsaStartup = sync.OnceValue(func() error {
	var data windows.WSAData
	if err := windows.WSAStartup(0x0202, &data); err != nil {
		return newError("WSAStartup", err)
	}
	return nil
})

// Sizes and flags of winsock2.h, ws2tcpip.h, mswsock.h.
const (
	invalidSocket = windows.InvalidHandle

	fdRead, fdReadBit       = 0x01, 0
	fdWrite, fdWriteBit     = 0x02, 1
	fdAccept, fdAcceptBit   = 0x08, 3
	fdConnect, fdConnectBit = 0x10, 4
	fdClose, fdCloseBit     = 0x20, 5

	sdSend, sdBoth = 1, 2

	fionbio             = 0x8004667e
	soUpdateAccept      = 0x700b
	wsaFlagOverlapped   = 0x01
	wsaFlagNoInherit    = 0x80
	sioExtensionPointer = 0xc8000006

	// waitEventsMax is WSA_MAXIMUM_WAIT_EVENTS: so many events one wait may have.
	waitEventsMax = 64
	waitInfinite  = 0xffffffff
	waitTimeout   = 258
	wsaIOPending  = syscall.Errno(997)
	listenBacklog = 0x7fffffff // SOMAXCONN: as much as the system gives
	sockaddrMax   = int32(unsafe.Sizeof(windows.RawSockaddrInet6{}))
	skipOnSuccess = 0x01 // FILE_SKIP_COMPLETION_PORT_ON_SUCCESS
	skipSetEvent  = 0x02 // FILE_SKIP_SET_EVENT_ON_HANDLE
)

// networkEvents is WSANETWORKEVENTS: which events have come, and each one's
// error by bit number.
type networkEvents struct {
	events int32
	errors [10]int32
}

// wsaErr makes the error of a failed call; a call that failed without setting a
// number is still a failure.
func wsaErr(call string, e syscall.Errno) error {
	if e == 0 {
		e = windows.WSAEINVAL
	}
	return newError(call, e)
}

// newSocket makes a TCP socket of addr's family that child processes do not
// inherit. It can be used for overlapped I/O as well as for plain calls.
func newSocket(v6 bool) (windows.Handle, error) {
	family := uintptr(windows.AF_INET)
	if v6 {
		family = windows.AF_INET6
	}
	r, _, e := syscall.SyscallN(procSocket.addr(), family, windows.SOCK_STREAM, windows.IPPROTO_TCP, 0, 0,
		wsaFlagOverlapped|wsaFlagNoInherit)
	if s := windows.Handle(r); s != invalidSocket {
		return s, nil
	}
	return invalidSocket, wsaErr("WSASocket", e)
}

func closeSocket(s windows.Handle) {
	syscall.SyscallN(procCloseSocket.addr(), uintptr(s))
}

func shutdownSocket(s windows.Handle, how int) error {
	if r, _, e := syscall.SyscallN(procShutdown.addr(), uintptr(s), uintptr(how)); int32(r) != 0 {
		return wsaErr("shutdown", e)
	}
	return nil
}

func setNonblocking(s windows.Handle, on bool) error {
	var arg uint32
	if on {
		arg = 1
	}
	if r, _, e := syscall.SyscallN(procIoctlSocket.addr(), uintptr(s), fionbio, uintptr(unsafe.Pointer(&arg))); int32(r) != 0 {
		return wsaErr("ioctlsocket", e)
	}
	return nil
}

func setSockOpt(s windows.Handle, level, name int, value uint32) error {
	r, _, e := syscall.SyscallN(procSetSockOpt.addr(), uintptr(s), uintptr(level), uintptr(name), uintptr(unsafe.Pointer(&value)), 4)
	if int32(r) != 0 {
		return wsaErr("setsockopt", e)
	}
	return nil
}

// setLingerZero makes closing send a reset, and lose what the system still holds.
func setLingerZero(s windows.Handle) {
	_ = setSockOpt(s, windows.SOL_SOCKET, windows.SO_LINGER, 1) // struct linger{1, 0}: two 16-bit numbers
}

// setOptions makes the socket send small writes at once: what belongs together has been
// gathered by the loop already.
//
// It also makes the system notice a peer that is gone without a word; the times can be set
// from Windows 10 1709 on.
func setOptions(s windows.Handle) {
	_ = setSockOpt(s, windows.IPPROTO_TCP, windows.TCP_NODELAY, 1)
	_ = setSockOpt(s, windows.SOL_SOCKET, windows.SO_KEEPALIVE, 1)
	_ = setSockOpt(s, windows.IPPROTO_TCP, windows.TCP_KEEPIDLE, keepAliveIdle)
	_ = setSockOpt(s, windows.IPPROTO_TCP, windows.TCP_KEEPINTVL, keepAliveInterval)
	_ = setSockOpt(s, windows.IPPROTO_TCP, windows.TCP_KEEPCNT, keepAliveCount)
}

// recvSocket receives into p: 0 bytes mean that the peer has ended sending.
func recvSocket(s windows.Handle, p []byte) (int, syscall.Errno) {
	r, _, e := syscall.SyscallN(procRecv.addr(), uintptr(s), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), 0)
	if int32(r) < 0 {
		return 0, e
	}
	return int(int32(r)), 0
}

// sendSocket sends the first bytes of p and says how many.
func sendSocket(s windows.Handle, p []byte) (int, syscall.Errno) {
	r, _, e := syscall.SyscallN(procSend.addr(), uintptr(s), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), 0)
	if int32(r) < 0 {
		return 0, e
	}
	return int(int32(r)), 0
}

// endOf says whether a receive of 0 bytes was the peer's orderly end, which gives
// 0. Wine shows a reset that came between two calls as such an end, too, but then
// the socket has no peer any more. After our own end the question cannot be asked.
func endOf(s windows.Handle) syscall.Errno {
	var raw windows.RawSockaddrInet6
	size := sockaddrMax
	r, _, no := syscall.SyscallN(procGetPeerName.addr(), uintptr(s), uintptr(unsafe.Pointer(&raw)), uintptr(unsafe.Pointer(&size)))
	if int32(r) != 0 && no == windows.WSAENOTCONN {
		return windows.WSAECONNRESET
	}
	return 0
}

// clientGone says that accept failed because the client had left the backlog again
// (WSAENOTCONN is Wine's word for it).
func clientGone(no syscall.Errno) bool {
	return no == windows.WSAECONNRESET || no == windows.WSAECONNABORTED || no == windows.WSAENOTCONN
}

// acceptSocket takes one waiting client.
func acceptSocket(l windows.Handle) (windows.Handle, netip.AddrPort, syscall.Errno) {
	var raw windows.RawSockaddrInet6
	size := sockaddrMax
	r, _, e := syscall.SyscallN(procAccept.addr(), uintptr(l), uintptr(unsafe.Pointer(&raw)), uintptr(unsafe.Pointer(&size)))
	s := windows.Handle(r)
	if s == invalidSocket {
		return s, netip.AddrPort{}, e
	}
	return s, addrPortOf(&raw), 0
}

// rawSockaddr holds an IPv4 or IPv6 socket address in the shape of the C API.
func rawSockaddr(a netip.AddrPort, v6 bool) (raw windows.RawSockaddrInet6, size int32, err error) {
	port := a.Port()<<8 | a.Port()>>8
	if !v6 {
		r4 := (*windows.RawSockaddrInet4)(unsafe.Pointer(&raw))
		r4.Family = windows.AF_INET
		r4.Port = port
		r4.Addr = a.Addr().Unmap().As4()
		return raw, int32(unsafe.Sizeof(*r4)), nil
	}
	raw.Family = windows.AF_INET6
	raw.Port = port
	raw.Addr = a.Addr().As16()
	if z := a.Addr().Zone(); z != "" {
		n, perr := strconv.ParseUint(z, 10, 32)
		if perr != nil {
			return raw, 0, fmt.Errorf("netio: zone %q of %v: on Windows a zone is a number", z, a)
		}
		raw.Scope_id = uint32(n)
	}
	return raw, sockaddrMax, nil
}

// addrPortOf reads an address that the system wrote; an IPv4 peer of an IPv6
// socket is shown as IPv4.
func addrPortOf(raw *windows.RawSockaddrInet6) netip.AddrPort {
	port := raw.Port<<8 | raw.Port>>8
	switch raw.Family {
	case windows.AF_INET:
		r4 := (*windows.RawSockaddrInet4)(unsafe.Pointer(raw))
		return netip.AddrPortFrom(netip.AddrFrom4(r4.Addr), port)
	case windows.AF_INET6:
		a := netip.AddrFrom16(raw.Addr).Unmap()
		if raw.Scope_id != 0 && a.Is6() {
			a = a.WithZone(strconv.FormatUint(uint64(raw.Scope_id), 10))
		}
		return netip.AddrPortFrom(a, port)
	}
	return netip.AddrPort{}
}

func bindSocket(s windows.Handle, a netip.AddrPort, v6 bool) error {
	raw, size, err := rawSockaddr(a, v6)
	if err != nil {
		return err
	}
	if r, _, e := syscall.SyscallN(procBind.addr(), uintptr(s), uintptr(unsafe.Pointer(&raw)), uintptr(size)); int32(r) != 0 {
		return wsaErr("bind", e)
	}
	return nil
}

func listenSocket(s windows.Handle) error {
	if r, _, e := syscall.SyscallN(procListen.addr(), uintptr(s), listenBacklog); int32(r) != 0 {
		return wsaErr("listen", e)
	}
	return nil
}

// connectSocket starts a connection; the number WSAEWOULDBLOCK says that it is under
// way.
func connectSocket(s windows.Handle, a netip.AddrPort, v6 bool) (syscall.Errno, error) {
	raw, size, err := rawSockaddr(a, v6)
	if err != nil {
		return 0, err
	}
	r, _, no := syscall.SyscallN(procConnect.addr(), uintptr(s), uintptr(unsafe.Pointer(&raw)), uintptr(size))
	if int32(r) == 0 {
		return 0, nil
	}
	return no, nil
}

func localAddrOf(s windows.Handle) netip.AddrPort {
	var raw windows.RawSockaddrInet6
	size := sockaddrMax
	syscall.SyscallN(procGetSockName.addr(), uintptr(s), uintptr(unsafe.Pointer(&raw)), uintptr(unsafe.Pointer(&size)))
	return addrPortOf(&raw)
}

func remoteAddrOf(s windows.Handle) netip.AddrPort {
	var raw windows.RawSockaddrInet6
	size := sockaddrMax
	syscall.SyscallN(procGetPeerName.addr(), uintptr(s), uintptr(unsafe.Pointer(&raw)), uintptr(unsafe.Pointer(&size)))
	return addrPortOf(&raw)
}
