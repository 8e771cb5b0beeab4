//go:build !windows

package main

import (
	"testing"

	"hansu/i18n"
)

// TestRun: help is no error; wrong words, and a system without such windows, are.
func TestRun(t *testing.T) {
	for _, c := range []struct {
		args []string
		want int
	}{
		{[]string{"--help"}, 0}, {nil, 1}, {[]string{"--game", "go"}, 1}, {[]string{"--time", "x"}, 1}, {[]string{"--no-such"}, 1},
	} {
		for _, lang := range []i18n.Lang{i18n.Korean, i18n.English} {
			if got := run(lang, c.args); got != c.want {
				t.Errorf("%v: exit code %d, want %d", c.args, got, c.want)
			}
		}
	}
}
