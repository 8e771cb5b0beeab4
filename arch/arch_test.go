// Package arch has no code of its own: its tests hold the whole project to
// docs/architecture.md and to a few habits. Each check takes the project as a value,
// so that it is itself tested with projects that break it.
package arch

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// project is the text of every text file by its path from the module's root, with
// slashes.
type project map[string]string

// check returns what is wrong in p, one line each, beginning with the file.
type check func(p project) []string

var checks = map[string]check{
	"folders":   folders,
	"imports":   imports,
	"purity":    purity,
	"comments":  packageComments,
	"files":     fileSizes,
	"functions": functionSizes,
	"sleeps":    sleeps,
	"skips":     skips,
	"words":     words,
	"links":     links,
}

func TestProject(t *testing.T) {
	p := load(t)
	for name, c := range checks {
		t.Run(name, func(t *testing.T) {
			for _, fault := range c(p) {
				t.Error(fault)
			}
		})
	}
}

// load reads the files that git tracks or would add, or all of them where git is missing.
func load(t *testing.T) project {
	t.Helper()
	root := ".."
	paths := listed(root)
	if paths == nil {
		paths = walked(t, root)
	}
	p := project{}
	for _, name := range paths {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			continue // deleted but not yet committed, or a link to a folder
		}
		if utf8.Valid(text) && bytes.IndexByte(text, 0) < 0 {
			p[name] = string(text)
		}
	}
	for _, must := range []string{"go.mod", architecture} {
		if p[must] == "" {
			t.Fatalf("%s is missing among %d files", must, len(p))
		}
	}
	return p
}

func listed(root string) []string {
	cmd := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil || len(out) == 0 {
		return nil
	}
	return strings.Split(strings.TrimRight(string(out), "\x00"), "\x00")
}

func walked(t *testing.T, root string) []string {
	t.Helper()
	var paths []string
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		hidden := strings.HasPrefix(d.Name(), ".") && file != root && d.Name() != ".ci"
		switch {
		case err != nil:
			return err
		case d.IsDir() && (hidden || d.Name() == "node_modules" || d.Name() == "bin"):
			return fs.SkipDir
		case !d.IsDir():
			rel, err := filepath.Rel(root, file)
			paths = append(paths, filepath.ToSlash(rel))
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// goFile is a parsed Go file.
type goFile struct {
	path      string
	ast       *ast.File
	fset      *token.FileSet
	test      bool // _test.go
	generated bool
}

// at writes a place in the file.
func (f goFile) at(pos token.Pos) string {
	return fmt.Sprintf("%s:%d", f.path, f.fset.Position(pos).Line)
}

// folder is the file's top-level folder.
func (f goFile) folder() string {
	top, _, _ := strings.Cut(f.path, "/")
	return top
}

// importPaths returns what the file imports.
func (f goFile) importPaths() []string {
	var all []string
	for _, i := range f.ast.Imports {
		all = append(all, strings.Trim(i.Path.Value, `"`))
	}
	return all
}

// forTests reports whether the file serves tests: a test, or part of a conformance suite.
func (f goFile) forTests() bool {
	return f.test || slices.Contains(f.importPaths(), "testing")
}

// goFiles parses every Go file, whatever system it is for, in order of path. Files
// under testdata are data.
func (p project) goFiles() []goFile {
	var all []goFile
	for _, name := range p.paths() {
		if !strings.HasSuffix(name, ".go") || strings.Contains(name, "testdata/") {
			continue
		}
		fset := token.NewFileSet()
		// A file that does not parse fails the build; here what could be read is looked at.
		f, _ := parser.ParseFile(fset, name, p[name], parser.ParseComments|parser.SkipObjectResolution)
		if f == nil {
			continue
		}
		all = append(all, goFile{name, f, fset, strings.HasSuffix(name, "_test.go"), ast.IsGenerated(f)})
	}
	return all
}

func (p project) paths() []string {
	var all []string
	for name := range p {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// packages returns the folder of each Go file that is no test, with the files.
func (p project) packages() map[string][]goFile {
	all := map[string][]goFile{}
	for _, f := range p.goFiles() {
		if !f.test {
			all[path.Dir(f.path)] = append(all[path.Dir(f.path)], f)
		}
	}
	return all
}
