package arch

import (
	"fmt"
	"go/ast"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// The ceilings. Aim lower: 500 lines a file, 60 a function. When one is hit, the
// code moves, not the ceiling.
const (
	fileLinesMax     = 600
	functionLinesMax = 80
)

var generated = regexp.MustCompile(`(?m)^// .*[Gg]enerated .* DO NOT EDIT\.$`)

// fileSizes checks Go and TypeScript files that people write, tests aside.
func fileSizes(p project) []string {
	var faults []string
	for _, name := range p.paths() {
		goCode := strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go")
		tsCode := strings.HasSuffix(name, ".ts") && !strings.HasSuffix(name, ".test.ts") && !strings.HasSuffix(name, ".d.ts")
		if !goCode && !tsCode || strings.Contains(name, "testdata/") || generated.MatchString(p[name]) {
			continue
		}
		if n := strings.Count(p[name], "\n"); n > fileLinesMax {
			faults = append(faults, fmt.Sprintf("%s: %d lines, over %d: is it one thing?", name, n, fileLinesMax))
		}
	}
	return faults
}

// functionSizes checks Go functions, tests aside.
func functionSizes(p project) []string {
	var faults []string
	for _, f := range p.goFiles() {
		if f.test || f.generated {
			continue
		}
		for _, d := range f.ast.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			n := f.fset.Position(fn.End()).Line - f.fset.Position(fn.Pos()).Line + 1
			if n > functionLinesMax {
				faults = append(faults, fmt.Sprintf("%s: %s has %d lines, over %d", f.at(fn.Pos()), fn.Name.Name, n, functionLinesMax))
			}
		}
	}
	return faults
}

// packageComments checks that each package says what it is for, once.
func packageComments(p project) []string {
	packages := p.packages()
	var faults []string
	for _, dir := range slices.Sorted(maps.Keys(packages)) {
		files := packages[dir]
		name := files[0].ast.Name.Name
		var said []string
		for _, f := range files {
			if f.ast.Doc == nil {
				continue
			}
			said = append(said, f.path)
			if text := f.ast.Doc.Text(); name != "main" && !strings.HasPrefix(text, "Package "+name+" ") {
				faults = append(faults, fmt.Sprintf("%s: the package comment does not begin with Package %s", f.path, name))
			}
		}
		if len(said) != 1 {
			faults = append(faults, fmt.Sprintf("%s: %d package comments %v, want one", dir, len(said), said))
		}
	}
	return faults
}
