package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The versions of tools that are fetched.
const (
	staticcheck = "honnef.co/go/tools/cmd/staticcheck@v0.8.2"
	govulncheck = "golang.org/x/vuln/cmd/govulncheck@v1.9.0"
)

// winePackages are the packages whose tests run under Wine too: those with code of their own for
// Windows, and the window program as far as it needs no display.
var winePackages = []string{"./netio/...", "./server", "./window/screen"}

// target is a system that the product is built for.
type target struct{ os, arch string }

func (t target) String() string { return t.os + "/" + t.arch }

func (t target) env() []string {
	return []string{"GOOS=" + t.os, "GOARCH=" + t.arch, "CGO_ENABLED=0"}
}

// crossTarget is what is built for another system.
type crossTarget struct {
	target
	packages string
}

// crossTargets are built, but of one that shares its system and its processor with others only what speaks to the
// kernel without Go's help; analysedTargets, which have the files of each system
// between them, are also looked through by go vet, and the first two by staticcheck.
var (
	crossTargets    = []crossTarget{{target{"windows", "amd64"}, "./..."}, {target{"darwin", "arm64"}, "./..."}, {target{"linux", "arm64"}, "./netio/..."}}
	analysedTargets = []target{{"linux", "amd64"}, {"windows", "amd64"}, {"darwin", "arm64"}}
)

// roomy lets a program that is short-lived and works alone collect its garbage less often: analysing takes half the
// processor time then. The limit keeps what that costs in memory bounded.
var roomy = []string{"GOGC=400", "GOMEMLIMIT=2GiB"}

// testLanes are the stages of ./scripts/test. The tests under the race detector take
// about as long as all the rest; what fails fast comes first.
func testLanes(allowed []skip) [][]stage {
	return [][]stage{
		{{"test", goTest{race: true, packages: []string{"./..."}, timeout: 30 * time.Minute}.stage(allowed)}},
		{
			{"format", formatted},
			{"modules", modules},
			{"vet", vet},
			{"staticcheck", static},
			{"types", types},
			{"vulnerabilities", vulnerabilities},
			{"build", crossBuild},
			{"rules", judgements.stage(allowed)},
			{"simulation", simulation.stage(allowed)},
			{"wine", wine(allowed)},
			{"fuzz", fuzzEach(func(int) string { return "2s" })},
		},
	}
}

// simulation runs thousands of seeds, and the mutants: without the race detector, under which the stage
// "test" runs a hundred.
var simulation = goTest{packages: []string{"./sim"}, timeout: 10 * time.Minute, run: "^(TestSeeds|TestReplay|TestNothingIsLeft|TestMutants)$", show: true, env: roomy}

// judgements compares what the rules of omok say with a second, slow reading of their definitions: without the race
// detector, under which the stage "test" compares a tenth.
var judgements = goTest{packages: []string{"./rules/omok"}, timeout: 10 * time.Minute}

// soakLanes are the stages of ./scripts/soak.
func soakLanes(allowed []skip, fuzzFor time.Duration) [][]stage {
	long := goTest{race: true, packages: []string{"./..."}, timeout: 24 * time.Hour, env: []string{"HANSU_SOAK=1"}}
	many := simulation
	many.timeout, many.env = 24*time.Hour, append([]string{"HANSU_SOAK=1"}, roomy...)
	share := func(targets int) string { return max(fuzzFor/time.Duration(targets), 3*time.Second).String() }
	return [][]stage{{
		{"test", long.stage(allowed)},
		{"simulation", many.stage(allowed)},
		{"fuzz", fuzzEach(share)},
	}}
}

// command runs a program with env added to the environment, and its two outputs on out.
func command(ctx context.Context, out io.Writer, env []string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = out, out
	politely(cmd)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w", filepath.Base(name), strings.Join(args, " "), err)
	}
	return nil
}

// politely lets an interrupted `go` end its own children before it is killed.
func politely(cmd *exec.Cmd) {
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
}

