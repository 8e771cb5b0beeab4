//go:build !unix

package web

import (
	"net"
	"syscall"
)

// waitable: there is no waiting without reading.
func waitable(net.Conn) syscall.RawConn { return nil }

func readable(uintptr) bool { return true }
