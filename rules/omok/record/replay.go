package record

import (
	"fmt"

	"hansu/rules"
	"hansu/rules/omok"
)

// Replay plays the record by the rules and returns the game as it stands after the last
// move. Where the record does not say what is played, fallback does. The error is an *Error with the line
// of the move that is not legal.
//
// SGF and psq keep stones, not an opening's choices: they are replayed with the free opening,
// and players First and Second are black and white.
func (r *Record) Replay(fallback rules.Variant) (omok.Game, error) {
	return r.replay(fallback, func(omok.Game, rules.Move, *Entry) {})
}

// replay is Replay that shows every move with the game before it.
func (r *Record) replay(fallback rules.Variant, see func(omok.Game, rules.Move, *Entry)) (omok.Game, error) {
	g, err := r.start(fallback)
	if err != nil {
		return g, err
	}
	for i := range r.Moves {
		e := &r.Moves[i]
		m := e.Move
		if e.Text != "" {
			if m, err = g.Parse(e.Text); err != nil {
				return g, illegal(e.Line, i+1, e.Text, err)
			}
		}
		text := e.Text
		if text == "" {
			text = g.Format(m)
		}
		if e.Side != rules.NoSide && e.Side != g.Next() && !g.Outcome().Over() {
			return g, broken(e.Line, "move %d, %s: %v moves, but it is %v's turn", i+1, text, e.Side, g.Next())
		}
		after, err := g.After(m)
		if err != nil {
			return g, illegal(e.Line, i+1, text, err)
		}
		see(g, m, e)
		g = after
	}
	return g, nil
}

// start returns the game before the record's first move.
func (r *Record) start(fallback rules.Variant) (omok.Game, error) {
	v := r.Variant
	v.Kind = rules.Omok
	if v.Rules == 0 {
		v.Rules = fallback.Rules
		v.ForbiddenLoses = fallback.ForbiddenLoses
	}
	if v.Size == 0 {
		v.Size = fallback.Size
	}
	if v.Opening == 0 && r.Format == Moves {
		v.Opening = fallback.Opening
	}
	if len(r.Setup) == 0 && r.Next != rules.White {
		g, err := omok.New(v)
		if err != nil {
			return g, &Error{Line: r.Line, Reason: err.Error(), Err: err}
		}
		return g, nil
	}
	if v.Size == 0 {
		v.Size = 15
	}
	b, err := omok.NewBoard(int(v.Size))
	if err != nil {
		return omok.Game{}, &Error{Line: r.Line, Reason: err.Error(), Err: err}
	}
	for _, s := range r.Setup {
		if !b.Contains(s.Point) {
			return omok.Game{}, broken(r.Line, "set-up stone on %v, outside the board", s.Point)
		}
		b.Put(s.Point, s.Side)
	}
	g, err := omok.NewFrom(v, b, r.firstMover())
	if err != nil {
		return g, &Error{Line: r.Line, Reason: err.Error(), Err: err}
	}
	return g, nil
}

// firstMover returns who moves first after the set-up.
func (r *Record) firstMover() rules.Side {
	if r.Next != rules.NoSide {
		return r.Next
	}
	if len(r.Moves) > 0 && r.Moves[0].Side != rules.NoSide {
		return r.Moves[0].Side
	}
	return rules.Black
}

func illegal(line, number int, text string, err error) *Error {
	return &Error{Line: line, Reason: fmt.Sprintf("move %d, %.40s: %v", number, text, err), Err: err}
}

// Agreement compares what a file says of a game's end with what the board says.
type Agreement uint8

// The agreements.
const (
	Unsaid     Agreement = iota // the file says nothing of the end
	Open                        // the board does not decide: resignation, time or agreement may
	Agrees                      // both say the same
	Contradict                  // they say different things
)

// Agreement compares the record's result with the game that Replay returned.
func (r *Record) Agreement(g omok.Game) Agreement {
	o := g.Outcome()
	switch {
	case !r.Result.Known:
		return Unsaid
	case !o.Over():
		if r.Result.Reason == rules.Five || r.Result.Reason == rules.BoardFull || r.Result.Reason == rules.Passes {
			return Contradict // it says that the board decided
		}
		return Open
	case g.Side(o.Winner) == r.Result.Winner:
		return Agrees
	}
	return Contradict
}

// About is what a record says besides the moves.
type About struct {
	First, Second string // names of the players, not by colour
	Date          string // YYYY-MM-DD
	Event, Place  string
	Program       string
}

// FromMoves makes the record of a game from its moves, an opening's choices among them.
// outcome is how it ended, by resignation and time as well; the zero value: it has not. The error
// is an *rules.Illegal or one of omok.New.
func FromMoves(v rules.Variant, moves []rules.Move, about About, outcome rules.Outcome) (*Record, error) {
	g, err := omok.New(v)
	if err != nil {
		return nil, err
	}
	r := &Record{Format: Moves, Line: 1, Variant: g.Variant(), Date: about.Date, Event: about.Event, Place: about.Place, Program: about.Program}
	for _, m := range moves {
		text := g.Format(m)
		after, err := g.After(m)
		if err != nil {
			return nil, err
		}
		r.Moves = append(r.Moves, Entry{Line: 1, Text: text})
		g = after
	}
	r.Black, r.White = about.First, about.Second
	if g.Side(rules.First) == rules.White {
		r.Black, r.White = r.White, r.Black
	}
	if outcome.Over() && outcome.Reason != rules.Aborted {
		r.Result = Result{Known: true, Winner: g.Side(outcome.Winner), Reason: outcome.Reason}
	}
	return r, nil
}

// stone is a stone or a pass in the order of play, whatever the opening's protocol was.
type stone struct {
	side  rules.Side
	point rules.Point
	pass  bool
	entry *Entry
}

// stones replays the record and returns its stones and passes in order, and the game.
func (r *Record) stones() ([]stone, omok.Game, error) {
	var out []stone
	g, err := r.replay(rules.Variant{}, func(before omok.Game, m rules.Move, e *Entry) {
		switch {
		case m.Kind == rules.Pass:
			out = append(out, stone{side: before.Next(), pass: true, entry: e})
		case m.Kind == rules.Play:
			out = append(out, stone{side: before.Next(), point: m.To, entry: e})
		case m.Kind == rules.Choose && before.Phase() == omok.Picking:
			out = append(out, stone{side: before.Next(), point: before.Opening().Offered[m.Arg-1], entry: e})
		}
	})
	return out, g, err
}
