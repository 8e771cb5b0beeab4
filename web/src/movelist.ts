// The moves of a game, to read and to step through.

import { button, h, icon, put } from "./dom";
import { t } from "./lang";
import { Kind } from "./wire";

const arrows = {
  first: "M6 5v14M18 5l-8 7 8 7z", back: "M15 5l-8 7 8 7z", forward: "M9 5l8 7-8 7z", last: "M18 5v14M6 5l8 7-8 7z",
  play: "M8 5v14l11-7z", pause: "M7 5h3v14H7zM14 5h3v14h-3z", turn: "M7 4v14l-4-4M17 20V6l4 4", numbers: "M9 4 7 20M17 4l-2 16M4 9h16M3.500 15h16",
};

export class MoveList {
  readonly list = h("ol", { class: "moves", tabindex: 0, "aria-label": t("moves") });
  readonly buttons = h("div", { class: "steps", role: "group", "aria-label": t("stepping") });
  private ply = 0;
  private count = 0;
  private drawn = "";
  private timer = 0;
  private frame = 0;
  private readonly player: HTMLButtonElement | null = null;

  /** go is called with the ply to look at; turn turns the board; number shows the moves' numbers, or no longer. */
  constructor(private readonly kind: number, private readonly go: (ply: number) => void, turn: () => void, number: () => boolean, autoplay: boolean) {
    const b = (label: Parameters<typeof t>[0], d: string, act: () => void) => {
      const el = button("", act, { "aria-label": t(label), title: t(label) });
      el.append(icon(d));
      return el;
    };
    if (autoplay) this.player = b("autoplay", arrows.play, () => this.toggle());
    const numbers: HTMLButtonElement = b("moveNumbers", arrows.numbers, () => numbers.setAttribute("aria-pressed", String(number())));
    numbers.setAttribute("aria-pressed", "false");
    put(this.buttons, b("toFirst", arrows.first, () => this.step(0)), b("toBack", arrows.back, () => this.step(this.ply - 1)), this.player,
      b("toNext", arrows.forward, () => this.step(this.ply + 1)), b("toLast", arrows.last, () => this.step(this.count)), 
      kind === Kind.Chess ? b("turnBoard", arrows.turn, turn) : numbers);
  }

  /** Left and right, wherever the focus is not on the board or in a field. */
  key(e: KeyboardEvent): void {
    const on = e.target as HTMLElement;
    if (on.closest("input, textarea, select, .board, dialog") || e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "ArrowLeft") this.step(this.ply - 1);
    else if (e.key === "ArrowRight") this.step(this.ply + 1);
    else if (e.key === "Home") this.step(0);
    else if (e.key === "End") this.step(this.count);
    else return;
    e.preventDefault();
  }

  private step(to: number): void {
    this.stop();
    if (to >= 0 && to <= this.count) this.go(to);
  }

  private toggle(): void {
    if (this.timer) return this.stop();
    if (this.ply === this.count) this.go(0);
    this.timer = window.setInterval(() => {
      if (this.ply >= this.count) this.stop();
      else this.go(this.ply + 1);
    }, 1000);
    this.face(arrows.pause);
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = 0;
    this.face(arrows.play);
  }

  private face(d: string): void {
    if (this.player) put(this.player, icon(d));
  }

  show(texts: readonly string[], ply: number): void {
    this.ply = ply;
    this.count = texts.length;
    const key = texts.join(" ");
    if (key !== this.drawn) {
      this.drawn = key;
      const cell = (n: number) => (texts[n - 1] === undefined ? null : button(texts[n - 1]!, () => this.step(n), { "data-ply": n }));
      const rows: HTMLElement[] = [];
      const each = this.kind === Kind.Chess ? 2 : 1;
      for (let n = 1; n <= texts.length; n += each) {
        const number = h("span", { class: "no" }, String(each === 2 ? (n + 1) / 2 : n));
        rows.push(h("li", {}, number, cell(n), each === 2 ? cell(n + 1) : null));
      }
      put(this.list, ...rows);
      this.list.classList.toggle("pairs", each === 2);
    }
    for (const el of this.list.querySelectorAll("[aria-current]")) el.removeAttribute("aria-current");
    const now = this.list.querySelector<HTMLElement>(`[data-ply="${ply}"]`);
    now?.setAttribute("aria-current", "true");
    // With the next frame: where it stands asks for the layout, and the move itself shall not wait for that.
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      this.list.scrollTop = now ? now.offsetTop - this.list.clientHeight / 2 : 0;
      this.list.scrollLeft = now ? now.offsetLeft - this.list.clientWidth / 2 : 0;
    });
    const [first, back, ...rest] = this.buttons.children as unknown as HTMLButtonElement[];
    const [next, last] = rest.slice(this.player ? 1 : 0) as [HTMLButtonElement, HTMLButtonElement];
    for (const el of [first!, back!]) el.setAttribute("aria-disabled", String(ply <= 0));
    for (const el of [next, last]) el.setAttribute("aria-disabled", String(ply >= this.count));
  }
}
