// The lobby: play at once, open seats, running games, one's own games, a private game.

import { brief, describe, readControl } from "./clock";
import { Knight } from "./chess";
import { chessArt, omokArt } from "./art";
import { button, h, put, toast } from "./dom";
import { named, t } from "./lang";
import type { Link } from "./link";
import { picture } from "./pieces";
import { describeVariant, refusal } from "./play";
import { change, settings } from "./settings";
import { Kind, ListOpen, ListRunning, Type, type Entry, type Timing, type Variant } from "./wire";

/** The rule sets on offer: as in the command line's texts, and the packet's numbers. */
const omokRules: [number, string][] = [[2, "omok"], [1, "omok:freestyle"], [3, "omok:renju"], [4, "omok:korean"], [5, "omok:caro"]];
const chessRules: [number, string][] = [[32, "chess"], [33, "chess:960"]];
/** The time controls on offer: as in the command line's texts, on the button, and what it is called. */
const times: [string, string, Parameters<typeof t>[0]][] = [
  ["none", "∞", "paceNone"], ["3+2", "3+2", "paceBlitz"], ["5+3", "5+3", "paceQuick"], ["10+5", "10+5", "paceRapid"],
  ["15+10", "15+10", "paceLong"], ["10m+3x30s", "10+30×3", "paceByoyomi"], ["30s/move", "", "paceMove"], ["3d/move", "", "paceMove"],
];
const every = 4000; // milliseconds between two looks at the lobby

export class LobbyScreen {
  readonly root = h("main", { class: "lobby", id: "main" });
  private kind: number = settings.game.startsWith("chess") ? Kind.Chess : Kind.Omok;
  private readonly open = h("div", { class: "list" });
  private readonly running = h("div", { class: "list" });
  private readonly own = h("section", { class: "card own", hidden: true });
  private readonly timer: number;
  private readonly off: () => void;
  private readonly rules = h("select", { id: "rules" });
  private readonly size = h("select", { id: "size" });
  private readonly opening = h("select", { id: "opening" });
  private readonly time = h("div", { class: "times" });
  private readonly about = h("span", { class: "pace" });
  private readonly code = h("input", { id: "code", maxlength: 14, autocomplete: "off", autocapitalize: "characters", spellcheck: "false", placeholder: t("codeHint") });
  private readonly kinds: HTMLButtonElement[] = [];
  private busy = false;

  constructor(private readonly link: Link, private readonly go: (path: string) => void) {
    this.build();
    this.refresh();
    this.timer = window.setInterval(() => this.refresh(), every);
    this.off = link.listen({ tables: () => this.drawOwn(), table: () => this.drawOwn(), state: (s) => s === "online" && this.refresh() });
    document.title = t("brand") + " — " + t("slogan");
  }

  close(): void {
    clearInterval(this.timer);
    this.off();
  }

  private build(): void {
    const name = h("input", { id: "name", maxlength: 32, value: settings.name, autocomplete: "nickname", change: () => this.rename(name) });
    const field = (label: string, control: HTMLElement) => h("div", { class: "field" }, h("label", { for: control.id }, label), control);
    const kind = (k: number, label: string, art: Element) => {
      const b = h("button", { type: "button", class: "kind", "data-kind": k, "aria-pressed": String(this.kind === k), click: () => this.choose(k) }, art, h("span", {}, label));
      this.kinds.push(b);
      return b;
    };
    const enter = () => {
      const code = this.code.value.replace(/[\s-]/g, "").toUpperCase();
      if (/^[A-Z0-9]{4,12}$/.test(code)) this.go("/g/" + code);
      else toast(t("badCode"));
    };
    this.code.addEventListener("keydown", (e) => e.key === "Enter" && enter());
    put(this.root,
      h("section", { class: "card start", "aria-labelledby": "start" },
        h("h1", { id: "start" }, t("playNow")),
        h("div", { class: "kinds", role: "group", "aria-label": t("game") }, kind(Kind.Omok, named("games", Kind.Omok), omokArt()), kind(Kind.Chess, named("games", Kind.Chess), chessArt())),
        h("fieldset", { class: "pick" }, h("legend", {}, t("time"), this.about), this.time),
        h("div", { class: "fields" }, field(t("rules"), this.rules), field(t("name"), name), field(t("size"), this.size), field(t("opening"), this.opening)),
        h("div", { class: "row go" }, button(t("findOpponent"), () => this.start("join"), { class: "primary big", id: "play" }),
          button(t("createPrivate"), () => this.start("private"), { class: "big", id: "private" })),
        h("div", { class: "row enter" }, h("label", { for: "code" }, t("haveCode")), this.code, button(t("enter"), enter, { class: "small", id: "enter" }))),
      h("div", { class: "lists" }, this.own,
        h("section", { class: "card", "aria-labelledby": "openseats" }, h("h2", { id: "openseats" }, t("openSeats")), this.open),
        h("section", { class: "card", "aria-labelledby": "games" }, h("h2", { id: "games" }, t("runningGames")), this.running)));
    if (!times.some(([x]) => x === settings.time)) settings.time = "10m+3x30s";
    put(this.time, ...times.map(([value, short, pace], i) => {
      const c = readControl(value)!;
      const box = h("input", { type: "radio", name: "time", id: "time-" + i, value, checked: settings.time === value, "aria-label": describe(c), change: () => this.pace(value) });
      return h("div", { class: "time" }, box, h("label", { for: box.id }, h("b", {}, short || brief(c.extra)), h("span", {}, t(pace))));
    }));
    this.about.textContent = describe(readControl(settings.time)!);
    put(this.size, ...[15, 19, 20].map((n) => h("option", { value: n }, `${n} × ${n}`)));
    this.rules.addEventListener("change", () => this.fit());
    this.choose(this.kind);
    this.drawOwn();
  }

