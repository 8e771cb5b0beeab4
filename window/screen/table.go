package screen

import (
	"image"
	"image/color"

	"hansu/client"
	"hansu/i18n"
	"hansu/rules"
	"hansu/rules/chess"
	"hansu/rules/variants"
	"hansu/window/paint"
)

// The sizes of the table's screen, in the layout's units.
const (
	edge       = 16
	panelLeast = 330
	panelMost  = 430
)

// Places says where the board and the panel beside it are.
func (a *App) Places() (board, panel image.Rectangle) {
	e := a.px(edge)
	side := max(a.px(160), min(a.size.Y-2*e, a.size.X-3*e-a.px(panelLeast)))
	width := max(a.px(200), min(a.size.X-3*e-side, a.px(panelMost)))
	left := max(e, (a.size.X-side-width-e)/2)
	top := max(e, (a.size.Y-side)/2)
	board = image.Rect(left, top, left+side, top+side)
	upper := e
	if top <= 3*e { // about as high as the board: then just as high
		upper = top
	}
	panel = image.Rect(board.Max.X+e, upper, board.Max.X+e+width, a.size.Y-upper)
	return board, panel
}

// grid is the board as it lies on the window.
func (a *App) grid() Grid {
	box, _ := a.Places()
	t := a.play.table
	v := variants.Normal(t.Variant)
	if v.Kind == rules.Chess {
		return NewGrid(8, true, t.Side(t.Seat) == rules.Black, box.Min, box.Dx())
	}
	return NewGrid(int(v.Size), false, false, box.Min, box.Dx())
}

// Grid returns where the points of the board are, and false while there is none.
func (a *App) Grid() (Grid, bool) {
	if a.page != playPage || a.play.table == nil {
		return Grid{}, false
	}
	return a.grid(), true
}

func (m *composer) play() {
	a := m.a
	t := a.play.table
	m.v.Title = a.text(i18n.WindowTableTitle, t.Code, a.text(i18n.WindowTitle))
	m.board()
	_, panel := a.Places()
	in := column{a, panel}
	about := describe(a.lang, t) + " · " + a.text(i18n.WindowTable, t.Code)
	if t.Viewers > 0 {
		about += " · " + a.text(i18n.PlayViewers, t.Viewers)
	}
	m.wrapped(in.take(36), about, Small, soft)
	in.take(6)
	top, bottom := client.SeatTwo, client.SeatOne
	if t.Seat != client.NoSeat {
		top, bottom = t.Seat.Other(), t.Seat
	}
	m.playerCard(in.take(52), top)
	in.take(8)
	m.playerCard(in.take(52), bottom)
	in.take(10)
	text, mood := a.status()
	m.wrapped(in.take(42), text, Bold, map[tone]color.NRGBA{calm: ink, good: accent, bad: red}[mood])
	in.take(4)
	for _, p := range a.prompts() {
		m.prompt(&in, p)
	}
	m.below(&in)
}

// board draws the board with its letters and numbers.
func (m *composer) board() {
	a := m.a
	g := a.grid()
	r := g.Rect
	m.c.Shadow(float64(r.Min.X), float64(r.Min.Y), float64(r.Dx()), float64(r.Dy()), 4*a.scale(), 10*a.scale())
	marks := Marks{Picked: a.play.picked, Promote: a.play.promote, Waiting: a.play.waiting}
	if at, ok := a.hovered(); ok {
		marks.Hover = &at
	} else if a.cursor != nil {
		marks.Hover, marks.Cursor = a.cursor, true
	}
	a.board.Draw(m.c, g, a.play.table, marks)
	if marks.Promote == nil {
		m.v.Texts = append(m.v.Texts, g.coordinates()...)
	}
}

// playerCard shows one player: colour, name, clock.
func (m *composer) playerCard(r image.Rectangle, seat client.Seat) {
	a := m.a
	t := a.play.table
	p := t.Player(seat)
	k := a.scale()
	turn := t.Running() && t.Turn == seat
	rim, fill := line, card
	if turn {
		rim, fill = accent, tint
	}
	x, y, w, h := float64(r.Min.X), float64(r.Min.Y), float64(r.Dx()), float64(r.Dy())
	m.c.Fill(paint.Round(x, y, w, h, 10*k), rim)
	m.c.Fill(paint.Round(x+k, y+k, w-2*k, h-2*k, 9*k), fill)
	m.side(r, seat)
	name, note := p.Name, ""
	switch {
	case name == "":
		name = a.text(i18n.WindowEmptySeat)
	case p.Away:
		note = a.text(i18n.WindowAway)
	case !p.Here:
		note = a.text(i18n.WindowHasLeft)
	case seat == t.Seat:
		note = a.text(i18n.WindowYou)
	}
	clock := a.clock(seat)
	left, right := r.Min.X+a.px(52), r.Max.X-a.px(14)
	if clock != "" {
		m.text(image.Rect(right-a.px(150), r.Min.Y, right, r.Max.Y), clock, Digits, ink, Right)
		right -= a.px(116)
	}
	col := ink
	if !p.Here {
		col = soft
	}
	row := image.Rect(left, r.Min.Y, right, r.Max.Y)
	if note != "" {
		m.text(image.Rect(left, r.Min.Y+a.px(27), right, r.Max.Y-a.px(5)), note, Small, soft, Left)
		row.Min.Y, row.Max.Y = r.Min.Y+a.px(7), r.Min.Y+a.px(29)
	}
	m.text(row, name, Bold, col, Left)
}

