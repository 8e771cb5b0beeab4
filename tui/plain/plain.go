// Package plain is the line mode of the terminal client: events come out as lines of text and
// lines of input are moves and commands, for pipes, scripts, screen readers and simple terminals.
// What is written, and when, is a promise: docs/line-mode.md.
package plain

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"hansu/caption"
	"hansu/client"
	"hansu/i18n"
)

// Options are what a line mode session plays, and how it shows it.
type Options struct {
	Client client.Config // Language and Token are set from what follows
	Lang   i18n.Lang
	Goal   client.Command // Join, Open, Enter or Watch
	Keeper *client.Keeper // where the token is; nil: it is not kept. The caller closes it
	ASCII  bool           // stones in ASCII
	Quiet  bool           // the board is drawn only when asked for
	Wait   time.Duration  // how long a move that was typed out of turn waits for its turn
	Again  string         // the command that comes back to the seat, to be shown
	Start  string         // the command that starts a server, to be shown
	Invite string         // the command that sits down at a table, without its code, to be shown
}

// How long a move may wait for its turn. A moment is enough for who has seen the opponent's move
// elsewhere, or expects it; Forever is for moves that are typed ahead.
const (
	Moment  = time.Second
	Forever = time.Duration(1<<63 - 1)
)

// The bounds of waiting, when the program is to end, for a server that does not answer, and for the
// tables of a token when it begins.
const (
	lastAnswers = 3 * time.Second
	resumeWait  = 3 * time.Second
)

// Run plays until /quit, the end of the input, or the end of ctx. During a game the latter two, and
// /quit, leave the seat to its grace time; a spectator goes on watching after the end of the input
// until the game is over. The error is for people, in their language. What reads in may go on
// waiting for a line after Run has returned.
func Run(ctx context.Context, in io.Reader, out io.Writer, o Options) error {
	s := &session{o: o, lang: o.Lang, out: out, sent: map[uint32]string{}, found: map[uint32]*client.Table{}}
	o.Client.Language = uint8(o.Lang)
	if o.Keeper != nil {
		o.Client.Token = o.Keeper.Token()
	}
	c, err := client.Dial(ctx, o.Client)
	if err != nil {
		return caption.Unreachable(s.lang, s.o.Client, s.o.Start, err)
	}
	s.c = c
	defer c.Close()
	lines, quit := make(chan line), make(chan struct{})
	defer close(quit)
	go readLines(in, lines, quit)
	return s.loop(ctx, lines)
}

// session is one run of the line mode.
type session struct {
	o    Options
	lang i18n.Lang
	out  io.Writer
	c    *client.Client
	fail error // of out; ends the session

	online  client.Online
	down    bool // the lost connection has been mentioned
	seeking bool // the tables of a kept token are awaited
	resumed bool // the answer to that has come
	found   map[uint32]*client.Table
	goal    uint32 // the number of Goal's command

	table  *client.Table // the one played at or watched; nil before
	shown  bool          // its state has been shown: what happens is shown from now on
	sent   map[uint32]string
	moving bool             // a move has no answer yet
	held   string           // a move that waits for its turn
	early  <-chan time.Time // when it has waited long enough

	ending bool // as soon as nothing is awaited any more
	left   bool // Leave has been sent
	over   bool // the session is at its end
	err    error
	limit  <-chan time.Time // ends waiting that may take too long
}

func (s *session) loop(ctx context.Context, lines <-chan line) error {
	interrupted := ctx.Done()
	for !s.over && s.fail == nil {
		input := lines
		if s.held != "" || s.ending || !s.shown { // what was typed ahead is not about nothing
			input = nil
		}
		select {
		case <-interrupted:
			interrupted = nil
			s.finish(true)
		case e, ok := <-s.c.Events():
			if !ok {
				return s.err
			}
			s.event(e)
		case l, ok := <-input:
			if !ok {
				lines = nil
				s.ending = true
				break
			}
			s.input(l)
		case <-s.early:
			s.early = nil
			s.refuseHeld()
		case <-s.limit:
			s.timeout()
		}
		s.goOn()
	}
	return errors.Join(s.err, s.fail)
}

// goOn does what has become possible: the move that waited, the end.
func (s *session) goOn() {
	if s.held != "" && (s.turnIsMine() || !s.mayTurn()) {
		text := s.held
		s.held, s.early = "", nil
		s.move(text)
	}
	if s.ending && !s.left {
		s.finish(false)
	}
}

