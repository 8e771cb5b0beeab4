// Package lobby knows who sits where: it pairs players, first come first seated, finds a
// table by its code and a player's tables by the key, and lists open seats and running games.
//
// It is a projection of the tables' records. What it promises a player (a seat at a
// waiting table) is decided here at once and confirmed, or refused, by the table.
package lobby

import (
	"crypto/rand"
	"slices"
	"strings"
	"sync"

	"hansu/rules"
	"hansu/rules/variants"
	"hansu/store"
	"hansu/table"
)

// Lobby is safe for use from any goroutine. None of its methods waits.
type Lobby struct {
	mu     sync.Mutex
	last   store.TableID
	most   int // seats of one player; 0: no bound
	byID   map[store.TableID]*entry
	byCode map[string]*entry
	byKey  map[table.Key][]*entry // tables where the key has, or is promised, a seat
	open   map[kind][]*entry      // public tables that wait for a second player, oldest first
	alone  map[*entry]struct{}    // all tables that wait for a second player
	room   int                    // for so many of those; 0: no bound
	random func() string          // a new table's code
}

// kind is what must be equal for two players to be paired.
type kind struct {
	variant rules.Variant
	time    rules.TimeControl
}

// entry is a table in the lobby.
type entry struct {
	info     table.Info
	plies    int    // of its game; 0 after a restart, until the table is looked at
	promised Player // who was sent to the free seat, by which command, until the table says
	asking   int32  // commands under way to open it: the same one may have come again
	sitting  int32  // commands under way of whom the seat was promised to
}

// kind is that of the players who are sent to the table: as was asked for, before a start position was drawn.
func (e *entry) kind() kind {
	k := kind{e.info.Setting.Variant, e.info.Setting.Time}
	if e.info.Setting.Drawn {
		k.variant.Start = variants.AnyStart
	}
	return k
}

// Seat is what the lobby offers.
type Seat struct {
	Table store.TableID
	Code  string
	How   How
	New   bool // with Create: no earlier command has asked for this table
}

// How a player comes to a seat.
type How uint8

// The ways: create the table, sit down at its free seat, or come back to one's own.
const (
	Create How = iota
	Sit
	Own
)

// Submit hands the offered seat on to its table and returns at once, false if the table takes no
// more commands. It is called under the lobby's lock: whoever is offered a table's second
// seat must come to the table after the one who creates it. It must not call the lobby.
type Submit func(Seat) bool

// Player is who asks the lobby, and by which command: the same one sent again leads to the
// same table.
type Player struct {
	Key      table.Key
	Instance uint32
	Number   uint32 // of the command
}

// New returns an empty lobby; the next table gets the number after last.
func New(last store.TableID) *Lobby {
	return &Lobby{
		last: last, random: newCode,
		byID: make(map[store.TableID]*entry), byCode: make(map[string]*entry),
		byKey: make(map[table.Key][]*entry), open: make(map[kind][]*entry), alone: make(map[*entry]struct{}),
	}
}

// codeLetters has no characters that are taken for one another when read aloud or written down.
const codeLetters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

// CodeLength is the length of a table's code: 31^8, a bit under 40 bits.
const CodeLength = 8

// NewCode draws a code for a table.
func NewCode() string { return newCode() }

func newCode() string {
	var b [CodeLength]byte
	var r [1]byte
	for i := 0; i < len(b); {
		rand.Read(r[:])
		if n := int(r[0]); n < 256/len(codeLetters)*len(codeLetters) { // no letter is likelier
			b[i] = codeLetters[n%len(codeLetters)]
			i++
		}
	}
	return string(b[:])
}

// Join finds a seat at any public table of this kind, or a table to create. It returns
// false if submit did, or was not called because the player has too many seats.
func (l *Lobby) Join(p Player, v rules.Variant, tc rules.TimeControl, submit Submit) (Seat, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, s, ok := l.again(p); ok {
		return s, l.hand(e, s, p, submit)
	}
	k := kind{v, tc}
	for _, e := range l.open[k] {
		switch {
		case e.info.Seats[0].Key == p.Key: // waiting already, perhaps from another window
			s := e.seat(Own)
			return s, submit(s)
		case e.promised != (Player{}), e.info.Seats[0].Away:
			continue
		}
		return l.sit(e, p, submit)
	}
	return l.create(p, k, true, submit)
}

