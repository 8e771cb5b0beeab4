package screen

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"hansu/caption"
	"hansu/client"
	"hansu/discover"
	"hansu/i18n"
)

// place is which screen is shown.
type place uint8

const (
	atPicker place = iota // which server?
	atLobby
	atTable
)

// Bounds of what is kept and how long things take.
const (
	talkMax    = 500 // remarks
	nameMax    = 32
	textMax    = 500 // runes of a line; the protocol's bound is 1000 bytes
	noticeTime = 6 * time.Second
	listEvery  = 3 * time.Second
	seekTime   = 3 * time.Second
)

// model is everything that the screen shows: a value. Update is a pure function of it, the time
// and a message; what is to be done outside comes back as effects.
type model struct {
	lang  i18n.Lang
	name  string
	now   time.Time
	w, h  int
	look  *theme
	shade shade

	place  place
	picker picker
	lobby  lobby
	play   play
	link   link
	goal   client.Command // what the command line asks for; nil once it is asked
	tables map[uint32]*client.Table

	dialog *dialog
	help   bool
	notice notice
	hints  hints

	effects []effect
}

// shade is what decides on the looks.
type shade struct {
	profile colorprofile.Profile
	onDark  bool
	ascii   bool
}

// hints are the commands that are shown to people.
type hints struct {
	invite string // sits down at a table, without its code
	start  string // starts a server
}

// link is the connection to the server.
type link struct {
	address string
	up      bool
	ever    bool      // it has been up
	retry   time.Time // of the next attempt while it is down
	why     string
	online  client.Online
	seeking bool      // the tables of a kept token are awaited
	resumed bool      // the answer to that has come
	until   time.Time // how long it is waited for
}

// notice is a line that stays for a while.
type notice struct {
	text  string
	bad   bool
	until time.Time
}

// Messages of our own.
type (
	tickMsg    struct{}
	foundMsg   []discover.Server
	eventMsg   struct{ client.Event }
	closedMsg  struct{} // the events are over
	dialledMsg struct{ err error }
	failedMsg  struct { // a command that was not sent
		to  client.Command
		err error
	}
)

// Effects are what update wants done, in this order.
type (
	effect interface{}
	send   struct{ client.Command }
	dial   struct{ address string }
	search struct{ on bool }
	keep   struct{ token client.Token } // for a later run
	forget struct{}
	tick   struct{ after time.Duration }
	bell   struct{}
	pause  struct{} // suspend
	// quit ends the program; the tables are left before. Note is shown when the screen is gone.
	quit struct {
		leave []uint32
		note  string
		err   string
	}
)

func (m *model) want(e effect) { m.effects = append(m.effects, e) }

func (m *model) say(bad bool, t i18n.Text, args ...any) { m.tell(bad, m.lang.Text(t, args...)) }

func (m *model) tell(bad bool, text string) {
	m.notice = notice{text: text, bad: bad, until: m.now.Add(noticeTime)}
}

// update takes one message at a time of day.
func (m model) update(now time.Time, msg tea.Msg) (model, []effect) {
	m.now, m.effects = now, nil
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.w, m.h = msg.Width, msg.Height
	case tea.ColorProfileMsg:
		m.shade.profile = msg.Profile
		m.look = newTheme(m.shade.profile, m.shade.onDark, m.shade.ascii)
	case tea.BackgroundColorMsg:
		m.shade.onDark = msg.IsDark()
		m.look = newTheme(m.shade.profile, m.shade.onDark, m.shade.ascii)
	case tea.KeyPressMsg:
		m.key(msg)
	case tea.PasteMsg:
		m.typed().insert(msg.Content)
	case tea.MouseClickMsg:
		if msg.Button == tea.MouseLeft {
			m.click(msg.X, msg.Y)
		}
	case tea.MouseWheelMsg:
		m.wheel(msg)
	case tickMsg:
		m.tick()
	case foundMsg:
		m.picker.found(msg)
	case dialledMsg:
		m.dialled(msg.err)
	case failedMsg:
		m.failed(msg)
	case eventMsg:
		m.event(msg.Event)
	case closedMsg:
		m.closed()
	}
	return m, m.effects
}

