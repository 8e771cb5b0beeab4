package rules

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestParseTimeControl(t *testing.T) {
	for _, c := range []struct {
		in, text string
		want     TimeControl
	}{
		{"none", "none", TimeControl{}},
		{" None ", "none", TimeControl{}},
		{"5+3", "5+3", TimeControl{Timing: Fischer, Main: 5 * mins, Extra: 3 * sec}},
		{"5", "5+0", TimeControl{Timing: Fischer, Main: 5 * mins}},
		{"5+0", "5+0", TimeControl{Timing: Fischer, Main: 5 * mins}},
		{"0.5+1", "0.5+1", TimeControl{Timing: Fischer, Main: 30 * sec, Extra: sec}},
		{"0.25+0.5", "0.25+0.5", TimeControl{Timing: Fischer, Main: 15 * sec, Extra: 500}},
		{"10s+0", "10s+0", TimeControl{Timing: Fischer, Main: 10 * sec}},
		{"0.001s", "0.001s+0", TimeControl{Timing: Fischer, Main: 1}},
		{"1h+30s", "60+30", TimeControl{Timing: Fischer, Main: 60 * mins, Extra: 30 * sec}},
		{"0+2", "0+2", TimeControl{Timing: Fischer, Extra: 2 * sec}},
		{"5d3", "5d3", TimeControl{Timing: Delay, Main: 5 * mins, Extra: 3 * sec}},
		{"90sd3s", "1.5d3", TimeControl{Timing: Delay, Main: 90 * sec, Extra: 3 * sec}},
		{"10m+3x30s", "10m+3x30s", TimeControl{Byoyomi, 3, 0, 10 * mins, 30 * sec}},
		{"10+3x30", "10m+3x30s", TimeControl{Byoyomi, 3, 0, 10 * mins, 30 * sec}},
		{"0m+1x1m", "0m+1x1m", TimeControl{Byoyomi, 1, 0, 0, mins}},
		{"10m+25/5m", "10m+25/5m", TimeControl{Canadian, 0, 25, 10 * mins, 5 * mins}},
		{"10+25/5", "10m+25/5m", TimeControl{Canadian, 0, 25, 10 * mins, 5 * mins}},
		{"30s/move", "30s/move", TimeControl{Timing: PerMove, Extra: 30 * sec}},
		{"30/MOVE", "30s/move", TimeControl{Timing: PerMove, Extra: 30 * sec}},
		{"24h/move", "1440m/move", TimeControl{Timing: PerMove, Extra: millisDay}},
		{"3d/move", "3d/move", TimeControl{Timing: Correspondence, Extra: 3 * millisDay}},
		{"43200+86400", "43200+86400", TimeControl{Timing: Fischer, Main: MaxMain, Extra: MaxExtra}},
	} {
		got, err := ParseTimeControl(c.in)
		if err != nil || got != c.want {
			t.Errorf("ParseTimeControl(%q) = %+v, %v; want %+v", c.in, got, err, c.want)
		}
		if got.String() != c.text {
			t.Errorf("%q reads as %q, want %q", c.in, got.String(), c.text)
		}
	}
}

func TestParseTimeControlRefuses(t *testing.T) {
	for _, in := range []string{
		"", " ", "fast", "-5", "5+-3", "5+", "+3", "0", "0+0", "5 + 3", "5+3+1", "5,5+1", ".5+1", "5.+1", "0.0001+1",
		"5d", "d3", "0d0", "5dd3", "43201", "5+86401", "99999999999999999999", "5e3",
		"10m+3x", "10m+x30s", "10m+0x30s", "10m+256x30s", "10m+3x0s", "10m+-3x30s", "10m+3x30s/2", "10m+3.5x30s",
		"10m+25/", "10m+/5m", "10m+0/5m", "10m+256/5m", "10m+25/0m", "/move", "0s/move", "25h/move", "0d/move", "31d/move",
		"1.5d/move", "s/move", "５+3", "5\x00+3", strings.Repeat("9", 1<<16),
	} {
		got, err := ParseTimeControl(in)
		if err == nil || got != (TimeControl{}) {
			t.Errorf("ParseTimeControl(%.60q) = %+v, %v; want an error", in, got, err)
		} else if len(err.Error()) > 300 || strings.Contains(err.Error(), "\n") {
			t.Errorf("ParseTimeControl(%.60q): the error has %d bytes or many lines", in, len(err.Error()))
		}
	}
}

