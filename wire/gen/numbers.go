package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
)

// numbers are the stable numbers of one type of package rules, which packets carry.
type numbers struct {
	typ    string // Go's name, such as Reason
	prefix string // in C, such as REASON
	doc    string
	values []constDecl
}

// ruleNumbers lists the types of rules whose numbers are sent, and where their constants are.
var ruleNumbers = []numbers{
	{typ: "Kind", prefix: "KIND", doc: "the games: Variant.Kind"},
	{typ: "Ruleset", prefix: "RULES", doc: "the rule sets: Variant.Rules"},
	{typ: "Opening", prefix: "OPENING", doc: "omok's openings: Variant.Opening"},
	{typ: "Timing", prefix: "TIMING", doc: "the time controls: Timing.Kind"},
	{typ: "MoveKind", prefix: "MOVE", doc: "the kinds of move: Move.Kind"},
	{typ: "Reason", prefix: "REASON", doc: "why a game is over: Ended.Reason"},
	{typ: "Problem", prefix: "PROBLEM", doc: "what is wrong with a move: Error.Problem"},
}

// loadNumbers reads the constants of package rules. The package is parsed, not imported: wire's
// generator must run whatever state rules is in, and only its constants matter.
func loadNumbers(dir string) ([]numbers, error) {
	fset := token.NewFileSet()
	var files []*ast.File
	comments := map[string]string{}
	for _, name := range []string{"rules.go", "variant.go", "clock.go"} {
		f, err := parser.ParseFile(fset, filepath.Join(dir, name), nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
		ast.Inspect(f, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok {
				comments[v.Names[0].Name] = oneLine(v.Comment.Text())
			}
			return true
		})
	}
	// What cannot be resolved, such as imports, is no constant of ours.
	check := types.Config{Error: func(error) {}, IgnoreFuncBodies: true}
	pkg, _ := check.Check("rules", fset, files, nil)
	out := append([]numbers(nil), ruleNumbers...)
	choice, err := loadChoices(fset, filepath.Join(dir, "omok", "opening.go"))
	if err != nil {
		return nil, err
	}
	for i := range out {
		n := &out[i]
		for _, f := range files {
			n.collect(f, pkg.Scope(), comments)
		}
		if len(n.values) == 0 {
			return nil, fmt.Errorf("rules has no constants of type %s", n.typ)
		}
	}
	return append(out, choice), nil
}

// loadChoices reads the choices of omok's openings: the constants that are declared as uint8.
func loadChoices(fset *token.FileSet, path string) (numbers, error) {
	n := numbers{typ: "Choice", prefix: "CHOICE", doc: "the choices of omok's openings: Move.Arg when Move.Kind is a choice"}
	f, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
	if err != nil {
		return n, err
	}
	ast.Inspect(f, func(node ast.Node) bool {
		v, ok := node.(*ast.ValueSpec)
		if !ok {
			return true
		}
		typ, _ := v.Type.(*ast.Ident)
		if typ == nil || typ.Name != "uint8" || len(v.Values) != 1 {
			return true
		}
		if lit, ok := v.Values[0].(*ast.BasicLit); ok {
			value, _ := constant.Int64Val(constant.MakeFromLiteral(lit.Value, lit.Kind, 0))
			n.values = append(n.values, constDecl{name: v.Names[0].Name, value: value, comment: oneLine(v.Comment.Text())})
		}
		return true
	})
	if len(n.values) == 0 {
		return n, fmt.Errorf("%s has no choices", path)
	}
	return n, nil
}

// collect adds the constants of the type in the order of the source.
func (n *numbers) collect(f *ast.File, scope *types.Scope, comments map[string]string) {
	ast.Inspect(f, func(node ast.Node) bool {
		v, ok := node.(*ast.ValueSpec)
		if !ok {
			return true
		}
		c, ok := scope.Lookup(v.Names[0].Name).(*types.Const)
		if !ok {
			return true
		}
		if t, ok := c.Type().(*types.Named); ok && t.Obj().Name() == n.typ {
			value, _ := constant.Int64Val(c.Val())
			n.values = append(n.values, constDecl{name: c.Name(), value: value, comment: comments[c.Name()]})
		}
		return true
	})
}
