package i18n

// What `hansu bench` shows: progress, table and page.
var (
	BenchProgress = Text{"[%d/%d] %s (%s)", "[%d/%d] %s (%s)"}
	BenchNone     = Text{"잴 수 있는 모델이 없습니다.", "there is no model to measure."}
	BenchSkipped  = Text{"%s: 한 번에 한 사람만 받으므로 클라이언트가 하나일 때만 쟀습니다.", "%s: serves one client at a time, so it was measured with one only."}
	BenchWritten  = Text{"%s 파일에 썼습니다.", "Written to %s."}
	BenchBadList  = Text{"%s: 1 이상의 수를 쉼표로 나누어 적으세요.", "%s: give numbers of 1 or more, separated by commas."}
	BenchBadModel = Text{"그런 모델이 없습니다: %q", "no such model: %q"}

	BenchHostileHead = Text{
		"공격\t수\tp50\tp99\t조용할 때의 몇 배\t공격 연결\t공격 MB\t서버 메모리 MB",
		"ATTACK\tMOVES\tp50\tp99\t× QUIET\tCONNECTIONS\tMB SENT\tSERVER MB",
	}
	BenchHostileQuiet = Text{"(없음)", "(none)"}
	BenchBadAttack    = Text{"그런 공격이 없습니다: %q. 있는 것: %s", "no such attack: %q; there are %s"}

	BenchColTarget   = Text{"대상", "TARGET"}
	BenchColRate     = Text{"%s/초", "%s/s"}
	BenchColCPU      = Text{"서버 CPU µs", "CPU µs"}
	BenchColQuotient = Text{"서버÷클라이언트", "SERVER÷CLIENTS"}
	BenchColRelative = Text{"%s 대비", "vs %s"}
	BenchColMemory   = Text{"쉬는 연결의 메모리", "IDLE MEMORY"}
	BenchColLast     = Text{"마지막 p99", "LAST p99"}

	BenchUnitMessage  = Text{"메시지", "messages"}
	BenchUnitDelivery = Text{"전달", "deliveries"}
	BenchUnitMove     = Text{"수", "moves"}
	BenchUnitClient   = Text{"연결", "clients"}
	BenchUnitEvent    = Text{"기록", "events"}

	BenchEchoTitle  = Text{"모든 I/O 모델의 에코 서버", "An echo server on every I/O model"}
	BenchChatTitle  = Text{"한 사람의 말을 모두에게: 채팅 서버", "One speaks, all hear: the chat server"}
	BenchPlayTitle  = Text{"대국 전체: 규칙 확인과 저장까지", "Whole games, every move checked and stored"}
	BenchIdleTitle  = Text{"쉬는 연결의 메모리", "Memory of idle clients"}
	BenchStoreTitle = Text{"저장소: 디스크에 남는 기록", "The store: durable events"}

	BenchEchoGroup  = Text{"클라이언트 수 × 각자 답을 기다리는 메시지 수", "clients × messages each has under way"}
	BenchChatGroup  = Text{"받는 사람 수 × 보내는 중인 메시지 수", "receivers × messages under way"}
	BenchPlayGroup  = Text{"동시에 두는 대국 수와 수 사이의 간격", "games at once, and the time between moves"}
	BenchIdleGroup  = Text{"연결의 종류와 수", "kind and number of connections"}
	BenchStoreGroup = Text{"동시에 저장을 기다리는 쪽의 수", "submitters that wait for their own event"}

	BenchPageMachine = Text{
		"%s %s, 프로세서 %d개 (%s), 커널 %s, %s. 시작할 때의 부하 평균: %s.",
		"%s %s, %d processors (%s), kernel %s, %s. Load averages at the start: %s.",
	}
	BenchPageMethod = Text{
		"서버와 클라이언트는 따로 도는 프로세스이고, 서버마다 %[1]g초씩, 차례를 섞어 %[2]d번 쟀습니다. 막대는 그 중앙값이고 가는 선은 가장 작은 값과 큰 값입니다. 되돌아온 것은 모두 보낸 것과 같은지 확인했습니다.",
		"Server and clients are processes of their own. Each was measured for %[1]g s at a time, in %[2]d interleaved rounds; bars are medians, whiskers the least and the most. All that came back was verified.",
	}
	BenchPageShared = Text{
		"다른 일도 하는 컴퓨터에서는 초당 수치와 지연이 흔들립니다. 서버가 쓴 CPU 시간, 그리고 같은 순간에 잰 것끼리의 비율을 보세요.",
		"On a machine that does other work as well, rates and latencies waver. Read the CPU time of the server, and ratios within this page.",
	}
	BenchStartFill = Text{"진행 중인 대국 %d개를 저장합니다…", "Storing %d games in progress …"}
	BenchStartLine = Text{
		"저장된 대국 %d개: 접속을 받기까지 %s ms(최대 %s), 첫 클라이언트를 받기까지 %s ms(최대 %s)",
		"%d stored games: %s ms to listening (most: %s), %s ms to the first accepted client (most: %s)",
	}
	BenchPageRepeat   = Text{"다시 재려면:", "To repeat it:"}
	BenchPageGroup    = Text{"부하 %s", "Load %s"}
	BenchPageTable    = Text{"숫자로", "In numbers"}
	BenchPageNotes    = Text{"덧붙임", "Notes"}
	BenchPlotCPU      = Text{"서버 CPU 시간 (µs, 하나마다)", "Server CPU time, µs each"}
	BenchPlotCPUHint  = Text{"짧을수록 좋습니다.", "Shorter is better."}
	BenchPlotRate     = Text{"1초에 처리한 수", "Done in a second"}
	BenchPlotRateTip  = Text{"길수록 좋습니다.", "Longer is better."}
	BenchPlotMemory   = Text{"쉬는 연결 하나의 서버 메모리", "Server memory of one idle client"}
	BenchPlotMemTip   = Text{"서버 프로세스만의 메모리이고, 커널의 소켓은 빠져 있습니다.", "Of the server's process; the kernel's sockets are not in it."}
	BenchPlotLatency  = Text{"지연: 몇 퍼센트가 이 시간 안에 끝났는가", "Latency: which share was done within what time"}
	BenchPlotLatTip   = Text{"낮을수록 좋습니다. 두 축 모두 로그 눈금입니다.", "Lower is better. Both axes are logarithmic."}
	BenchPlotTrend    = Text{"부하가 늘 때의 서버 CPU 시간 (µs, 하나마다)", "Server CPU time as the load grows, µs each"}
	BenchPlotTrendTip = Text{"평평할수록 좋습니다.", "Flat is good."}
	BenchPlotWait     = Text{"부하가 늘 때의 p99 지연", "p99 latency as the load grows"}
	BenchPlotWaitTip  = Text{"100개 가운데 99개가 이 시간 안에 끝났습니다.", "99 of 100 were done within this time."}
)

