// The board for omok: wood, lines and stones.

import { Board, type Input } from "./board";
import { put, svg } from "./dom";
import { Black, Empty, point, zone, type Position } from "./omok";

/** What is shown beside the stones. */
export interface Marks {
  forbidden: readonly number[];
  row: readonly number[];
  ghost: number;     // where the pointer is, or a stone waits to be confirmed; -1: nowhere
  ghostSide: number;
  asks: boolean;     // the ghost waits to be confirmed
  pending: number;   // sent, not yet answered; -1: none
  zone: boolean;     // mark where the opening allows the next stone
  order: readonly number[]; // points in the order of stones, to number them; []: no numbers
}

const field = 40;
const margin = 14;

export class OmokBoard extends Board {
  private readonly grid = svg("g");
  private readonly floor = svg("g"); // below the stones
  private readonly stones = svg("g");
  private readonly marks = svg("g");
  private lined = "";
  private laid = new Map<number, { side: number; el: SVGElement }>();

  constructor(size: number, input: Input, label: string) {
    super(size, margin, field, input, label, "omok");
    const side = 2 * margin + size * field;
    this.svg.append(defs(), svg("rect", { width: side, height: side, class: "wood" }), grain(side, side), svg("rect", { x: 2, y: 2, width: side - 4, height: side - 4, rx: 5, class: "bevel" }),
      this.grid, this.floor, this.stones, this.marks);
    this.showCursor();
  }

  /** Draws the lines, again only if the board was turned or the coordinates come or go. */
  private lines(coordinates: boolean): void {
    const key = `${this.flipped} ${coordinates}`;
    if (key === this.lined) return;
    this.lined = key;
    const n = this.size;
    const parts: SVGElement[] = [];
    for (let i = 0; i < n; i++) {
      const a = this.middle(i), b = this.middle((n - 1) * n + i), c = this.middle(i * n), d = this.middle(i * n + n - 1);
      const edge = i === 0 || i === n - 1 ? "line edge" : "line";
      parts.push(svg("line", { x1: a.x, y1: a.y, x2: b.x, y2: b.y, class: edge }), svg("line", { x1: c.x, y1: c.y, x2: d.x, y2: d.y, class: edge }));
    }
    for (const at of stars(n)) {
      const { x, y } = this.middle(at);
      parts.push(svg("circle", { cx: x, cy: y, r: 3.8, class: "star" }));
    }
    if (coordinates) {
      const last = 2 * margin + n * field;
      for (let i = 0; i < n; i++) {
        parts.push(svg("text", { x: this.middle(i).x, y: last - 8.5, class: "coord" }, String.fromCharCode(97 + i)));
        parts.push(svg("text", { x: 10, y: this.middle(i * n).y, class: "coord" }, String(i + 1)));
      }
    }
    put(this.grid, ...parts);
    this.laid.clear();
    put(this.stones);
  }

  show(p: Position, m: Marks, coordinates: boolean): void {
    this.lines(coordinates);
    this.lay(p);
    const marks: SVGElement[] = [];
    const at = (n: number) => this.middle(n);
    put(this.floor, ...(m.zone ? this.zone(p) : []));
    if (m.row.length > 0) {
      const a = at(m.row[0]!), b = at(m.row[m.row.length - 1]!);
      marks.push(svg("line", { x1: a.x, y1: a.y, x2: b.x, y2: b.y, class: "five" }));
    }
    m.order.forEach((n, i) => {
      const { x, y } = at(n);
      marks.push(svg("text", { x, y, class: (p.stones[n] === Black ? "nth onblack" : "nth onwhite") + (n === p.last ? " newest" : "") }, String(i + 1)));
    });
    if (p.last >= 0 && m.order.length === 0) {
      const { x, y } = at(p.last);
      marks.push(svg("circle", { cx: x, cy: y, r: 5.5, class: "lastmark" }));
    }
    for (const n of m.forbidden) {
      const { x, y } = at(n);
      marks.push(svg("path", { d: `M${x - 7} ${y - 7}l14 14m0-14l-14 14`, class: "forbidden" }));
    }
    p.offers.forEach((n, i) => {
      const { x, y } = at(n);
      marks.push(stone(x, y, Black, "stone offer"), svg("text", { x, y, class: "nth onblack" }, String(i + 1)));
    });
    if (m.ghost >= 0) {
      const { x, y } = at(m.ghost);
      marks.push(stone(x, y, m.ghostSide, "stone ghost"));
      if (m.asks) marks.push(svg("circle", { cx: x, cy: y, r: 20, class: "asking" }));
    }
    if (m.pending >= 0) {
      const { x, y } = at(m.pending);
      marks.push(stone(x, y, m.ghostSide, "stone pending"), svg("circle", { cx: x, cy: y, r: 20.5, class: "waiting" }));
    }
    put(this.marks, ...marks);
    this.showCursor();
  }

