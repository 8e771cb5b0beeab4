package i18n

// What `hansu games`, `hansu watch` and the list of `hansu export` say.
var (
	GamesHead    = Text{"코드|상태|게임|시간|수|대국자", "CODE|STATE|GAME|TIME|MOVES|PLAYERS"}
	GamesOpen    = Text{"대기", "open"}
	GamesRunning = Text{"대국 중", "running"}
	ExportHead   = Text{"판|끝난 때|게임|시간|수|결과|이유|대국자", "GAME|ENDED|RULES|TIME|MOVES|RESULT|REASON|PLAYERS"}
	ExportFile   = Text{"--output에는 --format이나 --json이 필요합니다.", "--output needs --format or --json."}
	ExportTwice  = Text{"--json과 --format 가운데 하나만 쓰세요.", "Use either --json or --format."}
)

// gamesHelp are the help texts of these commands.
var gamesHelp = map[string]Text{
	"games":         {"서버에서 기다리는 방과 두고 있는 판을 보여 줍니다.", "List a server's open seats and running games."},
	"games_open":    {"자리가 빈 방만.", "Only tables with an open seat."},
	"games_running": {"두고 있는 판만.", "Only running games."},
	"games_json":    {"방마다 JSON 한 줄을 씁니다.", "Write one line of JSON a table."},
	"watch_cmd":     {"방을 관전합니다.", "Watch a table."},
	"watch_code":    {"방의 코드.", "The table's code."},
	"watch_json":    {"일어나는 일마다 JSON 한 줄을 쓰고, 대국이 끝나면 끝납니다.", "Write one line of JSON an event; end with the game."},
	"export_json":   {"--format json과 같습니다.", "The same as --format json."},
}
