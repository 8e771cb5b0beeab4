// Omok on the page: the stones, the opening's questions and the winning row. Which points are
// forbidden is the server's to say; a test holds this to its rules.

import { Choice, MoveKind, Opening, type Move, type Variant } from "./wire";

export const Empty = 0, Black = 1, White = 2;

/** What the game waits for. */
export type Phase =
  | "playing" | "placing" | "adding" | "stone" | "swapping"
  | "deciding" | "colouring" | "declaring" | "branching" | "offering" | "picking";

/** A position. It is a value: play returns another one. Point n is column n%size, row n/size. */
export interface Position {
  readonly size: number;
  readonly opening: number;
  readonly stones: readonly number[];
  readonly count: number;
  readonly next: number;
  readonly last: number;
  readonly phase: Phase;
  /** fifth moves offered so far, and how many are wanted */
  readonly offers: readonly number[];
  readonly wanted: number;
}

export function start(v: Variant): Position {
  const size = v.size || 15;
  const placed = v.opening === Opening.Swap2 || v.opening === Opening.RIF || v.opening === Opening.Soosorv8;
  const phase = placed ? "placing" : v.opening === Opening.Taraguchi10 ? "stone" : "playing";
  return { size, opening: v.opening, stones: new Array<number>(size * size).fill(Empty), count: 0, next: Black, last: -1, phase, offers: [], wanted: 0 };
}

/** Returns the position after a move, which is not checked. */
export function play(p: Position, m: Move): Position {
  const at = m.row * p.size + m.col;
  switch (m.kind) {
    case MoveKind.Play:
      return afterStone(lay(p, at));
    case MoveKind.Pass:
      return { ...p, next: Black + White - p.next };
    case MoveKind.Offer: {
      const offers = [...p.offers, at];
      return { ...p, offers, phase: offers.length === p.wanted ? "picking" : "offering" };
    }
    case MoveKind.Choose:
      return choose(p, m.arg);
  }
  return p;
}

function lay(p: Position, at: number): Position {
  const stones = p.stones.slice();
  stones[at] = p.next;
  return { ...p, stones, count: p.count + 1, next: Black + White - p.next, last: at };
}

function afterStone(p: Position): Position {
  if (p.phase === "playing") return p;
  const to = (phase: Phase, wanted = p.wanted): Position => ({ ...p, phase, wanted });
  switch (p.opening) {
    case Opening.Swap2:
      return p.count === 3 ? to("deciding") : p.count === 5 ? to("colouring") : p;
    case Opening.RIF:
      return p.count === 3 ? to("swapping") : p.count === 4 ? to("offering", 2) : p;
    case Opening.Soosorv8:
      return p.count === 3 ? to("swapping") : p.count === 4 ? to("declaring") : p.count === 5 ? to("playing") : p;
    case Opening.Taraguchi10:
      return p.count === 4 ? to("branching") : to("swapping");
  }
  return p;
}

function choose(p: Position, arg: number): Position {
  const to = (phase: Phase, wanted = p.wanted): Position => ({ ...p, phase, wanted });
  switch (p.phase) {
    case "deciding":
      return to(arg === Choice.AddTwo ? "adding" : "playing");
    case "colouring":
      return to("playing");
    case "swapping":
      if (p.count === 5) return to("playing");
      if (p.count === 4 && p.wanted > 1) return to("offering");
      return to("stone", 0);
    case "branching":
      return arg === Choice.OfferTen ? to("offering", 10) : to("stone");
    case "declaring":
      return to("swapping", arg);
    case "picking":
      return { ...lay(p, p.offers[arg - 1]!), phase: "playing", offers: [], wanted: 0 };
  }
  return p;
}

/** The choices of the present phase: the number and what it stands for. */
export function choices(p: Position): number[] {
  switch (p.phase) {
    case "swapping": return [Choice.SwapSides, Choice.KeepSides];
    case "deciding": return [Choice.TakeBlack, Choice.TakeWhite, Choice.AddTwo];
    case "colouring": return [Choice.TakeBlack, Choice.TakeWhite];
    case "branching": return [Choice.SwapSides, Choice.KeepSides, Choice.OfferTen];
    case "declaring": return [1, 2, 3, 4, 5, 6, 7, 8];
    case "picking": return p.offers.map((_, i) => i + 1);
  }
  return [];
}

/** The side of the central square in which the next stone must be, or 0. */
export function zone(p: Position): number {
  if (p.opening === Opening.Centre && p.count === 0) return 1;
  if ((p.opening === Opening.RIF || p.opening === Opening.Soosorv8) && p.count < 3) return 2 * p.count + 1;
  if (p.opening === Opening.Taraguchi10 && p.count < 5 && p.phase === "stone") return 2 * p.count + 1;
  return 0;
}

/** Says whether a stone, or an offer, can be put on a point, forbidden points aside. */
export function free(p: Position, at: number): boolean {
  if (p.stones[at] !== Empty) return false;
  if (p.phase === "offering") return !p.offers.includes(at);
  if (choices(p).length > 0) return p.phase === "picking" && p.offers.includes(at);
  const z = zone(p);
  if (z === 0) return true;
  const span = z - 1 + 1 - (p.size % 2);
  const off = (x: number) => Math.abs(2 * x - (p.size - 1));
  return off(at % p.size) <= span && off(Math.floor(at / p.size)) <= span;
}

/** The move that putting a stone on a point means in the present phase. */
export function moveAt(p: Position, at: number): Move {
  const m: Move = { kind: MoveKind.Play, col: at % p.size, row: Math.floor(at / p.size), fromCol: 0, fromRow: 0, arg: 0 };
  if (p.phase === "offering") return { ...m, kind: MoveKind.Offer };
  if (p.phase === "picking") return choice(p.offers.indexOf(at) + 1);
  return m;
}

export function choice(arg: number): Move {
  return { kind: MoveKind.Choose, col: 0, row: 0, fromCol: 0, fromRow: 0, arg };
}

export const pass: Move = { kind: MoveKind.Pass, col: 0, row: 0, fromCol: 0, fromRow: 0, arg: 0 };

/** Returns the name of a point: h8. */
export function point(size: number, at: number): string {
  return String.fromCharCode(97 + (at % size)) + String(Math.floor(at / size) + 1);
}

/** Reads a point; -1 if it is none. */
export function parse(size: number, typed: string): number {
  const m = /^([a-z])([1-9]\d?)$/.exec(typed.trim().toLowerCase());
  if (!m) return -1;
  const col = m[1]!.charCodeAt(0) - 97, row = Number(m[2]) - 1;
  return col < size && row < size ? row * size + col : -1;
}

/** The row of five or more through the last stone, from one end to the other; [] if there is none. */
export function row(p: Position): number[] {
  if (p.last < 0) return [];
  const side = p.stones[p.last], size = p.size;
  let best: number[] = [];
  for (const [dx, dy] of [[1, 0], [0, 1], [1, 1], [1, -1]] as const) {
    const line = [p.last];
    for (const sign of [-1, 1]) {
      let x = (p.last % size) + dx * sign, y = Math.floor(p.last / size) + dy * sign;
      while (x >= 0 && y >= 0 && x < size && y < size && p.stones[y * size + x] === side) {
        if (sign < 0) line.unshift(y * size + x);
        else line.push(y * size + x);
        x += dx * sign;
        y += dy * sign;
      }
    }
    if (line.length >= 5 && line.length > best.length) best = line;
  }
  return best;
}
