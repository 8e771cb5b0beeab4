package screen

import (
	"image/color"
	"strconv"

	"hansu/client"
	"hansu/rules"
	"hansu/rules/chess"
	"hansu/rules/omok"
)

// board is how a board lies on the screen: where it is, and how large a point or a square is.
type board struct {
	rect    // points and squares alone, without the names of lines around them
	size    int
	cw, ch  int  // cells of a point or square
	turned  bool // seen from the other side
	squares bool // chess
	labelX  int
}

// place is where a point lies, in columns and rows as the eye sees them.
func (b board) place(p rules.Point) (col, row int) {
	if b.turned {
		return b.size - 1 - int(p.Col), int(p.Row)
	}
	return int(p.Col), b.size - 1 - int(p.Row)
}

func (b board) point(col, row int) rules.Point {
	if b.turned {
		return rules.Point{Col: uint8(b.size - 1 - col), Row: uint8(row)}
	}
	return rules.Point{Col: uint8(col), Row: uint8(b.size - 1 - row)}
}

// cells are the screen's cells of a point.
func (b board) cells(p rules.Point) rect {
	col, row := b.place(p)
	return rect{b.x + col*b.cw, b.y + row*b.ch, b.cw, b.ch}
}

// panelLeast is how wide the part beside the board is at least.
const panelLeast = 32

// The sizes of a point of omok and of a square of chess that are tried, the largest first.
var (
	omokCells  = [][2]int{{6, 3}, {4, 2}, {2, 1}}
	chessCells = [][2]int{{14, 7}, {12, 6}, {10, 5}, {7, 3}, {5, 2}, {3, 1}}
)

// board lays out the board of the table: as large as the screen allows.
func (m *model) board() board {
	t := m.play.table
	b := board{size: 8, squares: t.Variant.Kind == rules.Chess, labelX: 1}
	if !b.squares {
		b.size = 15
		if t.Variant.Size > 0 {
			b.size = int(t.Variant.Size)
		}
	}
	b.turned = b.squares && (t.Side(t.Seat) == rules.Black) != m.play.flipped
	list := omokCells
	if b.squares {
		list = chessCells
	}
	const rowNames = 3 // on the left, and as many on the right
	for _, c := range list {
		b.cw, b.ch = c[0], c[1]
		b.w, b.h = b.size*b.cw, b.size*b.ch
		if b.w+2*rowNames+1+panelLeast <= m.w && b.h+4 <= m.h {
			break
		}
	}
	b.x = b.labelX + rowNames
	b.y = 2
	return b
}

// width is the whole board's, with the names of its lines.
func (b board) width() int { return b.x + b.w + 3 }

func (m *model) drawBoard(f *frame, b board) {
	m.drawEdges(f, b)
	if b.squares {
		m.drawChess(f, b)
	} else {
		m.drawOmok(f, b)
	}
	m.drawCursor(f, b)
	for row := range b.size {
		for col := range b.size {
			p := b.point(col, row)
			f.click(b.cells(p), func(m *model) { m.point(p) })
		}
	}
}

// drawEdges writes the names of lines around the board.
func (m *model) drawEdges(f *frame, b board) {
	for i := range b.size {
		p := b.point(i, i)
		r := b.cells(p)
		letter, number := string(rune('a'+p.Col)), strconv.Itoa(int(p.Row)+1)
		cx, cy := b.centre()
		f.put(r.x+cx, b.y-1, f.w, m.look.edge, letter)
		f.put(r.x+cx, b.y+b.h, f.w, m.look.edge, letter)
		f.right(r.y+cy, b.x-1, m.look.edge, number)
		f.put(b.x+b.w+1, r.y+cy, f.w, m.look.edge, number)
	}
}

// centre is the cell of a point where its lines cross and its stone or man stands.
func (b board) centre() (x, y int) {
	if b.squares {
		return b.cw / 2, b.ch / 2
	}
	return (b.cw - 1) / 2, (b.ch - 1) / 2
}

