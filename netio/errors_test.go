package netio

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
)

func TestErrorOfClosedPort(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	_ = ln.Close()
	_, err = Dial(addr, nil, Config{})
	e, ok := errors.AsType[*Error](err)
	if !ok || !strings.HasSuffix(e.Name, "ECONNREFUSED") || e.Code == 0 {
		t.Fatalf("Dial of a closed port: %T %v", err, err)
	}
	if !errors.Is(err, syscall.Errno(e.Code)) {
		t.Errorf("errors.Is does not find %d in %v", e.Code, err)
	}
	if want := fmt.Sprintf(": %d (%s): %s", e.Code, e.Name, e.Text); !strings.HasSuffix(err.Error(), want) || e.Text == "" {
		t.Errorf("line %q, want it to end in %q", err, want)
	}
}

func TestNewError(t *testing.T) {
	if err := NewError("send", nil); err != nil {
		t.Errorf("of nil: %v", err)
	}
	inner := NewError("recv", syscall.ENOENT)
	if got := NewError("send", fmt.Errorf("round: %w", inner)); got != inner {
		t.Errorf("of an *Error: %v, want it unchanged", got)
	}
	got := NewError("send", &net.OpError{Op: "write", Err: os.NewSyscallError("sendmsg", syscall.ENOENT)})
	if e, ok := errors.AsType[*Error](got); !ok || e.Op != "sendmsg" || e.Code != int(syscall.ENOENT) {
		t.Errorf("of a net.OpError: %#v", got)
	}
	if got := NewError("connect", &net.DNSError{Err: "no such host", Name: "nowhere"}); !strings.HasPrefix(got.Error(), "connect: ") ||
		!strings.Contains(got.Error(), "no such host") {
		t.Errorf("of a name not found: %v", got)
	}
}

func TestListenUnknown(t *testing.T) {
	if _, err := Listen("127.0.0.1:0", nil, Config{Model: "telepathy"}); err == nil || !strings.Contains(err.Error(), `"telepathy"`) {
		t.Errorf("error %v", err)
	}
	if _, err := Listen("127.0.0.1:0", nil, Config{Model: Messages}); err == nil {
		t.Error("messages listens")
	}
}

func TestModels(t *testing.T) {
	var names []string
	for _, m := range Models() {
		names = append(names, string(m.Model))
		if m.Mechanism == "" || m.Available != (m.Why == Absence{}) {
			t.Errorf("%+v", m)
		}
	}
	if got := strings.Join(names, " "); got != "blocking threads events completion messages" {
		t.Errorf("models %s", got)
	}
}