// send sends a command; typed is what a refusal quotes.
func (s *session) send(cmd client.Command, typed string) bool {
	n, err := s.c.Do(cmd)
	switch {
	case errors.Is(err, client.ErrText):
		s.say(i18n.PlayCannotSend)
	case errors.Is(err, client.ErrBusy):
		s.say(i18n.PlayBusy)
	case err != nil:
		s.say(i18n.PlayNoGame)
	default:
		s.sent[n] = typed
		if typed != "" && s.down {
			s.say(i18n.PlayMoveKept, typed)
		}
		return true
	}
	return false
}

// event acts on one event of the client.
func (s *session) event(e client.Event) {
	switch e := e.(type) {
	case client.Online:
		s.connected(e)
	case client.Offline:
		s.disconnected(e)
	case client.Sat:
		s.sat(e.Table)
	case client.Record:
		s.record(e)
	case client.Answer:
		s.answered(e)
	case client.Gone:
		s.gone(e)
	}
}

func (s *session) connected(e client.Online) {
	first := !e.Again
	s.online = e
	if !first {
		s.down = false
		s.say(i18n.PlayOnline)
		if s.table != nil && s.table.Seat != client.NoSeat {
			s.keep()
		}
		return
	}
	s.say(i18n.PlayConnected, client.Address(s.o.Client.Address), s.o.Client.Name)
	_, join := s.o.Goal.(client.Join)
	_, open := s.o.Goal.(client.Open)
	if kept := s.o.Keeper != nil && !s.o.Keeper.Token().IsZero(); kept && e.Tables > 0 && (join || open) {
		s.seeking = s.send(client.Resume{}, "")
		s.limit = time.After(resumeWait)
		return
	}
	s.begin()
}

// begin asks for what the session is for.
func (s *session) begin() {
	n, err := s.c.Do(s.o.Goal)
	if err != nil {
		s.over, s.err = true, errors.New(s.lang.Text(i18n.PlayRefused, caption.Reason(s.lang, err)))
		return
	}
	s.goal = n
	s.sent[n] = ""
}

func (s *session) disconnected(e client.Offline) {
	if e.Retry == 0 {
		s.over, s.err = true, errors.New(s.lang.Text(i18n.PlayGaveUp, caption.Reason(s.lang, e.Err)))
		return
	}
	if !s.down {
		s.down = true
		s.say(i18n.PlayOffline, strings.TrimSuffix(caption.Reason(s.lang, e.Err), "."))
	}
	if s.ending {
		s.limit = time.After(lastAnswers)
	}
}

// sat takes the first table that comes for the one to follow.
func (s *session) sat(t *client.Table) {
	switch {
	case s.seeking:
		s.found[t.ID] = t
	case s.table == nil:
		s.follow(t)
	case s.table.ID == t.ID:
		gone := s.table.Seat != client.NoSeat && t.Seat == client.NoSeat
		s.table = t
		if gone {
			s.say(i18n.PlaySeatGone)
		}
	}
}

// follow makes t the table of this session.
func (s *session) follow(t *client.Table) {
	s.table = t
	if t.Seat != client.NoSeat {
		s.keep()
	}
	if t.Seen >= t.Past {
		s.shown = true
		s.summary()
	}
}

func (s *session) keep() {
	if s.o.Keeper == nil {
		return
	}
	if err := s.o.Keeper.Save(s.online.Token); err != nil {
		s.say(i18n.PlayNoKeep, err)
		s.o.Keeper = nil
	}
}

func (s *session) answered(a client.Answer) {
	typed := s.sent[a.Command]
	delete(s.sent, a.Command)
	switch cmd := a.To.(type) {
	case client.Resume:
		s.resumed = true
		s.choose(false)
		return
	case client.MakeMove:
		s.moving = false
	case client.Leave:
		if s.table != nil && cmd.Table == s.table.ID && s.left {
			s.over = true // refused or done: there is nothing more to leave
		}
		return
	}
	if a.Err == nil {
		return
	}
	why := caption.Reason(s.lang, a.Err)
	switch {
	case a.Command == s.goal:
		s.over, s.err = true, errors.New(s.lang.Text(i18n.PlayRefused, why)+s.watchInstead(a.Err))
	case typed != "":
		s.say(i18n.PlayWrong, caption.Short(typed), why)
	default:
		s.say(i18n.PlayRefused, why)
	}
}

