package records

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"hansu/rules"
	"hansu/rules/chess"
	"hansu/rules/chess/pgn"
	"hansu/rules/omok/record"
	"hansu/rules/variants"
)

// program is what files name as the program that wrote them.
const program = "Hansu"

// Write writes g to w in one of the formats PGN, SGF, PSQ, Moves and JSON; games may be
// written one after another. The error wraps ErrFormat if the format cannot hold such a game;
// that and a move that is not legal are found before anything is written.
func Write(w io.Writer, f Format, g Game) error {
	if err := holds(f, g.Variant.Kind); err != nil {
		return err
	}
	switch f {
	case JSON:
		return writeJSON(w, g)
	case PGN:
		return writePGN(w, g)
	}
	return writeOmok(w, f, g)
}

// holds returns an error if a format is not for this game.
func holds(f Format, k rules.Kind) error {
	switch f {
	case JSON:
		return nil
	case PGN:
		if k == rules.Chess {
			return nil
		}
	case SGF, PSQ, Moves:
		if k == rules.Omok {
			return nil
		}
	default:
		return fmt.Errorf("%w: %v is only read", ErrFormat, f)
	}
	return fmt.Errorf("%w: %v is not for %v", ErrFormat, f, k)
}

// writePGN writes a game of chess.
func writePGN(w io.Writer, g Game) error {
	start, err := chess.New(g.Variant)
	if err != nil {
		return err
	}
	moves := make([]rules.Move, len(g.Moves))
	for i, m := range g.Moves {
		moves[i] = m.Move
	}
	rec, err := pgn.New(start, moves)
	if err != nil {
		return err
	}
	for i, m := range g.Moves {
		rec.Moves[i].Clock, rec.Moves[i].HasClock = g.showing(m), m.Timed
	}
	rec.Result = pgn.ResultOf(start, g.Outcome)
	for _, t := range g.tags() {
		if t.Value != "" {
			rec.Set(t.Name, t.Value)
		}
	}
	return pgn.Write(w, rec)
}

// tags are the header of a game of chess. White acts first.
func (g *Game) tags() []pgn.Tag {
	date, clock := dateAndTime(g.Started)
	control, exact := timeTag(g.Time)
	tags := []pgn.Tag{
		{Name: "Event", Value: program}, {Name: "Date", Value: strings.ReplaceAll(date, "-", ".")},
		{Name: "White", Value: g.First}, {Name: "Black", Value: g.Second},
		{Name: "UTCDate", Value: strings.ReplaceAll(date, "-", ".")}, {Name: "UTCTime", Value: clock},
		{Name: "TimeControl", Value: control}, {Name: "Termination", Value: termination(g.Outcome.Reason)},
		{Name: "Table", Value: g.Code},
	}
	if g.Number > 0 {
		tags = append(tags, pgn.Tag{Name: "Round", Value: strconv.Itoa(g.Number)})
	}
	if !exact {
		tags = append(tags, pgn.Tag{Name: "TimeSetting", Value: g.Time.String()})
	}
	if g.Outcome.Over() {
		tags = append(tags, pgn.Tag{Name: "Reason", Value: g.Outcome.Reason.String()})
	}
	return tags
}

// dateAndTime cuts an RFC 3339 time into its date and its time of day.
func dateAndTime(stamp string) (date, clock string) {
	date, clock, _ = strings.Cut(stamp, "T")
	clock, _, _ = strings.Cut(strings.TrimSuffix(clock, "Z"), ".")
	return date, clock
}

// timeTag writes a time control as PGN does (standard, 9.6.1), in whole seconds; exact is
// false where that does not say all.
func timeTag(tc rules.TimeControl) (text string, exact bool) {
	if tc.Main%1000 != 0 || tc.Extra%1000 != 0 {
		return "?", false
	}
	main, extra := tc.Main/1000, tc.Extra/1000
	switch tc.Timing {
	case rules.Untimed:
		return "-", true
	case rules.Fischer:
		if main == 0 {
			main = extra // the clock starts with one increment
		}
		if extra == 0 {
			return fmt.Sprint(main), true
		}
		return fmt.Sprintf("%d+%d", main, extra), true
	case rules.Canadian:
		return fmt.Sprintf("%d:%d/%d", main, tc.Stones, extra), true
	case rules.PerMove, rules.Correspondence:
		return fmt.Sprintf("1/%d", extra), true
	}
	return "?", false
}

