// A game as the page follows it: the positions after each move, and the moves in writing.

import * as chess from "./chess";
import * as omok from "./omok";
import { Choice, Kind, MoveKind, type Move, type Variant } from "./wire";
import { t } from "./lang";

/** The positions of one game, from before the first move on. */
export interface Line {
  readonly kind: number;
  /** positions[n] is after n moves */
  readonly omok: readonly omok.Position[];
  readonly chess: readonly chess.Position[];
  /** the moves in writing */
  readonly texts: readonly string[];
  readonly moves: readonly Move[];
}

/** Returns the line of these moves; what is shared with an earlier line is not worked out again. */
export function follow(v: Variant, moves: readonly Move[], before?: Line): Line {
  let shared = 0;
  if (before && before.kind === v.kind) {
    while (shared < moves.length && before.moves[shared] === moves[shared]) shared++;
  }
  const keep = <T>(list: readonly T[] | undefined, n: number, first: () => T): T[] => (before && list && list.length > 0 ? list.slice(0, n) : [first()]);
  const texts = before ? before.texts.slice(0, shared) : [];
  if (v.kind === Kind.Chess) {
    const all = keep(before?.chess, shared + 1, () => chess.start(v));
    for (const m of moves.slice(shared)) {
      const p = all[all.length - 1]!;
      const step = chess.fromMove(p, m);
      texts.push(step ? chess.format(p, step) : chess.square(m.fromRow * 8 + m.fromCol) + chess.square(m.row * 8 + m.col));
      all.push(step ? chess.play(p, step) : p);
    }
    return { kind: v.kind, omok: [], chess: all, texts, moves };
  }
  const all = keep(before?.omok, shared + 1, () => omok.start(v));
  for (const m of moves.slice(shared)) {
    const p = all[all.length - 1]!;
    texts.push(omokText(p, m));
    all.push(omok.play(p, m));
  }
  return { kind: v.kind, omok: all, chess: [], texts, moves };
}

function omokText(p: omok.Position, m: Move): string {
  if (m.kind === MoveKind.Pass) return t("pass");
  if (m.kind === MoveKind.Choose) return choiceText(p, m.arg);
  const at = omok.point(p.size, m.row * p.size + m.col);
  return m.kind === MoveKind.Offer ? at + "?" : at;
}

/** What a choice of an opening is called. */
export function choiceText(p: omok.Position, arg: number): string {
  if (p.phase === "picking") return omok.point(p.size, p.offers[arg - 1] ?? 0);
  if (p.phase === "declaring") return String(arg);
  switch (arg) {
    case Choice.TakeBlack: return t("chooseBlack");
    case Choice.TakeWhite: return t("chooseWhite");
    case Choice.AddTwo: return t("chooseMore");
    case Choice.SwapSides: return t("chooseSwap");
    case Choice.KeepSides: return t("chooseKeep");
    case Choice.OfferTen: return t("chooseTen");
  }
  return String(arg);
}

/** The men that each side has lost, white's first, the weightiest first; and by how much white is ahead. */
export function losses(p: chess.Position, first: chess.Position): { lost: [number[], number[]]; ahead: number } {
  const worth = [0, 1, 3, 3, 5, 9, 0];
  const lost: [number[], number[]] = [[], []];
  let ahead = 0;
  const count = (board: readonly number[], man: number) => board.filter((x) => x === man).length;
  for (let kind = chess.Queen; kind >= chess.Pawn; kind--) {
    for (const [side, sign] of [[0, 1], [1, -1]] as const) {
      const now = count(p.board, kind * sign);
      ahead += sign * now * worth[kind]!;
      // Promoted pawns are not lost men of another kind, so the count never goes below zero.
      for (let n = count(first.board, kind * sign) - now; n > 0; n--) lost[side].push(kind * sign);
    }
  }
  for (const [side, sign] of [[0, 1], [1, -1]] as const) {
    let promoted = 0;
    for (let kind = chess.Knight; kind <= chess.Queen; kind++) promoted += Math.max(0, count(p.board, kind * sign) - count(first.board, kind * sign));
    while (promoted-- > 0) lost[side].splice(lost[side].lastIndexOf(chess.Pawn * sign), 1);
  }
  return { lost, ahead };
}

/** Says whether the side to move may claim a draw: the position has been there three times, or fifty moves went without a capture or a pawn. */
export function claimable(line: Line): boolean {
  const key = (p: chess.Position) => [p.board.join(), p.white, p.rooks.join(), canPass(p) ? p.passant : -1].join(" ");
  const now = line.chess[line.chess.length - 1];
  if (!now) return false;
  const men = (p: chess.Position) => p.board.filter((x) => x !== 0).length;
  const pawns = (p: chess.Position) => p.board.map((x) => (Math.abs(x) === chess.Pawn ? x : 0)).join();
  const kept = key(now), count = men(now), shape = pawns(now);
  let same = 0, quiet = 0;
  for (let n = line.chess.length - 1; n >= 0; n--) {
    const p = line.chess[n]!;
    if (men(p) !== count || pawns(p) !== shape) break;
    quiet = line.chess.length - 1 - n;
    if (key(p) === kept) same++;
  }
  return same >= 3 || quiet >= 100;
}

function canPass(p: chess.Position): boolean {
  return p.passant >= 0 && chess.legal(p).some((s) => s.to === p.passant && Math.abs(p.board[s.from]!) === chess.Pawn);
}