// watchInstead is how to look on at the table that was asked for, if it is full.
func (s *session) watchInstead(err error) string {
	var refused *client.Refused
	enter, ok := s.o.Goal.(client.Enter)
	if !ok || !errors.As(err, &refused) || refused.Code != codeSeatsTaken {
		return ""
	}
	return "\n" + s.lang.Text(i18n.PlayTakenWatch, s.o.Invite+" --watch "+enter.Code)
}

// deserted ends the session of a spectator at a table that nobody can come to any more.
func (s *session) deserted() {
	t := s.table
	if !s.over && t.Seat == client.NoSeat && !t.Player(client.SeatOne).Here && !t.Player(client.SeatTwo).Here {
		s.say(i18n.PlayEmpty)
		s.over = true
	}
}

func (s *session) gone(g client.Gone) {
	if s.table == nil || g.Table.ID != s.table.ID {
		return
	}
	s.over = true
	if g.Err != nil && !s.left {
		s.err = errors.New(s.lang.Text(i18n.PlayGone, caption.Reason(s.lang, g.Err)))
		s.forget()
	}
}

// choose decides, once the tables of a kept token are known, which to go on with: a running game
// where it is the client's turn, any running game, a table that waits for an opponent. What is
// over is left.
func (s *session) choose(late bool) {
	if !s.seeking {
		return
	}
	complete := s.resumed && len(s.found) >= s.online.Tables
	for _, t := range s.found {
		complete = complete && t.Seen >= t.Past
	}
	if !complete && !late {
		return
	}
	s.seeking, s.limit = false, nil
	var best *client.Table
	var others []string
	for _, t := range s.found {
		switch {
		case t.Number > 0 && !t.Running():
			s.send(client.Leave{Table: t.ID}, "")
			continue
		case best == nil:
		case better(t, best):
			others = append(others, best.Code)
		default:
			others = append(others, t.Code)
			continue
		}
		best = t
	}
	if best == nil {
		s.begin()
		return
	}
	s.say(i18n.PlayResumed)
	if len(others) > 0 {
		s.say(i18n.PlayOtherTables, strings.Join(others, ", "))
	}
	s.follow(best)
}

// better reports whether a is the more pressing table of the two.
func better(a, b *client.Table) bool {
	if a.MyTurn() != b.MyTurn() {
		return a.MyTurn()
	}
	if a.Running() != b.Running() {
		return a.Running()
	}
	return a.ID < b.ID
}

// quit ends the session as the end of the input does.
func (s *session) quit() {
	s.ending = true
	s.held = ""
	if s.table != nil && s.table.Seat == client.NoSeat {
		s.over = true
	}
}

// finish ends the session as soon as nothing is awaited any more, or at once. A running game is
// left as it is; a seat where none is running is given up.
func (s *session) finish(now bool) {
	waiting := len(s.sent) > 0 || s.table == nil || !s.shown || s.held != ""
	switch {
	case now:
		s.ending, s.held = true, ""
	case s.table != nil && s.table.Seat == client.NoSeat && (s.table.Number == 0 || s.table.Running()):
		return // watches to the end
	case waiting && s.limit == nil:
		s.limit = time.After(lastAnswers)
		return
	case waiting:
		return
	}
	switch {
	case s.table == nil || s.table.Seat == client.NoSeat:
		s.over = true
	case s.table.Running():
		s.say(i18n.PlayDetached, s.o.Again)
		s.over = true
	default:
		s.left = true
		s.limit = time.After(lastAnswers)
		s.forget()
		if !s.send(client.Leave{Table: s.table.ID}, "") {
			s.over = true
		}
	}
}

// timeout ends what was waited for long enough.
func (s *session) timeout() {
	s.limit = nil
	switch {
	case s.seeking:
		s.choose(true)
	case s.left:
		s.over = true
	case s.ending:
		s.finish(true)
	}
}

func (s *session) forget() {
	if s.o.Keeper == nil {
		return
	}
	if err := s.o.Keeper.Forget(); err != nil {
		s.say(i18n.PlayNoKeep, err)
	}
}
