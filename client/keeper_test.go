package client_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"hansu/client"
)

func keepIn(t *testing.T, dir, address string, back bool) *client.Keeper {
	t.Helper()
	k, err := client.KeepIn(dir, address, back)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func save(t *testing.T, k *client.Keeper, token client.Token) {
	t.Helper()
	if err := k.Save(token); err != nil {
		t.Fatal(err)
	}
}

// TestPlaces: two programs side by side have two tokens; one that comes back has its own.
func TestPlaces(t *testing.T) {
	dir := t.TempDir()
	first := keepIn(t, dir, "localhost:9000", true)
	second := keepIn(t, dir, "localhost", true)
	if !first.Token().IsZero() || !second.Token().IsZero() {
		t.Fatal("a token out of nowhere")
	}
	save(t, first, client.Token{1})
	save(t, second, client.Token{2})
	second.Close() // it crashed
	third := keepIn(t, dir, "LOCALHOST:9000", true)
	if third.Token() != (client.Token{2}) {
		t.Errorf("came back with %s", third.Token().Hex())
	}
	third.Close()
	afresh := keepIn(t, dir, "localhost:9000", false)
	if !afresh.Token().IsZero() {
		t.Error("started afresh with an old token")
	}
	afresh.Close()
	elsewhere := keepIn(t, dir, "localhost:9001", true)
	if !elsewhere.Token().IsZero() {
		t.Error("one server's token for another")
	}
	if err := first.Forget(); err != nil {
		t.Fatal(err)
	}
	if err := first.Forget(); err != nil {
		t.Fatal(err)
	}
	first.Close()
	if last := keepIn(t, dir, "localhost:9000", true); last.Token() != (client.Token{2}) {
		t.Errorf("a free place without a token was taken before one with: %s", last.Token().Hex())
	}
}

func TestAllPlacesTaken(t *testing.T) {
	dir := t.TempDir()
	for n := range 64 {
		k := keepIn(t, dir, "x", true)
		t.Cleanup(func() { k.Close() })
		save(t, k, client.Token{1, byte(n)})
	}
	if err := keepIn(t, dir, "x", true).Save(client.Token{2}); !errors.Is(err, client.ErrKept) {
		t.Error(err)
	}
}

// TestNothingLeft: without a token nothing is written, not even a folder.
func TestNothingLeft(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tokens")
	k := keepIn(t, dir, "x", true)
	if err := errors.Join(k.Forget(), k.Close()); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder without a token: %v", err)
	}
}

func TestTokenFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "my.token")
	if err := os.WriteFile(path, []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	k, err := client.Keep(path)
	if err != nil || !k.Token().IsZero() {
		t.Fatal(k, err)
	}
	if _, err := client.Keep(path); !errors.Is(err, client.ErrKept) {
		t.Error(err)
	}
	token := client.Token{0xab, 0xcd}
	save(t, k, token)
	k.Close()
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
	if k, err = client.Keep(path); err != nil || k.Token() != token {
		t.Error(k, err)
	}
	k.Close()
	if _, err := client.Keep(t.TempDir() + "/no/such/folder"); err == nil || errors.Is(err, client.ErrKept) {
		t.Error(err)
	}
	if s := token.String(); strings.Contains(s, "abcd") {
		t.Errorf("a token shows itself: %s", s)
	}
}
