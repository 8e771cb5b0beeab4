package archive

import (
	"context"
	"errors"
	"fmt"

	"hansu/client"
	"hansu/rules"
	"hansu/rules/records"
)

// Watch calls f with every game at the table with this code of a running server, in order; the last one may
// still be going on. When the games were played the server does not tell. The error is one of
// client.Dial, a *client.Refused, or f's.
func Watch(ctx context.Context, cfg client.Config, code string, f func(records.Game) error) error {
	c, err := client.Dial(ctx, cfg)
	if err != nil {
		return err
	}
	defer c.Close()
	watch, err := c.Do(client.Watch{Code: code})
	if err != nil {
		return err
	}
	var w watcher
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case e, ok := <-c.Events():
			if !ok {
				return client.ErrClosed
			}
			switch e := e.(type) {
			case client.Offline:
				return e.Err
			case client.Answer:
				if e.Command == watch && e.Err != nil {
					return e.Err
				}
			case client.Record:
				if err := w.record(e, f); err != nil {
					return err
				}
				if e.Number >= e.Table.Past {
					return w.rest(f)
				}
			}
		}
	}
}

// watcher puts the records of one table together.
type watcher struct {
	game    records.Game
	running bool
	broken  bool // a game whose rules this program does not know
	left    []rules.TimeLeft
}

// record takes what happened in one record.
func (w *watcher) record(r client.Record, f func(records.Game) error) error {
	t := r.Table
	for _, happening := range r.Events {
		switch e := happening.(type) {
		case client.Started:
			w.game = records.Game{
				Code: t.Code, Number: int(e.Game), Variant: t.Variant, Time: t.Time,
				First: t.Player(e.First).Name, Second: t.Player(e.First.Other()).Name,
			}
			w.running, w.left = true, nil
		case client.Moved:
			w.left = append(w.left, t.Player(e.Seat).Left)
		case client.TookBack:
			w.left = w.left[:min(int(e.Remain), len(w.left))]
		case client.Ended:
			w.take(t)
			w.game.Outcome = rules.Outcome{Reason: e.Reason, Winner: t.PlayerOf(e.Winner)}
			w.running = false
			if err := w.give(f); err != nil {
				return err
			}
		}
	}
	if w.running {
		w.take(t)
	}
	return nil
}

// take takes the moves that the table has now.
func (w *watcher) take(t *client.Table) {
	w.broken = t.Position == nil
	w.game.Moves = make([]records.Move, len(t.Moves))
	for i, m := range t.Moves {
		w.game.Moves[i] = records.Move{Move: m.Move}
		if t.Time.Timing != rules.Untimed && i < len(w.left) {
			w.game.Moves[i].Left, w.game.Moves[i].Timed = w.left[i], true
		}
	}
}

// rest gives the game that goes on, if one does.
func (w *watcher) rest(f func(records.Game) error) error {
	if !w.running {
		return nil
	}
	return w.give(f)
}

func (w *watcher) give(f func(records.Game) error) error {
	if w.broken {
		return fmt.Errorf("game %d: %w", w.game.Number, errUnknownRules)
	}
	return f(w.game)
}

var errUnknownRules = errors.New("its rules are newer than this program")
