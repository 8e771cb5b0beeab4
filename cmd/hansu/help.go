package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"hansu/i18n"
)

// helpTexts puts the texts in the place of their names, such as ${help_tcp}, that stand in the commands' tags. As
// variables of kong's they would be looked through for further variables, all of them, once for each flag: that
// takes longer than most commands do.
func helpTexts(lang i18n.Lang) kong.Option {
	texts := lang.Help()
	return kong.PostBuild(func(k *kong.Kong) error {
		return kong.Visit(k.Model, func(node kong.Visitable, next kong.Next) error {
			help := new(string)
			switch node := node.(type) {
			case *kong.Node:
				help = &node.Help
			case *kong.Value: // a flag's comes after the flag
				help = &node.Help
			}
			if name, ok := strings.CutPrefix(*help, "${"); ok {
				text, known := texts[strings.TrimSuffix(name, "}")]
				if !known {
					return fmt.Errorf("no text %s", *help)
				}
				*help = text
			}
			return next(nil)
		})
	})
}

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
