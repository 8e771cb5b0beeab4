package screen

import (
	"hansu/client"
	"hansu/i18n"
	"hansu/rules"
	"hansu/rules/omok"
)

// Press acts on a button or a command of the menu.
func (a *App) Press(id ID) {
	a.changed = true
	if !a.can(id) {
		return
	}
	p := &a.play
	switch id {
	case GameLogID, SocketLogID:
		a.tab = id
	case NewID:
		a.askLeave()
	case QuitID:
		a.Quit()
	case RawID:
		a.home()
		a.page, a.game = rawPage, log{}
	case HelpID:
		for _, t := range i18n.WindowHelp {
			a.say(t)
		}
		a.tab = GameLogID
	case BoardID:
		a.moveCursor(0, 0)
	case RawConnectID, RawSayID, RawStopID, NulID, LfID, CrlfID, NoneID:
		a.pressRaw(id)
	default:
		if a.page == connectPage {
			a.pressForm(id)
			return
		}
		p.wrong = ""
		a.pressPlay(id)
	}
}

// askLeave goes back to the first screen; a running game must be given up first.
func (a *App) askLeave() {
	t := a.play.table
	switch {
	case a.page == rawPage:
		a.stopRaw()
		a.page = connectPage
	case a.page == playPage && t != nil && t.Running() && t.Seat != client.NoSeat && a.link != nil && a.play.confirm != LeaveID:
		a.play.confirm = LeaveID
	case a.page == playPage:
		a.leave()
	}
}

func (a *App) pressPlay(id ID) {
	p := &a.play
	t := p.table
	if t == nil {
		return
	}
	switch id {
	case SayID:
		if p.typed != "" && a.do(client.Say{Table: t.ID, Text: p.typed}) != 0 {
			p.typed = ""
		}
	case DrawID:
		a.do(client.Propose{Table: t.ID, What: client.DrawOffer})
	case TakebackID:
		a.do(client.Propose{Table: t.ID, What: client.TakebackOffer})
	case RematchID:
		a.do(client.Propose{Table: t.ID, What: client.RematchOffer})
	case AcceptID:
		a.do(client.Reply{Table: t.ID, What: t.Player(t.Seat.Other()).Offer, Verdict: client.Accept})
	case DeclineID:
		a.do(client.Reply{Table: t.ID, What: t.Player(t.Seat.Other()).Offer, Verdict: client.Decline})
	case WithdrawID:
		a.do(client.Reply{Table: t.ID, What: t.Player(t.Seat).Offer, Verdict: client.Withdraw})
	case ResignID:
		p.confirm = ResignID
	case LeaveID:
		a.askLeave()
	case YesID:
		a.confirmed()
	case NoID:
		p.confirm = 0
	case ClaimWinID:
		a.do(client.Claim{Table: t.ID, What: a.claimableWin()})
	case ClaimDrawID:
		a.do(client.Claim{Table: t.ID, What: a.claimableDraw()})
	case PassID:
		a.move(rules.Move{Kind: rules.Pass})
	default:
		if options := a.openingOptions(); id >= OptionID && int(id-OptionID) < len(options) {
			a.move(rules.Move{Kind: rules.Choose, Arg: options[id-OptionID].Arg})
		}
	}
}

func (a *App) confirmed() {
	p := &a.play
	what := p.confirm
	p.confirm = 0
	switch what {
	case ResignID:
		a.do(client.Resign{Table: p.table.ID})
	case LeaveID:
		a.leave()
	}
}

// claimableWin is the win that may be claimed now, or 0.
func (a *App) claimableWin() client.Claimable {
	t := a.play.table
	if t == nil || !t.Running() || t.Seat == client.NoSeat {
		return 0
	}
	if g, ok := t.Position.(omok.Game); ok && t.MyTurn() && g.ForbiddenPlayed() {
		return client.ClaimWinForbidden
	}
	if t.CanClaim(a.now()) {
		return client.ClaimWinAbsent
	}
	return 0
}

// claimableDraw is the draw that may be claimed now, or 0.
func (a *App) claimableDraw() client.Claimable {
	t := a.play.table
	if t == nil || !t.Running() || t.Seat == client.NoSeat {
		return 0
	}
	if t.MyTurn() && t.Position != nil && t.Position.Claim() != rules.NoReason {
		return client.ClaimDraw
	}
	if t.CanClaim(a.now()) {
		return client.ClaimDrawAbsent
	}
	return 0
}

// openingOptions are the choices that an opening asks for now.
func (a *App) openingOptions() []omok.Option {
	t := a.play.table
	if t == nil || !t.MyTurn() || a.play.waiting != nil {
		return nil
	}
	g, ok := t.Position.(omok.Game)
	if !ok {
		return nil
	}
	return g.Opening().Options
}

// mayPass reports whether the rules let the player pass now.
func (a *App) mayPass() bool {
	t := a.play.table
	if t == nil || !t.MyTurn() || a.play.waiting != nil || t.Position == nil || t.Variant.Kind != rules.Omok {
		return false
	}
	_, err := t.Position.Play(rules.Move{Kind: rules.Pass})
	return err == nil
}
