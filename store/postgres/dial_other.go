//go:build !linux

package postgres

import "syscall"

// limitUnsent is for Linux.
func limitUnsent(string, string, syscall.RawConn) error { return nil }