func (m *model) drawOmok(f *frame, b board) {
	f.fill(rect{b.x - 1, b.y, b.w + 1, b.h}, m.look.wood)
	g, _ := m.play.table.Position.(omok.Game)
	for row := range b.size {
		for col := range b.size {
			m.drawLines(f, b, col, row)
		}
	}
	if g.Size() == 0 {
		return
	}
	for row := range b.size {
		for col := range b.size {
			m.drawPoint(f, b, g, b.point(col, row))
		}
	}
}

// drawLines draws the lines of the board that cross at a point.
func (m *model) drawLines(f *frame, b board, col, row int) {
	cx, cy := b.centre()
	x, y := b.x+col*b.cw, b.y+row*b.ch
	ground := m.look.line
	if m.inZone(b, col, row) {
		ground.bg = m.look.zone
	}
	across, down := m.mark("─", "-"), m.mark("│", "|")
	for i := range b.cw {
		if (col > 0 || i > cx) && (col < b.size-1 || i < cx) {
			f.put(x+i, y+cy, f.w, ground, across)
		}
	}
	for i := range b.ch {
		if (row > 0 || i > cy) && (row < b.size-1 || i < cy) {
			f.put(x+cx, y+i, f.w, ground, down)
		}
	}
	f.put(x+cx, y+cy, f.w, ground, m.crossing(b, col, row))
}

// inZone reports whether a point is in the square where the opening wants the next stone.
func (m *model) inZone(b board, col, row int) bool {
	z := m.play.marks.zone
	half, middle := z/2, b.size/2
	return z > 0 && !m.look.plain && abs(col-middle) <= half && abs(row-middle) <= half
}

func abs(n int) int { return max(n, -n) }

// crossing is the character where two lines cross.
func (m *model) crossing(b board, col, row int) string {
	if m.look.ascii {
		return "+"
	}
	const chars = "┌┬┐├┼┤└┴┘"
	at := func(i int) int {
		switch i {
		case 0:
			return 0
		case b.size - 1:
			return 2
		}
		return 1
	}
	return string([]rune(chars)[at(row)*3+at(col)])
}

// star reports the points that boards mark so that the eye finds its way.
func star(size int, p rules.Point) bool {
	if size%2 == 0 {
		return false
	}
	last := size - 1
	on := func(n uint8) bool { return int(n) == 3 || int(n) == last-3 || int(n) == last/2 }
	corner := (int(p.Col) == last/2) == (int(p.Row) == last/2)
	return on(p.Col) && on(p.Row) && (corner || size > 15)
}

// The stones, as large as a point.
var stones = map[int][]string{
	1: {"●"},
	2: {"▐█▌"},
	3: {"▗███▖", "█████", "▝███▘"},
}

func (m *model) drawPoint(f *frame, b board, g omok.Game, p rules.Point) {
	k := m.play.marks
	r := b.cells(p)
	cx, cy := b.centre()
	x, y := r.x+cx, r.y+cy
	look := m.look.line
	if col, row := b.place(p); m.inZone(b, col, row) {
		look.bg = m.look.zone
	}
	n, offered := k.offered[p]
	switch side := g.At(p); {
	case side != rules.NoSide:
		m.drawStone(f, b, p, side)
	case offered:
		f.put(x, y, f.w, style{fg: m.look.forbidden, bg: look.bg, bold: true}, string(n))
	case k.forbidden[p]:
		f.put(x, y, f.w, style{fg: m.look.forbidden, bg: look.bg, bold: true}, m.mark("×", "!"))
	case star(b.size, p):
		s := m.look.star
		s.bg = look.bg
		f.put(x, y, f.w, s, m.mark("•", "*"))
	}
}

