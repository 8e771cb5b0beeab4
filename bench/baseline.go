package bench

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"hansu/bench/baseline/netpoll"
)

// baselines are the programs to compare with, in C and in Go. They are compiled when they are asked for, and no part of
// the product.
//
//go:embed baseline/*.c baseline/bare/*.go
var baselines embed.FS

// The names of the baselines.
const (
	BaselineEpoll     = "C epoll"
	BaselineUring     = "C io_uring"
	BaselineBareEpoll = "Go epoll"
	BaselineBareUring = "Go io_uring"
	BaselineNet       = "Go net"
	BaselineNetpoll   = "netpoll"
)

var bare, _ = fs.Sub(baselines, "baseline/bare") // the path is a valid one

// plainPrograms are the baselines by what they can be compared with. One with a file of C is built by cc, one with a directory
// of Go by the go command.
var plainPrograms = []struct {
	name, program string
	c             string
	goFiles       fs.FS
	args          []string // LoopsArg among them
	libraries     []string
}{
	{name: BaselineEpoll, program: "echo", c: "epoll_echo", args: []string{LoopsArg}},
	{name: BaselineUring, program: "echo", c: "uring_echo", args: []string{LoopsArg}, libraries: []string{"-luring"}},
	{name: BaselineBareEpoll, program: "echo", goFiles: bare, args: []string{"epoll", LoopsArg}},
	{name: BaselineBareUring, program: "echo", goFiles: bare, args: []string{"uring", LoopsArg}},
	{name: BaselineNetpoll, program: "echo", goFiles: netpoll.Files, args: []string{LoopsArg}},
	{name: BaselineEpoll, program: "chat", c: "epoll_echo", args: []string{LoopsArg, "fanout"}},
	{name: BaselineUring, program: "chat", c: "uring_echo", args: []string{LoopsArg, "fanout"}, libraries: []string{"-luring"}},
}

// plainTargets builds in dir what program can be compared with. What cannot be built is told in notes.
func plainTargets(ctx context.Context, dir, program string) (targets []Target, notes []string) {
	for _, b := range plainPrograms {
		if b.program != program {
			continue
		}
		var path string
		var err error
		switch {
		case runtime.GOOS != "linux":
			err = errors.New("is for Linux")
		case b.c != "":
			path, err = compileC(ctx, dir, b.c, b.libraries)
		default:
			path, err = compileGo(ctx, filepath.Join(dir, b.name), b.goFiles)
		}
		if err != nil {
			notes = append(notes, fmt.Sprintf("%s: %v", b.name, err))
			continue
		}
		targets = append(targets, Target{Name: b.name, Foreign: append([]string{path}, b.args...)})
	}
	if program == "echo" {
		targets = append(targets, Target{Name: BaselineNet, Serve: Serve{Program: "gonet"}})
	}
	return targets, notes
}

// compileC builds a file of C and gives the program's path. It needs a C compiler.
func compileC(ctx context.Context, dir, name string, libraries []string) (string, error) {
	text, err := baselines.ReadFile("baseline/" + name + ".c")
	if err != nil {
		return "", err
	}
	source, program := filepath.Join(dir, name+".c"), filepath.Join(dir, name)
	if err := os.WriteFile(source, text, 0o600); err != nil {
		return "", err
	}
	args := append([]string{"-O2", "-pthread", "-o", program, source}, libraries...)
	return program, build(exec.CommandContext(ctx, "cc", args...))
}

// compileGo builds files of Go in dir as a module of its own and gives the program's path. It needs a Go toolchain, and once
// the network for a module that is not in its cache. The files mod.txt and sum.txt, if they are there, are go.mod and go.sum.
func compileGo(ctx context.Context, dir string, from fs.FS) (string, error) {
	files, err := fs.ReadDir(from, ".")
	if err != nil {
		return "", err
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	program := filepath.Join(dir, "echo")
	texts := map[string][]byte{"go.mod": []byte("module echo\n\ngo 1.26\n")}
	args := []string{"build", "-o", program}
	for _, f := range files {
		as := f.Name()
		switch as {
		case "mod.txt":
			as = "go.mod"
		case "sum.txt":
			as = "go.sum"
		default:
			args = append(args, as) // by name, whatever build constraint keeps it out of our own module
		}
		if texts[as], err = fs.ReadFile(from, f.Name()); err != nil {
			return "", err
		}
	}
	for as, text := range texts {
		if err := os.WriteFile(filepath.Join(dir, as), text, 0o600); err != nil {
			return "", err
		}
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=readonly", "CGO_ENABLED=0")
	return program, build(cmd)
}

// build runs a compiler; what it says first is its error.
func build(cmd *exec.Cmd) error {
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	first, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return fmt.Errorf("%s: %w: %s", filepath.Base(cmd.Path), err, first)
}
