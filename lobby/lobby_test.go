package lobby

import (
	"fmt"
	"sync"
	"testing"

	"hansu/rules"
	"hansu/table"
)

var (
	omok  = rules.Variant{Kind: rules.Omok, Rules: rules.Standard, Size: 15}
	chess = rules.Variant{Kind: rules.Chess, Rules: rules.Orthodox, Size: 8}
	none  rules.TimeControl
	blitz = rules.TimeControl{Timing: rules.Fischer, Main: 300_000, Extra: 3000}
)

func player(n byte, number uint32) Player {
	return Player{Key: table.Key{n}, Instance: uint32(n), Number: number}
}

func yes(Seat) bool { return true }

func join(t *testing.T, l *Lobby, p Player, v rules.Variant, tc rules.TimeControl) Seat {
	t.Helper()
	s, ok := l.Join(p, v, tc, yes)
	if !ok {
		t.Fatal("not submitted")
	}
	return s
}

// opened is what a table reports once a Create is durable, active once a Sit is.
func opened(s Seat, p Player, public bool) table.Info {
	in := table.Info{ID: s.Table, Phase: table.Waiting}
	in.Setting = table.Setting{Code: s.Code, Variant: omok, Public: public}
	in.Seats[0] = table.InfoSeat{Name: "x", Key: p.Key, Taken: true, Instance: p.Instance, Number: p.Number}
	return in
}

func active(in table.Info, p Player) table.Info {
	in.Phase = table.Playing
	in.Seats[1] = table.InfoSeat{Name: "y", Key: p.Key, Taken: true, Instance: p.Instance, Number: p.Number}
	return in
}

func TestFirstComeFirstSeated(t *testing.T) {
	l := New(10)
	a := join(t, l, player(1, 1), omok, none)
	if a.How != Create || a.Table != 11 || len(a.Code) != CodeLength {
		t.Fatalf("%+v", a)
	}
	if s := join(t, l, player(2, 1), chess, none); s.How != Create {
		t.Fatalf("another game: %+v", s)
	}
	if s := join(t, l, player(3, 1), omok, blitz); s.How != Create {
		t.Fatalf("another time: %+v", s)
	}
	if s := join(t, l, player(4, 1), omok, none); s.How != Sit || s.Table != a.Table {
		t.Fatalf("the second: %+v", s)
	}
	if s := join(t, l, player(5, 1), omok, none); s.How != Create {
		t.Fatalf("the seat was promised: %+v", s)
	}
}

// again is a seat that is offered to the same command once more.
func again(s Seat) Seat {
	s.New = false
	return s
}

// TestSameCommand: a command that is sent again leads to the same table.
func TestSameCommand(t *testing.T) {
	l := New(0)
	a := join(t, l, player(1, 1), omok, none)
	if s := join(t, l, player(1, 1), omok, none); s != again(a) || !a.New {
		t.Fatalf("%+v, then %+v", a, s)
	}
	l.Changed(opened(a, player(1, 1), true))
	if s := join(t, l, player(1, 1), omok, none); s.Table != a.Table || s.How != Sit {
		t.Fatalf("%+v, then %+v", a, s)
	}
	// Another command of the same player, perhaps from another window: the same wait.
	if s := join(t, l, player(1, 2), omok, none); s.Table != a.Table || s.How != Own {
		t.Fatalf("%+v", s)
	}
	b := join(t, l, player(2, 9), omok, none)
	if s := join(t, l, player(2, 9), omok, none); s != b || b.Table != a.Table {
		t.Fatalf("%+v, then %+v", b, s)
	}
}

func TestNobodyIsPairedWithTheAbsent(t *testing.T) {
	l := New(0)
	a := join(t, l, player(1, 1), omok, none)
	in := opened(a, player(1, 1), true)
	in.Seats[0].Away = true
	l.Changed(in)
	if s := join(t, l, player(2, 1), omok, none); s.How != Create {
		t.Fatalf("%+v", s)
	}
	if n := len(l.List(table.Waiting, 10)); n != 0 { // the second table is not durable yet
		t.Fatalf("%d open seats", n)
	}
	l.Present(a.Table, 1)
	if s := join(t, l, player(3, 1), omok, none); s.How != Sit || s.Table != a.Table {
		t.Fatalf("%+v", s)
	}
}

func TestRestored(t *testing.T) {
	l := New(7)
	in := opened(Seat{Table: 3, Code: "ABCDEFGH"}, player(1, 1), true)
	l.Restored(in)
	if s := join(t, l, player(2, 1), omok, none); s.How != Create || s.Table != 8 {
		t.Fatalf("paired with someone who has not come back: %+v", s)
	}
	if got := l.TablesOf(table.Key{1}); len(got) != 1 || got[0] != 3 {
		t.Fatalf("tables %v", got)
	}
	l.Present(3, 1)
	if s := join(t, l, player(4, 1), omok, none); s.Table != 3 {
		t.Fatalf("%+v", s)
	}
}

func TestRefusedSeat(t *testing.T) {
	l := New(0)
	a := join(t, l, player(1, 1), omok, none)
	l.Changed(opened(a, player(1, 1), true))
	join(t, l, player(2, 1), omok, none)
	l.NotSeated(table.Key{2}, a.Table, false)
	if n := l.Count(table.Key{2}); n != 0 {
		t.Fatalf("still at %d tables", n)
	}
	if s := join(t, l, player(3, 1), omok, none); s.Table != a.Table {
		t.Fatalf("the seat is free again: %+v", s)
	}
	l.NotSeated(table.Key{3}, a.Table, true)
	if s := join(t, l, player(4, 1), omok, none); s.Table == a.Table {
		t.Fatalf("sent to a table that is no more")
	}
}

