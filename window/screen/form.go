package screen

import (
	"slices"

	"hansu/caption"
	"hansu/client"
	"hansu/i18n"
	"hansu/rules"
	"hansu/rules/variants"
)

// form is what the first screen asks.
type form struct {
	address, name, code string
	kind                rules.Kind
	rules               map[rules.Kind]rules.Ruleset
	size                uint8
	opening             rules.Opening
	time                rules.TimeControl
	private             bool
	loses               bool // who plays a forbidden point loses; asked for on the command line only
}

// times are the time controls to choose from.
var times = []string{"none", "3+2", "5+3", "10+5", "10m+3x30s", "30m+3x1m", "30s/move", "3d/move"}

var sizes = []uint8{15, 19, 20}

func newForm(o Options) form {
	v := variants.Normal(o.Variant)
	f := form{
		address: o.Address, name: o.Name, code: o.Code, kind: v.Kind, size: 15, time: o.Time, private: o.Private,
		rules: map[rules.Kind]rules.Ruleset{rules.Omok: rules.Standard, rules.Chess: rules.Orthodox},
	}
	if v.Kind == rules.Omok {
		f.size, f.opening, f.loses = v.Size, v.Opening, v.ForbiddenLoses
	}
	f.rules[v.Kind] = v.Rules
	return f
}

// variant is the game that the form asks for.
func (f *form) variant() rules.Variant {
	v := rules.Variant{Kind: f.kind, Rules: f.rules[f.kind]}
	if f.kind == rules.Omok {
		v.Size, v.Opening, v.ForbiddenLoses = f.size, f.opening, f.loses
		if variants.Check(v) != nil { // these rules forbid nothing
			v.ForbiddenLoses = false
		}
	} else if v.Rules == rules.Chess960 {
		v.Start = variants.AnyStart
	}
	return v
}

// rulesets are the rule sets of the game that is chosen.
func (f *form) rulesets() []rules.Ruleset {
	if f.kind == rules.Chess {
		return []rules.Ruleset{rules.Orthodox, rules.Chess960}
	}
	return []rules.Ruleset{rules.Standard, rules.Korean, rules.Renju, rules.Freestyle, rules.Caro, rules.CaroExact}
}

// sizes are the board sizes that the rule set has.
func (f *form) sizes() []uint8 {
	return slices.DeleteFunc(slices.Clone(sizes), func(n uint8) bool {
		return variants.Check(rules.Variant{Kind: rules.Omok, Rules: f.rules[rules.Omok], Size: n}) != nil
	})
}

// openings are those that the rule set and the board have.
func (f *form) openings() []rules.Opening {
	var all []rules.Opening
	for o := rules.FreeOpening; o <= rules.Taraguchi10; o++ {
		if variants.Check(rules.Variant{Kind: rules.Omok, Rules: f.rules[rules.Omok], Size: f.size, Opening: o}) == nil {
			all = append(all, o)
		}
	}
	return all
}

// fit puts back what the chosen rule set does not have.
func (f *form) fit() {
	if all := f.sizes(); !slices.Contains(all, f.size) {
		f.size = all[0]
	}
	if all := f.openings(); !slices.Contains(all, f.opening) {
		f.opening = all[0]
	}
}

// times are the time controls to choose from, with the one that was asked for on the command line.
func (f *form) times() []rules.TimeControl {
	var all []rules.TimeControl
	for _, text := range times {
		if tc, err := rules.ParseTimeControl(text); err == nil {
			all = append(all, tc)
		}
	}
	if !slices.Contains(all, f.time) {
		all = append(all, f.time)
	}
	return all
}

// Choose takes the i-th of a Choice's options.
func (a *App) Choose(id ID, i int) {
	f := &a.form
	switch {
	case i < 0 || i >= len(a.options(id)):
		return
	case id == RulesID:
		f.rules[f.kind] = f.rulesets()[i]
	case id == SizeID:
		f.size = f.sizes()[i]
	case id == OpeningID:
		f.opening = f.openings()[i]
	case id == TimeID:
		f.time = f.times()[i]
	}
	f.fit()
	a.changed = true
}

// options are the texts of a Choice's options.
func (a *App) options(id ID) []string {
	f := &a.form
	var all []string
	switch id {
	case RulesID:
		for _, r := range f.rulesets() {
			all = append(all, a.lang.Ruleset(uint8(r)))
		}
	case SizeID:
		for _, n := range f.sizes() {
			all = append(all, a.text(i18n.PlayPoints, n, n))
		}
	case OpeningID:
		for _, o := range f.openings() {
			all = append(all, a.lang.Opening(uint8(o)))
		}
	case TimeID:
		for _, tc := range f.times() {
			all = append(all, caption.Time(a.lang, tc))
		}
	}
	return all
}

// choice is a Choice with what is chosen.
func (a *App) choice(id ID) Control {
	f := &a.form
	c := Control{ID: id, Kind: Choice, Options: a.options(id)}
	at := -1
	switch id {
	case RulesID:
		at = slices.Index(f.rulesets(), f.rules[f.kind])
	case SizeID:
		at = slices.Index(f.sizes(), f.size)
	case OpeningID:
		at = slices.Index(f.openings(), f.opening)
	case TimeID:
		at = slices.Index(f.times(), f.time)
	}
	if at >= 0 {
		c.Text = c.Options[at]
	}
	return c
}

// goal is what the form asks the server for with one of its buttons.
func (f *form) goal(id ID) client.Command {
	switch {
	case id == JoinID:
		return client.Enter{Code: f.code}
	case id == WatchID:
		return client.Watch{Code: f.code}
	case f.private:
		return client.Open{Variant: f.variant(), Time: f.time, Private: true}
	}
	return client.Join{Variant: f.variant(), Time: f.time}
}

// pressForm acts on a button of the first screen.
func (a *App) pressForm(id ID) {
	f := &a.form
	switch {
	case id == OmokID:
		f.kind = rules.Omok
	case id == ChessID:
		f.kind = rules.Chess
	case id == PrivateID:
		f.private = !f.private
	case id == StopID:
		a.disconnect()
		a.note, a.bad = "", false
	case id >= ServerID && int(id-ServerID) < len(a.servers):
		f.address = a.servers[id-ServerID].Address
	case id == StartID || id == JoinID || id == WatchID:
		if a.o.Save != nil {
			a.o.Save(Settings{Address: f.address, Name: f.name, Game: variants.Format(f.variant()), Time: f.time.String(), Private: f.private})
		}
		a.connect(f.goal(id))
	}
}
