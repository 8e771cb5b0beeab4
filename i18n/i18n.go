// Package i18n is the one catalogue of texts that people read, each in Korean and
// in English. A text is a variable of type [Text]; [Lang.Text] fills it in:
//
//	lang := i18n.Detect()
//	fmt.Println(lang.Text(i18n.PlayYourTurn))
//
// Korean is written in the polite 합쇼체 where the program reports and in 해요체
// where it asks or answers a person at the keyboard. Nothing here knows any other
// part of the program: what has a number elsewhere (a refusal, the reason of an
// end, a rule set) is looked up by that number.
package i18n

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// Lang is a language. The numbers are those of a Hello packet.
type Lang uint8

// The languages. Every other number is treated as English.
const (
	Korean  Lang = 1
	English Lang = 2
)

func (l Lang) String() string {
	if l == Korean {
		return "ko"
	}
	return "en"
}

// Text is one text in both languages, with the same fmt verbs in both. Where the
// languages want another order, the verbs carry argument indexes (%[2]s).
type Text struct{ Ko, En string }

// Text returns t in the language, its verbs filled in from args.
func (l Lang) Text(t Text, args ...any) string {
	s := t.En
	if l == Korean {
		s = t.Ko
	}
	if len(args) == 0 {
		return s
	}
	return fmt.Sprintf(s, args...)
}

// For returns the language of a tag or locale name: ko, ko-KR, ko_KR.UTF-8 and
// korean are Korean, everything else is English.
func For(tag string) Lang {
	tag = strings.ToLower(tag)
	if i := strings.IndexAny(tag, "-_.@"); i >= 0 {
		tag = tag[:i]
	}
	if tag == "ko" || tag == "kor" || tag == "korean" {
		return Korean
	}
	return English
}

// Detect returns the language of the person at this computer: of the first of
// HANSU_LANG, LC_ALL, LC_MESSAGES and LANG that is set, else of the operating system
// where it has a setting of its own (Windows), else English.
func Detect() Lang { return detect(os.Getenv, systemLocale) }

func detect(env func(string) string, system func() string) Lang {
	for _, name := range [...]string{"HANSU_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := env(name); v != "" {
			return For(v)
		}
	}
	return For(system())
}

// numbered looks n up and falls back to a text that shows the number, so that a
// newer peer's numbers are still told apart.
func numbered[N ~uint8 | ~uint16](l Lang, m map[N]Text, n N) string {
	if t, ok := m[n]; ok {
		return l.Text(t)
	}
	return l.Text(unknownNumber, n)
}

// Error returns what a person reads about a refusal with this code (as in an Error
// packet). For an illegal move it is what the problem says; problem is 0 otherwise.
func (l Lang) Error(code uint16, problem uint8) string {
	if problem != 0 {
		return l.Problem(problem)
	}
	return numbered(l, errorTexts, code)
}

// Problem says what is wrong with a move; n is rules.Problem's number.
func (l Lang) Problem(n uint8) string { return numbered(l, problemTexts, n) }

// Reason says why a game is over; n is rules.Reason's number.
func (l Lang) Reason(n uint8) string { return numbered(l, reasonTexts, n) }

// Game names a game; n is rules.Kind's number.
func (l Lang) Game(n uint8) string { return numbered(l, gameTexts, n) }

// Ruleset names a rule set; n is rules.Ruleset's number.
func (l Lang) Ruleset(n uint8) string { return numbered(l, rulesetTexts, n) }

// Opening names an omok opening; n is rules.Opening's number.
func (l Lang) Opening(n uint8) string { return numbered(l, openingTexts, n) }

// Side names a colour; n is rules.Side's number.
func (l Lang) Side(n uint8) string { return numbered(l, sideTexts, n) }

// Offer names what can be proposed: 1 a draw, 2 a take-back, 3 a rematch.
func (l Lang) Offer(n uint8) string { return numbered(l, offerTexts, n) }

// Duration writes a span of time in whole seconds, rounded up: 1분 5초, 1 min 5 s.
func (l Lang) Duration(d time.Duration) string {
	s := int((d + time.Second - 1) / time.Second)
	if s < 0 {
		s = 0
	}
	if s < 60 {
		return l.Text(seconds, s)
	}
	if s%60 == 0 {
		return l.Text(minutes, s/60)
	}
	return l.Text(minutesSeconds, s/60, s%60)
}

// Help returns the help texts of the command line by name, for kong.Vars: a flag's
// tag says help:"${help_tcp}".
func (l Lang) Help() map[string]string {
	m := make(map[string]string)
	for _, part := range helpTexts {
		for name, t := range part {
			m["help_"+name] = l.Text(t)
		}
	}
	return m
}

// helpTexts are all help texts; no name is in two of them.
var helpTexts = [...]map[string]Text{
	serveHelp,
	playHelp,
	consoleHelp,
	benchHelp,
	recordsHelp,
	webHelp,
	dataHelp,
	serversHelp,
	gamesHelp,
	limitHelp,
	windowHelp,
}
