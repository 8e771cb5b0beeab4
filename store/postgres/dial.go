package postgres

import (
	"net"
	"time"

	"github.com/jackc/pgx/v5"
)

// How soon a connection to a server that is not there any more ends: one that has nothing to say after deadTime, and on Linux
// one whose bytes nobody takes, too, for which the kernel would try for a quarter of an hour.
//
// A commit may wait for a standby for as long as that takes: the server's kernel has taken the bytes then, and answers
// probes. Only what is not acknowledged by it counts here.
const (
	probeAfter = 15 * time.Second
	probeEvery = 5 * time.Second
	probes     = 3
	deadTime   = probeAfter + probes*probeEvery
)

// dialer gives connections of cfg that end in time.
func dialer(cfg *pgx.ConnConfig) *net.Dialer {
	return &net.Dialer{
		Timeout:         cfg.ConnectTimeout,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: probeAfter, Interval: probeEvery, Count: probes},
		Control:         limitUnsent,
	}
}
