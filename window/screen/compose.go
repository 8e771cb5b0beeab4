package screen

import (
	"image"
	"image/color"

	"hansu/i18n"
	"hansu/rules"
	"hansu/window/paint"
)

// composer puts a view together.
type composer struct {
	a *App
	c *paint.Canvas
	v *View
}

// View composes what is to be seen now.
func (a *App) View() View {
	a.shown = a.clocks()
	v := View{Title: a.text(i18n.WindowTitle), Enabled: map[ID]bool{}}
	c := paint.NewCanvas(a.size.X, a.size.Y)
	c.Box(c.Rect, paper)
	m := composer{a, c, &v}
	switch a.page {
	case connectPage:
		m.connect()
	case playPage:
		m.play()
	case rawPage:
		m.rawPage()
	}
	for _, id := range menuIDs {
		v.Enabled[id] = a.can(id)
	}
	v.Picture = c.RGBA
	return v
}

// text puts a text into the view.
func (m *composer) text(r image.Rectangle, s string, f Font, col color.NRGBA, align Align) {
	if s != "" {
		m.v.Texts = append(m.v.Texts, Text{Rect: r, Text: s, Font: f, Color: col, Align: align})
	}
}

// wrapped puts a text of several lines into the view.
func (m *composer) wrapped(r image.Rectangle, s string, f Font, col color.NRGBA) {
	if s != "" {
		m.v.Texts = append(m.v.Texts, Text{Rect: r, Text: s, Font: f, Color: col, Wrap: true})
	}
}

func (m *composer) control(c Control) {
	c.Off = c.Off || !m.a.can(c.ID)
	m.v.Controls = append(m.v.Controls, c)
}

func (m *composer) button(id ID, kind Kind, r image.Rectangle, t i18n.Text) {
	m.control(Control{ID: id, Kind: kind, Rect: r, Text: m.a.text(t)})
}

// edit frames a line to type in.
func (m *composer) edit(id ID, r image.Rectangle, text, cue string, most int) {
	a := m.a
	a.fieldBox(m.c, r, a.focus == id)
	h := a.px(20)
	inner := image.Rect(r.Min.X+a.px(10), r.Min.Y+(r.Dy()-h)/2, r.Max.X-a.px(8), r.Min.Y+(r.Dy()-h)/2+h)
	m.control(Control{ID: id, Kind: Edit, Rect: inner, Text: text, Cue: cue, Max: most})
}

// columns cuts a rectangle into n equal parts with a gap between them.
func columns(r image.Rectangle, n, gap int) []image.Rectangle {
	all := make([]image.Rectangle, n)
	for i := range all {
		all[i] = r
		all[i].Min.X = r.Min.X + (r.Dx()+gap)*i/n
		all[i].Max.X = r.Min.X + (r.Dx()+gap)*(i+1)/n - gap
	}
	return all
}

// column hands out rectangles from top to bottom.
type column struct {
	a *App
	r image.Rectangle
}

func (c *column) take(h int) image.Rectangle {
	r := c.r
	r.Max.Y = r.Min.Y + c.a.px(h)
	c.r.Min.Y = r.Max.Y
	return r
}

// The sizes of the first screen, in the layout's units.
const (
	formWidth  = 468
	formHeight = 556
	foundWidth = 264
	pad        = 26
)

func (m *composer) connect() {
	a, f := m.a, &m.a.form
	wide := a.size.X >= a.px(formWidth+foundWidth+84)
	total := formWidth
	if wide {
		total += foundWidth + 20
	}
	left := max(a.px(16), (a.size.X-a.px(total))/2)
	top := max(a.px(72), (a.size.Y-a.px(formHeight)+a.px(64))/2)
	m.brand(left, top-a.px(58))
	box := image.Rect(left, top, left+a.px(formWidth), top+a.px(formHeight))
	a.cardBox(m.c, box)
	in := column{a, box.Inset(a.px(pad))}

	m.labels(in.take(20), i18n.WindowAddress, i18n.WindowName)
	two := columns(in.take(36), 2, a.px(12))
	m.edit(AddressID, two[0], f.address, "localhost:9000", 100)
	m.edit(NameID, two[1], f.name, a.text(i18n.PlayDefaultName), 32)
	in.take(14)
	two = columns(in.take(42), 2, a.px(12))
	for i, id := range []ID{OmokID, ChessID} {
		kind := rules.Kind(i + 1)
		m.control(Control{ID: id, Kind: Option, Rect: two[i], Text: a.gameName(kind), On: f.kind == kind})
	}
	in.take(14)
	second, third := i18n.WindowSize, i18n.WindowOpening
	if f.kind == rules.Chess {
		second = i18n.WindowTime
	}
	m.labels(in.take(20), i18n.WindowRules, second)
	two = columns(in.take(36), 2, a.px(12))
	m.choice(RulesID, two[0])
	if f.kind == rules.Chess {
		m.choice(TimeID, two[1])
		in.take(14 + 20 + 36)
	} else {
		m.choice(SizeID, two[1])
		in.take(14)
		m.labels(in.take(20), third, i18n.WindowTime)
		two = columns(in.take(36), 2, a.px(12))
		m.choice(OpeningID, two[0])
		m.choice(TimeID, two[1])
	}
	in.take(14)
	m.control(Control{ID: PrivateID, Kind: Option, Rect: in.take(36), Text: a.text(i18n.WindowPrivate), On: f.private})
	in.take(14)
	if a.link != nil {
		m.button(StopID, Button, in.take(44), i18n.WindowStop)
	} else {
		m.button(StartID, Primary, in.take(44), i18n.WindowStart)
	}
	in.take(12)
	rule := in.take(1)
	m.c.Box(rule, line)
	in.take(12)
	row := in.take(36)
	parts := columns(row, 4, a.px(10))
	m.edit(CodeID, parts[0].Union(parts[1]), f.code, a.text(i18n.WindowCode), 16)
	m.button(JoinID, Button, parts[2], i18n.WindowJoin)
	m.button(WatchID, Button, parts[3], i18n.WindowWatch)
	in.take(8)
	col := soft
	if a.bad {
		col = red
	}
	m.wrapped(in.r, a.note, Small, col)
	if wide {
		m.found(image.Rect(box.Max.X+a.px(20), box.Min.Y, box.Max.X+a.px(20+foundWidth), box.Max.Y))
	}
}

