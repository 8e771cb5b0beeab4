package session

import (
	"unicode/utf8"

	"hansu/lobby"
	"hansu/rules"
	"hansu/rules/variants"
	"hansu/table"
	"hansu/wire"
	"hansu/wirerules"
)

// handler handles one type of packet on the session's own goroutine and returns why not.
type handler func(s *Session, now rules.Millis, h wire.Header, body []byte) wire.ErrorCode

// handlers has one entry for each type that a client sends.
var handlers = [256]handler{
	wire.TypeHello:    (*Session).hello,
	wire.TypeJoin:     (*Session).joinPacket,
	wire.TypeOpen:     (*Session).open,
	wire.TypeEnter:    (*Session).enter,
	wire.TypeWatch:    (*Session).watch,
	wire.TypeResume:   (*Session).resume,
	wire.TypeLeave:    (*Session).leave,
	wire.TypeMakeMove: (*Session).move,
	wire.TypeResign:   (*Session).resign,
	wire.TypePropose:  (*Session).propose,
	wire.TypeReply:    (*Session).reply,
	wire.TypeClaim:    (*Session).claim,
	wire.TypeSay:      (*Session).say,
	wire.TypeList:     (*Session).list,
	wire.TypePing:     (*Session).ping,
	wire.TypePoints:   (*Session).points,
}

func (s *Session) hello(_ rules.Millis, _ wire.Header, body []byte) wire.ErrorCode {
	var p wire.Hello
	if s.ready {
		return wire.NotHello
	}
	if err := p.Decode(body); err != nil {
		return wire.NotHello
	}
	if p.Magic != wire.Magic {
		return wire.BadMagic
	}
	s.language.Store(uint32(p.Language))
	if p.Version < wire.MinVersion {
		return wire.BadVersion
	}
	name := p.Name.String()
	if err := wire.CheckName(name); err != nil {
		return wire.CodeOf(err)
	}
	if utf8.RuneCountInString(name) > s.hub.limits.Name {
		return wire.BadName
	}
	token := p.Token
	if token.IsZero() {
		token = wire.NewToken()
	}
	s.key, s.instance, s.name = keyOf(token), p.Instance, name
	if oldest := s.hub.identify(s); oldest != nil {
		oldest.end(wire.Replaced)
	}
	s.send(&wire.Welcome{
		Version: min(p.Version, wire.Version), Tables: uint16(len(s.hub.cfg.Lobby.TablesOf(s.key))),
		Token: token, Server: s.hub.serial,
	}, wire.Header{})
	return wire.NoError
}

// setting checks a game and its time control as a client names them.
func setting(v wire.Variant, t wire.Timing) (rules.Variant, rules.TimeControl, wire.ErrorCode) {
	variant := variants.Normal(wirerules.Variant(v))
	if variants.Check(variant) != nil {
		return variant, rules.TimeControl{}, wire.BadVariant
	}
	if variant.Rules == rules.Chess960 {
		switch {
		case v.Start == variants.AnyStart:
			variant.Start = variants.AnyStart // drawn when the table is opened
		case v.Start != variant.Start:
			return variant, rules.TimeControl{}, wire.BadVariant
		}
	}
	tc := wirerules.Timing(t)
	if tc.Check() != nil {
		return variant, tc, wire.BadTiming
	}
	return variant, tc, wire.NoError
}

func (s *Session) joinPacket(_ rules.Millis, h wire.Header, body []byte) wire.ErrorCode {
	var p wire.Join
	if err := p.Decode(body); err != nil {
		return wire.CodeOf(err)
	}
	v, tc, code := setting(p.Variant, p.Timing)
	if code != wire.NoError {
		return code
	}
	j := &joining{number: h.Number, variant: v, time: tc}
	s.mu.Lock()
	s.join = j
	s.mu.Unlock()
	return s.joinTable(j)
}

