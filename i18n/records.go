package i18n

// What the commands for records and rules say.
var (
	CheckLine     = Text{"%s: %s, %d판, %d수, 결과 %[6]d개 중 %[5]d개 일치, 오류 %[7]d", "%s: %s, games %d, moves %d, results %d of %d agree, errors %d"}
	CheckNotes    = Text{", 주의 %d", ", notes %d"}
	CheckFault    = Text{"%s:%d: %s: %s", "%s:%d: %s: %s"}
	CheckIllegal  = Text{"규칙에 어긋난 기보가 있습니다", "there are games that are not legal"}
	CheckUnread   = Text{"읽을 수 없는 파일이 있습니다", "there are files that could not be read"}
	CheckFailed   = Text{"%s: 읽을 수 없습니다: %v", "%s: cannot be read: %v"}
	CheckNoRecord = Text{"기보 파일이 아닙니다", "not a file of games"}
	CheckProgress = Text{"%s: %s, %d판, 오류 %d", "%s: %s, games %d, errors %d"}
	BadRuleset    = Text{"--ruleset %q: 그런 규칙이 없습니다 (%s).", "--ruleset %q: there are no such rules (%s)."}

	FaultIllegal = Text{"오류", "error"}
	FaultResult  = Text{"결과", "result"}
	FaultNote    = Text{"주의", "note"}

	PerftDepth    = Text{"--depth는 0에서 %d까지입니다.", "--depth is from 0 to %d."}
	PerftNodes    = Text{"국면 %d개, %s초, 초당 %d개", "nodes %d, seconds %s, nodes/s %d"}
	RulesOneInput = Text{"--moves와 --board 중 하나를 쓰세요.", "Use either --moves or --board."}
	RulesOccupied = Text{"%s에 이미 돌이 있습니다.", "There is a stone on %s already."}
	RulesMove     = Text{"%d번째 수 %s: %v", "move %d, %s: %v"}
	RulesSize     = Text{"렌주의 판은 15줄인데 %d줄입니다.", "Renju has boards of 15 points a side, not of %d."}

	ExportWhat     = Text{"CODE나 --all 중 하나를 쓰세요.", "Use either CODE or --all."}
	ExportFrom     = Text{"--all은 --data로만 됩니다. 서버는 코드로만 찾습니다.", "--all needs --data: a server finds games by their code only."}
	ExportNumber   = Text{"%q: 판 번호가 아닙니다. CODE/2처럼 쓰세요.", "%q is no number of a game; write CODE/2."}
	ExportNone     = Text{"%s: 끝난 판이 없습니다.", "%s: there is no finished game."}
	ExportNoData   = Text{"%s에는 한수의 자료가 없습니다.", "There is no data of Hansu in %s."}
	ExportCannot   = Text{"%s: %v 형식에 담을 수 없습니다: %v", "%s: cannot be written as %v: %v"}
	ExportLeftOut  = Text{"%[2]v 형식에 담을 수 없는 %[1]d판을 뺐습니다.", "Games left out because %[2]v cannot hold them: %[1]d."}
	ExportFinished = Text{"%d판을 %s에 썼습니다.", "Games written: %d, to %s."}
)

// recordsHelp are the help texts of `hansu check`, `hansu rules` and `hansu export`.
var recordsHelp = map[string]Text{
	"check":           {"기보 파일의 모든 판을 규칙대로 둬 봅니다.", "Replay every game of record files by the rules."},
	"check_files":     {"기보 파일: PGN, SGF, psq, 수 목록, JSON. -는 표준 입력.", "Record files: PGN, SGF, psq, lists of moves, JSON; - is standard input."},
	"check_verbose":   {"틀린 곳마다 파일:줄: 이유를 보여 줍니다.", "Show file:line: reason for everything that is wrong."},
	"check_json":      {"파일마다 JSON 한 줄을 씁니다.", "Write one line of JSON a file."},
	"check_ruleset":   {"파일에 규칙이 없을 때의 규칙: renju, freestyle, standard:19, chess 등.", "Rules where a file does not name them: renju, freestyle, standard:19, chess …"},
	"rules":           {"규칙을 시험하는 도구들.", "Tools that put the rules to the test."},
	"perft":           {"체스: 깊이만큼 둘 수 있는 모든 수순의 끝 국면을 셉니다.", "Chess: count the positions after every series of moves."},
	"fen":             {"시작 국면(FEN). 기본값은 처음 배치.", "The position to start from, in FEN; by default the start of a game."},
	"depth":           {"세는 깊이(반수).", "How many half-moves deep."},
	"divide":          {"첫 수마다 따로 셉니다.", "Count below each first move apart."},
	"chess960":        {"캐슬링을 체스960 방식으로 다룹니다.", "Castle as in Chess960."},
	"bulk":            {"마지막 수는 두지 않고 셉니다(더 빠름).", "Count the last ply without playing it, which is faster."},
	"forbidden":       {"오목: 판마다 금수 자리를 한 줄에 씁니다.", "Omok: write the forbidden points of each board on a line."},
	"rules_ruleset":   {"규칙: freestyle, standard, renju, omok, caro, caro-exact.", "Rules: freestyle, standard, renju, omok, caro or caro-exact."},
	"forbidden_moves": {"처음부터 둔 수들: \"h8 i9 …\".", "Moves from an empty board: \"h8 i9 …\"."},
	"board":           {"판 파일(X 흑, O 백, . 빈 점; 윗줄부터, 판 사이는 빈 줄). -는 표준 입력.", "File of boards (X black, O white, . empty; top row first, blank lines between); - is standard input."},
	"forbidden_side":  {"이제 둘 쪽. 기본값은 판에서는 흑, 수순에서는 차례인 쪽.", "Who moves next; by default black on boards, and after moves the side whose turn it is."},
	"win":             {"오목: 그 돌로 누가 이기는지 판마다 black, white, none으로 씁니다.", "Omok: say for each board who wins by a stone: black, white or none."},
	"win_move":        {"아직 판에 없는 돌의 자리.", "Where the stone is laid; it is not on the board yet."},
	"win_side":        {"돌의 색: black 또는 white.", "The stone's colour: black or white."},
	"export":          {"둔 판을 기보로 내보냅니다.", "Write games that were played as records."},
	"export_code":     {"방의 코드. CODE/2는 그 방의 둘째 판.", "The table's code; CODE/2 is the second game there."},
	"export_all":      {"끝난 모든 판. 새로운 판부터.", "All finished games, newest first."},
	"export_data":     {"자료 폴더. 서버가 쓰고 있어도 됩니다. 기본값은 사용자 자료 폴더.", "Directory of the data, also while a server uses it; default: the user's data directory."},
	"export_server":   {"자료 폴더 대신 이 서버에서 가져옵니다.", "Ask this server instead, HOST[:PORT]."},
	"export_format":   {"형식: pgn(체스), sgf, psq, moves(오목), json(모두). 없으면 판의 목록.", "Format: pgn (chess), sgf, psq, moves (omok) or json (both); without one, a list of the games."},
	"export_output":   {"쓸 파일. 기본값은 표준 출력.", "File to write; default: standard output."},
}