func formatted(ctx context.Context, out io.Writer) (tally, error) {
	var files []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules"):
			return fs.SkipDir
		case !d.IsDir() && strings.HasSuffix(path, ".go"):
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		return tally{}, err
	}
	var unformatted bytes.Buffer
	if err := command(ctx, &unformatted, nil, "gofmt", append([]string{"-l"}, files...)...); err != nil {
		out.Write(unformatted.Bytes())
		return tally{}, err
	}
	if unformatted.Len() > 0 {
		out.Write(unformatted.Bytes())
		return tally{}, errors.New("gofmt would change these files: gofmt -w FILE")
	}
	return tally{}, nil
}

// modules checks that go.mod and go.sum say what the code needs, and that what was
// fetched is what they say.
func modules(ctx context.Context, out io.Writer) (tally, error) {
	if err := command(ctx, out, nil, "go", "mod", "tidy", "-diff"); err != nil {
		return tally{}, fmt.Errorf("run go mod tidy: %w", err)
	}
	return tally{}, command(ctx, out, nil, "go", "mod", "verify")
}

func vet(ctx context.Context, out io.Writer) (tally, error) {
	return tally{}, analyse(ctx, out, analysedTargets, differs, "go", "vet")
}

// differs reports whether a package has other files than on the first target, adds whether it has further ones.
func differs(files, first string) bool { return files != first }

func adds(files, first string) bool {
	list := func(s string) []string {
		return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" []\n", r) })
	}
	known := list(first)
	return slices.ContainsFunc(list(files), func(f string) bool { return !slices.Contains(known, f) })
}

// analyse runs a command for every analysed target: on all packages for the first, and for the others on
// those that worth says of. What has the same files is told the same, and every target is built anyway.
func analyse(ctx context.Context, out io.Writer, targets []target, worth func(files, first string) bool, name string, args ...string) error {
	first, err := packageFiles(ctx, targets[0])
	if err != nil {
		return err
	}
	errs := []error{command(ctx, out, append(targets[0].env(), roomy...), name, append(args, "./...")...)}
	for _, t := range targets[1:] {
		files, err := packageFiles(ctx, t)
		if err != nil {
			return err
		}
		var other []string
		for pkg, list := range files {
			if worth(list, first[pkg]) {
				other = append(other, pkg)
			}
		}
		slices.Sort(other)
		errs = append(errs, command(ctx, out, append(t.env(), roomy...), name, append(slices.Clone(args), other...)...))
	}
	return errors.Join(errs...)
}

// packageFiles returns the names of the Go files that each package has on a target.
func packageFiles(ctx context.Context, t target) (map[string]string, error) {
	var list bytes.Buffer
	err := command(ctx, &list, t.env(), "go", "list", "-e", "-f", "{{.ImportPath}} {{.GoFiles}} {{.TestGoFiles}} {{.XTestGoFiles}}", "./...")
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, list.Bytes())
	}
	files := map[string]string{}
	for line := range strings.Lines(list.String()) {
		pkg, rest, _ := strings.Cut(line, " ")
		files[pkg] = rest
	}
	return files, nil
}

// static first installs staticcheck in the project's cache: `go run` would build it
// for the system that is to be looked at.
func static(ctx context.Context, out io.Writer) (tally, error) {
	bin, err := filepath.Abs(filepath.Join(".cache", "bin"))
	if err != nil {
		return tally{}, err
	}
	if err := command(ctx, out, append([]string{"GOBIN=" + bin}, roomy...), "go", "install", staticcheck); err != nil {
		return tally{}, err
	}
	// Of the files for macOS there are few; go vet and the build read them. And where Windows only lacks some, there
	// is nothing new to say.
	return tally{}, analyse(ctx, out, analysedTargets[:2], adds, filepath.Join(bin, "staticcheck"))
}

// types checks the page's TypeScript with the compiler that ./scripts/npm-setup has fetched.
func types(ctx context.Context, out io.Writer) (tally, error) {
	var fetching bytes.Buffer
	if err := command(ctx, &fetching, nil, "./scripts/npm-setup"); err != nil {
		out.Write(fetching.Bytes())
		return tally{}, err
	}
	tsc := filepath.Join(".cache", "npm", "node_modules", "typescript", "bin", "tsc")
	return tally{}, command(ctx, out, nil, "node", tsc, "--project", filepath.Join("web", "tsconfig.json"))
}

