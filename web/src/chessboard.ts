// The board for chess.

import { Board, type Input } from "./board";
import { put, svg } from "./dom";
import { square, type Position } from "./chess";
import { piece } from "./pieces";

/** What is shown beside the men. */
export interface Marks {
  last: readonly number[];     // squares of the last move: from, to
  selected: number;            // -1: none
  targets: readonly number[];  // where the selected man may go
  check: number;               // the square of a king in check, or -1
  premove: readonly number[];
  hover: number;               // under the pointer, or -1
  pending: number;             // where a move goes that is not answered yet, or -1
  asks: boolean;               // that move waits to be confirmed instead
}

const field = 50;

export class ChessBoard extends Board {
  private readonly squares = svg("g");
  private readonly below = svg("g");
  private readonly men = svg("g");
  private readonly over = svg("g");
  private at = new Map<number, { man: number; el: SVGGElement }>();
  private drawn = "";
  private dropped = -1; // where a man was dragged to: it does not slide there again

  constructor(input: Input, label: string) {
    super(8, 0, field, input, label, "chess");
    this.svg.append(this.squares, this.below, this.men, this.over);
    this.showCursor();
  }

  /** The squares and their names, again only if the board was turned or the names come or go. */
  private ground(coordinates: boolean): void {
    const key = `${this.flipped} ${coordinates}`;
    if (key === this.drawn) return;
    this.drawn = key;
    this.at.clear();
    put(this.men);
    const all: SVGElement[] = [];
    for (let at = 0; at < 64; at++) all.push(this.rect(at, dark(at) ? "dark" : "light"));
    if (coordinates) {
      for (let i = 0; i < 8; i++) {
        const file = this.flipped ? 7 - i : i, row = this.flipped ? i : 7 - i;
        const on = (at: number) => (dark(at) ? "coord ondark" : "coord onlight");
        all.push(svg("text", { x: i * field + 3.5, y: 8 * field - 4, class: on(file + (this.flipped ? 56 : 0)) }, "abcdefgh"[file]!));
        all.push(svg("text", { x: 8 * field - 3.5, y: i * field + 11.5, class: on(row * 8 + (this.flipped ? 0 : 7)) + " right" }, String(row + 1)));
      }
    }
    put(this.squares, ...all);
  }

  private rect(at: number, kind: string): SVGElement {
    const { x, y } = this.middle(at);
    return svg("rect", { x: x - field / 2, y: y - field / 2, width: field, height: field, class: kind });
  }

  show(p: Position, m: Marks, coordinates: boolean): void {
    this.ground(coordinates);
    const under = m.last.map((at) => this.rect(at, "lastmove"));
    for (const at of m.premove) under.push(this.rect(at, "premove"));
    if (m.selected >= 0) under.push(this.rect(m.selected, "selected"));
    if (m.check >= 0) under.push(this.rect(m.check, "check"));
    if (m.targets.includes(m.hover)) under.push(this.rect(m.hover, "aim"));
    put(this.below, ...under);
    this.stand(p, m.last);
    const over = m.targets.map((at) => {
      const { x, y } = this.middle(at);
      return p.board[at] === 0
        ? svg("circle", { cx: x, cy: y, r: 7, class: "target" })
        : svg("circle", { cx: x, cy: y, r: 22, class: "target take" });
    });
    if (m.pending >= 0) {
      const { x, y } = this.middle(m.pending);
      over.push(svg("circle", { cx: x, cy: y, r: 22.5, class: m.asks ? "asking" : "waiting" }));
    }
    put(this.over, ...over);
    this.showCursor();
  }

  /** Puts the men where they stand; the one that has just moved slides there. */
  private stand(p: Position, last: readonly number[]): void {
    const [from, to] = last;
    const moved = from === undefined ? undefined : this.at.get(from);
    for (const [at, { man, el }] of this.at) {
      if (p.board[at] === man) continue;
      el.remove();
      this.at.delete(at);
    }
    p.board.forEach((man, at) => {
      if (man === 0 || this.at.has(at)) return;
      const { x, y } = this.middle(at);
      const el = piece(man, x - field / 2, y - field / 2, field);
      this.men.append(el);
      this.at.set(at, { man, el });
      if (at === to && from !== undefined && moved?.man === man && to !== this.dropped) this.slide(el, from, to);
    });
    this.dropped = -1;
  }

  private slide(el: SVGGElement, from: number, to: number): void {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const a = this.middle(from), b = this.middle(to);
    el.animate([{ transform: `translate(${a.x - b.x}px, ${a.y - b.y}px)` }, { transform: "none" }], { duration: 140, easing: "ease-out" });
  }

  /** Says that a man has been dragged here: it is where it should be. */
  drop(at: number): void {
    this.dropped = at;
  }

  /** The drawing of the man on a square, to drag it. */
  man(at: number): SVGGElement | null {
    return this.at.get(at)?.el ?? null;
  }

  name(at: number): string {
    return square(at);
  }
}

function dark(at: number): boolean {
  return (at + (at >> 3)) % 2 === 0;
}
