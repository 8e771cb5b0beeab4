package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"hansu/discover"
	"hansu/i18n"
	"hansu/netio"
	"hansu/rules"
	"hansu/server"
	"hansu/store"
	"hansu/web"
	"hansu/wire"
)

type serveCmd struct {
	TCP        string        `default:":9000" placeholder:"ADDR" help:"${help_tcp}"`
	HTTP       string        `default:":9080" placeholder:"ADDR" help:"${help_http}"`
	DB         string        `name:"db" env:"HANSU_DB" placeholder:"postgres://…" help:"${help_db}"`
	NATS       string        `name:"nats" env:"HANSU_NATS" placeholder:"nats://…" help:"${help_nats}"`
	NATSCreds  string        `name:"nats-creds" type:"path" placeholder:"FILE" help:"${help_nats_creds}"`
	NATSCA     string        `name:"nats-ca" type:"path" placeholder:"FILE" help:"${help_nats_ca}"`
	NATSCert   string        `name:"nats-cert" type:"path" placeholder:"FILE" help:"${help_nats_cert}"`
	NATSKey    string        `name:"nats-key" type:"path" placeholder:"FILE" help:"${help_nats_key}"`
	Data       string        `type:"path" placeholder:"DIR" help:"${help_data}"`
	Model      string        `default:"auto" enum:"auto,blocking,threads,events,completion" help:"${help_model}"`
	Grace      time.Duration `default:"60s" help:"${help_grace}"`
	Announce   bool          `help:"${help_announce}"`
	AnnounceAs string        `placeholder:"NAME" help:"${help_announce_as}"`
	TLSCert    string        `type:"path" placeholder:"FILE" help:"${help_tls_cert}"`
	TLSKey     string        `type:"path" placeholder:"FILE" help:"${help_tls_key}"`
	Trusted    []string      `name:"trusted-proxies" placeholder:"CIDR" help:"${help_trusted_proxies}"`
	Origins    []string      `name:"allowed-origins" placeholder:"ORIGIN" help:"${help_allowed_origins}"`
	HTTPHeader time.Duration `name:"http-header-time" default:"10s" help:"${help_http_header_time}"`
	HTTPBytes  int           `name:"http-header-bytes" default:"16384" help:"${help_http_header_bytes}"`
	HTTPIdle   time.Duration `name:"http-idle-time" default:"60s" help:"${help_http_idle_time}"`
	WSBytes    int64         `name:"ws-message-bytes" default:"65536" help:"${help_ws_message_bytes}"`
	WSRate     int           `name:"ws-rate" default:"1000" help:"${help_ws_rate}"`
	APIRate    int           `name:"api-rate" default:"50" help:"${help_api_rate}"`
	APIStreams int           `name:"api-streams" default:"256" help:"${help_api_streams}"`
	Metrics    string        `placeholder:"ADDR" help:"${help_metrics}"`
	limitFlags
	LogFormat string `default:"text" enum:"text,json" help:"${help_log_format}"`
	LogLevel  string `default:"info" enum:"debug,info,warn,error" help:"${help_log_level}"`
}

func (c *serveCmd) Run(e *env) error {
	log, err := newLog(e.err, c.LogFormat, c.LogLevel)
	if err == nil {
		err = c.check(e.lang)
	}
	if err != nil {
		return usageError{err}
	}
	if dir, ok := strings.CutPrefix(c.DB, "sqlite:"); ok {
		c.DB, c.Data = "", dir
	}
	if c.DB != "" {
		c.Data = ""
	} else if c.Data == "" {
		if c.Data, err = dataDir(e.getenv); err != nil {
			return errors.New(e.lang.Text(i18n.ServeNoHome, err))
		}
	}
	model := netio.Model(c.Model)
	if c.Model == "auto" {
		model = server.DefaultModel()
	}
	trusted, err := prefixes(c.Trusted)
	if err != nil {
		return usageError{err}
	}
	if err := checkOrigins(e.lang, c.Origins); err != nil {
		return usageError{err}
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return usageError{errors.New("--tls-cert, --tls-key: one needs the other")}
	}
	srv, err := server.New(e.ctx, server.Config{
		Data: c.Data, DB: c.DB, NATS: c.NATS, Files: server.NATSFiles{Creds: c.NATSCreds, CA: c.NATSCA, Cert: c.NATSCert, Key: c.NATSKey}, TCP: c.TCP, Model: model, MaxClients: c.MaxClients,
		Grace: c.Grace, Limits: c.limits(), Outbound: c.MaxOutbound, Metrics: c.Metrics, Log: log, Text: errorText,
		HTTP: c.HTTP,
		Site: web.Config{
			Trusted: trusted, Origins: c.Origins, Message: c.WSBytes, Frames: unlimited(c.WSRate),
			Rate: unlimited(c.APIRate), Streams: c.APIStreams, Version: version,
		},
		Listen: web.ListenConfig{
			Cert: c.TLSCert, Key: c.TLSKey, Header: c.HTTPHeader, Idle: c.HTTPIdle, HeaderMax: c.HTTPBytes, Each: 2 * unlimited(c.PerAddress),
		},
	})
	if err != nil {
		return c.explain(e.lang, err)
	}
	c.greet(e, srv.TCP(), srv.HTTP())
	if c.Announce {
		defer c.announce(e, srv.TCP(), srv.HTTP(), log)()
	}
	return srv.Run(e.ctx)
}

