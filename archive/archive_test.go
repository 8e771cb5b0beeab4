package archive_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hansu/archive"
	"hansu/client"
	"hansu/rules"
	"hansu/rules/records"
	"hansu/rules/variants"
	"hansu/server"
	"hansu/store"
	"hansu/store/sqlite"
	"hansu/table"
)

// ending is what is done once the moves of a script have been made.
type ending string

const (
	byBoard ending = ""       // the last move decides
	resigns ending = "resign" // who is to move resigns
	claims  ending = "claim"  // who is to move claims a forbidden stone
	draws   ending = "draw"   // who is to move offers a draw, which is accepted
)

// script is a game that two clients play through the server.
type script struct {
	variant, time, moves string
	end                  ending
	back                 bool // after the third move its maker takes it back once, and makes it again
	reason               rules.Reason
	winner               rules.Player
	formats              string // that can hold it
}

var scripts = []script{
	{"chess", "5+3", "e4 e5 Bc4 Nc6 Qh5 Nf6 Qxf7#", byBoard, false, rules.Checkmate, rules.First, "pgn json"},
	{"chess", "none", "d4 d5 c4", draws, false, rules.Agreement, rules.NoPlayer, "pgn json"},
	{"chess:960:0", "10d5", "e4 e5 Nd3", resigns, true, rules.Resignation, rules.First, "pgn json"},
	{"omok", "10m+3x30s", "h8 a1 i8 b1 j8 c1 k8 d1 l8", byBoard, false, rules.Five, rules.First, "sgf psq moves json"},
	{"omok:freestyle:19:swap2", "none", "a1 b1 c1 white d5", resigns, false, rules.Resignation, rules.Second, "sgf psq moves json"},
	{"omok:renju", "30s/move", "h8 i9 pass pass", byBoard, false, rules.Passes, rules.NoPlayer, "sgf moves json"},
	{"omok:renju:forbidden-loses", "10m+25/5m", "h8 a1 i8 a3 j9 a5 j10 a7 j8", claims, false, rules.ForbiddenMove, rules.Second, "sgf psq moves json"},
	{"omok:renju:taraguchi10", "3d/move", "h8 swap h9 stay i9 stay", resigns, false, rules.Resignation, rules.Second, "sgf psq moves json"},
}

