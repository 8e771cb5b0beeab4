// The board of either game with all that happens on it: choosing, dragging, confirming, promoting,
// premoves. It knows positions and moves, and nothing of the server.

import * as chess from "./chess";
import * as omok from "./omok";
import { ChessBoard } from "./chessboard";
import { OmokBoard } from "./omokboard";
import { announce, button, h, put, toast } from "./dom";
import type { Line } from "./game";
import { named, t } from "./lang";
import { picture } from "./pieces";
import { settings } from "./settings";
import { sameMove } from "./table";
import { Kind, MoveKind, Problem, type Move, type Variant } from "./wire";

/** What the stage shows. */
export interface Scene {
  line: Line;
  ply: number;          // of the position that is looked at
  mine: boolean;        // it is this player's turn, and the present position is looked at
  own: number;          // this player's colour: 1 black, 2 white, 0 a spectator
  flipped: boolean;
  forbidden: readonly number[];
  pending: Move | null; // sent, not yet answered
  over: boolean;
  running: boolean;
  numbers: boolean;     // of the moves, on the stones
}

const none = -1;

export class Stage {
  readonly root = h("div", { class: "stage" });
  /** Confirm and cancel, where moves are to be confirmed. */
  readonly confirmBar = h("div", { class: "confirm", hidden: true });
  private readonly omok: OmokBoard | null = null;
  private readonly chess: ChessBoard | null = null;
  private readonly promotion = h("div", { class: "promotion", hidden: true, role: "dialog", "aria-label": t("promotion") });
  private readonly state = h("p", { class: "sr", id: "boardstate" });
  private scene: Scene | null = null;
  private ghost = none;
  private proposed: Move | null = null; // waits to be confirmed
  private selected = none;
  private premove: { from: number; to: number } | null = null;
  private hover = none;

  constructor(v: Variant, private readonly move: (m: Move) => void, typed?: () => void) {
    const input = {
      pick: (at: number) => this.pick(at),
      drag: (from: number, to: number) => this.drag(from, to),
      grab: (at: number) => this.grab(at),
      lift: (at: number) => this.lift(at),
      hover: (at: number) => this.over(at),
      name: (at: number) => this.name(at),
      cancel: () => this.cancel(),
      ...(typed ? { typed } : {}),
    };
    if (v.kind === Kind.Chess) this.chess = new ChessBoard(input, t("boardChess"));
    else this.omok = new OmokBoard(v.size || 15, input, t("boardOmok", v.size || 15));
    const board = (this.omok ?? this.chess)!;
    board.root.setAttribute("aria-describedby", "boardstate");
    this.root.append(board.root, this.promotion, this.state);
    this.promotion.addEventListener("keydown", (e) => {
      if (e.key === "Escape") this.cancel();
    });
    put(this.confirmBar, button(t("confirm"), () => this.confirm(), { class: "primary" }), button(t("cancel"), () => this.cancel()));
  }

  /** Shows a scene, and makes the move that was made ahead if it is its time. */
  show(s: Scene): void {
    const before = this.scene;
    this.scene = s;
    const moved = !before || before.ply !== s.ply || before.line.moves.length !== s.line.moves.length;
    if (moved) {
      this.selected = none;
      this.promotion.hidden = true;
      this.settle();
    }
    if (this.premove && (!s.running || s.own === 0)) this.premove = null;
    const ahead = this.premove;
    if (ahead && s.mine && !s.pending) this.premove = null;
    this.draw();
    if (ahead && s.mine && !s.pending) this.go(ahead.from, ahead.to, true);
  }

  /** Draws again, as after a change of settings. */
  draw(): void {
    const s = this.scene;
    if (!s) return;
    if (this.omok) this.drawOmok(this.omok, s);
    if (this.chess) this.drawChess(this.chess, s);
    this.confirmBar.hidden = !this.proposed;
    this.state.textContent = this.describe(s);
  }

  private drawOmok(board: OmokBoard, s: Scene): void {
    board.flipped = s.flipped;
    const p = s.line.omok[s.ply]!;
    const pending = s.pending && s.pending.kind !== MoveKind.Choose ? s.pending.row * p.size + s.pending.col : none;
    const asks = this.proposed ? this.proposed.row * p.size + this.proposed.col : none;
    board.show(p, {
      forbidden: s.forbidden, row: s.over && s.ply === s.line.moves.length ? omok.row(p) : [],
      ghost: pending !== none ? none : this.proposed ? asks : this.ghost, ghostSide: p.next, asks: this.proposed !== null, pending,
      zone: s.mine && !s.pending && s.running, order: s.numbers ? order(s.line, s.ply) : [],
    }, settings.coordinates);
  }

