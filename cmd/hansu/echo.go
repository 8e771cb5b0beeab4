package main

import (
	"context"
	"net/netip"
	"time"

	"hansu/i18n"
	"hansu/netio"
	"hansu/netio/chat"
	"hansu/netio/echo"
	"hansu/netio/observe"
	"hansu/tui/console"
)

// socketFlags are what echo and chat have in common.
type socketFlags struct {
	Listen     string `default:":9000" placeholder:"ADDR" help:"${help_listen}"`
	Model      string `default:"threads" enum:"blocking,threads,events,completion" help:"${help_any_model}"`
	Workers    int    `placeholder:"N" help:"${help_workers}"`
	MaxClients int    `placeholder:"N" help:"${help_limit}"`
	LogFormat  string `default:"text" enum:"text,json" help:"${help_log_format}"`
	LogLevel   string `default:"warn" enum:"debug,info,warn,error" help:"${help_log_level}"`
}

type echoCmd struct {
	socketFlags
	UDP bool `name:"udp" help:"${help_udp}"`
}

type chatCmd struct{ socketFlags }

func (c *echoCmd) Run(e *env) error {
	if c.UDP {
		return c.datagrams(e)
	}
	return c.serve(e, echo.Listen)
}

func (c *chatCmd) Run(e *env) error { return c.serve(e, chat.Listen) }

type listen func(addr string, watch observe.Func, cfg netio.Config) (netio.Server, error)

func (f *socketFlags) serve(e *env, listen listen) error {
	log, err := newLog(e.err, f.LogFormat, f.LogLevel)
	if err == nil {
		err = checkAddr(e.lang, "--listen", f.Listen)
	}
	if err != nil {
		return usageError{err}
	}
	p := console.NewPrinter(e.out, e.lang)
	srv, err := listen(f.Listen, p.Observe, netio.Config{
		Model: netio.Model(f.Model), Workers: f.Workers, MaxClients: f.MaxClients, Logger: log,
	})
	if err != nil {
		return err
	}
	f.ready(e, p, srv.Addr(), f.Model)
	log.Info("ready", "tcp", srv.Addr().String(), "model", f.Model)
	stop := context.AfterFunc(e.ctx, func() {
		down, cancel := context.WithTimeout(context.WithoutCancel(e.ctx), 3*time.Second)
		defer cancel()
		_ = srv.Shutdown(down)
	})
	defer stop()
	return srv.Serve()
}

func (f *socketFlags) ready(e *env, p *console.Printer, addr netip.AddrPort, model string) {
	for _, a := range reachable(addr) {
		p.Line(e.lang.Text(i18n.ConsoleListening, a, model))
	}
}

func (c *echoCmd) datagrams(e *env) error {
	if err := checkAddr(e.lang, "--listen", c.Listen); err != nil {
		return usageError{err}
	}
	p := console.NewPrinter(e.out, e.lang)
	srv, err := echo.ListenUDP(c.Listen, p.Observe)
	if err != nil {
		return err
	}
	c.ready(e, p, srv.Addr(), "udp")
	return srv.Serve(e.ctx)
}
