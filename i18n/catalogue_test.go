package i18n

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"hansu/rules"
	"hansu/wire"
)

// entry is a text as the source has it.
type entry struct {
	where  string // name of the variable, with a key or index for what is inside one
	ko, en string
}

// catalogue reads every Text of this package from its source, so that none can be left out.
func catalogue(t *testing.T) (entries []entry, names []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no source", err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			before := len(entries)
			collect(t, spec.Names[0].Name, spec.Values[0], &entries)
			if len(entries) > before {
				names = append(names, spec.Names[0].Name)
			}
			return false
		})
	}
	if len(entries) < 100 {
		t.Fatalf("only %d texts found", len(entries))
	}
	return entries, names
}

// collect finds two strings in braces, at any depth.
func collect(t *testing.T, where string, e ast.Expr, entries *[]entry) {
	if kv, ok := e.(*ast.KeyValueExpr); ok {
		if key, ok := kv.Key.(*ast.BasicLit); ok {
			where += "[" + key.Value + "]"
		}
		e = kv.Value
	}
	lit, ok := e.(*ast.CompositeLit)
	if !ok {
		return
	}
	if len(lit.Elts) == 2 {
		ko, ok1 := text(lit.Elts[0])
		en, ok2 := text(lit.Elts[1])
		if ok1 && ok2 {
			*entries = append(*entries, entry{where, ko, en})
			return
		}
	}
	for _, x := range lit.Elts {
		collect(t, where, x, entries)
	}
}

func text(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

var verb = regexp.MustCompile(`%(?:\[(\d+)\])?[-+# 0]*[\d.]*([a-zA-Z%])`)

// verbs lists which argument each verb of a text takes: 1s, 2d.
func verbs(s string) []string {
	var all []string
	next := 1
	for _, m := range verb.FindAllStringSubmatch(s, -1) {
		if m[2] == "%" {
			continue
		}
		if m[1] != "" {
			next, _ = strconv.Atoi(m[1])
		}
		all = append(all, strconv.Itoa(next)+m[2])
		next++
	}
	slices.Sort(all)
	return all
}

// particles after something filled in would have to change with its last letter.
var particle = regexp.MustCompile(`%[sdvq](은|는|이|가|을|를|와|과|으로)(\s|$)`)

func TestTexts(t *testing.T) {
	entries, _ := catalogue(t)
	hangul := func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Hangul, r) })
	}
	for _, e := range entries {
		if e.ko == "" || e.en == "" {
			t.Errorf("%s: a language is missing", e.where)
		}
		if ko, en := verbs(e.ko), verbs(e.en); !slices.Equal(ko, en) {
			t.Errorf("%s: %v in Korean, %v in English", e.where, ko, en)
		}
		if hangul(e.en) {
			t.Errorf("%s: Korean in the English text: %q", e.where, e.en)
		}
		words := verb.ReplaceAllString(e.en, "")
		if !hangul(e.ko) && strings.ContainsFunc(words, unicode.IsLetter) {
			t.Errorf("%s: no Korean: %q", e.where, e.ko)
		}
		if particle.MatchString(e.ko) {
			t.Errorf("%s: a particle that depends on what is filled in: %q", e.where, e.ko)
		}
		for _, s := range []string{e.ko, e.en} {
			if strings.TrimSpace(s) != s || strings.Contains(s, "  ") && !strings.HasPrefix(e.where, "PlayHelp") {
				t.Errorf("%s: stray spaces: %q", e.where, s)
			}
		}
		sentence := strings.TrimRight(parenthesis.ReplaceAllString(e.ko, ""), " ")
		if strings.HasSuffix(sentence, ".") && !style.MatchString(sentence) && !strings.Contains(e.where, "Help[") {
			t.Errorf("%s: another style than 합쇼체 and 하세요: %q", e.where, e.ko)
		}
	}
}

// A Korean sentence ends in 합쇼체, in the request 하세요, or in what is filled in; help texts
// may name a thing instead.
var (
	style       = regexp.MustCompile(`(니다|세요|%[sd])\.$`)
	parenthesis = regexp.MustCompile(` ?\([^)]*\)`)
)

// TestUsed: a text that nothing shows is removed.
func TestUsed(t *testing.T) {
	_, names := catalogue(t)
	used := map[string]bool{}
	vars := map[string]bool{}
	reference := regexp.MustCompile(`\bi18n\.([A-Z]\w*)`)
	variable := regexp.MustCompile(`\$\{help_(\w+)\}`)
	err := fs.WalkDir(os.DirFS(".."), ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != ".":
			return fs.SkipDir
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		source, err := os.ReadFile(filepath.Join("..", path))
		if err != nil {
			return err
		}
		if inside := strings.HasPrefix(path, "i18n/"); inside {
			for _, n := range names {
				if n != "" && unicode.IsLower(rune(n[0])) && strings.Count(string(source), n) > strings.Count(string(source), n+" ") {
					used[n] = true
				}
			}
		}
		for _, m := range reference.FindAllStringSubmatch(string(source), -1) {
			used[m[1]] = true
		}
		for _, m := range variable.FindAllStringSubmatch(string(source), -1) {
			vars[m[1]] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		if !used[n] {
			t.Errorf("%s is not used anywhere", n)
		}
	}
	for _, help := range helpTexts {
		for name := range help {
			if !vars[name] {
				t.Errorf("the help text %q is not used by any flag or command", name)
			}
			delete(vars, name)
		}
	}
	for name := range vars {
		t.Errorf("there is no help text %q", name)
	}
}

// TestNumbers: every number of the protocol and of the rules has its text, and no text
// stands for a number that is not there. A number without a name is written with the number itself.
func TestNumbers(t *testing.T) {
	for n := range uint16(1000) {
		known := !strings.Contains(wire.ErrorCode(n).String(), strconv.Itoa(int(n)))
		if _, ok := errorTexts[n]; ok != known {
			t.Errorf("error %d (%v): text %v", n, wire.ErrorCode(n), ok)
		}
	}
	for _, c := range []struct {
		name  string
		texts map[uint8]Text
		of    func(uint8) string
	}{
		{"problem", problemTexts, func(n uint8) string { return rules.Problem(n).String() }},
		{"reason", reasonTexts, func(n uint8) string { return rules.Reason(n).String() }},
		{"game", gameTexts, func(n uint8) string { return rules.Kind(n).String() }},
		{"opening", openingTexts, func(n uint8) string { return rules.Opening(n).String() }},
	} {
		for n := range 256 {
			known := !strings.HasSuffix(c.of(uint8(n)), "("+strconv.Itoa(n)+")")
			if _, ok := c.texts[uint8(n)]; ok != known {
				t.Errorf("%s %d (%s): text %v", c.name, n, c.of(uint8(n)), ok)
			}
		}
	}
	for n := range 256 {
		known := rules.Ruleset(n).String() != "ruleset("+strconv.Itoa(n)+")"
		if _, ok := rulesetTexts[uint8(n)]; ok != known {
			t.Errorf("rule set %d: text %v", n, ok)
		}
	}
}
