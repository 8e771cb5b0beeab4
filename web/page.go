package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
)

//go:generate go run ./gen

// dist is the page as go generate makes it: index.html, the same with the head of the lobby to be seen before the
// script has come, in each language (lobby-ko.html, lobby-en.html), and below assets/ files with a hash
// of their content in their names. Beside each stands the same file compressed (.br, .gz).
//
//go:embed dist
var dist embed.FS

// policy is the page's Content-Security-Policy: nothing but its own files and its own WebSocket, and in the lobby the one
// style, by its hash, with which that is painted before any file has come.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'%s; img-src 'self' data:; " +
	"connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types 'none'"

// asset is one file, as it is and compressed.
type asset struct {
	kind string // Content-Type
	vary string // the request's headers that choose the form
	csp  string // of a page
	tag  string // ETag
	body map[string][]byte
}

// encodings in order of preference; the empty one is the file as it is.
var encodings = [...]struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}, {"", ""}}

// loadAsset reads a file of dist.
func loadAsset(name string) (*asset, error) {
	a := &asset{kind: mime.TypeByExtension(path.Ext(name)), vary: "Accept-Encoding", body: map[string][]byte{}}
	switch path.Ext(name) { // the system's table may say otherwise
	case ".js":
		a.kind = "text/javascript; charset=utf-8"
	case ".css":
		a.kind = "text/css; charset=utf-8"
	case ".svg":
		a.kind = "image/svg+xml"
	}
	for _, e := range encodings {
		b, err := dist.ReadFile(name + e.suffix)
		if err != nil {
			if e.name == "" {
				return nil, err
			}
			continue
		}
		a.body[e.name] = b
	}
	a.tag = etag(a.body[""])
	if path.Ext(name) == ".html" {
		a.csp = fmt.Sprintf(policy, styleHash(a.body[""]))
	}
	return a, nil
}

// styleHash allows a page's own style.
func styleHash(page []byte) string {
	_, rest, found := bytes.Cut(page, []byte("<style>"))
	style, _, _ := bytes.Cut(rest, []byte("</style>"))
	if !found {
		return ""
	}
	sum := sha256.Sum256(style)
	return " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// serve answers with the file as the client can take it. Each form has a tag of its own.
func (a *asset) serve(w http.ResponseWriter, r *http.Request, status int) {
	h := w.Header()
	h.Set("Vary", a.vary)
	accepted := r.Header.Get("Accept-Encoding")
	for _, e := range encodings {
		body, ok := a.body[e.name]
		if !ok || e.name != "" && !accepts(accepted, e.name) {
			continue
		}
		tag := a.tag
		if e.name != "" {
			tag = strings.TrimSuffix(tag, `"`) + "-" + e.name + `"`
		}
		h.Set("ETag", tag)
		if status == http.StatusOK && matches(r.Header.Get("If-None-Match"), tag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		if e.name != "" {
			h.Set("Content-Encoding", e.name)
		}
		h.Set("Content-Type", a.kind)
		h.Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(status)
		_, _ = w.Write(body)
		return
	}
}

// accepts reads an Accept-Encoding header.
func accepts(header, name string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, params, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(coding), name) {
			continue
		}
		quality, is := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		if !is {
			return true
		}
		q, err := strconv.ParseFloat(quality, 32)
		return err == nil && q > 0
	}
	return false
}

// pages serves the page at every address that it has a screen for, and its assets. A client
// may keep an asset for ever: another content has another name. The page itself is asked for
// each time, and answered shortly if it is the same.
func (s *Site) pages() {
	index, err := loadAsset("dist/index.html")
	if err != nil {
		panic("web: the page is not in the program: " + err.Error()) // built without go generate
	}
	s.index = index
	lobby := map[string]*asset{}
	for _, language := range []string{"ko", "en"} {
		a, err := loadAsset("dist/lobby-" + language + ".html")
		if err != nil {
			panic("web: the lobby is not in the program: " + err.Error())
		}
		a.vary += ", Accept-Language"
		lobby[language] = a
	}
	show := func(w http.ResponseWriter, r *http.Request) {
		if !isCode(r.PathValue("code")) {
			s.missing(w, r)
			return
		}
		s.page(w, r, s.index, http.StatusOK)
	}
	s.mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		s.page(w, r, lobby[language(r.Header.Get("Accept-Language"))], http.StatusOK)
	})
	s.mux.HandleFunc("GET /g/{code}", show)
	s.mux.HandleFunc("GET /r/{code}/{number}", show)
	s.mux.HandleFunc("GET /g/{code}/qr.svg", s.qr)
	err = fs.WalkDir(dist, "dist/assets", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, ".br") || strings.HasSuffix(name, ".gz") {
			return err
		}
		a, err := loadAsset(name)
		if err != nil {
			return err
		}
		s.mux.HandleFunc("GET "+strings.TrimPrefix(name, "dist"), func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			a.serve(w, r, http.StatusOK)
		})
		return nil
	})
	if err != nil {
		panic("web: an asset is not in the program: " + err.Error())
	}
}

// language is the page's for a browser of these languages: Korean for whoever reads it and does not prefer
// English, as the page itself decides.
func language(accepted string) string {
	list := strings.Split(strings.ToLower(strings.ReplaceAll(accepted, " ", "")), ",")
	if !strings.HasPrefix(list[0], "en") && slices.ContainsFunc(list, func(l string) bool { return strings.HasPrefix(l, "ko") }) {
		return "ko"
	}
	return "en"
}

// page answers with a form of the page.
func (s *Site) page(w http.ResponseWriter, r *http.Request, form *asset, status int) {
	h := w.Header()
	h.Set("Content-Security-Policy", form.csp)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("Cache-Control", "no-cache")
	form.serve(w, r, status)
}