// benchHelp are the help texts of `hansu bench`.
var benchHelp = map[string]Text{
	"bench":            {"속도를 잽니다.", "Measure."},
	"bench_echo":       {"모든 I/O 모델의 에코 서버를 번갈아 재서 견줍니다.", "Compare the echo server on every I/O model."},
	"bench_chat":       {"한 사람의 말이 모두에게 가는 채팅 서버를 잽니다.", "Measure the chat server: one speaks, all hear."},
	"bench_play":       {"대국 전체를 잽니다. 모든 수는 확인하고 저장한 다음에 알립니다.", "Measure whole games, every move checked and durable before it is told."},
	"bench_idle":       {"쉬는 연결 하나가 쓰는 서버의 메모리를 잽니다.", "Measure the server's memory of an idle client."},
	"bench_store":      {"디스크에 안전하게 남는 기록의 수를 잽니다.", "Measure durable events a second."},
	"bench_hostile":    {"악의 있는 클라이언트들이 공격하는 동안 정직한 대국을 재고, 조용할 때와 견줍니다.", "Measure honest games while hostile clients attack, against those on a quiet server."},
	"bench_attacks":    {"공격의 종류. 쉼표로 여럿. 기본값은 모두.", "Kinds of attack, several with commas; default: all."},
	"bench_attackers":  {"공격의 크기: 동시에 붙는 연결의 기준 수.", "Size of an attack: the connections at once that its kind is multiplied with."},
	"bench_start":      {"서버가 뜨는 시간을 잽니다.", "Measure how long a server takes to start."},
	"bench_tables":     {"저장된, 진행 중인 대국 수. 쉼표로 여럿.", "Stored games in progress; several with commas."},
	"bench_games":      {"동시에 두는 대국 수. 쉼표로 여럿.", "Games at once; several with commas."},
	"bench_interval":   {"한 대국에서 수와 수 사이의 시간. 기본값은 되는 대로 빨리.", "Time between the moves of a game; default: as fast as they can."},
	"bench_nodes":      {"한 데이터베이스를 함께 쓰는 서버를 이만큼 열어 혼자 여는 서버와 나란히 잽니다.", "Measure, beside a server alone, one of so many nodes that share a database."},
	"bench_db":         {"그 데이터베이스의 주소.", "Address of that database."},
	"bench_nats":       {"서버들을 묶는 NATS의 주소.", "Address of the NATS server that joins the nodes."},
	"bench_server":     {"새로 여는 대신 이 주소의 서버를 잽니다. --rate 0으로 연 서버여야 합니다.", "Measure the server at this address, started with --rate 0, instead of one of its own."},
	"bench_data":       {"잠깐 쓸 자료 폴더를 만들 곳. 기본값은 시스템의 임시 폴더.", "Where to make directories for data while measuring; default: the system's for temporary files."},
	"bench_kind":       {"연결의 종류: tcp, 또는 자리에 앉은 사람(packets, 브라우저처럼은 websocket).", "Kind of connection: tcp, or seated players: packets, or websocket as browsers come."},
	"bench_receivers":  {"듣는 클라이언트 수. 쉼표로 여럿.", "Clients that listen; several with commas."},
	"bench_depth_chat": {"말하는 사람이 동시에 보내 두는 메시지 수. 쉼표로 여럿.", "Messages of the one who speaks under way; several with commas."},
	"bench_submitters": {"저장을 기다리는 쪽의 수. 쉼표로 여럿.", "Submitters that wait, each for its own event; several with commas."},
	"bench_bytes":      {"기록 하나의 바이트 수.", "Bytes an event."},
	"bench_models":     {"잴 모델. 기본값은 이 시스템에 있는 모두.", "Models to measure; default: all that this system has."},
	"bench_clients":    {"클라이언트 수. 쉼표로 여럿.", "Clients; several with commas."},
	"bench_size":       {"메시지의 바이트 수.", "Bytes a message."},
	"bench_depth":      {"클라이언트마다 답을 기다리는 메시지 수. 쉼표로 여럿.", "Messages each client has under way; several with commas."},
	"bench_duration":   {"한 번 재는 시간.", "How long each is measured at a time."},
	"bench_warmup":     {"재기 전에 돌려 두는 시간.", "How long each runs before it is measured."},
	"bench_rounds":     {"번갈아 재는 횟수.", "Rounds in which all take turns."},
	"bench_rate":       {"1초에 보낼 메시지 수. 0은 답이 오는 대로.", "Messages a second in all; 0 is as fast as answers come."},
	"bench_baseline":   {"C로 쓴 epoll과 io_uring 서버(gcc, liburing 필요), Go의 net과도 견줍니다.", "Compare with plain servers too: C epoll and io_uring (needs gcc, liburing) and Go's net."},
	"bench_loops":      {"서버의 루프 수. 0은 쓸 수 있는 프로세서 수.", "Loops of a server; 0 is the processors that it may use."},
	"bench_threads":    {"클라이언트 쪽 스레드 수. 0은 쓸 수 있는 프로세서 수.", "Threads of the clients; 0 is the processors that they may use."},
	"bench_split":      {"서버와 클라이언트에게 프로세서를 반씩 나눠 줍니다 (Linux).", "Give servers half of the processors and clients the other half (Linux)."},
	"bench_json":       {"결과 전체를 JSON으로 쓸 파일.", "File for all results as JSON."},
	"bench_html":       {"그림이 있는 결과를 HTML로 쓸 파일.", "File for a page of HTML with plots."},
	"bench_child":      {"재는 일을 맡은 프로세스.", "A process of a measurement."},
}