// failed says why a command was not sent.
func (m *model) failed(f failedMsg) {
	m.play.moving, m.lobby.waiting = false, false
	_, said := f.to.(client.Say)
	switch {
	case errors.Is(f.err, client.ErrBusy):
		m.say(true, i18n.PlayBusy)
	case errors.Is(f.err, client.ErrText) && said:
		m.say(true, i18n.PlayCannotSend)
	case errors.Is(f.err, client.ErrText):
		m.say(true, i18n.ScreenBadCode)
	default:
		m.tell(true, caption.Reason(m.lang, f.err))
	}
}

// typed is the line that takes what is typed or pasted now.
func (m *model) typed() *line {
	switch m.place {
	case atPicker:
		return &m.picker.address
	case atLobby:
		return &m.lobby.code
	}
	return &m.play.typing
}

func (m *model) click(x, y int) {
	if do := m.draw().hit(x, y); do != nil {
		do(m)
	}
}

// tick lets time pass: clocks run, notices vanish, lists are asked for again.
func (m *model) tick() {
	if m.notice.text != "" && m.now.After(m.notice.until) {
		m.notice = notice{}
	}
	if m.link.seeking && m.now.After(m.link.until) {
		m.choose(true)
	}
	if m.place == atLobby {
		m.lobby.refresh(m)
	}
	after := time.Second
	if t := m.play.table; m.place == atTable && t != nil && t.Running() {
		after = 200 * time.Millisecond
	}
	m.want(tick{after})
}

// event acts on what the client reports.
func (m *model) event(e client.Event) {
	switch e := e.(type) {
	case client.Online:
		m.connected(e)
	case client.Offline:
		m.link.up, m.link.why = false, strings.TrimSuffix(caption.Reason(m.lang, e.Err), ".")
		m.link.retry = m.now.Add(e.Retry)
		if e.Retry == 0 {
			m.want(quit{err: m.lang.Text(i18n.PlayGaveUp, caption.Reason(m.lang, e.Err))})
		}
	case client.Sat:
		m.sat(e.Table)
	case client.Record:
		m.record(e)
	case client.Clocked:
		m.known(e.Table)
	case client.Watched:
		m.known(e.Table)
	case client.Gone:
		m.gone(e)
	case client.Listed:
		m.lobby.listed = e.Entries
	case client.Answer:
		m.answered(e)
	}
}

func (m *model) connected(e client.Online) {
	m.link.up, m.link.online = true, e
	if e.Again {
		m.say(false, i18n.PlayOnline)
		return
	}
	m.link.ever = true
	if m.place == atPicker {
		m.place = atLobby
		m.want(search{false})
	}
	if e.Tables > 0 {
		m.link.seeking, m.link.until = true, m.now.Add(seekTime)
		m.want(send{client.Resume{}})
		return
	}
	m.begin()
}

// begin asks for what the command line says, or shows the lobby.
func (m *model) begin() {
	if m.goal == nil {
		m.lobby.refresh(m)
		return
	}
	m.want(send{m.goal})
	m.goal = nil
}

// known keeps a table as it is now. The map is a new one: earlier models keep theirs.
func (m *model) known(t *client.Table) {
	m.tables = maps.Clone(m.tables)
	if m.tables == nil {
		m.tables = map[uint32]*client.Table{}
	}
	m.tables[t.ID] = t
	if m.play.id == t.ID && m.play.table != nil {
		m.play.table = t
	}
}

// sat shows a table that this client has come to, unless it is one of several to choose from.
func (m *model) sat(t *client.Table) {
	before := m.tables[t.ID]
	m.known(t)
	if before != nil && before.Seat != client.NoSeat && t.Seat == client.NoSeat && m.play.id == t.ID {
		m.log(i18n.PlaySeatGone)
	}
	if t.Seat != client.NoSeat {
		m.want(keep{m.link.online.Token})
	}
	if !m.link.seeking && m.play.id != t.ID {
		m.enter(t)
	}
}

func (m *model) record(r client.Record) {
	m.known(r.Table)
	switch {
	case m.link.seeking:
		m.choose(false)
	case m.play.id == r.Table.ID:
		m.happened(r)
	}
}

