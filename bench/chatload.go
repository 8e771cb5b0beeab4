package bench

import (
	"bytes"
	"encoding/binary"
	"errors"
	"time"
)

// chatLoad is one client who speaks and all, itself included, who listen, on one thread. Each delivery is compared
// with what was said, and all hear it in the same order. There are always depth messages under way, or
// paced as many as are due; a message is done when the last listener has it.
type chatLoad struct {
	links     []*link
	depth     int
	said      uint32 // messages
	listeners []listener
	left      []int // listeners that a message under way has not reached, by number modulo their count
	times     []int64
	message   []byte
	out       []byte

	pacing
	inFlight int // messages
	ended    bool
	Tally
	last Histogram // until the last listener had it
}

type listener struct {
	got uint32
	at  int
}

func newChatLoad(links []*link, size, depth int) *chatLoad {
	c := &chatLoad{links: links, depth: depth, listeners: make([]listener, len(links)), message: make([]byte, max(size, 4))}
	for i := range c.message {
		c.message[i] = byte(5*i + 3)
	}
	c.message = c.message[:size]
	return c
}

func (c *chatLoad) phase(d time.Duration, rate float64) {
	c.Tally, c.last, c.ended = Tally{}, Histogram{}, false
	c.pacing.set(d, rate)
	under := c.depth
	if c.step > 0 {
		under = pacedBacklog
	}
	c.left, c.times = make([]int, under), make([]int64, under)
}

func (c *chatLoad) tally() (Tally, *Histogram) { return c.Tally, &c.last }

func (c *chatLoad) start(now int64) int64 {
	next := c.pacing.start(now)
	if c.step == 0 {
		c.say(c.depth, now)
	}
	return next
}

func (c *chatLoad) done() bool { return c.inFlight == 0 && c.ended }

// fill makes c.message number n.
func (c *chatLoad) fill(n uint32) []byte {
	binary.LittleEndian.PutUint32(c.message[:max(4, len(c.message))], n)
	return c.message
}

// say sends the next k messages, which count from at, in one write.
func (c *chatLoad) say(k int, at int64) {
	c.out = c.out[:0]
	for range k {
		i := int(c.said) % len(c.left)
		c.left[i], c.times[i] = len(c.links), at
		c.out = append(c.out, c.fill(c.said)...)
		c.said++
	}
	c.inFlight += k
	c.Sent += int64(k * len(c.links))
	c.links[0].send(c.out)
}

var errOtherWords = errors.New("a listener heard other bytes than were said, or in another order")

func (c *chatLoad) received(l *link, p []byte, now int64) error {
	x := &c.listeners[l.index]
	complete := 0
	for len(p) > 0 {
		if x.got == c.said {
			return errOtherWords
		}
		n := min(len(c.message)-x.at, len(p))
		if want := c.fill(x.got); !bytes.Equal(p[:n], want[x.at:x.at+n]) {
			return errOtherWords
		}
		p = p[n:]
		if x.at += n; x.at < len(c.message) {
			break
		}
		i := int(x.got) % len(c.left)
		x.at = 0
		x.got++
		c.Received++
		c.Latency.Record(time.Duration(now - c.times[i]))
		if c.left[i]--; c.left[i] == 0 {
			c.last.Record(time.Duration(now - c.times[i]))
			complete++
		}
	}
	c.inFlight -= complete
	if complete > 0 && c.step == 0 && now < c.until {
		c.say(complete, now)
	}
	return nil
}

func (c *chatLoad) tick(now int64) (int64, error) {
	if c.over() {
		c.ended = true
		return never, nil
	}
	for c.isDue(now) {
		if c.inFlight == len(c.left) {
			return never, errTooSlow
		}
		at, _ := c.take(1)
		c.say(1, at)
	}
	return c.next(), nil
}
