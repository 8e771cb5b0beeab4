package web_test

import (
	"testing"

	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/chromedp"

	"hansu/server"
)

// TestPlayBeforeTheScript: on a slow line the lobby's button is there before the script. A click on it
// counts, shows that it does, and is carried out when the script has come.
func TestPlayBeforeTheScript(t *testing.T) {
	t.Parallel()
	s := serve(t, server.Config{})
	for language, label := range map[string]string{"ko-KR": "상대 찾기", "en-GB": "Find an opponent"} {
		b := s.browser(language, phone)
		b.media("prefers-reduced-motion", "no-preference")
		must(t, call(b, fetch.Enable, fetch.EnableParams{Patterns: []*fetch.RequestPattern{{URLPattern: "*/assets/main-*"}}}))
		held := make(chan fetch.RequestID, 1)
		go func() {
			for e, err := range chromedp.Events(b.ctx, fetch.RequestPaused) {
				if err == nil {
					held <- e.RequestID
				}
				return
			}
		}()
		b.do(`location.href = "http://` + s.http + `/"`)
		b.wait(`document.querySelector(".shell #play")?.textContent === "` + label + `" && getComputedStyle(document.querySelector(".bone")).opacity < 1`)
		at := eval[[]float64](b, buttonAt)
		b.shot("shell")
		b.click("#play")
		b.wait(`getComputedStyle(document.querySelector(".shell #play"), "::after").animationName === "turn"`)
		b.shot("pending")
		must(t, call(b, fetch.ContinueRequest, fetch.ContinueRequestParams{RequestID: <-held}))
		b.code()
		b.run(chromedp.Navigate("http://" + s.http + "/"))
		b.online()
		if now := eval[[]float64](b, buttonAt); now[0] != at[0] || now[1]-at[1] > 8 || at[1]-now[1] > 8 {
			t.Errorf("%s: the button was at %v and is at %v", language, at, now)
		}
		b.click(".own .entry")
		b.code()
	}
}

// buttonAt is where the button stands that looks for an opponent.
const buttonAt = `(() => { const r = document.querySelector("#play").getBoundingClientRect(); return [r.left, r.top] })()`
