package plain

import (
	"fmt"
	"io"
	"strings"
	"time"

	"hansu/caption"
	"hansu/client"
	"hansu/i18n"
	"hansu/rules"
	"hansu/rules/chess"
	"hansu/rules/omok"
)

func (s *session) say(t i18n.Text, args ...any) { s.print(s.lang.Text(t, args...)) }

// print writes one line, in one write.
func (s *session) print(text string) {
	if s.fail == nil {
		_, s.fail = io.WriteString(s.out, text+"\n")
	}
}

// record shows what happened, or with the last record of the past how things stand.
func (s *session) record(r client.Record) {
	if s.seeking {
		s.found[r.Table.ID] = r.Table
		s.choose(false)
		return
	}
	if s.table == nil || r.Table.ID != s.table.ID {
		return
	}
	before := s.table
	s.table = r.Table
	if !s.shown {
		if r.Table.Seen >= r.Table.Past {
			s.shown = true
			s.summary()
		}
		return
	}
	board := false
	for _, h := range r.Events {
		if ended, ok := h.(client.Ended); ok {
			s.drawIf(&board)
			s.ended(ended)
			continue
		}
		board = s.happened(h) || board
	}
	moved := board
	if before.Number == r.Table.Number && before.Black != r.Table.Black {
		s.sides()
	}
	s.drawIf(&board)
	if moved && s.table.Running() {
		s.turn()
	}
	s.deserted()
}

// drawIf draws the board if it is due, unless Options.Quiet.
func (s *session) drawIf(due *bool) {
	if *due && !s.o.Quiet {
		s.board()
	}
	*due = false
}

// happened shows one event and reports whether the position has changed.
func (s *session) happened(h client.Happening) bool {
	switch h := h.(type) {
	case client.Seated:
		s.say(i18n.PlaySeated, h.Seat, h.Name)
		if h.Seat == s.table.Seat {
			s.waiting()
		}
	case client.Started:
		s.started()
		return true
	case client.Moved:
		s.moving = s.moving && h.Seat != s.table.Seat
		s.moved(h)
		return true
	case client.TookBack:
		s.say(i18n.PlayTookBack, h.Remain)
		return true
	case client.Proposed:
		s.proposed(h)
	case client.Replied:
		s.replied(h)
	case client.Said:
		s.say(i18n.PlaySaid, s.name(h.Seat), h.Text)
	case client.Away:
		s.away(h)
	case client.Back:
		if h.Seat != s.table.Seat {
			s.say(i18n.PlayBack, s.name(h.Seat))
		}
	case client.Left:
		if h.Seat != s.table.Seat {
			s.say(i18n.PlayLeft, s.name(h.Seat))
		}
	}
	return false
}

// showClocks answers /clock.
func (s *session) showClocks() {
	switch {
	case s.table == nil || s.table.Number == 0:
		s.say(i18n.PlayNoGame)
	case s.table.Time.Timing == rules.Untimed:
		s.say(i18n.PlayNoClock)
	default:
		s.clocks()
	}
}

// summary says how things stand at the table.
func (s *session) summary() {
	t := s.table
	s.say(i18n.PlayTable, t.Code, caption.Game(s.lang, t.Variant, t.Time, t.Private))
	if t.Seat == client.NoSeat {
		s.say(i18n.PlayWatching)
	} else {
		s.say(i18n.PlayYouAre, t.Seat)
	}
	for seat := client.SeatOne; seat <= client.SeatTwo; seat++ {
		if p := t.Player(seat); p.Here {
			s.say(i18n.PlaySeated, seat, p.Name)
		}
	}
	if t.Number == 0 {
		s.waiting()
		return
	}
	s.say(i18n.PlayGameNow, t.Number, s.player(t.First), s.player(t.First.Other()), len(t.Moves))
	s.yourSide()
	due := true
	s.drawIf(&due)
	if !t.Running() {
		s.ended(client.Ended{Game: t.Number, Winner: t.Winner, Reason: t.Reason})
		s.deserted()
		return
	}
	s.clocks()
	s.turn()
}

// waiting tells a player who sits alone how someone else can come.
func (s *session) waiting() {
	t := s.table
	if t.Seat != client.NoSeat && t.Player(t.Seat).Here && !t.Player(t.Seat.Other()).Here {
		s.say(i18n.PlayWaiting, s.o.Invite+" --join "+t.Code)
	}
}

// name is what the player on a seat is called.
func (s *session) name(seat client.Seat) string { return caption.Name(s.lang, s.table, seat) }

// player is a name with the colour.
func (s *session) player(seat client.Seat) string { return caption.Player(s.lang, s.table, seat) }

func (s *session) yourSide() {
	if s.table.Seat != client.NoSeat {
		s.say(i18n.PlayYourSide, s.lang.Side(uint8(s.table.Side(s.table.Seat))))
	}
}

