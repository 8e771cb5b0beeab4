// The pictures of the two games on the lobby's buttons: a corner of a board in play.

import { svg } from "./dom";
import { Bishop, Knight, Pawn, Queen } from "./chess";
import { Black, White } from "./omok";
import { defs, grain, stone } from "./omokboard";
import { piece } from "./pieces";

const width = 300, height = 132;

function frame(...parts: SVGElement[]): SVGSVGElement {
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "art", preserveAspectRatio: "xMidYMid slice", "aria-hidden": "true" }, ...parts);
}

export function omokArt(): SVGSVGElement {
  const lines: SVGElement[] = [];
  const x = (col: number) => 10 + col * 40, y = (row: number) => 26 + row * 40;
  for (let col = 0; col <= 7; col++) lines.push(svg("line", { x1: x(col), y1: -10, x2: x(col), y2: height + 10, class: "line" }));
  for (let row = 0; row <= 2; row++) lines.push(svg("line", { x1: -10, y1: y(row), x2: width + 10, y2: y(row), class: "line" }));
  const laid: [number, number, number][] = [[2, 2, Black], [3, 1, Black], [4, 0, Black], [3, 2, White], [4, 1, White], [5, 1, White]];
  return frame(defs(), svg("rect", { width, height, class: "wood" }), grain(width, height), ...lines,
    ...laid.map(([col, row, side]) => stone(x(col), y(row), side, "stone")), svg("circle", { cx: x(5), cy: y(1), r: 5.5, class: "lastmark" }));
}

export function chessArt(): SVGSVGElement {
  const size = 60, left = -30, top = -24;
  const squares: SVGElement[] = [];
  for (let row = 0; row < 3; row++) {
    for (let col = 0; col < 6; col++) squares.push(svg("rect", { x: left + col * size, y: top + row * size, width: size, height: size, class: (row + col) % 2 === 0 ? "light" : "dark" }));
  }
  const men: [number, number, number][] = [[1, 1, Knight], [2, 1, -Pawn], [3, 1, Queen], [4, 1, -Bishop]];
  const art = frame(...squares, svg("rect", { x: left + 3 * size, y: top + size, width: size, height: size, class: "lastmove" }),
    ...men.map(([col, row, man]) => piece(man, left + col * size, top + row * size, size)));
  art.classList.add("chess");
  return art;
}
