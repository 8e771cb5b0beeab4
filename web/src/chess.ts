// The rules of chess and of Chess960, as far as the page needs them: which moves are legal, what
// they are called, and who is in check. The server decides; a test holds this to its rules.

import { MoveKind, Ruleset, type Move, type Variant } from "./wire";

/** Kinds of men; white ones are positive on the board, black ones negative. The numbers are those of a promotion. */
export const Pawn = 1, Knight = 2, Bishop = 3, Rook = 4, Queen = 5, King = 6;

const letters = ["", "", "N", "B", "R", "Q", "K"];

/** A position. It is a value: play returns another one. Square n is column n%8, row n>>3. */
export interface Position {
  readonly board: readonly number[];
  readonly white: boolean;
  /** the squares of rooks that may still castle */
  readonly rooks: readonly number[];
  /** the square behind a pawn that has just advanced two, or -1 */
  readonly passant: number;
  readonly shuffled: boolean;
}

/** A legal move. to is where the king or piece is shown to go; castling has the rook's square too. */
export interface Step {
  from: number;
  to: number;
  promotion: number;
  rook: number;
}

/** Returns the position at the start of a game. */
export function start(v: Variant): Position {
  const rank = v.rules === Ruleset.Chess960 ? shuffle(v.start < 960 ? v.start : 518) : shuffle(518);
  const board = new Array<number>(64).fill(0);
  rank.forEach((man, col) => {
    board[col] = man;
    board[8 + col] = Pawn;
    board[48 + col] = -Pawn;
    board[56 + col] = -man;
  });
  const rooks = rank.flatMap((man, col) => (man === Rook ? [col, 56 + col] : []));
  return { board, white: true, rooks, passant: -1, shuffled: v.rules === Ruleset.Chess960 };
}

/** The start position with this number, by Scharnagl's scheme. */
function shuffle(n: number): number[] {
  const rank = new Array<number>(8).fill(0);
  const put = (free: number, man: number) => {
    for (let col = 0; col < 8; col++) {
      if (rank[col] === 0 && free-- === 0) {
        rank[col] = man;
        return;
      }
    }
  };
  rank[(n % 4) * 2 + 1] = Bishop;
  n = Math.floor(n / 4);
  rank[(n % 4) * 2] = Bishop;
  n = Math.floor(n / 4);
  put(n % 6, Queen);
  n = Math.floor(n / 6);
  const knights = [[0, 0], [0, 1], [0, 2], [0, 3], [1, 1], [1, 2], [1, 3], [2, 2], [2, 3], [3, 3]][n]!;
  put(knights[0]!, Knight);
  put(knights[1]!, Knight);
  put(0, Rook);
  put(0, King);
  put(0, Rook);
  return rank;
}

const straight = [[1, 0], [-1, 0], [0, 1], [0, -1]] as const;
const slanted = [[1, 1], [1, -1], [-1, 1], [-1, -1]] as const;
const jumps = [[1, 2], [2, 1], [2, -1], [1, -2], [-1, -2], [-2, -1], [-2, 1], [-1, 2]] as const;
const around = [...straight, ...slanted];

function rays(man: number): readonly (readonly [number, number])[] {
  return man === Rook ? straight : man === Bishop ? slanted : man === Knight ? jumps : around;
}

/** Calls f for each square that a piece reaches, until f returns false on a line. */
function reach(board: readonly number[], from: number, man: number, f: (to: number) => void): void {
  const slides = man === Rook || man === Bishop || man === Queen;
  for (const [dx, dy] of rays(man)) {
    let x = (from & 7) + dx, y = (from >> 3) + dy;
    while (x >= 0 && x < 8 && y >= 0 && y < 8) {
      const to = y * 8 + x;
      f(to);
      if (!slides || board[to] !== 0) break;
      x += dx;
      y += dy;
    }
  }
}