// sides says who has which colour now that an opening has swapped them.
func (s *session) sides() {
	s.say(i18n.PlaySides, s.player(s.table.First), s.player(s.table.First.Other()))
	s.yourSide()
}

func (s *session) started() {
	t := s.table
	s.say(i18n.PlayStarted, t.Number, s.player(t.First), s.player(t.First.Other()))
	s.yourSide()
}

func (s *session) moved(m client.Moved) {
	s.say(i18n.PlayMoved, m.Number, s.player(m.Seat), m.Text)
	s.clocks()
}

// clocks shows both clocks as of now.
func (s *session) clocks() {
	t := s.table
	if t == nil || t.Number == 0 || t.Time.Timing == rules.Untimed {
		return
	}
	now := time.Now()
	one, two := caption.Clock(t.Time, t.Clock(client.SeatOne, now)), caption.Clock(t.Time, t.Clock(client.SeatTwo, now))
	s.say(i18n.PlayClocks, s.player(client.SeatOne), one, s.player(client.SeatTwo), two)
}

// turn says who acts next, and what can be done besides moving.
func (s *session) turn() {
	t := s.table
	if g, ok := t.Position.(*chess.Game); ok && g.Check() {
		s.say(i18n.PlayCheck)
	}
	if !t.MyTurn() {
		s.say(i18n.PlayTheirTurn, s.player(t.Turn))
		return
	}
	s.say(i18n.PlayYourTurn)
	if g, ok := t.Position.(omok.Game); ok {
		for _, line := range caption.Opening(s.lang, g) {
			s.print(line)
		}
		if g.ForbiddenPlayed() {
			s.say(i18n.PlayFoulClaim)
		}
	}
	if t.Position != nil {
		if why := t.Position.Claim(); why != rules.NoReason {
			s.say(i18n.PlayDrawClaim, s.lang.Reason(uint8(why)))
		}
	}
}

func (s *session) proposed(p client.Proposed) {
	what := s.lang.Offer(uint8(p.What))
	switch s.table.Seat {
	case p.Seat:
		s.say(i18n.PlayYouOffer, what)
	case p.Seat.Other():
		s.say(i18n.PlayProposed, s.name(p.Seat), what)
	default:
		s.say(i18n.PlayOffered, s.name(p.Seat), what)
	}
}

func (s *session) replied(r client.Replied) {
	text := i18n.PlayDeclined
	switch r.Reply {
	case client.Accept:
		text = i18n.PlayAccepted
	case client.Withdraw:
		text = i18n.PlayWithdrawn
	}
	s.say(text, s.name(r.Seat), s.lang.Offer(uint8(r.What)))
}

func (s *session) away(a client.Away) {
	if a.Seat == s.table.Seat {
		return
	}
	text := s.lang.Text(i18n.PlayAway, s.name(a.Seat), s.lang.Duration(a.Grace))
	if s.table.Seat != client.NoSeat && s.table.Running() {
		text += " " + s.lang.Text(i18n.PlayMayClaim)
	}
	s.print(text)
}

func (s *session) ended(e client.Ended) {
	t := s.table
	s.print(caption.Result(s.lang, t, e.Winner, e.Reason))
	if t.Seat == client.NoSeat {
		return
	}
	switch e.Winner {
	case t.Seat:
		s.say(i18n.PlayYouWin)
	case t.Seat.Other():
		s.say(i18n.PlayYouLose)
	}
	s.say(i18n.PlayAfter)
}

// board draws the position, and says whose the stones or letters are.
func (s *session) board() {
	t := s.table
	if t == nil || t.Number == 0 {
		s.say(i18n.PlayNoGame)
		return
	}
	lines := drawBoard(t, s.o.ASCII)
	if lines == nil {
		s.say(i18n.PlayNoBoard)
		return
	}
	if t.Variant.Kind == rules.Chess {
		lines = append(lines, "   "+s.lang.Text(i18n.PlayUpperWhite))
	} else {
		set := symbols
		if s.o.ASCII {
			set = letters
		}
		legend := fmt.Sprintf("   %c %s   %c %s", set.black, s.name(t.Black), set.white, s.name(t.Black.Other()))
		lines = append(lines, legend)
	}
	s.print(strings.Join(lines, "\n"))
}

func (s *session) listMoves() {
	if s.table == nil || len(s.table.Moves) == 0 {
		s.say(i18n.PlayNoMoves)
		return
	}
	moves := make([]string, len(s.table.Moves))
	for i, m := range s.table.Moves {
		moves[i] = m.Text
	}
	s.say(i18n.PlayMoves, strings.Join(moves, " "))
}

func (s *session) help() {
	for _, t := range i18n.PlayHelp {
		s.say(t)
	}
}