func (m *model) drawStone(f *frame, b board, p rules.Point, side rules.Side) {
	r := b.cells(p)
	cx, cy := b.centre()
	look := style{fg: m.look.black, bg: m.look.wood.bg, bold: m.look.plain}
	if side == rules.White {
		look.fg = m.look.white
	}
	last := len(m.play.marks.last) > 0 && m.play.marks.last[0] == p
	if m.look.ascii || m.look.plain {
		if last && b.cw > 1 {
			f.put(r.x+cx-1, r.y+cy, f.w, look, "(")
			f.put(r.x+cx+1, r.y+cy, f.w, look, ")")
		}
		f.put(r.x+cx, r.y+cy, f.w, look, m.stone1(side))
		return
	}
	sprite := stones[b.ch]
	if b.ch == 1 && m.look.outlined {
		look.fg, sprite = m.look.black, []string{m.stone1(side)}
	}
	for i, text := range sprite {
		f.put(r.x+cx-width(text)/2, r.y+cy-len(sprite)/2+i, f.w, look, text)
	}
	tint := color.Color(nil)
	switch {
	case m.play.marks.win[p]:
		tint = m.look.win
	case last:
		tint = m.look.last
	default:
		return
	}
	if b.ch == 1 {
		f.put(r.x, r.y, f.w, look.on(tint), sprite[0])
		return
	}
	f.put(r.x+cx, r.y+cy, f.w, style{fg: tint, bg: look.fg}, "●")
}

// stone1 is a stone of one cell.
func (m *model) stone1(side rules.Side) string {
	if side == rules.White {
		return m.mark("○", "O")
	}
	return m.mark("●", "X")
}

// stoneMark stands for a player beside the name: filled with the colour where there are colours.
func (m *model) stoneMark(f *frame, x, y int, side rules.Side) {
	if m.look.plain || m.look.ascii {
		f.put(x, y, f.w, m.look.strong, m.stone1(side))
		return
	}
	look := style{fg: m.look.black, bg: m.look.wood.bg}
	stone := "●"
	if m.look.outlined {
		stone = m.stone1(side)
	} else if side == rules.White {
		look.fg = m.look.white
	}
	f.put(x, y, f.w, look, " "+stone+" ")
}

// drawCursor marks the point where Enter acts, with brackets around it.
func (m *model) drawCursor(f *frame, b board) {
	t := m.play.table
	if !t.MyTurn() || len(m.choices()) > 0 {
		return
	}
	r := b.cells(m.play.cursor)
	cx, cy := b.centre()
	away := b.ch // beside a stone of that size
	if b.squares {
		away = (b.cw - 1) / 2
	}
	left, right := r.x+cx-away, r.x+cx+away
	y := r.y + cy
	for _, e := range []struct {
		x    int
		text string
	}{{left, "["}, {right, "]"}} {
		if e.x < 0 || e.x >= f.w {
			continue
		}
		look := f.cells[y*f.w+e.x].look
		look.fg, look.bold, look.faint = m.look.cursor, true, false
		f.put(e.x, y, f.w, look, e.text)
	}
}

// men are the chess men; White's and Black's differ by colour, and where there is none by shape.
var men = map[chess.Piece][2]string{
	chess.King: {"♚", "♔"}, chess.Queen: {"♛", "♕"}, chess.Rook: {"♜", "♖"},
	chess.Bishop: {"♝", "♗"}, chess.Knight: {"♞", "♘"}, chess.Pawn: {"♟", "♙"},
}

func (m *model) drawChess(f *frame, b board) {
	g, _ := m.play.table.Position.(*chess.Game)
	for row := range b.size {
		for col := range b.size {
			p := b.point(col, row)
			r := b.cells(p)
			look := m.squareLook(p)
			f.fill(r, look)
			if g == nil {
				continue
			}
			m.drawMan(f, b, g, p, look)
		}
	}
}

// squareLook is the ground of a square: its colour, and what happened or may happen there.
func (m *model) squareLook(p rules.Point) style {
	k := m.play.marks
	dark := (p.Col+p.Row)%2 == 0
	look := style{bg: m.look.light}
	if dark {
		look.bg = m.look.dark
	}
	for _, l := range k.last {
		if l == p && dark {
			look.bg = m.look.lastDark
		} else if l == p {
			look.bg = m.look.lastLight
		}
	}
	if k.checked != nil && *k.checked == p {
		look.bg = m.look.check
	}
	if m.play.holding && m.play.picked == p {
		look.bg = m.look.from
	}
	if m.look.plain && dark {
		look.reverse = false
		look.faint = true
	}
	return look
}