// announce makes the server known on the local network until the function that it returns is called,
// which waits until goodbye is said.
func (c *serveCmd) announce(e *env, addr, page netip.AddrPort, log *slog.Logger) (stop func()) {
	if addr.Addr().IsLoopback() {
		fmt.Fprintln(e.err, e.lang.Text(i18n.ServeNoAnnounce, addr))
		return func() {}
	}
	ctx, cancel := context.WithCancel(e.ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s := discover.Service{Name: c.AnnounceAs, TCP: addr, HTTP: page, TLS: c.TLSCert != ""}
		if err := discover.Announce(ctx, s, log); err != nil {
			log.Warn("the server is not announced", "error", err)
		}
	}()
	fmt.Fprintln(e.out, e.lang.Text(i18n.ServeAnnounced, program()))
	return func() { cancel(); <-done }
}

// check refuses values that no server can have.
func (c *serveCmd) check(lang i18n.Lang) error {
	atLeast := func(flag string, least any) error { return errors.New(lang.Text(i18n.ServeAtLeast, flag, least)) }
	if err := c.limitFlags.check(lang); err != nil {
		return err
	}
	switch {
	case c.DB != "" && c.Data != "":
		return errors.New(lang.Text(i18n.ServeDataOrDB))
	case c.DB != "" && !isPostgres(c.DB) && !strings.HasPrefix(c.DB, "sqlite:"):
		return errors.New(lang.Text(i18n.ServeBadDB))
	case c.NATS != "" && !isPostgres(c.DB):
		return errors.New(lang.Text(i18n.ServeNATSAlone))
	case c.NATS == "" && (c.NATSCreds != "" || c.NATSCA != "" || c.NATSCert != "" || c.NATSKey != ""):
		return errors.New(lang.Text(i18n.ServeNATSFiles))
	case (c.NATSCert == "") != (c.NATSKey == ""):
		return errors.New("--nats-cert, --nats-key: one needs the other")
	}
	for _, f := range []struct {
		flag         string
		value, least int64
	}{
		{"--http-header-bytes", int64(c.HTTPBytes), 8192}, {"--ws-message-bytes", c.WSBytes, wire.MaxPacket},
		{"--ws-rate", int64(c.WSRate), 0},
		{"--api-rate", int64(c.APIRate), 0}, {"--api-streams", int64(c.APIStreams), 1},
	} {
		if f.value < f.least {
			return atLeast(f.flag, f.least)
		}
	}
	for _, f := range []struct {
		flag  string
		value time.Duration
	}{{"--grace", c.Grace}, {"--http-header-time", c.HTTPHeader}, {"--http-idle-time", c.HTTPIdle}} {
		if f.value < time.Millisecond {
			return atLeast(f.flag, time.Millisecond)
		}
	}
	if c.Metrics != "" {
		if err := checkAddr(lang, "--metrics", c.Metrics); err != nil {
			return err
		}
	}
	if err := checkAddr(lang, "--tcp", c.TCP); err != nil || c.HTTP == "" {
		return err
	}
	return checkAddr(lang, "--http", c.HTTP)
}

// dbName is a database's address as it may be shown.
func dbName(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "PostgreSQL"
	}
	return u.Host + u.Path
}

// checkAddr refuses what is no HOST:PORT. Whether the host can be had shows only later.
func checkAddr(lang i18n.Lang, flag, addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil {
		return errors.New(lang.Text(i18n.ServeBadAddr, flag, addr))
	}
	return nil
}

// explain adds what to do next to the errors that a host can do something about.
func (c *serveCmd) explain(lang i18n.Lang, err error) error {
	var sys *netio.Error
	var front *server.HTTPError
	var operator *server.MetricsError
	var file *fs.PathError
	if c.DB != "" && (errors.Is(err, store.ErrLocked) || !errors.As(err, &sys) && !errors.As(err, &front)) {
		return c.explainDB(lang, err)
	}
	switch {
	case errors.Is(err, store.ErrLocked):
		return errors.New(lang.Text(i18n.ServeLocked, c.Data))
	case errors.Is(err, store.ErrNewer):
		return errors.New(lang.Text(i18n.ServeNewer, c.Data))
	case errors.Is(err, server.ErrBlocking):
		return usageError{err}
	case errors.As(err, &operator):
		return errors.New(lang.Text(i18n.ServeNoMetrics, c.Metrics, err))
	case errors.As(err, &front):
		return errors.New(lang.Text(i18n.ServeNoHTTP, c.HTTP, err))
	case errors.As(err, &sys):
		return errors.New(lang.Text(i18n.ServeNoTCP, c.TCP, err))
	case errors.As(err, &file): // an address has no files, and a certificate is in front
		return errors.New(lang.Text(i18n.ServeNoData, c.Data, file.Err))
	}
	return err
}