  private drawChess(board: ChessBoard, s: Scene): void {
    board.flipped = s.flipped;
    let p = s.line.chess[s.ply]!;
    let last: number[] = [];
    const m = s.line.moves[s.ply - 1];
    if (m) last = [m.fromRow * 8 + m.fromCol, m.row * 8 + m.col];
    const ahead = s.pending ?? this.proposed;
    const step = ahead ? chess.fromMove(p, ahead) : undefined;
    if (step) {
      last = [step.from, chess.shownTo(step)];
      p = chess.play(p, step);
    }
    const targets = this.selected >= 0 && s.mine && !ahead ? chess.legal(p).filter((x) => x.from === this.selected).map((x) => x.to) : [];
    board.show(p, {
      last, selected: this.selected, targets, check: chess.inCheck(p) ? chess.king(p, p.white) : none,
      premove: this.premove ? [this.premove.from, this.premove.to] : [], hover: this.hover,
      pending: step ? chess.shownTo(step) : none, asks: !s.pending,
    }, settings.coordinates);
  }

  /** Makes a move, after a question where the player wants to be asked. */
  private submit(m: Move, sure = false): void {
    if (settings.confirm && !sure && !(this.proposed && sameMove(this.proposed, m))) {
      this.proposed = m;
      this.ghost = none;
      announce(t("confirmAsk"));
      return this.draw();
    }
    this.settle();
    this.move(m);
  }

  private pick(at: number): void {
    const s = this.scene;
    if (!s) return;
    if (this.chess) return this.pickSquare(s, at);
    if (!s.mine || s.pending) return;
    const p = s.line.omok[s.ply]!;
    if (!omok.free(p, at)) {
      if (p.stones[at] !== omok.Empty) toast(t("occupied"));
      else if (omok.zone(p) > 0) toast(named("problems", Problem.OpeningPoint));
      return;
    }
    if (s.forbidden.includes(at)) return toast(t("forbiddenPoint"));
    this.submit(omok.moveAt(p, at));
  }

  private confirm(): void {
    const s = this.scene, m = this.proposed;
    if (!s || !m) return;
    this.settle();
    this.draw();
    if (s.mine && !s.pending) this.move(m);
  }

  private cancel(): void {
    this.settle();
    this.selected = none;
    this.premove = null;
    this.promotion.hidden = true;
    this.draw();
  }

  private settle(): void {
    this.ghost = none;
    this.proposed = null;
  }

  private pickSquare(s: Scene, at: number): void {
    if (this.proposed) {
      if (at === this.proposed.row * 8 + this.proposed.col) return this.confirm();
      this.settle();
    }
    const p = s.line.chess[s.ply]!;
    const own = this.ownMan(s, at);
    if (this.selected === none) {
      this.premove = null;
      if (own) this.selected = at;
    } else if (this.selected === at) {
      this.selected = none;
    } else if (s.mine && chess.legal(p).some((x) => x.from === this.selected && x.to === at)) {
      const from = this.selected;
      this.selected = none;
      return this.go(from, at);
    } else if (own) {
      this.selected = at;
    } else {
      if (!s.mine && s.running && s.own !== 0) this.premove = { from: this.selected, to: at };
      this.selected = none;
    }
    this.draw();
  }

  /** Says whether there is a man of this player's on a square. */
  private ownMan(s: Scene, at: number): boolean {
    const man = s.line.chess[s.ply]?.board[at] ?? 0;
    return s.running && s.ply === s.line.moves.length && s.own !== 0 && !s.pending && (s.own === 2 ? man > 0 : man < 0);
  }

  private grab(at: number): SVGGElement | null {
    const s = this.scene;
    if (!this.chess || !s || this.proposed || !this.ownMan(s, at)) return null;
    return this.chess.man(at);
  }

  private lift(at: number): void {
    this.premove = null;
    this.selected = at;
    this.draw();
  }

  private drag(from: number, to: number): void {
    const s = this.scene;
    if (!s) return;
    this.selected = none;
    if (to >= 0 && to !== from) {
      if (s.mine) {
        this.chess!.drop(to);
        return this.go(from, to);
      }
      this.premove = { from, to };
    }
    this.draw();
  }

