package screen

import (
	"errors"
	"image"

	"hansu/rules"
	"hansu/rules/chess"
	"hansu/rules/omok"
)

// move sends a move, unless the rules refuse it.
func (a *App) move(m rules.Move) {
	p := &a.play
	p.picked, p.promote, p.wrong = nil, nil, ""
	a.changed = true
	if p.table == nil || !p.table.MyTurn() || p.waiting != nil || p.table.Position == nil {
		return
	}
	var illegal *rules.Illegal
	if _, err := p.table.Position.Play(m); errors.As(err, &illegal) {
		p.wrong = a.lang.Problem(uint8(illegal.Problem))
		return
	}
	if n := a.do(p.table.Play(m)); n != 0 {
		p.sent, p.waiting = n, &m
	}
}

// clickBoard acts on a click on a point, or on Enter at the keyboard's cursor.
func (a *App) clickBoard(at rules.Point) {
	p := &a.play
	a.changed = true
	if p.table == nil || !p.table.MyTurn() || p.waiting != nil {
		return
	}
	switch g := p.table.Position.(type) {
	case omok.Game:
		a.clickOmok(g, at)
	case *chess.Game:
		a.clickChess(g, at)
	}
}

func (a *App) clickOmok(g omok.Game, at rules.Point) {
	switch o := g.Opening(); o.Phase {
	case omok.Picking:
		for _, option := range o.Options {
			if option.Point == at {
				a.move(rules.Move{Kind: rules.Choose, Arg: option.Arg})
			}
		}
	case omok.Offering:
		a.move(rules.Move{Kind: rules.Offer, To: at})
	case omok.Swapping, omok.Deciding, omok.Colouring, omok.Declaring, omok.Branching: // buttons ask for it
	default:
		a.move(rules.Move{To: at})
	}
}

func (a *App) clickChess(g *chess.Game, at rules.Point) {
	p := &a.play
	if p.promote != nil {
		for i, kind := range promotions {
			if promotionAt(p.promote.To, i) == at {
				m := *p.promote
				m.Arg = uint8(kind)
				a.move(m)
				return
			}
		}
		p.promote, p.picked = nil, nil
		return
	}
	_, side := g.PieceAt(at)
	if p.picked != nil {
		for _, m := range g.Legal(nil) {
			if m.From == *p.picked && m.To == at {
				if m.Arg != 0 {
					p.promote = &rules.Move{From: m.From, To: m.To}
					return
				}
				a.move(m)
				return
			}
		}
	}
	switch own := side == p.table.Side(p.table.Seat); {
	case own && (p.picked == nil || *p.picked != at):
		p.picked, p.wrong = &at, ""
	case own:
		p.picked = nil
	case p.picked != nil:
		a.move(rules.Move{From: *p.picked, To: at}) // says what is wrong
	}
}

// Mouse says where the mouse is.
func (a *App) Mouse(at image.Point) {
	before, was := a.hovered()
	a.mouse, a.inside = at, true
	now, is := a.hovered()
	if before != now || was != is {
		a.changed = true
	}
}

// MouseOut says that the mouse has left the window.
func (a *App) MouseOut() {
	if _, was := a.hovered(); was {
		a.changed = true
	}
	a.inside = false
}

// Click is a click of the left button.
func (a *App) Click(at image.Point) {
	a.Mouse(at)
	if p, ok := a.hovered(); ok {
		a.cursor = nil
		a.clickBoard(p)
	}
}

// hovered is the point of the board below the mouse.
func (a *App) hovered() (rules.Point, bool) {
	if !a.inside || a.page != playPage || a.play.table == nil || a.play.table.Position == nil {
		return rules.Point{}, false
	}
	return a.grid().At(a.mouse)
}

// Hand reports whether the mouse is over something that a click takes or moves.
func (a *App) Hand() bool {
	at, ok := a.hovered()
	if !ok || !a.play.table.MyTurn() {
		return false
	}
	g, ok := a.play.table.Position.(*chess.Game)
	if !ok {
		return false
	}
	_, side := g.PieceAt(at)
	return side == a.play.table.Side(a.play.table.Seat) || a.play.picked != nil
}

// Key moves the keyboard's cursor on the board, plays there, or takes back what was begun.
func (a *App) Key(k Key) {
	a.changed = true
	p := &a.play
	switch k {
	case KeyEscape:
		p.picked, p.promote, p.confirm, p.wrong, a.cursor = nil, nil, 0, "", nil
	case KeyEnter:
		if a.page == playPage && a.cursor != nil {
			a.clickBoard(*a.cursor)
		}
	case KeyLeft:
		a.moveCursor(-1, 0)
	case KeyRight:
		a.moveCursor(1, 0)
	case KeyUp:
		a.moveCursor(0, 1)
	case KeyDown:
		a.moveCursor(0, -1)
	}
}

// moveCursor shows the cursor in the middle, or moves it as it is seen.
func (a *App) moveCursor(right, up int) {
	if a.page != playPage || a.play.table == nil {
		return
	}
	g := a.grid()
	if a.cursor == nil {
		a.cursor = &rules.Point{Col: uint8(g.Size / 2), Row: uint8(g.Size / 2)}
		return
	}
	if g.Flipped {
		right, up = -right, -up
	}
	col, row := int(a.cursor.Col)+right, int(a.cursor.Row)+up
	a.cursor = &rules.Point{Col: uint8(max(0, min(g.Size-1, col))), Row: uint8(max(0, min(g.Size-1, row)))}
}