// Open opens a table of the player's own. It returns false if submit did.
func (l *Lobby) Open(p Player, v rules.Variant, tc rules.TimeControl, public bool, submit Submit) (Seat, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, s, ok := l.again(p); ok {
		return s, l.hand(e, s, p, submit)
	}
	return l.create(p, kind{v, tc}, public, submit)
}

// Enter finds the table with this code; known is false if there is none. Whether its seat
// is free the table decides. ok is false if submit returned false.
func (l *Lobby) Enter(p Player, code string, submit Submit) (s Seat, known, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.byCode[code]
	if e == nil {
		return Seat{}, false, false
	}
	if e, s, again := l.again(p); again {
		return s, true, l.hand(e, s, p, submit)
	}
	if seated(e.info, p.Key) {
		s = e.seat(Own)
		return s, true, submit(s)
	}
	if e.info.Phase <= table.Waiting && e.promised == (Player{}) {
		s, ok = l.sit(e, p, submit)
		return s, true, ok
	}
	s = e.seat(Sit) // to be refused by the table
	return s, true, submit(s)
}

func (e *entry) seat(how How) Seat {
	return Seat{Table: e.info.ID, Code: e.info.Setting.Code, How: how}
}

// Find returns the table with this code, if it is not shut.
func (l *Lobby) Find(code string) (store.TableID, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.byCode[code]; e != nil {
		return e.info.ID, true
	}
	return 0, false
}

// again finds what the same command led to before.
func (l *Lobby) again(p Player) (*entry, Seat, bool) {
	if p.Number == 0 {
		return nil, Seat{}, false
	}
	for _, e := range l.byKey[p.Key] {
		if p == e.promised {
			return e, e.seat(Sit), true
		}
		for _, s := range e.info.Seats {
			if s.Taken && p == (Player{s.Key, s.Instance, s.Number}) {
				if e.info.Phase == 0 {
					return e, e.seat(Create), true
				}
				return e, e.seat(Sit), true // the table knows the command's number
			}
		}
	}
	return nil, Seat{}, false
}

// hand hands a seat on to its table, and counts the commands that are under way: when one is put off, another may still be decided.
func (l *Lobby) hand(e *entry, s Seat, p Player, submit Submit) bool {
	if !submit(s) {
		return false
	}
	switch {
	case s.How == Create:
		e.asking++
	case s.How == Sit && e.promised.Key == p.Key:
		e.sitting++
	}
	return true
}

// Again hands a command on to the table that it led to before; false if it is a new one.
func (l *Lobby) Again(p Player, submit Submit) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, s, ok := l.again(p)
	if ok {
		l.hand(e, s, p, submit)
	}
	return ok
}

// Full reports whether a player may have no further seat: for the player, or for all, there is a bound.
func (l *Lobby) Full(p Player) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.full(p) || l.room > 0 && len(l.alone) >= l.room
}

// Place takes in a seat that was found elsewhere, among the lobbies of several nodes, and hands it on.
func (l *Lobby) Place(p Player, v rules.Variant, tc rules.TimeControl, public bool, s Seat, submit Submit) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.byID[s.Table]
	switch {
	case s.How == Create && e == nil:
		e = newEntry(s.Table, p, table.Setting{Code: s.Code, Variant: v, Time: tc, Public: public})
		s.New = true
		if l.hand(e, s, p, submit) {
			l.put(e)
		}
	case s.How == Sit && e != nil && e.info.Phase <= table.Waiting && !seated(e.info, p.Key):
		if l.hand(e, s, p, submit) && e.promised.Key != p.Key {
			l.unkey(e.promised.Key, e)
			e.promised, e.sitting = p, 1
			l.byKey[p.Key] = append(l.byKey[p.Key], e)
		}
	default:
		submit(s)
	}
}

// full reports whether a player has as many seats as one may have.
func (l *Lobby) full(p Player) bool { return l.most > 0 && len(l.byKey[p.Key]) >= l.most }

