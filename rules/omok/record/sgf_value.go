package record

import (
	"strings"

	"hansu/rules"
)

// text undoes the escapes of a Text value: a backslash takes the next character as it
// is, and with it a line's end away.
func text(raw []byte) string {
	var out []byte
	for i := 0; i < len(raw); i++ {
		switch b := raw[i]; {
		case b == '\\':
			if i++; i >= len(raw) {
				break
			}
			if raw[i] == '\r' && i+1 < len(raw) && raw[i+1] == '\n' {
				i++
			} else if raw[i] != '\n' && raw[i] != '\r' {
				out = append(out, raw[i])
			}
		case b == '\r':
			if i+1 >= len(raw) || raw[i+1] != '\n' {
				out = append(out, '\n')
			}
		case b == '\t' || b == '\v' || b == '\f':
			out = append(out, ' ')
		default:
			out = append(out, b)
		}
	}
	return strings.Trim(decode(out), "\n")
}

// simple is text on one line without blanks around it.
func simple(raw []byte) string {
	return strings.TrimSpace(strings.ReplaceAll(text(raw), "\n", " "))
}

// rulesOf recognises a rule set by its name, 0 if it is none of ours.
func rulesOf(v string) rules.Ruleset {
	v = strings.ToLower(v)
	for rs := rules.Freestyle; rs <= rules.CaroExact; rs++ {
		if v == rs.String() {
			return rs
		}
	}
	switch {
	case strings.Contains(v, "renju"):
		return rules.Renju
	case strings.Contains(v, "free"):
		return rules.Freestyle
	case strings.Contains(v, "standard"), strings.Contains(v, "exact"):
		return rules.Standard
	}
	return 0
}

// resultOf reads RE: B+, W+R, 0, Draw, Void, ?.
func resultOf(v string) Result {
	r := Result{Text: v}
	up := strings.ToUpper(v)
	winner, how, plus := strings.Cut(up, "+")
	switch {
	case up == "0" || strings.HasPrefix(up, "DRAW") || up == "JIGO":
		r.Known = true
		return r
	case !plus || (winner != "B" && winner != "W"):
		return r
	}
	r.Known, r.Winner = true, sideOf(winner)
	switch how {
	case "R", "RESIGN":
		r.Reason = rules.Resignation
	case "T", "TIME":
		r.Reason = rules.Flag
	}
	return r
}