// choose decides, once the tables of a kept token are known, which to show: a running game where it
// is this client's turn, any running game, a table that waits. What is over is left.
func (m *model) choose(late bool) {
	complete := m.link.resumed && len(m.tables) >= m.link.online.Tables
	for _, t := range m.tables {
		complete = complete && t.Seen >= t.Past
	}
	if !m.link.seeking || !complete && !late {
		return
	}
	m.link.seeking = false
	var best *client.Table
	for _, id := range slices.Sorted(maps.Keys(m.tables)) {
		t := m.tables[id]
		if t.Number > 0 && !t.Running() {
			m.want(send{client.Leave{Table: t.ID}})
		} else if best == nil || t.MyTurn() && !best.MyTurn() || t.Running() && !best.Running() {
			best = t
		}
	}
	switch m.goal.(type) {
	case client.Enter, client.Watch:
		m.begin()
		return
	}
	if best == nil {
		m.begin()
		return
	}
	m.goal = nil
	m.enter(best)
	m.say(false, i18n.ScreenResumed)
}

// enter shows a table.
func (m *model) enter(t *client.Table) {
	m.place = atTable
	m.play = newPlay(t)
	m.dialog = nil
	m.study()
}

func (m *model) gone(g client.Gone) {
	m.tables = maps.Clone(m.tables)
	delete(m.tables, g.Table.ID)
	if m.seats() == 0 {
		m.want(forget{})
	}
	if m.play.id != g.Table.ID {
		return
	}
	m.toLobby()
	if g.Err != nil {
		m.say(true, i18n.PlayGone, caption.Reason(m.lang, g.Err))
	}
}

// seats counts the tables where this client plays.
func (m *model) seats() int {
	n := 0
	for _, t := range m.tables {
		if t.Seat != client.NoSeat {
			n++
		}
	}
	return n
}

func (m *model) toLobby() {
	m.place, m.play, m.dialog = atLobby, play{}, nil
	m.lobby.asked = time.Time{}
	m.lobby.refresh(m)
}

// answered acts on the answer to a command; what it did comes as a record.
func (m *model) answered(a client.Answer) {
	switch to := a.To.(type) {
	case client.Resume:
		m.link.resumed = true
		m.choose(false)
		return
	case client.List:
		m.lobby.take(to.Running)
		return
	case client.MakeMove:
		m.play.moving = false
	case client.Join, client.Open, client.Enter, client.Watch:
		m.lobby.waiting = false
	}
	if a.Err != nil {
		m.tell(true, caption.Reason(m.lang, a.Err))
	}
}

// closed ends the program: there is nothing more to hear.
func (m *model) closed() { m.want(quit{}) }

// leave asks what is to become of the game, or leaves at once where nothing is at stake.
func (m *model) leave() {
	t := m.play.table
	if t == nil {
		m.toLobby()
		return
	}
	if t.Seat == client.NoSeat || !t.Running() {
		m.want(send{client.Leave{Table: t.ID}})
		m.toLobby()
		return
	}
	m.ask(m.lang.Text(i18n.ScreenLeaveTitle),
		option{m.lang.Text(i18n.ScreenStay), func(*model) {}},
		option{m.lang.Text(i18n.ScreenToLobby), (*model).toLobby},
		option{m.lang.Text(i18n.ScreenResignLeave), func(m *model) {
			m.want(send{client.Leave{Table: m.play.id}})
			m.toLobby()
		}})
}

// quit ends the program; with a running game after asking. Twice is an answer.
func (m *model) quit() {
	running := false
	var leave []uint32
	for _, id := range slices.Sorted(maps.Keys(m.tables)) {
		t := m.tables[id]
		switch {
		case t.Seat != client.NoSeat && t.Running():
			running = true
		default:
			leave = append(leave, id)
		}
	}
	end := quit{leave: leave}
	if running {
		end.note = m.lang.Text(i18n.PlayDetached, m.hints.invite)
	}
	if !running {
		m.want(forget{})
	}
	if !running || m.dialog != nil && m.dialog.quitting {
		m.want(end)
		return
	}
	m.ask(m.lang.Text(i18n.ScreenQuitTitle),
		option{m.lang.Text(i18n.ScreenStay), func(*model) {}},
		option{m.lang.Text(i18n.ScreenQuitKeep), func(m *model) { m.want(end) }})
	m.dialog.quitting = true
}
