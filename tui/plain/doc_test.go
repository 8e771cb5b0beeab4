package plain

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"hansu/i18n"
)

// lines are the kinds of line that docs/line-mode.md promises, in its order.
var lines = []i18n.Text{
	i18n.PlayConnected, i18n.PlayResumed, i18n.PlayOtherTables, i18n.PlayTable, i18n.PlayYouAre, i18n.PlayWatching, i18n.PlaySeatGone,
	i18n.PlaySeated, i18n.PlayWaiting, i18n.PlayGameNow, i18n.PlayStarted, i18n.PlayYourSide, i18n.PlaySides,
	i18n.PlayMoved, i18n.PlayClocks, i18n.PlayCheck, i18n.PlayYourTurn, i18n.PlayTheirTurn,
	i18n.PlayStone, i18n.PlayZone, i18n.PlayChoose, i18n.PlayOffers5,
	i18n.PlayDrawClaim, i18n.PlayFoulClaim, i18n.PlayYouOffer, i18n.PlayProposed, i18n.PlayOffered,
	i18n.PlayAccepted, i18n.PlayDeclined, i18n.PlayWithdrawn, i18n.PlayTookBack,
	i18n.PlaySaid, i18n.PlayAway, i18n.PlayMayClaim, i18n.PlayBack, i18n.PlayLeft, i18n.PlayEmpty,
	i18n.PlayWin, i18n.PlayDraw, i18n.PlayNoResult, i18n.PlayYouWin, i18n.PlayYouLose, i18n.PlayAfter,
	i18n.PlayOffline, i18n.PlayOnline, i18n.PlayMoveKept, i18n.PlayDetached, i18n.PlayNoKeep,
	i18n.PlayWrong, i18n.PlayRefused, i18n.PlayUnknown, i18n.PlayMoves, i18n.PlayNoClock,
}

var filledIn = regexp.MustCompile(`%[sdqv]`)

// TestDocument: the page shows each kind of line as it is written, in both languages.
func TestDocument(t *testing.T) {
	page, err := os.ReadFile("../../docs/line-mode.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range lines {
		row := "| `" + filledIn.ReplaceAllString(text.En, "…") + "` | `" + filledIn.ReplaceAllString(text.Ko, "…") + "` |"
		if !strings.Contains(string(page), row) {
			t.Errorf("docs/line-mode.md has no row\n%s", row)
		}
	}
	for word := range commands {
		if !strings.Contains(string(page), "`/"+word) {
			t.Errorf("docs/line-mode.md does not name /%s", word)
		}
	}
}
