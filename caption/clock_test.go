package caption

import (
	"testing"

	"hansu/i18n"
	"hansu/rules"
	"hansu/rules/variants"
)

func TestClock(t *testing.T) {
	for _, c := range []struct {
		control string
		left    rules.TimeLeft
		want    string
	}{
		{"5+3", rules.TimeLeft{Main: 300_000}, "5:00"},
		{"5+3", rules.TimeLeft{Main: 1}, "0:01"},
		{"5+3", rules.TimeLeft{}, "0:00"},
		{"5d3", rules.TimeLeft{Main: 61_000, Extra: 3000}, "1:01"},
		{"90+30", rules.TimeLeft{Main: 5_400_000}, "1:30:00"},
		{"10m+3x30s", rules.TimeLeft{Main: 600_000, Extra: 30_000, Periods: 3}, "10:00"},
		{"10m+3x30s", rules.TimeLeft{Extra: 12_000, Periods: 2}, "0:12×2"},
		{"10m+25/5m", rules.TimeLeft{Extra: 120_000, Stones: 7}, "2:00/7"},
		{"30s/move", rules.TimeLeft{Extra: 29_999}, "0:30"},
		{"3d/move", rules.TimeLeft{Extra: 259_200_000}, "3d 00:00:00"},
	} {
		tc, err := rules.ParseTimeControl(c.control)
		if err != nil {
			t.Fatal(err)
		}
		if got := Clock(tc, c.left); got != c.want {
			t.Errorf("%s, %+v: %s, want %s", c.control, c.left, got, c.want)
		}
	}
}

func TestGame(t *testing.T) {
	for _, c := range []struct{ game, control, en, ko string }{
		{"omok", "none", "omok, standard (exactly five), 15×15, no clock", "오목, 고모쿠룰(정확히 다섯), 15×15, 시간제한 없음"},
		{"omok:renju:swap2", "5+3", "omok, renju, 15×15, Swap2, 5+3", "오목, 렌주룰, 15×15, 스왑2, 5+3"},
		{"omok:renju:forbidden-loses", "none", "omok, renju, 15×15, forbidden moves lose on claim, no clock", "오목, 렌주룰, 15×15, 금수는 지적하면 짐, 시간제한 없음"},
		{"chess", "10m+3x30s", "chess, orthodox, 10m+3x30s", "표준 체스, 10m+3x30s"},
	} {
		v, err := variants.Parse(c.game)
		if err != nil {
			t.Fatal(err)
		}
		tc, err := rules.ParseTimeControl(c.control)
		if err != nil {
			t.Fatal(err)
		}
		if got := Game(i18n.English, v, tc, false); got != c.en {
			t.Errorf("%q, want %q", got, c.en)
		}
		if got := Game(i18n.Korean, v, tc, false); got != c.ko {
			t.Errorf("%q, want %q", got, c.ko)
		}
	}
}
