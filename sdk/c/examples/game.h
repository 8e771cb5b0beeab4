// game.h: what is known of the table. Nothing in it is guessed: all of it was in a packet.
#ifndef GAME_H
#define GAME_H
#include "../hansu.h"

#include <cstdlib>
#include <string>
#include <vector>

struct Game {
    uint32_t table = 0;
    bool chess = false, renju = false;
    int size = 15;
    int seat = 0;    // ours; 0 while there is none
    int turn = 0;    // the seat to act; 0: no game is on
    int blackSeat = 1; // a seat is no colour
    bool ended = false;
    std::wstring names[3];
    std::vector<hansu_move> moves;
    char board[20][20]; // omok: x, o; chess: PNBRQK white, pnbrqk black; 0: empty
    uint8_t forbidden[HANSU_BIT_BYTES]; // points that Forbidden brought for this position

    Game() { clear(); }
    bool myTurn() const { return seat != 0 && turn == seat; }
    bool black(int s) const { return s == blackSeat; }
    bool flipped() const { return chess && seat != 0 && black(seat); }
    void clear();                      // an empty board, or the pieces at their start
    void start(int first);             // another game, in which that seat acts first
    void play(const hansu_move &m);
    void replay(size_t count);         // back to the position after count moves

private:
    int stones;
    void place(const hansu_move &m);
};

inline void Game::clear()
{
    memset(board, 0, sizeof board);
    memset(forbidden, 0, sizeof forbidden);
    stones = 0;
    if (!chess) return;
    memcpy(board[0], "RNBQKBNR", 8);
    memset(board[1], 'P', 8);
    memset(board[6], 'p', 8);
    memcpy(board[7], "rnbqkbnr", 8);
}

inline void Game::start(int first)
{
    moves.clear();
    clear();
    turn = first;
    blackSeat = chess ? 3 - first : first; // black begins in omok, white in chess
    ended = false;
}

inline void Game::play(const hansu_move &m)
{
    moves.push_back(m);
    memset(forbidden, 0, sizeof forbidden);
    place(m);
}

inline void Game::replay(size_t count)
{
    std::vector<hansu_move> old;
    old.swap(moves);
    clear();
    for (size_t i = 0; i < count && i < old.size(); i++) play(old[i]);
}

inline void Game::place(const hansu_move &m)
{
    if (m.col >= size || m.row >= size || m.from_col >= size || m.from_row >= size) return;
    char &to = board[m.row][m.col], &from = board[m.from_row][m.from_col];
    if (!chess) {
        if (m.kind == HANSU_MOVE_PLAY) to = stones % 2 == 0 ? 'x' : 'o';
        if (m.kind == HANSU_MOVE_PLAY || m.kind == HANSU_MOVE_PASS) stones++;
        return;
    }
    char piece = from;
    bool pawn = piece == 'P' || piece == 'p', king = piece == 'K' || piece == 'k';
    if (pawn && m.col != m.from_col && to == 0) board[m.from_row][m.col] = 0; // en passant
    if (king && abs(m.col - m.from_col) == 2) {                               // castling: the rook jumps over
        int corner = m.col > m.from_col ? 7 : 0;
        board[m.row][(m.col + m.from_col) / 2] = board[m.row][corner];
        board[m.row][corner] = 0;
    }
    from = 0;
    to = m.arg >= 2 && m.arg <= 5 ? (piece == 'P' ? "NBRQ" : "nbrq")[m.arg - 2] : piece;
}

#endif
