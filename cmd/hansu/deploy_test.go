package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/alecthomas/kong"

	"hansu/i18n"
)

// TestDeploy: every setting in the files of deploy/ is a flag of hansu serve.
func TestDeploy(t *testing.T) {
	var cli commands
	parser, err := kong.New(&cli, helpTexts(i18n.English), kong.DefaultEnvars("HANSU"))
	if err != nil {
		t.Fatal(err)
	}
	var known []string
	for _, command := range parser.Model.Children {
		if command.Name != "serve" {
			continue
		}
		for _, flag := range command.Flags {
			known = append(known, flag.Envs...)
		}
	}
	files, err := filepath.Glob("../../deploy/*")
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range regexp.MustCompile(`HANSU_[A-Z_]+`).FindAllString(string(text), -1) {
			if named++; !slices.Contains(known, name) {
				t.Errorf("%s: %s is no flag of hansu serve", file, name)
			}
		}
	}
	if named < 5 {
		t.Errorf("%d settings are named in deploy/", named)
	}
}
