package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
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
	More   bool     `json:"more,omitempty"` // the next event is of the same record
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
	beatTime = 20 * time.Second // between two signs of life of a stream
	sendTime = 10 * time.Second // for one write of a stream
	retry    = 2000             // milliseconds after which a browser comes back
)

// stream writes a table's events, as they happen, to one client.
type stream struct {
	w     http.ResponseWriter
	ctl   *http.ResponseController
	sse   bool
	after uint32 // records up to here are not sent: the client has them
	table *watched
	begun bool
	held  []eventJSON // of a record that is not complete
}

// errAhead: a client says that it has seen what has not happened.
var errAhead = errors.New("web: after the last record")

// events streams everything that happened at a table and happens from now on: a line of JSON an event
// (NDJSON), or server-sent events for who accepts text/event-stream. A client that comes back says which
// record it has, as Last-Event-ID or as after, and gets what came since.
func (s *Site) events(w http.ResponseWriter, r *http.Request) {
	ask, ok := s.watch(w, r)
	if !ok {
		return
	}
	after, ok := s.after(w, r)
	if !ok {
		return
	}
	v, err := newViewer(s.cfg.Hub, s.remote(r))
	if err != nil {
		s.unseen(w, r, err)
		return
	}
	defer v.end()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	go s.rouse(ctx, cancel, v)
	st := &stream{
		w: w, ctl: http.NewResponseController(w), after: after,
		sse: strings.Contains(r.Header.Get("Accept"), "text/event-stream"),
	}
	_ = st.ctl.SetReadDeadline(time.Time{}) // nothing is to come; what was set is for requests
	v.do(ask, 0)
	last := time.Now()
	err = v.read(ctx, func(h wire.Header, p wire.Packet) error { last = time.Now(); return st.packet(h, p) }, func() error {
		if time.Since(last) < beatTime {
			return nil
		}
		last = time.Now()
		return st.beat()
	})
	switch {
	case st.begun:
	case errors.Is(err, errAhead):
		s.refuse(w, r, http.StatusBadRequest, whyValue, "the table has no record of that number yet")
	default:
		s.unseen(w, r, err)
	}
}

// after reads which record a client of a stream has; false: it is none, and that is answered.
func (s *Site) after(w http.ResponseWriter, r *http.Request) (uint32, bool) {
	text := r.Header.Get("Last-Event-ID")
	if text == "" {
		text = r.URL.Query().Get("after")
	}
	if text == "" {
		return 0, true
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		s.refuse(w, r, http.StatusBadRequest, whyValue, "Last-Event-ID and after are a record's number")
	}
	return uint32(n), err == nil
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

// packet takes in what a packet says, and writes a record's events once it is complete: a client
// has seen all of a record or nothing of it.
func (st *stream) packet(h wire.Header, p wire.Packet) error {
	if seat, ok := p.(*wire.Seat); ok {
		if st.after > seat.Last {
			return errAhead
		}
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
	if e, ok := event(h, p, move); ok && h.Number > st.after {
		st.held = append(st.held, e)
	}
	if h.Number == 0 || h.Flags&wire.More != 0 || len(st.held) == 0 {
		return nil
	}
	held := st.held
	st.held = st.held[:0]
	return st.record(held)
}

// record writes the events of one record. Only the last has the number by which a browser comes back.
func (st *stream) record(all []eventJSON) error {
	var out bytes.Buffer
	for i, e := range all {
		e.More = i < len(all)-1
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		switch {
		case !st.sse:
			fmt.Fprintf(&out, "%s\n", line)
		case e.More:
			fmt.Fprintf(&out, "data: %s\n\n", line)
		default:
			fmt.Fprintf(&out, "id: %d\ndata: %s\n\n", e.Record, line)
		}
	}
	return st.write(out.Bytes())
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
	if st.sse {
		return st.write(fmt.Appendf(nil, "retry: %d\n\n", retry))
	}
	return st.ctl.Flush()
}

// beat shows that the stream stands: a comment, or an empty line.
func (st *stream) beat() error {
	if !st.begun {
		return nil
	}
	if st.sse {
		return st.write([]byte(":\n\n"))
	}
	return st.write([]byte("\n"))
}

func (st *stream) write(p []byte) error {
	_ = st.ctl.SetWriteDeadline(time.Now().Add(sendTime))
	if _, err := st.w.Write(p); err != nil {
		return err
	}
	return st.ctl.Flush()
}
