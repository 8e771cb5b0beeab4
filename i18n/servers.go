package i18n

// What `hansu servers` and `hansu serve --announce` say.
var (
	ServeAnnounced  = Text{"같은 네트워크에서는 주소 없이도 찾을 수 있습니다: %s play", "On this network people find it without an address: %s play"}
	ServeNoAnnounce = Text{"--announce: %s에서만 열리므로 다른 컴퓨터에서 찾아올 수 없습니다. --tcp로 다른 주소를 고르세요.", "--announce: nobody else can reach %s. Choose another address with --tcp."}

	ServersHead = Text{"주소|페이지|이름", "ADDRESS|PAGE|NAME"}
	ServersNone = Text{"이 네트워크에서 찾은 서버가 없습니다. 이 명령으로 열 수 있습니다: %s", "no server was found on this network. Start one with: %s"}
)

// serversHelp are the help texts of `hansu servers`.
var serversHelp = map[string]Text{
	"announce":     {"같은 네트워크에서 주소 없이 찾을 수 있게 알립니다(mDNS).", "Let people on the local network find the server without its address (mDNS)."},
	"announce_as":  {"알릴 이름. 기본값은 컴퓨터의 이름.", "The name it is found under; default: the computer's name."},
	"servers":      {"같은 네트워크에 있는 서버를 찾습니다(mDNS).", "List the servers that are announced on the local network (mDNS)."},
	"servers_wait": {"답을 기다리는 시간.", "How long to wait for answers."},
	"servers_json": {"서버마다 JSON 한 줄을 씁니다.", "Write one line of JSON a server."},
}
