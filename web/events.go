package web

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"hansu/rules"
	"hansu/wire"
	"hansu/wirerules"
)

// eventJSON is one thing that happened at a table. What a type does not have is left out.
type eventJSON struct {
	Record uint32   `json:"record"`
	Type   string   `json:"type"`
	Seat   uint8    `json:"seat,omitempty"`
	Name   string   `json:"name,omitempty"`
	Game   uint16   `json:"game,omitempty"`
	First  uint8    `json:"first,omitempty"`
	Next   uint8    `json:"next,omitempty"`
	Black  uint8    `json:"black,omitempty"`
	Ply    uint16   `json:"ply,omitempty"`
	Move   string   `json:"move,omitempty"`
	What   string   `json:"what,omitempty"`
	Winner uint8    `json:"winner,omitempty"`
	Reason string   `json:"reason,omitempty"`
	Text   string   `json:"text,omitempty"`
	LeftMS *[2]left `json:"left_ms,omitempty"`
}

// left is what a seat's clock has.
type left struct {
	Main    int64 `json:"main"`
	Extra   int64 `json:"extra"`
	Periods uint8 `json:"periods"`
}

func leftOf(l [2]wire.TimeLeft) *[2]left {
	var both [2]left
	for i := range l {
		t := wirerules.Left(l[i])
		both[i] = left{int64(t.Main), int64(t.Extra), t.Periods}
	}
	return &both
}

var (
	offerNames = map[uint8]string{wire.OfferDraw: "draw", wire.OfferTakeback: "takeback", wire.OfferRematch: "rematch"}
	replyNames = map[uint8]string{wire.ReplyDecline: "declined", wire.ReplyAccept: "accepted", wire.ReplyWithdraw: "withdrawn"}
)

// event returns what a packet of a record says; false: nothing that people see.
func event(h wire.Header, p wire.Packet, move string) (eventJSON, bool) {
	e := eventJSON{Record: h.Number, Type: strings.ToLower(h.Type.String())}
	switch p := p.(type) {
	case *wire.Seated:
		e.Seat, e.Name = p.Seat, p.Name.String()
	case *wire.Started:
		e.Game, e.First, e.LeftMS = p.Game, p.First, leftOf(p.Left)
	case *wire.Moved:
		e.Seat, e.Next, e.Black, e.Ply, e.Move, e.LeftMS = p.Seat, p.Next, p.Black, p.Ply, move, leftOf(p.Left)
	case *wire.Proposed:
		e.Seat, e.What = p.Seat, offerNames[p.What]
	case *wire.Replied:
		e.Seat, e.What, e.Text = p.Seat, offerNames[p.What], replyNames[p.Accept]
	case *wire.TookBack:
		e.Ply, e.Next, e.Black, e.LeftMS = p.Ply, p.Next, p.Black, leftOf(p.Left)
	case *wire.Ended:
		e.Game, e.Winner, e.Reason, e.LeftMS = p.Game, p.Winner, rules.Reason(p.Reason).String(), leftOf(p.Left)
	case *wire.Said:
		e.Seat, e.Text = p.Seat, string(p.Text)
	case *wire.Away:
		e.Seat = p.Seat
	case *wire.Back:
		e.Seat = p.Seat
	case *wire.Left:
		e.Seat = p.Seat
	default:
		return e, false
	}
	return e, true
}

const (
	beatTime  = 20 * time.Second // between two signs of life of a stream
	sendTime  = 10 * time.Second // for one write of a stream
	newLine   = "\n"
	eventHead = "data: "
)

// stream writes a table's events, as they happen, to one client.
type stream struct {
	w     http.ResponseWriter
	ctl   *http.ResponseController
	sse   bool
	table *watched
	begun bool
}

// events streams everything that happened at a table and happens from now on: a line of JSON an event
// (NDJSON), or server-sent events for who accepts text/event-stream.
func (s *Site) events(w http.ResponseWriter, r *http.Request) {
	ask, ok := s.watch(w, r)
	if !ok {
		return
	}
	v, err := newViewer(s.cfg.Hub, s.remote(r), s.cfg.Outbound)
	if err != nil {
		s.unseen(w, r, err)
		return
	}
	defer v.end()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	go s.rouse(ctx, cancel, v)
	st := &stream{w: w, ctl: http.NewResponseController(w), sse: strings.Contains(r.Header.Get("Accept"), "text/event-stream")}
	v.do(ask, 0)
	last := time.Now()
	err = v.read(ctx, func(h wire.Header, p wire.Packet) error { last = time.Now(); return st.packet(h, p) }, func() error {
		if time.Since(last) < beatTime {
			return nil
		}
		last = time.Now()
		return st.beat()
	})
	if !st.begun {
		s.unseen(w, r, err)
	}
}

// rouse wakes a stream's reader now and then, and ends it when the site shuts down.
func (s *Site) rouse(ctx context.Context, cancel context.CancelFunc, v *viewer) {
	t := time.NewTicker(beatTime)
	defer t.Stop()
	for {
		select {
		case <-s.stop:
			cancel()
			return
		case <-ctx.Done():
			return
		case <-t.C:
			v.wake()
		}
	}
}

// packet writes what a packet says.
func (st *stream) packet(h wire.Header, p wire.Packet) error {
	if seat, ok := p.(*wire.Seat); ok {
		st.table = newWatched(seat)
		return st.begin()
	}
	if st.table == nil {
		return nil
	}
	move, err := st.table.take(h, p)
	if err != nil {
		return err
	}
	e, ok := event(h, p, move)
	if !ok {
		return nil
	}
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if st.sse {
		line = append([]byte(eventHead), line...)
		line = append(line, newLine...)
	}
	return st.write(append(line, newLine...))
}

// begin sends the headers at once, so that a client knows that the stream stands.
func (st *stream) begin() error {
	h := st.w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // proxies must not hold lines back
	h.Set("Content-Type", "application/x-ndjson")
	if st.sse {
		h.Set("Content-Type", "text/event-stream")
	}
	st.begun = true
	st.w.WriteHeader(http.StatusOK)
	return st.ctl.Flush()
}

// beat shows that the stream stands: a comment, or an empty line.
func (st *stream) beat() error {
	if !st.begun {
		return nil
	}
	if st.sse {
		return st.write([]byte(":" + newLine + newLine))
	}
	return st.write([]byte(newLine))
}

func (st *stream) write(p []byte) error {
	_ = st.ctl.SetWriteDeadline(time.Now().Add(sendTime))
	if _, err := st.w.Write(p); err != nil {
		return err
	}
	return st.ctl.Flush()
}
