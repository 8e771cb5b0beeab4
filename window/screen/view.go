package screen

import (
	"image"
	"image/color"
)

// View is all that the window shows.
type View struct {
	Title    string
	Picture  *image.RGBA // of the client area, without texts and controls
	Texts    []Text
	Controls []Control
	Enabled  map[ID]bool // of the menu's commands
	Log      []string    // the lines of the control LogID
	LogOf    ID          // which of the logs they are
	LogCount int         // of lines ever written: those that Log has lost are counted too
}

// Text is one text in the picture.
type Text struct {
	Rect  image.Rectangle
	Text  string
	Font  Font
	Color color.NRGBA
	Align Align
	Wrap  bool // over several lines; else it is cut with an ellipsis
}

// Font is one of the window's fonts.
type Font uint8

// The fonts.
const (
	Body Font = iota
	Small
	Bold
	Large // a heading
	Brand // the program's name
	Digits
	Coordinate
	Fonts // how many there are
)

// Pixels are the fonts' heights at 96 dots per inch, and whether they are bold.
var Pixels = [Fonts]struct {
	Height int
	Bold   bool
}{Body: {15, false}, Small: {13, false}, Bold: {15, true}, Large: {18, true}, Brand: {30, true}, Digits: {23, true}, Coordinate: {12, true}}

// Align says where in its rectangle a text stands; in height always in the middle, unless it wraps.
type Align uint8

// The alignments.
const (
	Left Align = iota
	Centre
	Right
)

// Kind is what kind of control the system brings.
type Kind uint8

// The kinds.
const (
	Edit    Kind = iota // one line to type in
	Log                 // many lines to read
	Button              // does something
	Primary             // what Enter does
	Danger              // cannot be undone
	Option              // one of several, or a thing that is on or off
	Choice              // shows one of Options; the others come as a menu
)

// Control is one control.
type Control struct {
	ID      ID
	Kind    Kind
	Rect    image.Rectangle
	Text    string // of an Edit: what has been typed
	Cue     string // of an empty Edit
	Max     int    // of an Edit: characters
	Options []string
	On      bool // of an Option
	Off     bool // it cannot be used now
}

// ID is a control or a command of the menu. Edits and buttons share the numbers.
type ID uint16

// The IDs. 1 and 2 are the system's: Enter and Escape in a dialogue.
const (
	EnterID  ID = 1
	EscapeID ID = 2
)

const (
	AddressID ID = 100 + iota
	NameID
	CodeID
	OmokID
	ChessID
	RulesID
	SizeID
	OpeningID
	TimeID
	PrivateID
	StartID
	JoinID
	WatchID
	StopID // give up connecting

	LogID
	GameLogID
	SocketLogID
	ChatID
	SayID
	DrawID
	TakebackID
	ResignID
	RematchID
	ClaimWinID
	ClaimDrawID
	PassID
	AcceptID
	DeclineID
	WithdrawID
	YesID
	NoID
	LeaveID

	NewID // menu: back to the first screen
	RawID // menu: a plain connection
	QuitID
	HelpID
	BoardID // menu: the keyboard goes to the board

	SendID // the line of a plain connection
	RawConnectID
	RawStopID
	RawSayID
	NulID
	LfID
	CrlfID
	NoneID
)

// Servers found and an opening's choices have a row of IDs each.
const (
	ServerID  ID = 200
	OptionID  ID = 220
	serverMax    = 8
	optionMax    = 10
)
