// A finished game by its link: step through it, take it home.

import { button, h, icon, put, toast } from "./dom";
import { describe, readControl } from "./clock";
import { follow, type Line } from "./game";
import { named, t } from "./lang";
import { MoveList } from "./movelist";
import { describeVariant } from "./play";
import { onChange, settings } from "./settings";
import { Stage } from "./stage";
import { Kind, type Move, type Variant } from "./wire";

/** The answer of /api/v1/games/CODE/NUMBER, as far as this screen reads it. */
interface Game {
  code: string;
  number: number;
  variant: string;
  setting: Variant;
  time: string;
  first: string;
  second: string;
  black: string;
  white: string;
  started: string;
  winner: string;
  reason_number: number;
  coordinates: [number, number, number, number, number, number][];
  formats: string[];
}

const tray = "M12 4v11m-4.500-4.500L12 15l4.500-4.500M5 19.500h14";

/** A day as people write it in the language that was chosen. */
function date(stamp: string): string {
  const d = new Date(stamp);
  return Number.isNaN(d.getTime()) ? "" : d.toLocaleDateString(settings.language === "ko" ? "ko-KR" : "en-GB", { dateStyle: "medium" });
}

export class RecordScreen {
  readonly root = h("main", { class: "play record", id: "main" });
  private game: Game | null = null;
  private line: Line | null = null;
  private ply = 0;
  private flipped = false;
  private numbers = false;
  private readonly off: () => void;
  private stage: Stage | null = null;
  private moves: MoveList | null = null;
  private readonly key = (e: KeyboardEvent) => this.moves?.key(e);

  constructor(private readonly code: string, private readonly number: string) {
    put(this.root, h("p", { class: "wait" }, t("looking")));
    addEventListener("keydown", this.key);
    this.off = onChange(() => this.draw());
    void this.load();
  }

  close(): void {
    removeEventListener("keydown", this.key);
    this.off();
    this.moves?.stop();
  }

  private async load(): Promise<void> {
    try {
      const res = await fetch(`/api/v1/games/${encodeURIComponent(this.code)}/${encodeURIComponent(this.number)}`);
      if (!res.ok) throw new Error(res.statusText);
      this.open(await res.json() as Game);
    } catch {
      put(this.root, h("div", { class: "wait" }, h("h1", {}, t("noSuchGame")), h("p", { class: "quiet" }, t("checkCode")), h("a", { href: "/", class: "button primary" }, t("toLobby"))));
    }
  }

  private open(g: Game): void {
    this.game = g;
    const v = g.setting;
    const moves: Move[] = g.coordinates.map(([kind, fromCol, fromRow, col, row, arg]) => ({ kind, fromCol, fromRow, col, row, arg }));
    this.line = follow(v, moves);
    this.ply = moves.length;
    this.stage = new Stage(v, () => undefined);
    this.moves = new MoveList(v.kind, (ply) => this.look(ply), () => this.turn(), () => {
      this.numbers = !this.numbers;
      this.draw();
      return this.numbers;
    }, true);
    const chess = v.kind === Kind.Chess;
    const bar = (black: boolean) => {
      const name = black ? g.black : g.white;
      const won = g.winner === (black ? "black" : "white");
      return h("div", { class: won ? "player winner" : "player" }, h("span", { class: "side " + (black ? "black" : "white") + (chess ? " man" : ""), role: "img", "aria-label": t(black ? "black" : "white") }),
        h("div", { class: "who" }, h("span", { class: "name" }, name), h("span", { class: "note" }, won ? t("won") : "")));
    };
    const copy = () => void navigator.clipboard.writeText(location.href).then(() => toast(t("copied")), () => toast(location.href));
    const share = () => void navigator.share({ title: document.title, url: location.href }).catch(() => undefined);
    const reason = named("reasons", g.reason_number);
    const result = g.winner === "black" || g.winner === "white" ? t("wins", g.winner === "black" ? g.black : g.white) : t(g.reason_number === 18 ? "noResult" : "draw");
    const save = (f: string) => h("a", { class: "button small", href: `/api/v1/games/${g.code}/${g.number}/record.${f}`, download: `${g.code}-${g.number}.${f}`, "aria-label": t("download", f.toUpperCase()) }, icon(tray), f.toUpperCase());
    const panel = h("div", { class: "panel" },
      h("div", { class: "about" }, h("strong", {}, describeVariant(v)), h("span", {}, describe(readControl(g.time) ?? readControl("none")!)), h("time", { datetime: g.started }, date(g.started))),
      h("div", { class: "state" }, h("p", { class: "status" }, result), h("p", { class: "detail" }, reason)),
      h("section", { class: "log", "aria-label": t("moves") }, this.moves.list), h("div", { class: "tools" }, this.moves.buttons),
      h("div", { class: "actions" }, button(t("copyLink"), copy, { class: "small primary", "data-act": "copy" }), "share" in navigator ? button(t("share"), share, { class: "small" }) : null,
        ...g.formats.map(save), h("a", { class: "button small", href: "/" }, t("toLobby"))));
    put(this.root, h("h1", { class: "sr" }, t("record")), bar(chess), this.stage.root, bar(!chess), panel);
    document.title = `${g.black} – ${g.white} — ${t("brand")}`;
    this.look(this.ply);
  }

  private look(ply: number): void {
    this.ply = ply;
    this.draw();
  }

  private turn(): void {
    this.flipped = !this.flipped;
    this.draw();
  }

  private draw(): void {
    if (!this.line || !this.game) return;
    this.stage!.show({ line: this.line, ply: this.ply, mine: false, own: 0, flipped: this.flipped, forbidden: [], pending: null, over: true, running: false, numbers: this.numbers });
    this.moves!.show(this.line.texts, this.ply);
  }
}
