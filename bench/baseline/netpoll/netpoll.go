// Package netpoll holds the text of an echo server on cloudwego/netpoll, a baseline of benchmarks that is compiled
// only for them, as a module of its own.
package netpoll

import "embed"

// Files are echo.go, and as mod.txt and sum.txt its go.mod and go.sum, which under these names would end our own module.
//
//go:embed echo.go mod.txt sum.txt
var Files embed.FS