func TestNotCreated(t *testing.T) {
	l := New(0)
	a := join(t, l, player(1, 1), omok, none)
	l.NotCreated(a.Table)
	if _, ok := l.Find(a.Code); ok || l.Count(table.Key{1}) != 0 {
		t.Fatal("still known")
	}
	if s, ok := l.Join(player(1, 2), omok, none, func(Seat) bool { return false }); ok || l.Count(table.Key{1}) != 0 {
		t.Fatalf("kept although it was not submitted: %+v", s)
	}
}

func TestPrivateTable(t *testing.T) {
	l := New(0)
	a, _ := l.Open(player(1, 1), omok, none, false, yes)
	l.Changed(opened(a, player(1, 1), false))
	if s := join(t, l, player(2, 1), omok, none); s.Table == a.Table {
		t.Fatal("a private table was given away")
	}
	if len(l.List(table.Waiting, 10)) != 0 {
		t.Fatal("a private table is listed")
	}
	if _, known, _ := l.Enter(player(3, 1), "ZZZZZZZZ", yes); known {
		t.Fatal("a code that does not exist")
	}
	s, known, ok := l.Enter(player(3, 1), Code("  "+a.Code[:4]+"-"+a.Code[4:]), yes)
	if !known || !ok || s.How != Sit || s.Table != a.Table {
		t.Fatalf("%+v", s)
	}
	if s, _, _ := l.Enter(player(1, 2), a.Code, yes); s.How != Own {
		t.Fatalf("the opener comes back: %+v", s)
	}
	l.Changed(active(opened(a, player(1, 1), false), player(3, 1)))
	if got := l.TablesOf(table.Key{3}); len(got) != 1 {
		t.Fatalf("tables %v", got)
	}
	shut := active(opened(a, player(1, 1), false), player(3, 1))
	shut.Phase = table.Shut
	l.Changed(shut)
	if _, ok := l.Find(a.Code); ok || l.Count(table.Key{1})+l.Count(table.Key{3}) != 0 {
		t.Fatal("a shut table is still known")
	}
}

// TestEverybodyIsPairedOnce: many come at the same time; no seat is given away twice, and nobody
// who creates a table is sent to it after the one who sits down.
func TestEverybodyIsPairedOnce(t *testing.T) {
	l := New(0)
	var mu sync.Mutex
	order := map[string][]How{}
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			p := Player{Key: table.Key{byte(i), byte(i >> 8), 1}, Instance: 1, Number: 1}
			l.Join(p, omok, none, func(s Seat) bool {
				mu.Lock()
				defer mu.Unlock()
				k := fmt.Sprint(s.Table)
				order[k] = append(order[k], s.How)
				return true
			})
		})
	}
	all.Wait()
	if len(order) != 100 {
		t.Fatalf("%d tables for 200 players", len(order))
	}
	for k, hows := range order {
		if len(hows) != 2 || hows[0] != Create || hows[1] != Sit {
			t.Fatalf("table %s: %v", k, hows)
		}
	}
}

// TestPromiseThatNobodyAnswers: whoever was sent to a seat that another got, and is never told by the table, for it is at a node
// that is gone, keeps no seat for that.
func TestPromiseThatNobodyAnswers(t *testing.T) {
	l := New(0)
	a, b, c := player(1, 1), player(2, 1), player(3, 1)
	s := join(t, l, a, omok, none)
	in := opened(s, a, true)
	l.Changed(in)
	if s := join(t, l, b, omok, none); s.How != Sit {
		t.Fatalf("%+v", s)
	}
	in = active(in, c)
	l.Changed(in)
	if n := l.Count(b.Key); n != 0 {
		t.Errorf("%d seats", n)
	}
	in.Phase = table.Shut
	l.Changed(in)
	for _, p := range []Player{a, b, c} {
		if n := l.Count(p.Key); n != 0 {
			t.Errorf("%d seats of %v when the table is shut", n, p.Key[0])
		}
	}
}

// TestSameCommandPutOff: a command that came twice may be put off once and done all the same by its first coming: it leads to the
// same table until both are answered.
func TestSameCommandPutOff(t *testing.T) {
	l := New(0)
	a, b := player(1, 1), player(2, 1)
	first := join(t, l, a, omok, none)
	if s := join(t, l, a, omok, none); s != again(first) {
		t.Fatalf("%+v, then %+v", first, s)
	}
	l.NotCreated(first.Table)
	if s := join(t, l, a, omok, none); s != again(first) {
		t.Errorf("%+v while the first is under way, %+v before", s, first)
	}
	l.Changed(opened(first, a, true))

	sit := join(t, l, b, omok, none)
	if s := join(t, l, b, omok, none); s != sit || s.How != Sit {
		t.Fatalf("%+v, then %+v", sit, s)
	}
	l.PutOff(b.Key, sit.Table)
	if s := join(t, l, b, omok, none); s != sit {
		t.Errorf("%+v while the first is under way, %+v before", s, sit)
	}
	l.PutOff(b.Key, sit.Table)
	l.PutOff(b.Key, sit.Table)
	if s := join(t, l, player(3, 1), omok, none); s != sit {
		t.Errorf("%+v when nothing is under way", s)
	}
}