func (l *Lobby) create(p Player, k kind, public bool, submit Submit) (Seat, bool) {
	if l.full(p) || l.room > 0 && len(l.alone) >= l.room {
		return Seat{}, false
	}
	code := l.random()
	for l.byCode[code] != nil {
		code = l.random()
	}
	e := newEntry(l.last+1, p, table.Setting{Code: code, Variant: k.variant, Time: k.time, Public: public})
	s := e.seat(Create)
	s.New = true
	if !l.hand(e, s, p, submit) {
		return s, false
	}
	l.last++
	l.put(e)
	if public {
		l.open[k] = append(l.open[k], e)
	}
	return s, true
}

// newEntry returns a table that p has asked for.
func newEntry(id store.TableID, p Player, s table.Setting) *entry {
	e := &entry{info: table.Info{ID: id, Setting: s}}
	e.info.Seats[0] = table.InfoSeat{Key: p.Key, Taken: true, Instance: p.Instance, Number: p.Number}
	return e
}

// sit sends p to e's free seat; nobody else is sent there until the table says.
func (l *Lobby) sit(e *entry, p Player, submit Submit) (Seat, bool) {
	s := e.seat(Sit)
	if l.full(p) || !submit(s) {
		return s, false
	}
	e.promised, e.sitting = p, 1
	l.byKey[p.Key] = append(l.byKey[p.Key], e)
	return s, true
}

func (l *Lobby) put(e *entry) {
	l.byID[e.info.ID] = e
	l.byCode[e.info.Setting.Code] = e
	if e.info.Phase <= table.Waiting {
		l.alone[e] = struct{}{}
	}
	for _, s := range e.info.Seats {
		if s.Taken {
			l.byKey[s.Key] = append(l.byKey[s.Key], e)
		}
	}
}

// remove takes e out of every index.
func (l *Lobby) remove(e *entry) {
	delete(l.byID, e.info.ID)
	delete(l.alone, e)
	if l.byCode[e.info.Setting.Code] == e {
		delete(l.byCode, e.info.Setting.Code)
	}
	for _, s := range e.info.Seats {
		l.unkey(s.Key, e)
	}
	l.unkey(e.promised.Key, e)
	l.close(e)
}

func (l *Lobby) unkey(k table.Key, e *entry) {
	list := slices.DeleteFunc(l.byKey[k], func(x *entry) bool { return x == e })
	if len(list) == 0 {
		delete(l.byKey, k)
		return
	}
	l.byKey[k] = list
}

// close takes e off the list of open seats.
func (l *Lobby) close(e *entry) {
	k := e.kind()
	list := slices.DeleteFunc(l.open[k], func(x *entry) bool { return x == e })
	if len(list) == 0 {
		delete(l.open, k)
		return
	}
	l.open[k] = list
}

// Changed takes in what a table has become. It is the tables' Config.Changed.
func (l *Lobby) Changed(in table.Info) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.byID[in.ID]
	if e != nil && in.Seq < e.info.Seq {
		return // from another node, or the store, and overtaken since
	}
	if in.Phase == table.Shut {
		if e != nil {
			l.remove(e)
		}
		return
	}
	if e == nil {
		l.add(in)
		return
	}
	for i, s := range in.Seats {
		old := e.info.Seats[i]
		if old.Taken && (!s.Taken || s.Key != old.Key) {
			l.unkey(old.Key, e)
		}
		if s.Taken && (!old.Taken || s.Key != old.Key) && !slices.Contains(l.byKey[s.Key], e) {
			l.byKey[s.Key] = append(l.byKey[s.Key], e)
		}
	}
	e.info = in
	if in.Phase != table.Waiting {
		if !seated(in, e.promised.Key) { // the table has taken another: whoever was sent there may never be told
			l.unkey(e.promised.Key, e)
		}
		e.promised = Player{}
		delete(l.alone, e)
		l.close(e)
	}
}

// Counted takes in how many moves a table's game has. It is the tables' Config.Counted.
func (l *Lobby) Counted(id store.TableID, plies int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.byID[id]; e != nil {
		e.plies = plies
	}
}

