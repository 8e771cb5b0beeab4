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
