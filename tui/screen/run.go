// Package screen is the full-screen terminal client: choosing a server, the lobby and the table, by
// keys, mouse and typed moves.
//
// What it shows is a model, a value, and its update is a pure function of the model, the time and a
// message; what is to be done outside comes back as effects. The program around it carries them out:
// it owns the connection, the token's place and the terminal. The terminal is given back as it was
// after an error, a panic or a signal; [Guard] does so even when the process is killed.
package screen

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"hansu/caption"
	"hansu/client"
	"hansu/discover"
	"hansu/i18n"
	"hansu/rules"
)

// Options are what a session on the full screen is about.
type Options struct {
	Client client.Config // Address is empty where the person is to choose; Language and Token are set from what follows
	Lang   i18n.Lang
	Goal   client.Command // Join, Open, Enter or Watch; nil: the lobby
	Game   rules.Variant  // what the lobby offers first
	Time   rules.TimeControl
	// Keep finds the place for the token at an address; it may return nil: nothing is kept.
	Keep   func(address string) (*client.Keeper, error)
	ASCII  bool
	Invite func(address string) string // the command that plays there
	Start  string                      // the command that starts a server
	In     io.Reader
	Out    io.Writer
	Env    []string
	// Observe sees each message before it is acted on, on the screen's goroutine; nil: nobody does. It is for tests.
	Observe func(msg any)
}

// leaveWait bounds the answers that are waited for when the program is to end.
const leaveWait = 3 * time.Second

// Run shows the screen until the person leaves it or ctx ends. Where an address is given, the server
// is spoken to before the screen is touched: if that fails, nothing is left but the error. Errors are
// for people, in their language.
func Run(ctx context.Context, o Options) error {
	p := &program{ctx: ctx, o: o}
	o.Client.Language = uint8(o.Lang)
	p.o = o
	defer p.close()
	if o.Client.Address != "" {
		if err := p.dial(o.Client.Address); err != nil {
			return err
		}
	}
	p.model = start(o)
	// Signals are ctx's business, and Ctrl+C is a key. A context of its own bubbletea would take for an order to end at
	// once, and close the terminal's reader while that still reads.
	p.tea = tea.NewProgram(p, tea.WithInput(o.In), tea.WithOutput(o.Out), tea.WithEnvironment(o.Env), tea.WithoutSignalHandler())
	defer context.AfterFunc(ctx, p.tea.Quit)()
	_, err := p.tea.Run()
	switch {
	case errors.Is(err, tea.ErrProgramPanic):
		return errors.New(o.Lang.Text(i18n.ScreenCrashed, p.invite()))
	case ctx.Err() != nil, err == nil:
		if p.last.note != "" {
			fmt.Fprintln(o.Out, p.last.note)
		}
		if p.last.err != "" {
			return errors.New(p.last.err)
		}
		return nil
	}
	return err
}

// start is the first model.
func start(o Options) model {
	m := model{
		lang: o.Lang, name: o.Client.Name, goal: o.Goal, picker: newPicker(),
		lobby: lobby{form: formOf(o.Game, o.Time), code: line{most: 40}},
		shade: shade{profile: colorprofile.TrueColor, onDark: true, ascii: o.ASCII},
		hints: hints{invite: o.Invite(o.Client.Address), start: o.Start},
	}
	m.look = newTheme(m.shade.profile, true, o.ASCII)
	if o.Client.Address != "" {
		m.place = atLobby
		m.link.address = client.Address(o.Client.Address)
	}
	return m
}

// program carries out what the model wants.
type program struct {
	ctx    context.Context
	o      Options
	tea    *tea.Program
	model  model
	client *client.Client
	keeper *client.Keeper
	search context.CancelFunc // ends the search for servers; nil while there is none
	last   quit
}

func (p *program) close() {
	if p.search != nil {
		p.search()
	}
	if p.client != nil {
		p.client.Close()
	}
	if p.keeper != nil {
		p.keeper.Close()
	}
}

func (p *program) invite() string { return p.o.Invite(p.o.Client.Address) }

// dial connects, with the token that is kept for that server.
func (p *program) dial(address string) error {
	keeper, err := p.o.Keep(address)
	if err != nil {
		return err
	}
	cfg := p.o.Client
	cfg.Address = address
	if keeper != nil {
		cfg.Token = keeper.Token()
	}
	c, err := client.Dial(p.ctx, cfg)
	if err != nil {
		if keeper != nil {
			keeper.Close()
		}
		return caption.Unreachable(p.o.Lang, cfg, p.o.Start, err)
	}
	p.client, p.keeper, p.o.Client.Address = c, keeper, address
	return nil
}

// Init is the first thing that bubbletea calls.
func (p *program) Init() tea.Cmd {
	cmds := []tea.Cmd{tea.RequestBackgroundColor, func() tea.Msg { return tickMsg{} }}
	if p.client != nil {
		return tea.Batch(append(cmds, p.listen())...)
	}
	return tea.Batch(append(cmds, p.find())...)
}

