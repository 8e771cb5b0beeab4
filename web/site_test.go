package web_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hansu/rules"
	"hansu/server"
	"hansu/session"
	"hansu/web"
)

func decode(t testing.TB, body []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(body, into); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
}

var (
	assetLink = regexp.MustCompile(`(?:src|href)="(/[^"]+)"`)
	assetName = regexp.MustCompile(`^/assets/[a-z]+-[0-9A-Z]{8}\.(js|css|svg)$`)
	// What would run or style without coming from a file of ours, or being the lobby's own style.
	inline = regexp.MustCompile(`(?i)<script[^>]*>\s*[^\s<]|<style[^>]|\sstyle=|\son[a-z]+=|javascript:`)
	style  = regexp.MustCompile(`<style>([^<]*)</style>`)
)

// TestPageFiles: the page is asked for anew each time and answered shortly; its files have names by their
// content and are kept for ever; everything is compressed, and together it is small.
func TestPageFiles(t *testing.T) {
	s := serve(t, server.Config{})
	page := s.get("/", "Accept-Encoding", "identity")
	policy := page.header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self';", "style-src 'self' 'sha256-", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy %q lacks %q", policy, want)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") || strings.Contains(policy, "http") {
		t.Errorf("the policy is not strict: %s", policy)
	}
	if found := inline.Find(page.body); found != nil {
		t.Errorf("something inline in the page: %s", found)
	}
	if all := style.FindAllSubmatch(page.body, -1); len(all) != 1 {
		t.Errorf("%d styles in the page", len(all))
	} else if sum := sha256.Sum256(all[0][1]); !strings.Contains(policy, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") {
		t.Errorf("the policy %q is for another style than %x", policy, sum)
	}
	if got := page.header.Get("Cache-Control"); got != "no-cache" {
		t.Errorf("the page may be kept: %s", got)
	}
	for languages, want := range map[string]string{
		"": "Find an opponent", "en-GB,ko": "Find an opponent", "de": "Find an opponent", "ko-KR": "상대 찾기", "de, KO;q=0.5": "상대 찾기",
	} {
		if a := s.get("/", "Accept-Language", languages); a.status != 200 || !bytes.Contains(a.body, []byte(want)) {
			t.Errorf("for %q: %d %s", languages, a.status, a.body)
		}
	}
	rest := s.get("/g/K7QX2M", "Accept-Encoding", "identity")
	if policy := rest.header.Get("Content-Security-Policy"); !strings.Contains(policy, "style-src 'self';") {
		t.Errorf("the policy of another screen is %q", policy)
	}
	if bytes.Contains(rest.body, []byte("<main")) || bytes.Contains(rest.body, []byte("<style")) || !slices.Equal(slices.Sorted(slices.Values(texts(assetLink.FindAllSubmatch(rest.body, -1)))), slices.Sorted(slices.Values(texts(assetLink.FindAllSubmatch(page.body, -1))))) {
		t.Errorf("another screen's page: %s", rest.body)
	}
	for _, path := range []string{"/g/K7QX2M", "/g/k7qx2m", "/r/K7QX2M/1"} {
		if a := s.get(path, "Accept-Encoding", "identity"); a.status != 200 || !bytes.Equal(a.body, rest.body) {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	links := assetLink.FindAllSubmatch(page.body, -1)
	if len(links) < 3 {
		t.Fatalf("links %q", links)
	}
	total := map[string]int{}
	for _, path := range append([]string{"/"}, texts(links)...) {
		if path != "/" && !assetName.MatchString(path) {
			t.Errorf("%s is no name by content", path)
		}
		plain := s.get(path, "Accept-Encoding", "identity;q=1, *;q=0")
		vary := "Accept-Encoding"
		if path == "/" {
			vary += ", Accept-Language"
		}
		for coding, accept := range map[string]string{"br": "gzip, deflate, br, zstd", "gzip": "br;q=0.0, gzip", "": ""} {
			a := s.get(path, "Accept-Encoding", accept)
			if a.status != 200 || a.header.Get("Content-Encoding") != coding || a.header.Get("Vary") != vary {
				t.Errorf("%s as %q: %d %v", path, accept, a.status, a.header)
			}
			body, _, err := unpack(a.body, path+map[string]string{"br": ".br", "gzip": ".gz"}[coding])
			if err != nil || !bytes.Equal(body, plain.body) {
				t.Errorf("%s as %q is another content: %v", path, coding, err)
			}
			total[coding] += len(a.body)
			tag := a.header.Get("ETag")
			again := s.get(path, "Accept-Encoding", accept, "If-None-Match", `"x", W/`+tag)
			if tag == "" || again.status != 304 || len(again.body) > 0 || again.header.Get("ETag") != tag {
				t.Errorf("%s again: %d, %d bytes", path, again.status, len(again.body))
			}
			if other := s.get(path, "Accept-Encoding", accept, "If-None-Match", `"x"`); other.status != 200 {
				t.Errorf("%s with another tag: %d", path, other.status)
			}
			head := s.ask("HEAD", path, "Accept-Encoding", accept)
			if head.status != 200 || len(head.body) > 0 || head.header.Get("Content-Length") != a.header.Get("Content-Length") {
				t.Errorf("HEAD %s: %v", path, head.header)
			}
		}
		if want := "public, max-age=31536000, immutable"; path != "/" && plain.header.Get("Cache-Control") != want {
			t.Errorf("%s: %s", path, plain.header.Get("Cache-Control"))
		}
	}
	t.Logf("first load: %v bytes", total)
	if total["br"] > 100_000 || total["gzip"] > 100_000 {
		t.Errorf("the first load is %v bytes", total)
	}
}

func texts(matches [][][]byte) (list []string) {
	for _, m := range matches {
		list = append(list, string(m[1]))
	}
	return list
}

// TestNotFound: a person is shown the page, from which there is a way on, a program an error.
func TestNotFound(t *testing.T) {
	s := serve(t, server.Config{})
	for accept, kind := range map[string]string{"text/html,*/*;q=0.8": "text/html", "*/*": "text/plain", "": "text/plain"} {
		a := s.get("/nothing/here", "Accept", accept)
		if a.status != 404 || !strings.HasPrefix(a.header.Get("Content-Type"), kind) || a.header.Get("Content-Security-Policy") == "" {
			t.Errorf("%q: %d %v", accept, a.status, a.header)
		}
	}
	if a := s.get("/api/v2/x", "Accept", "text/html"); a.status != 404 || a.header.Get("Content-Type") != "application/json" {
		t.Errorf("%d %v", a.status, a.header)
	}
	if a := s.ask("POST", "/api/v1/tables"); a.status != 405 || a.header.Get("Allow") != "GET, HEAD" {
		t.Errorf("%d %v", a.status, a.header)
	}
}

// TestReady: a server that cannot store moves says so, and is healthy all the same.
func TestReady(t *testing.T) {
	hub := session.NewHub(session.Config{Now: func() rules.Millis { return 1 }})
	var ill error
	site := web.New(web.Config{Hub: hub, Ready: func() error { return ill }})
	ask := func(path string) int {
		w := httptest.NewRecorder()
		site.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		return w.Code
	}
	if got := ask("/readyz"); got != 200 {
		t.Error(got)
	}
	ill = errors.New("the disk is full")
	if health, ready := ask("/healthz"), ask("/readyz"); health != 200 || ready != 503 {
		t.Error(health, ready)
	}
	ill = nil
	if err := site.Shutdown(t.Context()); err != nil || ask("/readyz") != 503 {
		t.Error(err, ask("/readyz"))
	}
}