  /** Puts the stones that are new on the board and takes away those that are gone. */
  private lay(p: Position): void {
    const fresh = this.laid.size > 0 || p.count <= 1;
    for (const [n, { side, el }] of this.laid) {
      if (p.stones[n] === side) continue;
      el.remove();
      this.laid.delete(n);
    }
    p.stones.forEach((side, n) => {
      if (side === Empty || this.laid.has(n)) return;
      const { x, y } = this.middle(n);
      const el = stone(x, y, side, fresh && n === p.last ? "stone new" : "stone");
      this.stones.append(el);
      this.laid.set(n, { side, el });
    });
  }

  /** The square in which the opening wants the next stone. */
  private zone(p: Position): SVGElement[] {
    const z = zone(p);
    if (z === 0) return [];
    const reach = ((z - 1 + 1 - (p.size % 2)) / 2 + 0.5) * field;
    const centre = margin + (p.size * field) / 2;
    return [svg("rect", { x: centre - reach, y: centre - reach, width: 2 * reach, height: 2 * reach, rx: 8, class: "zone" })];
  }

  name(at: number): string {
    return point(this.size, at);
  }
}

export function stone(x: number, y: number, side: number, kind: string): SVGElement {
  const black = side === Black;
  return svg("g", { class: kind + (black ? " black" : " white") },
    svg("circle", { cx: x + 1.4, cy: y + 3, r: 19.4, fill: "url(#shade)", class: "shadow" }),
    svg("circle", { cx: x, cy: y, r: 17.8, fill: black ? "url(#black)" : "url(#white)", class: "body" }),
    svg("ellipse", { cx: x - 5.5, cy: y - 8, rx: 6.5, ry: 3.8, transform: `rotate(-32 ${x - 5.5} ${y - 8})`, fill: "url(#gleam)", class: "gleam" }));
}

/** The points that are marked on a board. */
function stars(n: number): number[] {
  const edge = n === 15 ? 3 : n === 19 ? 3 : -1;
  const middle = Math.floor(n / 2);
  if (edge < 0) return [];
  const lines = n === 19 ? [edge, middle, n - 1 - edge] : [edge, n - 1 - edge];
  const all = lines.flatMap((row) => lines.map((col) => row * n + col));
  return all.includes(middle * (n + 1)) ? all : [...all, middle * (n + 1)];
}

/** What fills wood and stones: slate for black, shell for white. */
export function defs(): SVGElement {
  const light = (id: string, stops: [number, string, number?][], props = {}) => svg("radialGradient", { id, cx: "38%", cy: "32%", r: "70%", ...props },
    ...stops.map(([offset, color, opacity]) => svg("stop", { offset, "stop-color": color, "stop-opacity": opacity ?? 1 })));
  return svg("defs", {},
    light("black", [[0, "#5b5f63"], [0.3, "#33373a"], [0.75, "#17191b"], [1, "#0b0c0d"]]),
    light("white", [[0, "#ffffff"], [0.5, "#f8f5ee"], [0.85, "#ddd6c8"], [1, "#bfb6a4"]]),
    light("shade", [[0, "#2a1803", 0.55], [0.78, "#2a1803", 0.42], [1, "#2a1803", 0]], { cx: "50%", cy: "50%", r: "50%" }),
    light("gleam", [[0, "#ffffff", 0.55], [1, "#ffffff", 0]], { cx: "50%", cy: "50%", r: "50%" }),
    svg("linearGradient", { id: "wood", x1: 0, y1: 0, x2: 1, y2: 0.35 },
      ...["#e6bd7c", "#dcb06a", "#e2b873", "#d6a761"].map((color, i) => svg("stop", { offset: i / 3, "stop-color": color }))));
}

/** Grain of the wood: long, quiet waves, the same at every start. */
export function grain(width: number, height: number): SVGElement {
  const g = svg("g", { class: "grain" });
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  for (let x = -20; x < width + 20; x += 7 + random() * 13) {
    const bend = () => (x + (random() - 0.5) * 16).toFixed(1);
    g.append(svg("path", {
      d: `M${bend()} -5C${bend()} ${height * 0.3} ${bend()} ${height * 0.6} ${bend()} ${height + 5}`, "stroke-width": (0.5 + random() * 2).toFixed(1), "stroke-opacity": (0.05 + random() * 0.11).toFixed(2),
    }));
  }
  return g;
}