// drawMan draws what stands on a square, and whether the man in hand may go there.
func (m *model) drawMan(f *frame, b board, g *chess.Game, p rules.Point, ground style) {
	r := b.cells(p)
	cx, cy := b.centre()
	x, y := r.x+cx, r.y+cy
	piece, side := g.PieceAt(p)
	target := m.target(p)
	if m.look.plain || m.look.ascii {
		m.plainSquare(f, b, p, piece == chess.NoPiece, ground)
	}
	switch {
	case piece == chess.NoPiece && target && b.ch >= 5 && !m.look.ascii:
		f.put(x-1, y, f.w, m.look.dot.on(ground.bg), "▗▄▖")
		f.put(x-1, y+1, f.w, m.look.dot.on(ground.bg), "▝▀▘")
	case piece == chess.NoPiece && target:
		f.put(x, y, f.w, m.look.dot.on(ground.bg), m.mark("•", "+"))
	case piece != chess.NoPiece:
		look := m.look.blackMan
		if side == rules.White {
			look = m.look.whiteMan
		}
		if target {
			ground.bg = m.look.from
			f.fill(r, ground)
		}
		m.putMan(f, b, r, look.on(ground.bg), piece, side)
		if target && (m.look.plain || m.look.ascii) {
			f.put(x+1, y, f.w, m.look.bad, "*")
		}
	}
}

// plainSquare shows without colours what colours show elsewhere: dark squares and the last move.
func (m *model) plainSquare(f *frame, b board, p rules.Point, empty bool, ground style) {
	r := b.cells(p)
	cx, cy := b.centre()
	if empty && (p.Col+p.Row)%2 == 0 && m.look.bg(ground) == nil {
		f.put(r.x+cx, r.y+cy, f.w, m.look.dim, m.mark("·", "."))
	}
	for _, l := range m.play.marks.last {
		if l == p && m.look.plain {
			f.put(r.x+cx-1, r.y+cy, f.w, m.look.strong, "(")
			f.put(r.x+cx+1, r.y+cy, f.w, m.look.strong, ")")
		}
	}
}

// bg is a style's ground, or nil where there are no colours.
func (t *theme) bg(s style) color.Color {
	if t.plain {
		return nil
	}
	return s.bg
}

func (m *model) putMan(f *frame, b board, r rect, look style, piece chess.Piece, side rules.Side) {
	cx, cy := b.centre()
	switch {
	case m.look.ascii:
		letter := piece.Letter()
		if side == rules.Black {
			letter += 'a' - 'A'
		}
		f.put(r.x+cx, r.y+cy, f.w, look, string(rune(letter)))
	case b.ch >= 5:
		m.bigMan(f, r, look, piece)
	case m.look.outlined && side == rules.White:
		look.fg = m.look.black
		f.put(r.x+cx, r.y+cy, f.w, look, men[piece][1])
	case m.look.plain && side == rules.White:
		f.put(r.x+cx, r.y+cy, f.w, look, men[piece][1])
	default:
		f.put(r.x+cx, r.y+cy, f.w, look, men[piece][0])
	}
}

// target reports whether the man in hand may go to p.
func (m *model) target(p rules.Point) bool {
	if !m.play.holding {
		return false
	}
	for _, mv := range m.play.marks.legal {
		if mv.From == m.play.picked && mv.To == p {
			return true
		}
	}
	return false
}

// viewer is the seat whose player is drawn below: one's own, or White's and the first for spectators.
func viewer(t *client.Table) client.Seat {
	switch {
	case t.Seat != client.NoSeat:
		return t.Seat
	case t.Variant.Kind == rules.Chess && t.Black == client.SeatOne:
		return client.SeatTwo
	}
	return client.SeatOne
}
