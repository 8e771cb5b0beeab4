package web

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"hansu/rules"
	"hansu/rules/variants"
	"hansu/wire"
	"hansu/wirerules"
)

// openAPI describes the API; a test holds its answers to it.
//
//go:embed openapi.json
var openAPI []byte

// lookTime bounds the wait for an answer that comes from a table.
const lookTime = 5 * time.Second

// api registers the JSON API.
func (s *Site) api() {
	for address, f := range map[string]http.HandlerFunc{
		"status":                         s.status,
		"tables":                         s.tables,
		"tables/{code}":                  s.table,
		"games":                          s.games,
		"games/{code}/{number}":          s.game,
		"games/{code}/{number}/{record}": s.record,
	} {
		s.mux.HandleFunc("GET /api/v1/"+address, s.limited(f))
	}
	s.mux.HandleFunc("GET /api/v1/tables/{code}/events", s.streaming(s.events))
	s.mux.HandleFunc("GET /api/v1/openapi.json", s.limited(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(openAPI)
	}))
}

// limited answers only so many requests at once, and of each address only so many a second, so that the
// API cannot crowd out the players.
func (s *Site) limited(f http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !s.peers.ask(s.remote(r).Addr(), time.Now()) {
			s.refuse(w, r, http.StatusTooManyRequests, whyRate)
			return
		}
		select {
		case s.looks <- struct{}{}:
			defer func() { <-s.looks }()
			f(w, r)
		default:
			s.refuse(w, r, http.StatusServiceUnavailable, whyBusy)
		}
	}
}

// streaming does the same for streams, which last.
func (s *Site) streaming(f http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		at := s.remote(r).Addr()
		if !s.peers.ask(at, time.Now()) {
			s.refuse(w, r, http.StatusTooManyRequests, whyRate)
			return
		}
		if !s.peers.stream(at) {
			s.refuse(w, r, http.StatusTooManyRequests, whyAddress)
			return
		}
		defer s.peers.streamGone(at)
		select {
		case s.streams <- struct{}{}:
			defer func() { <-s.streams }()
			f(w, r)
		default:
			s.refuse(w, r, http.StatusServiceUnavailable, whyBusy)
		}
	}
}

func answer(w http.ResponseWriter, status int, v any) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(true)
	_ = e.Encode(v)
}

// status answers with what a monitor wants to know.
func (s *Site) status(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{
		"version": s.cfg.Version, "protocol": wire.Version, "clients": s.cfg.Hub.Count(),
		"sockets": s.Sockets(), "streams": len(s.streams), "refused": s.refused.all(),
	})
}

// tableJSON is a table of the lobby.
type tableJSON struct {
	Code    string   `json:"code"`
	Variant string   `json:"variant"`
	Time    string   `json:"time"`
	Names   []string `json:"names"`
}

// tables lists open seats or running games.
func (s *Site) tables(w http.ResponseWriter, r *http.Request) {
	what := map[string]uint8{"": wire.ListOpen, "open": wire.ListOpen, "running": wire.ListRunning}[r.URL.Query().Get("state")]
	if what == 0 {
		s.refuse(w, r, http.StatusBadRequest, whyValue, "state is open or running")
		return
	}
	list := []tableJSON{}
	done := errors.New("done")
	err := s.view(r, func(v *viewer) { v.do(&wire.List{What: what}, 0) }, func(_ wire.Header, p wire.Packet) error {
		switch p := p.(type) {
		case *wire.Entry:
			t := tableJSON{
				Code: p.Code.String(), Variant: variants.Format(wirerules.Variant(p.Variant)),
				Time: wirerules.Timing(p.Timing).String(), Names: []string{},
			}
			for _, n := range p.Names {
				if n := n.String(); n != "" {
					t.Names = append(t.Names, n)
				}
			}
			list = append(list, t)
		case *wire.EndOfList:
			return done
		}
		return nil
	})
	if !errors.Is(err, done) {
		s.unseen(w, r, err)
		return
	}
	answer(w, http.StatusOK, map[string]any{"tables": list})
}

// view connects a viewer, has it ask, and reads until f returns an error.
func (s *Site) view(r *http.Request, ask func(*viewer), f func(wire.Header, wire.Packet) error) error {
	ctx, cancel := context.WithTimeout(r.Context(), lookTime)
	defer cancel()
	v, err := newViewer(s.cfg.Hub, s.remote(r))
	if err != nil {
		return err
	}
	defer v.end()
	ask(v)
	return v.read(ctx, f, nil)
}

// unseen answers when a viewer has not got what it asked for.
func (s *Site) unseen(w http.ResponseWriter, r *http.Request, err error) {
	var no *refusal
	switch {
	case errors.As(err, &no) && no.code == wire.NoTable:
		s.refuse(w, r, http.StatusNotFound, whyTable)
	case errors.As(err, &no) && no.code == wire.TooFast:
		s.refuse(w, r, http.StatusTooManyRequests, whyRate)
	case r.Context().Err() != nil: // the client has gone
	default:
		s.refuse(w, r, http.StatusServiceUnavailable, whyStopping)
	}
}

// watch asks for a table; false: the code is none, and that is answered.
func (s *Site) watch(w http.ResponseWriter, r *http.Request) (*wire.Watch, bool) {
	code := r.PathValue("code")
	c, err := wire.TableCode(code)
	if err != nil || !isCode(code) {
		s.refuse(w, r, http.StatusNotFound, whyTable)
		return nil, false
	}
	return &wire.Watch{Code: c}, true
}

// stateJSON is a table with the game that is played at it now, or was last.
type stateJSON struct {
	Code    string   `json:"code"`
	Variant string   `json:"variant"`
	Time    string   `json:"time"`
	Private bool     `json:"private"`
	Seats   []string `json:"seats"` // names; empty: free
	State   string   `json:"state"`
	Number  uint16   `json:"number"`
	Black   uint8    `json:"black"`
	Turn    uint8    `json:"turn"`
	Winner  uint8    `json:"winner"`
	Reason  string   `json:"reason"`
	Moves   []string `json:"moves"`
	Record  uint32   `json:"record"`
}

func (t *watched) state() stateJSON {
	j := stateJSON{
		Code: t.code, Variant: variants.Format(t.variant), Time: t.time.String(), Private: t.private, Seats: []string{"", ""},
		Number: t.number, Black: t.black, Turn: t.turn, Winner: t.winner, Moves: append([]string{}, t.moves...), Record: t.seen,
	}
	for i, here := range t.here {
		if here {
			j.Seats[i] = t.names[i]
		}
	}
	switch {
	case t.number == 0:
		j.State = "open"
	case t.reason == rules.NoReason:
		j.State = "running"
	default:
		j.State, j.Reason = "over", t.reason.String()
	}
	return j
}

// table answers with a table as it is now.
func (s *Site) table(w http.ResponseWriter, r *http.Request) {
	ask, ok := s.watch(w, r)
	if !ok {
		return
	}
	var t *watched
	done := errors.New("done")
	err := s.view(r, func(v *viewer) { v.do(ask, 0) }, func(h wire.Header, p wire.Packet) error {
		if seat, ok := p.(*wire.Seat); ok {
			t = newWatched(seat)
		} else if t != nil {
			if _, err := t.take(h, p); err != nil {
				return err
			}
		}
		if t != nil && t.caughtUp() {
			return done
		}
		return nil
	})
	if !errors.Is(err, done) {
		s.unseen(w, r, err)
		return
	}
	answer(w, http.StatusOK, t.state())
}