// listen waits for the next event.
func (p *program) listen() tea.Cmd {
	c := p.client
	return func() tea.Msg {
		e, ok := <-c.Events()
		if !ok {
			return closedMsg{}
		}
		return eventMsg{e}
	}
}

// find looks for servers until a connection stands.
func (p *program) find() tea.Cmd {
	ctx, cancel := context.WithCancel(p.ctx)
	p.search = cancel
	return func() tea.Msg {
		// What stands in the way of searching is no reason not to type an address.
		_ = discover.Find(ctx, func(list []discover.Server) { p.tea.Send(foundMsg(list)) })
		return nil
	}
}

// Update takes one message to the model and carries out what it wants.
func (p *program) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if p.o.Observe != nil {
		p.o.Observe(msg)
	}
	var cmds []tea.Cmd
	switch msg := msg.(type) {
	case eventMsg:
		cmds = append(cmds, p.listen())
	case connectedMsg:
		p.client, p.keeper, p.o.Client.Address = msg.client, msg.keeper, msg.address
		cmds = append(cmds, p.listen())
		p.model.hints.invite = p.invite()
		msg.client = nil
	}
	var effects []effect
	p.model, effects = p.model.update(time.Now(), msg)
	var sends []tea.Cmd
	for _, e := range effects {
		if s, ok := e.(send); ok {
			sends = append(sends, p.send(s))
		} else if cmd := p.carryOut(e); cmd != nil {
			cmds = append(cmds, cmd)
		}
	}
	if len(sends) > 0 {
		cmds = append(cmds, tea.Sequence(sends...)) // in their order
	}
	return p, tea.Batch(cmds...)
}

func (p *program) send(s send) tea.Cmd {
	c := p.client
	return func() tea.Msg {
		if _, err := c.Do(s.Command); err != nil {
			return failedMsg{s.Command, err}
		}
		return nil
	}
}

// carryOut does what an effect says; what takes time is left to a command.
func (p *program) carryOut(e effect) tea.Cmd {
	switch e := e.(type) {
	case tick:
		return tea.Tick(e.after, func(time.Time) tea.Msg { return tickMsg{} })
	case dial:
		return p.dialLater(e.address)
	case search:
		if p.search != nil {
			p.search()
		}
	case keep:
		p.kept(func(k *client.Keeper) error { return k.Save(e.token) })
	case forget:
		p.kept((*client.Keeper).Forget)
	case bell:
		return tea.Raw("\a")
	case pause:
		return tea.Suspend
	case quit:
		p.last = e
		return p.leave(e)
	}
	return nil
}

// kept does something with the keeper. Where it fails, the game goes on without.
func (p *program) kept(do func(*client.Keeper) error) {
	if p.keeper == nil {
		return
	}
	if err := do(p.keeper); err != nil {
		p.model.notice = notice{text: p.o.Lang.Text(i18n.PlayNoKeep, err), bad: true, until: time.Now().Add(noticeTime)}
	}
}

// connectedMsg hands over a connection that the person has asked for.
type connectedMsg struct {
	client  *client.Client
	keeper  *client.Keeper
	address string
}

// dialLater connects while the screen goes on.
func (p *program) dialLater(address string) tea.Cmd {
	q := &program{ctx: p.ctx, o: p.o}
	return func() tea.Msg {
		if err := q.dial(address); err != nil {
			return dialledMsg{err}
		}
		return connectedMsg{q.client, q.keeper, address}
	}
}

// leave gives up the tables that are to be left, waits for that a moment, and ends.
func (p *program) leave(e quit) tea.Cmd {
	c := p.client
	return func() tea.Msg {
		if c == nil || len(e.leave) == 0 {
			return tea.QuitMsg{}
		}
		ctx, cancel := context.WithTimeout(p.ctx, leaveWait)
		defer cancel()
		for _, id := range e.leave {
			if _, err := c.Call(ctx, client.Leave{Table: id}); err != nil {
				break // it is left when its grace time is over
			}
		}
		return tea.QuitMsg{}
	}
}

// View draws the model.
func (p *program) View() tea.View {
	f := p.model.draw()
	v := tea.NewView(f.String())
	v.AltScreen = true
	v.MouseMode = tea.MouseModeCellMotion
	v.Cursor = f.cursor
	v.WindowTitle = p.model.windowTitle()
	return v
}

// windowTitle says in the terminal's title bar whose turn it is.
func (m *model) windowTitle() string {
	title := m.lang.Text(i18n.ScreenBrand)
	if m.place == atTable && m.play.table.MyTurn() {
		title += " · " + m.lang.Text(i18n.PlayYourTurn)
	}
	return title
}
