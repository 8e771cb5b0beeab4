package i18n

import (
	"regexp"
	"strings"
)

// The library that reads the command line has its own texts in English only. These are they, as it has them, and their
// Korean: see [Lang.Usage] and [Lang.UsageError].
var (
	usageTexts = []Text{
		{"플래그:", "Flags:"},
		{"명령:", "Commands:"},
		{"인자:", "Arguments:"},
		{`명령마다 자세한 설명: %s <명령> --help`, `Run "%s <command> --help" for more information on a command.`},
		{`자세한 설명: %s --help`, `Run "%s --help" for more information.`},
	}
	usageErrors = []Text{
		{"없는 플래그: %s. %s 말인가요?", "unknown flag %s, did you mean one of %s?"},
		{"없는 플래그: %s. %s 말인가요?", "unknown flag %s, did you mean %s?"},
		{"없는 플래그: %s", "unknown flag %s"},
		{"여기에 쓸 수 없는 말: %s. %s 말인가요?", "unexpected argument %s, did you mean one of %s?"},
		{"여기에 쓸 수 없는 말: %s. %s 말인가요?", "unexpected argument %s, did you mean %s?"},
		{"여기에 쓸 수 없는 말: %s", "unexpected argument %s"},
		{"빠진 것: %s", "missing flags: %s"},
		{"빠진 것: %s", "missing positional arguments %s"},
		{"다음 가운데 하나가 있어야 합니다: %s", "expected one of %s"},
		{"%s: %s 가운데 하나여야 합니다. 적힌 값: %s", "%s must be one of %s but got %s"},
		{"함께 쓸 수 없는 것: %s, %s", "%s and %s can't be used together"},
		{"값(%s)이 있어야 합니다.", `expected %s value but got "EOL" (<EOL>)`},
		{"값(%s)이 있어야 합니다. 적힌 것: %s. 이렇게 적어 보세요: %s", "expected %s value but got %s (short flag); perhaps try %s?"},
		{"값(%s)이 있어야 합니다. 적힌 것: %s. 이렇게 적어 보세요: %s", "expected %s value but got %s (long flag); perhaps try %s?"},
		{"참이나 거짓(true, false)이어야 합니다. 적힌 값: %s", "bool value must be true, 1, yes, false, 0 or no but got %s"},
		{"30s나 5m 같은 시간이어야 합니다. 적힌 값: %s (%s)", "expected duration but got %s: %s"},
		{"%s비트 정수여야 합니다. 적힌 값: %s", "expected a valid %s bit int but got %s"},
		{"0 이상의 %s비트 정수여야 합니다. 적힌 값: %s", "expected a valid %s bit uint but got %s"},
		{"정수여야 합니다. 적힌 값: %s", "expected an int but got %s"},
		{"수여야 합니다. 적힌 값: %s", "expected a float but got %s"},
		{"있어야 하는 것: %s", "expected %s"},
	}
	usageWords = strings.NewReplacer("Usage: ", "사용법: ", "<command>", "<명령>", "[flags]", "[플래그]")
	// What the library puts before and behind an error: a flag, a variable of the environment.
	usageFlag = regexp.MustCompile(`^(--?[a-z0-9-]+(?:=\S+)?|<[^>]+>): (.*)$`)
	usageFrom = regexp.MustCompile(`^(.*) \(from envar (\S+)\)$`)
)

// HelpFlag says what --help does.
var HelpFlag = Text{"이 도움말을 보여 줍니다.", "Show this help."}

// Usage returns a line of the command line's help in the language.
func (l Lang) Usage(line string) string {
	if l != Korean {
		return line
	}
	if strings.HasPrefix(line, "Usage: ") {
		return usageWords.Replace(line)
	}
	return translate(usageTexts, line)
}

// UsageError returns in the language what is wrong with a command line. What is not known stays as it is.
func (l Lang) UsageError(text string) string {
	if l != Korean {
		return text
	}
	if m := usageFrom.FindStringSubmatch(text); m != nil {
		return l.UsageError(m[1]) + " (" + m[2] + ")"
	}
	if m := usageFlag.FindStringSubmatch(text); m != nil {
		return m[1] + ": " + l.UsageError(m[2])
	}
	return translate(usageErrors, text)
}

// translate finds the first text whose English is s, whatever its verbs stand for.
func translate(list []Text, s string) string {
	for _, t := range list {
		form := "^" + strings.ReplaceAll(regexp.QuoteMeta(t.En), "%s", "(.+?)") + "$"
		m := regexp.MustCompile(form).FindStringSubmatch(s)
		if m == nil {
			continue
		}
		args := make([]any, len(m)-1)
		for i := range args {
			args[i] = m[i+1]
		}
		return Korean.Text(t, args...)
	}
	return s
}
