package bench

import (
	"errors"
	"time"
)

// Usage is what a process has used by its own accounting.
type Usage struct {
	CPU    time.Duration // of all its threads, in user and kernel
	Memory int64         // bytes of its own in RAM, without what it shares with its file; -1: not known here
}

// errNoUsage: the system does not tell about another process; it has to be asked itself.
var errNoUsage = errors.New("this system does not tell about another process")
