package i18n

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestFor(t *testing.T) {
	for tag, want := range map[string]Lang{
		"ko": Korean, "ko_KR.UTF-8": Korean, "ko-KR": Korean, "KO": Korean, "kor": Korean, "korean": Korean, "ko.eucKR": Korean, "ko@x": Korean,
		"en": English, "en_US.UTF-8": English, "C": English, "POSIX": English, "": English, "kok_IN": English, "fr": English,
	} {
		if got := For(tag); got != want {
			t.Errorf("For(%q) = %v", tag, got)
		}
	}
}

func TestDetect(t *testing.T) {
	for _, c := range []struct {
		env    string
		system string
		want   Lang
	}{
		{"", "", English},
		{"", "ko-KR", Korean},
		{"LANG=ko_KR.UTF-8", "", Korean},
		{"LANG=en_US.UTF-8", "ko-KR", English},
		{"LANG=ko_KR.UTF-8 LC_MESSAGES=C", "", English},
		{"LC_MESSAGES=ko_KR LC_ALL=C.UTF-8", "", English},
		{"LC_ALL=C HANSU_LANG=ko", "", Korean},
		{"HANSU_LANG=en LC_ALL=ko_KR.UTF-8", "", English},
	} {
		env := map[string]string{}
		for _, v := range strings.Fields(c.env) {
			name, value, _ := strings.Cut(v, "=")
			env[name] = value
		}
		got := detect(func(name string) string { return env[name] }, func() string { return c.system })
		if got != c.want {
			t.Errorf("%q, system %q: %v", c.env, c.system, got)
		}
	}
}

func TestNumbered(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Korean.Error(60, 0), "상대의 차례입니다."},
		{English.Error(61, 3), "Forbidden: double three."},
		{Korean.Error(61, 0), "둘 수 없는 수입니다."},
		{Lang(0).Error(60, 0), "It is your opponent's turn."},
		{English.Error(999, 0), "number 999"},
		{Korean.Reason(200), "번호 200"},
		{Korean.Reason(1), "체크메이트"},
		{Korean.Side(1), "흑"},
		{English.Game(2), "chess"},
		{Korean.Ruleset(3), "렌주룰"},
		{English.Opening(2), "Swap2"},
		{Korean.Offer(2), "무르기"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0초", 0: "0초", time.Millisecond: "1초", 59 * time.Second: "59초",
		time.Minute: "1분", 65 * time.Second: "1분 5초", 2 * time.Hour: "120분",
	} {
		if got := Korean.Duration(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func TestHelp(t *testing.T) {
	for _, l := range []Lang{Korean, English} {
		all := 0
		for _, part := range helpTexts {
			all += len(part)
		}
		if n := len(l.Help()); n != all {
			t.Errorf("%v: two texts of one name: %d", l, n)
		}
	}
	if got := Korean.Help()["help_join"]; got != "이 코드의 방에 앉습니다." {
		t.Errorf("help_join is %q", got)
	}
}

func TestString(t *testing.T) {
	if got := fmt.Sprint(Korean, English, Lang(9)); got != "ko en en" {
		t.Error(got)
	}
}
