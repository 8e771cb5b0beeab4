package bench

import (
	"bytes"
	"encoding/binary"
	"errors"
	"time"
)

// echoLoad is the clients of one thread that talk to an echo server. Every byte that comes back is
// compared with what was sent.
//
// Closed loop: each client always has depth messages under way. Paced: messages are due at even
// distances, for the clients in turn, and are sent when they are due however many answers are
// outstanding; the time of an answer counts from when its message was due, so that a
// server that stops for a while is charged for all who would have come meanwhile (no coordinated omission).
type echoLoad struct {
	size, depth int
	first       uint32 // number of this thread's first client
	links       []*link
	clients     []echoClient
	message     []byte // the one compared with, or being written
	out         []byte

	step     int64 // paced: nanoseconds between messages of this thread; 0: closed loop
	due      int64 // paced: of the next message
	turn     int   // paced: who sends it
	until    int64
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

// pacedBacklog is how many messages one client may have under way in the paced mode. A server that is so
// far behind does not keep the pace, and the measurement ends.
const pacedBacklog = 256

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

// phase prepares for one run of d; rate is this thread's messages a second, or 0 for the closed loop.
func (e *echoLoad) phase(d time.Duration, rate float64) {
	e.Tally = Tally{}
	e.until, e.ended, e.step = int64(d), false, 0
	under := e.depth
	if rate > 0 {
		e.step, under = max(1, int64(float64(time.Second)/rate)), pacedBacklog
	}
	times := make([]int64, under*len(e.clients))
	for i := range e.clients {
		e.clients[i].times = times[i*under : (i+1)*under]
	}
}

func (e *echoLoad) start(now int64) int64 {
	e.until += now
	if e.step > 0 {
		e.due = now + e.step
		return e.due
	}
	for i := range e.clients {
		e.send(i, e.depth, now)
	}
	return e.until
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
	if e.step == 0 || e.due >= e.until {
		e.ended = true
		return never, nil
	}
	for e.due <= now && e.due < e.until {
		c := &e.clients[e.turn]
		if int(c.sent-c.got) == len(c.times) {
			return never, errTooSlow
		}
		e.send(e.turn, 1, e.due)
		e.turn = (e.turn + 1) % len(e.clients)
		e.due += e.step
	}
	return min(e.due, e.until), nil
}

func (e *echoLoad) done() bool { return e.inFlight == 0 && e.ended }
