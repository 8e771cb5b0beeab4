package rules

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

const (
	millisSecond Millis = 1000
	millisMinute        = 60 * millisSecond
	millisHour          = 60 * millisMinute
	millisDay           = 24 * millisHour
)

// The bounds of a TimeControl.
const (
	MaxMain  = 30 * millisDay // main time, also with increments added
	MaxExtra = millisDay      // increment, delay, period; Correspondence goes up to MaxMain
)

// Check returns an error that says which field of tc no clock can count by: a time
// that is negative or over its bound, a player who would have no time at all, or a
// field set that the timing does not use (so that equal controls compare equal).
func (tc TimeControl) Check() error {
	if tc.Timing > Correspondence {
		return fmt.Errorf("time control: there is no timing number %d", uint8(tc.Timing))
	}
	if tc.Main < 0 || tc.Main > MaxMain {
		return errors.New("time control: the main time must be 0 to 30 days")
	}
	if tc.Timing == Correspondence {
		if tc.Extra < millisDay || tc.Extra > MaxMain || tc.Extra%millisDay != 0 {
			return errors.New("time control: correspondence needs 1 to 30 whole days a move")
		}
	} else if tc.Extra < 0 || tc.Extra > MaxExtra {
		return errors.New("time control: the increment, delay or period must be 0 to 1 day")
	}
	overtime := tc.Timing == Byoyomi || tc.Timing == Canadian
	switch {
	case tc.Timing == Untimed && tc != TimeControl{},
		tc.Timing != Byoyomi && tc.Periods != 0,
		tc.Timing != Canadian && tc.Stones != 0,
		(tc.Timing == PerMove || tc.Timing == Correspondence) && tc.Main != 0:
		return fmt.Errorf("time control: %v timing does not use all of the fields that are set", tc.Timing)
	case tc.Timing == Byoyomi && tc.Periods == 0:
		return errors.New("time control: byo-yomi needs 1 to 255 periods")
	case tc.Timing == Canadian && tc.Stones == 0:
		return errors.New("time control: Canadian overtime needs 1 to 255 moves a period")
	case overtime && tc.Extra == 0:
		return errors.New("time control: the period has no time")
	case tc.Timing != Untimed && tc.Main+tc.Extra == 0:
		return errors.New("time control: there is no time to move")
	}
	return nil
}

// String returns tc in the notation that ParseTimeControl reads.
func (tc TimeControl) String() string {
	switch tc.Timing {
	case Untimed:
		return "none"
	case Fischer:
		return bareMinutes(tc.Main) + "+" + bareSeconds(tc.Extra)
	case Delay:
		return bareMinutes(tc.Main) + "d" + bareSeconds(tc.Extra)
	case Byoyomi:
		return fmt.Sprintf("%s+%dx%s", span(tc.Main), tc.Periods, span(tc.Extra))
	case Canadian:
		return fmt.Sprintf("%s+%d/%s", span(tc.Main), tc.Stones, span(tc.Extra))
	case PerMove:
		return span(tc.Extra) + "/move"
	case Correspondence:
		return fmt.Sprintf("%dd/move", tc.Extra/millisDay)
	}
	return unnamed("timing", uint8(tc.Timing))
}

// ParseTimeControl reads the compact notation of a time control:
//
//	none        no clock
//	5+3         Fischer: 5 minutes, 3 seconds added after each move; 0.5+1; 5 is 5+0
//	5d3         Bronstein: 5 minutes, and 3 seconds of each move cost nothing
//	10m+3x30s   byo-yomi: 10 minutes, then 3 periods of 30 seconds
//	10m+25/5m   Canadian: 10 minutes, then 25 moves in each 5 minutes
//	30s/move    30 seconds for each move
//	3d/move     correspondence: 3 days for each move
//
// A time is a number with at most three decimals and a unit: s, m, h, and d in the last form
// alone. Without a unit, the time in front counts minutes, and the time behind counts seconds
// (Canadian: minutes). What String writes reads back as the same value. The result has passed Check.
func ParseTimeControl(s string) (TimeControl, error) {
	tc, err := parseTimeControl(strings.ToLower(strings.TrimSpace(s)))
	if err == nil {
		err = tc.Check()
	}
	if err != nil {
		const shown = 40 // bytes of what may be a very long text
		if len(s) > shown {
			s = s[:shown] + "…"
		}
		return TimeControl{}, fmt.Errorf("%q: %w", s, err)
	}
	return tc, nil
}

