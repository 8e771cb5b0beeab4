package main

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"hansu/i18n"
	"hansu/rules"
	"hansu/rules/records"
	"hansu/rules/variants"
)

// list writes a table of the games instead of their moves.
func (c *exportCmd) list(e *env, code string, number uint16) error {
	rows := [][]string{strings.Split(e.lang.Text(i18n.ExportHead), "|")}
	err := c.read(e, code, number, func(g records.Game) error {
		if number == 0 || g.Number == int(number) {
			rows = append(rows, listRow(e.lang, g))
		}
		return nil
	})
	switch {
	case err != nil:
		return c.explain(e.lang, err)
	case len(rows) == 1 && !c.All:
		return errors.New(e.lang.Text(i18n.ExportNone, c.Code))
	}
	return columns(e.out, rows)
}

// listRow is a game in one line. The result is that of the player who moved first.
func listRow(lang i18n.Lang, g records.Game) []string {
	result := map[rules.Player]string{rules.First: "1-0", rules.Second: "0-1", rules.NoPlayer: "½-½"}[g.Outcome.Winner]
	if g.Outcome.Reason == rules.Aborted {
		result = "*"
	}
	return []string{
		fmt.Sprintf("%s/%d", g.Code, g.Number), cmp.Or(g.Ended, "-"), variants.Format(g.Variant), g.Time.String(),
		strconv.Itoa(len(g.Moves)), result, lang.Reason(uint8(g.Outcome.Reason)), g.First + " – " + g.Second,
	}
}
