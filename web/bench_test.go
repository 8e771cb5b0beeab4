package web_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"hansu/server"
)

// fast3G is the profile of that name in Chrome's own tools: 1.6 Mbit/s at nine tenths, 563 ms from a request
// to its answer.
var fast3G = network.Conditions{Latency: 150 * 3.75, DownloadThroughput: 1.6e6 / 8 * 0.9, UploadThroughput: 750e3 / 8 * 0.9}

// stopwatch notes, in a page from its first moment on, when it can be used: the button that asks for a game is painted, and
// counts what is clicked (TestPlayBeforeTheScript); and when the connection to play over stands.
const stopwatch = `(() => {
	const look = () => {
		const paint = document.querySelector("#play") && performance.getEntriesByName("first-contentful-paint")[0];
		if (paint) window.usableAt ??= paint.startTime;
		if (document.documentElement?.dataset.link === "online") window.onlineAt ??= performance.now();
		if (!window.usableAt || !window.onlineAt) setTimeout(look, 1);
	};
	look();
})()`

// BenchmarkPage is the first load of the page on a slow phone: CPU four times slower, fast 3G, nothing cached.
// ms is when it can be used, online-ms when the connection stands, bytes all that came over the network, headers included.
func BenchmarkPage(b *testing.B) {
	s := serve(b, server.Config{})
	var times, online, bytes []float64
	for b.Loop() {
		x := s.browser("ko-KR", phone)
		must(b, call(x, network.Enable, network.EnableParams{}))
		must(b, call(x, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{&fast3G}}))
		must(b, call(x, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: 4}))
		must(b, call(x, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: stopwatch}))
		x.open("/")
		x.wait("window.usableAt && window.onlineAt")
		times, online = append(times, eval[float64](x, "usableAt")), append(online, eval[float64](x, "onlineAt"))
		bytes = append(bytes, eval[float64](x, `[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].reduce((n, e) => n + e.transferSize, 0)`))
		x.run(chromedp.Navigate("about:blank"))
	}
	b.ReportMetric(median(times), "ms")
	b.ReportMetric(slices.Max(times), "ms-max")
	b.ReportMetric(median(online), "online-ms")
	b.ReportMetric(slices.Max(bytes), "bytes")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkMove is a move from one browser to another's board: from the end of the click to the stone in the
// other's document (p50, p99), and to the frame in which it is painted (painted).
func BenchmarkMove(b *testing.B) {
	s := serve(b, server.Config{})
	x, y := s.browser("en-GB", desktop), s.browser("ko-KR", desktop)
	for _, p := range []*browser{x, y} {
		p.open("/")
		p.click("#play")
		p.code()
	}
	for _, p := range []*browser{x, y} {
		p.wait(`document.querySelector(".turn")`)
		p.do(`document.addEventListener("pointerup", () => { window.clickedAt = performance.timeOrigin + performance.now() }, true);
			const ply = () => document.querySelectorAll(".moves [data-ply]").length;
			let seen = ply();
			new MutationObserver(() => {
				if (ply() === seen) return;
				seen = ply();
				window.shownAt = performance.timeOrigin + performance.now();
				requestAnimationFrame(() => { window.paintedAt = performance.timeOrigin + performance.now() });
			}).observe(document.body, { childList: true, subtree: true })`)
	}
	var shown, painted []float64
	for n := 0; b.Loop(); n++ {
		from, to := x, y
		if n%2 == 1 {
			from, to = y, x
		}
		if n == 225 {
			b.Fatal("the board is full: -benchtime 200x at most")
		}
		to.do("window.paintedAt = 0")
		from.press(quiet(n))
		to.wait("window.paintedAt")
		at := eval[float64](from, "clickedAt")
		shown = append(shown, eval[float64](to, "shownAt")-at)
		painted = append(painted, eval[float64](to, "paintedAt")-at)
		from.plies(n + 1)
	}
	slices.Sort(shown)
	b.ReportMetric(median(shown), "p50-ms")
	b.ReportMetric(shown[len(shown)*99/100], "p99-ms")
	b.ReportMetric(median(painted), "painted-p50-ms")
	b.ReportMetric(0, "ns/op")
}

// quiet is the nth of moves on a board of 15 that make five for nobody: two of each colour and then the
// other's, shifted by one in each row.
func quiet(n int) string {
	var mine, other []string
	for row := range 15 {
		for col := range 15 {
			p := fmt.Sprintf("%c%d", 'a'+col, row+1)
			if (col+2*row)%4 < 2 {
				mine = append(mine, p)
			} else {
				other = append(other, p)
			}
		}
	}
	return [][]string{mine, other}[n%2][n/2]
}

func median(all []float64) float64 {
	all = slices.Sorted(slices.Values(all))
	return all[len(all)/2]
}

// call runs a command of the debugger's protocol.
func call[P, R any](b *browser, cmd cdp.Command[P, R], params P) error {
	_, err := chromedp.Call(b.ctx, cmd, params)
	return err
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
