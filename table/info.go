package table

import (
	"encoding/binary"
	"fmt"

	"hansu/rules"
	"hansu/store"
)

// Info is what the lobby shows of a table. It is comparable.
type Info struct {
	ID      store.TableID
	Seq     uint32 // the record as of which this is so; of two of a table's, the higher one is newer
	Phase   Phase
	Game    uint16
	Setting Setting
	Seats   [2]InfoSeat
	Opened  int64 // wall clock, Unix milliseconds
}

// tell tells the lobby how many moves have been published: that changes too often for an Info.
func (c *Core) tell(t *Table) {
	if now := len(t.moves); now != t.told {
		t.told = now
		if c.cfg.Counted != nil {
			c.cfg.Counted(t.id, now)
		}
	}
}

// InfoSeat is one seat in an Info.
type InfoSeat struct {
	Name  string
	Key   Key
	Taken bool
	Away  bool
	// Instance and Number name the command that seated the player: sent again, also after a
	// restart, it leads here again. Zero: not known.
	Instance, Number uint32
}

func (t *Table) info() Info {
	in := Info{ID: t.id, Setting: t.set, Phase: t.phase, Opened: t.wall, Game: t.gameNo}
	for i := range t.places {
		p := &t.places[i]
		in.Seats[i] = InfoSeat{p.name, p.key, p.taken, p.away, p.came.instance, p.came.number}
	}
	return in
}

// summary is the row that start-up reads; Data holds what Summary's own columns do not.
func (t *Table) summary(in Info) *store.Summary {
	s := &store.Summary{Table: t.id, Code: t.set.Code, Public: t.set.Public, Opened: t.wall}
	switch in.Phase {
	case Waiting:
		s.State = store.Open
	case Shut:
		s.State = store.Shut
	default:
		s.State = store.Active
	}
	for i, p := range in.Seats {
		if p.Taken {
			s.Seats[i] = append([]byte(nil), p.Key[:]...)
		}
	}
	s.Data = Opened{in.Setting, in.Opened}.append([]byte{formatV1, byte(in.Phase)})
	for _, p := range in.Seats {
		s.Data = append(s.Data, flag(p.Away))
		s.Data = appendText(s.Data, p.Name)
	}
	for _, p := range in.Seats { // at the end: rows of earlier versions have none
		s.Data = binary.AppendUvarint(s.Data, uint64(p.Instance))
		s.Data = binary.AppendUvarint(s.Data, uint64(p.Number))
	}
	return s
}

// InfoOf reads a stored summary.
func InfoOf(s store.Summary) (Info, error) {
	d := decoder{p: s.Data}
	if f := d.byte(); f != formatV1 && d.err == nil {
		return Info{}, fmt.Errorf("table %d: unknown summary format %d", s.Table, f)
	}
	in := Info{ID: s.Table, Opened: s.Opened, Seq: s.LastSeq, Phase: Phase(d.byte()), Setting: d.opened().Setting}
	for i := range in.Seats {
		p := &in.Seats[i]
		p.Away = d.byte() != 0
		p.Name = d.text()
		p.Taken = copy(p.Key[:], s.Seats[i]) == len(p.Key)
	}
	for i := range in.Seats {
		if len(d.p) > 0 {
			in.Seats[i].Instance, in.Seats[i].Number = d.uint32(), d.uint32()
		}
	}
	if d.err != nil {
		return Info{}, fmt.Errorf("table %d: %w", s.Table, d.err)
	}
	return in, nil
}

// archive is the row of the game that e ends.
func (t *Table) archive(e Ended) *store.Game {
	g := &store.Game{
		Table: t.id, Number: e.Game, Code: t.set.Code, Variant: t.set.Variant, Time: t.set.Time,
		Outcome: rules.Outcome{Reason: e.Reason, Winner: t.player(e.Winner)},
		Started: t.started, Ended: e.Wall, Plies: uint16(len(t.moves)),
	}
	g.Names[0], g.Names[1] = t.place(t.first).name, t.place(t.first.Other()).name
	for _, m := range t.moves {
		g.Moves = append(g.Moves, byte(m.move.Kind), m.move.From.Col, m.move.From.Row, m.move.To.Col, m.move.To.Row, m.move.Arg)
	}
	return g
}