// termination is the value of PGN's tag of that name (standard, 9.8.1).
func termination(r rules.Reason) string {
	switch r {
	case rules.NoReason:
		return "unterminated"
	case rules.Flag, rules.FlagDraw:
		return "time forfeit"
	case rules.Abandoned, rules.AbandonedDraw, rules.Aborted:
		return "abandoned"
	}
	return "normal"
}

// writeOmok writes a game of omok as SGF, psq or a list of moves.
func writeOmok(w io.Writer, f Format, g Game) error {
	moves := make([]rules.Move, len(g.Moves))
	for i, m := range g.Moves {
		moves[i] = m.Move
	}
	date, _ := dateAndTime(g.Started)
	about := record.About{First: g.First, Second: g.Second, Date: date, Program: program}
	rec, err := record.FromMoves(g.Variant, moves, about, g.Outcome)
	if err != nil {
		return err
	}
	switch f {
	case SGF:
		rec.Comment = g.remark()
		return rec.WriteSGF(w)
	case PSQ:
		if err := rec.WritePSQ(w); !errors.Is(err, record.ErrPSQ) {
			return err
		}
		return fmt.Errorf("%w: psq has no passes", ErrFormat)
	}
	return rec.WriteMoves(w)
}

// remark is what SGF has no property for.
func (g *Game) remark() string {
	parts := []string{"Variant: " + variants.Format(g.Variant), "Time: " + g.Time.String()}
	if g.Code != "" {
		parts = append([]string{fmt.Sprintf("Table: %s, game %d", g.Code, g.Number)}, parts...)
	}
	if g.Outcome.Over() {
		parts = append(parts, "Ended by: "+g.Outcome.Reason.String())
	}
	return strings.Join(parts, "\n")
}

// line is a game as a line of JSON has it.
type line struct {
	Code    string         `json:"code,omitempty"`
	Number  int            `json:"number,omitempty"`
	Variant string         `json:"variant"`
	Time    string         `json:"time,omitempty"`
	First   string         `json:"first,omitempty"`
	Second  string         `json:"second,omitempty"`
	Black   string         `json:"black,omitempty"`
	White   string         `json:"white,omitempty"`
	Started string         `json:"started,omitempty"`
	Ended   string         `json:"ended,omitempty"`
	Result  string         `json:"result,omitempty"`
	Reason  string         `json:"reason,omitempty"`
	Moves   []string       `json:"moves"`
	LeftMS  []rules.Millis `json:"left_ms,omitempty"`
}

func writeJSON(w io.Writer, g Game) error {
	game, err := variants.Start(g.Variant)
	if err != nil {
		return err
	}
	l := line{
		Code: g.Code, Number: g.Number, Variant: variants.Format(g.Variant), Time: g.Time.String(),
		First: g.First, Second: g.Second, Started: g.Started, Ended: g.Ended,
		Moves: make([]string, 0, len(g.Moves)),
	}
	timed := len(g.Moves) > 0
	for i, m := range g.Moves {
		l.Moves = append(l.Moves, game.Format(m.Move))
		l.LeftMS = append(l.LeftMS, g.showing(m))
		timed = timed && m.Timed
		if game, err = game.Play(m.Move); err != nil {
			return fmt.Errorf("move %d: %w", i+1, err)
		}
	}
	if !timed {
		l.LeftMS = nil
	}
	l.Black, l.White = g.First, g.Second
	if game.Side(rules.First) == rules.White {
		l.Black, l.White = l.White, l.Black
	}
	l.Result = resultName(game, g.Outcome)
	if g.Outcome.Over() {
		l.Reason = g.Outcome.Reason.String()
	}
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

// resultName writes an outcome by colour.
func resultName(g rules.Game, o rules.Outcome) string {
	switch {
	case o.Draw():
		return "draw"
	case o.Winner != rules.NoPlayer:
		return g.Side(o.Winner).String()
	}
	return "none"
}