func (s *Session) open(_ rules.Millis, h wire.Header, body []byte) wire.ErrorCode {
	var p wire.Open
	if err := p.Decode(body); err != nil {
		return wire.CodeOf(err)
	}
	if p.Private > 1 {
		return wire.BadValue
	}
	v, tc, code := setting(p.Variant, p.Timing)
	if code != wire.NoError {
		return code
	}
	public := p.Private == 0
	if s.hub.cfg.Nodes != nil {
		return s.wish(&joining{number: h.Number, variant: v, time: tc}, true, public)
	}
	code = wire.TooMany
	s.hub.cfg.Lobby.Open(s.player(h), v, tc, public, func(seat lobby.Seat) bool {
		code = s.take(seat, h.Number, table.Setting{Variant: v, Time: tc, Public: public})
		return code == wire.NoError
	})
	return s.crowded(code)
}

// crowded says that a table could not be opened for the reason that too many wait already, if that is so: it
// can be tried again later.
func (s *Session) crowded(code wire.ErrorCode) wire.ErrorCode {
	if code == wire.TooMany && s.hub.cfg.Lobby.Crowded() {
		return wire.TooFast
	}
	return code
}

func (s *Session) player(h wire.Header) lobby.Player {
	return lobby.Player{Key: s.key, Instance: s.instance, Number: h.Number}
}

func (s *Session) enter(_ rules.Millis, h wire.Header, body []byte) wire.ErrorCode {
	var p wire.Enter
	if err := p.Decode(body); err != nil {
		return wire.CodeOf(err)
	}
	code := lobby.Code(p.Code.String())
	if _, known := s.hub.cfg.Lobby.Find(code); !known && s.hub.cfg.Nodes != nil && len(code) == lobby.CodeLength {
		return s.enterLearnt(h, code)
	}
	return s.enterCode(h, code)
}

func (s *Session) enterCode(h wire.Header, at string) wire.ErrorCode {
	code := wire.TooMany
	_, known, _ := s.hub.cfg.Lobby.Enter(s.player(h), at, func(seat lobby.Seat) bool {
		code = s.take(seat, h.Number, table.Setting{})
		return code == wire.NoError
	})
	if !known {
		return wire.NoTable
	}
	return code
}

func (s *Session) watch(now rules.Millis, h wire.Header, body []byte) wire.ErrorCode {
	var p wire.Watch
	if err := p.Decode(body); err != nil {
		return wire.CodeOf(err)
	}
	if !s.looks.take(now, s.hub.limits.Looks, 1000) {
		return wire.TooFast
	}
	code := lobby.Code(p.Code.String())
	if id, ok := s.hub.cfg.Lobby.Find(code); ok {
		return s.come(id, h.Number, table.Attach{Seen: p.Seen})
	}
	if len(code) != lobby.CodeLength {
		return wire.NoTable
	}
	ok := s.hub.lookups.try(s.hub.cfg.Go, func() {
		refused := wire.NoTable
		if id, ok := s.hub.cfg.Find(code); ok {
			refused = s.come(id, h.Number, table.Attach{Seen: p.Seen})
		}
		if refused != wire.NoError {
			s.refuse(h.Number, refused, 0)
		}
	})
	if !ok {
		return wire.TooFast
	}
	return wire.NoError
}

func (s *Session) leave(_ rules.Millis, h wire.Header, body []byte) wire.ErrorCode {
	var p wire.Leave
	if err := p.Decode(body); err != nil {
		return wire.CodeOf(err)
	}
	id := table.ID(h.Table)
	if code := s.at(id, false); code != wire.NoError {
		return code
	}
	// This connection is at the table until that has let it go: what was sent behind it, perhaps again, is
	// the table's to answer.
	return s.submit(id, h.Number, table.Leave{})
}

// act decodes a packet for a table where this connection is, and submits what it asks: nil if
// a field has a value without a meaning.
func (s *Session) act(h wire.Header, body []byte, p wire.Packet, do func() table.Action) wire.ErrorCode {
	if err := p.Decode(body); err != nil {
		return wire.CodeOf(err)
	}
	id := table.ID(h.Table)
	if code := s.at(id, false); code != wire.NoError {
		return code
	}
	action := do()
	if action == nil {
		return wire.BadValue
	}
	return s.submit(id, h.Number, action)
}

// offer reports whether there is such a thing to propose.
func offer(what uint8) bool { return what >= wire.OfferDraw && what <= wire.OfferRematch }

func (s *Session) move(_ rules.Millis, h wire.Header, body []byte) wire.ErrorCode {
	var p wire.MakeMove
	return s.act(h, body, &p, func() table.Action {
		return table.Move{Move: wirerules.Move(p.Move), Game: p.Game, Ply: p.Ply}
	})
}