// Absent returns the public tables of a kind at which somebody other than k waits who is not connected.
func (l *Lobby) Absent(k table.Key, v rules.Variant, tc rules.TimeControl) (ids []store.TableID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.open[kind{v, tc}] {
		if s := e.info.Seats[0]; s.Away && s.Key != k {
			ids = append(ids, e.info.ID)
		}
	}
	return ids
}

// add brings in a table that this lobby did not open itself.
func (l *Lobby) add(in table.Info) {
	e := &entry{info: in}
	l.put(e)
	if in.Phase == table.Waiting && in.Setting.Public {
		l.open[e.kind()] = append(l.open[e.kind()], e)
	}
}

// Restored takes in a table from the store, at start-up. Nobody is connected yet, so an open
// seat counts as left until its player is back.
func (l *Lobby) Restored(in table.Info) {
	for i := range in.Seats {
		in.Seats[i].Away = true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.add(in)
}

// Present says that a seat's player is connected (again), for a table restored.
func (l *Lobby) Present(id store.TableID, s table.Seat) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.byID[id]; e != nil && s != 0 {
		e.info.Seats[s-1].Away = false
	}
}

// NotCreated takes back a table that did not come into being, unless the same command is still under way.
func (l *Lobby) NotCreated(id store.TableID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.byID[id]; e != nil && e.info.Phase == 0 {
		if e.asking--; e.asking <= 0 {
			l.remove(e)
		}
	}
}

// PutOff is NotSeated for a command on which the table did not decide: the same one may still be under way, and then the
// promise stands.
func (l *Lobby) PutOff(k table.Key, id store.TableID) {
	l.mu.Lock()
	if e := l.byID[id]; e != nil && e.promised.Key == k && e.sitting > 1 {
		e.sitting--
		l.mu.Unlock()
		return
	}
	l.mu.Unlock()
	l.NotSeated(k, id, false)
}

// NotSeated takes back a promise that the table did not keep. gone says that the table is
// no more.
func (l *Lobby) NotSeated(k table.Key, id store.TableID, gone bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.byID[id]
	if e == nil {
		return
	}
	if gone && e.info.Phase != 0 {
		l.remove(e)
		return
	}
	if e.promised.Key == k {
		e.promised = Player{}
		if !seated(e.info, k) {
			l.unkey(k, e)
		}
	}
}

func seated(in table.Info, k table.Key) bool {
	return in.Seats[0].Taken && in.Seats[0].Key == k || in.Seats[1].Taken && in.Seats[1].Key == k
}

// TablesOf returns the tables at which a key has a seat, oldest first.
func (l *Lobby) TablesOf(k table.Key) []store.TableID {
	l.mu.Lock()
	defer l.mu.Unlock()
	var ids []store.TableID
	for _, e := range l.byKey[k] {
		if seated(e.info, k) && e.info.Phase != 0 {
			ids = append(ids, e.info.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// Limit bounds the seats that one player may have at once; 0 is no bound. A command that led to
// a seat leads there again also at the bound.
func (l *Lobby) Limit(seats int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.most = seats
}

// Room bounds the tables that wait for a second player; 0 is no bound. Whoever opens tables and
// goes away leaves each of them waiting for as long as the grace.
func (l *Lobby) Room(tables int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.room = tables
}

// Crowded reports whether so many tables wait for a second player that no more may be opened.
func (l *Lobby) Crowded() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.room > 0 && len(l.alone) >= l.room
}

// Count returns at how many tables a key has a seat or is promised one.
func (l *Lobby) Count(k table.Key) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.byKey[k])
}

// Listed is a table as the lobby's list has it.
type Listed struct {
	table.Info
	Plies int // moves of the running game
}

// List returns at most limit public tables in a phase, newest first.
func (l *Lobby) List(phase table.Phase, limit int) []Listed {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []Listed
	for _, e := range l.byID {
		if e.info.Setting.Public && e.info.Phase == phase && !(phase == table.Waiting && e.info.Seats[0].Away) {
			list = append(list, Listed{e.info, e.plies})
		}
	}
	slices.SortFunc(list, func(a, b Listed) int { return int(b.ID) - int(a.ID) })
	return list[:min(len(list), limit)]
}

// Code returns the code that a person meant who typed s: without spaces and hyphens, in capitals.
func Code(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, strings.ToUpper(s))
}
