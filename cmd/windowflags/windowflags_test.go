package windowflags

import (
	"os"
	"testing"

	"hansu/window/screen"
)

// TestRecall: what was asked for last is offered, unless something else is said; a damaged file is none.
func TestRecall(t *testing.T) {
	t.Setenv("LocalAppData", t.TempDir())
	blank := Flags{Game: "omok", Time: "none"}
	got := blank
	if got.recall(); got != blank {
		t.Errorf("without a file: %+v", got)
	}
	save(screen.Settings{Address: "club:9000", Name: "길동", Game: "chess", Time: "5+3", Private: true})
	got = blank
	got.recall()
	if want := (Flags{Game: "chess", Time: "5+3", Name: "길동", Private: true, remembered: "club:9000"}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	said := Flags{Game: "omok:renju", Time: "10m", Name: "Ada"}
	got = said
	if got.recall(); got.Game != said.Game || got.Time != said.Time || got.Name != said.Name {
		t.Errorf("%+v, want what was said", got)
	}
	direct := Flags{Game: "omok", Time: "none", Address: "other"}
	got = direct
	if got.recall(); got != direct {
		t.Errorf("with an address: %+v", got)
	}
	save(screen.Settings{Address: "a", Name: "\x00", Game: "go", Time: "soon"})
	got = blank
	if got.recall(); got.Game != "omok" || got.Time != "none" || got.Name != "" {
		t.Errorf("what makes no sense is taken: %+v", got)
	}
	file, err := settingsFile()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	got = blank
	if got.recall(); got != blank {
		t.Errorf("from half a file: %+v", got)
	}
}
