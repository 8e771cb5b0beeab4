package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"hansu/client"
	"hansu/rules"
	"hansu/server"
	"hansu/session"
	"hansu/web"
)

func itoa(n int) string { return strconv.Itoa(n) }

// omokFive is a game of omok that player 1 wins; foolsMate one of chess that player 2 wins.
var (
	omokFive  = []string{"h8", "a1", "i8", "b1", "j8", "c1", "k8", "d1", "l8"}
	foolsMate = []string{"f3", "e5", "g4", "Qh4"}
)

// table opens a table with two players at it, the game on.
func (s *site) table(game string, private bool, names ...string) (a, b *player) {
	s.t.Helper()
	a, b = s.player(names[0]), s.player(names[1])
	a.must(client.Open{Variant: variant(s.t, game), Private: private})
	b.must(client.Enter{Code: a.table.Code})
	a.plies(0)
	b.plies(0)
	return a, b
}

// play plays moves in turn, a first.
func play(a, b *player, moves []string) {
	for i, m := range moves {
		p := []*player{a, b}[i%2]
		p.plies(i)
		p.move(m)
	}
	a.plies(len(moves))
	b.plies(len(moves))
}

// values returns every text under a key in an answer, at any depth.
func values(t *testing.T, body []byte, key string) (found []string) {
	t.Helper()
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, x := range v {
				walk(x)
			}
		case map[string]any:
			for k, x := range v {
				if s, ok := x.(string); ok && k == key {
					found = append(found, s)
				}
				walk(x)
			}
		}
	}
	walk(v)
	return found
}

// TestAPI: every answer of the API is what openapi.json says, and says what happened.
func TestAPI(t *testing.T) {
	s := serve(t, server.Config{Site: web.Config{Rate: -1, Version: "test"}})
	d := s.describe()
	for _, list := range []string{"/tables", "/tables?state=open", "/tables?state=running"} {
		if got := values(t, d.get("/tables", list, 200), "code"); got != nil {
			t.Errorf("%s: %v before anybody came", list, got)
		}
	}
	d.get("/games", "/games", 200)
	d.get("/openapi.json", "/openapi.json", 200)
	waiting := s.player("기다림")
	waiting.must(client.Open{Variant: variant(t, "chess")})
	if got := values(t, d.get("/tables", "/tables", 200), "code"); !slices.Equal(got, []string{waiting.table.Code}) {
		t.Errorf("open seats: %v", got)
	}
	d.get("/tables/{code}", "/tables/"+waiting.table.Code, 200)

	a, b := s.table("omok", false, "하나", "Two")
	code := a.table.Code
	if got := values(t, d.get("/tables", "/tables?state=running", 200), "code"); !slices.Equal(got, []string{code}) {
		t.Errorf("running games: %v", got)
	}
	play(a, b, omokFive[:3])
	state := d.get("/tables/{code}", "/tables/"+strings.ToLower(code), 200)
	var table struct {
		State, Variant string
		Seats, Moves   []string
		Turn           int
		Private        bool
	}
	if err := json.Unmarshal(state, &table); err != nil {
		t.Fatal(err)
	}
	if table.State != "running" || !slices.Equal(table.Seats, []string{"하나", "Two"}) || !slices.Equal(table.Moves, omokFive[:3]) || table.Turn != 2 || table.Private {
		t.Errorf("the table is %s", state)
	}
	for i, m := range omokFive[3:] {
		p := []*player{b, a}[i%2]
		p.plies(i + 3)
		p.move(m)
	}
	a.plies(9)
	over := d.get("/tables/{code}", "/tables/"+code, 200)
	if got := values(t, over, "reason"); !slices.Equal(got, []string{rules.Five.String()}) {
		t.Errorf("reason %v", got)
	}

	c, e := s.table("chess", false, "White", "Black")
	play(c, e, foolsMate)
	finished(t, d, code, c.table.Code)
	notThere(t, d, code)
	var status struct {
		Version string
		Clients int
		Refused map[string]int
	}
	if err := json.Unmarshal(d.get("/status", "/status", 200), &status); err != nil {
		t.Fatal(err)
	}
	if status.Version != "test" || status.Clients < 5 || status.Refused["no such table"] == 0 {
		t.Errorf("status %+v", status)
	}
	f := d.follow(code)
	f.until(func(h happening) bool { return h.Type == "ended" })
	if left := d.unasked(); len(left) > 0 {
		t.Errorf("described, but never answered: %v", left)
	}
}

