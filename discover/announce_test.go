package discover

import (
	"context"
	"log/slog"
	"net/netip"
	"testing"
)

// TestUnreachable: what nobody else could come to is not announced.
func TestUnreachable(t *testing.T) {
	for _, s := range []Service{
		{Name: "x", TCP: netip.MustParseAddrPort("127.0.0.1:9000")},
		{Name: "x", TCP: netip.MustParseAddrPort("[::1]:9000")},
		{Name: "x"},
		{Name: " . ", TCP: netip.MustParseAddrPort("[::]:9000")},
	} {
		if err := Announce(context.Background(), s, slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("%+v is announced", s)
		}
	}
}
