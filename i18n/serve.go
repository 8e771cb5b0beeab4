package i18n

// What `hansu serve` says to the person who starts it.
var (
	ServePage       = Text{"한수가 열렸습니다. 브라우저에서 이 주소를 열면 바로 둘 수 있습니다:", "Hansu is open. To play, open this address in a browser:"}
	ServePageOthers = Text{"같은 네트워크의 다른 사람은 이 주소로 들어옵니다:", "Others on this network come to:"}
	ServePageHere   = Text{"이 컴퓨터에서만 열리는 주소입니다.", "It can be reached from this computer only."}
	ServePageSecond = Text{"두 번째로 여는 사람이 상대가 됩니다.", "The second person to open it is the opponent."}

	ServeListening     = Text{"터미널에서 두려면 (서버 주소: %s):", "To play in a terminal (the server's address is %s):"}
	ServeListeningHere = Text{"터미널에서 두려면 (서버 주소: %s, 이 컴퓨터에서만):", "To play in a terminal (the server's address is %s, from this computer only):"}
	ServeNoHTTP        = Text{"페이지를 %s에서 열 수 없습니다: %v\n다른 프로그램이 그 포트를 쓰고 있으면 --http :9081처럼 다른 주소를 고르세요(포트 0은 빈 포트, --http=는 페이지 없음).", "cannot serve the page on %s: %v\nIf another program has that port, choose another address, such as --http :9081 (port 0 is any free one, --http= is no page)."}
	ServeData          = Text{"자료가 저장되는 곳: %s", "Data is kept in: %s"}
	ServeKeptDB        = Text{"자료가 저장되는 데이터베이스: %s", "Data is kept in the database %s"}
	ServeNode          = Text{"자료가 저장되는 데이터베이스: %s. 이 데이터베이스를 쓰는 다른 노드와 한 서버입니다.", "Data is kept in the database %s. This node is one server with the others there."}
	ServeSecond        = Text{"두 번째 사람도 같은 명령을 실행하면 서로 만납니다.", "A second person who runs the same command is the opponent."}
	ServeStop          = Text{"멈추려면 Ctrl+C를 누르세요. 두던 판은 다음에 그대로 이어집니다.", "Press Ctrl+C to stop. Games in progress go on when it is started again."}
	ServeDataOrDB      = Text{"--data와 --db 가운데 하나만 주세요.", "--data, --db: give one of them."}
	ServeBadDB         = Text{"--db에는 postgres://USER:PASSWORD@HOST/NAME이나 sqlite:DIR을 적습니다.", "--db takes postgres://USER:PASSWORD@HOST/NAME or sqlite:DIR."}
	ServeNoDB          = Text{"데이터베이스를 쓸 수 없습니다: %v\n주소와 권한을 확인하세요. 서버의 사용자가 스키마를 만들 수 있어야 합니다: GRANT CREATE ON DATABASE …", "the database cannot be used: %v\nCheck the address and the rights: the server's user must be able to make a schema (GRANT CREATE ON DATABASE …)."}
	ServeDBLocked      = Text{"다른 한수 서버가 이 데이터베이스를 쓰고 있습니다.\n그 서버를 멈추거나 다른 데이터베이스를 고르세요.", "another Hansu server is using this database.\nStop that one, or choose another database."}
	ServeDBLone        = Text{"--nats 없이 연 한수 서버가 이 데이터베이스를 혼자 쓰고 있습니다.\n그 서버를 멈추고 --nats를 주어 다시 여세요.", "a Hansu server without --nats has this database for itself.\nStop that one, and start it again with --nats."}
	ServeNATSAlone     = Text{"--nats는 여러 서버를 하나로 묶습니다. 함께 쓸 데이터베이스가 있어야 합니다: --db postgres://…\n자료 폴더나 SQLite 파일은 한 서버만 쓸 수 있습니다. hansu migrate로 옮길 수 있습니다.", "--nats joins several servers, which need a database that they share: --db postgres://…\nA data directory or a SQLite file is one server's alone; hansu migrate moves it."}
	ServeNATSFiles     = Text{"--nats-creds, --nats-ca, --nats-cert, --nats-key는 --nats와 함께 씁니다.", "--nats-creds, --nats-ca, --nats-cert and --nats-key go with --nats."}
	ServeNoNATS        = Text{"NATS에 이어지지 않습니다: %v\n--nats의 주소와 그 서버가 켜져 있는지 확인하세요.", "cannot connect to NATS: %v\nCheck the address of --nats, and that the server there is running."}
	ServeDBNewer       = Text{"이 데이터베이스는 더 새로운 한수가 썼습니다. 한수를 새 버전으로 바꾸세요.", "a newer Hansu wrote this database. Update Hansu."}
	ServeLocked        = Text{"이 자료 폴더는 다른 한수 서버가 쓰고 있습니다: %s\n그 서버를 멈추거나 --data로 다른 폴더를 고르세요.", "another Hansu server is using this data directory: %s\nStop that one, or choose another directory with --data."}
	ServeNewer         = Text{"자료가 더 새로운 한수로 쓰였습니다: %s\n한수를 새 버전으로 바꾸거나 --data로 다른 폴더를 고르세요.", "the data was written by a newer Hansu: %s\nUpdate Hansu, or choose another directory with --data."}
	ServeNoTCP         = Text{"%s에서 열 수 없습니다: %v\n--tcp로 다른 주소나 포트를 고르세요 (포트 0은 빈 포트).", "cannot listen on %s: %v\nChoose another address or port with --tcp (port 0 is any free one)."}
	ServeNoHome        = Text{"자료를 둘 폴더를 찾지 못했습니다: %v\n--data로 폴더를 고르세요.", "no place for the data was found: %v\nChoose a directory with --data."}
	ServeNoData        = Text{"자료를 %s에 둘 수 없습니다: %v\n--data로 다른 폴더를 고르세요.", "cannot keep data in %s: %v\nChoose another directory with --data."}
	ServeBadAddr       = Text{"%s: %q: 주소는 HOST:PORT 꼴이고 포트는 0~65535여야 합니다.", "%s: %q: an address is HOST:PORT with a port from 0 to 65535"}
	ServeBadOrigin     = Text{"--allowed-origins: %q: https://example.org 꼴이어야 합니다(경로 없이).", "--allowed-origins: %q: an origin is like https://example.org, without a path"}
	ServeAtLeast       = Text{"%s: %v 이상이어야 합니다.", "%s: must be %v or more"}
	ErrorPrefix        = Text{"오류: %v", "error: %v"}
	HelpApp            = Text{"한수 — 두 사람이 한 서버에서 오목이나 체스를 둡니다.", "Hansu — two people play omok or chess through one server."}
	SeeHelp            = Text{"사용법을 보려면: %s", "See %s."}
)

// serveHelp are the help texts of the server's commands and flags.
var serveHelp = map[string]Text{
	"serve":      {"서버를 엽니다.", "Run a server."},
	"version":    {"버전을 보여 줍니다.", "Show the version."},
	"help":       {"도움말을 보여 줍니다.", "Show help."},
	"tcp":        {"패킷을 받을 주소. 포트 0은 빈 포트.", "Address for packets; port 0 is any free one."},
	"data":       {"자료를 둘 폴더. 기본값은 사용자 자료 폴더.", "Directory for the data; default: the user's data directory."},
	"model":      {"소켓 I/O 모델: auto, threads, events, completion.", "Socket I/O model: auto, threads, events or completion."},
	"grace":      {"나간 사람의 자리를 지켜 주는 시간.", "How long an absent player's seat is safe."},
	"log_format": {"기록 형식: text 또는 json.", "Log format: text or json."},
	"log_level":  {"기록 수준: debug, info, warn, error.", "Log level: debug, info, warn or error."},
}