func TestCheckTimeControl(t *testing.T) {
	for _, c := range []struct {
		name string
		tc   TimeControl
	}{
		{"unknown timing", TimeControl{Timing: 7, Main: mins}},
		{"negative main", TimeControl{Timing: Fischer, Main: -1}},
		{"negative increment", TimeControl{Timing: Fischer, Main: mins, Extra: -1}},
		{"main over the bound", TimeControl{Timing: Fischer, Main: MaxMain + 1}},
		{"increment over the bound", TimeControl{Timing: Fischer, Main: 1, Extra: MaxExtra + 1}},
		{"untimed with time", TimeControl{Main: 1}},
		{"untimed with periods", TimeControl{Periods: 1}},
		{"no time", TimeControl{Timing: Delay}},
		{"Fischer with periods", TimeControl{Timing: Fischer, Main: mins, Periods: 1}},
		{"byo-yomi with stones", TimeControl{Byoyomi, 1, 1, mins, sec}},
		{"byo-yomi without periods", TimeControl{Timing: Byoyomi, Main: mins, Extra: sec}},
		{"byo-yomi with empty periods", TimeControl{Timing: Byoyomi, Main: mins, Periods: 3}},
		{"Canadian with empty periods", TimeControl{Timing: Canadian, Main: mins, Stones: 3}},
		{"Canadian without stones", TimeControl{Timing: Canadian, Main: mins, Extra: sec}},
		{"per move with main", TimeControl{Timing: PerMove, Main: 1, Extra: sec}},
		{"correspondence in hours", TimeControl{Timing: Correspondence, Extra: millisHour}},
		{"correspondence over the bound", TimeControl{Timing: Correspondence, Extra: MaxMain + millisDay}},
	} {
		if err := c.tc.Check(); err == nil {
			t.Errorf("%s: %+v passes", c.name, c.tc)
		}
	}
	if err := (TimeControl{}).Check(); err != nil {
		t.Error(err)
	}
}

// Every control that passes Check is written so that it reads back the same.
func TestTimeControlRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		tc := randomControl(r)
		if tc.Timing == Fischer && r.IntN(2) == 0 {
			tc.Main, tc.Extra = Millis(r.Int64N(int64(MaxMain)))+1, Millis(r.Int64N(int64(MaxExtra)))
		}
		if got, err := ParseTimeControl(tc.String()); err != nil || got != tc {
			t.Fatalf("%+v is written %q and reads %+v, %v", tc, tc, got, err)
		}
	}
}

func FuzzParseTimeControl(f *testing.F) {
	for _, s := range []string{"none", "5+3", "0.5+1", "5", "5d3", "10m+3x30s", "10m+25/5m", "30s/move", "3d/move", "1h+0.001", "5+3x", "9999999d/move"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tc, err := ParseTimeControl(s)
		if err != nil {
			if tc != (TimeControl{}) {
				t.Errorf("%q: %+v with error %v", s, tc, err)
			}
			return
		}
		if err := tc.Check(); err != nil {
			t.Errorf("%q passes ParseTimeControl, not Check: %v", s, err)
		}
		if again, err := ParseTimeControl(tc.String()); err != nil || again != tc {
			t.Errorf("%q is %+v, written %q, which reads %+v, %v", s, tc, tc, again, err)
		}
		if NewClock(tc).Start(First, 0).Flagged(0) != NoPlayer {
			t.Errorf("%q: the flag falls at once", s)
		}
	})
}
