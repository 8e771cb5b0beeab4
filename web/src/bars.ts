// The bars above and below the board: who plays, with which colour, the clock, and in chess what was taken.

import { digits, overtime } from "./clock";
import { h, put } from "./dom";
import { losses, type Line } from "./game";
import { named, t } from "./lang";
import { picture } from "./pieces";
import type { Table } from "./table";
import { shown, spend } from "./timing";
import { Kind, Timing } from "./wire";

/** The colour of a seat: 1 black, 2 white, 0 before the first game. */
export function colourOf(tb: Table, seat: number): number {
  return tb.black === 0 || seat === 0 ? 0 : tb.black === seat ? 1 : 2;
}

export class Bar {
  seat = 0;
  private readonly side = h("span", { class: "side", role: "img" });
  private readonly name = h("span", { class: "name" });
  private readonly note = h("span", { class: "note" });
  private readonly taken = h("span", { class: "taken" });
  private readonly over = h("span", { class: "overtime" });
  private readonly time = h("time", { class: "clock" });
  readonly root = h("div", { class: "player" }, this.side, h("div", { class: "who" }, this.name, this.note), this.taken, this.over, this.time);
  private shownTaken = "";

  draw(tb: Table, seat: number, line: Line, ply: number): void {
    this.seat = seat;
    const p = tb.player(seat);
    const colour = colourOf(tb, seat);
    this.root.dataset["seat"] = String(seat);
    this.side.className = "side " + (["", "black", "white"][colour] ?? "") + (tb.variant.kind === Kind.Chess ? " man" : "");
    this.side.setAttribute("aria-label", colour === 0 ? t("noSide") : t(colour === 1 ? "black" : "white"));
    this.name.textContent = p.name || t("freeSeat");
    const notes = [];
    if (seat === tb.seat) notes.push(t("you"));
    if (p.away) notes.push(t("awayShort"));
    if (p.offer) notes.push(t("offersShort", named("offers", p.offer)));
    this.note.textContent = notes.join(" · ");
    this.root.classList.toggle("turn", tb.running && tb.turn === seat);
    this.root.classList.toggle("winner", tb.winner === seat && tb.reason !== 0);
    if (tb.variant.kind === Kind.Chess && colour !== 0) this.drawTaken(line, ply, colour);
  }

  /** What this player has taken, and by how much it is worth more. */
  private drawTaken(line: Line, ply: number, colour: number): void {
    const { lost, ahead } = losses(line.chess[ply]!, line.chess[0]!);
    const taken = lost[colour === 2 ? 1 : 0], more = colour === 2 ? ahead : -ahead;
    const key = taken.join() + "/" + more;
    if (key === this.shownTaken) return;
    this.shownTaken = key;
    put(this.taken, taken.length === 0 ? null : h("span", { class: "sr" }, t("takenMen", taken.length)), ...taken.map((man) => picture(man)), more > 0 ? h("b", {}, "+" + more) : null);
  }

  /** Shows the clock as it is at this moment; returns what is left in milliseconds if it runs. */
  tick(tb: Table): { ms: number; periods: number } | null {
    if (tb.timing.kind === Timing.Untimed || tb.game === 0) {
      this.time.textContent = "";
      return null;
    }
    const runs = tb.running && tb.turn === this.seat;
    const left = spend(tb.timing, tb.player(this.seat).left, runs ? performance.now() - tb.leftAt : 0);
    const ms = shown(tb.timing, left);
    const text = digits(ms);
    if (this.time.textContent !== text) this.time.textContent = text;
    const over = overtime(tb.timing, left);
    if (this.over.textContent !== over) this.over.textContent = over;
    const late = tb.timing.kind === Timing.Byoyomi && left.main === 0;
    this.over.classList.toggle("late", late);
    this.time.classList.toggle("low", runs && ms < 10_000);
    return runs ? { ms, periods: late ? left.periods : 0 } : null;
  }
}
