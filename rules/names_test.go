package rules

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
	"testing"
)

// TestNames reads this package's own source: every constant of a named number type
// has a name of its own, so that none can be added without one.
func TestNames(t *testing.T) {
	names := map[string]func(n uint8) string{
		"Side":     func(n uint8) string { return Side(n).String() },
		"Player":   func(n uint8) string { return Player(n).String() },
		"Reason":   func(n uint8) string { return Reason(n).String() },
		"Problem":  func(n uint8) string { return Problem(n).String() },
		"MoveKind": func(n uint8) string { return MoveKind(n).String() },
		"Kind":     func(n uint8) string { return Kind(n).String() },
		"Ruleset":  func(n uint8) string { return Ruleset(n).String() },
		"Opening":  func(n uint8) string { return Opening(n).String() },
		"Timing":   func(n uint8) string { return Timing(n).String() },
	}
	seen := map[string]map[string]string{}
	for _, c := range constants(t) {
		typ, ok := c.Type().(*types.Named)
		if !ok || typ.Obj().Name() == "Millis" {
			continue
		}
		kind := typ.Obj().Name()
		name, ok := names[kind]
		if !ok {
			t.Errorf("%s: the type %s has no String method in this test", c.Name(), kind)
			continue
		}
		var n uint8
		if _, err := fmt.Sscan(c.Val().ExactString(), &n); err != nil {
			t.Fatal(err)
		}
		text := name(n)
		if text == "" || strings.ContainsAny(text, "()") || text != strings.ToLower(text) {
			t.Errorf("%s %s = %d has no name: %q", kind, c.Name(), n, text)
		}
		if seen[kind] == nil {
			seen[kind] = map[string]string{}
		}
		if other, taken := seen[kind][text]; taken {
			t.Errorf("%s and %s are both named %q", c.Name(), other, text)
		}
		seen[kind][text] = c.Name()
	}
	for kind := range names {
		if len(seen[kind]) < 2 {
			t.Errorf("found %d constants of type %s", len(seen[kind]), kind)
		}
	}
	if got := Reason(200).String(); got != "reason(200)" {
		t.Errorf("an unknown reason is %q", got)
	}
}

// constants returns the package's exported constants, type-checked from source.
func constants(t *testing.T) []*types.Const {
	t.Helper()
	fset := token.NewFileSet()
	var files []*ast.File
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	conf := types.Config{Importer: importer.ForCompiler(fset, "source", nil)}
	pkg, err := conf.Check("rules", fset, files, nil)
	if err != nil {
		t.Fatal(err)
	}
	var all []*types.Const
	for _, name := range pkg.Scope().Names() {
		if c, ok := pkg.Scope().Lookup(name).(*types.Const); ok && c.Exported() {
			all = append(all, c)
		}
	}
	return all
}