// brand draws the program's name beside two stones.
func (m *composer) brand(x, y int) {
	a := m.a
	k := a.scale()
	for i, white := range []bool{false, true} {
		s := paint.Stone(white, 14*k)
		m.c.Put(s, x+a.px(16+20*i)-s.Rect.Dx()/2, y+a.px(22+4*i)-s.Rect.Dy()/2, 1)
	}
	m.text(image.Rect(x+a.px(62), y, x+a.px(200), y+a.px(44)), a.text(i18n.WindowTitle), Brand, ink, Left)
	m.text(image.Rect(x+a.px(200), y+a.px(6), x+a.px(formWidth), y+a.px(44)), a.text(i18n.WindowSlogan), Small, soft, Right)
}

// labels puts the names of two fields above them.
func (m *composer) labels(r image.Rectangle, left, right i18n.Text) {
	for i, part := range columns(r, 2, m.a.px(12)) {
		m.text(part, m.a.text([]i18n.Text{left, right}[i]), Small, soft, Left)
	}
}

func (m *composer) choice(id ID, r image.Rectangle) {
	c := m.a.choice(id)
	c.Rect = r
	m.control(c)
}

// found lists the servers on the network.
func (m *composer) found(box image.Rectangle) {
	a := m.a
	a.cardBox(m.c, box)
	in := column{a, box.Inset(a.px(22))}
	m.text(in.take(24), a.text(i18n.WindowFound), Bold, ink, Left)
	in.take(8)
	if len(a.servers) == 0 {
		m.wrapped(in.r, a.text(i18n.WindowNoneFound), Small, soft)
		return
	}
	for i, s := range a.servers {
		m.control(Control{ID: ServerID + ID(i), Kind: Option, Rect: in.take(38), Text: s.Name, On: s.Address == a.form.address})
		m.text(in.take(20), s.Address, Small, soft, Centre)
		in.take(6)
	}
}

// gameName is a game's name as a heading.
func (a *App) gameName(k rules.Kind) string {
	if k == rules.Chess {
		return a.text(i18n.WindowChess)
	}
	return a.text(i18n.WindowOmok)
}

// rawPage is the plain connection.
func (m *composer) rawPage() {
	a := m.a
	area := image.Rectangle{Max: a.size}.Inset(a.px(18))
	in := column{a, area}
	head := in.take(38)
	line := columns(head, 4, a.px(10))
	m.edit(AddressID, line[0].Union(line[1]), a.form.address, "localhost:9000", 100)
	if a.raw.up || !a.raw.began.IsZero() {
		m.button(RawStopID, Button, line[2], i18n.WindowDisconnect)
	} else {
		m.button(RawConnectID, Primary, line[2], i18n.WindowConnect)
	}
	m.button(NewID, Button, line[3], i18n.WindowBack)
	in.take(12)
	foot := column{a, image.Rect(area.Min.X, area.Max.Y-a.px(38+8+34), area.Max.X, area.Max.Y)}
	box := in.r
	box.Max.Y = foot.r.Min.Y - a.px(12)
	m.log(box)
	row := foot.take(38)
	send := row
	send.Min.X = row.Max.X - a.px(96)
	row.Max.X = send.Min.X - a.px(10)
	m.edit(SendID, row, a.raw.typed, a.text(i18n.WindowTypeHere), 1000)
	m.button(RawSayID, Primary, send, i18n.WindowSay)
	foot.take(8)
	ends := columns(foot.take(34), 5, a.px(8))
	m.text(ends[0], a.text(i18n.WindowLineEnd), Small, soft, Left)
	for i, id := range []ID{NulID, LfID, CrlfID, NoneID} {
		name := []string{"NUL", "LF", "CR LF", a.text(i18n.WindowNothing)}[i]
		m.control(Control{ID: id, Kind: Option, Rect: ends[i+1], Text: name, On: a.ending() == id})
	}
}

// log puts the lines of what has happened on a card.
func (m *composer) log(box image.Rectangle) {
	a := m.a
	m.a.cardBox(m.c, box)
	m.control(Control{ID: LogID, Kind: Log, Rect: box.Inset(a.px(10))})
	of := &a.game
	m.v.LogOf = GameLogID
	if a.tab == SocketLogID && a.page == playPage {
		of, m.v.LogOf = &a.socket, SocketLogID
	}
	m.v.Log, m.v.LogCount = of.lines, of.count
}
