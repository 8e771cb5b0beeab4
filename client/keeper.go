package client

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
)

// placesMax is how many programs of one user at one server keep a token each.
const placesMax = 64

// ErrKept: another program uses this token, or all places are taken.
var ErrKept = errors.New("client: the token is used by another program")

// Keeper keeps the token of one running program in a file, so that its seat can be found
// again after a crash. A lock on a file beside it keeps every other program away: two that run
// side by side never share a token, and so never a seat. One goroutine at a time may use it.
type Keeper struct {
	dir   string       // of the server's places; one is taken with the first token
	path  string       // of the token; "" until a place is taken
	lock  *flock.Flock // nil until then
	token Token        // zeros: none
}

// KeepIn keeps a token for a server in a place of its own in the user's folder dir. With back,
// a place where a token was left is taken at once. A new one is taken, and its folder made, by the
// first Save: a program that never came to a seat leaves nothing behind.
func KeepIn(dir, address string, back bool) (*Keeper, error) {
	dir = filepath.Join(dir, folder(address))
	if back {
		k, err := place(dir, true)
		if k != nil || err != nil {
			return k, err
		}
	}
	return &Keeper{dir: dir}, nil
}

// place locks the first free place in dir that has a token, or that has none. It returns nil if
// there is no such place.
func place(dir string, withToken bool) (*Keeper, error) {
	for n := 1; n <= placesMax; n++ {
		path := filepath.Join(dir, fmt.Sprintf("%d.token", n))
		if _, err := os.Stat(path); (err == nil) != withToken {
			continue
		}
		k, err := Keep(path)
		switch {
		case errors.Is(err, ErrKept):
			continue
		case err != nil:
			return nil, err
		case withToken || k.token.IsZero():
			return k, nil
		}
		k.Close() // another program has left a token here just now
	}
	return nil, nil
}

// settle takes a place for the first token.
func (k *Keeper) settle() error {
	if err := os.MkdirAll(k.dir, 0o700); err != nil {
		return fmt.Errorf("making a place for the token: %w", err)
	}
	found, err := place(k.dir, false)
	switch {
	case err != nil:
		return err
	case found == nil:
		return fmt.Errorf("looking for a place in %s: %w", k.dir, ErrKept)
	}
	k.path, k.lock = found.path, found.lock
	return nil
}

// folder is a name for a server's address that every file system takes.
func folder(address string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' || r == '-' {
			return r
		}
		return '_'
	}, strings.ToLower(Address(address)))
}

// Keep uses one file, which need not be there. The error wraps ErrKept if another program does.
func Keep(path string) (*Keeper, error) {
	lock := flock.New(path+".lock", flock.SetPermissions(0o600))
	locked, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("locking the token: %w", err)
	}
	if !locked {
		return nil, fmt.Errorf("locking %s: %w", path, ErrKept)
	}
	k := &Keeper{path: path, lock: lock}
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		lock.Close()
		return nil, fmt.Errorf("reading the token: %w", err)
	}
	// What is no token was damaged: there is no way back to that seat.
	k.token, _ = ParseToken(strings.TrimSpace(string(text)))
	return k, nil
}

// Token returns the token that is kept; zeros for none.
func (k *Keeper) Token() Token { return k.token }

// Save keeps a token, whole or not at all, in a file that only the user can read. The error
// wraps ErrKept if 64 programs have a place already.
func (k *Keeper) Save(t Token) error {
	if t == k.token {
		return nil
	}
	if k.path == "" {
		if err := k.settle(); err != nil {
			return err
		}
	}
	next := k.path + ".new"
	err := os.WriteFile(next, []byte(t.Hex()+"\n"), 0o600)
	if err == nil {
		err = os.Rename(next, k.path)
	}
	if err != nil {
		return fmt.Errorf("keeping the token: %w", err)
	}
	k.token = t
	return nil
}

// Forget removes the token: there is no seat to come back to.
func (k *Keeper) Forget() error {
	k.token = Token{}
	if k.path == "" {
		return nil
	}
	if err := os.Remove(k.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing the token: %w", err)
	}
	return nil
}

// Close lets other programs use the place. The token stays.
func (k *Keeper) Close() error {
	if k.lock == nil {
		return nil
	}
	return k.lock.Close()
}
