package main

import (
	"bytes"
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// fuzzTarget is one native fuzz target of the package pkg in the folder dir.
type fuzzTarget struct{ pkg, dir, name string }

// fuzzTargets lists every fuzz target of the module. It reads the source: `go test -list` would first make
// every package's test program.
func fuzzTargets(ctx context.Context, out io.Writer) ([]fuzzTarget, error) {
	var list bytes.Buffer
	err := command(ctx, &list, nil, "go", "list", "-f", "{{$p := .}}{{range .TestGoFiles}}{{$p.ImportPath}}|{{$p.Dir}}|{{.}}\n{{end}}"+
		"{{range .XTestGoFiles}}{{$p.ImportPath}}|{{$p.Dir}}|{{.}}\n{{end}}", "./...")
	if err != nil {
		out.Write(list.Bytes())
		return nil, err
	}
	var found []fuzzTarget
	for line := range strings.Lines(list.String()) {
		fields := strings.Split(strings.TrimSpace(line), "|")
		if len(fields) != 3 {
			continue // between packages
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(fields[1], fields[2]), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Fuzz") {
				found = append(found, fuzzTarget{fields[0], fields[1], f.Name.Name})
			}
		}
	}
	return found, nil
}

// buildFuzz makes the test programs of the targets' packages in the folder bin, each with the name of its package. The
// module's own code tells the fuzzer which ways it took, as `go test -fuzz` would have it; the code of others
// does not, and is thereby not compiled once more.
func buildFuzz(ctx context.Context, out io.Writer, bin string, targets []fuzzTarget) error {
	args := []string{"test", "-c", "-vet=off", "-ldflags=-w", "-gcflags=./...=-d=libfuzzer", "-o", bin + string(filepath.Separator)}
	for i, f := range targets {
		if i == 0 || f.pkg != targets[i-1].pkg {
			args = append(args, f.pkg)
		}
	}
	return command(ctx, out, roomy, "go", args...)
}

// fuzz runs one target for a -fuzztime. What it finds is kept under the package's testdata/fuzz, and what it
// learns where `go test -fuzz` keeps it.
func fuzz(ctx context.Context, out io.Writer, bin, cache string, f fuzzTarget, time string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(bin, path.Base(f.pkg)+".test"), "-test.run=^$", "-test.fuzz=^"+f.name+"$",
		"-test.fuzztime="+time, "-test.fuzzcachedir="+filepath.Join(cache, "fuzz", filepath.FromSlash(f.pkg)))
	cmd.Dir, cmd.Stdout, cmd.Stderr = f.dir, out, out
	politely(cmd)
	return cmd.Run()
}

// timeUp is what a fuzz target's program says when its -fuzztime ended while a worker was busy: it may call
// that a failure although nothing was found (https://go.dev/issue/48591).
var timeUp = regexp.MustCompile(`^(fuzz: elapsed: .*\n)*--- FAIL: Fuzz\w* \([0-9.]+s\)\n +context deadline exceeded\nFAIL\n$`)

// timeOnly reports whether that, and nothing else, is what a fuzz target has said. A finding names the input
// it was made with, or the seed.
func timeOnly(said string) bool { return timeUp.MatchString(said) }

// fuzzEach runs every fuzz target for what share gives when told how many there are:
// a -fuzztime, such as 3s or, in runs, 100x.
func fuzzEach(share func(targets int) string) func(context.Context, io.Writer) (tally, error) {
	return func(ctx context.Context, out io.Writer) (tally, error) {
		targets, err := fuzzTargets(ctx, out)
		if err != nil || len(targets) == 0 {
			return tally{}, err
		}
		bin, err := os.MkdirTemp("", "hansu-fuzz-")
		if err != nil {
			return tally{}, err
		}
		defer os.RemoveAll(bin)
		if err := buildFuzz(ctx, out, bin, targets); err != nil {
			return tally{}, err
		}
		cache, err := exec.CommandContext(ctx, "go", "env", "GOCACHE").Output()
		if err != nil {
			return tally{}, err
		}
		var counted tally
		for _, f := range targets {
			var text bytes.Buffer
			err := fuzz(ctx, &text, bin, strings.TrimSpace(string(cache)), f, share(len(targets)))
			if err == nil || timeOnly(text.String()) {
				counted.passed++
				continue
			}
			counted.failed++
			fmt.Fprintf(out, "--- FAILED %s.%s: %v\n%s", f.pkg, f.name, err, text.String())
		}
		if counted.failed > 0 {
			return counted, fmt.Errorf("%d of %d fuzz targets failed", counted.failed, len(targets))
		}
		return counted, nil
	}
}
