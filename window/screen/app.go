package screen

import (
	"image"
	"strings"
	"time"

	"hansu/client"
	"hansu/i18n"
	"hansu/rules"
)

// Options are what a window begins with.
type Options struct {
	Lang    i18n.Lang
	Address string
	Name    string
	Code    string // of a table to sit down at
	Variant rules.Variant
	Time    rules.TimeControl
	Private bool
	Start   bool // connect at once
	Raw     bool // a plain connection instead of a game
	// Terminator ends each line of a plain connection.
	Terminator string
	// Keep finds the place for the token of a server; back says whether to come back to the seat of
	// an earlier run. Nil: nothing is kept.
	Keep func(address string, back bool) (*client.Keeper, error)
	Now  func() time.Time
	// Save is told what was asked for at each start of a game, so that the next run can offer it. Nil: it
	// is not kept.
	Save func(Settings)
}

// Settings are what a window remembers of its last run.
type Settings struct {
	Address string `json:"address"`
	Name    string `json:"name"`
	Game    string `json:"game"` // as on the command line
	Time    string `json:"time"` // as on the command line
	Private bool   `json:"private"`
}

// Server is a server that was found on the network.
type Server struct{ Name, Address string }

// page is one of the screens.
type page uint8

const (
	connectPage page = iota
	playPage
	rawPage
)

// App is the window's state. Its methods are called from one thread, the window's; after each of them
// Changed says whether there is something new to show.
type App struct {
	o    Options
	lang i18n.Lang
	out  client.Transport
	now  func() time.Time

	size    image.Point
	dpi     int
	page    page
	form    form
	link    *client.Link // nil while there is none
	keeper  *client.Keeper
	play    play
	raw     raw
	game    log // what happens at the table
	socket  log // what happens on the connection
	tab     ID  // which of the two is shown
	servers []Server

	board  Board
	mouse  image.Point
	inside bool // the mouse is over the window
	focus  ID   // the control that has the keyboard
	cursor *rules.Point

	note    string // below the form: what is going on, or what went wrong
	bad     bool   // it went wrong
	closing time.Time
	over    bool // the window may go
	changed bool
	shown   string // the clocks, when last drawn
}

// New returns a window that is not shown yet. What it has to send goes to out.
func New(o Options, out client.Transport) *App {
	a := &App{o: o, lang: o.Lang, out: out, now: o.Now, dpi: 96, size: image.Pt(1040, 720), tab: GameLogID}
	if a.now == nil {
		a.now = time.Now
	}
	a.form = newForm(o)
	if o.Raw {
		a.page = rawPage
	}
	return a
}

// Begin does what the options ask for at once.
func (a *App) Begin() {
	a.changed = true
	switch {
	case a.o.Raw && a.o.Start:
		a.dialRaw()
	case a.o.Start && a.o.Code != "":
		a.Press(JoinID)
	case a.o.Start:
		a.Press(StartID)
	}
}

// Show makes the window that of somebody at a table, without a connection: for pictures, and for tests that must
// know where things are.
func (a *App) Show(t *client.Table) {
	a.page, a.changed = playPage, true
	a.play = play{table: t, settled: true}
}

// Changed reports whether the view is another than at the last call.
func (a *App) Changed() bool {
	changed := a.changed
	a.changed = false
	return changed
}

// Over reports whether the window is to be closed.
func (a *App) Over() bool { return a.over }

// Resize sets the size of the client area in pixels, and the screen's dots per inch.
func (a *App) Resize(w, h, dpi int) {
	size := image.Pt(max(w, 1), max(h, 1))
	a.changed = a.changed || size != a.size || dpi != a.dpi
	a.size, a.dpi = size, dpi
}

// Found says which servers there are on the network now.
func (a *App) Found(servers []Server) {
	a.servers = servers[:min(len(servers), serverMax)]
	a.changed = true
}

// scale is pixels for one unit of the layout.
func (a *App) scale() float64 { return float64(a.dpi) / 96 }

