package i18n

// What `hansu serve` says of flags that cannot be had.
var (
	ServeAtMost    = Text{"%s: %v 이하여야 합니다.", "%s: must be %v or less"}
	ServeNoMetrics = Text{"운영자용 주소를 %s에서 열 수 없습니다: %v\n--metrics로 다른 주소나 포트를 고르세요.", "cannot serve the operator's address on %s: %v\nChoose another address or port with --metrics."}
)

// limitHelp are the help texts of the flags that bound what clients may ask for.
var limitHelp = map[string]Text{
	"max_clients":           {"동시에 받는 연결의 수. 패킷과 WebSocket에 각각.", "Connections served at once, by packets and by WebSocket each."},
	"max_per_player":        {"한 사람이 동시에 열어 둘 수 있는 연결의 수. 넘으면 가장 오래된 것을 닫습니다.", "Connections of one player at once; beyond that the oldest is closed."},
	"max_tables":            {"한 사람이 동시에 앉을 수 있는 방의 수.", "Tables at which one player may sit at once."},
	"max_waiting":           {"두 번째 사람을 기다리는 방의 수, 모두 합쳐서.", "Tables of all players that may wait for a second one at once."},
	"max_name":              {"이름의 최대 글자 수.", "Characters of a name at most."},
	"max_chat":              {"채팅 한 줄의 최대 바이트.", "Bytes of one line of chat at most."},
	"max_outbound":          {"읽지 않는 클라이언트를 위해 쌓아 두는 최대 바이트. 넘으면 연결을 닫습니다.", "Bytes kept for a client that does not read; beyond that it is disconnected."},
	"rate":                  {"연결 하나가 1초에 보낼 수 있는 패킷 수. 0은 제한 없음.", "Packets a second from one connection; 0 is no limit."},
	"chat_rate":             {"연결 하나가 1분에 보낼 수 있는 채팅 줄 수. 0은 제한 없음.", "Lines of chat a minute from one connection; 0 is no limit."},
	"open_rate":             {"모두 합쳐 1초에 열 수 있는 방의 수. 0은 제한 없음.", "Tables that all clients together may open a second; 0 is no limit."},
	"open_rate_per_address": {"한 주소에서 1초에 열 수 있는 방의 수. 이 컴퓨터 자신은 빼고, 0은 제한 없음.", "Tables that clients at one address, this machine's own excepted, may open a second; 0 is no limit."},
	"look_rate":             {"연결 하나가 1초에 청할 수 있는 목록과 관전의 수. 0은 제한 없음.", "Lists and tables that one connection may ask to see a second; 0 is no limit."},
	"handshake_time":        {"연결하고 첫 패킷을 다 보내야 하는 시간.", "Time from connecting to a whole first packet."},
	"packet_time":           {"패킷의 첫 바이트부터 끝 바이트까지의 시간.", "Time from a packet's first byte to its last."},
	"idle_time":             {"아무것도 보내지 않는 클라이언트를 닫기까지의 시간.", "Time after which a client that sends nothing is closed."},
	"metrics":               {"세는 것들을 Prometheus 형식으로 보여 줄 운영자용 주소(/metrics), 예를 들어 localhost:9090. 기본값은 열지 않음.", "Address on which a monitor reads what is counted (/metrics, Prometheus' format), such as localhost:9090; default: none."},
}
