package web_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// description is the OpenAPI file, as the server gives it to everybody.
type description struct {
	t       testing.TB
	site    *site
	doc     map[string]any
	schemas *jsonschema.Compiler
	asked   map[string]bool // "template status" of the answers that were checked
}

func (s *site) describe() *description {
	s.t.Helper()
	d := &description{t: s.t, site: s, schemas: jsonschema.NewCompiler(), asked: map[string]bool{}}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(s.get("/api/v1/openapi.json").body))
	if err != nil {
		s.t.Fatal(err)
	}
	d.doc = doc.(map[string]any)
	d.schemas.DefaultDraft(jsonschema.Draft2020) // that of OpenAPI 3.1
	d.schemas.AssertFormat()
	if err := d.schemas.AddResource("hansu:api", doc); err != nil {
		s.t.Fatal(err)
	}
	return d
}

// reply is an answer, read to its end.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// get asks for a path of the site, with headers in pairs.
func (s *site) get(path string, header ...string) reply {
	s.t.Helper()
	return s.ask("GET", path, header...)
}

func (s *site) ask(method, path string, header ...string) reply {
	s.t.Helper()
	r, err := http.NewRequest(method, "http://"+s.http+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	c := http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := c.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, body}
}

// at walks the document.
func at(v any, keys ...string) any {
	for _, k := range keys {
		m, _ := v.(map[string]any)
		v = m[k]
	}
	return v
}

// response returns the JSON pointer of what the file says about an answer, and what it says.
func (d *description) response(template, status string) (pointer string, r map[string]any) {
	d.t.Helper()
	keys := []string{"paths", template, "get", "responses", status}
	r, _ = at(d.doc, keys...).(map[string]any)
	if ref, ok := r["$ref"].(string); ok {
		keys = strings.Split(strings.TrimPrefix(ref, "#/"), "/")
		r, _ = at(d.doc, keys...).(map[string]any)
	}
	if r == nil {
		d.t.Errorf("%s: an answer of status %s is not described", template, status)
	}
	for i, k := range keys {
		keys[i] = url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(k))
	}
	return "#/" + strings.Join(keys, "/"), r
}

// validate holds a value to the schema of an answer.
func (d *description) validate(template, status, media string, body []byte) {
	d.t.Helper()
	pointer, r := d.response(template, status)
	content, _ := r["content"].(map[string]any)
	if content[media] == nil {
		d.t.Errorf("%s %s: the type %q is not described", template, status, media)
		return
	}
	if !strings.Contains(media, "json") && media != "text/event-stream" {
		return // a file in a format of its own
	}
	pointer += "/content/" + url.PathEscape(strings.ReplaceAll(media, "/", "~1")) + "/schema"
	schema, err := d.schemas.Compile("hansu:api" + pointer)
	if err != nil {
		d.t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err == nil {
		err = schema.Validate(value)
	}
	if err != nil {
		d.t.Errorf("%s %s: %v\n%s", template, status, err, body)
	}
	d.asked[template+" "+status] = true
}

// get asks the API and holds the answer to the description. template is the path as the file has it.
func (d *description) get(template, path string, status int, header ...string) []byte {
	d.t.Helper()
	a := d.site.get("/api/v1"+path, header...)
	if a.status != status {
		d.t.Errorf("%s: status %d, want %d: %s", path, a.status, status, a.body)
	}
	media, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
	d.validate(template, itoa(a.status), media, a.body)
	return a.body
}

// unasked lists what the file describes and no test has seen, but for what only a failing or crowded
// server answers.
func (d *description) unasked() (list []string) {
	paths, _ := d.doc["paths"].(map[string]any)
	for template := range paths {
		responses, _ := at(paths, template, "get", "responses").(map[string]any)
		for status := range responses {
			if status < "500" && status != "413" && status != "429" && !d.asked[template+" "+status] {
				list = append(list, template+" "+status)
			}
		}
	}
	slices.Sort(list)
	return list
}

// follower reads a stream of events.
type follower struct {
	t     testing.TB
	d     *description
	res   *http.Response
	lines *bufio.Reader
	sse   bool
}

// happening is an event as a client of the API reads it.
type happening struct {
	ID     string `json:"-"` // of a server-sent event; empty: it had none
	Record uint32
	Type   string
	Seat   int
	Name   string
	Ply    int
	Move   string
	Winner int
	Reason string
	Text   string
	More   bool
}

func (d *description) follow(code string, header ...string) *follower {
	d.t.Helper()
	return d.followPath("/tables/"+code+"/events", header...)
}

func (d *description) followPath(path string, header ...string) *follower {
	d.t.Helper()
	r, err := http.NewRequest("GET", "http://"+d.site.http+"/api/v1"+path, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { res.Body.Close() })
	f := &follower{t: d.t, d: d, res: res, lines: bufio.NewReader(res.Body)}
	switch media := res.Header.Get("Content-Type"); {
	case res.StatusCode != http.StatusOK:
		d.t.Fatal(res.Status)
	case media == "text/event-stream":
		f.sse = true
	case media != "application/x-ndjson":
		d.t.Fatal(media)
	}
	return f
}

// next returns the next event; false: the stream has ended.
func (f *follower) next() (h happening, ok bool) {
	f.t.Helper()
	var data []byte
	for {
		line, err := f.lines.ReadString('\n')
		if err != nil {
			return h, false
		}
		line = strings.TrimSuffix(line, "\n")
		field, value, _ := strings.Cut(line, ": ")
		switch {
		case !f.sse && line != "":
			data = []byte(line)
		case f.sse && field == "data":
			data = []byte(value)
			continue
		case f.sse && field == "id":
			h.ID = value
			continue
		case f.sse && (field == "retry" || field == ":"):
			continue
		}
		if data == nil {
			continue
		}
		media := "application/x-ndjson"
		if f.sse {
			media = "text/event-stream"
		}
		f.d.validate("/tables/{code}/events", "200", media, data)
		if err := json.Unmarshal(data, &h); err != nil {
			f.t.Fatal(err)
		}
		return h, true
	}
}

// until reads up to the first event that ok accepts, and returns all of them.
func (f *follower) until(ok func(happening) bool) (all []happening) {
	f.t.Helper()
	for {
		h, open := f.next()
		if !open {
			f.t.Fatalf("the stream has ended after %+v", all)
		}
		if all = append(all, h); ok(h) {
			return all
		}
	}
}
