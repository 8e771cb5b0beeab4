package sim

import (
	"errors"
	"fmt"
	"time"

	"hansu/client"
	"hansu/wire"
)

// player is an honest person: one token, one device or two.
type player struct {
	token   client.Token
	name    string
	quota   int // games still to begin
	devices []*device
	gone    bool // has vanished
	done    bool // wants nothing more

	wish *client.Join // plays this only, with others who do
	met  uint32       // at which table
}

// plays reports whether this is somebody who comes to play, not to look on.
func (p *player) plays() bool { return p.name[0] == 'p' }

// device runs the client's core on one connection after the other.
type device struct {
	actor
	player   *player
	watching string // a spectator's table; players have none
	core     *client.Core
	instance uint32
	link     *link
	online   bool
	alarm    micros // the core's deadline that is scheduled; 0: none
	tries    int
	joining  bool // a command to get a seat has no answer yet
	busy     map[uint32]bool
	tables   []uint32          // where it is, in order of coming
	commands map[uint32][]byte // sent with an effect, by number, to be repeated
	records  map[uint32]uint32 // by table: the last record the program was shown
	lines    int
	over     bool
}

// epoch is what virtual time 0 is to a client.
var epoch = time.Unix(1_000_000_000, 0)

func (w *world) clock() time.Time { return epoch.Add(time.Duration(w.now) * time.Microsecond) }

func (w *world) device(p *player) *device {
	d := &device{actor: w.actor(), player: p}
	w.devices = append(w.devices, d)
	d.program()
	return d
}

// program starts the client's program: nothing is known but the token.
func (d *device) program() {
	d.instance = d.rand.Uint32()>>4<<4 | 1
	core, err := client.NewCore(client.Identity{Name: d.player.name, Language: 2, Token: d.player.token, Instance: d.instance})
	if err != nil {
		d.w.fail("client: %v", err)
		return
	}
	d.core, d.busy, d.tables, d.joining = core, map[uint32]bool{}, nil, false
	d.commands, d.records = map[uint32][]byte{}, map[uint32]uint32{}
	d.after(d.between(0, 500*ms), d.dial)
}

// quit ends the program and starts it again.
func (d *device) quit() bool {
	if d.over || d.player.gone || d.player.token == (client.Token{}) {
		return false
	}
	d.w.tell("device %d starts anew", d.id)
	d.drop()
	d.program()
	return true
}

// vanish takes a player away for good.
func (d *device) vanish() bool {
	if d.player.gone || d.over {
		return false
	}
	d.w.tell("player %s vanishes", d.player.name)
	d.player.gone = true
	for _, x := range d.player.devices {
		if x.link != nil && d.chance(0.5) {
			x.link.cut(true)
		}
		x.drop()
		x.over = true
	}
	return true
}

// drop gives up the connection.
func (d *device) drop() {
	if d.link != nil {
		l := d.link
		d.link, d.online = nil, false
		l.hangUp()
	}
	d.core.Disconnect()
}

func (d *device) dial() {
	if d.link != nil || d.over {
		return
	}
	if d.link = d.w.connect(d); d.link == nil {
		d.retry(0)
		return
	}
	d.w.tell("device %d connects by link %d", d.id, d.link.id)
	d.core.Connect(d.w.clock())
	d.flush()
}

// retry connects again later, as the real client does: with a pause that doubles, up to a bound,
// and varies at random.
func (d *device) retry(extra micros) {
	pause := min(250*ms<<min(d.tries, 6), 5*sec)
	d.tries++
	d.after(extra+pause/2+d.between(0, pause/2), d.dial)
}

// lost implements endpoint.
func (d *device) lost(l *link) {
	if d.link == l {
		d.link, d.online = nil, false
		d.core.Disconnect()
		d.retry(0)
	}
}

// received implements endpoint.
func (d *device) received(l *link, p []byte) {
	if d.link != l {
		return
	}
	err := d.core.Receive(d.w.clock(), p)
	d.flush()
	if err != nil {
		d.failed(err)
	}
}

// failed ends a connection on which something went wrong.
func (d *device) failed(err error) {
	var refused *client.Refused
	var bye *client.Bye
	extra := micros(0)
	switch {
	case errors.As(err, &bye):
		extra = d.between(500*ms, 2*sec) // about what Bye says, but drawn from the seed
	case errors.As(err, &refused):
		switch wire.ErrorCode(refused.Code) {
		case wire.StoreDown, wire.Idle, wire.ShuttingDown, wire.TooFast:
		default:
			d.w.fail("an honest client is turned away: %v", err)
		}
	case errors.Is(err, client.ErrSilent):
	default:
		d.w.fail("client: %v", err)
	}
	if d.link == nil {
		return
	}
	d.drop()
	d.retry(extra)
}