  private over(at: number): void {
    const s = this.scene;
    const aimed = this.hover !== at && this.selected >= 0;
    this.hover = at;
    if (this.chess && aimed) this.draw();
    if (!this.omok || !s || this.proposed) return;
    const p = s.line.omok[s.ply]!;
    const shown = s.mine && !s.pending && at >= 0 && omok.free(p, at) && !s.forbidden.includes(at) ? at : none;
    if (shown === this.ghost) return;
    this.ghost = shown;
    this.draw();
  }

  /** Makes a chess move, and asks for the piece first if a pawn is promoted. A move that was made ahead is not asked about again. */
  private go(from: number, to: number, ahead = false): void {
    const s = this.scene;
    if (!s || s.pending) return;
    const p = s.line.chess[s.ply]!;
    const steps = chess.legal(p).filter((x) => x.from === from && (x.to === to || (x.rook >= 0 && chess.shownTo(x) === to && !p.shuffled)));
    if (steps.length === 0) {
      if (p.board[from] !== 0) toast(t(ahead ? "premoveGone" : "cannotMove"));
      return this.draw();
    }
    if (steps.length === 1) return this.submit(chess.toMove(steps[0]!), ahead);
    const choose = (step: chess.Step) => {
      this.promotion.hidden = true;
      this.chess!.root.focus();
      this.move(chess.toMove(step));
    };
    put(this.promotion, ...steps.map((step) => {
      const b = button("", () => choose(step), { "aria-label": t(manNames[step.promotion]!), "data-man": step.promotion });
      b.append(picture(p.white ? step.promotion : -step.promotion));
      return b;
    }), button("✕", () => this.cancel(), { class: "quiet", "aria-label": t("cancel") }));
    this.promotion.hidden = false;
    (this.promotion.firstElementChild as HTMLElement).focus();
    this.draw();
  }

  /** Reads a typed move; false if it is none. */
  type(text: string): boolean {
    const s = this.scene;
    if (!s) return false;
    if (this.chess) {
      const steps = chess.parse(s.line.chess[s.ply]!, text);
      if (steps.length === 0) return false;
      if (steps.length === 1) this.move(chess.toMove(steps[0]!));
      else this.go(steps[0]!.from, steps[0]!.to);
      return true;
    }
    const p = s.line.omok[s.ply]!;
    const at = omok.parse(p.size, text);
    if (at < 0 || !omok.free(p, at)) return false;
    this.move(omok.moveAt(p, at));
    return true;
  }

  /** What a screen reader says of a field. */
  private name(at: number): string {
    const s = this.scene;
    if (this.chess) {
      const man = s?.line.chess[s.ply]?.board[at] ?? 0;
      return chess.square(at) + ", " + (man === 0 ? t("empty") : manName(man));
    }
    const p = s?.line.omok[s.ply];
    if (!p) return "";
    const side = p.stones[at];
    const what = side === omok.Black ? t("black") : side === omok.White ? t("white") : s.forbidden.includes(at) ? t("forbiddenShort") : t("empty");
    return omok.point(p.size, at) + ", " + what;
  }

  /** The whole position in words. */
  private describe(s: Scene): string {
    if (this.chess) {
      const p = s.line.chess[s.ply]!;
      const list = (white: boolean) => p.board.flatMap((man, at) => (man !== 0 && man > 0 === white ? [manName(man) + " " + chess.square(at)] : [])).join(", ");
      return list(true) + ". " + list(false) + ".";
    }
    const p = s.line.omok[s.ply]!;
    const list = (side: number) => p.stones.flatMap((x, at) => (x === side ? [omok.point(p.size, at)] : [])).join(", ");
    return t("stateOmok", list(omok.Black) || "–", list(omok.White) || "–");
  }

}

/** The points of the stones in the order in which they were laid. */
function order(line: Line, ply: number): number[] {
  const all: number[] = [];
  for (let n = 1; n <= ply; n++) {
    const p = line.omok[n]!;
    if (p.count > line.omok[n - 1]!.count) all.push(p.last);
  }
  return all;
}

const manNames = ["empty", "pawn", "knight", "bishop", "rook", "queen", "king"] as const;

function manName(man: number): string {
  return t(man > 0 ? "white" : "black") + " " + t(manNames[Math.abs(man)]!);
}
