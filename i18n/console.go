package i18n

// What the echo and chat servers and the console client say.
var (
	ConsoleListening = Text{"%s에서 기다립니다 (모델: %s).", "Listening on %s (model: %s)."}
	ConsoleConnected = Text{"[%v] 들어옴", "[%v] connected"}
	ConsoleData      = Text{"[%v] %d바이트: %s", "[%v] %d bytes: %s"}
	ConsoleLeft      = Text{"[%v] 나감", "[%v] left"}
	ConsoleOpened    = Text{"%v에 연결되었습니다 (내 주소 %v). Ctrl+D로 보내기를 끝냅니다.", "Connected to %v from %v. Ctrl+D ends sending."}
	ConsoleReceived  = Text{"[받음] %d바이트: %s", "[received] %d bytes: %s"}
	ConsoleClosed    = Text{"연결이 끝났습니다.", "The connection has ended."}
	ConsoleDatagrams = Text{"데이터그램 %d개를 보냈고, %d개가 돌아왔고, %d개는 돌아오지 않았습니다.", "%d datagrams sent, %d received, %d did not come back."}

	ModelsHead    = Text{"모델\t방식\t상태", "MODEL\tMECHANISM\tSTATUS"}
	ModelsHere    = Text{"있음", "available"}
	ModelsClient  = Text{"있음 (클라이언트용)", "available (for clients)"}
	ModelsMissing = Text{"없음: %s", "missing: %s"}

	// Why a model is missing; they complete ModelMissing.
	ModelMissing        = Text{"모델 %[1]s: %[2]s", "the model %[1]s %[2]s"}
	ModelNeedsWindows   = Text{"Windows에만 있습니다", "needs Windows"}
	ModelNeedsLinux     = Text{"Linux 6.0 이상이 필요합니다 (여기는 Linux %s)", "needs Linux 6.0 or newer; this is Linux %s"}
	ModelNeedsLinuxOr   = Text{"Linux 6.0 이상이나 Windows가 필요합니다", "needs Linux 6.0 or newer, or Windows"}
	ModelSwitchedOff    = Text{"이 시스템에서 꺼져 있습니다 (%s)", "is switched off on this system (%s)"}
	ModelForPrivileged  = Text{"이 시스템에서는 권한이 있는 사용자만 쓸 수 있습니다 (%s)", "is for privileged users only on this system (%s)"}
	ModelFiltered       = Text{"컨테이너에서 흔하듯 seccomp 필터가 막고 있습니다 (%s)", "is blocked by a seccomp filter, as in many containers (%s)"}
	ModelRefused        = Text{"링을 만들 수 없습니다 (%s)", "cannot make a ring (%s)"}
	ModelForClientsOnly = Text{"클라이언트용입니다", "is for clients only"}
)

// consoleHelp are the help texts of the commands that show sockets.
var consoleHelp = map[string]Text{
	"echo":       {"받은 바이트를 그대로 돌려보내는 서버를 엽니다.", "Run a server that sends back what it gets."},
	"chat":       {"한 사람이 보낸 것을 모두에게 전하는 서버를 엽니다.", "Run a server that passes what one client sends on to all."},
	"connect":    {"서버에 연결해 줄을 보내고 받은 것을 보여 줍니다.", "Connect to a server, send lines and show what arrives."},
	"models":     {"소켓 I/O 모델과 이 시스템에 있는 것을 보여 줍니다.", "List the socket I/O models and which of them this system has."},
	"listen":     {"기다릴 주소. 포트 0은 빈 포트.", "Address to listen on; port 0 is any free one."},
	"any_model":  {"소켓 I/O 모델: blocking, threads, events, completion.", "Socket I/O model: blocking, threads, events or completion."},
	"dial_model": {"소켓 I/O 모델: threads, messages(Windows).", "Socket I/O model: threads, or messages (Windows)."},
	"workers":    {"Windows의 completion에서 일하는 스레드 수. 0은 CPU 수의 두 배 더하기 하나.", "Threads of completion on Windows; 0 is twice the CPUs and one."},
	"limit":      {"동시에 받는 연결의 수. 0은 제한 없음.", "Connections served at once; 0 is no limit."},
	"udp":        {"TCP 대신 데이터그램(UDP)을 씁니다.", "Use datagrams (UDP) instead of TCP."},
	"terminator": {"줄 끝에 붙일 것: nul, lf, crlf, none.", "What is sent after each line: nul, lf, crlf or none."},
	"hex":        {"받은 바이트를 16진수로 보여 줍니다.", "Show what arrives as hexadecimal digits."},
}
