package arch

import (
	"fmt"
	"go/ast"
	"path"
	"regexp"
	"strings"
)

// sleepers are the files that serve tests and may call time.Sleep, with the reason.
var sleepers = map[string]string{
	"client/client_test.go":               "goroutines end without an event; polled, a millisecond apart",
	"netio/models_windows_test.go":        "a loop's state changes without an event; polled, a millisecond apart",
	"netio/netiotest/netiotest.go":        "a server's counters change without an event; polled, a millisecond apart",
	"netio/netiotest/descriptors_unix.go": "no descriptor is free until the server has closed one; tried again, a millisecond apart",
	"netio/netiotest/slow.go":             "that nothing is received while paused has no event either",
	"table/shard_test.go":                 "the clock is testing/synctest's own: no time passes",
}

// sleeps checks that tests await events instead of guessing how long they take.
func sleeps(p project) []string {
	var faults []string
	for _, f := range p.goFiles() {
		if !f.forTests() || sleepers[f.path] != "" {
			continue
		}
		f.calls(func(call *ast.CallExpr, on, method string) {
			if on == "time" && method == "Sleep" {
				faults = append(faults, fmt.Sprintf("%s: a test sleeps; wait for the event, or name the file in sleepers with the reason", f.at(call.Pos())))
			}
		})
	}
	return faults
}

// skips checks that every skip says why.
func skips(p project) []string {
	var faults []string
	for _, f := range p.goFiles() {
		if !f.forTests() {
			continue
		}
		f.calls(func(call *ast.CallExpr, _, method string) {
			if method == "SkipNow" || (method == "Skip" || method == "Skipf") && len(call.Args) == 0 {
				faults = append(faults, fmt.Sprintf("%s: a skip without its reason", f.at(call.Pos())))
			}
		})
	}
	return faults
}

// calls calls visit with every call of the form on.method(…).
func (f goFile) calls(visit func(call *ast.CallExpr, on, method string)) {
	ast.Inspect(f.ast, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
				on := ""
				if id, ok := sel.X.(*ast.Ident); ok {
					on = id.Name
				}
				visit(call, on, sel.Sel.Name)
			}
		}
		return true
	})
}

// word is a pattern that no committed text has, put together so that this file does
// not have it either.
type word struct {
	pattern *regexp.Regexp
	why     string
	except  func(file string) bool
}

func nowhere(string) bool { return false }

var unwanted = []word{
	{regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|X` + `XX)\b`), "something left open", nowhere},
	{regexp.MustCompile(`(^|[\s"'(=:` + "`" + `])/(wo` + `rk|tm` + `p|ro` + `ot|ho` + `me)/`), "a path of one machine", nowhere},
	{regexp.MustCompile(`\.\./sha` + `red\b`), "the data beside the checkout is for tests", func(file string) bool {
		return strings.HasSuffix(file, "_test.go") || file == "scripts/allowed-skips"
	}},
}

// words checks every text for what does not belong in it.
func words(p project) []string {
	var faults []string
	for _, name := range p.paths() {
		if strings.Contains(name, "testdata/") || name == "go.sum" {
			continue
		}
		for _, w := range unwanted {
			for n, line := range strings.Split(p[name], "\n") {
				if found := w.pattern.FindString(line); found != "" && !w.except(name) {
					faults = append(faults, fmt.Sprintf("%s:%d: %q: %s", name, n+1, strings.TrimSpace(found), w.why))
				}
			}
		}
	}
	return faults
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// records is the page that links to every decision's record.
const records = "docs/decisions/README.md"

// links checks that what a Markdown page links to inside the project is there, and
// that no decision's record is left out of their list.
func links(p project) []string {
	exists := map[string]bool{}
	for name := range p {
		for ; name != "."; name = path.Dir(name) {
			exists[name] = true
		}
	}
	var faults []string
	for _, name := range p.paths() {
		if !strings.HasSuffix(name, ".md") {
			continue
		}
		if dir, file := path.Split(name); dir == path.Dir(records)+"/" && name != records && !strings.Contains(p[records], "("+file+")") {
			faults = append(faults, fmt.Sprintf("%s: %s does not list it", name, records))
		}
		for _, m := range link.FindAllStringSubmatch(p[name], -1) {
			to, _, _ := strings.Cut(m[1], "#")
			if to == "" || strings.Contains(to, ":") {
				continue
			}
			if !exists[path.Join(path.Dir(name), to)] {
				faults = append(faults, fmt.Sprintf("%s: links to %s, which is not there", name, m[1]))
			}
		}
	}
	return faults
}
