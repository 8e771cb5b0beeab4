// The board of either game with all that happens on it: choosing, dragging, confirming, promoting,
// premoves. It knows positions and moves, and nothing of the server.

import * as chess from "./chess";
import * as omok from "./omok";
import { ChessBoard } from "./chessboard";
import { OmokBoard } from "./omokboard";
import { button, h, put, toast } from "./dom";
import type { Line } from "./game";
import { t } from "./lang";
import { picture } from "./pieces";
import { settings } from "./settings";
import { sameMove } from "./table";
import { Kind, MoveKind, type Move, type Variant } from "./wire";

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
  private waiting = false; // the ghost waits to be confirmed
  private selected = none;
  private premove: { from: number; to: number } | null = null;
  private hover = none;

  constructor(v: Variant, private readonly move: (m: Move) => void, typed?: (key: string) => void) {
    const input = {
      pick: (at: number) => this.pick(at),
      drag: (from: number, to: number) => this.drag(from, to),
      grab: (at: number) => this.grab(at),
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
    put(this.confirmBar, button(t("confirm"), () => this.confirm(), { class: "primary" }), button(t("cancel"), () => this.cancel()));
  }

  /** Shows a scene, and makes the move that was made ahead if it is its time. */
  show(s: Scene): void {
    const before = this.scene;
    this.scene = s;
    const moved = !before || before.ply !== s.ply || before.line.moves.length !== s.line.moves.length;
    if (moved) {
      this.selected = none;
      this.settle();
    }
    if (this.premove && (!s.running || s.own === 0)) this.premove = null;
    if (this.premove && s.mine && !s.pending) {
      const { from, to } = this.premove;
      this.premove = null;
      this.draw();
      this.go(from, to);
      return;
    }
    this.draw();
  }

  /** Draws again, as after a change of settings. */
  draw(): void {
    const s = this.scene;
    if (!s) return;
    if (this.omok) this.drawOmok(this.omok, s);
    if (this.chess) this.drawChess(this.chess, s);
    this.confirmBar.hidden = !this.waiting;
    this.state.textContent = this.describe(s);
  }

  private drawOmok(board: OmokBoard, s: Scene): void {
    board.flipped = s.flipped;
    const p = s.line.omok[s.ply]!;
    const pending = s.pending && s.pending.kind !== MoveKind.Choose ? s.pending.row * p.size + s.pending.col : none;
    board.show(p, {
      forbidden: s.forbidden, row: s.over && s.ply === s.line.moves.length ? omok.row(p) : [],
      ghost: pending === none ? this.ghost : none, ghostSide: p.next, pending, numbers: false, order: [],
    }, settings.coordinates);
  }

  private drawChess(board: ChessBoard, s: Scene): void {
    board.flipped = s.flipped;
    let p = s.line.chess[s.ply]!;
    let last: number[] = [];
    const m = s.line.moves[s.ply - 1];
    if (m) last = [m.fromRow * 8 + m.fromCol, m.row * 8 + m.col];
    if (s.pending) {
      const step = chess.fromMove(p, s.pending);
      if (step) {
        last = [step.from, step.to];
        p = chess.play(p, step);
      }
    }
    const targets = this.selected >= 0 && s.mine && !s.pending ? chess.legal(p).filter((x) => x.from === this.selected).map((x) => x.to) : [];
    board.show(p, {
      last, selected: this.selected, targets, check: chess.inCheck(p) ? chess.king(p, p.white) : none,
      premove: this.premove ? [this.premove.from, this.premove.to] : [], hover: this.hover,
    }, settings.coordinates);
    board.root.classList.toggle("pending", s.pending !== null);
  }

  private pick(at: number): void {
    const s = this.scene;
    if (!s) return;
    if (this.chess) return this.pickSquare(s, at);
    if (!s.mine || s.pending) return;
    const p = s.line.omok[s.ply]!;
    if (!omok.free(p, at)) {
      if (p.stones[at] !== omok.Empty) toast(t("occupied"));
      return;
    }
    if (s.forbidden.includes(at)) return toast(t("forbiddenPoint"));
    if (settings.confirm && !(this.waiting && this.ghost === at)) {
      this.ghost = at;
      this.waiting = true;
      return this.draw();
    }
    this.ghost = none;
    this.settle();
    this.move(omok.moveAt(p, at));
  }

  private confirm(): void {
    const s = this.scene;
    if (!s || !this.waiting) return;
    const at = this.ghost;
    this.settle();
    this.draw();
    if (s.mine && !s.pending) this.move(omok.moveAt(s.line.omok[s.ply]!, at));
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
    this.waiting = false;
  }

  private pickSquare(s: Scene, at: number): void {
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
    if (!this.chess || !s || !this.ownMan(s, at)) return null;
    return this.chess.man(at);
  }

  private drag(from: number, to: number): void {
    const s = this.scene;
    if (!s) return;
    this.selected = none;
    if (to >= 0 && to !== from) {
      if (s.mine) return this.go(from, to);
      this.premove = { from, to };
    }
    this.draw();
  }

  private over(at: number): void {
    const s = this.scene;
    this.hover = at;
    if (!this.omok || !s || this.waiting) return;
    const p = s.line.omok[s.ply]!;
    const shown = s.mine && !s.pending && at >= 0 && omok.free(p, at) && !s.forbidden.includes(at) ? at : none;
    if (shown === this.ghost) return;
    this.ghost = shown;
    this.draw();
  }

  /** Makes a chess move, and asks for the piece first if a pawn is promoted. */
  private go(from: number, to: number): void {
    const s = this.scene;
    if (!s || s.pending) return;
    const p = s.line.chess[s.ply]!;
    const steps = chess.legal(p).filter((x) => x.from === from && (x.to === to || (x.rook >= 0 && chess.shownTo(x) === to && !p.shuffled)));
    if (steps.length === 0) {
      if (p.board[from] !== 0) toast(t("cannotMove"));
      return this.draw();
    }
    if (steps.length === 1) return this.move(chess.toMove(steps[0]!));
    const choose = (step: chess.Step) => {
      this.promotion.hidden = true;
      this.move(chess.toMove(step));
      this.chess!.root.focus();
    };
    put(this.promotion, ...steps.map((step) => {
      const b = button("", () => choose(step), { "aria-label": t(manNames[step.promotion]!) });
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

  /** Says whether a pending move is on the board already. */
  static answered(line: Line, m: Move): boolean {
    const last = line.moves[line.moves.length - 1];
    return last !== undefined && sameMove(last, m);
  }
}

const manNames = ["empty", "pawn", "knight", "bishop", "rook", "queen", "king"] as const;

function manName(man: number): string {
  return t(man > 0 ? "white" : "black") + " " + t(manNames[Math.abs(man)]!);
}
