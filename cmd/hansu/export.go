package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"hansu/archive"
	"hansu/client"
	"hansu/i18n"
	"hansu/rules/records"
	"hansu/store"
	"hansu/store/sqlite"
)

type exportCmd struct {
	Code   string `arg:"" optional:"" help:"${help_export_code}"`
	All    bool   `help:"${help_export_all}"`
	Data   string `type:"path" xor:"from" placeholder:"DIR" help:"${help_export_data}"`
	Server string `xor:"from" placeholder:"ADDR" help:"${help_export_server}"`
	Format string `default:"" enum:",pgn,sgf,psq,moves,json" help:"${help_export_format}"`
	JSON   bool   `name:"json" help:"${help_export_json}"`
	Output string `short:"o" type:"path" placeholder:"FILE" help:"${help_export_output}"`
}

func (c *exportCmd) Run(e *env) error {
	code, number, err := c.wanted(e.lang)
	if err != nil {
		return usageError{err}
	}
	switch {
	case c.JSON && c.Format != "":
		return usageError{errors.New(e.lang.Text(i18n.ExportTwice))}
	case c.JSON:
		c.Format = "json"
	case c.Format == "" && c.Output != "":
		return usageError{errors.New(e.lang.Text(i18n.ExportFile))}
	case c.Format == "":
		return c.list(e, code, number)
	}
	format, err := records.ParseFormat(c.Format)
	if err != nil {
		return usageError{err}
	}
	return c.write(e, func(w io.Writer) (int, error) {
		x := exporter{lang: e.lang, w: w, format: format, all: c.All, number: number}
		if err := c.read(e, code, number, x.game); err != nil {
			return 0, c.explain(e.lang, err)
		}
		if x.leftOut > 0 {
			fmt.Fprintln(e.err, e.lang.Text(i18n.ExportLeftOut, x.leftOut, format))
		}
		if x.written == 0 && !c.All {
			return 0, errors.New(e.lang.Text(i18n.ExportNone, c.Code))
		}
		return x.written, nil
	})
}

// wanted is what games are asked for: those of a table, the one with a number, or, with an empty
// code, all.
func (c *exportCmd) wanted(lang i18n.Lang) (code string, number uint16, err error) {
	switch {
	case (c.Code == "") != c.All:
		return "", 0, errors.New(lang.Text(i18n.ExportWhat))
	case c.All && c.Server != "":
		return "", 0, errors.New(lang.Text(i18n.ExportFrom))
	}
	code, nth, ok := strings.Cut(c.Code, "/")
	if ok {
		n, err := strconv.ParseUint(nth, 10, 16)
		if err != nil || n == 0 {
			return "", 0, errors.New(lang.Text(i18n.ExportNumber, c.Code))
		}
		number = uint16(n)
	}
	return code, number, nil
}

// read calls f with the games.
func (c *exportCmd) read(e *env, code string, number uint16, f func(records.Game) error) error {
	if c.Server != "" {
		cfg := client.Config{Address: c.Server, Name: accountName(e), Language: uint8(e.lang)}
		return archive.Watch(e.ctx, cfg, code, f)
	}
	if c.Data == "" {
		var err error
		if c.Data, err = dataDir(e.getenv); err != nil {
			return errors.New(e.lang.Text(i18n.ServeNoHome, err))
		}
	}
	view, err := sqlite.OpenView(e.ctx, c.Data)
	if err != nil {
		return err
	}
	a := archive.New(view)
	switch {
	case c.All:
		err = a.All(e.ctx, f)
	case number > 0:
		err = a.Game(e.ctx, code, number, f)
	default:
		err = a.Table(e.ctx, code, f)
	}
	return errors.Join(err, view.Close())
}

// explain says what to do about the errors that a user can do something about.
func (c *exportCmd) explain(lang i18n.Lang, err error) error {
	switch {
	case errors.Is(err, store.ErrNotFound):
		return errors.New(lang.Text(i18n.ExportNone, c.Code))
	case errors.Is(err, store.ErrNewer):
		return errors.New(lang.Text(i18n.ServeNewer, c.Data))
	case c.Server == "" && errors.Is(err, fs.ErrNotExist):
		return errors.New(lang.Text(i18n.ExportNoData, c.Data))
	}
	return err
}

// write calls games with where they go. A file is there only when it is whole, and then takes the
// place of an earlier one.
func (c *exportCmd) write(e *env, games func(io.Writer) (int, error)) error {
	if c.Output == "" {
		out := bufio.NewWriter(e.out)
		_, err := games(out)
		return errors.Join(err, out.Flush())
	}
	file, err := os.CreateTemp(filepath.Dir(c.Output), filepath.Base(c.Output)+".partial-*")
	if err != nil {
		return err
	}
	out := bufio.NewWriter(file)
	n, err := games(out)
	if err == nil {
		err = errors.Join(out.Flush(), file.Chmod(0o644))
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), c.Output)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	fmt.Fprintln(e.err, e.lang.Text(i18n.ExportFinished, n, c.Output))
	return nil
}

// exporter writes games one after another.
type exporter struct {
	lang    i18n.Lang
	w       io.Writer
	format  records.Format
	all     bool   // games that the format cannot hold are left out
	number  uint16 // the only game wanted; 0: every one
	written int
	leftOut int
}

func (x *exporter) game(g records.Game) error {
	if x.number > 0 && g.Number != int(x.number) {
		return nil
	}
	err := records.Write(x.w, x.format, g)
	switch {
	case err == nil:
		x.written++
	case x.all && errors.Is(err, records.ErrFormat):
		x.leftOut++
	default:
		return errors.New(x.lang.Text(i18n.ExportCannot, g.Code, x.format, err))
	}
	return nil
}
