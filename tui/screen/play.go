package screen

import (
	"slices"
	"strings"

	"hansu/caption"
	"hansu/client"
	"hansu/i18n"
	"hansu/rules"
	"hansu/rules/chess"
	"hansu/rules/omok"
)

// play is the table that is shown.
type play struct {
	id       uint32
	table    *client.Table
	cursor   rules.Point
	picked   rules.Point // chess: where the man stands that is to move
	holding  bool        // picked counts
	flipped  bool
	marks    marks
	choice   int // of an opening's choices
	moving   bool
	talk     []remark
	scroll   int // of the talk, in lines from its end
	typing   line
	chatting bool // what is typed is talk
	passing  bool // and only until it is sent
}

// marks are what the board shows besides stones and men.
type marks struct {
	forbidden map[rules.Point]bool
	win       map[rules.Point]bool
	offered   map[rules.Point]rune // fifth moves, numbered
	zone      int                  // side of the central square where the stone must lie; 0: anywhere
	legal     []rules.Move         // chess
	checked   *rules.Point         // the king that is in check
	last      []rules.Point
}

// remark is a line of the talk, or something that happened.
type remark struct {
	who  string // empty: an event
	own  bool
	text string
}

func newPlay(t *client.Table) play {
	p := play{id: t.ID, table: t, typing: line{most: textMax}}
	middle := uint8(7)
	switch {
	case t.Variant.Kind == rules.Chess:
		p.cursor = rules.Point{Col: 4, Row: 1}
		if t.Side(t.Seat) == rules.Black {
			p.cursor.Row = 6
		}
		return p
	case t.Variant.Size > 0:
		middle = t.Variant.Size / 2
	}
	p.cursor = rules.Point{Col: middle, Row: middle}
	return p
}

// study works out what is to be marked in the present position.
func (m *model) study() {
	p := &m.play
	p.marks, p.choice, p.holding = marks{}, 0, false
	switch g := p.table.Position.(type) {
	case omok.Game:
		p.marks = omokMarks(g, p.table)
	case *chess.Game:
		if last, ok := g.Last(); ok {
			p.marks.last = []rules.Point{last.From, last.To}
		}
		if p.table.MyTurn() {
			p.marks.legal = g.Legal(nil)
		}
		if g.Check() {
			king := g.King(g.ToMove())
			p.marks.checked = &king
		}
	}
}

func omokMarks(g omok.Game, t *client.Table) marks {
	k := marks{forbidden: map[rules.Point]bool{}, win: map[rules.Point]bool{}, offered: map[rules.Point]rune{}}
	last, ok := g.Last()
	if ok {
		k.last = []rules.Point{last}
	}
	if t.Reason == rules.Five && ok {
		b := g.Board()
		for _, p := range b.WinningLine(nil, t.Variant.Rules, b.At(last), last) {
			k.win[p] = true
		}
	}
	if t.MyTurn() {
		for _, p := range g.Forbidden(nil) {
			k.forbidden[p] = true
		}
	}
	if t.Running() {
		o := g.Opening()
		k.zone = o.Zone
		for i, p := range o.Offered {
			k.offered[p] = rune("123456789abc"[min(i, 11)])
		}
	}
	return k
}

// happened tells what a record did, if it is of now.
func (m *model) happened(r client.Record) {
	p := &m.play
	if r.Past { // what was said then is still worth reading; what was done, the board shows
		for _, h := range r.Events {
			if _, ok := h.(client.Said); ok {
				m.happening(h)
			}
		}
		if r.CaughtUp() {
			m.study()
		}
		return
	}
	m.study()
	for _, h := range r.Events {
		m.happening(h)
	}
	if p.table.MyTurn() && !slices.ContainsFunc(r.Events, func(h client.Happening) bool { _, chat := h.(client.Said); return chat }) {
		m.want(bell{})
	}
}

// remember adds a line to the talk. The slice is a new one: earlier models keep theirs.
func (p *play) remember(r remark) {
	from := max(0, len(p.talk)+1-talkMax)
	p.talk = append(slices.Clone(p.talk[from:]), r)
	if p.scroll > 0 {
		p.scroll++
	}
}

