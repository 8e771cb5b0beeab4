// The board for chess.

import { Board, type Input } from "./board";
import { put, svg } from "./dom";
import { square, type Position } from "./chess";
import { piece } from "./pieces";

/** What is shown beside the men. */
export interface Marks {
  last: readonly number[];     // squares of the last move
  selected: number;            // -1: none
  targets: readonly number[];  // where the selected man may go
  check: number;               // the square of a king in check, or -1
  premove: readonly number[];
  hover: number;
}

const field = 50;

export class ChessBoard extends Board {
  private readonly below = svg("g");
  private readonly men = svg("g");
  private readonly over = svg("g");
  private at = new Map<number, SVGGElement>();

  constructor(input: Input, label: string) {
    super(8, 0, field, input, label, "chess");
    this.svg.append(this.below, this.men, this.over);
    this.showCursor();
  }

  show(p: Position, m: Marks, coordinates: boolean): void {
    const under: SVGElement[] = [];
    const rect = (at: number, kind: string) => {
      const { x, y } = this.middle(at);
      return svg("rect", { x: x - field / 2, y: y - field / 2, width: field, height: field, class: kind });
    };
    for (let at = 0; at < 64; at++) under.push(rect(at, (at + (at >> 3)) % 2 === 0 ? "dark" : "light"));
    for (const at of m.last) under.push(rect(at, "lastmove"));
    for (const at of m.premove) under.push(rect(at, "premove"));
    if (m.selected >= 0) under.push(rect(m.selected, "selected"));
    if (m.check >= 0) under.push(rect(m.check, "check"));
    if (coordinates) {
      for (let i = 0; i < 8; i++) {
        const file = this.flipped ? 7 - i : i;
        const dark = (n: number) => (n % 2 === 0 ? "coord onlight" : "coord ondark");
        under.push(svg("text", { x: i * field + 4, y: 8 * field - 5, class: dark(i + 1) }, "abcdefgh"[file]!));
        under.push(svg("text", { x: 8 * field - 4, y: i * field + 12, class: dark(i) + " right" }, String(this.flipped ? i + 1 : 8 - i)));
      }
    }
    put(this.below, ...under);
    this.at = new Map();
    const men: SVGElement[] = [];
    p.board.forEach((man, at) => {
      if (man === 0) return;
      const { x, y } = this.middle(at);
      const el = piece(man, x - field / 2, y - field / 2, field);
      this.at.set(at, el);
      men.push(el);
    });
    put(this.men, ...men);
    const over = m.targets.map((at) => {
      const { x, y } = this.middle(at);
      return p.board[at] === 0
        ? svg("circle", { cx: x, cy: y, r: 7, class: at === m.hover ? "target on" : "target" })
        : svg("circle", { cx: x, cy: y, r: 22, class: at === m.hover ? "target take on" : "target take" });
    });
    put(this.over, ...over);
    this.showCursor();
  }

  /** The drawing of the man on a square, to drag it. */
  man(at: number): SVGGElement | null {
    return this.at.get(at) ?? null;
  }

  name(at: number): string {
    return square(at);
  }
}
