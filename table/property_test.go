package table

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"hansu/rules"
	"hansu/store"
)

// TestRandomLives lets clients do anything at all to a table, with restarts in between, and
// checks after each step what must always hold: everyone who is there has heard every record
// once and in order, the stored records make the same table again, and no command has two effects.
func TestRandomLives(t *testing.T) {
	for seed := range uint64(150) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { randomLife(t, seed) })
	}
}

func randomLife(t *testing.T, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 1))
	h := newHarness(t)
	set := []Setting{omokFree, with(omokFree, "0.2+1"), chess("0.3+0"), chess("none"), with(omokFree, "2s/move")}[r.IntN(5)]
	a, b := h.table(set)
	crowd := []*client{a, b, h.client(7, 1)}
	for range 120 {
		var batch []Command
		for range 1 + r.IntN(3) {
			c := crowd[r.IntN(len(crowd))]
			if c.number > 0 && r.IntN(12) == 0 { // sent again
				batch = append(batch, c.again(randomAction(r, h, c), 1+r.Uint32N(c.number)))
				continue
			}
			batch = append(batch, c.cmd(randomAction(r, h, c)))
		}
		h.do(batch...)
		h.pass(rules.Millis(r.IntN(3000)))
		if h.core.Has(1) && h.live().fault != "" {
			t.Fatalf("seed %d: %s", seed, h.live().fault)
		}
		if r.IntN(25) == 0 {
			h.restart()
			for _, c := range crowd {
				c.heard, c.seats = nil, nil
			}
		}
		checkReplay(t, h)
		for _, c := range crowd {
			checkHeard(t, h, c)
		}
	}
}

func randomAction(r *rand.Rand, h *harness, c *client) Action {
	switch r.IntN(16) {
	case 0:
		seen := uint32(0)
		if len(c.heard) > 0 && r.IntN(2) == 0 {
			fmt.Sscanf(c.last(), "%d:", &seen)
		}
		return Attach{Seen: seen}
	case 1:
		return Detach{}
	case 2:
		return Propose{Proposal(r.IntN(5))}
	case 3, 4:
		return Answering{Proposal(r.IntN(5)), Reply(r.IntN(4))}
	case 5:
		return Claiming{What: ClaimKind(r.IntN(6))}
	case 6:
		return Say{"안녕"}
	case 7:
		if r.IntN(10) == 0 {
			return []Action{Resign{}, Leave{}, Sit{Name: "late"}}[r.IntN(3)]
		}
	}
	t := h.live()
	if t == nil || t.game == nil {
		return Move{Ply: AnyPly}
	}
	legal := t.game.Legal(nil)
	if len(legal) == 0 {
		return Resign{}
	}
	return Move{Move: legal[r.IntN(len(legal))], Ply: AnyPly}
}

// checkReplay: what is stored makes the table that there is.
func checkReplay(t *testing.T, h *harness) {
	t.Helper()
	live := h.live()
	core := NewCore(testConfig(h))
	if err := core.Restore(1, first, h.log[1], h.now.Service); err != nil {
		t.Fatal(err)
	}
	again := core.tables[1]
	if live == nil {
		return // swept
	}
	if again.phase != live.phase || again.seq != live.seq || again.clock != live.clock ||
		!reflect.DeepEqual(again.moves, live.moves) && len(live.moves) > 0 {
		t.Fatalf("replay differs at record %d", live.seq)
	}
	if in, err := InfoOf(h.sums[1]); err != nil || in.Phase != live.phase || in.Setting != live.set {
		t.Fatalf("summary %+v, %v", in, err)
	}
	var flags int
	for i := range again.places {
		if again.places[i].away != live.places[i].away || again.places[i].offer != live.places[i].offer {
			flags++
		}
	}
	if flags > 0 {
		t.Fatalf("replay differs in a seat at record %d", live.seq)
	}
}

// checkHeard: a viewer has heard each record once, in order, since it came.
func checkHeard(t *testing.T, h *harness, c *client) {
	t.Helper()
	last := uint32(0)
	for _, s := range c.heard {
		var seq uint32
		fmt.Sscanf(s, "%d:", &seq)
		// A later Attach gives what was seen again; forwards there is never a gap.
		if seq > last+1 && last != 0 {
			t.Fatalf("gap: %v", c.heard)
		}
		last = max(seq, last)
		if seq < last {
			last = seq
		}
	}
	if live := h.live(); live != nil {
		for _, v := range live.viewers {
			if v.viewer == c && v.until == forever && len(c.heard) > 0 && last != live.seq {
				t.Fatalf("a viewer at record %d of %d: %v\n%+v", last, live.seq, c.heard, live.viewers)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	events := []Event{
		Opened{omokFree, 5}, Seated{1, "one", Key{1}}, Started{Game: 1, First: 1, Wall: 9},
		Moved{Seat: 1, Next: 2, Black: 1, Ply: 1, Left: [2]rules.TimeLeft{{Main: 5}, {Main: 6, Periods: 3}}},
		Proposed{1, Draw}, Replied{2, Draw, Decline}, TookBack{Ply: 3, Next: 1, Black: 2}, Ended{Winner: 1, Reason: rules.Five},
		Said{1, "hello"}, Away{2, 60_000}, Back{2}, Left{1},
	}
	for i := range events {
		f.Add(appendRecord(nil, Author{1, 2, 3}, events[i:i+1]))
	}
	f.Add(appendRecord(nil, Author{1, 1 << 31, 3}, events))
	damaged, _ := hex.DecodeString("0101020301ff")
	f.Add(damaged)
	f.Fuzz(func(t *testing.T, p []byte) {
		rec, err := Decode(store.Record{Data: p})
		if err != nil {
			return
		}
		once := appendRecord(nil, rec.By, rec.Events)
		again, err := Decode(store.Record{Data: once})
		if err != nil || !reflect.DeepEqual(rec, again) {
			t.Fatalf("%v: %+v and %+v", err, rec, again)
		}
	})
}
