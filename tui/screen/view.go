package screen

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"hansu/caption"
	"hansu/client"
	"hansu/i18n"
	"hansu/rules"
	"hansu/rules/chess"
	"hansu/rules/omok"
)

// The least that the screen needs.
const (
	leastW = 80
	leastH = 24
)

// draw draws the whole screen.
func (m *model) draw() *frame {
	f := newFrame(max(1, m.w), max(1, m.h))
	f.ascii = m.look.ascii
	if m.w < leastW || m.h < leastH {
		for i, l := range wrap(m.lang.Text(i18n.ScreenTooSmall, leastW, leastH, m.w, m.h), m.w) {
			f.put(0, i, m.w, m.look.warn, l)
		}
		return f
	}
	m.drawBar(f)
	switch m.place {
	case atPicker:
		m.drawPicker(f)
	case atLobby:
		m.drawLobby(f)
	case atTable:
		m.drawTable(f)
	}
	if m.place != atTable && m.notice.text != "" {
		f.put(2, f.h-2, f.w-2, m.noticeLook(), m.notice.text)
	}
	if m.help {
		m.drawHelp(f)
	}
	if m.dialog != nil {
		m.drawDialog(f)
	}
	return f
}

func (m *model) noticeLook() style {
	if m.notice.bad {
		return m.look.bad
	}
	return m.look.good
}

// drawBar draws the line at the top: what this is, and whether there is a connection.
func (m *model) drawBar(f *frame) {
	t := m.look
	f.fill(rect{0, 0, f.w, 1}, t.bar)
	x := f.put(1, 0, f.w, t.bar, m.lang.Text(i18n.ScreenBrand))
	state := ""
	switch {
	case m.place == atPicker:
	case m.link.up && m.place == atTable:
		state = m.lang.Text(i18n.ScreenTable, m.play.table.Code) + m.mark(" ●", "")
		if n := m.play.table.Viewers; n > 0 {
			state = m.lang.Text(i18n.PlayViewers, n) + m.mark(" · ", ", ") + state
		}
	case m.link.up:
		state = m.link.address + m.mark(" ●", "")
	case !m.link.ever:
		state = m.lang.Text(i18n.ScreenConnecting, m.link.address)
	default:
		wait := max(0, m.link.retry.Sub(m.now))
		state = m.mark("○ ", "") + m.lang.Text(i18n.ScreenOffline, m.lang.Duration(wait))
	}
	end := f.w - 2 - width(state)
	look := t.barDim
	if m.link.ever && !m.link.up {
		look = t.low
	}
	f.put(end, 0, f.w, look, state)
	if m.place == atTable {
		tb := m.play.table
		f.put(x+2, 0, end-1, t.barDim, caption.Game(m.lang, tb.Variant, tb.Time, tb.Private))
	} else if m.place == atLobby {
		f.put(x+2, 0, end-1, t.barDim, m.name)
	}
}

// drawTable draws the board on the left, what belongs to it on the right, and the line below.
func (m *model) drawTable(f *frame) {
	b := m.board()
	m.drawBoard(f, b)
	p := rect{b.width() + 1, 1, 0, f.h - 2}
	p.w = f.w - p.x - 1
	talk := p
	if p.w >= 2*panelLeast+2 { // wide: the talk stands beside
		p.w = min(46, p.w/2)
		talk.x, talk.w = p.x+p.w+2, talk.w-p.w-2
	}
	y := m.drawPlayers(f, p)
	y = m.drawPrompt(f, p, y+1)
	y = m.drawAnswers(f, p, y)
	bottom := m.drawActions(f, p)
	if talk.x == p.x {
		talk.y = m.drawMoves(f, rect{p.x, y + 1, p.w, movesHeight(bottom - y - 1)}) + 1
		talk.h = bottom - talk.y
	} else {
		m.drawMoves(f, rect{p.x, y + 1, p.w, bottom - y - 2})
	}
	m.drawTalk(f, talk)
	m.drawInput(f)
}

// movesHeight is how much of a height the list of moves gets; the talk has the rest.
func movesHeight(h int) int { return max(2, h*2/5) }

// drawPlayers draws a plate for each player, the opponent's first, and returns the line below.
func (m *model) drawPlayers(f *frame, p rect) int {
	me := viewer(m.play.table)
	y := p.y
	for _, s := range []client.Seat{me.Other(), me} {
		m.drawPlayer(f, rect{p.x, y, p.w, 1}, s)
		y++
		if note := m.playerNote(s); note != "" {
			f.put(p.x+4, y, p.x+p.w, m.look.dim, note)
			y++
		}
	}
	return y
}