// finished looks at an omok game and a chess game that are over.
func finished(t *testing.T, d *description, omok, chess string) {
	if got := values(t, d.get("/games", "/games", 200), "code"); !slices.Equal(got, []string{chess, omok}) {
		t.Errorf("games %v", got)
	}
	var game struct {
		Moves       []string
		Coordinates [][6]int
		Winner      string
		Black       string
		Formats     []string
	}
	body := d.get("/games/{code}/{number}", "/games/"+strings.ToLower(omok)+"/1", 200)
	if err := json.Unmarshal(body, &game); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(game.Moves, omokFive) || game.Winner != "black" || game.Black != "하나" || game.Coordinates[0] != [6]int{0, 0, 0, 7, 7, 0} {
		t.Errorf("game %s", body)
	}
	begins := map[string]string{"sgf": "(;", "psq": "Piskvorky ", "moves": "#! ", "json": "{", "pgn": "[Event "}
	for table, other := range map[string]string{omok: "pgn", chess: "sgf"} {
		var formats struct{ Formats []string }
		if err := json.Unmarshal(d.get("/games/{code}/{number}", "/games/"+table+"/1", 200), &formats); err != nil {
			t.Fatal(err)
		}
		for _, format := range formats.Formats {
			file := d.get("/games/{code}/{number}/{record}", "/games/"+table+"/1/record."+format, 200)
			if !strings.HasPrefix(string(file), begins[format]) {
				t.Errorf("%s: %q", format, file)
			}
		}
		d.get("/games/{code}/{number}/{record}", "/games/"+table+"/1/record."+other, 404)
	}
}

// notThere asks for what is not there or has no meaning.
func notThere(t *testing.T, d *description, code string) {
	d.get("/tables", "/tables?state=elsewhere", 400)
	for _, c := range []string{"NOSUCH", "X", "A-B", strings.Repeat("A", 13), "%EC%95%84"} {
		d.get("/tables/{code}", "/tables/"+c, 404)
		d.get("/tables/{code}/events", "/tables/"+c+"/events", 404)
		d.get("/games/{code}/{number}", "/games/"+c+"/1", 404)
	}
	for _, n := range []string{"0", "2", "65536", "-1", "1.0", "one"} {
		d.get("/games/{code}/{number}", "/games/"+code+"/"+n, 404)
	}
	for _, name := range []string{"record", "record.", "record.exe", "other.json", "record.json.json"} {
		d.get("/games/{code}/{number}/{record}", "/games/"+code+"/1/"+name, 404)
	}
	for _, cursor := range []string{"x", "1", "1.x", "-1.1", "1.70000"} {
		d.get("/games", "/games?before="+cursor, 400)
	}
	for _, after := range []string{"x", "-1", "4294967296", "1000"} {
		d.get("/tables/{code}/events", "/tables/"+code+"/events?after="+after, 400)
		d.get("/tables/{code}/events", "/tables/"+code+"/events", 400, "Last-Event-ID", after)
	}
}

