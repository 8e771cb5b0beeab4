package web_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"hansu/client"
)

// browser is one person at a real chromium: a window with cookies and storage of its own.
type browser struct {
	t      testing.TB
	ctx    context.Context
	site   *site
	size   screen
	lang   string
	errors chan string // of the page's scripts and its console
}

// chromium is Debian's name, and what others call it.
func chromium(t testing.TB) string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("needs chromium")
	return ""
}

// program is the one chromium that all tests of the package share; each person has a context
// of its own in it, which is as private as another profile and starts in a fraction of the time.
var program struct {
	once sync.Once
	ctx  context.Context
	stop func()
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if program.stop != nil {
		program.stop()
	}
	os.Exit(code)
}

func startChromium(path string) {
	profile, err := os.MkdirTemp("", "hansu-chromium-")
	if err != nil {
		program.err = err
		return
	}
	opts := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(profile), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("disable-background-timer-throttling", true), chromedp.Flag("disable-renderer-backgrounding", true),
		chromedp.Flag("disable-backgrounding-occluded-windows", true), chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"), chromedp.WindowSize(1920, 1080),
	}
	alloc, cancelAlloc := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, cancel := chromedp.NewContext(alloc)
	program.ctx, program.err = ctx, chromedp.Do(ctx)
	program.stop = func() {
		cancel()
		cancelAlloc()
		_ = os.RemoveAll(profile)
	}
}

// screen is a size in CSS pixels.
type screen struct {
	width, height int64
	touch         bool
}

var (
	desktop = screen{1280, 800, false}
	large   = screen{1920, 1080, false}
	phone   = screen{360, 640, true}
)

// browser opens a window of somebody new whose browser is set to this language.
func (s *site) browser(language string, size screen) *browser {
	s.t.Helper()
	path := chromium(s.t)
	program.once.Do(func() { startChromium(path) })
	if program.err != nil {
		s.t.Fatal(program.err)
	}
	return s.window(program.ctx, language, size, chromedp.WithNewBrowserContext())
}

// tab opens another tab of the same person.
func (b *browser) tab() *browser { return b.site.window(b.ctx, b.lang, b.size) }

func (s *site) window(parent context.Context, language string, size screen, opts ...chromedp.ContextOption) *browser {
	s.t.Helper()
	ctx, cancel := chromedp.NewContext(parent, opts...)
	b := &browser{t: s.t, ctx: ctx, site: s, size: size, lang: language, errors: make(chan string, 100)}
	s.t.Cleanup(func() {
		b.check()
		cancel()
	})
	b.listen()
	view := []chromedp.EmulateViewportOption{chromedp.EmulateScale(1)}
	if size.touch {
		view = append(view, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait)
	}
	b.run(chromedp.EmulateViewport(size.width, size.height, view...), func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{
			UserAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36", AcceptLanguage: language,
		})
		return chromedp.Void{}, err
	})
	return b
}

// media sets what the reader's system says: the colour scheme, and whether motion is unwelcome.
func (b *browser) media(features ...string) {
	b.t.Helper()
	p := emulation.SetEmulatedMediaParams{}
	for i := 0; i+1 < len(features); i += 2 {
		p.Features = append(p.Features, &emulation.MediaFeature{Name: features[i], Value: features[i+1]})
	}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, p); err != nil {
		b.t.Fatal(err)
	}
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
		const unit = box.width / side, margin = chess ? 0 : 14, field = chess ? 50 : 40, n = Math.round((side - 2 * margin) / field);
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

// pick chooses an entry of a list.
func (b *browser) pick(selector, value string) {
	b.t.Helper()
	b.do(fmt.Sprintf(`const s = document.querySelector(%q); s.value = %q; if (s.value !== %q) throw new Error("no such entry"); s.dispatchEvent(new Event("change"))`, selector, value, value))
}

// start opens the lobby and seeks an opponent for a game: "chess", "omok:renju swap2".
func (b *browser) start(game string) (code string) {
	b.t.Helper()
	rules, opening, _ := strings.Cut(game, " ")
	b.open("/")
	kind := "1"
	if strings.HasPrefix(rules, "chess") {
		kind = "2"
	}
	b.click(`[data-kind="` + kind + `"]`)
	b.pick("#rules", rules)
	if opening != "" {
		b.pick("#opening", opening)
	}
	b.click("#play")
	return b.code()
}

// against starts a game and lets a client at the terminal's end take the other seat.
func (b *browser) against(game, name string) *player {
	b.t.Helper()
	code := b.start(game)
	p := b.site.player(name)
	p.must(client.Enter{Code: code})
	b.wait(`document.querySelector(".turn")`)
	return p
}

// keys presses keys one after the other on what has the focus.
func (b *browser) keys(keys ...string) {
	b.t.Helper()
	for _, k := range keys {
		b.run(chromedp.KeyEvent(k))
	}
}

// enter types into a field and presses Enter.
func (b *browser) enter(selector, text string) {
	b.t.Helper()
	b.run(chromedp.Focus(chromedp.CSS(selector)))
	b.keys(text, kb.Enter)
}

// moves is the list of moves as it is shown.
func (b *browser) moves() string {
	b.t.Helper()
	return eval[string](b, `[...document.querySelectorAll(".moves [data-ply]")].map((m) => m.textContent).join(" ")`)
}

// said waits until the region for screen readers has said something.
func (b *browser) said(text string) {
	b.t.Helper()
	b.wait(fmt.Sprintf(`[...document.querySelectorAll(".sr[role=status] p")].some((p) => p.textContent.includes(%q))`, text))
}

// status waits until the large line beside the board says something.
func (b *browser) status(text string) {
	b.t.Helper()
	b.wait(fmt.Sprintf(`document.querySelector(".status")?.textContent === %q`, text))
}

// fits fails the test if the page is wider or higher than its window.
func (b *browser) fits(what string) {
	b.t.Helper()
	got := eval[[]int64](b, `[document.scrollingElement.scrollWidth, document.scrollingElement.scrollHeight]`)
	if got[0] > b.size.width {
		b.t.Errorf("%s: %d pixels wide on a screen of %d", what, got[0], b.size.width)
	}
	if !eval[bool](b, `(() => {
		const now = document.querySelector(".moves [aria-current]")?.getBoundingClientRect();
		return !now || now.left >= 0 && now.right <= innerWidth;
	})()`) {
		b.t.Errorf("%s: the move that is shown is out of sight in the list", what)
	}
	if what != "lobby" && got[1] > b.size.height {
		b.t.Errorf("%s: %d pixels high on a screen of %d", what, got[1], b.size.height)
	}
}
