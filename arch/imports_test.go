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
	planned bool
	any     bool     // may import everything
	imports []string // folders, or folder/... with the folders inside
}

var (
	tableRow = regexp.MustCompile("(?m)^\\| `(\\w+)` \\| (.*) \\| (.*) \\|$")
	ticked   = regexp.MustCompile("`([^`]+)`")
)

func parts(p project) map[string]row {
	all := map[string]row{}
	for _, m := range tableRow.FindAllStringSubmatch(p[architecture], -1) {
		r := row{planned: strings.HasPrefix(m[2], "planned"), any: m[3] == "everything"}
		for _, i := range ticked.FindAllStringSubmatch(m[3], -1) {
			r.imports = append(r.imports, i[1])
		}
		all[m[1]] = r
	}
	return all
}

// folders checks that the table names every folder with code, and only those.
func folders(p project) []string {
	found := map[string]bool{}
	for _, name := range p.paths() {
		if top, _, inside := strings.Cut(name, "/"); inside && !strings.HasPrefix(top, ".") && top != "docs" {
			found[top] = true
		}
	}
	table := parts(p)
	var faults []string
	for _, top := range slices.Sorted(maps.Keys(found)) {
		switch r, ok := table[top]; {
		case !ok:
			faults = append(faults, fmt.Sprintf("%s/: not in the table of parts in %s", top, architecture))
		case r.planned:
			faults = append(faults, fmt.Sprintf("%s/: is there, but %s says that it is planned", top, architecture))
		}
	}
	for _, top := range slices.Sorted(maps.Keys(table)) {
		if !found[top] && !table[top].planned {
			faults = append(faults, fmt.Sprintf("%s: names %s, which has no folder", architecture, top))
		}
		for _, i := range table[top].imports {
			if _, ok := table[strings.TrimSuffix(i, "/...")]; !ok {
				faults = append(faults, fmt.Sprintf("%s: lets %s import %s, which has no row", architecture, top, i))
			}
		}
	}
	return faults
}

// imports checks the directions of the table.
func imports(p project) []string {
	table := parts(p)
	var faults []string
	for _, f := range p.goFiles() {
		r, listed := table[f.folder()]
		if f.test || !listed || r.any {
			continue
		}
		for _, imported := range f.importPaths() {
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
