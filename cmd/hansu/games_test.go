package main

import (
	"context"
	"strings"
	"testing"

	"hansu/client"
	"hansu/i18n"
	"hansu/rules"
	"hansu/server"
)

// served runs a server in this process for one test.
func served(t *testing.T, cfg server.Config) (srv *server.Server, stop func()) {
	t.Helper()
	if cfg.TCP == "" {
		cfg.TCP = "127.0.0.1:0"
	}
	cfg.Text, cfg.Flush = errorText, patience
	srv, err := server.New(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(stop)
	return srv, stop
}

// person is a client that does what a test says.
func person(t *testing.T, address, name string, cmds ...client.Command) *client.Client {
	t.Helper()
	c, err := client.Dial(t.Context(), client.Config{Address: address, Name: name})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	go func() {
		for range c.Events() {
		}
	}()
	for _, cmd := range cmds {
		if _, err := c.Call(t.Context(), cmd); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// TestGames: open seats and running games, as a table in both languages and as JSON.
func TestGames(t *testing.T) {
	t.Parallel()
	srv, _ := served(t, server.Config{Data: t.TempDir()})
	addr := srv.TCP().String()
	omok, chess := rules.Variant{Kind: rules.Omok}, rules.Variant{Kind: rules.Chess}
	person(t, addr, "다람쥐", client.Join{Variant: omok}, client.Join{Variant: chess})
	person(t, addr, "Bo", client.Join{Variant: chess})
	for _, c := range []struct {
		lang i18n.Lang
		args string
		want []string // lines without the codes
	}{
		{i18n.English, "", []string{
			"CODE      STATE    GAME   TIME  MOVES  PLAYERS",
			"-         open     omok   none  0      다람쥐",
			"-         running  chess  none  0      다람쥐 – Bo",
		}},
		{i18n.Korean, "--running", []string{
			"코드      상태     게임   시간  수  대국자",
			"-         대국 중  chess  none  0   다람쥐 – Bo",
		}},
		{i18n.English, "--open --json", []string{`{"code":"-","state":"open","variant":"omok","time":"none","names":["다람쥐"],"moves":0,"viewers":0}`}},
	} {
		out := newOutput()
		e := &env{ctx: t.Context(), out: out, err: out, lang: c.lang, getenv: func(string) string { return "" }}
		if code := run(e, append([]string{"games", addr}, strings.Fields(c.args)...)); code != 0 {
			t.Errorf("exit code %d", code)
		}
		var got []string
		for line := range strings.Lines(out.String()) {
			line = strings.TrimSuffix(line, "\n")
			if f := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '"' }); len(f) > 3 {
				code := f[0]
				if code == "{" {
					code = f[3]
				}
				if len(code) == 8 {
					line = strings.Replace(line, code, "-"+strings.Repeat(" ", 7), 1)
					line = strings.Replace(line, `"-       "`, `"-"`, 1)
				}
			}
			got = append(got, line)
		}
		if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
			t.Errorf("games %s:\n%s\nwant\n%s", c.args, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}
