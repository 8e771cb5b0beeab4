// The board for omok: wood, lines and stones.

import { Board, type Input } from "./board";
import { put, svg } from "./dom";
import { Black, Empty, point, type Position } from "./omok";

/** What is shown beside the stones. */
export interface Marks {
  forbidden: readonly number[];
  row: readonly number[];
  ghost: number;     // where the pointer is, or a stone waits to be confirmed; -1: nowhere
  ghostSide: number;
  pending: number;   // sent, not yet answered; -1: none
  numbers: boolean;  // the moves' numbers on the stones
  order: readonly number[]; // points in the order of stones
}

const field = 40;

export class OmokBoard extends Board {
  private readonly grid = svg("g");
  private readonly stones = svg("g");
  private readonly marks = svg("g");

  constructor(size: number, input: Input, label: string) {
    super(size, 26, field, input, label, "omok");
    const side = 52 + size * field;
    this.svg.append(defs(), svg("rect", { width: side, height: side, class: "wood" }), grain(side), this.grid, this.stones, this.marks);
    this.showCursor();
  }

  /** Draws the lines; again after the board was turned. */
  private lines(coordinates: boolean): void {
    const n = this.size;
    const parts: SVGElement[] = [];
    for (let i = 0; i < n; i++) {
      const a = this.middle(i), b = this.middle((n - 1) * n + i), c = this.middle(i * n), d = this.middle(i * n + n - 1);
      const edge = i === 0 || i === n - 1 ? "line edge" : "line";
      parts.push(svg("line", { x1: a.x, y1: a.y, x2: b.x, y2: b.y, class: edge }), svg("line", { x1: c.x, y1: c.y, x2: d.x, y2: d.y, class: edge }));
    }
    for (const at of stars(n)) {
      const { x, y } = this.middle(at);
      parts.push(svg("circle", { cx: x, cy: y, r: 4, class: "star" }));
    }
    if (coordinates) {
      const last = 52 + n * field;
      for (let i = 0; i < n; i++) {
        parts.push(svg("text", { x: this.middle(i).x, y: last - 9, class: "coord" }, String.fromCharCode(97 + i)));
        parts.push(svg("text", { x: 13, y: this.middle(i * n).y, class: "coord" }, String(i + 1)));
      }
    }
    put(this.grid, ...parts);
  }

  show(p: Position, m: Marks, coordinates: boolean): void {
    this.lines(coordinates);
    const number = new Map(m.order.map((at, i) => [at, i + 1]));
    const stones: SVGElement[] = [];
    p.stones.forEach((side, at) => {
      if (side === Empty) return;
      const { x, y } = this.middle(at);
      stones.push(stone(x, y, side, at === p.last ? "stone last" : "stone"));
      if (m.numbers) stones.push(svg("text", { x, y, class: side === Black ? "nth onblack" : "nth onwhite" }, String(number.get(at) ?? "")));
    });
    put(this.stones, ...stones);
    const marks: SVGElement[] = [];
    if (p.last >= 0 && !m.numbers) {
      const { x, y } = this.middle(p.last);
      marks.push(svg("circle", { cx: x, cy: y, r: 5.5, class: "lastmark" }));
    }
    for (const at of m.forbidden) {
      const { x, y } = this.middle(at);
      marks.push(svg("path", { d: `M${x - 7} ${y - 7}l14 14m0-14l-14 14`, class: "forbidden" }));
    }
    for (const at of p.offers) {
      const { x, y } = this.middle(at);
      marks.push(stone(x, y, Black, "stone offer"), svg("text", { x, y, class: "nth onblack" }, "?"));
    }
    if (m.row.length > 0) {
      const a = this.middle(m.row[0]!), b = this.middle(m.row[m.row.length - 1]!);
      marks.push(svg("line", { x1: a.x, y1: a.y, x2: b.x, y2: b.y, class: "row" }));
    }
    if (m.ghost >= 0) {
      const { x, y } = this.middle(m.ghost);
      marks.push(stone(x, y, m.ghostSide, "stone ghost"));
    }
    if (m.pending >= 0) {
      const { x, y } = this.middle(m.pending);
      marks.push(stone(x, y, m.ghostSide, "stone pending"), svg("circle", { cx: x, cy: y, r: 21, class: "waiting" }));
    }
    put(this.marks, ...marks);
    this.showCursor();
  }

  name(at: number): string {
    return point(this.size, at);
  }
}

function stone(x: number, y: number, side: number, kind: string): SVGElement {
  const black = side === Black;
  return svg("g", { class: kind + (black ? " black" : " white") },
    svg("ellipse", { cx: x + 1.2, cy: y + 2.6, rx: 17.6, ry: 17.2, class: "shadow" }),
    svg("circle", { cx: x, cy: y, r: 17.6, fill: black ? "url(#black)" : "url(#white)", class: "body" }));
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

function defs(): SVGElement {
  const light = (id: string, stops: [number, string][]) => svg("radialGradient", { id, cx: "36%", cy: "30%", r: "72%" },
    ...stops.map(([offset, color]) => svg("stop", { offset, "stop-color": color })));
  return svg("defs", {},
    light("black", [[0, "#66696d"], [0.32, "#34373a"], [1, "#0e0f11"]]),
    light("white", [[0, "#ffffff"], [0.55, "#f4f1ea"], [1, "#c9c3b6"]]));
}

/** Grain of the wood: long, quiet waves, the same at every start. */
function grain(side: number): SVGElement {
  const g = svg("g", { class: "grain" });
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  for (let x = -20; x < side + 20; x += 7 + random() * 13) {
    const bend = () => x + (random() - 0.5) * 16;
    g.append(svg("path", {
      d: `M${bend()} -5C${bend()} ${side * 0.3} ${bend()} ${side * 0.6} ${bend()} ${side + 5}`, "stroke-width": (0.5 + random() * 2).toFixed(1), "stroke-opacity": (0.05 + random() * 0.11).toFixed(2),
    }));
  }
  return g;
}
