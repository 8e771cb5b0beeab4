package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/charmbracelet/x/term"

	"hansu/client"
	"hansu/i18n"
	"hansu/rules"
	"hansu/rules/variants"
	"hansu/tui/plain"
	"hansu/tui/screen"
	"hansu/wire"
)

type playCmd struct {
	Address   string `arg:"" optional:"" help:"${help_address}"`
	Game      string `placeholder:"GAME" help:"${help_game}"`
	Forbidden string `default:"refused" enum:"refused,loses" help:"${help_forbidden_play}"`
	Time      string `placeholder:"TIME" help:"${help_time}"`
	Name      string `placeholder:"NAME" help:"${help_name}"`
	Private   bool   `help:"${help_private}"`
	Join      string `placeholder:"CODE" help:"${help_join}"`
	Watch     string `placeholder:"CODE" help:"${help_watch}"`
	New       bool   `help:"${help_new}"`
	Plain     bool   `help:"${help_plain}"`
	Wait      bool   `help:"${help_wait}"`
	ASCII     bool   `name:"ascii" help:"${help_ascii}"`
	NoBoard   bool   `help:"${help_no_board}"`
	TokenFile string `type:"path" placeholder:"FILE" help:"${help_token_file}"`
}

func (c *playCmd) Run(e *env) error {
	goal, err := c.goal(e.lang)
	if err != nil {
		return usageError{err}
	}
	if !c.Plain && !c.Wait && onTerminal(e) {
		return c.fullScreen(e, goal)
	}
	keeper, err := c.keeper(e, c.Address)
	if err != nil {
		return err
	}
	if keeper != nil {
		defer keeper.Close()
	}
	again := playAt(c.Address)
	invite := again
	if c.TokenFile != "" {
		again += " --token-file " + c.TokenFile
	}
	wait := plain.Moment
	if c.Wait {
		wait = plain.Forever
	}
	return plain.Run(e.ctx, e.in, e.out, plain.Options{
		Client: client.Config{Address: c.Address, Name: cmp.Or(c.Name, accountName(e))},
		Lang:   e.lang, Goal: goal, Keeper: keeper,
		ASCII: c.ASCII, Quiet: c.NoBoard, Wait: wait, Again: again, Invite: invite, Start: program() + " serve",
	})
}

// fullScreen plays on the whole terminal. Without an address it lets the person choose a server, and
// without a wish it shows the lobby.
func (c *playCmd) fullScreen(e *env, goal client.Command) error {
	o := screen.Options{
		Client: client.Config{Address: c.Address, Name: cmp.Or(c.Name, accountName(e))},
		Lang:   e.lang, Goal: goal, ASCII: c.ASCII, Start: program() + " serve", Invite: playAt,
		In: e.in, Out: e.out, Env: os.Environ(), Observe: e.observe,
		Keep: func(address string) (*client.Keeper, error) { return c.keeper(e, address) },
	}
	if c.Game == "" && c.Time == "" && !c.Private && c.Join == "" && c.Watch == "" {
		o.Goal = nil
	}
	if c.Game != "" || c.Time != "" {
		o.Game, o.Time, _ = c.wanted(e.lang) // goal has read them already
	} else {
		o.Game = rules.Variant{Kind: rules.Omok}
	}
	switch code, crashed, guarded := screen.Guard(e.ctx, e.out.(*os.File)); {
	case crashed:
		return errors.New(e.lang.Text(i18n.ScreenCrashed, playAt(c.Address)))
	case guarded && code != 0:
		return exitError(code)
	case guarded:
		return nil
	}
	return screen.Run(e.ctx, o)
}

// onTerminal reports whether a person sits at both ends, in front of something that can draw.
func onTerminal(e *env) bool {
	in, ok1 := e.in.(*os.File)
	out, ok2 := e.out.(*os.File)
	return ok1 && ok2 && term.IsTerminal(in.Fd()) && term.IsTerminal(out.Fd()) && e.getenv("TERM") != "dumb"
}

// playAt is the command that plays at an address.
func playAt(address string) string { return strings.TrimSpace(program() + " play " + address) }

// wanted is the game that the flags name.
func (c *playCmd) wanted(lang i18n.Lang) (rules.Variant, rules.TimeControl, error) {
	v, err := variants.Parse(cmp.Or(c.Game, "omok"))
	if err != nil {
		return v, rules.TimeControl{}, errors.New(lang.Text(i18n.PlayBadFlag, "--game", err))
	}
	if c.Forbidden == "loses" {
		v.ForbiddenLoses = true
		if err := variants.Check(v); err != nil {
			return v, rules.TimeControl{}, errors.New(lang.Text(i18n.PlayBadFlag, "--forbidden", err))
		}
	}
	tc, err := rules.ParseTimeControl(cmp.Or(c.Time, "none"))
	if err != nil {
		err = errors.New(lang.Text(i18n.PlayBadFlag, "--time", err))
	}
	return v, tc, err
}

// goal is what the flags ask the server for.
func (c *playCmd) goal(lang i18n.Lang) (client.Command, error) {
	chosen := 0
	for _, on := range [...]bool{c.Private, c.Join != "", c.Watch != ""} {
		if on {
			chosen++
		}
	}
	switch {
	case chosen > 1:
		return nil, errors.New(lang.Text(i18n.PlayOneOf))
	case c.Join != "":
		return client.Enter{Code: c.Join}, nil
	case c.Watch != "":
		return client.Watch{Code: c.Watch}, nil
	}
	v, tc, err := c.wanted(lang)
	if err != nil {
		return nil, err
	}
	if c.Private {
		return client.Open{Variant: v, Time: tc, Private: true}, nil
	}
	return client.Join{Variant: v, Time: tc}, nil
}

// keeper finds the place for the token of this run. A spectator has no seat and needs none; where
// nothing can be kept, the game goes on without, and the user is told.
func (c *playCmd) keeper(e *env, address string) (*client.Keeper, error) {
	if c.Watch != "" {
		return nil, nil
	}
	if c.TokenFile != "" {
		k, err := client.Keep(c.TokenFile)
		if errors.Is(err, client.ErrKept) {
			return nil, errors.New(e.lang.Text(i18n.PlayTokenInUse, c.TokenFile))
		}
		if err == nil && c.New {
			err = k.Forget()
		}
		return k, err
	}
	dir, err := stateDir(e.getenv)
	var k *client.Keeper
	if err == nil {
		k, err = client.KeepIn(filepath.Join(dir, "tokens"), address, !c.New)
	}
	if err != nil {
		fmt.Fprintln(e.err, e.lang.Text(i18n.PlayNoKeep, err))
		return nil, nil
	}
	return k, nil
}

// accountName is the user's own name where it can be a player's, else a word for one.
func accountName(e *env) string {
	names := []string{e.getenv("USER"), e.getenv("USERNAME")}
	if u, err := user.Current(); err == nil {
		names = append(names, u.Username)
	}
	for _, name := range names {
		if i := strings.LastIndexByte(name, '\\'); i >= 0 { // DOMAIN\user
			name = name[i+1:]
		}
		if wire.CheckName(name) == nil {
			return name
		}
	}
	return e.lang.Text(i18n.PlayDefaultName)
}

// stateDir is where this system keeps what a program remembers of its last runs: the XDG base
// directories, LocalAppData on Windows, Application Support on macOS.
func stateDir(getenv func(string) string) (string, error) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return dataDir(getenv)
	}
	if dir := getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "hansu"), nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "state", "hansu"), err
}
