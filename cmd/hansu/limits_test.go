package main

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"hansu/i18n"
	"hansu/session"
)

// serveFlags parses a command line of `hansu serve`.
func serveFlags(t *testing.T, args ...string) (*serveCmd, *kong.Kong) {
	t.Helper()
	var cli commands
	parser, err := kong.New(&cli, helpTexts(i18n.English))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(append([]string{"serve"}, args...)); err != nil {
		t.Fatal(err)
	}
	return &cli.Serve, parser
}

// TestLimitDefaults: the flags' defaults are the server's own, and those that the page about reliability says.
func TestLimitDefaults(t *testing.T) {
	c, parser := serveFlags(t)
	want := session.Limits{}.WithDefaults()
	want.ListEntries = 0 // has no flag
	if got := c.limits(); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if err := c.check(i18n.English); err != nil {
		t.Error(err)
	}
	ours := map[string]bool{}
	kind := reflect.TypeFor[limitFlags]()
	for i := range kind.NumField() {
		ours[kind.Field(i).Name] = true
	}
	for _, page := range []string{"../../docs/reliability.md", "../../docs/reliability.ko.md"} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		rows := 0
		for _, node := range parser.Model.Children {
			if node.Name != "serve" {
				continue
			}
			for _, flag := range node.Flags {
				row := fmt.Sprintf("| `--%s` | %s |", flag.Name, flag.Default)
				if strings.Contains(string(text), row) {
					rows++
				} else if strings.Contains(string(text), fmt.Sprintf("| `--%s` |", flag.Name)) {
					t.Errorf("%s: the default of --%s is %s", page, flag.Name, flag.Default)
				}
			}
		}
		if rows != len(ours) {
			t.Errorf("%s has %d of the %d limits", page, rows, len(ours))
		}
	}
}

// TestLimitsOff: 0 is no limit for rates and addresses, and a value that no server can have is refused.
func TestLimitsOff(t *testing.T) {
	c, _ := serveFlags(t, "--rate=0", "--chat-rate=0", "--look-rate=0", "--open-rate=0", "--open-rate-per-address=0", "--max-per-address=0")
	if l := c.limits(); l.Packets >= 0 || l.Chat >= 0 || l.Looks >= 0 || l.Opens >= 0 || l.OpensFrom >= 0 || l.PerAddress >= 0 {
		t.Errorf("%+v", l)
	}
	for _, bad := range []string{
		"--rate=-1", "--max-clients=0", "--max-per-address=-1", "--max-connections-per-player=0", "--max-tables=0",
		"--max-name=33", "--max-name=0", "--max-chat=1001", "--max-outbound=1000", "--chat-rate=-1", "--look-rate=-1", "--open-rate=-1", "--open-rate-per-address=-1",
		"--handshake-time=0s", "--packet-time=0s", "--idle-time=-1s", "--metrics=nowhere",
	} {
		c, _ := serveFlags(t, bad)
		name, _, _ := strings.Cut(bad, "=")
		if err := c.check(i18n.English); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
