//go:build unix

// Package postgrestest runs a real PostgreSQL server for tests, with data of its own that nobody else
// sees and that goes with the test.
package postgrestest

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Server is a running server.
type Server struct {
	dir    string
	bin    string
	port   int
	cred   *syscall.Credential // whom it runs as; nil: the user of the test
	cmd    *exec.Cmd
	exited chan struct{}
	bases  atomic.Int64
}

// bin finds the folder of the newest server that Debian, or whoever, has installed.
func bin() string {
	if path, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil { // what belongs to it is beside it
			path = real
		}
		return filepath.Dir(path)
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	newest, version := "", 0
	for _, path := range found {
		dir := filepath.Dir(path)
		if v, err := strconv.Atoi(filepath.Base(filepath.Dir(dir))); err == nil && v > version {
			newest, version = dir, v
		}
	}
	return newest
}

// shared is the server of Shared.
var shared struct {
	once sync.Once
	dir  string
	*Server
	err error
}

// Shared returns a server that all tests of the process have in common, each with databases of its own, or
// skips the test where none is installed. Main ends it.
func Shared(t testing.TB) *Server {
	t.Helper()
	if bin() == "" {
		t.Skip("needs postgresql")
	}
	shared.once.Do(func() {
		if shared.dir, shared.err = os.MkdirTemp("", "hansu-pg-"); shared.err == nil {
			shared.Server, shared.err = start(shared.dir)
		}
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.Server
}

// Main runs the tests of a process that uses Shared, and returns its exit code.
func Main(m *testing.M) int {
	defer func() {
		if shared.Server != nil {
			shared.Stop()
		}
		if shared.dir != "" {
			os.RemoveAll(shared.dir)
		}
	}()
	return m.Run()
}

// Start starts a server for one test, which may stop it, or skips the test where none is installed.
func Start(t testing.TB) *Server {
	t.Helper()
	if bin() == "" {
		t.Skip("needs postgresql")
	}
	s, err := start(folder(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s
}

// folder makes a folder that goes with the test. The path of a socket is short (107 bytes), so it is not in t.TempDir.
func folder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "hansu-pg-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func start(dir string) (*Server, error) {
	return begin(dir, "initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync")
}

// begin starts a server on the data that a program makes.
func begin(dir, program string, args ...string) (*Server, error) {
	s := &Server{dir: dir, bin: bin()}
	if err := s.asNobody(); err != nil {
		return nil, err
	}
	if out, err := s.command(program, append(args, "-D", filepath.Join(dir, "data"))...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s: %w: %s", program, err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.port = l.Addr().(*net.TCPAddr).Port
	if err := l.Close(); err != nil {
		return nil, err
	}
	return s, s.Run()
}

// asNobody lets the server run as another user when the test runs as root, which PostgreSQL refuses.
func (s *Server) asNobody() error {
	if os.Getuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		s.cred = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		return os.Chown(s.dir, uid, gid)
	}
	return fmt.Errorf("no user to run PostgreSQL as: neither postgres nor nobody")
}

func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir = s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.cred}
	return cmd
}

// Run starts a server that was stopped, on the same data and address.
func (s *Server) Run() error {
	// A test ends processes, never the machine: what the system has been given is kept without waiting for its disk.
	// And its databases are many and short-lived: to vacuum each in turn would be the server's main work.
	s.cmd = s.command("postgres", "-D", filepath.Join(s.dir, "data"), "-p", strconv.Itoa(s.port), "-k", s.dir,
		"-c", "listen_addresses=127.0.0.1", "-c", "max_connections=500", "-c", "shared_buffers=64MB", "-c", "fsync=off", "-c", "autovacuum=off",
		"-c", "cluster_name="+standbyName)
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if err := s.cmd.Start(); err != nil {
		return err
	}
	exited := make(chan struct{})
	s.exited = exited
	go func() {
		_ = s.cmd.Wait()
		close(exited)
	}()
	return s.ready()
}

// ready waits until the server takes connections.
func (s *Server) ready() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := pgx.Connect(ctx, s.URL("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-s.exited:
			text, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			return fmt.Errorf("PostgreSQL ended: %s", text)
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL does not answer: %w", err)
		case <-tick.C:
		}
	}
}

// URL is the address of a database, over TCP.
func (s *Server) URL(database string) string {
	u := url.URL{Scheme: "postgres", User: url.User("postgres"), Host: s.Addr(), Path: database, RawQuery: "sslmode=disable"}
	return u.String()
}

// Addr is the server's TCP address.
func (s *Server) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// Database makes an empty database and returns its address.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	name := "test" + strconv.FormatInt(s.bases.Add(1), 10)
	s.Exec(t, "postgres", "CREATE DATABASE "+name+" STRATEGY file_copy") // half the work of writing a log of it
	return s.URL(name)
}

// Exec runs a statement in a database.
func (s *Server) Exec(t testing.TB, database, sql string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, s.URL(database))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// Stop ends the server at once, as a crash does, but for what PostgreSQL wrote to its disk.
func (s *Server) Stop() { s.signal(syscall.SIGQUIT) }

// Shutdown ends the server in good order, without waiting for its clients to leave.
func (s *Server) Shutdown() { s.signal(syscall.SIGINT) }

func (s *Server) signal(sig os.Signal) {
	select {
	case <-s.exited:
		return
	default:
	}
	_ = s.cmd.Process.Signal(sig)
	<-s.exited
}

// Log returns what the server has written, for a test that failed.
func (s *Server) Log() string {
	text, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	return strings.TrimSpace(string(text))
}
