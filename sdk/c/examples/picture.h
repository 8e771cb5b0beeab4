// picture.h draws the window: all of it into a bitmap in memory, which is then copied to the window in one
// go. So nothing flickers, and no half-drawn board is ever seen (double buffering).
#ifndef PICTURE_H
#define PICTURE_H
#include "game.h"
#include "text.h"

#include <cmath>
#include <deque>

// Where things are, in pixels of the window's client area.
enum {
    WIDTH = 980, HEIGHT = 668,
    BOARD_X = 12, BOARD_Y = 54, BOARD = 602,
    PANEL_X = BOARD_X + BOARD + 14, PANEL_W = WIDTH - PANEL_X - 12,
    LOG_LINES = 26, LOG_LINE = 17, LOG_Y = 128, LOG_H = LOG_LINES * LOG_LINE + 12
};

static const COLORREF BACKGROUND = RGB(232, 234, 238);

// Square is a point or square of the board, or none.
struct Square {
    int col, row;
    Square() : col(-1), row(-1) {}
    Square(int c, int r) : col(c), row(r) {}
    bool is(int c, int r) const { return col == c && row == r; }
    bool none() const { return col < 0; }
};

// Grid says where on the window the points or squares of a board are.
struct Grid {
    int size, cell, x, y; // x, y: the centre of the upper left one
    bool flipped;         // black is below
    explicit Grid(const Game &game) : size(game.size), cell(game.chess ? BOARD / 9 : BOARD / (game.size + 1)), flipped(game.flipped())
    {
        x = BOARD_X + (BOARD - (size - 1) * cell) / 2;
        y = BOARD_Y + (BOARD - (size - 1) * cell) / 2;
    }
    int px(int col) const { return x + (flipped ? size - 1 - col : col) * cell; }
    int py(int row) const { return y + (flipped ? row : size - 1 - row) * cell; }
    Square at(int mx, int my) const // the one under the mouse
    {
        int col = (int)std::floor((mx - x) / (double)cell + 0.5), row = (int)std::floor((my - y) / (double)cell + 0.5);
        if (col < 0 || row < 0 || col >= size || row >= size) return Square();
        return flipped ? Square(size - 1 - col, row) : Square(col, size - 1 - row);
    }
};

// A Stone is a picture with a smooth edge, a light and a shadow, which GDI's Ellipse has not.
class Stone {
public:
    explicit Stone(bool white) : white(white), dc(CreateCompatibleDC(NULL)), bitmap(NULL), radius(0) {}
    ~Stone()
    {
        DeleteDC(dc);
        if (bitmap != NULL) DeleteObject(bitmap);
    }
    void draw(HDC to, int x, int y, int r, BYTE alpha)
    {
        BLENDFUNCTION blend = {AC_SRC_OVER, 0, alpha, AC_SRC_ALPHA};
        if (r != radius) make(r);
        int side = 2 * r + 8;
        GdiAlphaBlend(to, x - side / 2, y - side / 2, side, side, dc, 0, 0, side, side, blend);
    }

private:
    bool white;
    HDC dc;
    HBITMAP bitmap;
    int radius;

    // covered says how much of a pixel lies inside an edge that is distance pixels away.
    static double covered(double distance) { return distance < -0.5 ? 0 : distance > 0.5 ? 1 : distance + 0.5; }

    void make(int r)
    {
        int side = 2 * r + 8;
        BITMAPINFO info;
        void *bits = NULL;
        memset(&info, 0, sizeof info);
        info.bmiHeader.biSize = sizeof info.bmiHeader;
        info.bmiHeader.biWidth = side;
        info.bmiHeader.biHeight = -side; // the first line is the uppermost
        info.bmiHeader.biPlanes = 1;
        info.bmiHeader.biBitCount = 32;
        HBITMAP fresh = CreateDIBSection(dc, &info, DIB_RGB_COLORS, &bits, NULL, 0);
        if (fresh == NULL) return;
        SelectObject(dc, fresh);
        if (bitmap != NULL) DeleteObject(bitmap);
        bitmap = fresh;
        radius = r;
        BYTE *p = (BYTE *)bits;
        for (int i = 0; i < side * side; i++, p += 4) {
            double x = i % side - side / 2.0 + 0.5, y = i / side - side / 2.0 + 0.5;
            double stone = covered(r - std::hypot(x, y));
            double shadow = 0.4 * covered((r + 1 - std::hypot(x - 2, y - 2)) / 2);
            double away = std::fmin(1, std::hypot(x + 0.4 * r, y + 0.4 * r) / (1.5 * r)); // from the light
            double light = white ? 255 - 70 * away * away : 20 + 120 * (1 - away) * (1 - away);
            p[0] = p[1] = p[2] = (BYTE)(light * stone); // multiplied with alpha, as AC_SRC_ALPHA wants it
            p[3] = (BYTE)(255 * (stone + (1 - stone) * shadow));
        }
    }
};

