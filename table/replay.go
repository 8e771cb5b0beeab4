package table

import (
	"fmt"

	"hansu/rules"
	"hansu/store"
)

// Story is what a table's records tell.
type Story struct {
	Info  Info         // after the last record
	Games []store.Game // those that ended and count, in order
}

// Replay plays stored records from the first one on by the rules, as a server that starts does, and
// says what they come to. The error names the first record that does not fit.
func Replay(id store.TableID, records []store.Record) (Story, error) {
	t := &Table{id: id}
	var s Story
	for _, r := range records {
		rec, err := Decode(r)
		if err != nil {
			return s, err
		}
		if r.At < t.at {
			return s, fmt.Errorf("table %d record %d: it is of %d, the record before of %d", id, r.Seq, r.At, t.at)
		}
		if err := t.apply(rec); err != nil {
			return s, err
		}
		for _, e := range rec.Events {
			if e, ok := e.(Ended); ok && e.Reason != rules.Aborted {
				s.Games = append(s.Games, *t.archive(e))
			}
		}
	}
	s.Info = t.info()
	return s, nil
}
