package bench

import (
	"bytes"
	"encoding/binary"
	"errors"
	"time"
)

// echoLoad is the clients of one thread that talk to an echo server. Every byte that comes back is
// compared with what was sent.
type echoLoad struct {
	size, depth int
	first       uint32 // number of this thread's first client
	links       []*link
	clients     []echoClient
	message     []byte // the one compared with, or being written
	out         []byte

	pacing
	inFlight int
	ended    bool

	Tally
}

// Tally is what was counted in one phase.
type Tally struct {
	Sent, Received int64
	Latency        Histogram
}

// echoClient is one client's place in its two streams.
type echoClient struct {
	sent, got uint32  // messages
	at        int     // bytes of message got that have come
	times     []int64 // when the messages under way were sent or due, by number modulo its length
}

var (
	errOtherBytes = errors.New("the server sent back other bytes than it got")
	errTooSlow    = errors.New("the server does not keep the pace")
)

const echoHeader = 8 // bytes: client and number, as far as the size has room

func newEchoLoad(links []*link, first, size, depth int) *echoLoad {
	e := &echoLoad{size: size, depth: depth, first: uint32(first), links: links,
		clients: make([]echoClient, len(links)), message: make([]byte, max(size, echoHeader))}
	for i := range e.message {
		e.message[i] = byte(7*i + 13)
	}
	return e
}

// phase prepares for one run of d; rate is this thread's messages a second, or 0 for the closed loop, in which
// each client always has depth messages under way.
func (e *echoLoad) phase(d time.Duration, rate float64) {
	e.Tally, e.ended = Tally{}, false
	e.pacing.set(d, rate)
	under := e.depth
	if e.step > 0 {
		under = pacedBacklog
	}
	times := make([]int64, under*len(e.clients))
	for i := range e.clients {
		e.clients[i].times = times[i*under : (i+1)*under]
	}
}

func (e *echoLoad) tally() (Tally, *Histogram) { return e.Tally, nil }

func (e *echoLoad) start(now int64) int64 {
	next := e.pacing.start(now)
	if e.step == 0 {
		for i := range e.clients {
			e.send(i, e.depth, now)
		}
	}
	return next
}

// fill makes e.message the client's message n.
func (e *echoLoad) fill(client int, n uint32) []byte {
	binary.LittleEndian.PutUint32(e.message, n)
	binary.LittleEndian.PutUint32(e.message[4:], e.first+uint32(client))
	return e.message[:e.size]
}

// send sends the client's next k messages, which count from at, in one write.
func (e *echoLoad) send(client, k int, at int64) {
	c := &e.clients[client]
	e.out = e.out[:0]
	for range k {
		e.out = append(e.out, e.fill(client, c.sent)...)
		c.times[int(c.sent)%len(c.times)] = at
		c.sent++
	}
	e.inFlight += k
	e.Sent += int64(k)
	e.links[client].send(e.out)
}

func (e *echoLoad) received(l *link, p []byte, now int64) error {
	c := &e.clients[l.index]
	complete := 0
	for len(p) > 0 {
		if int(c.sent-c.got) == 0 {
			return errOtherBytes // more than was sent
		}
		n := min(e.size-c.at, len(p))
		if want := e.fill(l.index, c.got); !bytes.Equal(p[:n], want[c.at:c.at+n]) {
			return errOtherBytes
		}
		p = p[n:]
		if c.at += n; c.at == e.size {
			e.Latency.Record(time.Duration(now - c.times[int(c.got)%len(c.times)]))
			c.at = 0
			c.got++
			complete++
		}
	}
	e.inFlight -= complete
	e.Received += int64(complete)
	if complete > 0 && e.step == 0 && now < e.until {
		e.send(l.index, complete, now)
	}
	return nil
}

// tick sends what is due, or ends the phase.
func (e *echoLoad) tick(now int64) (int64, error) {
	if e.over() {
		e.ended = true
		return never, nil
	}
	for e.isDue(now) {
		at, turn := e.take(len(e.clients))
		if c := &e.clients[turn]; int(c.sent-c.got) == len(c.times) {
			return never, errTooSlow
		}
		e.send(turn, 1, at)
	}
	return e.next(), nil
}

func (e *echoLoad) done() bool { return e.inFlight == 0 && e.ended }
