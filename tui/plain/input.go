package plain

import (
	"bufio"
	"errors"
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

// lineMax bounds a line of input, in bytes.
const lineMax = 4096

// line is one line of input.
type line struct {
	text    string
	tooLong bool
}

// readLines hands over the lines of in until its end. It cannot be interrupted while it reads;
// quit only ends its waiting to hand over.
func readLines(in io.Reader, to chan<- line, quit <-chan struct{}) {
	defer close(to)
	r := bufio.NewReaderSize(in, lineMax)
	for {
		text, more, err := r.ReadLine()
		l := line{text: string(text), tooLong: more}
		for more && err == nil {
			_, more, err = r.ReadLine()
		}
		if err != nil && l.text == "" {
			return
		}
		select {
		case to <- l:
		case <-quit:
			return
		}
	}
}

// commands are what a line may begin with; rest is what follows on it.
var commands = map[string]func(s *session, rest string){
	"resign":   func(s *session, _ string) { s.playing(client.Resign{Table: s.id()}) },
	"draw":     func(s *session, _ string) { s.propose(client.DrawOffer) },
	"takeback": func(s *session, _ string) { s.propose(client.TakebackOffer) },
	"rematch":  func(s *session, _ string) { s.propose(client.RematchOffer) },
	"accept":   func(s *session, _ string) { s.reply(client.Accept) },
	"decline":  func(s *session, _ string) { s.reply(client.Decline) },
	"withdraw": func(s *session, _ string) { s.reply(client.Withdraw) },
	"claim":    (*session).claim,
	"say":      (*session).speak,
	"board":    func(s *session, _ string) { s.board() },
	"moves":    func(s *session, _ string) { s.listMoves() },
	"clock":    func(s *session, _ string) { s.showClocks() },
	"help":     func(s *session, _ string) { s.help() },
	"quit":     func(s *session, _ string) { s.quit() },
}

// takesWords are the commands that something may follow.
var takesWords = map[string]bool{"claim": true, "say": true}

// input acts on one line.
func (s *session) input(l line) {
	text := strings.TrimSpace(l.text)
	switch {
	case l.tooLong:
		s.say(i18n.PlayTooLong)
	case text == "":
	case strings.HasPrefix(text, "/"):
		word, rest, _ := strings.Cut(text[1:], " ")
		word = strings.ToLower(word)
		if english, ok := i18n.KoreanCommands[word]; ok {
			word = english
		}
		rest = strings.TrimSpace(rest)
		switch do := commands[word]; {
		case do == nil:
			s.say(i18n.PlayUnknown, caption.Short(text))
		case rest != "" && !takesWords[word]:
			s.say(i18n.PlayNoWords, caption.Short(text))
		default:
			do(s, rest)
		}
	default:
		s.move(text)
	}
}

func (s *session) id() uint32 {
	if s.table == nil {
		return 0
	}
	return s.table.ID
}

// The numbers of the refusals that are known here before the server would say so; see
// docs/protocol.md.
const (
	codeSeatsTaken  = 42
	codeNotYourTurn = 60
	codeGameOver    = 62
	codeNotStarted  = 63
)

// seated says what is wrong if the client is no player.
func (s *session) seated() bool {
	switch {
	case s.table == nil:
		s.say(i18n.PlayNoGame)
	case s.table.Seat == client.NoSeat:
		s.say(i18n.PlayOnlyWatching)
	default:
		return true
	}
	return false
}

// running says what is wrong if the client is no player of a running game. What was typed is
// quoted, if anything.
func (s *session) running(typed string) bool {
	if !s.seated() {
		return false
	}
	if s.table.Running() {
		return true
	}
	code := uint16(codeGameOver)
	if s.table.Number == 0 {
		code = codeNotStarted
	}
	s.wrong(typed, s.lang.Error(code, 0))
	return false
}

// wrong says what is wrong with what was typed.
func (s *session) wrong(typed, why string) {
	if typed == "" {
		s.print(why)
		return
	}
	s.say(i18n.PlayWrong, caption.Short(typed), why)
}

// playing sends a command of a running game.
func (s *session) playing(cmd client.Command) {
	if s.running("") {
		s.send(cmd, "")
	}
}

// move plays what was typed. Out of turn it waits for its turn as long as Options.Wait says.
func (s *session) move(text string) {
	switch {
	case s.turnIsMine():
		m, err := s.table.Parse(text)
		if err != nil {
			s.print(caption.Wrong(s.lang, text, s.table, err))
			return
		}
		s.moving = s.send(s.table.Play(m), text)
	case s.unreadable(text) != nil:
		s.print(caption.Wrong(s.lang, text, s.table, s.unreadable(text)))
	case s.o.Wait > 0 && s.mayTurn():
		s.held, s.early = text, time.After(s.o.Wait)
	case s.running(text):
		s.wrong(text, s.lang.Error(codeNotYourTurn, 0))
	}
}

// unreadable says why text can be no move at all, whatever the opponent does. A number may become
// the answer to a question of an omok opening.
func (s *session) unreadable(text string) error {
	if s.table == nil || s.table.Seat == client.NoSeat || !s.table.Running() || s.table.Position == nil {
		return nil
	}
	_, err := s.table.Parse(text)
	var inOmok *omok.ParseError
	var inChess *chess.ParseError
	switch {
	case errors.As(err, &inOmok) && strings.Trim(text, "0123456789") != "":
		return err
	case errors.As(err, &inChess) && inChess.Kind == chess.Unreadable:
		return err
	}
	return nil
}

// refuseHeld says what is wrong with a move that has waited long enough.
func (s *session) refuseHeld() {
	text := s.held
	s.held = ""
	if text != "" && s.running(text) {
		s.wrong(text, s.lang.Error(codeNotYourTurn, 0))
	}
}

func (s *session) turnIsMine() bool {
	return s.table != nil && s.table.MyTurn() && !s.moving
}

// mayTurn reports whether it can become the client's turn without its doing anything.
func (s *session) mayTurn() bool {
	return s.table == nil || s.table.Seat != client.NoSeat && (s.table.Number == 0 || s.table.Running())
}

func (s *session) propose(what client.Offer) {
	switch {
	case !s.seated():
	case what == client.RematchOffer && s.table.Number > 0 && !s.table.Running() && !s.table.Player(s.table.Seat.Other()).Here:
		s.say(i18n.PlayNoOpponent)
	default:
		s.send(client.Propose{Table: s.id(), What: what}, "")
	}
}

// reply answers the opponent's offer, or withdraws one's own.
func (s *session) reply(v client.Verdict) {
	if !s.seated() {
		return
	}
	from, none := s.table.Seat.Other(), i18n.PlayNoOffer
	if v == client.Withdraw {
		from, none = s.table.Seat, i18n.PlayNothingOwn
	}
	what := s.table.Player(from).Offer
	if what == 0 {
		s.say(none)
		return
	}
	s.send(client.Reply{Table: s.id(), What: what, Verdict: v}, "")
}

// claim reads win, draw, and draw with the move that brings it about.
func (s *session) claim(rest string) {
	if !s.running("") {
		return
	}
	word, text, _ := strings.Cut(rest, " ")
	absent := s.table.Player(s.table.Seat.Other()).Away
	c := client.Claim{Table: s.id()}
	word = strings.ToLower(word)
	if english, ok := i18n.KoreanClaims[word]; ok {
		word = english
	}
	switch {
	case word == "win" && text == "":
		c.What = client.ClaimWinAbsent
		if g, ok := s.table.Position.(omok.Game); ok && g.ForbiddenPlayed() && !absent {
			c.What = client.ClaimWinForbidden
		}
	case word == "draw":
		c.What = client.ClaimDraw
		if text != "" {
			m, err := s.table.Parse(text)
			if err != nil {
				s.print(caption.Wrong(s.lang, text, s.table, err))
				return
			}
			c.Move = &m
		} else if absent && (s.table.Position == nil || s.table.Position.Claim() == rules.NoReason) {
			c.What = client.ClaimDrawAbsent
		}
	default:
		s.say(i18n.PlayClaimWhat)
		return
	}
	s.send(c, "")
}

func (s *session) speak(text string) {
	switch {
	case !s.seated():
	case text == "":
		s.say(i18n.PlaySayWhat)
	default:
		s.send(client.Say{Table: s.id(), Text: text}, "")
	}
}
