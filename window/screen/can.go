package screen

import (
	"hansu/client"
	"hansu/i18n"
	"hansu/rules/omok"
)

// menuIDs are the commands that the menu has.
var menuIDs = []ID{NewID, RawID, QuitID, DrawID, TakebackID, ResignID, RematchID, ClaimWinID, ClaimDrawID, LeaveID, BoardID, HelpID}

// Item is a line of the menu; ID 0 is a line between two groups.
type Item struct {
	ID   ID
	Text string
}

// Menu is one of the menu's columns.
type Menu struct {
	Text  string
	Items []Item
}

// Menus returns the window's menu.
func (a *App) Menus() []Menu {
	item := func(id ID, t i18n.Text) Item { return Item{id, a.text(t)} }
	return []Menu{
		{a.text(i18n.WindowMenuFile), []Item{item(NewID, i18n.WindowMenuNew), item(RawID, i18n.WindowMenuRaw), {}, item(QuitID, i18n.WindowMenuQuit)}},
		{a.text(i18n.WindowMenuGame), []Item{
			item(DrawID, i18n.WindowMenuDraw), item(TakebackID, i18n.WindowMenuTakeback), item(RematchID, i18n.WindowMenuRematch), {},
			item(ClaimWinID, i18n.WindowClaimWin), item(ClaimDrawID, i18n.WindowClaimDraw), {},
			item(ResignID, i18n.WindowMenuResign), item(LeaveID, i18n.WindowLeave),
		}},
		{a.text(i18n.WindowMenuHelp), []Item{item(BoardID, i18n.WindowMenuBoard), item(HelpID, i18n.WindowMenuKeys)}},
	}
}

// Keys are the menu's keys: with Ctrl for letters, alone for function keys (F1 is 0x70).
var Keys = map[uint16]ID{'N': NewID, 'D': DrawID, 'Z': TakebackID, 'M': RematchID, 'G': ResignID, 0x70: HelpID, 0x75: BoardID}

// can reports whether a button or a command of the menu does something now.
func (a *App) can(id ID) bool {
	t := a.play.table
	playing := a.page == playPage && t != nil && t.Seat != client.NoSeat
	running := playing && t.Running()
	up := a.link != nil && a.link.Up()
	switch id {
	case DrawID:
		return running && up && t.Player(t.Seat).Offer != client.DrawOffer
	case TakebackID:
		return running && up && len(t.Moves) > 0 && t.Player(t.Seat).Offer != client.TakebackOffer
	case ResignID:
		return running && up
	case RematchID:
		return playing && up && t.Number > 0 && !t.Running() && t.Player(t.Seat.Other()).Here && t.Player(t.Seat).Offer != client.RematchOffer
	case ClaimWinID:
		return up && playing && a.claimableWin() != 0
	case ClaimDrawID:
		return up && playing && a.claimableDraw() != 0
	case SayID, ChatID:
		return playing && up
	case LeaveID, BoardID:
		return a.page == playPage
	case NewID:
		return a.page != connectPage
	case RawID:
		return a.page == connectPage && a.link == nil
	case HelpID:
		return a.page == playPage
	case AddressID:
		return a.link == nil && !a.raw.up && a.raw.began.IsZero()
	case NameID, CodeID, OmokID, ChessID, RulesID, SizeID, OpeningID, TimeID, PrivateID, StartID, JoinID, WatchID:
		return a.link == nil
	case SendID, RawSayID:
		return a.raw.up
	}
	return true
}

// optionText names a choice of an opening.
func (a *App) optionText(o omok.Option) string {
	t := a.play.table
	g, _ := t.Position.(omok.Game)
	switch phase := g.Phase(); {
	case phase == omok.Picking || phase == omok.Declaring:
		return o.Word
	case o.Arg == omok.TakeBlack:
		return a.text(i18n.WindowTakeBlack)
	case o.Arg == omok.TakeWhite:
		return a.text(i18n.WindowTakeWhite)
	case o.Arg == omok.AddTwo:
		return a.text(i18n.WindowAddTwo)
	case o.Arg == omok.SwapSides:
		return a.text(i18n.WindowSwap)
	case o.Arg == omok.KeepSides:
		return a.text(i18n.WindowKeep)
	case o.Arg == omok.OfferTen:
		return a.text(i18n.WindowOfferTen)
	}
	return o.Word
}
