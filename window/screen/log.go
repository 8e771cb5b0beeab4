package screen

import (
	"errors"
	"net"
	"time"

	"hansu/caption"
	"hansu/client"
	"hansu/i18n"
	"hansu/netio"
)

// log is the last lines of what has happened.
type log struct {
	lines []string
	count int // of lines ever
}

// linesMax bounds what is kept.
const linesMax = 500

func (l *log) add(now time.Time, text string) {
	if len(l.lines) >= linesMax {
		l.lines = append([]string(nil), l.lines[linesMax/5:]...)
	}
	l.lines = append(l.lines, now.Format("15:04")+"  "+text)
	l.count++
}

// say writes a line about the table.
func (a *App) say(t i18n.Text, args ...any) {
	a.game.add(a.now(), a.text(t, args...))
	a.changed = true
}

// reason says in the user's language why something failed. The system's errors keep their number and the
// system's own text.
func (a *App) reason(err error) string {
	var system *netio.Error
	var host *net.DNSError
	switch {
	case errors.As(err, &host) && host.IsNotFound:
		return a.text(i18n.WindowNoHost, host.Name)
	case errors.As(err, &system):
		return system.Error()
	case errors.Is(err, client.ErrBusy):
		return a.text(i18n.PlayBusy)
	case errors.Is(err, client.ErrText):
		return a.text(i18n.PlayCannotSend)
	case errors.Is(err, client.ErrKept):
		return a.text(i18n.WindowKept)
	}
	return caption.Reason(a.lang, err)
}
