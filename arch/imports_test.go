package arch

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

const (
	architecture = "docs/architecture.md"
	module       = "hansu"
)

// row is a line of the page's table of parts.
type row struct {
	any     bool     // may import everything
	imports []string // folders, or folder/... with the folders inside
}

var (
	tableRow = regexp.MustCompile("(?m)^\\| `(\\w+)` \\| .* \\| (.*) \\|$")
	ticked   = regexp.MustCompile("`([^`]+)`")
)

func parts(p project) map[string]row {
	all := map[string]row{}
	for _, m := range tableRow.FindAllStringSubmatch(p[architecture], -1) {
		r := row{any: m[2] == "everything"}
		for _, i := range ticked.FindAllStringSubmatch(m[2], -1) {
			r.imports = append(r.imports, i[1])
		}
		all[m[1]] = r
	}
	return all
}

// folders checks that the table names every folder, and lets none import what it does not name.
func folders(p project) []string {
	table := parts(p)
	missing := map[string]bool{}
	for _, name := range p.paths() {
		top, _, inside := strings.Cut(name, "/")
		if _, ok := table[top]; inside && !ok && !strings.HasPrefix(top, ".") && top != "docs" {
			missing[top] = true
		}
	}
	var faults []string
	for _, top := range slices.Sorted(maps.Keys(missing)) {
		faults = append(faults, fmt.Sprintf("%s/: not in the table of parts in %s", top, architecture))
	}
	for _, top := range slices.Sorted(maps.Keys(table)) {
		for _, i := range table[top].imports {
			if _, ok := table[strings.TrimSuffix(i, "/...")]; !ok {
				faults = append(faults, fmt.Sprintf("%s: lets %s import %s, which has no row", architecture, top, i))
			}
		}
	}
	return faults
}

// imports checks the directions of the table, and that what serves tests alone, a package whose name ends in "test",
// stays out of the programs: it brings whole servers along.
func imports(p project) []string {
	table := parts(p)
	var faults []string
	for _, f := range p.goFiles() {
		r, listed := table[f.folder()]
		if f.test {
			continue
		}
		for _, imported := range f.importPaths() {
			if strings.HasPrefix(imported, module+"/") && strings.HasSuffix(imported, "test") && !f.forTests() {
				faults = append(faults, fmt.Sprintf("%s: imports %s, which serves tests alone", f.path, imported))
			}
			if !listed || r.any {
				continue
			}
			rest, ours := strings.CutPrefix(imported, module+"/")
			if ours && !r.allows(f.folder(), rest) {
				faults = append(faults, fmt.Sprintf("%s: %s may not import %s (table of parts in %s)", f.path, f.folder(), rest, architecture))
			}
		}
	}
	return faults
}

func (r row) allows(folder, imported string) bool {
	if imported == folder || strings.HasPrefix(imported, folder+"/") {
		return true
	}
	for _, i := range r.imports {
		tree, whole := strings.CutSuffix(i, "/...")
		if imported == tree || whole && strings.HasPrefix(imported, tree+"/") {
			return true
		}
	}
	return false
}

// impure are the packages through which code meets time, the system, other
// goroutines or chance.
var impure = regexp.MustCompile(`^(context|crypto/rand|log|log/.*|math/rand|math/rand/v2|net|net/.*|os|os/.*|runtime|sync|sync/.*|syscall|time|unsafe|golang\.org/x/sys/.*)$`)

// impureFiles are the files of pure parts that may import impure packages.
var impureFiles = map[string]string{
	"table/shard.go": "the goroutine around the pure core",
}

// purity checks invariants 3 and 7: rules, and a table's core, are functions of what
// they are given. Parts that others use as libraries need nothing but the standard library.
func purity(p project) []string {
	var faults []string
	for _, f := range p.goFiles() {
		if f.test || f.folder() != "rules" && f.folder() != "table" && f.folder() != "wire" && f.folder() != "wirerules" {
			continue
		}
		for _, imported := range f.importPaths() {
			first, _, _ := strings.Cut(imported, "/")
			pure := f.folder() == "rules" || f.folder() == "table"
			switch {
			case pure && impure.MatchString(imported) && impureFiles[f.path] == "":
				faults = append(faults, fmt.Sprintf("%s: %s is pure and may not import %s", f.path, f.folder(), imported))
			case strings.Contains(first, "."):
				faults = append(faults, fmt.Sprintf("%s: %s needs only the standard library, not %s", f.path, f.folder(), imported))
			}
		}
	}
	return faults
}