func (s *Session) resign(_ rules.Millis, h wire.Header, body []byte) wire.ErrorCode {
	return s.act(h, body, &wire.Resign{}, func() table.Action { return table.Resign{} })
}

func (s *Session) propose(_ rules.Millis, h wire.Header, body []byte) wire.ErrorCode {
	var p wire.Propose
	return s.act(h, body, &p, func() table.Action {
		if !offer(p.What) {
			return nil
		}
		return table.Propose{What: table.Proposal(p.What)}
	})
}

func (s *Session) reply(_ rules.Millis, h wire.Header, body []byte) wire.ErrorCode {
	var p wire.Reply
	return s.act(h, body, &p, func() table.Action {
		if !offer(p.What) || p.Accept > wire.ReplyWithdraw {
			return nil
		}
		return table.Answering{What: table.Proposal(p.What), Reply: table.Reply(p.Accept)}
	})
}

func (s *Session) claim(_ rules.Millis, h wire.Header, body []byte) wire.ErrorCode {
	var p wire.Claim
	return s.act(h, body, &p, func() table.Action {
		if p.What < wire.ClaimDraw || p.What > wire.ClaimForbidden || p.WithMove > 1 {
			return nil
		}
		return table.Claiming{What: table.ClaimKind(p.What), WithMove: p.WithMove == 1, Move: wirerules.Move(p.Move)}
	})
}

func (s *Session) say(now rules.Millis, h wire.Header, body []byte) wire.ErrorCode {
	var p wire.Say
	if err := p.Decode(body); err != nil {
		return wire.CodeOf(err)
	}
	if err := wire.CheckText(p.Text); err != nil {
		return wire.CodeOf(err)
	}
	if len(p.Text) > s.hub.limits.Line {
		return wire.TooLong
	}
	if !s.chat.take(now, s.hub.limits.Chat, 60_000) {
		return wire.TooFast
	}
	return s.act(h, body, &p, func() table.Action { return table.Say{Text: string(p.Text)} })
}

func (s *Session) ping(_ rules.Millis, h wire.Header, body []byte) wire.ErrorCode {
	var p wire.Ping
	if err := p.Decode(body); err != nil {
		return wire.CodeOf(err)
	}
	s.send(&wire.Pong{Value: p.Value}, wire.Header{Number: h.Number})
	return wire.NoError
}

func (s *Session) list(now rules.Millis, h wire.Header, body []byte) wire.ErrorCode {
	var p wire.List
	if err := p.Decode(body); err != nil {
		return wire.CodeOf(err)
	}
	if !s.looks.take(now, s.hub.limits.Looks, 1000) {
		return wire.TooFast
	}
	phase := table.Waiting
	switch p.What {
	case 1:
	case 2:
		phase = table.Playing
	default:
		return wire.BadValue
	}
	infos := s.hub.cfg.Lobby.List(phase, s.hub.limits.ListEntries)
	for _, in := range infos {
		e := wire.Entry{
			Variant: wirerules.ToVariant(in.Setting.Variant), Timing: wirerules.ToTiming(in.Setting.Time),
			Plies: uint16(in.Plies), Viewers: s.hub.crowds.viewers(in.ID),
		}
		copy(e.Code[:], in.Setting.Code)
		for i := range in.Seats {
			copy(e.Names[i][:], in.Seats[i].Name)
		}
		s.send(&e, wire.Header{Table: uint32(in.ID)})
	}
	s.send(&wire.EndOfList{Command: h.Number, Count: uint32(len(infos))}, wire.Header{})
	return wire.NoError
}

func (s *Session) points(_ rules.Millis, h wire.Header, body []byte) wire.ErrorCode {
	return s.act(h, body, &wire.Points{}, func() table.Action { return table.Points{} })
}

func seatPacket(a table.Attachment) *wire.Seat {
	p := &wire.Seat{
		Seat: uint8(a.Seat), Last: a.Last,
		Variant: wirerules.ToVariant(a.Setting.Variant), Timing: wirerules.ToTiming(a.Setting.Time),
	}
	if !a.Setting.Public {
		p.Private = 1
	}
	copy(p.Code[:], a.Setting.Code)
	return p
}