// explainDB is explain for a database. Its address is not shown: it may hold a password.
func (c *serveCmd) explainDB(lang i18n.Lang, err error) error {
	var joining *server.JoinError
	switch {
	case errors.As(err, &joining):
		return errors.New(lang.Text(i18n.ServeNoNATS, joining.Err))
	case errors.Is(err, store.ErrLocked) && c.NATS != "":
		return errors.New(lang.Text(i18n.ServeDBLone))
	case errors.Is(err, store.ErrLocked):
		return errors.New(lang.Text(i18n.ServeDBLocked))
	case errors.Is(err, store.ErrNewer):
		return errors.New(lang.Text(i18n.ServeDBNewer))
	case errors.Is(err, server.ErrBlocking):
		return usageError{err}
	}
	return errors.New(lang.Text(i18n.ServeNoDB, err))
}

// greet tells the host where people can come to, and how: first the page, which needs nothing but
// a browser.
func (c *serveCmd) greet(e *env, addr, page netip.AddrPort) {
	say := func(t i18n.Text, args ...any) { fmt.Fprintln(e.out, e.lang.Text(t, args...)) }
	if page.IsValid() {
		scheme := "http"
		if c.TLSCert != "" {
			scheme = "https"
		}
		say(i18n.ServePage)
		all := reachable(page)
		fmt.Fprintf(e.out, "\n    %s://%s\n\n", scheme, all[0])
		if len(all) > 1 {
			say(i18n.ServePageOthers)
			for _, a := range all[1:] {
				fmt.Fprintf(e.out, "    %s://%s\n", scheme, a)
			}
		} else if page.Addr().IsLoopback() {
			say(i18n.ServePageHere)
		}
		say(i18n.ServePageSecond)
		fmt.Fprintln(e.out)
	}
	listening := i18n.ServeListening
	if addr.Addr().IsLoopback() {
		listening = i18n.ServeListeningHere
	}
	say(listening, strings.Join(reachable(addr), ", "))
	to := ""
	if addr.Port() != 9000 {
		to = fmt.Sprintf(" localhost:%d", addr.Port())
	}
	play := program() + " play" + to
	fmt.Fprintf(e.out, "    %s --game omok\n    %s --game chess\n", play, play)
	say(i18n.ServeSecond)
	switch {
	case c.DB == "":
		say(i18n.ServeData, c.Data)
	case c.NATS == "":
		say(i18n.ServeKeptDB, dbName(c.DB))
	default:
		say(i18n.ServeNode, dbName(c.DB))
	}
	say(i18n.ServeStop)
}

// reachable lists what a friend could type for a listening address: for one that stands for
// all of the machine's, each of them.
func reachable(addr netip.AddrPort) []string {
	if !addr.Addr().IsUnspecified() {
		return []string{addr.String()}
	}
	list := []string{fmt.Sprintf("localhost:%d", addr.Port())}
	ifaces, err := net.InterfaceAddrs()
	if err != nil {
		return list
	}
	for _, i := range ifaces {
		prefix, err := netip.ParsePrefix(i.String())
		if err != nil {
			continue
		}
		ip := prefix.Addr().Unmap()
		if ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.Is6() && addr.Addr().Is4() {
			continue
		}
		list = append(list, netip.AddrPortFrom(ip, addr.Port()).String())
	}
	return list
}

// prefixes reads addresses and networks: 10.0.0.0/8, ::1.
func prefixes(list []string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range list {
		p, err := netip.ParsePrefix(text)
		if a, e := netip.ParseAddr(text); e == nil {
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("--trusted-proxies: %w", err)
		}
		all = append(all, p.Masked())
	}
	return all, nil
}

// checkOrigins refuses what no browser sends as an origin.
func checkOrigins(lang i18n.Lang, list []string) error {
	for _, text := range list {
		u, err := url.Parse(text)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Scheme+"://"+u.Host != text {
			return errors.New(lang.Text(i18n.ServeBadOrigin, text))
		}
	}
	return nil
}

func errorText(language uint8, code wire.ErrorCode, problem rules.Problem) string {
	return i18n.Lang(language).Error(uint16(code), uint8(problem))
}

func newLog(w io.Writer, format, level string) (*slog.Logger, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return nil, err
	}
	opts := &slog.HandlerOptions{Level: l}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, opts)), nil
	}
	return slog.New(slog.NewTextHandler(w, opts)), nil
}

// dataDir is where this system keeps a user's data: the XDG base directories, LocalAppData on
// Windows, Application Support on macOS.
func dataDir(getenv func(string) string) (string, error) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		dir, err := os.UserConfigDir()
		if local := getenv("LocalAppData"); runtime.GOOS == "windows" && local != "" {
			dir, err = local, nil
		}
		return filepath.Join(dir, "hansu"), err
	}
	if dir := getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "hansu"), nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "share", "hansu"), err
}
