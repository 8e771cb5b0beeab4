package web_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// browser is a real chromium with a profile of its own: another person.
type browser struct {
	t      *testing.T
	ctx    context.Context
	site   *site
	errors chan string // of the page's scripts and its console
}

// chromium is Debian's name, and what others call it.
func chromium(t *testing.T) string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("needs chromium")
	return ""
}

// screen is a size in CSS pixels.
type screen struct {
	width, height int64
	touch         bool
}

var (
	desktop = screen{1280, 800, false}
	phone   = screen{360, 640, true}
)

func (s *site) browser(language string, size screen) *browser {
	s.t.Helper()
	path := chromium(s.t)
	opts := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(s.t.TempDir()), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"), chromedp.Flag("lang", language), chromedp.Flag("accept-lang", language),
		chromedp.Env("LANGUAGE=" + language), chromedp.WindowSize(int(size.width), int(size.height)),
	}
	alloc, cancelAlloc := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, cancel := chromedp.NewContext(alloc)
	ctx, cancelTime := context.WithTimeout(ctx, 3*time.Minute)
	b := &browser{t: s.t, ctx: ctx, site: s, errors: make(chan string, 100)}
	s.t.Cleanup(func() {
		b.check()
		cancelTime()
		cancel()
		cancelAlloc()
	})
	b.listen()
	view := []chromedp.EmulateViewportOption{chromedp.EmulateScale(1)}
	if size.touch {
		view = append(view, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait)
	}
	b.run(chromedp.EmulateViewport(size.width, size.height, view...))
	return b
}

// listen gathers what goes wrong in the page.
func (b *browser) listen() {
	messages := chromedp.Console(b.ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.Type != chromedp.ConsoleError && m.Type != chromedp.ConsoleException {
				continue
			}
			select {
			case b.errors <- m.String():
			default:
			}
		}
	}()
}

// check fails the test for each error of the page since the last call.
func (b *browser) check() {
	b.t.Helper()
	for {
		select {
		case text := <-b.errors:
			b.t.Errorf("the page: %s", text)
		default:
			return
		}
	}
}

func (b *browser) run(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.shot("failed")
		b.t.Fatal(err)
	}
}

// open goes to an address of the site and waits until there is a connection.
func (b *browser) open(path string) {
	b.t.Helper()
	b.run(chromedp.Navigate("http://" + b.site.http + path))
	b.online()
}

func (b *browser) online() {
	b.t.Helper()
	b.wait(`document.documentElement.dataset.link === "online"`)
}

// wait waits until an expression is true. The page's own policy forbids eval, so it is the
// debugger that evaluates.
func (b *browser) wait(js string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	promise := "new Promise(done => { const look = () => { try { if (" + js + ") return done(true) } catch {} setTimeout(look, 15) }; look() })"
	for {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](promise, chromedp.EvalAwaitPromise))
		if ok {
			return
		}
		if ctx.Err() != nil {
			b.shot("failed")
			b.check()
			b.t.Fatalf("waiting for %s: %v; the page says %q", js, err, b.text("body"))
		}
	}
}

// eval returns an expression's value.
func eval[T any](b *browser, js string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](js))
	if err != nil {
		b.t.Fatalf("%s: %v", js, err)
	}
	return v
}

// do evaluates a statement.
func (b *browser) do(js string) {
	b.t.Helper()
	eval[bool](b, "(() => {"+js+"; return true })()")
}

func (b *browser) text(selector string) string {
	s, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string](fmt.Sprintf("document.querySelector(%q)?.innerText ?? ''", selector)))
	return s
}

func (b *browser) click(selector string) {
	b.t.Helper()
	b.run(chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

func (b *browser) name(name string) {
	b.t.Helper()
	b.do(fmt.Sprintf(`const n = document.querySelector("#name"); n.value = %q; n.dispatchEvent(new Event("change"))`, name))
	b.wait(fmt.Sprintf(`JSON.parse(localStorage.getItem("hansu.settings")).name === %q`, name))
	b.online()
}

// field returns where the middle of a field of the board is on the screen.
func (b *browser) field(name string) (x, y float64) {
	b.t.Helper()
	at := eval[[]float64](b, fmt.Sprintf(`(() => {
		const board = document.querySelector(".board"), box = board.getBoundingClientRect(), chess = board.classList.contains("chess");
		const side = document.querySelector(".board svg").viewBox.baseVal.width;
		const unit = box.width / side, margin = chess ? 0 : 26, field = chess ? 50 : 40, n = Math.round((side - 2 * margin) / field);
		let col = %q.charCodeAt(0) - 97, row = Number(%q.slice(1)) - 1;
		const first = document.querySelector(".board .coord").textContent;
		if (chess && first === "h") { col = n - 1 - col; row = n - 1 - row; }
		return [box.left + (margin + (col + 0.5) * field) * unit, box.top + (margin + (n - 1 - row + 0.5) * field) * unit];
	})()`, name, name))
	return at[0], at[1]
}

// press clicks a field of the board.
func (b *browser) press(name string) {
	b.t.Helper()
	x, y := b.field(name)
	b.run(chromedp.MouseClickXY(x, y))
}

// drag drags from one field to another.
func (b *browser) drag(from, to string) {
	b.t.Helper()
	x, y := b.field(from)
	u, v := b.field(to)
	held := func(p *input.DispatchMouseEventParams) {
		p.Button, p.Buttons, p.ClickCount = input.MouseButtonLeft, 1, 1
	}
	b.run(chromedp.MouseEvent(chromedp.MousePressed, x, y, held), chromedp.MouseEvent(chromedp.MouseMoved, (x+u)/2, (y+v)/2, held),
		chromedp.MouseEvent(chromedp.MouseMoved, u, v, held), chromedp.MouseEvent(chromedp.MouseReleased, u, v, held))
}

// plies waits until the list has n moves.
func (b *browser) plies(n int) {
	b.t.Helper()
	b.wait(fmt.Sprintf(`document.querySelectorAll(".moves [data-ply]").length === %d`, n))
}

// shot keeps a picture of the page for people to look at.
func (b *browser) shot(name string) {
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return
	}
	dir := filepath.Join("..", ".cache", "artefacts")
	_ = os.MkdirAll(dir, 0o755)
	_ = os.WriteFile(filepath.Join(dir, "page-"+strings.ReplaceAll(b.t.Name(), "/", "-")+"-"+name+".png"), png, 0o644)
}

// code is the code of the table that is shown.
func (b *browser) code() string {
	b.t.Helper()
	b.wait(`/^\/g\/[A-Z0-9]+$/.test(location.pathname)`)
	return strings.TrimPrefix(eval[string](b, "location.pathname"), "/g/")
}
