package bench

import (
	"errors"
	"time"
)

// rollCall waits until all clients of a chat server hear what its first client says. A connection is made when the
// system says so, and the server may not have taken it yet: such a client would miss the first messages of a measurement,
// which would then wait for it in vain.
//
// The first client says one byte, and says the next after a pause, for those that were not there yet, until everybody has
// heard one. Who has heard one hears all later ones, so that the last of them ends the roll call for all.
type rollCall struct {
	links   []*link
	heard   []rollAnswer
	missing int // have heard nothing
	present int // have heard the last
	said    byte
	calls   int
	pause   time.Duration
}

type rollAnswer struct {
	any  bool
	last byte
}

const (
	rollPauseFirst = 10 * time.Millisecond // then twice as long each time
	rollPauseMax   = time.Second
	rollCallsMax   = 60
)

var errDeaf = errors.New("a client is connected, but does not hear what another says")

func newRollCall(links []*link) *rollCall {
	return &rollCall{links: links, heard: make([]rollAnswer, len(links)), missing: len(links), pause: rollPauseFirst}
}

func (r *rollCall) start(now int64) int64 {
	r.call()
	return now + int64(r.pause)
}

func (r *rollCall) call() {
	r.said++
	r.calls++
	r.present = 0
	r.links[0].send([]byte{r.said})
}

func (r *rollCall) received(l *link, p []byte, _ int64) error {
	a := &r.heard[l.index]
	for _, b := range p {
		if a.any && b != a.last+1 || r.said-b > 127 { // not in turn, or not said yet
			return errOtherWords
		}
		if !a.any {
			a.any = true
			r.missing--
		}
		if a.last = b; b == r.said {
			r.present++
		}
	}
	return nil
}

// tick calls again, but not before the caller has heard itself: a slow server is not pressed.
func (r *rollCall) tick(now int64) (int64, error) {
	if r.missing > 0 && r.heard[0].last == r.said {
		if r.calls == rollCallsMax {
			return never, errDeaf
		}
		r.call()
		r.pause = min(2*r.pause, rollPauseMax)
	}
	return now + int64(r.pause), nil
}

func (r *rollCall) done() bool { return r.present == len(r.links) }
