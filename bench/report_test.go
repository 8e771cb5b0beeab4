package bench

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"

	"hansu/i18n"
)

// sampleReport has three targets under two loads, of which one is not measured under the second.
func sampleReport() *Report {
	r := NewReport(KindEcho, []string{"hansu", "bench", "echo"})
	r.Seconds = 1
	r.Notes = []string{"a <note>"}
	sample := func(cpu, clients time.Duration, memory int64) Sample {
		var s Sample
		s.Sent, s.Received, s.Seconds, s.CPU = 1000, 1000, 2, clients
		s.Server = Usage{CPU: cpu, Memory: memory}
		for i := range 1000 {
			s.Latency.Record(time.Duration(i+1) * time.Microsecond)
		}
		return s
	}
	ms := time.Millisecond
	r.Add(BaselineEpoll, "1 × 1", []Sample{sample(4*ms, 2*ms, -1), sample(8*ms, 2*ms, -1)})
	r.Add("events", "1 × 1", []Sample{sample(5*ms, 2*ms, -1), sample(10*ms, 2*ms, -1)})
	r.Add("a <b>", "1 × 1", []Sample{sample(12*ms, 2*ms, -1), sample(8*ms, 2*ms, -1)})
	r.Add(BaselineEpoll, "1,000 × 16", []Sample{sample(2*ms, 2*ms, 0), sample(2*ms, 4*ms, 0)})
	r.Add("events", "1,000 × 16", []Sample{sample(3*ms, 2*ms, 120), sample(3*ms, 4*ms, 140)})
	r.Finish(BaselineEpoll)
	return r
}

// TestSummary: ratios are of one round each, medians over the rounds.
func TestSummary(t *testing.T) {
	r := sampleReport()
	if r.Base != BaselineEpoll || r.Rounds != 2 {
		t.Fatalf("base %q, %d rounds", r.Base, r.Rounds)
	}
	for i, want := range []Summary{
		{PerSecond: 500, CPU: 6, CPUMin: 4, CPUMax: 8, Quotient: 3, Relative: 1, Memory: -1},
		{PerSecond: 500, CPU: 7.5, CPUMin: 5, CPUMax: 10, Quotient: 3.75, Relative: 1.25, Memory: -1},
		{PerSecond: 500, CPU: 10, CPUMin: 8, CPUMax: 12, Quotient: 5, Relative: 2, Memory: -1},
		{PerSecond: 500, CPU: 2, CPUMin: 2, CPUMax: 2, Quotient: 0.75, Relative: 1, Memory: 0},
		{PerSecond: 500, CPU: 3, CPUMin: 3, CPUMax: 3, Quotient: 1.125, Relative: 1.5, Memory: 130},
	} {
		got := r.Rows[i].Summary
		if got.P50 < 500*time.Microsecond || got.P99 < 990*time.Microsecond || got.P999 > time.Millisecond {
			t.Errorf("row %d: quantiles %v, %v, %v", i, got.P50, got.P99, got.P999)
		}
		got.P50, got.P99, got.P999 = 0, 0, 0
		if got != want {
			t.Errorf("row %d is %+v, want %+v", i, got, want)
		}
	}
}

// TestNoBase: without the base there are no ratios, and no column for them.
func TestNoBase(t *testing.T) {
	r := sampleReport()
	r.Base = ""
	r.Finish("another")
	var b bytes.Buffer
	if err := r.Table(&b, i18n.English); err != nil {
		t.Fatal(err)
	}
	if r.Rows[0].Summary.Relative != 0 || strings.Contains(b.String(), "vs") {
		t.Error(b.String())
	}
}

