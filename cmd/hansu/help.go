package main

import (
	"bytes"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// printHelp prints the help that kong makes, in the user's language.
func (e *env) printHelp(options kong.HelpOptions, ctx *kong.Context) error {
	out := ctx.Stdout
	page := &helpPage{terminal: out}
	ctx.Stdout = page
	err := kong.DefaultHelpPrinter(options, ctx)
	ctx.Stdout = out
	if err != nil {
		return err
	}
	for line := range strings.Lines(page.String()) {
		text, end := strings.CutSuffix(line, "\n")
		text = e.lang.Usage(text)
		if end {
			text += "\n"
		}
		if _, err := io.WriteString(out, text); err != nil {
			return err
		}
	}
	return nil
}

// helpPage keeps what is written, and is as wide as the terminal it is for: kong asks its descriptor.
type helpPage struct {
	bytes.Buffer
	terminal io.Writer
}

func (p *helpPage) Fd() uintptr {
	if f, ok := p.terminal.(interface{ Fd() uintptr }); ok {
		return f.Fd()
	}
	return ^uintptr(0)
}