// What the picture shows besides the game.
struct Scene {
    const Game &game;
    Square picked, hover; // chess: the piece that was clicked; omok: the point under the mouse
    std::wstring state;   // in one line
};

class Picture {
public:
    HFONT font, bold;

    explicit Picture(HWND window);
    void log(const std::wstring &text);
    void draw(const Scene &scene);
    void copyTo(HDC dc) const { BitBlt(dc, 0, 0, WIDTH, HEIGHT, memory, 0, 0, SRCCOPY); }

private:
    HDC memory;
    HFONT pieces;
    HPEN red;
    bool glyphs; // the font for pieces has the signs of chess; else they are letters
    Stone blackStone, whiteStone, smallBlack, smallWhite;
    std::deque<std::wstring> lines;

    void fill(int x, int y, int w, int h, COLORREF colour);
    void text(int x, int y, int w, int h, const std::wstring &s, UINT how, COLORREF colour);
    void line(int x0, int y0, int x1, int y1);
    void dot(int x, int y, int r, COLORREF colour);
    void cross(int x, int y);
    void labels(const Grid &g, int distance);
    void omok(const Scene &scene);
    void chess(const Scene &scene);
    void piece(int x, int y, int cell, char piece);
    void panel(const Scene &scene);
};

// makeFont takes the first of the faces (a list that ends in NULL) that is installed and has the character.
static inline HFONT makeFont(HDC dc, const wchar_t *const *faces, int height, int weight, wchar_t has)
{
    for (; *faces != NULL; faces++) {
        HFONT font = CreateFontW(-height, 0, 0, 0, weight, 0, 0, 0, DEFAULT_CHARSET, 0, 0, CLEARTYPE_QUALITY, 0, *faces);
        wchar_t face[LF_FACESIZE] = L"";
        WORD index = 0xffff;
        HGDIOBJ old = SelectObject(dc, font);
        GetTextFaceW(dc, LF_FACESIZE, face);
        GetGlyphIndicesW(dc, &has, 1, &index, GGI_MARK_NONEXISTING_GLYPHS);
        SelectObject(dc, old);
        if (lstrcmpiW(face, *faces) == 0 && index != 0xffff) return font;
        DeleteObject(font);
    }
    return NULL;
}

inline Picture::Picture(HWND window) : blackStone(false), whiteStone(true), smallBlack(false), smallWhite(true)
{
    // English names: they are found on every system. The last ones are for Wine.
    static const wchar_t *const textFaces[] = {L"Malgun Gothic", L"NanumGothic", L"Noto Sans CJK KR", L"Gulim", NULL};
    static const wchar_t *const pieceFaces[] = {L"Segoe UI Symbol", L"DejaVu Sans", L"Arial Unicode MS", NULL};
    HDC dc = GetDC(window);
    memory = CreateCompatibleDC(dc);
    SelectObject(memory, CreateCompatibleBitmap(dc, WIDTH, HEIGHT));
    ReleaseDC(window, dc);
    font = makeFont(memory, textFaces, 13, FW_NORMAL, L'\ud55c');
    bold = makeFont(memory, textFaces, 14, FW_BOLD, L'\ud55c');
    if (font == NULL || bold == NULL) font = bold = (HFONT)GetStockObject(DEFAULT_GUI_FONT);
    pieces = makeFont(memory, pieceFaces, 54, FW_NORMAL, L'\u265a');
    glyphs = pieces != NULL;
    red = CreatePen(PS_SOLID, 2, RGB(200, 30, 30));
    if (!glyphs) pieces = CreateFontW(-46, 0, 0, 0, FW_BOLD, 0, 0, 0, DEFAULT_CHARSET, 0, 0, ANTIALIASED_QUALITY, 0, L"Georgia");
}