// flush takes out of the core what it has put out.
func (d *device) flush() {
	for _, e := range d.core.Events() {
		d.event(e)
	}
	if out := d.core.Output(); len(out) > 0 && d.link != nil {
		d.keep(out)
		d.link.send(out)
	}
	d.setAlarm()
}

// keep remembers commands that have an effect.
func (d *device) keep(out []byte) {
	for len(out) > 0 {
		h, _, n, err := wire.Cut(out)
		if err != nil || n == 0 {
			d.w.fail("the client sends no packet: %x", out)
			return
		}
		switch h.Type {
		case wire.TypeMakeMove, wire.TypeSay, wire.TypePropose, wire.TypeReply, wire.TypeResign, wire.TypeClaim:
			d.commands[h.Number] = out[:n:n]
		}
		out = out[n:]
	}
}

// repeat sends an old command again, as a network or a program might that is unsure.
func (d *device) repeat() {
	if !d.w.faulty || !d.w.plan.on[Repeat] || d.link == nil || !d.online || len(d.busy) > 0 {
		return
	}
	last := uint32(0)
	for n, p := range d.commands {
		h, _, _, _ := wire.Cut(p)
		if n > last && d.core.Table(h.Table) != nil {
			last = n
		}
	}
	if last > 0 && d.chance(0.5) {
		d.w.result.Faults[Repeat]++
		d.w.tell("device %d repeats command %d on link %d", d.id, last, d.link.id)
		d.link.send(d.commands[last])
	}
}

// setAlarm sees to it that the core is told the time when it wants to be.
func (d *device) setAlarm() {
	at := d.core.Deadline()
	if at.IsZero() || d.link == nil {
		return
	}
	when := micros(at.Sub(epoch) / time.Microsecond)
	if d.alarm != 0 && d.alarm <= when {
		return
	}
	d.alarm = when
	d.after(max(0, when-d.w.now), func() {
		if d.alarm != when {
			return
		}
		d.alarm = 0
		if d.link == nil {
			return
		}
		err := d.core.Tick(d.w.clock())
		d.flush()
		if err != nil {
			d.failed(err)
		}
	})
}

// event reacts to what the core reports.
func (d *device) event(e client.Event) {
	switch e := e.(type) {
	case client.Online:
		d.online, d.tries = true, 0
		d.player.token = e.Token
		if !e.Again && e.Tables > 0 {
			d.do(client.Resume{})
		}
		if e.Again {
			d.after(d.between(0, sec), d.repeat)
		}
	case client.Sat:
		d.sat(e.Table)
	case client.Record:
		d.record(e)
	case client.Gone:
		d.left(e.Table.ID)
	case client.Answer:
		d.answered(e)
	}
}

func (d *device) sat(t *client.Table) {
	d.w.tell("device %d has seat %d at table %d", d.id, t.Seat, t.ID)
	for _, id := range d.tables {
		if id == t.ID {
			return
		}
	}
	d.tables = append(d.tables, t.ID)
	switch {
	case d.player.wish != nil:
		d.player.met = t.ID
	case d.watching == "":
		d.w.tables = append(d.w.tables, t.Code)
	}
}

func (d *device) left(id uint32) {
	delete(d.records, id)
	for i, x := range d.tables {
		if x == id {
			d.tables = append(d.tables[:i], d.tables[i+1:]...)
			return
		}
	}
}

// record checks what the program is shown: every record once, in order, and a position that the
// rules have followed.
func (d *device) record(r client.Record) {
	if want := d.records[r.Table.ID] + 1; r.Number != want {
		d.w.fail("device %d is shown record %d of table %d, and %d is next", d.id, r.Number, r.Table.ID, want)
	}
	d.records[r.Table.ID] = r.Number
	if r.Table.Number > 0 && r.Table.Position == nil {
		d.w.fail("device %d cannot follow table %d", d.id, r.Table.ID)
	}
}

// do sends a command; ErrBusy is no harm.
func (d *device) do(cmd client.Command) {
	n, err := d.core.Do(cmd)
	switch {
	case err == nil:
		d.busy[n] = true
		switch cmd.(type) {
		case client.Join, client.Open, client.Enter, client.Watch:
			d.joining = true
		}
	case !errors.Is(err, client.ErrBusy) && !errors.Is(err, client.ErrNoTable):
		d.w.fail("client: %T: %v", cmd, err)
	}
}

func (d *device) answered(a client.Answer) {
	delete(d.busy, a.Command)
	switch a.To.(type) {
	case client.Join, client.Open, client.Enter:
		d.joining = false
		if a.Err == nil {
			d.player.quota--
		}
	case client.Watch:
		d.joining = false
		if a.Err != nil {
			d.watching = ""
		}
	}
	if a.Err != nil {
		d.w.tell("device %d: %T refused: %v", d.id, a.To, a.Err)
	}
}

func (d *device) line() string {
	d.lines++
	return fmt.Sprintf("%d of %d", d.lines, d.instance)
}