// TestEvents: a stream shows a game as it happens, and a client that comes back after any record gets
// exactly what came after it, in both forms.
func TestEvents(t *testing.T) {
	s := serve(t, server.Config{Site: web.Config{Rate: -1, Streams: 8}})
	d := s.describe()
	a, b := s.table("omok", false, "하나", "Two")
	code := a.table.Code
	live, lines := d.follow(code, "Accept", "text/event-stream"), d.follow(code)
	a.must(client.Say{Table: a.table.ID, Text: "안녕 <b>&amp;"})
	play(a, b, omokFive)
	end := func(h happening) bool { return h.Type == "ended" }
	all := live.until(end)
	for i, h := range lines.until(end) {
		if want := all[i]; h.Type != want.Type || h.Record != want.Record || h.More != want.More {
			t.Errorf("event %d is %+v as a line, %+v as a server-sent event", i, h, want)
		}
	}
	var types []string
	for i, h := range all {
		types = append(types, h.Type)
		if last := i == len(all)-1 || all[i+1].Record != h.Record; last == h.More || last != (h.ID == fmt.Sprint(h.Record)) {
			t.Errorf("event %d: %+v", i, h)
		}
		if h.Type == "moved" && h.Move != omokFive[h.Ply-1] {
			t.Errorf("move %d is %s", h.Ply, h.Move)
		}
	}
	want := "seated seated started said" + strings.Repeat(" moved", 9) + " ended"
	if got := strings.Join(types, " "); got != want {
		t.Errorf("happened: %s\nwant: %s", got, want)
	}
	if last := all[len(all)-1]; last.Winner != 1 || last.Reason != rules.Five.String() || all[3].Text != "안녕 <b>&amp;" {
		t.Errorf("%+v", last)
	}
	newest := all[len(all)-1].Record
	for after := range newest {
		rest := all[slices.IndexFunc(all, func(h happening) bool { return h.Record > after }):]
		sse := d.follow(code, "Accept", "text/event-stream", "Last-Event-ID", fmt.Sprint(after))
		query := d.followPath("/tables/" + code + "/events?after=" + fmt.Sprint(after))
		for _, f := range []*follower{sse, query} {
			got := f.until(end)
			if len(got) != len(rest) || got[0].Record != rest[0].Record || got[0].Type != rest[0].Type {
				t.Errorf("after record %d: %+v, want %+v", after, got, rest)
			}
			f.res.Body.Close()
		}
	}
	// Who has everything gets what comes next, and nothing else.
	f := d.follow(code, "Last-Event-ID", fmt.Sprint(newest))
	b.must(client.Propose{Table: b.table.ID, What: client.RematchOffer})
	if h, ok := f.next(); !ok || h.Type != "proposed" || h.Record != newest+1 {
		t.Errorf("next is %+v", h)
	}
}

// TestStreamsEnd: when the server goes down, streams end in good order.
func TestStreamsEnd(t *testing.T) {
	s := serve(t, server.Config{})
	d := s.describe()
	p := s.player("a")
	p.must(client.Open{Variant: variant(t, "omok")})
	f := d.follow(p.table.Code, "Accept", "text/event-stream")
	if h, ok := f.next(); !ok || h.Type != "seated" {
		t.Fatal(h)
	}
	s.end()
	if h, ok := f.next(); ok {
		t.Errorf("after the end: %+v", h)
	}
}

// TestPrivate: a private table is in no list, running or finished; who knows its code sees it.
func TestPrivate(t *testing.T) {
	s := serve(t, server.Config{Site: web.Config{Rate: -1}})
	d := s.describe()
	waiting := s.player("hidden")
	waiting.must(client.Open{Variant: variant(t, "omok"), Private: true})
	a, b := s.table("omok", true, "secret", "secretive")
	play(a, b, omokFive)
	a.must(client.Propose{Table: a.table.ID, What: client.RematchOffer})
	b.must(client.Reply{Table: b.table.ID, What: client.RematchOffer, Verdict: client.Accept})
	c, e := s.table("omok", false, "open", "too")
	play(c, e, omokFive)
	for _, path := range []string{"/tables?state=open", "/tables?state=running", "/games", "/status"} {
		body := string(s.get("/api/v1" + path).body)
		for _, secret := range []string{waiting.table.Code, a.table.Code, "hidden", "secret"} {
			if strings.Contains(body, secret) {
				t.Errorf("%s tells %s: %s", path, secret, body)
			}
		}
	}
	var page struct{ Next string }
	body := d.get("/games", "/games", 200)
	if got := values(t, body, "code"); !slices.Equal(got, []string{c.table.Code}) {
		t.Errorf("games %v", got)
	}
	if err := json.Unmarshal(body, &page); err != nil || page.Next != "" {
		t.Errorf("next %q after the last game, %v", page.Next, err)
	}
	var table struct{ Private bool }
	if err := json.Unmarshal(d.get("/tables/{code}", "/tables/"+a.table.Code, 200), &table); err != nil || !table.Private {
		t.Errorf("%v %+v", err, table)
	}
	d.get("/games/{code}/{number}", "/games/"+a.table.Code+"/1", 200)
	if got := s.get("/api/v1/games/" + a.table.Code + "/1/record.sgf").header.Get("Cache-Control"); strings.Contains(got, "public") {
		t.Errorf("a cache that others share may keep the record: %s", got)
	}
}