func (p *play) scrollBy(by int) { p.scroll = max(0, min(p.scroll+by, len(p.talk))) }

// log adds what happened.
func (m *model) log(t i18n.Text, args ...any) {
	m.play.remember(remark{text: m.lang.Text(t, args...)})
}

func (m *model) happening(h client.Happening) {
	t := m.play.table
	who := func(s client.Seat) string { return caption.Name(m.lang, t, s) }
	switch h := h.(type) {
	case client.Said:
		m.play.remember(remark{who: who(h.Seat), own: h.Seat == t.Seat && h.Seat != client.NoSeat, text: h.Text})
	case client.Seated:
		m.log(i18n.PlaySeated, h.Seat, h.Name)
	case client.Started:
		m.log(i18n.PlayStarted, h.Game, caption.Player(m.lang, t, t.First), caption.Player(m.lang, t, t.First.Other()))
	case client.Moved:
		m.play.moving = m.play.moving && h.Seat != t.Seat
		m.notice = notice{}
	case client.TookBack:
		m.log(i18n.PlayTookBack, h.Remain)
	case client.Proposed:
		m.log(i18n.PlayOffered, who(h.Seat), m.lang.Offer(uint8(h.What)))
	case client.Replied:
		text := i18n.PlayDeclined
		switch h.Reply {
		case client.Accept:
			text = i18n.PlayAccepted
		case client.Withdraw:
			text = i18n.PlayWithdrawn
		}
		m.log(text, who(h.Seat), m.lang.Offer(uint8(h.What)))
	case client.Away:
		if h.Seat != t.Seat {
			m.log(i18n.PlayAway, who(h.Seat), m.lang.Duration(h.Grace))
		}
	case client.Back:
		if h.Seat != t.Seat {
			m.log(i18n.PlayBack, who(h.Seat))
		}
	case client.Left:
		if h.Seat != t.Seat {
			m.log(i18n.PlayLeft, who(h.Seat))
		}
	case client.Ended:
		m.play.remember(remark{text: caption.Result(m.lang, t, h.Winner, h.Reason)})
	}
}

// steer moves the cursor of the board, or the choice where an opening asks a question.
func (m *model) steer(key string) {
	p := &m.play
	if n := len(m.choices()); n > 0 {
		switch key {
		case "up", "left":
			p.choice = (p.choice + n - 1) % n
		default:
			p.choice = (p.choice + 1) % n
		}
		return
	}
	b := m.board()
	dx, dy := 0, 0
	switch key {
	case "up":
		dy = -1
	case "down":
		dy = 1
	case "left":
		dx = -1
	case "right":
		dx = 1
	}
	col, row := b.place(p.cursor)
	col, row = min(max(0, col+dx), b.size-1), min(max(0, row+dy), b.size-1)
	p.cursor = b.point(col, row)
}

// choices are the answers to a question of the opening that this client is asked. The fifth moves
// to pick from are points of the board instead.
func (m *model) choices() []omok.Option {
	t := m.play.table
	g, ok := t.Position.(omok.Game)
	if !ok || !t.MyTurn() || g.Phase() == omok.Picking {
		return nil
	}
	return g.Opening().Options
}

// choiceOf is the choice that a digit stands for, or -1.
func (m *model) choiceOf(text string) int {
	n := len(m.choices())
	if len(text) == 1 && text[0] >= '1' && int(text[0]-'1') < n {
		return int(text[0] - '1')
	}
	return -1
}

func (m *model) chooseOpening(i int) {
	if list := m.choices(); i < len(list) {
		m.move(rules.Move{Kind: rules.Choose, Arg: list[i].Arg})
	}
}

// enterKey sends what is typed, or acts on the board.
func (m *model) enterKey() {
	p := &m.play
	text := strings.TrimSpace(p.typing.text())
	switch {
	case text == "" && p.chatting:
		p.chatting = false
	case text == "" && len(m.choices()) > 0:
		m.chooseOpening(p.choice)
	case text == "":
		m.point(p.cursor)
	case strings.HasPrefix(text, "/"):
		p.typing.clear()
		m.command(text[1:])
	case p.chatting:
		p.typing.clear()
		p.scroll = 0
		p.chatting, p.passing = !p.passing, false
		m.want(send{client.Say{Table: p.id, Text: text}})
	default:
		m.typedMove(text)
	}
}