// log adds a line, broken into several if it is too wide.
inline void Picture::log(const std::wstring &text)
{
    SelectObject(memory, font);
    for (size_t from = 0; from < text.size();) {
        SIZE extent;
        int fit = 0;
        GetTextExtentExPointW(memory, text.data() + from, (int)(text.size() - from), PANEL_W - 16, &fit, NULL, &extent);
        size_t n = fit > 0 ? (size_t)fit : 1;
        if (from + n < text.size()) { // better between two words
            size_t space = text.rfind(L' ', from + n);
            if (space != std::wstring::npos && space > from) n = space - from;
        }
        lines.push_back(text.substr(from, n));
        if (lines.size() > LOG_LINES) lines.pop_front();
        from = text.find_first_not_of(L' ', from + n);
    }
}

inline void Picture::draw(const Scene &scene)
{
    fill(0, 0, WIDTH, HEIGHT, BACKGROUND);
    fill(BOARD_X, BOARD_Y, BOARD, BOARD, scene.game.chess ? RGB(226, 205, 170) : RGB(222, 184, 110));
    if (scene.game.chess) chess(scene);
    else omok(scene);
    panel(scene);
}

inline void Picture::fill(int x, int y, int w, int h, COLORREF colour)
{
    RECT r = {x, y, x + w, y + h};
    SetBkColor(memory, colour);
    ExtTextOutW(memory, 0, 0, ETO_OPAQUE, &r, NULL, 0, NULL);
}

inline void Picture::text(int x, int y, int w, int h, const std::wstring &s, UINT how, COLORREF colour)
{
    RECT r = {x, y, x + w, y + h};
    SetBkMode(memory, TRANSPARENT);
    SetTextColor(memory, colour);
    DrawTextW(memory, s.data(), (int)s.size(), &r, how | DT_SINGLELINE | DT_VCENTER | DT_NOPREFIX);
}

inline void Picture::line(int x0, int y0, int x1, int y1)
{
    MoveToEx(memory, x0, y0, NULL);
    LineTo(memory, x1, y1);
}

inline void Picture::dot(int x, int y, int r, COLORREF colour)
{
    SelectObject(memory, GetStockObject(DC_BRUSH));
    SelectObject(memory, GetStockObject(NULL_PEN));
    SetDCBrushColor(memory, colour);
    Ellipse(memory, x - r, y - r, x + r + 2, y + r + 2);
}

inline void Picture::cross(int x, int y)
{
    SelectObject(memory, red);
    line(x - 6, y - 6, x + 6, y + 6);
    line(x - 6, y + 6, x + 6, y - 6);
}

inline void Picture::labels(const Grid &g, int distance)
{
    COLORREF ink = RGB(90, 60, 20);
    SelectObject(memory, font);
    for (int i = 0; i < g.size; i++) {
        text(g.px(i) - 15, g.y + (g.size - 1) * g.cell + distance - 10, 30, 20, std::wstring(1, (wchar_t)(L'a' + i)), DT_CENTER, ink);
        text(g.x - distance - 15, g.py(i) - 10, 30, 20, format(L"%d", i + 1), DT_CENTER, ink);
    }
}

inline void Picture::omok(const Scene &scene)
{
    const Game &game = scene.game;
    Grid g(game);
    int last = g.size - 1, r = g.cell * 47 / 100;
    SelectObject(memory, GetStockObject(DC_PEN));
    SetDCPenColor(memory, RGB(80, 55, 20));
    for (int i = 0; i <= last; i++) {
        line(g.px(i), g.py(last), g.px(i), g.py(0) + 1);
        line(g.px(0), g.py(i), g.px(last) + 1, g.py(i));
    }
    for (int col = 3; g.size % 2 == 1 && col < last; col += last / 2 - 3)
        for (int row = 3; row < last; row += last / 2 - 3) dot(g.px(col), g.py(row), 3, RGB(60, 40, 10));
    labels(g, g.cell * 3 / 4);
    for (int row = 0; row <= last; row++)
        for (int col = 0; col <= last; col++) {
            if (game.board[row][col] != 0)
                (game.board[row][col] == 'o' ? whiteStone : blackStone).draw(memory, g.px(col), g.py(row), r, 255);
            else if (hansu_has_point(game.forbidden, (unsigned)col, (unsigned)row))
                cross(g.px(col), g.py(row));
            else if (game.myTurn() && scene.hover.is(col, row))
                (game.black(game.seat) ? blackStone : whiteStone).draw(memory, g.px(col), g.py(row), r, 120);
        }
    if (!game.moves.empty() && game.moves.back().kind == HANSU_MOVE_PLAY)
        dot(g.px(game.moves.back().col), g.py(game.moves.back().row), 4, RGB(220, 40, 40));
}

