package screen

import (
	"strings"

	"hansu/caption"
	"hansu/client"
	"hansu/i18n"
	"hansu/rules"
	"hansu/rules/omok"
)

// button is something that can be done now, by its key, by a click, or by its command.
type button struct {
	key, label string
	hot        bool // it waits for an answer
	do         func(*model)
}

// answers are the buttons that belong to the present moment: choices, offers, claims.
func (m *model) answers() []button {
	t := m.play.table
	if t.Seat == client.NoSeat {
		return nil
	}
	var list []button
	for i, o := range m.choices() {
		list = append(list, button{string(rune('1' + i)), i18n.OpeningChoice(m.lang, o.Word), i == m.play.choice,
			func(m *model) { m.chooseOpening(i) }})
	}
	keys := []string{"F7", "F8"}
	add := func(label i18n.Text, do func(*model)) {
		key := ""
		if len(keys) > 0 {
			key, keys = keys[0], keys[1:]
		}
		list = append(list, button{key, m.lang.Text(label), true, do})
	}
	if t.Player(t.Seat.Other()).Offer != 0 {
		add(i18n.ScreenAccept, func(m *model) { m.reply(client.Accept) })
		add(i18n.ScreenDecline, func(m *model) { m.reply(client.Decline) })
	}
	if t.Player(t.Seat).Offer != 0 {
		add(i18n.ScreenWithdraw, func(m *model) { m.reply(client.Withdraw) })
	}
	for _, c := range m.claims() {
		add(c.label, func(m *model) { m.want(send{client.Claim{Table: t.ID, What: c.what}}) })
	}
	return list
}

// claim is something that can be claimed now.
type claim struct {
	label i18n.Text
	what  client.Claimable
}

func (m *model) claims() []claim {
	t := m.play.table
	if t.Seat == client.NoSeat || !t.Running() {
		return nil
	}
	var list []claim
	if t.CanClaim(m.now) {
		list = append(list, claim{i18n.ScreenClaimWin, client.ClaimWinAbsent}, claim{i18n.ScreenClaimLeftDraw, client.ClaimDrawAbsent})
	}
	if g, ok := t.Position.(omok.Game); ok && t.MyTurn() && g.ForbiddenPlayed() {
		list = append(list, claim{i18n.ScreenClaimForbidden, client.ClaimWinForbidden})
	}
	if t.Position != nil && t.MyTurn() && t.Position.Claim() != rules.NoReason {
		list = append(list, claim{i18n.ScreenClaimDraw, client.ClaimDraw})
	}
	return list
}

// yes and no press the first and the second of the answers that have a key.
func (m *model) yes() { m.press("F7") }
func (m *model) no()  { m.press("F8") }

func (m *model) press(key string) {
	for _, b := range m.answers() {
		if b.key == key {
			b.do(m)
			return
		}
	}
	m.say(true, i18n.PlayNoOffer)
}

// actions are the buttons that are always there.
func (m *model) actions() []button {
	t := m.play.table
	var list []button
	add := func(key string, label i18n.Text) {
		list = append(list, button{key: strings.ToUpper(key), label: m.lang.Text(label), do: functionKeys[key]})
	}
	switch {
	case t.Seat == client.NoSeat:
	case t.Running():
		add("f2", i18n.ScreenDraw)
		add("f3", i18n.ScreenTakeback)
		add("f4", i18n.ScreenResign)
	case t.Number > 0:
		add("f5", i18n.ScreenRematch)
	}
	if t.Variant.Kind == rules.Chess {
		add("f6", i18n.ScreenFlip)
	}
	add("f10", i18n.ScreenLeave)
	return list
}

// seated says so where the client is no player.
func (m *model) seated() bool {
	if m.play.table.Seat == client.NoSeat {
		m.say(true, i18n.PlayOnlyWatching)
		return false
	}
	return true
}