func (m *model) drawPlayer(f *frame, r rect, s client.Seat) {
	t, look := m.play.table, m.look
	pl := t.Player(s)
	if side := t.Side(s); side != rules.NoSide {
		m.stoneMark(f, r.x, r.y, side)
	}
	name, as := pl.Name, look.strong
	if !pl.Here {
		as = look.dim
		if name == "" {
			name = m.lang.Text(i18n.ScreenFreeSeat)
		}
	}
	clock := ""
	if t.Number > 0 && t.Time.Timing != rules.Untimed {
		clock = " " + caption.Clock(t.Time, t.Clock(s, m.now)) + " "
	}
	end := r.x + r.w - width(clock)
	x := f.put(r.x+4, r.y, end-4, as, name)
	if s == t.Seat {
		x = f.put(x+1, r.y, end-1, look.dim, "("+m.lang.Text(i18n.ScreenYou)+")")
	}
	turn := t.Running() && t.Turn == s
	if turn {
		f.put(x+1, r.y, end, look.good, m.mark("◀", "<"))
	}
	f.put(end, r.y, f.w, m.clockLook(s, turn), clock)
}

// clockLook warns when little is left.
func (m *model) clockLook(s client.Seat, turn bool) style {
	t := m.play.table
	switch left := t.Time.Total(t.Clock(s, m.now)); {
	case !turn:
		return m.look.clock
	case left <= 10_000:
		return m.look.low
	}
	return m.look.running
}

// playerNote says what else there is about a player.
func (m *model) playerNote(s client.Seat) string {
	t := m.play.table
	pl := t.Player(s)
	var notes []string
	if pl.Away {
		left := max(0, pl.ClaimAt.Sub(m.now))
		notes = append(notes, m.lang.Text(i18n.ScreenAway, m.lang.Duration(left.Round(time.Second))))
	}
	if pl.Offer != 0 {
		notes = append(notes, m.lang.Text(i18n.ScreenOffers, m.lang.Offer(uint8(pl.Offer))))
	}
	if g, ok := t.Position.(*chess.Game); ok {
		if lost := m.captured(g, t.Side(s).Other()); lost != "" {
			notes = append(notes, lost)
		}
	}
	return strings.Join(notes, " · ")
}

// captured are the men that a side has lost.
func (m *model) captured(g *chess.Game, side rules.Side) string {
	var b strings.Builder
	lost := g.Captured(side)
	for _, p := range []chess.Piece{chess.Queen, chess.Rook, chess.Bishop, chess.Knight, chess.Pawn} {
		man := men[p][0]
		if side == rules.White {
			man = men[p][1]
		}
		if m.look.ascii {
			man = string(rune(p.Letter()))
		}
		b.WriteString(strings.Repeat(man, lost[p]))
	}
	return b.String()
}

// prompt says what is to be done now.
func (m *model) prompt() (lines []string, look style) {
	t := m.play.table
	switch {
	case t.Number == 0 && t.Seat != client.NoSeat:
		return []string{m.lang.Text(i18n.ScreenWaiting), m.hints.invite + " --join " + t.Code}, m.look.accent
	case t.Number == 0:
		return []string{m.lang.Text(i18n.ScreenNotBegun)}, m.look.dim
	case !t.Running():
		lines = []string{caption.Result(m.lang, t, t.Winner, t.Reason)}
		switch {
		case t.Seat == client.NoSeat || t.Winner == client.NoSeat:
			return lines, m.look.strong
		case t.Winner == t.Seat:
			return append([]string{m.lang.Text(i18n.PlayYouWin)}, lines...), m.look.good
		}
		return append([]string{m.lang.Text(i18n.PlayYouLose)}, lines...), m.look.bad
	case !t.MyTurn():
		return []string{m.lang.Text(i18n.PlayTheirTurn, caption.Player(m.lang, t, t.Turn))}, m.look.dim
	}
	lines, look = []string{m.lang.Text(i18n.PlayYourTurn)}, m.look.good
	switch g := t.Position.(type) {
	case *chess.Game:
		if g.Check() {
			lines[0] += " " + m.lang.Text(i18n.PlayCheck)
		}
	case omok.Game:
		switch {
		case g.Phase() == omok.Picking:
			lines = append(lines, m.lang.Text(i18n.ScreenPickFifth))
		case len(m.choices()) > 0:
			lines = append(lines, m.lang.Text(i18n.ScreenChoose))
		default:
			lines = append(lines, caption.Opening(m.lang, g)...)
		}
	}
	return lines, look
}

func (m *model) drawPrompt(f *frame, p rect, y int) int {
	lines, look := m.prompt()
	for _, text := range lines {
		for _, l := range wrap(text, p.w) {
			f.put(p.x, y, p.x+p.w, look, l)
			y++
		}
	}
	return y
}

// drawAnswers draws the buttons of the present moment, one after another.
func (m *model) drawAnswers(f *frame, p rect, y int) int {
	return m.drawButtons(f, p, y, m.answers())
}

