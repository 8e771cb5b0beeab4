//go:build !linux

package discover

import "net"

// onlyOwnGroups does nothing: on these systems a socket hears the groups alone that it has joined.
func onlyOwnGroups(*net.UDPConn, bool) error { return nil }
