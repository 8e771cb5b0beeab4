package bench

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// driver moves the bytes of the clients of one thread. There are two: event loops of our own
// on Linux, lean so that the load does not eat what is to be measured, and one over
// Go's net for every other system.
type driver interface {
	// adopt takes a connection over; links are numbered from 0 in this order.
	adopt(c net.Conn) (*link, error)
	// send writes p at once as far as the system takes it and keeps a copy of the rest.
	send(l *link, p []byte)
	// run calls p's methods, one at a time, until p is done, or a link fails.
	run(p program) error
	close()
}

// program is what the clients of one thread do for one phase of a measurement. Times are those of
// clock. A program that returns an error from received or tick ends the phase with it.
type program interface {
	// start sends what comes first. Here, and from tick, comes the time of the next tick, never for none.
	start(now int64) (next int64)
	received(l *link, p []byte, now int64) error
	tick(now int64) (next int64, err error)
	done() bool
}

// link is one client's connection.
type link struct {
	drv   driver
	index int
	//lint:ignore U1000 the Linux loop's
	fd int // of the loop
	//lint:ignore U1000 the Linux loop's
	rest []byte     // what the system has not taken yet
	over *pump      // of the portable driver
	ws   *webSocket // nil: packets go as they are
}

func (l *link) send(p []byte) {
	if l.ws != nil {
		p = l.ws.frame(frameBinary, p)
	}
	l.drv.send(l, p)
}

const never = int64(1)<<62 - 1

// silence is how long nothing may come before a measurement is given up; tests, on a machine that does much
// else, give it more.
var silence = 20 * time.Second

func errSilence() error { return fmt.Errorf("nothing came from the server for %v", silence) }

var errHungUp = errors.New("the server closed the connection")

func (l *link) failed(err error) error { return fmt.Errorf("client %d: %w", l.index, err) }

var epoch = time.Now()

// clock is the monotonic time in nanoseconds since the process started.
func clock() int64 { return int64(time.Since(epoch)) }

// dialAll connects n clients and hands them to d.
func dialAll(d driver, load Load, n int) ([]*link, error) {
	links := make([]*link, 0, n)
	nodes := strings.Split(load.Address, ",")
	for i := range n {
		address := nodes[i%len(nodes)]
		c, err := net.DialTimeout("tcp", address, 10*time.Second)
		if err != nil {
			return links, err
		}
		if load.WebSocket {
			if err := upgrade(c, address); err != nil {
				return links, errors.Join(err, c.Close())
			}
		}
		l, err := d.adopt(c)
		if err != nil {
			return links, err
		}
		if load.WebSocket {
			l.ws = new(webSocket)
		}
		links = append(links, l)
	}
	return links, nil
}