// drawButtons sets buttons side by side, as many in a line as it takes, and returns the line below.
func (m *model) drawButtons(f *frame, p rect, y int, list []button) int {
	x := p.x
	for _, b := range list {
		label := " " + strings.TrimSpace(b.key+" "+b.label) + " "
		if x > p.x && x+width(label) > p.x+p.w {
			x = p.x
			y++
		}
		look := m.look.button
		if b.hot {
			look = m.look.hot
		}
		end := f.put(x, y, p.x+p.w, look, label)
		f.click(rect{x, y, end - x, 1}, b.do)
		x = end + 1
	}
	if x > p.x {
		y++
	}
	return y
}

// drawActions draws the buttons at the foot, with the notice above them, and returns the line
// where all that begins.
func (m *model) drawActions(f *frame, p rect) int {
	list := m.actions()
	probe := newFrame(f.w, f.h)
	lines := m.drawButtons(probe, p, 0, list)
	y := p.y + p.h - lines
	m.drawButtons(f, p, y, list)
	if m.notice.text == "" {
		return y - 1
	}
	text := wrap(m.notice.text, p.w)
	for i, l := range text {
		f.put(p.x, y-len(text)+i, p.x+p.w, m.noticeLook(), l)
	}
	return y - len(text)
}

// drawMoves draws the list of moves, its end if it is long, and returns the line below.
func (m *model) drawMoves(f *frame, r rect) int {
	f.put(r.x, r.y, r.x+r.w, m.look.title, m.lang.Text(i18n.ScreenMoves))
	var rows []string
	row, t := "", m.play.table
	pair := t.Variant.Kind == rules.Chess
	for i, ply := range t.Moves {
		text := fmt.Sprintf("%3d %-4s", i+1, ply.Text)
		if pair {
			text = pad(ply.Text, 8)
			if i%2 == 0 {
				text = fmt.Sprintf("%3d. %s", i/2+1, text)
			}
		}
		if width(row)+width(text) > r.w || pair && i%2 == 0 && width(row)+22 > r.w {
			rows = append(rows, row)
			row = ""
		}
		row += text
	}
	rows = append(rows, row)
	rows = rows[max(0, len(rows)-(r.h-1)):]
	for i, text := range rows {
		f.put(r.x, r.y+1+i, r.x+r.w, m.look.text, text)
	}
	return r.y + r.h
}

// drawTalk draws the end of the talk, or an earlier part of it.
func (m *model) drawTalk(f *frame, r rect) {
	if r.h < 2 {
		return
	}
	end := f.put(r.x, r.y, r.x+r.w, m.look.title, m.lang.Text(i18n.ScreenTalk))
	if m.play.scroll > 0 {
		f.put(end+1, r.y, r.x+r.w, m.look.dim, m.mark("↓", "v"))
	}
	type written struct {
		text string
		look style
		who  int // cells of the name in front
	}
	var lines []written
	for _, k := range m.play.talk[:max(0, len(m.play.talk)-m.play.scroll)] {
		look, who := m.look.event, 0
		text := k.text
		if k.who != "" {
			who = width(k.who) + 1
			text, look = k.who+": "+k.text, m.look.text
		}
		for i, l := range wrap(text, r.w) {
			if i > 0 {
				who = 0
			}
			w := written{l, look, who}
			if k.own && who > 0 {
				w.who = -who
			}
			lines = append(lines, w)
		}
	}
	lines = lines[max(0, len(lines)-(r.h-1)):]
	for i, l := range lines {
		y := r.y + 1 + i
		f.put(r.x, y, r.x+r.w, l.look, l.text)
		name := m.look.other
		if l.who < 0 {
			name = m.look.own
		}
		if n := abs(l.who); n > 0 {
			f.put(r.x, y, r.x+min(n, r.w), name, ansi.TruncateWc(l.text, n, ""))
		}
	}
}

// drawInput draws the line at the bottom: what is typed, and which keys do what.
func (m *model) drawInput(f *frame) {
	p := &m.play
	label, hint := i18n.ScreenMoveLine, i18n.ScreenMoveHint
	if p.table.Variant.Kind == rules.Chess {
		hint = i18n.ScreenChessHint
	}
	if p.chatting {
		label, hint = i18n.ScreenTalkLine, i18n.ScreenTalkHint
	}
	keys := m.lang.Text(i18n.ScreenTableKeys)
	y := f.h - 1
	x := f.put(1, y, f.w, m.look.accent, m.lang.Text(label)+" "+m.mark("›", ">")) + 1
	w := f.w - x - width(keys) - 3
	p.typing.draw(f, x, y, w, m.look.field, m.look.fieldDim, m.lang.Text(hint), m.dialog == nil && (p.chatting || len(p.typing.runes) > 0))
	f.click(rect{x, y, w, 1}, func(m *model) { m.play.chatting = true })
	f.put(x+w+2, y, f.w, m.look.dim, keys)
}