// TestGamesInPages: the list of finished games goes on where it stopped, none left out, none twice.
func TestGamesInPages(t *testing.T) {
	s := serve(t, server.Config{Site: web.Config{Rate: -1}, Limits: session.Limits{Packets: -1}})
	d := s.describe()
	a, b := s.table("omok", false, "a", "b")
	const games = 53
	for range games {
		a.must(client.Resign{Table: a.table.ID})
		a.must(client.Propose{Table: a.table.ID, What: client.RematchOffer})
		b.must(client.Reply{Table: b.table.ID, What: client.RematchOffer, Verdict: client.Accept})
		until(a, func(client.Record) bool { return a.table.Running() })
	}
	var seen []int
	for next := ""; ; {
		var page struct {
			Next  string
			Games []struct{ Number int }
		}
		if err := json.Unmarshal(d.get("/games", "/games?before="+next, 200), &page); err != nil {
			t.Fatal(err)
		}
		for _, g := range page.Games {
			seen = append(seen, g.Number)
		}
		if next = page.Next; next == "" {
			break
		}
	}
	if len(seen) != games || seen[0] != games || seen[games-1] != 1 || !slices.IsSortedFunc(seen, func(a, b int) int { return b - a }) {
		t.Errorf("games %v", seen)
	}
}

// TestMarkup: what players write reaches nobody as markup: not in JSON, not in a stream, not in a record.
func TestMarkup(t *testing.T) {
	s := serve(t, server.Config{Site: web.Config{Rate: -1}})
	d := s.describe()
	const evil = `<img src=x onerror=x>"]\` // as long as a name may be
	a, b := s.table("omok", false, evil, "</script>&'")
	code := a.table.Code
	a.must(client.Say{Table: a.table.ID, Text: "<script>alert(1)</script>"})
	play(a, b, omokFive)
	f := d.follow(code, "Accept", "text/event-stream")
	f.until(func(h happening) bool { return h.Type == "ended" })
	paths := []string{"/api/v1/games", "/api/v1/games/" + code + "/1", "/api/v1/tables/" + code}
	for _, path := range paths {
		answer := s.get(path)
		if strings.ContainsAny(string(answer.body), "<>&") {
			t.Errorf("%s: %s", path, answer.body)
		}
		if got := values(t, answer.body, "first"); len(got) > 0 && got[0] != evil {
			t.Errorf("%s: the name is %v", path, got)
		}
	}
	for _, format := range []string{"sgf", "psq", "moves", "json"} {
		answer := s.get("/api/v1/games/" + code + "/1/record." + format)
		h := answer.header
		if h.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment;") ||
			!strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'none'") || strings.Contains(h.Get("Content-Type"), "html") {
			t.Errorf("%s: %v", format, h)
		}
	}
	for _, path := range []string{"/api/v1/<script>", "/<script>alert(1)</script>", "/g/<b>"} {
		answer := s.get(path)
		if answer.status != http.StatusNotFound || strings.Contains(string(answer.body), "<") {
			t.Errorf("%s: %d %s", path, answer.status, answer.body)
		}
	}
}
