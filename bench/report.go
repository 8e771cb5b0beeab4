package bench

import (
	"encoding/json"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Kind is what was measured; it chooses the words of table and page.
type Kind string

// The kinds.
const (
	KindEcho  Kind = "echo"
	KindChat  Kind = "chat"
	KindPlay  Kind = "play"
	KindIdle  Kind = "idle"
	KindStore Kind = "store"
)

// Report is a comparison with everything that its reader needs to judge or repeat it.
type Report struct {
	Kind    Kind
	Command string // that repeats it
	When    time.Time
	Machine Machine
	Seconds float64 // of one phase
	Rounds  int
	Base    string `json:",omitempty"` // the target that Relative is to
	Rows    []Row  // by group, targets in their order
	Notes   []string
}

// Machine is where it was measured.
type Machine struct {
	OS, Arch, Kernel, CPU, Go string
	Processors                int
	Load                      string `json:",omitempty"` // load averages before the measurement
}

// Row is one target under one load.
type Row struct {
	Target  string
	Group   string // the load, such as "1,000 × 16"
	Samples []Sample
	Summary Summary
}

// Summary is what is shown of a row: medians over the rounds, but quantiles of all latencies together.
type Summary struct {
	PerSecond      float64 // what the kind counts, a second
	CPU            float64 // server's, microseconds each
	CPUMin, CPUMax float64 // of the rounds
	Quotient       float64 // server's CPU time ÷ clients'; 0: not known
	Relative       float64 // Quotient ÷ that of the base in the same round; 0: none
	P50, P99, P999 time.Duration
	Last50, Last99 time.Duration // of chat: until the last receiver had it
	Memory         float64       // bytes each idle client; -1: not known
}

// NewReport begins a report of this machine, now.
func NewReport(kind Kind, command []string) *Report {
	m := machine()
	m.OS, m.Arch, m.Go, m.Processors = runtime.GOOS, runtime.GOARCH, runtime.Version(), runtime.NumCPU()
	return &Report{Kind: kind, Command: strings.Join(command, " "), When: time.Now(), Machine: m}
}

// Add puts a row in. Rows of one group come one after the other.
func (r *Report) Add(target, group string, samples []Sample) {
	r.Rows = append(r.Rows, Row{Target: target, Group: group, Samples: samples})
}

// Finish works the summaries out. base is the target that the ratios are to, if it is there.
func (r *Report) Finish(base string) {
	for _, row := range r.Rows {
		if row.Target == base {
			r.Base = base
		}
	}
	for i := range r.Rows {
		row := &r.Rows[i]
		row.Summary = summarize(row.Samples, r.base(row.Group))
		r.Rounds = max(r.Rounds, len(row.Samples))
	}
}

func (r *Report) base(group string) []Sample {
	for _, row := range r.Rows {
		if row.Group == group && row.Target == r.Base && r.Base != "" {
			return row.Samples
		}
	}
	return nil
}

func summarize(samples, base []Sample) Summary {
	var s Summary
	var latency, last Histogram
	var rate, cpu, quotient, relative, memory []float64
	for i := range samples {
		x := &samples[i]
		latency.Merge(&x.Latency)
		last.Merge(&x.Last)
		if x.Received > 0 && x.Seconds > 0 {
			rate = append(rate, float64(x.Received)/x.Seconds)
			cpu = append(cpu, float64(x.Server.CPU.Nanoseconds())/1e3/float64(x.Received))
		}
		if x.CPU > 0 {
			quotient = append(quotient, x.quotient())
		}
		if i < len(base) && x.CPU > 0 && base[i].CPU > 0 && base[i].Server.CPU > 0 {
			relative = append(relative, x.quotient()/base[i].quotient())
		}
		memory = append(memory, float64(x.Server.Memory))
	}
	s.PerSecond, s.CPU, s.Quotient, s.Relative, s.Memory = median(rate), median(cpu), median(quotient), median(relative), median(memory)
	if len(cpu) > 0 {
		s.CPUMin, s.CPUMax = slices.Min(cpu), slices.Max(cpu)
	}
	s.P50, s.P99, s.P999 = latency.Quantile(0.5), latency.Quantile(0.99), latency.Quantile(0.999)
	s.Last50, s.Last99 = last.Quantile(0.5), last.Quantile(0.99)
	return s
}

func (s *Sample) quotient() float64 { return float64(s.Server.CPU) / float64(s.CPU) }

func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	v = slices.Sorted(slices.Values(v))
	return (v[len(v)/2] + v[(len(v)-1)/2]) / 2
}

// groups gives the loads in the order of the rows.
func (r *Report) groups() []string {
	var all []string
	for _, row := range r.Rows {
		if !slices.Contains(all, row.Group) {
			all = append(all, row.Group)
		}
	}
	return all
}

// targets gives the names in the order of first appearance.
func (r *Report) targets() []string {
	var all []string
	for _, row := range r.Rows {
		if !slices.Contains(all, row.Target) {
			all = append(all, row.Target)
		}
	}
	return all
}

// JSON writes the whole report, samples and histograms included.
func (r *Report) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	return e.Encode(r)
}

// machine reads what only some systems tell in files.
func machine() Machine {
	var m Machine
	first := func(path string) string {
		text, _ := os.ReadFile(path)
		line, _, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
		return line
	}
	m.Kernel = first("/proc/sys/kernel/osrelease")
	if load := strings.Fields(first("/proc/loadavg")); len(load) >= 3 {
		m.Load = strings.Join(load[:3], " ")
	}
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			m.CPU = strings.TrimSpace(value)
			break
		}
	}
	return m
}