// px scales a length of the layout to pixels.
func (a *App) px(n int) int { return (n*a.dpi + 48) / 96 }

func (a *App) text(t i18n.Text, args ...any) string { return a.lang.Text(t, args...) }

// Edit takes what has been typed into a line.
func (a *App) Edit(id ID, text string) {
	text = strings.TrimRight(text, "\r\n")
	for edit, to := range map[ID]*string{
		AddressID: &a.form.address, NameID: &a.form.name, CodeID: &a.form.code, ChatID: &a.play.typed, SendID: &a.raw.typed,
	} {
		if edit == id {
			*to = text
		}
	}
}

// Focus says which control has the keyboard; 0 is the board.
func (a *App) Focus(id ID) {
	a.changed = a.changed || a.focus != id
	a.focus = id
}

// Enter is the key Enter, wherever the keyboard is.
func (a *App) Enter() {
	switch {
	case a.page == connectPage && a.link != nil:
	case a.page == connectPage && a.focus == CodeID && a.form.code != "":
		a.Press(JoinID)
	case a.page == connectPage:
		a.Press(StartID)
	case a.page == rawPage && a.raw.up:
		a.Press(RawSayID)
	case a.page == rawPage:
		a.Press(RawConnectID)
	case a.focus == ChatID:
		a.Press(SayID)
	case a.focus == 0:
		a.Key(KeyEnter)
	}
}

// Key is a key that has a meaning on the board.
type Key uint8

// The keys.
const (
	KeyLeft Key = iota
	KeyRight
	KeyUp
	KeyDown
	KeyEnter
	KeyEscape
)

// Tick says that time has passed; it is called a few times a second.
func (a *App) Tick() {
	now := a.now()
	if a.link != nil {
		a.link.Tick(now)
		a.handle()
	}
	if !a.raw.began.IsZero() && !now.Before(a.raw.began.Add(rawWait)) {
		a.Lost(client.ErrSilent)
	}
	if !a.closing.IsZero() && !now.Before(a.closing) {
		a.over = true
	}
	if clocks := a.clocks(); clocks != a.shown {
		a.changed = true
	}
}

// Quit is the wish to close the window. A seat at a table where no game is on is given up first.
func (a *App) Quit() {
	if !a.closing.IsZero() {
		a.over = true
		return
	}
	t := a.play.table
	if a.link == nil || !a.link.Up() || t == nil || t.Running() {
		a.over = true
		return
	}
	a.closing = a.now().Add(lastWait)
	a.forget()
	a.leave()
}

// lastWait bounds how long the window stays for the server's last answer.
const lastWait = time.Second

// Opened says that the connection stands, between these addresses.
func (a *App) Opened(local, remote string) {
	a.socket.add(a.now(), a.text(i18n.WindowOpened, remote, local))
	a.changed = true
	if a.page == rawPage {
		a.openedRaw(remote)
		return
	}
	if a.link != nil {
		a.link.Opened()
		a.handle()
	}
}

// Received takes bytes from the server; p need not be kept after the call.
func (a *App) Received(p []byte) {
	a.changed = true
	if a.page == rawPage {
		a.receivedRaw(p)
		return
	}
	a.socket.add(a.now(), a.text(i18n.WindowRead, len(p)))
	if a.link != nil {
		a.link.Received(a.now(), p)
		a.handle()
	}
}

// Lost says that the connection has ended or could not be made; a nil err is the server's closing it.
func (a *App) Lost(err error) {
	a.changed = true
	if err == nil {
		a.socket.add(a.now(), a.text(i18n.WindowClosed))
	} else {
		a.socket.add(a.now(), a.text(i18n.WindowFailed, a.reason(err)))
	}
	if a.page == rawPage {
		a.lostRaw(err)
		return
	}
	if a.link != nil {
		a.link.Lost(a.now(), err)
		a.handle()
	}
}
