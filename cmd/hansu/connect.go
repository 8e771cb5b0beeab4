package main

import (
	"fmt"
	"text/tabwriter"

	"hansu/client"
	"hansu/i18n"
	"hansu/netio"
	"hansu/tui/console"
)

type connectCmd struct {
	Address    string `arg:"" optional:"" help:"${help_address}"`
	Model      string `default:"threads" enum:"threads,messages" help:"${help_dial_model}"`
	Terminator string `default:"nul" enum:"nul,lf,crlf,none" help:"${help_terminator}"`
	Hex        bool   `help:"${help_hex}"`
	UDP        bool   `name:"udp" help:"${help_udp}"`
}

func (c *connectCmd) Run(e *env) error {
	return console.Connect{
		Address: client.Address(c.Address), Model: netio.Model(c.Model),
		Terminator: console.Terminator(c.Terminator), Hex: c.Hex, UDP: c.UDP,
		In: e.in, Printer: console.NewPrinter(e.out, e.lang), Lang: e.lang,
	}.Run(e.ctx)
}

type modelsCmd struct{}

func (modelsCmd) Run(e *env) error {
	w := tabwriter.NewWriter(e.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, e.lang.Text(i18n.ModelsHead))
	for _, m := range netio.Models() {
		status := e.lang.Text(i18n.ModelsHere)
		switch {
		case !m.Available:
			status = e.lang.Text(i18n.ModelsMissing, absence(e.lang, m.Why))
		case m.Client:
			status = e.lang.Text(i18n.ModelsClient)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", m.Model, m.Mechanism, status)
	}
	return w.Flush()
}

var absences = map[netio.Reason]i18n.Text{
	netio.NeedsWindows: i18n.ModelNeedsWindows, netio.NeedsLinux: i18n.ModelNeedsLinux, netio.NeedsLinuxOrWindows: i18n.ModelNeedsLinuxOr,
	netio.SwitchedOff: i18n.ModelSwitchedOff, netio.ForPrivileged: i18n.ModelForPrivileged,
	netio.Filtered: i18n.ModelFiltered, netio.Refused: i18n.ModelRefused, netio.ClientsOnly: i18n.ModelForClientsOnly,
}

// absence tells why a model is missing.
func absence(lang i18n.Lang, a netio.Absence) string {
	text := absences[a.Reason]
	if a.Detail == "" {
		return lang.Text(text)
	}
	return lang.Text(text, a.Detail)
}
