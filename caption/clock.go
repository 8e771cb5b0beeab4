package caption

import (
	"fmt"
	"strings"
	"time"

	"hansu/i18n"
	"hansu/rules"
	"hansu/rules/variants"
)

// Clock writes what is on a clock: 4:58, 1:02:03; a period of byo-yomi as 0:30×3, one of
// Canadian time with its moves as 5:00/25.
func Clock(tc rules.TimeControl, left rules.TimeLeft) string {
	switch {
	case left.Main > 0 || tc.Timing == rules.Fischer || tc.Timing == rules.Delay:
		return Span(left.Main)
	case tc.Timing == rules.Byoyomi && left.Periods > 0:
		return fmt.Sprintf("%s×%d", Span(left.Extra), left.Periods)
	case tc.Timing == rules.Canadian && left.Stones > 0:
		return fmt.Sprintf("%s/%d", Span(left.Extra), left.Stones)
	}
	return Span(left.Extra)
}

// Span writes a time in whole seconds, rounded up so that 0:00 is a fallen flag.
func Span(t rules.Millis) string {
	s := (t + 999) / 1000
	switch {
	case s >= 24*3600:
		return fmt.Sprintf("%dd %02d:%02d:%02d", s/86400, s/3600%24, s/60%60, s%60)
	case s >= 3600:
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// Game names a game with its rules, board and time control.
func Game(lang i18n.Lang, v rules.Variant, tc rules.TimeControl, private bool) string {
	v = variants.Normal(v)
	parts := []string{lang.Game(uint8(v.Kind)), lang.Ruleset(uint8(v.Rules))}
	if strings.Contains(parts[1], parts[0]) { // 표준 체스 says already that it is chess
		parts = parts[1:]
	}
	if v.Kind == rules.Omok {
		parts = append(parts, lang.Text(i18n.PlayPoints, v.Size, v.Size))
		if v.Opening != rules.FreeOpening {
			parts = append(parts, lang.Opening(uint8(v.Opening)))
		}
		if v.ForbiddenLoses {
			parts = append(parts, lang.Text(i18n.PlayForbiddenLoses))
		}
	}
	if tc.Timing == rules.Untimed {
		parts = append(parts, lang.Text(i18n.PlayUntimed))
	} else {
		parts = append(parts, tc.String())
	}
	if private {
		parts = append(parts, lang.Text(i18n.PlayPrivate))
	}
	return strings.Join(parts, ", ")
}

// Time writes a time control for people: 10분 + 초읽기 30초 × 3.
func Time(lang i18n.Lang, tc rules.TimeControl) string {
	spell := func(t rules.Millis) string {
		const day = 24 * time.Hour
		d := time.Duration(t) * time.Millisecond
		if d >= day && d%day == 0 {
			return lang.Text(i18n.TimeDays, int(d/day))
		}
		return lang.Duration(d)
	}
	main, extra := spell(tc.Main), spell(tc.Extra)
	switch tc.Timing {
	case rules.Fischer:
		return lang.Text(i18n.TimeFischer, main, extra)
	case rules.Delay:
		return lang.Text(i18n.TimeDelay, main, extra)
	case rules.Byoyomi:
		return lang.Text(i18n.TimeByoyomi, main, extra, tc.Periods)
	case rules.Canadian:
		return lang.Text(i18n.TimeCanadian, main, tc.Stones, extra)
	case rules.PerMove, rules.Correspondence:
		return lang.Text(i18n.TimeMove, extra)
	}
	return lang.Text(i18n.PlayUntimed)
}
