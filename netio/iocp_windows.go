package netio

import (
	"net/netip"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// The calls of overlapped I/O.

// portEntry is OVERLAPPED_ENTRY: one completed operation.
type portEntry struct {
	key      uintptr
	ov       *windows.Overlapped
	internal uintptr
	bytes    uint32
}

// port is an I/O completion port.
type port windows.Handle

// newPort makes a port that lets as many threads run at once as there are
// processors, however many wait on it.
func newPort() (port, error) {
	r, _, e := syscall.SyscallN(procCreatePort.addr(), uintptr(windows.InvalidHandle), 0, 0, 0)
	if r == 0 {
		return 0, wsaErr("CreateIoCompletionPort", e)
	}
	return port(r), nil
}

// add makes the completions of s arrive at the port.
func (p port) add(s windows.Handle) error {
	r, _, e := syscall.SyscallN(procCreatePort.addr(), uintptr(s), uintptr(p), 0, 0)
	if r == 0 {
		return wsaErr("CreateIoCompletionPort", e)
	}
	return nil
}

// post wakes one waiting thread with an entry that has no operation, only a key.
func (p port) post(key uintptr) error {
	r, _, e := syscall.SyscallN(procPostStatus.addr(), uintptr(p), 0, key, 0)
	if r == 0 {
		return wsaErr("PostQueuedCompletionStatus", e)
	}
	return nil
}

// wait takes up to len(entries) completed operations, at least one.
func (p port) wait(entries []portEntry) (int, error) {
	var n uint32
	r, _, e := syscall.SyscallN(procGetStatusEx.addr(), uintptr(p), uintptr(unsafe.Pointer(&entries[0])), uintptr(len(entries)),
		uintptr(unsafe.Pointer(&n)), waitInfinite, 0)
	if r == 0 {
		return 0, wsaErr("GetQueuedCompletionStatusEx", e)
	}
	return int(n), nil
}

func (p port) close() { _ = windows.CloseHandle(windows.Handle(p)) }

// skipSuccess asks that an operation which succeeds at once puts nothing into
// the port. It says false where a layered provider makes that impossible.
func skipSuccess(s windows.Handle) bool {
	r, _, _ := syscall.SyscallN(procSetModes.addr(), uintptr(s), skipOnSuccess|skipSetEvent)
	return r != 0
}

// overlappedError is the socket error of an operation that has ended. The status
// in the entry is the kernel's; only Winsock knows the number that goes with it.
func overlappedError(s windows.Handle, ov *windows.Overlapped) syscall.Errno {
	var n, flags uint32
	r, _, e := syscall.SyscallN(procOverlappedResult.addr(), uintptr(s), uintptr(unsafe.Pointer(ov)), uintptr(unsafe.Pointer(&n)),
		0, uintptr(unsafe.Pointer(&flags)))
	if r != 0 {
		return 0
	}
	return e
}

// cancelOps cancels the operation ov of s, or all of them if ov is nil. Each still
// completes, with ERROR_OPERATION_ABORTED.
func cancelOps(s windows.Handle, ov *windows.Overlapped) {
	syscall.SyscallN(procCancelIoEx.addr(), uintptr(s), uintptr(unsafe.Pointer(ov)))
}

// readyRecv starts a receive of no bytes, which completes when something can be
// read: a client that is silent holds no buffer, neither ours nor locked pages of
// the kernel's.
func readyRecv(s windows.Handle, ov *windows.Overlapped) syscall.Errno {
	var buf windows.WSABuf
	var flags, n uint32
	r, _, e := syscall.SyscallN(procWSARecv.addr(), uintptr(s), uintptr(unsafe.Pointer(&buf)), 1, uintptr(unsafe.Pointer(&n)),
		uintptr(unsafe.Pointer(&flags)), uintptr(unsafe.Pointer(ov)), 0)
	if int32(r) == 0 {
		return 0
	}
	return e
}

// takeRecv receives what is there into p without waiting: 0 bytes mean that the
// peer has ended sending.
func takeRecv(s windows.Handle, p []byte) (int, syscall.Errno) {
	buf := windows.WSABuf{Len: uint32(len(p)), Buf: unsafe.SliceData(p)}
	var flags, n uint32
	r, _, e := syscall.SyscallN(procWSARecv.addr(), uintptr(s), uintptr(unsafe.Pointer(&buf)), 1, uintptr(unsafe.Pointer(&n)),
		uintptr(unsafe.Pointer(&flags)), 0, 0)
	if int32(r) == 0 {
		return int(n), 0
	}
	return 0, e
}

// overlappedSend starts to send bufs, whose memory must be pinned until the
// operation has completed; the array of bufs itself is copied by the call.
func overlappedSend(s windows.Handle, bufs []windows.WSABuf, ov *windows.Overlapped) (int, syscall.Errno) {
	var n uint32
	r, _, e := syscall.SyscallN(procWSASend.addr(), uintptr(s), uintptr(unsafe.Pointer(&bufs[0])), uintptr(len(bufs)),
		uintptr(unsafe.Pointer(&n)), 0, uintptr(unsafe.Pointer(ov)), 0)
	if int32(r) == 0 {
		return int(n), 0
	}
	return 0, e
}

// Each address that AcceptEx writes needs 16 bytes more than the largest address
// of the protocol (Microsoft's page on AcceptEx).
const acceptAddrSize = unsafe.Sizeof(windows.RawSockaddrInet6{}) + 16

// acceptFuncs are the extension procedures of the TCP provider. They are not
// exported: WSAIoctl hands out their addresses.
type acceptFuncs struct{ acceptEx, getSockaddrs uintptr }

var (
	guidAcceptEx = windows.GUID{Data1: 0xb5367df1, Data2: 0xcbac, Data3: 0x11cf,
		Data4: [8]byte{0x95, 0xca, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92}}
	guidGetAcceptExSockaddrs = windows.GUID{Data1: 0xb5367df2, Data2: 0xcbac, Data3: 0x11cf,
		Data4: [8]byte{0x95, 0xca, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92}}
)

func extension(s windows.Handle, guid *windows.GUID) (uintptr, error) {
	var f uintptr
	var n uint32
	r, _, e := syscall.SyscallN(procWSAIoctl.addr(), uintptr(s), sioExtensionPointer, uintptr(unsafe.Pointer(guid)), unsafe.Sizeof(*guid),
		uintptr(unsafe.Pointer(&f)), unsafe.Sizeof(f), uintptr(unsafe.Pointer(&n)), 0, 0)
	if int32(r) != 0 {
		return 0, wsaErr("WSAIoctl", e)
	}
	return f, nil
}

func loadAcceptFuncs(l windows.Handle) (f acceptFuncs, err error) {
	if f.acceptEx, err = extension(l, &guidAcceptEx); err != nil {
		return f, err
	}
	f.getSockaddrs, err = extension(l, &guidGetAcceptExSockaddrs)
	return f, err
}

// accept starts to accept a client into s. buf gets both addresses and, as ov,
// must stay in place until the operation has completed.
func (f acceptFuncs) accept(l, s windows.Handle, buf *[2 * acceptAddrSize]byte, ov *windows.Overlapped) syscall.Errno {
	if callHook != nil {
		callHook("AcceptEx")
	}
	var n uint32
	r, _, e := syscall.SyscallN(f.acceptEx, uintptr(l), uintptr(s), uintptr(unsafe.Pointer(buf)), 0, acceptAddrSize, acceptAddrSize,
		uintptr(unsafe.Pointer(&n)), uintptr(unsafe.Pointer(ov)))
	if r != 0 {
		return 0
	}
	return e
}

// updateAccept gives an accepted socket what it takes from the listening one; without
// that shutdown and getpeername fail on it.
func updateAccept(s, l windows.Handle) error {
	r, _, e := syscall.SyscallN(procSetSockOpt.addr(), uintptr(s), windows.SOL_SOCKET, soUpdateAccept,
		uintptr(unsafe.Pointer(&l)), unsafe.Sizeof(l))
	if int32(r) != 0 {
		return wsaErr("setsockopt", e)
	}
	return nil
}

// addrs reads the local and remote address that accept wrote into buf.
func (f acceptFuncs) addrs(buf *[2 * acceptAddrSize]byte) (local, remote netip.AddrPort) {
	if callHook != nil {
		callHook("GetAcceptExSockaddrs")
	}
	var l, r *windows.RawSockaddrInet6
	var ln, rn int32
	syscall.SyscallN(f.getSockaddrs, uintptr(unsafe.Pointer(buf)), 0, acceptAddrSize, acceptAddrSize,
		uintptr(unsafe.Pointer(&l)), uintptr(unsafe.Pointer(&ln)), uintptr(unsafe.Pointer(&r)), uintptr(unsafe.Pointer(&rn)))
	if l != nil {
		local = addrPortOf(l)
	}
	if r != nil {
		remote = addrPortOf(r)
	}
	return local, remote
}