/** Says whether the men of a colour attack a square. */
function attacked(board: readonly number[], square: number, byWhite: boolean): boolean {
  const sign = byWhite ? 1 : -1;
  for (const man of [Knight, Bishop, Rook, King]) {
    let hit = false;
    reach(board, square, man, (at) => {
      const there = board[at]! * sign;
      if (there === man || (there === Queen && (man === Bishop || man === Rook))) hit = true;
    });
    if (hit) return true;
  }
  const row = (square >> 3) - sign;
  for (const col of [(square & 7) - 1, (square & 7) + 1]) {
    if (row >= 0 && row < 8 && col >= 0 && col < 8 && board[row * 8 + col] === Pawn * sign) return true;
  }
  return false;
}

/** The square of a colour's king. */
export function king(p: Position, white: boolean): number {
  return p.board.indexOf(white ? King : -King);
}

/** Says whether the side to move is in check. */
export function inCheck(p: Position): boolean {
  return attacked(p.board, king(p, p.white), !p.white);
}

/** Returns the position after a step, which is not checked. */
export function play(p: Position, s: Step): Position {
  const board = p.board.slice();
  const man = board[s.from]!, kind = Math.abs(man), sign = p.white ? 1 : -1;
  let rooks = p.rooks;
  let passant = -1;
  board[s.from] = 0;
  if (s.rook >= 0) {
    const [kingTo, rookTo] = castled(s.from, s.rook);
    board[s.rook] = 0;
    board[kingTo] = man;
    board[rookTo] = Rook * sign;
  } else {
    if (kind === Pawn && s.to === p.passant) board[s.to - 8 * sign] = 0;
    if (kind === Pawn && Math.abs(s.to - s.from) === 16) passant = (s.to + s.from) / 2;
    board[s.to] = s.promotion > 0 ? s.promotion * sign : man;
  }
  const home = p.white ? 0 : 7;
  rooks = rooks.filter((r) => r !== s.from && r !== s.to && !(kind === King && r >> 3 === home));
  return { board, white: !p.white, rooks, passant, shuffled: p.shuffled };
}

/** Where king and rook stand after castling. */
function castled(from: number, rook: number): [number, number] {
  const row = from & ~7;
  return rook > from ? [row + 6, row + 5] : [row + 2, row + 3];
}

/** Returns every legal move. */
export function legal(p: Position): Step[] {
  const steps: Step[] = [];
  const sign = p.white ? 1 : -1;
  const add = (from: number, to: number, promotion = 0, rook = -1) => {
    const s = { from, to, promotion, rook };
    const next = play(p, s);
    if (!attacked(next.board, king(next, p.white), !p.white)) steps.push(s);
  };
  p.board.forEach((man, from) => {
    const kind = man * sign;
    if (kind === Pawn) {
      pawn(p, from, sign, add);
    } else if (kind > 0) {
      reach(p.board, from, kind, (to) => {
        if (p.board[to]! * sign <= 0) add(from, to);
      });
    }
  });
  castles(p, add);
  return steps;
}

type Add = (from: number, to: number, promotion?: number, rook?: number) => void;

function pawn(p: Position, from: number, sign: number, add: Add): void {
  const col = from & 7, ahead = from + 8 * sign;
  const last = p.white ? 7 : 0, first = p.white ? 1 : 6;
  const go = (to: number) => {
    if (to >> 3 !== last) return add(from, to);
    for (const man of [Queen, Rook, Bishop, Knight]) add(from, to, man);
  };
  if (p.board[ahead] === 0) {
    go(ahead);
    if (from >> 3 === first && p.board[ahead + 8 * sign] === 0) add(from, ahead + 8 * sign);
  }
  for (const dx of [-1, 1]) {
    if (col + dx < 0 || col + dx > 7) continue;
    const to = ahead + dx;
    if (p.board[to]! * sign < 0 || to === p.passant) go(to);
  }
}