// typedMove plays a move that was typed. What is wrong with it is said, and the text stays to be
// corrected.
func (m *model) typedMove(text string) {
	t := m.play.table
	switch {
	case !m.mayMove():
	default:
		mv, err := t.Parse(text)
		if err != nil {
			m.tell(true, caption.Wrong(m.lang, text, t, err))
			return
		}
		m.play.typing.clear()
		m.move(mv)
	}
}

// The refusals that are known before the server says so; docs/protocol.md.
const (
	codeNotYourTurn = 60
	codeGameOver    = 62
	codeNotStarted  = 63
)

// mayMove says what is wrong where this client cannot move now.
func (m *model) mayMove() bool {
	t := m.play.table
	switch {
	case t.Seat == client.NoSeat:
		m.say(true, i18n.PlayOnlyWatching)
	case t.Number == 0:
		m.tell(true, m.lang.Error(codeNotStarted, 0))
	case !t.Running():
		m.tell(true, m.lang.Error(codeGameOver, 0))
	case !t.MyTurn() || m.play.moving:
		m.tell(true, m.lang.Error(codeNotYourTurn, 0))
	case t.Position == nil:
		m.say(true, i18n.PlayNoBoard)
	default:
		return true
	}
	return false
}

// move sends a move, after the rules have been asked.
func (m *model) move(mv rules.Move) {
	t := m.play.table
	if !m.mayMove() {
		return
	}
	if _, err := t.Position.Play(mv); err != nil {
		m.tell(true, caption.Wrong(m.lang, mv.To.String(), t, err))
		return
	}
	m.play.moving, m.play.holding = true, false
	m.want(send{t.Play(mv)})
	if !m.link.up {
		m.say(false, i18n.PlayMoveKept, t.Position.Format(mv))
	}
}

// point acts on a point of the board, as a click or Enter does.
func (m *model) point(at rules.Point) {
	p := &m.play
	p.cursor = at
	if !m.mayMove() {
		return
	}
	switch g := p.table.Position.(type) {
	case omok.Game:
		m.stone(g, at)
	case *chess.Game:
		m.man(g, at)
	}
}

// stone lays a stone, or offers or picks a fifth move, as the opening wants it.
func (m *model) stone(g omok.Game, at rules.Point) {
	mv := rules.Move{Kind: rules.Play, To: at}
	switch g.Phase() {
	case omok.Offering:
		mv.Kind = rules.Offer
	case omok.Picking:
		for _, o := range g.Opening().Options {
			if o.Point == at {
				mv = rules.Move{Kind: rules.Choose, Arg: o.Arg}
			}
		}
	}
	m.move(mv)
}

// man picks up a man of one's own, or puts it down.
func (m *model) man(g *chess.Game, at rules.Point) {
	p := &m.play
	var ways []rules.Move
	for _, mv := range p.marks.legal {
		if p.holding && mv.From == p.picked && mv.To == at {
			ways = append(ways, mv)
		}
	}
	_, side := g.PieceAt(at)
	switch {
	case len(ways) == 1:
		m.move(ways[0])
	case len(ways) > 1:
		m.promote(g, ways)
	case side == g.ToMove() && !(p.holding && p.picked == at):
		p.picked, p.holding = at, true
	case p.holding:
		if p.picked != at {
			m.tell(true, m.lang.Problem(uint8(rules.CannotMove)))
		}
		p.holding = false
	default:
		m.tell(true, m.lang.Problem(uint8(rules.NoPiece)))
	}
}

// promote asks what a pawn becomes.
func (m *model) promote(g *chess.Game, ways []rules.Move) {
	slices.SortFunc(ways, func(a, b rules.Move) int { return int(b.Arg) - int(a.Arg) }) // the queen first
	var options []option
	for _, mv := range ways {
		options = append(options, option{i18n.Piece(m.lang, mv.Arg), func(m *model) { m.move(mv) }})
	}
	m.ask(m.lang.Text(i18n.ScreenPromote), options...)
}
