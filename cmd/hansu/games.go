package main

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"hansu/caption"
	"hansu/client"
	"hansu/i18n"
	"hansu/rules/variants"
)

type gamesCmd struct {
	Address string `arg:"" optional:"" help:"${help_address}"`
	Open    bool   `xor:"which" help:"${help_games_open}"`
	Running bool   `xor:"which" help:"${help_games_running}"`
	JSON    bool   `name:"json" help:"${help_games_json}"`
}

// listWait bounds the whole of asking a server for its tables.
const listWait = 10 * time.Second

// gameJSON is a table of a list, with the fields of the JSON API and what the packets say besides.
type gameJSON struct {
	Code    string   `json:"code"`
	State   string   `json:"state"` // open: a seat is free; or running
	Variant string   `json:"variant"`
	Time    string   `json:"time"`
	Names   []string `json:"names"`
	Moves   int      `json:"moves"`
	Viewers int      `json:"viewers"`
}

// Run lists the tables of a server: those with an open seat, and running games.
func (c *gamesCmd) Run(e *env) error {
	var list []gameJSON
	cfg := client.Config{Address: c.Address, Name: accountName(e), Language: uint8(e.lang)}
	ctx, cancel := context.WithTimeout(e.ctx, listWait)
	defer cancel()
	conn, err := client.Dial(ctx, cfg)
	if err != nil {
		return caption.Unreachable(e.lang, cfg, program()+" serve", err)
	}
	defer conn.Close()
	for _, running := range []bool{false, true} {
		if running && c.Open || !running && c.Running {
			continue
		}
		entries, err := listed(ctx, conn, running)
		if err != nil {
			return errors.New(e.lang.Text(i18n.PlayRefused, caption.Reason(e.lang, err)))
		}
		for _, entry := range entries {
			list = append(list, newGameJSON(entry, running))
		}
	}
	if c.JSON {
		out := json.NewEncoder(e.out)
		for _, g := range list {
			if err := out.Encode(g); err != nil {
				return err
			}
		}
		return nil
	}
	rows := [][]string{strings.Split(e.lang.Text(i18n.GamesHead), "|")}
	for _, g := range list {
		state := i18n.GamesOpen
		if g.State == "running" {
			state = i18n.GamesRunning
		}
		rows = append(rows, []string{g.Code, e.lang.Text(state), g.Variant, g.Time, strconv.Itoa(g.Moves), strings.Join(g.Names, " – ")})
	}
	return columns(e.out, rows)
}

func newGameJSON(e client.Entry, running bool) gameJSON {
	g := gameJSON{
		Code: e.Code, State: "open", Variant: variants.Format(e.Variant), Time: e.Time.String(),
		Names: []string{}, Moves: e.Plies, Viewers: e.Viewers,
	}
	if running {
		g.State = "running"
	}
	for _, n := range e.Names {
		if n != "" {
			g.Names = append(g.Names, n)
		}
	}
	return g
}

// listed asks for one of the two lists.
func listed(ctx context.Context, c *client.Client, running bool) ([]client.Entry, error) {
	number, err := c.Do(client.List{Running: running})
	if err != nil {
		return nil, err
	}
	for {
		select {
		case e, ok := <-c.Events():
			if !ok {
				return nil, client.ErrClosed
			}
			switch e := e.(type) {
			case client.Listed:
				if e.Command == number {
					return e.Entries, nil
				}
			case client.Answer:
				if e.Command == number && e.Err != nil {
					return nil, e.Err
				}
			case client.Offline:
				return nil, e.Err
			}
		case <-ctx.Done():
			return nil, client.ErrSilent
		}
	}
}
