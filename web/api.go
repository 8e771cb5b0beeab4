package web

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"hansu/archive"
	"hansu/rules"
	"hansu/rules/records"
	"hansu/rules/variants"
	"hansu/store"
	"hansu/wire"
	"hansu/wirerules"
)

// openAPI describes the API; a test holds its answers to it.
//
//go:embed openapi.json
var openAPI []byte

// The bounds of the API.
const (
	gamesMost  = 50              // games in one answer
	lookTime   = 5 * time.Second // for an answer that comes from a table
	formatsDoc = "pgn, sgf, psq, moves, json"
)

// api registers the JSON API.
func (s *Site) api() {
	s.mux.HandleFunc("GET /api/v1/openapi.json", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(openAPI)
	})
	s.mux.HandleFunc("GET /api/v1/tables", s.limited(s.tables))
	s.mux.HandleFunc("GET /api/v1/tables/{code}", s.limited(s.table))
	s.mux.HandleFunc("GET /api/v1/tables/{code}/events", s.limited(s.events))
	s.mux.HandleFunc("GET /api/v1/games", s.limited(s.games))
	s.mux.HandleFunc("GET /api/v1/games/{code}/{number}", s.limited(s.game))
	s.mux.HandleFunc("GET /api/v1/games/{code}/{number}/{file}", s.limited(s.record))
	s.mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) { s.fail(w, r, http.StatusNotFound, "no such address") })
}

// limited answers only so many requests at once, so that the API cannot crowd out the players.
func (s *Site) limited(f http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		select {
		case s.streams <- struct{}{}:
			defer func() { <-s.streams }()
			f(w, r)
		default:
			w.Header().Set("Retry-After", "2")
			s.fail(w, r, http.StatusServiceUnavailable, "too many requests at once")
		}
	}
}

// fail answers with an error.
func (s *Site) fail(w http.ResponseWriter, r *http.Request, status int, why string) {
	s.refused.Add(1)
	s.cfg.Log.Debug("request failed", "remote", s.remote(r).String(), "path", r.URL.Path, "status", status, "why", why)
	answer(w, status, map[string]string{"error": why})
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
		s.fail(w, r, http.StatusBadRequest, "state is open or running")
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
	v, err := newViewer(s.cfg.Hub, s.remote(r), s.cfg.Outbound)
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
		s.fail(w, r, http.StatusNotFound, "no such table")
	case errors.As(err, &no) && no.code == wire.TooFast:
		s.fail(w, r, http.StatusTooManyRequests, no.text)
	case r.Context().Err() != nil:
	default:
		s.fail(w, r, http.StatusServiceUnavailable, "the server does not answer")
	}
}

