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
		"echo --listen nonsense": exitUsage, "echo --udp --listen nonsense": exitUsage,
	} {
		var out, err bytes.Buffer
		e := &env{ctx: t.Context(), in: strings.NewReader(""), out: &out, err: &err, lang: i18n.English, getenv: func(string) string { return "" }}
		if got := run(e, strings.Fields(line)); got != want {
			t.Errorf("hansu %s: %d, want %d\n%s%s", line, got, want, &out, &err)
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

// TestGreeting: only an address that others can reach is said to be one.
func TestGreeting(t *testing.T) {
	for addr, want := range map[string]string{
		"127.0.0.1:9000": "from this computer only",
		"[::1]:9000":     "from this computer only",
		"0.0.0.0:9000":   "from this computer or this network",
	} {
		var out bytes.Buffer
		(&serveCmd{}).greet(&env{out: &out, lang: i18n.English}, netip.MustParseAddrPort(addr), netip.AddrPort{})
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s: no %q in\n%s", addr, want, &out)
		}
	}
}