func TestTable(t *testing.T) {
	var b bytes.Buffer
	if err := sampleReport().Table(&b, i18n.Korean); err != nil {
		t.Fatal(err)
	}
	const want = `모든 I/O 모델의 에코 서버 (클라이언트 수 × 각자 답을 기다리는 메시지 수)

1 × 1
  대상     메시지/초     p50     p99   p99.9  서버 CPU µs  서버÷클라이언트  C epoll 대비  쉬는 연결의 메모리
  C epoll        500  502 µs  991 µs  999 µs         6.00             3.00          1.00                   –
  events         500  502 µs  991 µs  999 µs         7.50             3.75          1.25                   –
  a <b>          500  502 µs  991 µs  999 µs         10.0             5.00          2.00                   –

1,000 × 16
  대상     메시지/초     p50     p99   p99.9  서버 CPU µs  서버÷클라이언트  C epoll 대비  쉬는 연결의 메모리
  C epoll        500  502 µs  991 µs  999 µs         2.00             0.75          1.00                 0 B
  events         500  502 µs  991 µs  999 µs         3.00             1.12          1.50               130 B

a <note>
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// TestPage: every series and every figure of the table is on the page, and nothing comes from elsewhere.
func TestPage(t *testing.T) {
	r := sampleReport()
	for _, lang := range []i18n.Lang{i18n.Korean, i18n.English} {
		var b bytes.Buffer
		if err := r.HTML(&b, lang); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		for _, row := range r.Rows {
			for _, c := range r.columns(lang) {
				if cell := c.cell(&row.Summary); !strings.Contains(text, "<td>"+cell+"</td>") && cell != "" {
					t.Errorf("%v: %s of %s is missing", lang, c.head, row.Target)
				}
			}
		}
		for _, class := range []string{"s0", "s5", "s2"} { // C epoll, events, and the stranger's
			if !strings.Contains(text, `class="line `+class+`"`) || !strings.Contains(text, `class="fill `+class+`"`) {
				t.Errorf("no curve or bar of %s", class)
			}
		}
		// Two trends, and for each load bars of CPU and rate and curves; memory is known under the second only.
		if n := strings.Count(text, "<svg"); n != 2+3+4 {
			t.Errorf("%d plots", n)
		}
		for _, no := range []string{"src=", "href=", "url(", "@import", "<script", "a <b>", "a <note>", "NaN", "Inf", "ZgotmplZ"} {
			if strings.Contains(text, no) {
				t.Errorf("%v: the page has %q", lang, no)
			}
		}
		wellFormed(t, text)
	}
}

// wellFormed reads every plot as XML.
func wellFormed(t *testing.T, text string) {
	for _, part := range strings.Split(text, "<svg")[1:] {
		svg, _, _ := strings.Cut(part, "</svg>")
		d := xml.NewDecoder(strings.NewReader("<svg" + svg + "</svg>"))
		for {
			_, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%v in <svg%s", err, svg)
			}
		}
	}
}

func TestJSON(t *testing.T) {
	var b bytes.Buffer
	r := sampleReport()
	if err := r.JSON(&b); err != nil {
		t.Fatal(err)
	}
	var read Report
	if err := json.Unmarshal(b.Bytes(), &read); err != nil {
		t.Fatal(err)
	}
	read.Finish(BaselineEpoll)
	for i := range r.Rows {
		if read.Rows[i].Summary != r.Rows[i].Summary {
			t.Errorf("row %d read back is another", i)
		}
	}
}

// TestScale: axes end at round numbers around what they show.
func TestScale(t *testing.T) {
	for _, c := range []struct {
		seen      []float64
		low, high float64
		ticks     int
	}{
		{[]float64{3}, 2, 5, 2},
		{[]float64{1, 10}, 1, 10, 4},
		{[]float64{0.16, 40, 0}, 0.1, 50, 9},
		{[]float64{7, 7e6}, 5, 1e7, 7},
		{[]float64{2}, 2, 4, 1},
	} {
		var s scale
		for _, v := range c.seen {
			s.see(v)
		}
		s.round()
		ticks := s.ticks(briefNumber)
		if s.low != c.low || s.high != c.high || len(ticks) != c.ticks {
			t.Errorf("%v: %v to %v, ticks %v", c.seen, s.low, s.high, ticks)
		}
		for _, tick := range ticks {
			if tick.at < 0 || tick.at > 1 {
				t.Errorf("%v: a tick at %v", c.seen, tick.at)
			}
		}
	}
}
