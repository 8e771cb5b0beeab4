package main

import (
	"errors"
	"time"

	"hansu/i18n"
	"hansu/rules"
	"hansu/session"
	"hansu/wire"
)

// limitFlags bound what one client, or one address, may ask of a server. 0 is no limit where the
// help says so.
type limitFlags struct {
	MaxClients    int           `default:"16384" help:"${help_max_clients}"`
	PerAddress    int           `name:"max-per-address" default:"1024" help:"${help_max_per_address}"`
	PerPlayer     int           `name:"max-connections-per-player" default:"4" help:"${help_max_per_player}"`
	MaxTables     int           `default:"32" help:"${help_max_tables}"`
	MaxWaiting    int           `name:"max-waiting-tables" default:"20000" help:"${help_max_waiting}"`
	MaxName       int           `default:"32" help:"${help_max_name}"`
	MaxChat       int           `default:"1000" placeholder:"BYTES" help:"${help_max_chat}"`
	MaxOutbound   int           `default:"1048576" placeholder:"BYTES" help:"${help_max_outbound}"`
	Rate          int           `default:"200" help:"${help_rate}"`
	ChatRate      int           `default:"30" help:"${help_chat_rate}"`
	LookRate      int           `default:"20" help:"${help_look_rate}"`
	OpenRate      int           `default:"1000" help:"${help_open_rate}"`
	OpenRateFrom  int           `name:"open-rate-per-address" default:"20" help:"${help_open_rate_per_address}"`
	HandshakeTime time.Duration `default:"10s" help:"${help_handshake_time}"`
	PacketTime    time.Duration `default:"10s" help:"${help_packet_time}"`
	IdleTime      time.Duration `default:"1h" help:"${help_idle_time}"`
}

// outboundLeast is what the answer to one read may come to.
const outboundLeast = 64 << 10

// check refuses values that no server can have.
func (c *limitFlags) check(lang i18n.Lang) error {
	for _, f := range []struct {
		name         string
		value        int
		least, limit int // limit 0: none
	}{
		{"--max-clients", c.MaxClients, 1, 0},
		{"--max-per-address", c.PerAddress, 0, 0},
		{"--max-connections-per-player", c.PerPlayer, 1, 0},
		{"--max-tables", c.MaxTables, 1, 0},
		{"--max-waiting-tables", c.MaxWaiting, 1, 0},
		{"--max-name", c.MaxName, 1, wire.NameRunes},
		{"--max-chat", c.MaxChat, 1, wire.MaxChat},
		{"--max-outbound", c.MaxOutbound, outboundLeast, 0},
		{"--rate", c.Rate, 0, 0},
		{"--chat-rate", c.ChatRate, 0, 0},
		{"--look-rate", c.LookRate, 0, 0},
		{"--open-rate", c.OpenRate, 0, 0},
		{"--open-rate-per-address", c.OpenRateFrom, 0, 0},
	} {
		switch {
		case f.value < f.least:
			return errors.New(lang.Text(i18n.ServeAtLeast, f.name, f.least))
		case f.limit > 0 && f.value > f.limit:
			return errors.New(lang.Text(i18n.ServeAtMost, f.name, f.limit))
		}
	}
	for _, f := range []struct {
		name  string
		value time.Duration
	}{{"--handshake-time", c.HandshakeTime}, {"--packet-time", c.PacketTime}, {"--idle-time", c.IdleTime}} {
		if f.value < time.Millisecond {
			return errors.New(lang.Text(i18n.ServeAtLeast, f.name, time.Millisecond))
		}
	}
	return nil
}

// limits are the same for a session.Hub, in which 0 is the default.
func (c *limitFlags) limits() session.Limits {
	millis := func(d time.Duration) rules.Millis { return rules.Millis(d / time.Millisecond) }
	return session.Limits{
		Handshake: millis(c.HandshakeTime), Partial: millis(c.PacketTime), Idle: millis(c.IdleTime),
		Packets: unlimited(c.Rate), Chat: unlimited(c.ChatRate), Looks: unlimited(c.LookRate),
		Opens: unlimited(c.OpenRate), OpensFrom: unlimited(c.OpenRateFrom),
		Tables: c.MaxTables, Waiting: c.MaxWaiting, PerPlayer: c.PerPlayer, PerAddress: unlimited(c.PerAddress),
		Name: c.MaxName, Line: c.MaxChat,
	}
}

// unlimited is a flag's value where 0 is no limit, as the settings have it.
func unlimited(n int) int {
	if n == 0 {
		return -1
	}
	return n
}