function castles(p: Position, add: Add): void {
  const from = king(p, p.white);
  for (const rook of p.rooks) {
    if (rook >> 3 !== (p.white ? 0 : 7)) continue;
    const [kingTo, rookTo] = castled(from, rook);
    const empty = p.board.slice();
    empty[from] = empty[rook] = 0;
    const way = (a: number, b: number, f: (n: number) => boolean) => {
      for (let n = Math.min(a, b); n <= Math.max(a, b); n++) if (!f(n)) return false;
      return true;
    };
    const free = (n: number) => empty[n] === 0;
    if (!way(from, kingTo, free) || !way(rook, rookTo, free)) continue;
    empty[rook] = p.board[rook]!; // it still shields the king on its way
    if (way(from, kingTo, (n) => !attacked(empty, n, !p.white))) add(from, p.shuffled ? rook : kingTo, 0, rook);
  }
}

/** Returns the name of a square: e4. */
export const square = (n: number): string => "abcdefgh"[n & 7]! + String((n >> 3) + 1);

/** Writes a legal move in Standard Algebraic Notation. */
export function format(p: Position, s: Step, all = legal(p)): string {
  const man = Math.abs(p.board[s.from]!);
  const takes = s.rook < 0 && (p.board[s.to] !== 0 || (man === Pawn && s.to === p.passant));
  let text: string;
  if (s.rook >= 0) {
    text = s.rook > s.from ? "O-O" : "O-O-O";
  } else if (man === Pawn) {
    text = (takes ? square(s.from)[0]! + "x" : "") + square(s.to);
    if (s.promotion > 0) text += "=" + letters[s.promotion]!;
  } else {
    const rivals = all.filter((o) => o.to === s.to && o.from !== s.from && o.rook < 0 && Math.abs(p.board[o.from]!) === man);
    const file = rivals.some((o) => (o.from & 7) === (s.from & 7));
    const rank = rivals.some((o) => o.from >> 3 === s.from >> 3);
    let origin = "";
    if (rivals.length > 0 && (!file || rank)) origin += square(s.from)[0]!;
    if (file) origin += square(s.from)[1]!;
    text = letters[man]! + origin + (takes ? "x" : "") + square(s.to);
  }
  const next = play(p, s);
  if (!inCheck(next)) return text;
  return text + (legal(next).length === 0 ? "#" : "+");
}

/** Reads a move as a person types it: Nf3, exd5, e8=Q, e2e4, O-O. Returns the legal moves that it could be. */
export function parse(p: Position, typed: string): Step[] {
  const all = legal(p);
  const bare = (t: string) => t.replace(/[+#!?=x:\s-]/g, "");
  const wanted = bare(typed.replace(/0/g, "O"));
  const found = all.filter((s) => bare(format(p, s, all)) === wanted);
  if (found.length > 0) return found;
  const low = bare(typed).toLowerCase();
  const promoted = (s: Step) => (s.promotion > 0 ? letters[s.promotion]!.toLowerCase() : "");
  const exact = all.filter((s) => square(s.from) + square(s.to) + promoted(s) === low);
  if (exact.length > 0) return exact;
  const open = all.filter((s) => square(s.from) + square(s.to) === low);
  if (open.length > 0) return open;
  return all.filter((s) => bare(format(p, s, all)).toLowerCase() === wanted.toLowerCase() || bare(format(p, s, all)).toLowerCase().startsWith(low) && s.promotion > 0 && low.length > 1);
}

/** The packet's form of a move. */
export function toMove(s: Step): Move {
  return { kind: MoveKind.Play, col: s.to & 7, row: s.to >> 3, fromCol: s.from & 7, fromRow: s.from >> 3, arg: s.promotion };
}

/** Finds the legal move that a packet means. */
export function fromMove(p: Position, m: Move): Step | undefined {
  const from = m.fromRow * 8 + m.fromCol, to = m.row * 8 + m.col;
  const all = legal(p).filter((s) => s.from === from);
  return all.find((s) => s.rook < 0 && s.to === to && s.promotion === m.arg)
    ?? all.find((s) => s.rook >= 0 && (s.to === to || s.rook === to || castled(from, s.rook)[0] === to));
}

/** The squares between which the king is shown when it castles. */
export function shownTo(s: Step): number {
  return s.rook >= 0 ? castled(s.from, s.rook)[0] : s.to;
}
