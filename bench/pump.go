package bench

import (
	"net"
	"sync"
	"time"
)

// pumps is the driver over Go's net, for systems without a loop of our own: two goroutines a client
// move its bytes to and from the one that runs the program. It costs more a message than
// the loop does, so compare figures that the same driver measured.
type pumps struct {
	links []*link
	in    chan arrival
	stop  chan struct{}
	all   sync.WaitGroup
}

// arrival is what came for a link, or its end.
type arrival struct {
	l   *link
	p   []byte
	err error
}

// pump is one link's connection. Its reader waits on ready for its buffer to be free again.
type pump struct {
	conn  net.Conn
	ready chan struct{}

	mu      sync.Mutex
	queued  []byte
	writing bool
}

func newPumps() *pumps {
	return &pumps{in: make(chan arrival, 64), stop: make(chan struct{})}
}

func (d *pumps) adopt(c net.Conn) (*link, error) {
	l := &link{drv: d, index: len(d.links), over: &pump{conn: c, ready: make(chan struct{})}}
	d.links = append(d.links, l)
	d.all.Go(func() { d.read(l) })
	return l, nil
}

func (d *pumps) close() {
	close(d.stop)
	for _, l := range d.links {
		_ = l.over.conn.Close()
	}
	d.all.Wait()
}

func (d *pumps) read(l *link) {
	buf := make([]byte, 16<<10)
	for {
		n, err := l.over.conn.Read(buf)
		select {
		case d.in <- arrival{l, buf[:n], err}:
		case <-d.stop:
			return
		}
		if err != nil {
			return
		}
		select {
		case <-l.over.ready:
		case <-d.stop:
			return
		}
	}
}

// send has a goroutine write, so that a full socket does not keep the program from reading.
func (d *pumps) send(l *link, p []byte) {
	o := l.over
	o.mu.Lock()
	defer o.mu.Unlock()
	o.queued = append(o.queued, p...)
	if !o.writing {
		o.writing = true
		d.all.Go(o.write)
	}
}

// write writes until nothing is queued. An error shows when reading.
func (o *pump) write() {
	for {
		o.mu.Lock()
		p := o.queued
		o.queued = nil
		o.writing = len(p) > 0
		o.mu.Unlock()
		if len(p) == 0 {
			return
		}
		if _, err := o.conn.Write(p); err != nil {
			return
		}
	}
}

func (d *pumps) run(p program) error {
	next := p.start(clock())
	timer := time.NewTimer(silence)
	defer timer.Stop()
	heard := clock()
	for !p.done() {
		timer.Reset(time.Duration(max(0, min(next, heard+int64(silence))-clock())))
		select {
		case a := <-d.in:
			heard = clock()
			if len(a.p) > 0 {
				if err := p.received(a.l, a.p, heard); err != nil {
					return a.l.failed(err)
				}
			}
			if a.err != nil {
				return a.l.failed(a.err)
			}
			a.l.over.ready <- struct{}{}
		case <-timer.C:
			if clock()-heard >= int64(silence) {
				return errSilence()
			}
		}
		if now := clock(); next <= now {
			var err error
			if next, err = p.tick(now); err != nil {
				return err
			}
		}
	}
	return nil
}
