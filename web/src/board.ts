// What both boards have in common: a grid of squares or points that is clicked, dragged on, and walked
// over with the arrow keys. Fields are numbered from the lower left: column + row × size.

import { announce, h, svg } from "./dom";

export interface Input {
  /** a field was chosen by click, tap, or Enter */
  pick(at: number): void;
  /** something is dragged from one field to another; -1: dropped outside */
  drag?(from: number, to: number): void;
  /** says whether a drag may begin here; the board then shows what is dragged */
  grab?(at: number): SVGGraphicsElement | null;
  /** what was grabbed is being dragged now */
  lift?(at: number): void;
  /** the pointer is over a field, or -1 */
  hover?(at: number): void;
  /** what a screen reader says of a field */
  name(at: number): string;
  /** a letter is being typed on the board; it goes where the focus is put */
  typed?(): void;
  /** Escape */
  cancel?(): void;
}

const farEnough = 6; // CSS pixels that make a press a drag

export class Board {
  readonly root: HTMLDivElement;
  readonly svg: SVGSVGElement;
  flipped = false;
  private cursor: number;
  private readonly ring: SVGElement;
  private press: { id: number; at: number; x: number; y: number; moved: boolean; held: SVGGraphicsElement | null; home: Node | null } | null = null;

  /** margin and field are in units of the drawing. */
  constructor(
    readonly size: number, readonly margin: number, readonly field: number, private readonly input: Input, label: string, kind: string,
  ) {
    const side = 2 * margin + size * field;
    this.cursor = Math.floor(size / 2) * (size + 1);
    this.svg = svg("svg", { viewBox: `0 0 ${side} ${side}`, "aria-hidden": "true", focusable: "false" });
    this.ring = svg("g", { class: "ring" },
      svg("rect", { class: "halo", width: field - 4, height: field - 4, rx: 8 }), svg("rect", { width: field - 4, height: field - 4, rx: 8 }));
    this.root = h("div", {
      class: "board " + kind, tabindex: 0, role: "application", "aria-label": label,
      keydown: (e: KeyboardEvent) => this.key(e),
      focus: () => this.walk(this.cursor),
      pointerdown: (e: PointerEvent) => this.down(e),
      pointermove: (e: PointerEvent) => this.move(e),
      pointerup: (e: PointerEvent) => this.up(e),
      pointercancel: () => this.letGo(),
      pointerleave: () => this.input.hover?.(-1),
      contextmenu: (e: Event) => {
        e.preventDefault();
        this.input.cancel?.();
      },
    }, this.svg);
  }

  /** The middle of a field in the drawing. */
  middle(at: number): { x: number; y: number } {
    let col = at % this.size, row = Math.floor(at / this.size);
    if (this.flipped) {
      col = this.size - 1 - col;
      row = this.size - 1 - row;
    }
    return { x: this.margin + (col + 0.5) * this.field, y: this.margin + (this.size - 1 - row + 0.5) * this.field };
  }

  /** Puts the keyboard's ring above everything else that is drawn. */
  showCursor(): void {
    const { x, y } = this.middle(this.cursor);
    this.ring.setAttribute("transform", `translate(${x - this.field / 2 + 2} ${y - this.field / 2 + 2})`);
    if (this.svg.lastChild !== this.ring) this.svg.append(this.ring);
  }

  private walk(to: number): void {
    this.cursor = to;
    this.showCursor();
    announce(this.input.name(to));
  }

  private key(e: KeyboardEvent): void {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const way = this.flipped ? -1 : 1;
    let col = this.cursor % this.size, row = Math.floor(this.cursor / this.size);
    switch (e.key) {
      case "ArrowLeft": col -= way; break;
      case "ArrowRight": col += way; break;
      case "ArrowUp": row += way; break;
      case "ArrowDown": row -= way; break;
      case "Enter":
      case " ":
        e.preventDefault();
        this.input.pick(this.cursor);
        return;
      case "Escape":
        this.input.cancel?.();
        return;
      default:
        if (/^[a-zA-Z]$/.test(e.key)) this.input.typed?.();
        return;
    }
    e.preventDefault();
    e.stopPropagation();
    if (col < 0 || row < 0 || col >= this.size || row >= this.size) return;
    this.walk(row * this.size + col);
  }

  /** The field under a pointer, or -1. */
  private under(e: PointerEvent): number {
    const box = this.svg.getBoundingClientRect();
    const unit = (2 * this.margin + this.size * this.field) / box.width;
    let col = Math.floor(((e.clientX - box.left) * unit - this.margin) / this.field);
    let row = this.size - 1 - Math.floor(((e.clientY - box.top) * unit - this.margin) / this.field);
    if (col < 0 || row < 0 || col >= this.size || row >= this.size) return -1;
    if (this.flipped) {
      col = this.size - 1 - col;
      row = this.size - 1 - row;
    }
    return row * this.size + col;
  }

  private down(e: PointerEvent): void {
    if (e.button !== 0 || this.press) return;
    const at = this.under(e);
    if (at < 0) return;
    this.cursor = at;
    const held = this.input.grab?.(at) ?? null;
    this.press = { id: e.pointerId, at, x: e.clientX, y: e.clientY, moved: false, held, home: held?.parentNode ?? null };
    this.root.setPointerCapture(e.pointerId);
    this.root.focus({ preventScroll: true });
    e.preventDefault();
  }

  private move(e: PointerEvent): void {
    const p = this.press;
    if (!p) {
      this.input.hover?.(this.under(e));
      return;
    }
    if (p.id !== e.pointerId) return;
    if (!p.moved && Math.hypot(e.clientX - p.x, e.clientY - p.y) > farEnough) {
      p.moved = true;
      this.root.classList.add("dragging");
      if (p.held) this.input.lift?.(p.at);
    }
    if (!p.moved) return;
    this.input.hover?.(this.under(e));
    if (p.held) {
      const unit = (2 * this.margin + this.size * this.field) / this.svg.getBoundingClientRect().width;
      p.held.setAttribute("data-held", "");
      p.held.setAttribute("transform", `translate(${(e.clientX - p.x) * unit} ${(e.clientY - p.y) * unit})`);
      if (this.svg.lastChild !== p.held) this.svg.append(p.held);
    }
  }

  private up(e: PointerEvent): void {
    const p = this.press;
    if (!p || p.id !== e.pointerId) return;
    this.letGo();
    const to = this.under(e);
    if (p.moved && p.held && this.input.drag) this.input.drag(p.at, to);
    else if (to >= 0) this.input.pick(p.moved ? to : p.at);
  }

  private letGo(): void {
    const p = this.press;
    if (p?.held?.hasAttribute("data-held")) {
      p.held.removeAttribute("transform");
      p.held.removeAttribute("data-held");
      p.home?.appendChild(p.held);
    }
    this.press = null;
    this.root.classList.remove("dragging");
  }
}
