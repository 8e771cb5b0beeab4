package chess

import (
	"fmt"
	"testing"

	"hansu/rules"
)

// TestCanWin has the cases of who can still mate. White is the first letter of
// want, Black the second: y can, n cannot.
func TestCanWin(t *testing.T) {
	for _, c := range []struct{ name, fen, want string }{
		{"start", "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1", "yy"},
		{"king and queen", "4k3/8/8/8/8/8/8/Q3K3 w - - 0 1", "yn"},
		{"king and rook", "4k3/8/8/8/8/8/8/R3K3 w - - 0 1", "yn"},
		{"king and pawn", "4k3/8/8/8/8/8/P7/4K3 w - - 0 1", "yn"},
		{"two knights", "4k3/8/8/8/8/8/8/NN2K3 w - - 0 1", "yn"},
		{"knight and bishop", "4k3/8/8/8/8/8/8/NB2K3 w - - 0 1", "yn"},
		{"bishops of both colours", "4k3/8/8/8/8/8/8/BB2K3 w - - 0 1", "yn"},
		{"knight against pawn", "4k3/p7/8/8/8/8/8/N3K3 w - - 0 1", "yy"},
		{"knight against knight", "4k1n1/8/8/8/8/8/8/N3K3 w - - 0 1", "yy"},
		{"knight against bishop", "4k1b1/8/8/8/8/8/8/N3K3 w - - 0 1", "yy"},
		{"knight against rook", "4k1r1/8/8/8/8/8/8/N3K3 w - - 0 1", "yy"},
		{"knight against queen", "4k1q1/8/8/8/8/8/8/N3K3 w - - 0 1", "ny"},
		{"knight against queens", "2q1k1q1/8/8/8/8/8/8/N3K3 w - - 0 1", "ny"},
		{"knight against queen and pawn", "4k1q1/p7/8/8/8/8/8/N3K3 w - - 0 1", "yy"},
		{"bishop against pawn", "4k3/p7/8/8/8/8/8/B3K3 w - - 0 1", "yy"},
		{"bishop against knight", "4k1n1/8/8/8/8/8/8/B3K3 w - - 0 1", "yy"},
		{"bishop against bishop of the other colour", "4k1b1/8/8/8/8/8/8/B3K3 w - - 0 1", "yy"},
		{"bishop against rook", "4k1r1/8/8/8/8/8/8/B3K3 w - - 0 1", "ny"},
		{"bishop against queen", "4k1q1/8/8/8/8/8/8/B3K3 w - - 0 1", "ny"},
		{"bishop against rook and bishop of its colour", "4kbr1/8/8/8/8/8/8/B3K3 w - - 0 1", "ny"},
		{"a knight that must be taken", "8/8/8/8/8/p7/N7/k1K5 b - - 0 1", "ny"},
		{"a wall of pawns", "8/8/4k3/1p1p1p1p/1P1P1P1P/4K3/8/8 w - - 0 1", "nn"},
		{"a wall with a gap", "8/8/4k3/1p1p3p/1P1P3P/4K3/8/8 w - - 0 1", "yy"},
		{"a bishop behind the wall", "8/8/2k1p3/1p1pPp1p/1P1P1P1P/4K3/3B4/8 w - - 0 1", "nn"},
		{"a bishop that gets at the pawns", "8/8/4k3/1p1p1p1p/1P1P1P1P/4K3/4B3/8 w - - 0 1", "yy"},
		{"forced to take the last piece", "k7/1Q6/8/8/8/8/8/7K b - - 0 1", "nn"},
		{"free to take the last piece", "8/1kQ5/8/8/8/8/8/7K b - - 0 1", "yn"},
	} {
		g := fromFEN(t, c.fen)
		got := ""
		for _, side := range []rules.Side{rules.White, rules.Black} {
			p := rules.First
			if g.Side(p) != side {
				p = rules.Second
			}
			if g.CanWin(p) {
				got += "y"
			} else {
				got += "n"
			}
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if newGame(t).CanWin(rules.NoPlayer) {
		t.Error("nobody can win")
	}
}

// TestDead: which positions end the game.
func TestDead(t *testing.T) {
	for _, c := range []struct {
		name, fen string
		dead      bool
	}{
		{"two kings", "4k3/8/8/8/8/8/8/4K3 w - - 0 1", true},
		{"knight", "4k3/8/8/8/8/8/8/N3K3 w - - 0 1", true},
		{"bishop", "4k3/8/8/8/8/8/8/B3K3 w - - 0 1", true},
		{"bishops of one colour", "4kb2/8/8/8/8/8/8/B3K3 w - - 0 1", true},
		{"four bishops of one colour", "4kb2/6b1/8/8/8/8/1B6/B3K3 w - - 0 1", true},
		{"bishops of both colours", "4k1b1/8/8/8/8/8/8/B3K3 w - - 0 1", false},
		{"knights", "4kn2/8/8/8/8/8/8/N3K3 w - - 0 1", false},
		{"two knights", "4k3/8/8/8/8/8/8/NN2K3 w - - 0 1", false},
		{"pawn", "4k3/8/8/8/8/8/P7/4K3 w - - 0 1", false},
		{"wall", "8/8/4k3/1p1p1p1p/1P1P1P1P/4K3/8/8 w - - 0 1", true},
		{"wall with bishops that hit nothing", "8/8/2k1p3/1p1pPp1p/1P1P1P1P/4K3/3B4/8 w - - 0 1", true},
		{"wall with a gap", "8/8/4k3/1p1p3p/1P1P3P/4K3/8/8 w - - 0 1", false},
		{"a pawn that can move", "8/8/4k3/1p1p1p1p/1P1P1P1P/4K3/P7/8 w - - 0 1", false},
	} {
		p := mustFEN(t, c.fen)
		if got := p.dead(); got != c.dead {
			t.Errorf("%s: dead %v, want %v", c.name, got, c.dead)
		}
	}
}

// reachable visits every position that can arise from p, at most limit, and
// reports whether it saw them all.
func reachable(p Position, limit int, visit func(*Position)) bool {
	strip := func(q Position) Position {
		q.settle()
		q.quiet, q.number = 0, 0
		return q
	}
	open := []Position{strip(p)}
	seen := map[Position]bool{open[0]: true}
	for len(open) > 0 {
		q := open[len(open)-1]
		open = open[:len(open)-1]
		visit(&q)
		for _, m := range q.moves(nil) {
			next := q
			next.apply(m)
			if next = strip(next); !seen[next] {
				if len(seen) == limit {
					return false
				}
				seen[next] = true
				open = append(open, next)
			}
		}
	}
	return true
}

// TestWallsHold plays everything that can be played from positions of which it is
// proved that a side cannot mate, and never sees it mate.
func TestWallsHold(t *testing.T) {
	tries, limit := 1500, 10_000
	if soak() {
		tries, limit = 100_000, 300_000
	}
	rng := newRand(9)
	proved, complete := 0, 0
	for range tries {
		p, ok := randomWall(rng)
		if !ok {
			continue
		}
		for c := white; c <= black; c++ {
			if !p.enough(c) || !p.walledOff(c) {
				continue
			}
			proved++
			if proved%3 != 0 {
				continue
			}
			if reachable(p, limit, func(q *Position) {
				if q.turn != c && q.Check() && q.countMoves() == 0 {
					t.Fatalf("%s: %v cannot mate, but has in %s", p.FEN(), c.side(), q.FEN())
				}
			}) {
				complete++
			}
		}
	}
	t.Logf("%d proved walls, %d of a sample of them played out", proved, complete)
	if complete < 20 {
		t.Errorf("only %d walls played out: the test shows little", complete)
	}
}

// randomWall returns a position of blocked pawns, kings and now and then another piece.
func randomWall(rng interface{ IntN(int) int }) (Position, bool) {
	s := Setup{Turn: rules.White, Number: 1}
	// Pairs of pawns that block each other; on neighbouring files they stand one
	// rank apart, so that they cannot take each other.
	rank, gap := 2+rng.IntN(3), true
	for file := range 8 {
		if !gap {
			if rng.IntN(2) == 0 {
				gap = true
				continue
			}
			step := 1 - 2*rng.IntN(2)
			if rank+step < 2 || rank+step > 4 {
				step = -step
			}
			rank += step
		}
		gap = false
		s.Board[at(file, rank)] = Man{Pawn, rules.White}
		s.Board[at(file, rank+1)] = Man{Pawn, rules.Black}
	}
	place := func(m Man) {
		if i := rng.IntN(64); s.Board[i].Piece == NoPiece && (m.Piece != Pawn || i > 7 && i < 56) {
			s.Board[i] = m
		}
	}
	place(Man{King, rules.White})
	place(Man{King, rules.Black})
	for range rng.IntN(3) {
		place(Man{Piece(int(Pawn) + rng.IntN(3)), rules.Side(1 + rng.IntN(2))})
	}
	p, err := s.Position()
	return p, err == nil
}

// TestMaterialTable looks at every arrangement of the material that cannot mate,
// and of the smallest that can, and compares with what enough says.
func TestMaterialTable(t *testing.T) {
	for _, c := range []struct {
		own, opp []Piece
		colours  int // of two bishops: 1 the same, 2 different, 0 no matter
		long     bool
		mates    bool
	}{
		{own: []Piece{Knight}, mates: false},
		{own: []Piece{Bishop}, mates: false},
		{own: []Piece{Knight}, opp: []Piece{Queen}, mates: false},
		{own: []Piece{Knight}, opp: []Piece{Rook}, mates: true},
		{own: []Piece{Knight}, opp: []Piece{Bishop}, mates: true},
		{own: []Piece{Knight}, opp: []Piece{Knight}, mates: true},
		{own: []Piece{Knight}, opp: []Piece{Pawn}, mates: true},
		{own: []Piece{Bishop}, opp: []Piece{Queen}, long: true, mates: false},
		{own: []Piece{Bishop}, opp: []Piece{Rook}, mates: false},
		{own: []Piece{Bishop}, opp: []Piece{Knight}, mates: true},
		{own: []Piece{Bishop}, opp: []Piece{Pawn}, mates: true},
		{own: []Piece{Bishop}, opp: []Piece{Bishop}, colours: 1, long: true, mates: false},
		{own: []Piece{Bishop}, opp: []Piece{Bishop}, colours: 2, mates: true},
		{own: []Piece{Knight, Knight}, mates: true},
		{own: []Piece{Knight, Bishop}, mates: true},
		{own: []Piece{Bishop, Bishop}, colours: 2, mates: true},
		{own: []Piece{Bishop, Bishop}, colours: 1, long: true, mates: false},
		{own: []Piece{Knight}, opp: []Piece{Queen, Queen}, long: true, mates: false},
		{own: []Piece{Bishop}, opp: []Piece{Rook, Rook}, long: true, mates: false},
	} {
		name := fmt.Sprintf("%v against %v, colours %d", c.own, c.opp, c.colours)
		if c.long && !soak() {
			continue
		}
		mate, enough := false, false
		arrange(c.own, c.opp, func(p *Position) bool {
			if b := p.pieces[Bishop]; c.colours != 0 && (b&light != 0 && b&^light != 0) != (c.colours == 2) {
				return true
			}
			enough = p.enough(white)
			if p.attackers(white, p.king(black), p.occupied()) != 0 && p.countMoves() == 0 {
				mate = true
			}
			return !mate
		})
		if mate != c.mates || enough != c.mates {
			t.Errorf("%s: a mate exists: %v; thought so: %v", name, mate, enough)
		}
	}
}

// arrange shows every arrangement of White's king and own against Black's king and
// opp with Black to move, until visit has seen enough. Black's king stands on one of the ten squares
// that stand for all others by turning and mirroring, or, with a pawn, on all.
func arrange(own, opp []Piece, visit func(*Position) bool) {
	men := []Man{{King, rules.Black}, {King, rules.White}}
	pawns := false
	for _, p := range own {
		men = append(men, Man{p, rules.White})
	}
	for _, p := range opp {
		men = append(men, Man{p, rules.Black})
		pawns = pawns || p == Pawn
	}
	p := Position{turn: black, passant: noSquare, number: 1}
	var place func(i int) bool
	place = func(i int) bool {
		if i == len(men) {
			if p.attacked(black, p.king(white), p.occupied()) {
				return true
			}
			return visit(&p)
		}
		m := men[i]
		for s := range square(64) {
			if i == 0 && !pawns && (s.file() > 3 || s.rank() > s.file()) ||
				m.Piece == Pawn && (rank1|rank8).has(s) || p.occupied().has(s) {
				continue
			}
			before := p
			p.put(s, m.Piece, colourOf(m.Side))
			ok := i == 1 && kingMoves[s]&p.pieces[King]&^s.bit() != 0 || place(i+1)
			p = before
			if !ok {
				return false
			}
		}
		return true
	}
	place(0)
}

func BenchmarkCanWin(b *testing.B) {
	for _, c := range []struct{ name, fen string }{
		{"middle game", kiwipete},
		{"wall", "8/8/4k3/1p1p1p1p/1P1P1P1P/4K3/8/8 w - - 0 1"},
		{"pawns", "4k3/p3pp1p/8/8/8/8/P3PP1P/4K3 w - - 0 1"},
	} {
		g, err := FromFEN(rules.Orthodox, c.fen)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				g.pos.canMate(white)
			}
		})
	}
}