  private pace(value: string): void {
    change({ time: value });
    this.about.textContent = describe(readControl(value)!);
  }

  private rename(name: HTMLInputElement): void {
    const text = name.value.trim();
    if (text === "" || text === settings.name) return;
    change({ name: text });
    this.link.again();
  }

  private choose(kind: number): void {
    this.kind = kind;
    for (const b of this.kinds) b.setAttribute("aria-pressed", String(Number(b.dataset["kind"]) === kind));
    const list = kind === Kind.Chess ? chessRules : omokRules;
    put(this.rules, ...list.map(([n, text]) => h("option", { value: text, selected: settings.game === text }, named("rulesets", n))));
    this.fit();
  }

  /** Shows only what the rule set has: sizes and openings. */
  private fit(): void {
    const renju = this.rules.value === "omok:renju", omok = this.kind === Kind.Omok;
    (this.size.parentElement as HTMLElement).hidden = !omok || renju;
    (this.opening.parentElement as HTMLElement).hidden = !omok;
    if (renju) this.size.value = "15";
    const kept = this.opening.value || "0";
    put(this.opening, ...(renju ? [0, 1, 2, 3, 4, 5] : [0, 1, 2]).map((n) => h("option", { value: n, selected: String(n) === kept }, named("openings", n))));
  }

  private variant(): Variant {
    const list = this.kind === Kind.Chess ? chessRules : omokRules;
    const rules = list.find(([, text]) => text === this.rules.value)?.[0] ?? 0;
    if (this.kind === Kind.Chess) return { kind: Kind.Chess, rules, size: 8, opening: 0, start: rules === 33 ? 65535 : 518, flags: 0 };
    return { kind: Kind.Omok, rules, size: Number(this.size.value), opening: Number(this.opening.value), start: 0, flags: 0 };
  }

  /** Looks for an opponent, or opens a private table, for the game that is chosen. */
  start(how: "join" | "private"): void {
    const timing = readControl(settings.time)!;
    change({ game: this.rules.value });
    this.take(how, this.variant(), timing);
  }

  private take(how: "join" | "private", variant: Variant, timing: Timing): void {
    if (this.busy) return;
    this.busy = true;
    const packet = how === "join" ? { type: Type.Join, variant, timing } : { type: Type.Open, variant, timing, private: 1 };
    void this.link.send(packet).then((a) => {
      this.busy = false;
      const tb = this.link.tables.get(a.table);
      if (a.error) toast(refusal(a.error));
      else if (tb) this.go("/g/" + tb.code);
    });
    if (this.link.state !== "online") toast(t("willSend"));
  }

  private refresh(): void {
    if (this.link.state !== "online" || document.visibilityState === "hidden") return;
    void this.link.list(ListOpen).then((all) => this.draw(this.open, all.filter((e) => !this.mine(e.code)), true));
    void this.link.list(ListRunning).then((all) => this.draw(this.running, all.filter((e) => !this.mine(e.code)), false));
  }

  private mine(code: string): boolean {
    return (this.link.byCode(code)?.seat ?? 0) !== 0;
  }

  private draw(into: HTMLElement, all: Entry[], seats: boolean): void {
    const key = JSON.stringify(all);
    if (into.dataset["drawn"] === key) return; // what has the focus keeps it
    into.dataset["drawn"] = key;
    if (all.length === 0) {
      put(into, h("p", { class: "empty" }, h("b", {}, t(seats ? "noSeats" : "noGames")), h("span", {}, t(seats ? "noSeatsHint" : "noGamesHint"))));
      return;
    }
    put(into, ...all.map((e) => {
      const names = e.names.filter((n) => n !== "").join(" – ");
      const act = () => {
        if (!seats) return this.go("/g/" + e.code);
        void this.link.send({ type: Type.Enter, code: e.code }).then((a) => (a.error ? toast(refusal(a.error)) : this.go("/g/" + e.code)));
      };
      return h("button", { type: "button", class: "entry", click: act }, badge(e.variant.kind), h("b", {}, names), facts(describeVariant(e.variant), describe(e.timing), e.viewers > 0 ? t("watchers", e.viewers) : ""),
        h("span", { class: "verb" }, t(seats ? "sit" : "watch")));
    }));
  }

  private drawOwn(): void {
    const all = [...this.link.tables.values()].filter((x) => x.seat !== 0 && !x.gone && x.reason === 0);
    this.own.hidden = all.length === 0;
    put(this.own, h("h2", {}, t("yourGames")), h("div", { class: "list" }, ...all.map((x) => h("a", { class: "entry", href: "/g/" + x.code }, badge(x.variant.kind),
      h("b", {}, x.player(3 - x.seat).name || t("waitingOpponent")), facts(describeVariant(x.variant), describe(x.timing)), h("span", { class: "verb" }, t(x.myTurn ? "yourTurn" : "goOn"))))));
  }
}

/** A few facts in a row; a line breaks between them, not inside. */
function facts(...all: string[]): HTMLElement {
  return h("span", { class: "quiet" }, ...all.filter(Boolean).flatMap((text, i) => [i > 0 ? " · " : null, h("span", { class: "fact" }, text)]));
}

/** A small sign of the game. */
function badge(kind: number): HTMLElement {
  const el = h("span", { class: kind === Kind.Chess ? "sign men" : "sign stones", role: "img", "aria-label": named("games", kind) });
  if (kind === Kind.Chess) el.append(picture(Knight));
  return el;
}