// start starts a server in a new directory.
func start(t *testing.T) (address, dir string) {
	t.Helper()
	dir = t.TempDir()
	srv, err := server.New(context.Background(), server.Config{Data: dir, TCP: "127.0.0.1:0", Flush: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return srv.TCP().String(), dir
}

// player is one of two clients that follow a script.
type player struct {
	script
	t     *testing.T
	c     *client.Client
	games int  // to play; a rematch follows each but the last
	tried bool // a take-back has been asked for
}

func (p *player) do(cmd client.Command) {
	if _, err := p.c.Do(cmd); err != nil && !errors.Is(err, client.ErrClosed) {
		p.t.Errorf("%T: %v", cmd, err)
	}
}

// play follows the script to the end; code is told where the client sits.
func (p *player) play(code chan<- string) {
	for e := range p.c.Events() {
		switch e := e.(type) {
		case client.Sat:
			if code != nil {
				code <- e.Table.Code
			}
		case client.Answer:
			if e.Err != nil {
				p.t.Errorf("%s: %T: %v", p.variant, e.To, e.Err)
				return
			}
		case client.Record:
			for _, h := range e.Events {
				if p.happened(e.Table, h) {
					return
				}
			}
		}
	}
}

// happened acts on one thing that happened, and reports whether all is over.
func (p *player) happened(t *client.Table, h client.Happening) (over bool) {
	switch h := h.(type) {
	case client.Started, client.Moved, client.TookBack:
		if p.takesBack(t, h) {
			return false
		}
		p.move(t)
	case client.Proposed:
		if h.Seat != t.Seat {
			p.do(client.Reply{Table: t.ID, What: h.What, Verdict: client.Accept})
		}
	case client.Ended:
		if int(h.Game) == p.games {
			return true
		}
		if t.Seat == client.SeatOne {
			p.do(client.Propose{Table: t.ID, What: client.RematchOffer})
		}
	}
	return false
}

// takesBack asks for the third move to be taken back, once; the opponent waits for that.
func (p *player) takesBack(t *client.Table, h client.Happening) bool {
	m, ok := h.(client.Moved)
	if !ok || !p.back || p.tried || m.Number != 3 {
		return false
	}
	p.tried = true
	if m.Seat == t.Seat {
		p.do(client.Propose{Table: t.ID, What: client.TakebackOffer})
	}
	return true
}

func (p *player) move(t *client.Table) {
	if !t.MyTurn() {
		return
	}
	moves := strings.Fields(p.moves)
	switch {
	case len(t.Moves) < len(moves):
		m, err := t.Parse(moves[len(t.Moves)])
		if err != nil {
			p.t.Error(err)
		}
		p.do(t.Play(m))
	case p.end == resigns:
		p.do(client.Resign{Table: t.ID})
	case p.end == claims:
		p.do(client.Claim{Table: t.ID, What: client.ClaimWinForbidden})
	case p.end == draws:
		p.do(client.Propose{Table: t.ID, What: client.DrawOffer})
	}
}

// playAt plays a script through the server, games times at one table, and returns its code. While the
// first player is in, its client stays so, and the table with it.
func playAt(t *testing.T, address string, s script, games int) string {
	t.Helper()
	v, err := variants.Parse(s.variant)
	if err != nil {
		t.Fatal(err)
	}
	tc, err := rules.ParseTimeControl(s.time)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	dial := func(name string) *player {
		c, err := client.Dial(ctx, client.Config{Address: address, Name: name})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return &player{script: s, t: t, c: c, games: games}
	}
	ada, kim := dial("Ada"), dial("김한수")
	ada.do(client.Open{Variant: v, Time: tc, Private: true})
	codes := make(chan string, 1)
	var both sync.WaitGroup
	both.Go(func() { ada.play(codes) })
	var code string
	select {
	case code = <-codes:
	case <-ctx.Done():
		t.Fatal("no table was opened")
	}
	kim.do(client.Enter{Code: code})
	both.Go(func() { kim.play(nil) })
	over := make(chan struct{})
	go func() { both.Wait(); close(over) }()
	select {
	case <-over:
	case <-ctx.Done():
		t.Fatalf("%s is not over", s.variant)
	}
	return code
}

// collect keeps what is given.
func collect(into *[]records.Game) func(records.Game) error {
	return func(g records.Game) error { *into = append(*into, g); return nil }
}

// TestPlayedGames plays every script through a server, reads the games back out of its data while it
// runs and by watching the tables, and writes and checks them in every format.
func TestPlayedGames(t *testing.T) {
	address, dir := start(t)
	ctx := context.Background()
	view, err := sqlite.OpenView(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	defer view.Close()
	a := archive.New(view)
	for _, s := range scripts {
		t.Run(s.variant+" "+s.time, func(t *testing.T) {
			code := playAt(t, address, s, 1)
			var stored, watched []records.Game
			if err := a.Table(ctx, code, collect(&stored)); err != nil {
				t.Fatal(err)
			}
			if err := archive.Watch(ctx, client.Config{Address: address, Name: "Eye"}, code, collect(&watched)); err != nil {
				t.Fatal(err)
			}
			if len(stored) != 1 || len(watched) != 1 {
				t.Fatalf("%d games stored, %d watched", len(stored), len(watched))
			}
			compare(t, s, code, stored[0])
			g := stored[0]
			g.Started, g.Ended = "", "" // a server does not tell
			if !same(g, watched[0]) {
				t.Errorf("stored  %+v\nwatched %+v", g, watched[0])
			}
			for f := records.PGN; f <= records.JSON; f++ {
				writes(t, s, f, stored[0])
			}
		})
	}
	var all []records.Game
	if err := a.All(ctx, collect(&all)); err != nil || len(all) != len(scripts) {
		t.Errorf("%d games in all, %v", len(all), err)
	}
}

func same(a, b records.Game) bool {
	moves := slices.Equal(a.Moves, b.Moves)
	a.Moves, b.Moves = nil, nil
	return moves && fmt.Sprintf("%+v", a) == fmt.Sprintf("%+v", b)
}

// compare holds a game to its script.
func compare(t *testing.T, s script, code string, g records.Game) {
	t.Helper()
	if g.Code != code || g.Number != 1 || g.First != "Ada" || g.Second != "김한수" || variants.Format(g.Variant) != s.variant || g.Time.String() != s.time {
		t.Errorf("%+v", g)
	}
	if g.Outcome != (rules.Outcome{Reason: s.reason, Winner: s.winner}) {
		t.Errorf("outcome %+v, want %v by %v", g.Outcome, s.reason, s.winner)
	}
	started, err1 := time.Parse(time.RFC3339, g.Started)
	ended, err2 := time.Parse(time.RFC3339, g.Ended)
	if err1 != nil || err2 != nil || ended.Before(started) || time.Since(started) > time.Hour {
		t.Errorf("from %q to %q", g.Started, g.Ended)
	}
	now, err := variants.Start(g.Variant)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Fields(s.moves)
	for i, m := range g.Moves {
		if i >= len(want) || now.Format(m.Move) != want[i] {
			t.Fatalf("move %d is %s", i+1, now.Format(m.Move))
		}
		if now, err = now.Play(m.Move); err != nil {
			t.Fatal(err)
		}
		if m.Timed != (g.Time.Timing != rules.Untimed) || m.Timed && g.Time.Total(m.Left) == 0 {
			t.Errorf("move %d: clock %+v, known: %v", i+1, m.Left, m.Timed)
		}
	}
	if len(g.Moves) != len(want) {
		t.Errorf("%d moves", len(g.Moves))
	}
}

// writes writes a game in a format and checks what was written.
func writes(t *testing.T, s script, f records.Format, g records.Game) {
	t.Helper()
	can := slices.Contains(strings.Fields(s.formats), f.String())
	var out bytes.Buffer
	err := records.Write(&out, f, g)
	if can != (err == nil) || err != nil && !errors.Is(err, records.ErrFormat) {
		t.Errorf("%v: %v", f, err)
	}
	if !can {
		return
	}
	if clk := strings.Contains(out.String(), "[%clk "); f == records.PGN && clk != (s.time != "none") {
		t.Errorf("clocks: %v\n%s", clk, out.String())
	}
	r, err := records.Check(&out, records.Options{Fallback: g.Variant}, func(fault records.Fault) { t.Errorf("%v: %+v", f, fault) })
	if err != nil || r.Games != 1 || r.Format != f || r.Agree != r.Results || r.Results == 0 && f != records.PSQ {
		t.Errorf("%v: %+v, %v", f, r, err)
	}
}

// TestRematches: the games of one table, in order, with the clocks of each.
func TestRematches(t *testing.T) {
	address, dir := start(t)
	ctx := context.Background()
	code := playAt(t, address, script{variant: "chess", time: "5+3", moves: "f3 e5 g4 Qh4#"}, 3)
	view, err := sqlite.OpenView(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	defer view.Close()
	a := archive.New(view)
	var all, newest, second, watched []records.Game
	err = errors.Join(a.Table(ctx, code, collect(&all)), a.All(ctx, collect(&newest)), a.Game(ctx, code, 2, collect(&second)),
		archive.Watch(ctx, client.Config{Address: address, Name: "Eye"}, code, collect(&watched)))
	if err != nil || len(all) != 3 || len(newest) != 3 || len(second) != 1 || len(watched) != 3 {
		t.Fatalf("%d, %d, %d and %d games, %v", len(all), len(newest), len(second), len(watched), err)
	}
	slices.Reverse(newest)
	for i, g := range all {
		if first := []string{"Ada", "김한수", "Ada"}[i]; g.Number != i+1 || g.First != first || len(g.Moves) != 4 || !g.Moves[3].Timed {
			t.Errorf("game %d: %+v", i+1, g)
		}
		if !same(g, newest[i]) {
			t.Errorf("game %d: %+v, among all %+v", i+1, g, newest[i])
		}
		g.Started, g.Ended = "", ""
		if !same(g, watched[i]) {
			t.Errorf("game %d: stored %+v, watched %+v", i+1, g, watched[i])
		}
	}
	if second[0].Number != 2 {
		t.Errorf("game %d", second[0].Number)
	}
}

// TestWatchRunning: a game that goes on is given as far as it has come.
func TestWatchRunning(t *testing.T) {
	address, _ := start(t)
	ctx := context.Background()
	c, err := client.Dial(ctx, client.Config{Address: address, Name: "Ada"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	other, err := client.Dial(ctx, client.Config{Address: address, Name: "Bob"})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := c.Do(client.Open{Variant: rules.Variant{Kind: rules.Chess}}); err != nil {
		t.Fatal(err)
	}
	code, moved := "", false
	for !moved {
		select {
		case e, ok := <-c.Events():
			switch e := e.(type) {
			case nil:
				t.Fatalf("the connection is gone: %v", ok)
			case client.Sat:
				code = e.Table.Code
				_, err = other.Do(client.Enter{Code: code})
			case client.Record:
				if moved = len(e.Table.Moves) == 1; e.Table.MyTurn() {
					var m rules.Move
					if m, err = e.Table.Parse("e4"); err == nil {
						_, err = c.Do(e.Table.Play(m))
					}
				}
			}
			if err != nil {
				t.Fatal(err)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("no move was made")
		}
	}
	var games []records.Game
	if err := archive.Watch(ctx, client.Config{Address: address, Name: "Eye"}, code, collect(&games)); err != nil {
		t.Fatal(err)
	}
	if len(games) != 1 || len(games[0].Moves) != 1 || games[0].Outcome.Over() {
		t.Errorf("%+v", games)
	}
}

func TestErrors(t *testing.T) {
	address, dir := start(t)
	ctx := context.Background()
	view, err := sqlite.OpenView(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	defer view.Close()
	never := func(records.Game) error { t.Error("a game"); return nil }
	if err := archive.New(view).Table(ctx, "NOSUCH", never); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("no such table: %v", err)
	}
	if err := archive.New(view).Game(ctx, "NOSUCH", 1, never); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("no such game: %v", err)
	}
	var refused *client.Refused
	if err := archive.Watch(ctx, client.Config{Address: address, Name: "Eye"}, "NOSUCH", never); !errors.As(err, &refused) {
		t.Errorf("watching no table: %v", err)
	}
	code := playAt(t, address, scripts[0], 1)
	stop := errors.New("enough")
	stops := func(records.Game) error { return stop }
	if err := archive.New(view).All(ctx, stops); !errors.Is(err, stop) {
		t.Errorf("All: %v", err)
	}
	if err := archive.New(view).Table(ctx, code, stops); !errors.Is(err, stop) {
		t.Errorf("Table: %v", err)
	}
	if err := archive.Watch(ctx, client.Config{Address: address, Name: "Eye"}, code, stops); !errors.Is(err, stop) {
		t.Errorf("Watch: %v", err)
	}
	if _, err := archive.FromStore(store.Game{Moves: make([]byte, 7)}); err == nil {
		t.Error("seven bytes of moves: no error")
	}
	if _, err := sqlite.OpenView(ctx, t.TempDir()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no data: %v", err)
	}
}

// damaged is a store whose log cannot be read.
type damaged struct{ archive.Source }

func (d damaged) Records(_ context.Context, id store.TableID, _ uint32, f func(store.Record) error) error {
	return f(store.Record{Table: id, Seq: 1, Data: []byte{99}})
}

// TestDamagedLog: a game whose clocks cannot be read is an error, not a game without clocks.
func TestDamagedLog(t *testing.T) {
	address, dir := start(t)
	code := playAt(t, address, scripts[0], 1)
	view, err := sqlite.OpenView(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer view.Close()
	err = archive.New(damaged{view}).Table(context.Background(), code, func(records.Game) error { return nil })
	if _, want := table.Decode(store.Record{Table: 1, Seq: 1, Data: []byte{99}}); err == nil || want == nil {
		t.Errorf("no error: %v, %v", err, want)
	}
}