// propose offers something; an offer of the opponent's of the same kind is accepted by it.
func (m *model) propose(what client.Offer) {
	t := m.play.table
	switch {
	case !m.seated():
	case t.Player(t.Seat.Other()).Offer == what:
		m.reply(client.Accept)
	case what == client.RematchOffer && t.Number > 0 && !t.Running() && !t.Player(t.Seat.Other()).Here:
		m.say(true, i18n.PlayNoOpponent)
	default:
		m.want(send{client.Propose{Table: t.ID, What: what}})
	}
}

func (m *model) reply(v client.Verdict) {
	t := m.play.table
	if !m.seated() {
		return
	}
	from, none := t.Seat.Other(), i18n.PlayNoOffer
	if v == client.Withdraw {
		from, none = t.Seat, i18n.PlayNothingOwn
	}
	if what := t.Player(from).Offer; what != 0 {
		m.want(send{client.Reply{Table: t.ID, What: what, Verdict: v}})
		return
	}
	m.say(true, none)
}

// resign asks first.
func (m *model) resign() {
	t := m.play.table
	if !m.seated() {
		return
	}
	if !t.Running() {
		m.tell(true, m.lang.Error(codeGameOver, 0))
		return
	}
	m.ask(m.lang.Text(i18n.ScreenResignTitle),
		option{m.lang.Text(i18n.ScreenStay), func(*model) {}},
		option{m.lang.Text(i18n.ScreenResign), func(m *model) { m.want(send{client.Resign{Table: t.ID}}) }})
}

// commands are those of the line mode.
var commands = map[string]func(m *model, rest string){
	"resign":   func(m *model, _ string) { m.resign() },
	"draw":     func(m *model, _ string) { m.propose(client.DrawOffer) },
	"takeback": func(m *model, _ string) { m.propose(client.TakebackOffer) },
	"rematch":  func(m *model, _ string) { m.propose(client.RematchOffer) },
	"accept":   func(m *model, _ string) { m.reply(client.Accept) },
	"decline":  func(m *model, _ string) { m.reply(client.Decline) },
	"withdraw": func(m *model, _ string) { m.reply(client.Withdraw) },
	"claim":    (*model).claim,
	"say":      func(m *model, rest string) { m.want(send{client.Say{Table: m.play.id, Text: rest}}) },
	"help":     func(m *model, _ string) { m.help = true },
	"quit":     func(m *model, _ string) { m.quit() },
}

// command acts on a line that began with a slash.
func (m *model) command(text string) {
	word, rest, _ := strings.Cut(text, " ")
	word = strings.ToLower(word)
	if english, ok := i18n.KoreanCommands[word]; ok {
		word = english
	}
	if do := commands[word]; do != nil {
		do(m, strings.TrimSpace(rest))
		return
	}
	m.say(true, i18n.PlayUnknown, caption.Short("/"+text))
}

// claim reads win, draw, and draw with the move that brings it about.
func (m *model) claim(rest string) {
	t := m.play.table
	word, text, _ := strings.Cut(rest, " ")
	if english, ok := i18n.KoreanClaims[word]; ok {
		word = english
	}
	c := client.Claim{Table: t.ID}
	absent := t.Player(t.Seat.Other()).Away
	g, omoks := t.Position.(omok.Game)
	switch {
	case !m.seated():
		return
	case word == "win" && omoks && g.ForbiddenPlayed() && !absent:
		c.What = client.ClaimWinForbidden
	case word == "win":
		c.What = client.ClaimWinAbsent
	case word == "draw" && text != "":
		mv, err := t.Parse(text)
		if err != nil {
			m.tell(true, caption.Wrong(m.lang, text, t, err))
			return
		}
		c.What, c.Move = client.ClaimDraw, &mv
	case word == "draw" && absent && (t.Position == nil || t.Position.Claim() == rules.NoReason):
		c.What = client.ClaimDrawAbsent
	case word == "draw":
		c.What = client.ClaimDraw
	default:
		m.say(true, i18n.PlayClaimWhat)
		return
	}
	m.want(send{c})
}
