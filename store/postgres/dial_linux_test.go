package postgres

import (
	"net"
	"testing"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sys/unix"

	"hansu/store/postgres/postgrestest"
)

// TestDeadConnection: every connection, those that write and those that read, ends in time when the other side is gone. What
// Linux does with these options is not tried here: it takes half a minute and a network that loses everything.
func TestDeadConnection(t *testing.T) {
	s := openTest(t, postgrestest.Shared(t).Database(t), "a")
	reading, err := s.pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer reading.Release()
	conns := []*pgx.Conn{reading.Conn()}
	s.each(func(w *writer) { conns = append(conns, w.conn) })
	for i, c := range conns {
		raw, err := c.PgConn().Conn().(*net.TCPConn).SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		err = raw.Control(func(fd uintptr) {
			for _, o := range []struct {
				name        string
				level, what int
				want        int
			}{
				{"SO_KEEPALIVE", unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1},
				{"TCP_KEEPIDLE", unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, 15},
				{"TCP_KEEPINTVL", unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, 5},
				{"TCP_KEEPCNT", unix.IPPROTO_TCP, unix.TCP_KEEPCNT, 3},
				{"TCP_USER_TIMEOUT", unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, 30_000},
			} {
				if got, err := unix.GetsockoptInt(int(fd), o.level, o.what); got != o.want || err != nil {
					t.Errorf("connection %d: %s is %d, %v; want %d", i, o.name, got, err, o.want)
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
