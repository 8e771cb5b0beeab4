// Package windowflags is the command line of the Windows window, which `hansu window` and hansu-window share.
package windowflags

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"hansu/client"
	"hansu/discover"
	"hansu/i18n"
	"hansu/rules"
	"hansu/rules/variants"
	"hansu/window"
	"hansu/window/screen"
	"hansu/wire"
)

// Flags are what may be said on the command line; without an address the window asks.
type Flags struct {
	Address    string `arg:"" optional:"" help:"${help_address}"`
	Game       string `default:"omok" placeholder:"GAME" help:"${help_game}"`
	Time       string `default:"none" placeholder:"TIME" help:"${help_time}"`
	Name       string `placeholder:"NAME" help:"${help_name}"`
	Private    bool   `help:"${help_private}"`
	Join       string `placeholder:"CODE" help:"${help_join}"`
	New        bool   `help:"${help_new}"`
	Raw        bool   `help:"${help_raw}"`
	Terminator string `default:"nul" enum:"nul,lf,crlf,none" help:"${help_terminator}"`
	Font       string `type:"path" placeholder:"FILE" help:"${help_font}"`
	NoFind     bool   `help:"${help_no_find}"`

	remembered string // the address of the last run, offered when none is said
}

// pagePort is where `hansu serve` has its page unless told otherwise.
const pagePort = "9080"

// Run shows the window until it is closed. The error is for people, in their language; wrong flags give a
// *UsageError.
func (f Flags) Run(lang i18n.Lang) error {
	f.recall()
	v, err := variants.Parse(f.Game)
	if err != nil {
		return &UsageError{lang.Text(i18n.PlayBadFlag, "--game", err)}
	}
	tc, err := rules.ParseTimeControl(f.Time)
	if err != nil {
		return &UsageError{lang.Text(i18n.PlayBadFlag, "--time", err)}
	}
	err = window.Run(window.Options{Font: f.Font, Find: f.find(), Options: screen.Options{
		Lang: lang, Address: cmp.Or(f.Address, f.remembered), Name: cmp.Or(f.Name, accountName()), Code: f.Join, Variant: v, Time: tc, Private: f.Private,
		Start: f.Address != "", Raw: f.Raw, Terminator: f.Terminator, Keep: f.keep, Save: save,
	}})
	if errors.Is(err, window.ErrSystem) {
		return errors.New(lang.Text(i18n.WindowOtherSystem, f.page()))
	}
	return err
}

// find looks for servers on the network, unless that is not wanted.
func (f Flags) find() func(context.Context, func([]screen.Server)) {
	if f.NoFind {
		return nil
	}
	return func(ctx context.Context, found func([]screen.Server)) {
		// Without a network there is nothing to find, and nothing to say: the form asks for an address anyway.
		_ = discover.Find(ctx, func(servers []discover.Server) {
			all := make([]screen.Server, len(servers))
			for i, s := range servers {
				all[i] = screen.Server{Name: s.Name, Address: s.Address}
			}
			found(all)
		})
	}
}

// UsageError is an error of the command line's words.
type UsageError struct{ text string }

func (e *UsageError) Error() string { return e.text }

// page is where the server's page is.
func (f Flags) page() string {
	host, _, err := net.SplitHostPort(client.Address(f.Address))
	if err != nil {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, pagePort)
}

// keep finds a place for the token of a server, where `hansu play` has its own.
func (f Flags) keep(address string, back bool) (*client.Keeper, error) {
	dir, err := folder()
	if err != nil {
		return nil, err
	}
	return client.KeepIn(filepath.Join(dir, "tokens"), address, back && !f.New)
}

// folder is where Windows keeps what programs remember for a user.
func folder() (string, error) {
	dir := os.Getenv("LocalAppData")
	if dir == "" {
		var err error
		if dir, err = os.UserConfigDir(); err != nil {
			return "", fmt.Errorf("a folder for what is remembered: %w", err)
		}
	}
	return filepath.Join(dir, "hansu"), nil
}

// settingsMax bounds the file of settings, in bytes.
const settingsMax = 64 << 10

// settingsFile remembers what was asked for last.
func settingsFile() (string, error) {
	dir, err := folder()
	return filepath.Join(dir, "window.json"), err
}

// save keeps what was asked for. It is a comfort: where it cannot be kept the game goes on without.
func save(s screen.Settings) {
	file, err := settingsFile()
	if err != nil {
		return
	}
	text, err := json.Marshal(s)
	if err == nil && os.MkdirAll(filepath.Dir(file), 0o700) == nil {
		_ = os.WriteFile(file, text, 0o600)
	}
}

// recall fills in, for a window that asks, what was asked for last and is not said now. What the file says is
// not trusted: what makes no sense is as if it were not there.
func (f *Flags) recall() {
	file, err := settingsFile()
	if err != nil || f.Address != "" || f.Raw {
		return
	}
	text, err := os.ReadFile(file)
	var s screen.Settings
	if err != nil || len(text) > settingsMax || json.Unmarshal(text, &s) != nil {
		return
	}
	if _, err := variants.Parse(s.Game); err == nil && f.Game == "omok" {
		f.Game = s.Game
	}
	if _, err := rules.ParseTimeControl(s.Time); err == nil && f.Time == "none" {
		f.Time = s.Time
	}
	if wire.CheckName(s.Name) == nil && f.Name == "" {
		f.Name = s.Name
	}
	f.remembered, f.Private = s.Address, f.Private || s.Private
}

// accountName is the user's own name where it can be a player's, else none: the window asks.
func accountName() string {
	for _, key := range []string{"USERNAME", "USER"} {
		name := os.Getenv(key)
		if i := strings.LastIndexByte(name, '\\'); i >= 0 { // DOMAIN\user
			name = name[i+1:]
		}
		if wire.CheckName(name) == nil {
			return name
		}
	}
	return ""
}
