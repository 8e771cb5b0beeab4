package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"hansu/archive"
	"hansu/rules"
	"hansu/rules/records"
	"hansu/rules/variants"
	"hansu/store"
	"hansu/wirerules"
)

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
		s.refuse(w, r, http.StatusNotFound, whyGame)
		return game, false
	}
	err = archive.New(s.cfg.Archive).Game(r.Context(), code, uint16(number), func(g records.Game) error {
		game = g
		return nil
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		s.refuse(w, r, http.StatusNotFound, whyGame)
	case err != nil:
		s.unread(w, r, "game not read", err)
	}
	return game, err == nil
}

// unread answers a request for what could not be read. One whose client has gone has no answer, and is no error.
func (s *Site) unread(w http.ResponseWriter, r *http.Request, what string, err error) {
	if r.Context().Err() != nil {
		return
	}
	s.cfg.Log.Error(what, "error", err)
	s.refuse(w, r, http.StatusInternalServerError, whyServer)
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
		s.refuse(w, r, http.StatusInternalServerError, whyServer)
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
	name, ok := strings.CutPrefix(r.PathValue("record"), "record.")
	format, err := records.ParseFormat(name)
	if !ok || err != nil || mediaTypes[format] == "" {
		s.refuse(w, r, http.StatusNotFound, whyFormat)
		return
	}
	g, ok := s.finished(w, r)
	if !ok {
		return
	}
	var file bytes.Buffer
	if err := records.Write(&file, format, g); err != nil {
		s.refuse(w, r, http.StatusNotFound, whyFormat, "this game has "+strings.Join(formatsOf(g.Variant.Kind), ", "))
		return
	}
	w.Header().Set("Content-Type", mediaTypes[format])
	w.Header().Set("Content-Disposition", `attachment; filename="`+g.Code+"-"+strconv.Itoa(g.Number)+"."+name+`"`)
	w.Header().Set("Cache-Control", "private, max-age=86400")
	_, _ = w.Write(file.Bytes())
}

// The bounds of one answer of games.
const (
	gamesMost  = 50  // in it
	gamesLooks = 500 // rows of the archive that are read for it: most may be of private tables
)

// games lists finished games of public tables, newest first.
func (s *Site) games(w http.ResponseWriter, r *http.Request) {
	table, number, err := cursor(r.URL.Query().Get("before"))
	if err != nil {
		s.refuse(w, r, http.StatusBadRequest, whyValue, "before is what an earlier answer's next said")
		return
	}
	list := []json.RawMessage{}
	var last store.Game // that was looked at
	looked, more := 0, false
	err = s.cfg.Archive.Games(r.Context(), table, number, func(g store.Game) error {
		if more = looked == gamesLooks || len(list) == gamesMost; more {
			return store.ErrStop
		}
		looked++
		last = store.Game{Table: g.Table, Number: g.Number}
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
		s.unread(w, r, "games not read", err)
		return
	}
	next := ""
	if more {
		next = fmt.Sprintf("%d.%d", last.Table, last.Number)
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