// errNotation is for a text of no known form.
var errNotation = errors.New("no time control: write none, 5+3, 5d3, 10m+3x30s, 10m+25/5m, 30s/move or 3d/move")

func parseTimeControl(s string) (TimeControl, error) {
	if s == "none" {
		return TimeControl{}, nil
	}
	if each, ok := strings.CutSuffix(s, "/move"); ok {
		return parseEachMove(each)
	}
	if main, over, ok := strings.Cut(s, "+"); ok {
		if n, period, ok := strings.Cut(over, "x"); ok {
			tc := TimeControl{Timing: Byoyomi}
			return tc, cmp.Or(parseSpan(&tc.Main, main, millisMinute), parseCount(&tc.Periods, n), parseSpan(&tc.Extra, period, millisSecond))
		}
		if n, period, ok := strings.Cut(over, "/"); ok {
			tc := TimeControl{Timing: Canadian}
			return tc, cmp.Or(parseSpan(&tc.Main, main, millisMinute), parseCount(&tc.Stones, n), parseSpan(&tc.Extra, period, millisMinute))
		}
		tc := TimeControl{Timing: Fischer}
		return tc, cmp.Or(parseSpan(&tc.Main, main, millisMinute), parseSpan(&tc.Extra, over, millisSecond))
	}
	if main, delay, ok := strings.Cut(s, "d"); ok {
		tc := TimeControl{Timing: Delay}
		return tc, cmp.Or(parseSpan(&tc.Main, main, millisMinute), parseSpan(&tc.Extra, delay, millisSecond))
	}
	tc := TimeControl{Timing: Fischer}
	return tc, parseSpan(&tc.Main, s, millisMinute)
}

func parseEachMove(s string) (TimeControl, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		tc := TimeControl{Timing: Correspondence}
		return tc, parseSpan(&tc.Extra, days, millisDay)
	}
	tc := TimeControl{Timing: PerMove}
	return tc, parseSpan(&tc.Extra, s, millisSecond)
}

// parseSpan reads a time such as 10m, 1.5s or, counted in the given unit, 5.
func parseSpan(dst *Millis, s string, unit Millis) error {
	const digitsMax, decimalsMax = 7, 3 // 30 days are 2,592,000 seconds
	digits := s
	switch {
	case strings.HasSuffix(s, "s"):
		digits, unit = s[:len(s)-1], millisSecond
	case strings.HasSuffix(s, "m"):
		digits, unit = s[:len(s)-1], millisMinute
	case strings.HasSuffix(s, "h"):
		digits, unit = s[:len(s)-1], millisHour
	}
	whole, decimals, point := strings.Cut(digits, ".")
	if !isDigits(whole, digitsMax) || point && !isDigits(decimals, decimalsMax) {
		return errNotation
	}
	thousandths, err := strconv.ParseInt(whole+(decimals + "000")[:decimalsMax], 10, 64)
	if err != nil {
		return errNotation
	}
	// Every unit is a whole number of seconds, so nothing is rounded here.
	*dst = Millis(thousandths) * (unit / millisSecond)
	return nil
}

// parseCount reads a number of periods or moves.
func parseCount(dst *uint8, s string) error {
	if !isDigits(s, 3) {
		return errNotation
	}
	n, err := strconv.ParseUint(s, 10, 8)
	if err != nil {
		return errors.New("time control: 1 to 255 periods or moves a period")
	}
	*dst = uint8(n)
	return nil
}

// isDigits reports whether s is 1 to most decimal digits.
func isDigits(s string, most int) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(s) >= 1 && len(s) <= most
}

// bareMinutes writes t in minutes without a unit where quarters of a minute can say
// it, as people write 0.5+1; else in seconds.
func bareMinutes(t Millis) string {
	if t%(millisMinute/4) != 0 {
		return decimal(t, millisSecond) + "s"
	}
	return decimal(t, millisMinute)
}

// bareSeconds writes t in seconds without a unit.
func bareSeconds(t Millis) string { return decimal(t, millisSecond) }

// span writes t in minutes where they are whole, else in seconds, with the unit.
func span(t Millis) string {
	if t%millisMinute != 0 {
		return decimal(t, millisSecond) + "s"
	}
	return decimal(t, millisMinute) + "m"
}

// decimal writes t in the given unit, which divides t into thousandths.
func decimal(t, unit Millis) string {
	s := strconv.FormatInt(int64(t/unit), 10)
	if rest := t % unit * 1000 / unit; rest != 0 {
		s += "." + strings.TrimRight(fmt.Sprintf("%03d", rest), "0")
	}
	return s
}