// vulnerabilities looks for known ones in the code that the product calls. The list of them is at
// vuln.go.dev: where that cannot be reached, the check is skipped and says so.
func vulnerabilities(ctx context.Context, out io.Writer) (tally, error) {
	if err := reachable(ctx, "https://vuln.go.dev/index/modules.json.gz"); err != nil {
		fmt.Fprintf(out, "not checked, for the list of vulnerabilities cannot be had: %v", err)
		return tally{skipped: 1}, nil
	}
	bin, err := filepath.Abs(filepath.Join(".cache", "bin"))
	if err != nil {
		return tally{}, err
	}
	if err := command(ctx, out, append([]string{"GOBIN=" + bin}, roomy...), "go", "install", govulncheck); err != nil {
		return tally{}, err
	}
	var text bytes.Buffer
	err = command(ctx, &text, roomy, filepath.Join(bin, "govulncheck"), "./...")
	if err != nil && strings.Contains(text.String(), "fetching vulnerabilities: Get") {
		fmt.Fprintf(out, "not checked, for the list of vulnerabilities cannot be had: %s", text.String())
		return tally{skipped: 1}, nil
	}
	out.Write(text.Bytes())
	return tally{}, err
}

// reachable asks for what a check needs before the check is compiled.
func reachable(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func crossBuild(ctx context.Context, out io.Writer) (tally, error) {
	dir, err := os.MkdirTemp("", "hansu-build-")
	if err != nil {
		return tally{}, err
	}
	defer os.RemoveAll(dir)
	var counted tally
	var errs []error
	for _, t := range crossTargets {
		args := []string{"build", "-ldflags=-w"}
		if t.packages == "./..." { // or there may be no program among them
			args = append(args, "-o", filepath.Join(dir, t.os+"-"+t.arch)+string(filepath.Separator))
		}
		err := command(ctx, out, append(t.env(), roomy...), "go", append(args, t.packages)...)
		if err != nil {
			errs = append(errs, fmt.Errorf("it does not build for %v", t.target))
			counted.failed++
		} else {
			counted.passed++
		}
	}
	return counted, errors.Join(errs...)
}

// wine runs Windows tests under Wine; ./scripts/wine-setup says if that is not possible.
func wine(allowed []skip) func(context.Context, io.Writer) (tally, error) {
	return func(ctx context.Context, out io.Writer) (tally, error) {
		packages := existing(winePackages)
		if len(packages) == 0 {
			return tally{}, nil
		}
		var prefix bytes.Buffer
		if err := command(ctx, &prefix, nil, "./scripts/wine-setup"); err != nil {
			out.Write(prefix.Bytes())
			return tally{}, err
		}
		run, err := filepath.Abs("scripts/wine-run")
		if err != nil {
			return tally{}, err
		}
		release, err := holdWine(ctx, run)
		if err != nil {
			return tally{}, err
		}
		defer release()
		t := goTest{packages: packages, timeout: 10 * time.Minute, exec: run, env: target{"windows", "amd64"}.env()}
		return t.test(ctx, out, allowed)
	}
}

// holdWine keeps one program running under Wine until release is called. Wine's own
// services start with the first program, inherit its output and live on for a while: were that
// a test, `go test` would wait for them and call the test failed.
func holdWine(ctx context.Context, run string) (release func(), err error) {
	cmd := exec.CommandContext(ctx, run, "cmd") // a shell that reads commands until its input ends
	input, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	politely(cmd)
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting Wine: %w", err)
	}
	release = func() {
		input.Close()
		cmd.Wait() // how the shell ends does not matter
	}
	// When a second program has ended, the first has brought the services up.
	second := exec.CommandContext(ctx, run, "cmd", "/c", "exit")
	if err := second.Run(); err != nil {
		release()
		return nil, fmt.Errorf("running a program under Wine: %w", err)
	}
	return release, nil
}

// existing keeps the patterns whose folder is there.
func existing(patterns []string) []string {
	var kept []string
	for _, p := range patterns {
		if _, err := os.Stat(strings.TrimSuffix(p, "/...")); err == nil {
			kept = append(kept, p)
		}
	}
	return kept
}
