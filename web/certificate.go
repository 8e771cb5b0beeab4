package web

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// certificate is a pair of files that may be renewed while it is served: each handshake looks whether
// they have changed. It is safe for use from any goroutine.
type certificate struct {
	cert, key string
	log       *slog.Logger

	mu    sync.Mutex
	pair  *tls.Certificate
	stamp [2]stamp
}

// stamp is by what a changed file is known.
type stamp struct {
	at   time.Time
	size int64
}

func loadCertificate(cert, key string, log *slog.Logger) (*certificate, error) {
	c := &certificate{cert: cert, key: key, log: log}
	at, err := c.look()
	if err == nil {
		err = c.load(at)
	}
	if err != nil {
		return nil, fmt.Errorf("web: certificate: %w", err)
	}
	return c, nil
}

func (c *certificate) look() (at [2]stamp, err error) {
	for i, name := range []string{c.cert, c.key} {
		info, err := os.Stat(name)
		if err != nil {
			return at, err
		}
		at[i] = stamp{info.ModTime(), info.Size()}
	}
	return at, nil
}

func (c *certificate) load(at [2]stamp) error {
	c.stamp = at // also of files that are wrong: they are not read again before they change
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return err
	}
	c.pair = &pair
	return nil
}

// get is tls.Config.GetCertificate. Files that cannot be used, as while they are being written,
// leave the last pair that could.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, err := c.look()
	if err == nil && at != c.stamp {
		if err = c.load(at); err == nil {
			c.log.Info("certificate renewed", "file", c.cert)
		} else {
			c.log.Error("certificate not renewed: the old one is still served", "file", c.cert, "error", err)
		}
	}
	return c.pair, nil
}
