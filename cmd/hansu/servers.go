package main

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"hansu/discover"
	"hansu/i18n"
)

type serversCmd struct {
	Wait time.Duration `default:"2s" help:"${help_servers_wait}"`
	JSON bool          `name:"json" help:"${help_servers_json}"`
}

// Run lists the servers that are announced on the local network.
func (c *serversCmd) Run(e *env) error {
	ctx, cancel := context.WithTimeout(e.ctx, c.Wait)
	defer cancel()
	list := []discover.Server{}
	if err := discover.Find(ctx, func(found []discover.Server) { list = found }); err != nil {
		return err
	}
	if c.JSON {
		for _, s := range list {
			line := struct {
				Name    string `json:"name"`
				Address string `json:"address"`
				Page    string `json:"page,omitempty"`
			}{s.Name, s.Address, s.Page}
			if err := json.NewEncoder(e.out).Encode(line); err != nil {
				return err
			}
		}
		return nil
	}
	if len(list) == 0 {
		return errors.New(e.lang.Text(i18n.ServersNone, program()+" serve --announce"))
	}
	rows := [][]string{strings.Split(e.lang.Text(i18n.ServersHead), "|")}
	for _, s := range list {
		rows = append(rows, []string{s.Address, s.Page, s.Name})
	}
	return columns(e.out, rows)
}