// side draws a seat's stone, or its king.
func (m *composer) side(r image.Rectangle, seat client.Seat) {
	a := m.a
	t := a.play.table
	side := t.Side(seat)
	x, y := r.Min.X+a.px(28), (r.Min.Y+r.Max.Y)/2
	k := a.scale()
	switch {
	case side == rules.NoSide:
		m.c.Stroke(paint.Circle(float64(x), float64(y), 12*k), 1.4*k, line)
	case t.Variant.Kind == rules.Chess:
		s := paint.Man(int(chess.King), side == rules.White, a.px(38))
		m.c.Put(s, x-a.px(19), y-a.px(19), 1)
	default:
		s := paint.Stone(side == rules.White, 12.5*k)
		m.c.Put(s, x-s.Rect.Dx()/2, y-s.Rect.Dy()/2, 1)
	}
}

// prompt is a question with the buttons that answer it.
type prompt struct {
	text    string
	buttons []Control
}

func (m *composer) prompt(in *column, p prompt) {
	a := m.a
	if p.text != "" {
		m.text(in.take(24), p.text, Body, ink, Left)
	}
	for from := 0; from < len(p.buttons); {
		n := min(4, len(p.buttons))
		for i, r := range columns(in.take(34), n, a.px(8)) {
			if from+i < len(p.buttons) {
				b := p.buttons[from+i]
				b.Rect = r
				m.control(b)
			}
		}
		from += n
		in.take(6)
	}
	in.take(4)
}

// prompts are what the player is asked now.
func (a *App) prompts() []prompt {
	p := &a.play
	t := p.table
	button := func(id ID, kind Kind, text i18n.Text) Control {
		return Control{ID: id, Kind: kind, Text: a.text(text)}
	}
	var all []prompt
	switch p.confirm {
	case ResignID:
		all = append(all, prompt{a.text(i18n.WindowSureResign), []Control{button(YesID, Danger, i18n.WindowResign), button(NoID, Button, i18n.WindowNo)}})
	case LeaveID:
		all = append(all, prompt{a.text(i18n.WindowSureLeave), []Control{button(YesID, Danger, i18n.WindowResignLeave), button(NoID, Button, i18n.WindowNo)}})
	}
	if t.Seat == client.NoSeat {
		return all
	}
	if what := t.Player(t.Seat.Other()).Offer; what != 0 {
		all = append(all, prompt{a.text(i18n.PlayOffered, a.name(t.Seat.Other()), a.lang.Offer(uint8(what))),
			[]Control{button(AcceptID, Primary, i18n.WindowAccept), button(DeclineID, Button, i18n.WindowDecline)}})
	}
	if what := t.Player(t.Seat).Offer; what != 0 {
		all = append(all, prompt{a.text(i18n.WindowOffered, a.lang.Offer(uint8(what))), []Control{button(WithdrawID, Button, i18n.WindowWithdraw)}})
	}
	if options := a.openingOptions(); len(options) > 0 {
		choices := prompt{text: a.text(i18n.WindowChoose)}
		for i, o := range options[:min(len(options), optionMax)] {
			choices.buttons = append(choices.buttons, Control{ID: OptionID + ID(i), Kind: Button, Text: a.optionText(o)})
		}
		all = append(all, choices)
	}
	var claims prompt
	if a.claimableWin() != 0 {
		claims.buttons = append(claims.buttons, button(ClaimWinID, Primary, i18n.WindowClaimWin))
	}
	if a.claimableDraw() != 0 {
		claims.buttons = append(claims.buttons, button(ClaimDrawID, Button, i18n.WindowClaimDraw))
	}
	if a.mayPass() {
		claims.buttons = append(claims.buttons, button(PassID, Button, i18n.WindowPass))
	}
	if len(claims.buttons) > 0 {
		all = append(all, claims)
	}
	return all
}

// below fills the rest of the panel: the log, the line of chat, and the buttons.
func (m *composer) below(in *column) {
	a := m.a
	t := a.play.table
	foot := column{a, image.Rect(in.r.Min.X, in.r.Max.Y-a.px(38+8+36), in.r.Max.X, in.r.Max.Y)}
	chat := foot.take(38)
	say := chat
	say.Min.X = chat.Max.X - a.px(76)
	chat.Max.X = say.Min.X - a.px(8)
	m.edit(ChatID, chat, a.play.typed, a.text(i18n.WindowTypeHere), 300)
	m.button(SayID, Button, say, i18n.WindowSay)
	foot.take(8)
	row := foot.take(36)
	switch {
	case t.Seat == client.NoSeat:
		m.button(LeaveID, Button, row, i18n.WindowLeave)
	case t.Running():
		for i, r := range columns(row, 4, a.px(8)) {
			m.button([]ID{DrawID, TakebackID, ResignID, LeaveID}[i], []Kind{Button, Button, Danger, Button}[i], r,
				[]i18n.Text{i18n.WindowDraw, i18n.WindowTakeback, i18n.WindowResign, i18n.WindowLeave}[i])
		}
	default:
		two := columns(row, 2, a.px(8))
		m.button(RematchID, Primary, two[0], i18n.WindowRematch)
		m.button(LeaveID, Button, two[1], i18n.WindowLeave)
	}
	tabs := column{a, in.r}
	for i, r := range columns(tabs.take(30), 2, a.px(8)) {
		id := []ID{GameLogID, SocketLogID}[i]
		m.control(Control{ID: id, Kind: Option, Rect: r, Text: a.text([]i18n.Text{i18n.WindowGameLog, i18n.WindowSocketLog}[i]), On: a.tab == id})
	}
	tabs.take(8)
	box := tabs.r
	box.Max.Y = max(box.Min.Y+a.px(40), foot.r.Min.Y-a.px(38+8+36+10))
	m.log(box)
}
