package nats

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"

	"github.com/nats-io/nats.go"

	"hansu/bus"
)

// Errors of Open, besides bus.ErrAway, that trying again does not mend.
var (
	ErrAddress = errors.New("the address is none of a NATS server: nats://USER:PASSWORD@HOST:4222")
	ErrRefused = errors.New("NATS does not let this node in: check user and password, or the file of credentials")
	ErrSmall   = fmt.Errorf("NATS takes messages of less than %d bytes: raise max_payload in its configuration", bus.MaxMessage)
)

// schemes are those that nats.go knows.
var schemes = map[string]bool{"nats": true, "tls": true, "ws": true, "wss": true}

// hosts returns the hosts of an address, with ports and without users and passwords. Its error quotes nothing.
func hosts(addresses string) (string, error) {
	var all []string
	for _, a := range strings.Split(addresses, ",") {
		a = strings.TrimSpace(a)
		if !strings.Contains(a, "://") {
			a = "nats://" + a
		}
		u, err := url.Parse(a)
		// A password with a slash that is not written %2F ends the host early, and would be taken for a port.
		if err != nil || !schemes[u.Scheme] || u.Hostname() == "" || strings.Contains(u.Hostname(), ":") && u.Host[0] != '[' ||
			strings.Contains(u.Path, "@") || u.RawQuery != "" || u.Fragment != "" {
			return "", ErrAddress
		}
		all = append(all, u.Host)
	}
	return strings.Join(all, ", "), nil
}

// small returns ErrSmall if the server does not take messages of the bus's length.
func small(conn *nats.Conn) error {
	if n := conn.MaxPayload(); n < bus.MaxMessage {
		return fmt.Errorf("%w (it is %d)", ErrSmall, n)
	}
	return nil
}

// explain puts an error of nats.Connect in words that say what to do and tell no secret, and reports whether the next
// attempt may fare better.
func explain(err error) (_ error, again bool) {
	var parse *url.Error
	var network *net.OpError
	var name *net.DNSError
	switch {
	case errors.As(err, &parse): // quotes the address
		return ErrAddress, false
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired), errors.Is(err, nats.ErrAuthRevoked),
		errors.Is(err, nats.ErrAccountAuthExpired):
		return fmt.Errorf("%w: %w", ErrRefused, err), false
	case errors.Is(err, nats.ErrNoServers): // of a refused connection
		return fmt.Errorf("%w: connection refused; is nats-server running there?", bus.ErrAway), true
	case errors.As(err, &network), errors.As(err, &name), errors.Is(err, nats.ErrTimeout), errors.Is(err, io.EOF):
		return fmt.Errorf("%w: %w; is nats-server running there, and is nothing in between?", bus.ErrAway, err), true
	}
	return err, false
}
