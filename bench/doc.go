// Package bench loads a server and measures it: whole games over packets here, echo and
// fan-out over plain sockets beside it. The load runs in a process of its own.
package bench
