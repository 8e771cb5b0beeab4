// connection.h: a connection to a Hansu server for a program with a window. It never waits: WSAAsyncSelect
// sends the window a message when something has happened to the socket. It knows no window but by its handle, so
// it can be put into another program as it is.
#ifndef CONNECTION_H
#define CONNECTION_H
#include "text.h"

#include <ws2tcpip.h>

class Connection {
public:
    // A Listener is told what has become of the connection.
    struct Listener {
        virtual void onConnected() = 0;                                  // now packets can be sent: Hello first
        virtual void onPacket(const uint8_t *packet, size_t size) = 0;   // one whole packet; it may close()
        virtual void onClosed() = 0;                                     // it is over, for whatever reason
        virtual void onNote(const std::wstring &text) = 0;               // for the log
    protected:
        ~Listener() {}
    };

    // The window gets socket messages under this number and hands them to handle.
    Connection(Listener &listener, UINT message) : listener(listener), message(message) { memset(&in, 0, sizeof in); }

    bool connected() const { return up; }
    bool active() const { return s != INVALID_SOCKET; }
    void open(HWND window, const std::wstring &host, const std::wstring &port); // onConnected or onClosed follows
    void close();
    void send(const void *bytes, size_t size);     // what is not taken at once is kept until FD_WRITE
    void handle(SOCKET from, int event, int error); // wParam, and the two halves of lParam

private:
    void next();
    void flush();
    void receive();
    void ended();
    void failed(const wchar_t *call, int error);

    Listener &listener;
    UINT message;
    HWND window = NULL;
    SOCKET s = INVALID_SOCKET;
    bool up = false;
    hansu_stream in;
    std::string out;                    // not taken by send yet
    ADDRINFOW *list = NULL, *at = NULL; // the host's addresses, and the one being tried
};

inline void Connection::open(HWND w, const std::wstring &host, const std::wstring &port)
{
    close();
    window = w;
    ADDRINFOW hints;
    memset(&hints, 0, sizeof hints);
    hints.ai_socktype = SOCK_STREAM;
    // Looking up a name can take seconds, in which the window stands still; an address is found at once.
    int error = GetAddrInfoW(host.c_str(), port.c_str(), &hints, &list);
    if (error != 0) {
        list = NULL;
        return failed(L"GetAddrInfo", error);
    }
    at = list;
    next();
}

// next begins to connect to the next address. FD_CONNECT says how it went.
inline void Connection::next()
{
    s = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
    if (s == INVALID_SOCKET) return failed(L"socket", WSAGetLastError());
    if (WSAAsyncSelect(s, window, message, FD_CONNECT | FD_READ | FD_WRITE | FD_CLOSE) != 0)
        return failed(L"WSAAsyncSelect", WSAGetLastError());
    if (connect(s, at->ai_addr, (int)at->ai_addrlen) != 0 && WSAGetLastError() != WSAEWOULDBLOCK)
        failed(L"connect", WSAGetLastError());
}

inline void Connection::close()
{
    bool was = active() || list != NULL;
    if (s != INVALID_SOCKET) closesocket(s);
    if (list != NULL) FreeAddrInfoW(list);
    s = INVALID_SOCKET;
    list = at = NULL;
    up = false;
    memset(&in, 0, sizeof in);
    out.clear();
    if (was) listener.onClosed();
}

inline void Connection::failed(const wchar_t *call, int error)
{
    listener.onNote(format(L"%ls: %d: %ls", call, error, systemText(error).c_str()));
    close();
}

inline void Connection::send(const void *bytes, size_t size)
{
    if (!up) return;
    out.append((const char *)bytes, size);
    flush();
}

// flush sends what the socket takes. WSAEWOULDBLOCK is no error: FD_WRITE comes when there is room again.
inline void Connection::flush()
{
    while (!out.empty()) {
        int n = ::send(s, out.data(), (int)out.size(), 0);
        if (n < 0) {
            if (WSAGetLastError() != WSAEWOULDBLOCK) failed(L"send", WSAGetLastError());
            return;
        }
        out.erase(0, (size_t)n);
    }
}

// receive takes what has come. Each recv makes Windows send another FD_READ if there is more.
inline void Connection::receive()
{
    size_t room, size;
    char *space = (char *)hansu_stream_space(&in, &room);
    int n = recv(s, space, (int)room, 0);
    if (n < 0) {
        if (WSAGetLastError() != WSAEWOULDBLOCK) failed(L"recv", WSAGetLastError());
        return;
    }
    hansu_stream_added(&in, (size_t)n);
    // A listener that closes the connection empties the stream, so this ends.
    while (const uint8_t *packet = hansu_stream_next(&in, &size)) listener.onPacket(packet, size);
    if (in.bad) {
        listener.onNote(T(L"한수 서버가 아닙니다.", L"This is no Hansu server."));
        close();
    }
}

// ended reads what came before the end, and closes.
inline void Connection::ended()
{
    SOCKET was = s;
    u_long left = 0;
    while (s == was && ioctlsocket(s, FIONREAD, &left) == 0 && left > 0) receive();
    if (s != was) return;
    listener.onNote(T(L"서버가 연결을 닫았습니다.", L"The server has closed the connection."));
    close();
}

inline void Connection::handle(SOCKET from, int event, int error)
{
    if (from != s) return; // a message that was on its way when the socket was closed
    if (event == FD_CONNECT && error != 0 && at->ai_next != NULL) {
        closesocket(s);
        at = at->ai_next;
        return next();
    }
    if (error != 0) return failed(event == FD_CONNECT ? L"connect" : event == FD_READ ? L"recv" : L"FD_CLOSE", error);
    switch (event) {
    case FD_CONNECT:
        up = true;
        return listener.onConnected();
    case FD_READ: return receive();
    case FD_WRITE: return flush();
    case FD_CLOSE: return ended();
    }
}

#endif