// watch asks for a table; false: the code is none, and that is answered.
func (s *Site) watch(w http.ResponseWriter, r *http.Request) (*wire.Watch, bool) {
	code := r.PathValue("code")
	c, err := wire.TableCode(code)
	if err != nil || !isCode(code) {
		s.fail(w, r, http.StatusNotFound, "no such table")
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

// gameJSON writes a finished game: what records writes, and the moves in coordinates.
func gameJSON(g records.Game) (json.RawMessage, error) {
	var line bytes.Buffer
	if err := records.Write(&line, records.JSON, g); err != nil {
		return nil, err
	}
	fields := map[string]any{}
	d := json.NewDecoder(&line)
	d.UseNumber()
	if err := d.Decode(&fields); err != nil {
		return nil, err
	}
	v := wirerules.ToVariant(variants.Normal(g.Variant))
	fields["setting"] = map[string]int{
		"kind": int(v.Kind), "rules": int(v.Rules), "size": int(v.Size), "opening": int(v.Opening), "start": int(v.Start), "flags": int(v.Flags),
	}
	coordinates := make([][6]int, len(g.Moves))
	for i, m := range g.Moves {
		coordinates[i] = [6]int{int(m.Kind), int(m.From.Col), int(m.From.Row), int(m.To.Col), int(m.To.Row), int(m.Arg)}
	}
	fields["coordinates"] = coordinates
	fields["winner"] = fields["result"]
	fields["reason_number"] = int(g.Outcome.Reason)
	fields["formats"] = formatsOf(g.Variant.Kind)
	return json.Marshal(fields)
}

// formatsOf lists the formats a game can be written in.
func formatsOf(k rules.Kind) []string {
	if k == rules.Chess {
		return []string{"pgn", "json"}
	}
	return []string{"sgf", "psq", "moves", "json"}
}

// finished reads the game of a request; false: it is not there, and that is answered.
func (s *Site) finished(w http.ResponseWriter, r *http.Request) (records.Game, bool) {
	var game records.Game
	number, err := strconv.ParseUint(r.PathValue("number"), 10, 16)
	code := strings.ToUpper(r.PathValue("code"))
	if err != nil || number == 0 || !isCode(code) {
		s.fail(w, r, http.StatusNotFound, "no such game")
		return game, false
	}
	err = archive.New(s.cfg.Archive).Game(r.Context(), code, uint16(number), func(g records.Game) error {
		game = g
		return nil
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		s.fail(w, r, http.StatusNotFound, "no such game")
	case err != nil:
		s.cfg.Log.Error("game not read", "error", err)
		s.fail(w, r, http.StatusInternalServerError, "the game could not be read")
	}
	return game, err == nil
}

// game answers with a finished game.
func (s *Site) game(w http.ResponseWriter, r *http.Request) {
	g, ok := s.finished(w, r)
	if !ok {
		return
	}
	j, err := gameJSON(g)
	if err != nil {
		s.cfg.Log.Error("game not written", "error", err)
		s.fail(w, r, http.StatusInternalServerError, "the game could not be written")
		return
	}
	answer(w, http.StatusOK, j)
}

// mediaTypes are the formats' Content-Types.
var mediaTypes = map[records.Format]string{
	records.PGN: "application/vnd.chess-pgn; charset=utf-8", records.SGF: "application/x-go-sgf; charset=utf-8",
	records.PSQ: "text/plain; charset=utf-8", records.Moves: "text/plain; charset=utf-8", records.JSON: "application/json",
}

// record answers with a finished game as a file.
func (s *Site) record(w http.ResponseWriter, r *http.Request) {
	name, ok := strings.CutPrefix(r.PathValue("file"), "record.")
	format, err := records.ParseFormat(name)
	if !ok || err != nil || mediaTypes[format] == "" {
		s.fail(w, r, http.StatusNotFound, "a record's format is one of "+formatsDoc)
		return
	}
	g, ok := s.finished(w, r)
	if !ok {
		return
	}
	var file bytes.Buffer
	if err := records.Write(&file, format, g); err != nil {
		s.fail(w, r, http.StatusNotAcceptable, "this game has no such format: "+strings.Join(formatsOf(g.Variant.Kind), ", "))
		return
	}
	w.Header().Set("Content-Type", mediaTypes[format])
	w.Header().Set("Content-Disposition", `attachment; filename="`+g.Code+"-"+strconv.Itoa(g.Number)+"."+name+`"`)
	w.Header().Set("Cache-Control", "public, max-age=86400")
	_, _ = w.Write(file.Bytes())
}

// games lists finished games of public tables, newest first.
func (s *Site) games(w http.ResponseWriter, r *http.Request) {
	table, number, err := cursor(r.URL.Query().Get("before"))
	if err != nil {
		s.fail(w, r, http.StatusBadRequest, "before is what an earlier answer's next said")
		return
	}
	list := []json.RawMessage{}
	next, looked := "", 0
	err = s.cfg.Archive.Games(r.Context(), table, number, func(g store.Game) error {
		if looked++; looked > 10*gamesMost || len(list) == gamesMost {
			return store.ErrStop
		}
		next = strconv.FormatUint(uint64(g.Table), 10) + "." + strconv.FormatUint(uint64(g.Number), 10)
		if !s.cfg.Public(g.Code) {
			return nil
		}
		game, err := archive.FromStore(g)
		if err != nil {
			return err
		}
		j, err := gameJSON(game)
		list = append(list, j)
		return err
	})
	if err != nil {
		s.cfg.Log.Error("games not read", "error", err)
		s.fail(w, r, http.StatusInternalServerError, "the games could not be read")
		return
	}
	if looked <= len(list) && looked < gamesMost {
		next = ""
	}
	answer(w, http.StatusOK, map[string]any{"games": list, "next": next})
}

// cursor reads a place in the archive.
func cursor(text string) (store.TableID, uint16, error) {
	if text == "" {
		return 0, 0, nil
	}
	a, b, _ := strings.Cut(text, ".")
	table, err := strconv.ParseUint(a, 10, 32)
	number, err2 := strconv.ParseUint(b, 10, 16)
	return store.TableID(table), uint16(number), errors.Join(err, err2)
}
