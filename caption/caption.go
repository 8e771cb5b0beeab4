// Package caption says in the user's language what a client knows: names and clocks, rules and
// results, what is wrong with a move and why a server cannot be reached. Every client shows the same
// words because they come from here. All functions are pure.
package caption

import (
	"errors"
	"net"
	"strings"

	"hansu/client"
	"hansu/i18n"
	"hansu/rules"
	"hansu/rules/omok"
)

// Name is what the player on a seat is called: with the colour if both have one name.
func Name(lang i18n.Lang, t *client.Table, seat client.Seat) string {
	if seat == client.NoSeat {
		return lang.Text(i18n.PlaySpectator)
	}
	name := t.Player(seat).Name
	if t.Number > 0 && name == t.Player(seat.Other()).Name {
		return Player(lang, t, seat)
	}
	return name
}

// Player is a name with the colour.
func Player(lang i18n.Lang, t *client.Table, seat client.Seat) string {
	return lang.Text(i18n.PlayPlayer, t.Player(seat).Name, lang.Side(uint8(t.Side(seat))))
}

// Result says who has won, and why.
func Result(lang i18n.Lang, t *client.Table, winner client.Seat, why rules.Reason) string {
	reason := lang.Reason(uint8(why))
	switch {
	case winner != client.NoSeat:
		return lang.Text(i18n.PlayWin, Player(lang, t, winner), reason)
	case why == rules.Aborted:
		return lang.Text(i18n.PlayNoResult, reason)
	}
	return lang.Text(i18n.PlayDraw, reason)
}

// Opening says what an opening asks of the player to act, a line each; nothing once it is over.
func Opening(lang i18n.Lang, g omok.Game) []string {
	o := g.Opening()
	switch {
	case o.Phase == omok.Playing:
		return nil
	case len(o.Options) > 0:
		var words []string
		for _, option := range o.Options {
			words = append(words, option.Word)
		}
		return []string{lang.Text(i18n.PlayChoose, strings.Join(words, ", "))}
	case o.Phase == omok.Offering:
		return []string{lang.Text(i18n.PlayOffers5, o.Wanted, len(o.Offered))}
	}
	lines := []string{lang.Text(i18n.PlayStone, lang.Side(uint8(o.Side)))}
	if o.Zone > 0 {
		lines = append(lines, lang.Text(i18n.PlayZone, o.Zone, o.Zone))
	}
	return lines
}

// Reason says why something failed.
func Reason(lang i18n.Lang, err error) string {
	var refused *client.Refused
	var bye *client.Bye
	var system *net.OpError // names the addresses, which are known
	switch {
	case errors.As(err, &refused):
		if refused.Text != "" {
			return refused.Text
		}
		return lang.Error(refused.Code, uint8(refused.Problem))
	case errors.As(err, &bye):
		return lang.Error(bye.Code, 0)
	case errors.Is(err, client.ErrNotHansu):
		return lang.Text(i18n.PlayNotHansu)
	case errors.Is(err, client.ErrVersion):
		return lang.Text(i18n.PlayVersion)
	case errors.Is(err, client.ErrSilent):
		return lang.Text(i18n.PlaySilent)
	case errors.Is(err, client.ErrHungUp):
		return lang.Text(i18n.PlayHungUp)
	case errors.Is(err, client.ErrProtocol):
		return lang.Text(i18n.PlayProtocol)
	case errors.As(err, &system):
		return system.Err.Error()
	}
	return err.Error()
}

const codeBadName = 20 // docs/protocol.md

// Unreachable is the error of client.Dial for people: that the server cannot be talked to, why, and
// what to do next. Start is the command that starts a server; with an empty one it is left out.
func Unreachable(lang i18n.Lang, cfg client.Config, start string, err error) error {
	var refused *client.Refused
	if errors.Is(err, client.ErrText) {
		return errors.New(lang.Text(i18n.PlayBadName, cfg.Name, lang.Error(codeBadName, 0)))
	}
	text := lang.Text(i18n.PlayNoServer, client.Address(cfg.Address), Reason(lang, bare(err)))
	if start != "" && !errors.As(err, &refused) && !errors.Is(err, client.ErrVersion) {
		text += "\n" + lang.Text(i18n.PlayStartServer, start)
	}
	return errors.New(text)
}

// bare takes off the address that Dial's error begins with: it is said already.
func bare(err error) error {
	if inner := errors.Unwrap(err); inner != nil {
		return inner
	}
	return err
}
