// Plays the games that the test wrote, and compares what the page's own rules say at each move
// with what the server's said.

import { readFileSync } from "node:fs";
import * as chess from "../src/chess";
import * as omok from "../src/omok";
import { spend } from "../src/timing";
import { Kind, MoveKind, type Move, type TimeLeft, type Timing, type Variant } from "../src/wire";

interface Ply {
  legal: string[]; // moves as the test writes them, sorted; forbidden points among them
  exact: boolean;  // false: the server refuses some of what the page lets through
  check: boolean;
  next: number;
  text: string;    // of the move, in chess
  move: Move;
}

const text = (m: Move): string => [m.kind, m.fromCol, m.fromRow, m.col, m.row, m.arg].join(",");

function legalChess(p: chess.Position): string[] {
  return chess.legal(p).map((s) => text(chess.toMove(s))).sort();
}

function legalOmok(p: omok.Position): string[] {
  const stones = p.stones.flatMap((_, at) => (omok.free(p, at) && p.phase !== "picking" ? [text(omok.moveAt(p, at))] : []));
  return [...stones, ...omok.choices(p).map((a) => text(omok.choice(a)))].sort();
}

function fail(game: number, ply: number, what: string, got: unknown, want: unknown): never {
  console.log(`game ${game}, ply ${ply}: ${what}: the page says ${JSON.stringify(got)}, the server ${JSON.stringify(want)}`);
  process.exit(1);
}

interface Spent {
  control: Timing;
  left: TimeLeft;
  used: number;
  want: TimeLeft;
}

const { games, clocks } = JSON.parse(readFileSync(process.argv[2]!, "utf8")) as { games: { variant: Variant; plies: Ply[] }[]; clocks: Spent[] };
for (const x of clocks) {
  const got = spend(x.control, x.left, x.used), key = (l: TimeLeft) => [l.main, l.extra, l.periods, l.stones].join();
  if (key(got) !== key(x.want)) {
    console.log(`${x.used} ms of ${JSON.stringify(x.left)} under ${JSON.stringify(x.control)}: the page says ${key(got)}, the server ${key(x.want)}`);
    process.exit(1);
  }
}
let plies = 0;
games.forEach(({ variant, plies: list }, game) => {
  let c = chess.start(variant), o = omok.start(variant);
  list.forEach((ply, n) => {
    plies++;
    const isChess = variant.kind === Kind.Chess;
    const got = isChess ? legalChess(c) : legalOmok(o);
    if (ply.exact ? got.join(" ") !== ply.legal.join(" ") : !ply.legal.every((m) => got.includes(m))) fail(game, n, "legal moves", got, ply.legal);
    if (!isChess) {
      if (o.next !== ply.next) fail(game, n, "the colour of the next stone", o.next, ply.next);
      if (ply.move.kind === MoveKind.Play && omok.parse(o.size, omok.point(o.size, ply.move.row * o.size + ply.move.col)) !== ply.move.row * o.size + ply.move.col) fail(game, n, "point", ply.move, ply.text);
      o = omok.play(o, ply.move);
      return;
    }
    if (chess.inCheck(c) !== ply.check) fail(game, n, "check", chess.inCheck(c), ply.check);
    const step = chess.fromMove(c, ply.move);
    if (!step || text(chess.toMove(step)) !== text(ply.move)) fail(game, n, "a move of the server's", step, ply.move);
    if (chess.format(c, step) !== ply.text) fail(game, n, "the move in writing", chess.format(c, step), ply.text);
    const read = chess.parse(c, ply.text);
    if (read.length !== 1 || text(chess.toMove(read[0]!)) !== text(ply.move)) fail(game, n, "what was typed", read, ply.text);
    c = chess.play(c, step);
  });
});
console.log(`${games.length} games, ${plies} plies, ${clocks.length} clocks`);
