package main

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"hansu/i18n"
)

// TestExitCodes: help that was asked for is no failure; what was asked wrongly is 2.
func TestExitCodes(t *testing.T) {
	for line, want := range map[string]int{
		"help": 0, "help play": 0, "play --help": 0, "help bogus": exitUsage, "bogus": exitUsage,
		"serve --tcp nonsense": exitUsage, "serve --tcp :99999": exitUsage, "serve --http :x": exitUsage,
		"serve --rate=-1": exitUsage, "serve --grace=0s": exitUsage, "serve --max-clients=0": exitUsage,
		"serve --api-rate=-1": exitUsage, "serve --api-streams=0": exitUsage, "serve --ws-rate=-1": exitUsage, "serve --ws-message-bytes=1": exitUsage,
		"serve --http-header-bytes=1": exitUsage, "serve --http-header-time=0s": exitUsage, "serve --max-per-address=-1": exitUsage,
		"serve --trusted-proxies=x": exitUsage, "serve --allowed-origins=example.org": exitUsage, "serve --allowed-origins=http://a/b": exitUsage,
		"serve --tls-cert=x":     exitUsage,
		"echo --listen nonsense": exitUsage, "echo --udp --listen nonsense": exitUsage,
	} {
		var out, err bytes.Buffer
		e := &env{ctx: t.Context(), in: strings.NewReader(""), out: &out, err: &err, lang: i18n.English, getenv: func(string) string { return "" }}
		if got := run(e, strings.Fields(line)); got != want {
			t.Errorf("hansu %s: %d, want %d\n%s%s", line, got, want, &out, &err)
		}
	}
}

// TestKoreanUsage: who reads Korean reads no English of the library that takes the command line apart.
func TestKoreanUsage(t *testing.T) {
	e := &env{ctx: t.Context(), in: strings.NewReader(""), lang: i18n.Korean, getenv: func(string) string { return "" }}
	for line, want := range map[string][]string{
		"":                        {"사용법: hansu <명령>\n", "\n플래그:\n", "이 도움말을 보여 줍니다.\n", "\n명령:\n", "\n명령마다 자세한 설명: hansu <명령> --help\n"},
		"serve --help":            {"사용법: hansu serve [플래그]\n", "이 도움말을 보여 줍니다."},
		"connect --help":          {"사용법: hansu connect ", "\n인자:\n"},
		"serve --nope":            {"오류: 없는 플래그: --nope\n"},
		"serve --dta x":           {"오류: 없는 플래그: --dta. \"--db\", \"--data\" 말인가요?\n"},
		"serve --grac x":          {"오류: 없는 플래그: --grac. \"--grace\" 말인가요?\n"},
		"srve":                    {"오류: 여기에 쓸 수 없는 말: srve. \"serve\" 말인가요?\n"},
		"serve --data":            {"오류: --data: 값("},
		"serve --max-clients=abc": {"오류: --max-clients: 64비트 정수여야 합니다. 적힌 값: \"abc\"\n"},
		"serve --open-rate -1":    {"오류: --open-rate: 값(int)이 있어야 합니다. 적힌 것: \"-1\". 이렇게 적어 보세요: --open-rate=\"-1\"\n"},
		"serve --data --tcp":      {"오류: --data: 값("},
		"serve --grace=abc":       {"오류: --grace: 30s나 5m 같은 시간이어야 합니다. 적힌 값: \"abc\""},
		"serve --log-level=x":     {"오류: --log-level: \"debug\","},
		"bench":                   {"오류: 다음 가운데 하나가 있어야 합니다: "},
		"check":                   {"오류: 있어야 하는 것: "},
	} {
		var out bytes.Buffer
		e.out, e.err = &out, &out
		run(e, strings.Fields(line))
		for _, w := range want {
			if !strings.Contains(out.String(), w) {
				t.Errorf("hansu %s: no %q in\n%s", line, w, &out)
			}
		}
		for _, english := range []string{"Usage:", "Flags:", "Commands:", "Run \"", "Show ", "unknown", "expected", "must be"} {
			if strings.Contains(out.String(), english) {
				t.Errorf("hansu %s: %q in\n%s", line, english, &out)
			}
		}
	}
}

func TestProgramAt(t *testing.T) {
	for path, want := range map[string]string{
		"hansu":                            "hansu",
		"/usr/local/bin/hansu":             "hansu",
		"/x/go-build123/b001/exe/hansu":    "go run ./cmd/hansu",
		"/x/.cache/go-build/ab/cd-d/hansu": "go run ./cmd/hansu",
		"/x/go-build123/b001/hansu.test":   "hansu",
	} {
		if got := programAt(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

// TestGreeting: the page comes first, and only an address that others can reach is said to be one.
func TestGreeting(t *testing.T) {
	for _, c := range []struct {
		tcp, page string
		cert      string
		want, not []string
	}{
		{"127.0.0.1:9000", "", "", []string{"from this computer only", "hansu play --game omok"}, []string{"http", "browser"}},
		{"[::1]:9000", "", "", []string{"from this computer only"}, nil},
		{"0.0.0.0:9000", "", "", []string{"localhost:9000"}, []string{"from this computer only"}},
		{"0.0.0.0:7000", "127.0.0.1:9080", "", []string{"\n\n    http://127.0.0.1:9080\n\n", "from this computer only", "play localhost:7000 --game omok"}, nil},
		{"0.0.0.0:9000", "0.0.0.0:9080", "", []string{"\n\n    http://localhost:9080\n\n"}, []string{"only"}},
		{"0.0.0.0:9000", "127.0.0.1:9443", "c.pem", []string{"https://127.0.0.1:9443"}, []string{"http:"}},
	} {
		var out bytes.Buffer
		page, _ := netip.ParseAddrPort(c.page)
		(&serveCmd{TLSCert: c.cert}).greet(&env{out: &out, lang: i18n.English}, netip.MustParseAddrPort(c.tcp), page)
		for _, w := range c.want {
			if !strings.Contains(out.String(), w) {
				t.Errorf("%s, %s: no %q in\n%s", c.tcp, c.page, w, &out)
			}
		}
		for _, w := range c.not {
			if strings.Contains(out.String(), w) {
				t.Errorf("%s, %s: %q in\n%s", c.tcp, c.page, w, &out)
			}
		}
	}
}
