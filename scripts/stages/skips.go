package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
)

// skip is one line of scripts/allowed-skips.
type skip struct {
	test string // package.Test, * stands for any run of characters
	says string // part of what the skip says
}

func readSkips(file string) ([]skip, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	skips, err := parseSkips(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return skips, nil
}

func parseSkips(r io.Reader) ([]skip, error) {
	var all []skip
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Split(line, "|")
		for i := range fields {
			fields[i] = strings.TrimSpace(fields[i])
		}
		if len(fields) != 3 || fields[0] == "" || fields[1] == "" || fields[2] == "" {
			return nil, fmt.Errorf("line %d: want test | what the skip says | why that is right", n)
		}
		if _, err := path.Match(fields[0], ""); err != nil {
			return nil, fmt.Errorf("line %d: %q: %w", n, fields[0], err)
		}
		all = append(all, skip{fields[0], fields[1]})
	}
	return all, lines.Err()
}

// allows reports whether one of skips covers a test (package.Test) that skipped with this text.
func allows(skips []skip, test, text string) bool {
	for _, s := range skips {
		// path.Match's * stops at a slash, which here is a letter like any other.
		ok, err := path.Match(strings.ReplaceAll(s.test, "/", "\x00"), strings.ReplaceAll(test, "/", "\x00"))
		if err == nil && ok && strings.Contains(text, s.says) {
			return true
		}
	}
	return false
}
