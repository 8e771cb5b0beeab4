// Gen writes everything that follows from the schema of packets: the Go codec, the C
// header, the TypeScript codec and the tables of the protocol's documents.
// It is run by "go generate ./wire"; with -check it only says whether the files are up to date.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	root := flag.String("root", "..", "the module's `folder`, seen from where gen runs")
	check := flag.Bool("check", false, "write nothing, fail if a file is stale")
	flag.Parse()
	if err := run(*root, *check); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// run writes each file that has changed, or with check returns an error that names the first stale one.
func run(root string, check bool) error {
	files, err := generate(root)
	if err != nil {
		return err
	}
	for _, f := range files {
		path := filepath.Join(root, filepath.FromSlash(f.path))
		old, err := os.ReadFile(path)
		if err == nil && bytes.Equal(old, f.text) {
			continue
		}
		if check {
			return fmt.Errorf("%s is stale: run go generate ./wire", f.path)
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, f.text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// file is one generated file; path is from the module's root, with slashes.
type file struct {
	path string
	text []byte
}

// generate returns all files as they should be.
func generate(root string) ([]file, error) {
	s, err := load(filepath.Join(root, "wire"))
	if err != nil {
		return nil, err
	}
	if s.numbers, err = loadNumbers(filepath.Join(root, "rules")); err != nil {
		return nil, err
	}
	code, err := goCodec(s)
	if err != nil {
		return nil, err
	}
	header, err := cHeader(s)
	if err != nil {
		return nil, err
	}
	script, err := tsCodec(s)
	if err != nil {
		return nil, err
	}
	docs, err := documents(root, s)
	if err != nil {
		return nil, err
	}
	return append([]file{
		{"wire/codec.go", code},
		{"sdk/c/hansu.h", header},
		{"web/src/wire.ts", script},
	}, docs...), nil
}