inline void Picture::chess(const Scene &scene)
{
    const Game &game = scene.game;
    Grid g(game);
    for (int row = 0; row < 8; row++)
        for (int col = 0; col < 8; col++) {
            COLORREF colour = (row + col) % 2 == 0 ? RGB(176, 126, 84) : RGB(240, 217, 181);
            if (!game.moves.empty()) {
                const hansu_move &m = game.moves.back();
                if (Square(m.col, m.row).is(col, row) || Square(m.from_col, m.from_row).is(col, row)) colour = RGB(205, 200, 95);
            }
            if (scene.picked.is(col, row)) colour = RGB(120, 180, 110);
            fill(g.px(col) - g.cell / 2, g.py(row) - g.cell / 2, g.cell, g.cell, colour);
            if (game.board[row][col] != 0) piece(g.px(col), g.py(row), g.cell, game.board[row][col]);
        }
    labels(g, g.cell / 2 + 14);
}

// piece draws one sign nine times: eight times around for its outline, then the piece itself.
inline void Picture::piece(int x, int y, int cell, char piece)
{
    static const char letters[] = "PNBRQK";
    static const wchar_t signs[] = L"\u265f\u265e\u265d\u265c\u265b\u265a";
    bool white = piece < 'a';
    int kind = (int)(strchr(letters, white ? piece : piece - 32) - letters);
    std::wstring sign(1, glyphs ? signs[kind] : (wchar_t)letters[kind]);
    COLORREF edge = white ? RGB(40, 40, 40) : RGB(225, 220, 210), inside = white ? RGB(255, 255, 250) : RGB(30, 30, 34);
    SelectObject(memory, pieces);
    for (int dx = -1; dx <= 1; dx++)
        for (int dy = -1; dy <= 1; dy++) text(x - cell / 2 + dx, y - cell / 2 + dy, cell, cell, sign, DT_CENTER, edge);
    text(x - cell / 2, y - cell / 2, cell, cell, sign, DT_CENTER, inside);
}

// panel draws what is beside the board: the players, what is going on, and the log.
inline void Picture::panel(const Scene &scene)
{
    const Game &game = scene.game;
    fill(PANEL_X, BOARD_Y, PANEL_W, LOG_Y - BOARD_Y - 6, RGB(255, 255, 255));
    for (int s = 1; s <= 2; s++) {
        int x = PANEL_X + 8 + (s - 1) * PANEL_W / 2;
        if (game.names[s].empty()) continue;
        (game.black(s) ? smallBlack : smallWhite).draw(memory, x + 10, BOARD_Y + 19, 9, 255);
        SelectObject(memory, s == game.turn ? bold : font);
        std::wstring name = game.names[s] + (s == game.seat ? T(L" (나)", L" (you)") : L"");
        text(x + 28, BOARD_Y + 6, PANEL_W / 2 - 40, 26, name, DT_LEFT | DT_END_ELLIPSIS, RGB(20, 20, 20));
    }
    SelectObject(memory, bold);
    text(PANEL_X + 8, BOARD_Y + 37, PANEL_W - 16, 26, scene.state, DT_LEFT, game.myTurn() ? RGB(0, 110, 40) : RGB(70, 70, 80));
    fill(PANEL_X, LOG_Y, PANEL_W, LOG_H, RGB(255, 255, 255));
    SelectObject(memory, font);
    for (size_t i = 0; i < lines.size(); i++)
        text(PANEL_X + 8, LOG_Y + 6 + (int)i * LOG_LINE, PANEL_W - 16, LOG_LINE, lines[i], DT_LEFT, RGB(40, 40, 40));
}

#endif
