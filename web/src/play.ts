// The screen of a table: the game, its clocks, what the players say and offer each other.

import * as omok from "./omok";
import { announce, button, h, put, toast } from "./dom";
import { choiceText, claimable, follow, type Line } from "./game";
import { Bar, colourOf } from "./bars";
import { describe } from "./clock";
import { Actions } from "./actions";
import { Chat } from "./chat";
import { named, t } from "./lang";
import type { Answer, Link } from "./link";
import { MoveList } from "./movelist";
import { onChange } from "./settings";
import { count, sounds } from "./sound";
import { Stage } from "./stage";
import { invite } from "./invite";
import { sameMove, type Happening, type Table } from "./table";
import { ErrorCode, Kind, Ruleset, Type, hasPoint, type ErrorPacket, type Move, type Variant } from "./wire";

/** Says what a refusal means. */
export function refusal(e: ErrorPacket): string {
  return e.problem !== 0 ? named("problems", e.problem) : named("errors", e.code);
}

/** The rules in a few words. */
export function describeVariant(v: Variant): string {
  const parts = [named("games", v.kind)];
  if (v.kind === Kind.Omok) {
    parts.push(named("rulesets", v.rules || Ruleset.Standard));
    if (v.size !== 15 && v.size !== 0) parts.push(`${v.size}×${v.size}`);
    if (v.opening !== 0) parts.push(named("openings", v.opening));
  } else if (v.rules === Ruleset.Chess960) {
    parts.push(named("rulesets", v.rules));
    if (v.start < 960) parts.push("#" + v.start);
  }
  return parts.join(" · ");
}

export class PlayScreen {
  readonly root = h("main", { class: "play", id: "main" });
  private table: Table | undefined;
  private stage!: Stage;
  private moves!: MoveList;
  private actions!: Actions;
  private chat!: Chat;
  private bars: Bar[] = [];
  private readonly status = h("p", { class: "status" });
  private readonly detail = h("p", { class: "detail" });
  private readonly watching = h("span", { class: "watching" });
  private readonly opening = h("div", { class: "opening", hidden: true });
  private readonly side = h("div", { class: "panel" });
  private readonly typed = h("input", { class: "typed", size: 6, maxlength: 8, autocomplete: "off", autocapitalize: "off", spellcheck: "false", "aria-label": t("typeMove"), placeholder: t("typeMoveHint") });
  private line: Line | undefined;
  private ply = -1; // -1: the newest
  private turned = false;
  private forbidden = { key: "", points: [] as number[] };
  private counted = 0;
  private periods = 0;
  private numbers = false;
  private leaving = false;
  private heard: (() => void) | null = null; // the sound of what has just happened
  private readonly off: (() => void)[] = [];
  private readonly timer: number;

  constructor(private readonly link: Link, private readonly code: string, private readonly go: (path: string) => void) {
    put(this.root, h("p", { class: "wait" }, t("looking")));
    this.off.push(link.listen({ table: (tb, news) => tb.code === this.code && this.news(tb, news), tables: () => this.gone(), state: () => this.draw() }), onChange(() => this.draw()));
    const key = (e: KeyboardEvent) => this.key(e);
    addEventListener("keydown", key);
    this.off.push(() => removeEventListener("keydown", key));
    this.timer = window.setInterval(() => this.tick(), 100);
    const known = link.byCode(code);
    if (known) this.open(known);
    else void link.send({ type: Type.Watch, code, seen: 0 }).then((a) => this.found(a));
  }

  /** Ends the screen; a spectator leaves the table. */
  close(): void {
    for (const f of this.off) f();
    clearInterval(this.timer);
    if (this.table && this.table.seat === 0 && !this.table.gone) void this.link.send({ type: Type.Leave }, this.table.id);
  }

  /** The seat was given up while this browser was away: it looks on as a spectator. */
  private gone(): void {
    if (!this.table?.gone || this.leaving) return;
    this.table = undefined;
    void this.link.send({ type: Type.Watch, code: this.code, seen: 0 }).then((a) => this.found(a));
  }

  private leave(): void {
    this.leaving = true;
    void this.link.send({ type: Type.Leave }, this.table!.id).then((a) => (a.error ? toast(refusal(a.error)) : this.go("/")));
  }

  private found(a: Answer): void {
    if (a.error) put(this.root, h("div", { class: "wait" }, h("h1", {}, t("noSuchTable")), h("p", { class: "quiet" }, a.error.code === ErrorCode.NoTable ? t("checkCode") : refusal(a.error)), h("a", { href: "/", class: "button primary" }, t("toLobby"))));
  }

  private open(tb: Table): void {
    this.table = tb;
    const v = tb.variant;
    this.stage = new Stage(v, (m) => this.play(m), () => {
      this.typed.value = "";
      this.typed.focus();
    });
    this.moves = new MoveList(v.kind, (ply) => this.look(ply), () => this.turn(), () => {
      this.numbers = !this.numbers;
      this.draw();
      return this.numbers;
    }, false);
    this.actions = new Actions(this.link, () => this.table!, {
      claimable: () => this.line !== undefined && claimable(this.line),
      passable: () => this.passable(),
      pass: () => this.play(omok.pass),
      leave: () => this.leave(),
    });
    this.chat = new Chat((text) => void this.link.send({ type: Type.Say, text }, this.table!.id).then((a) => a.error && toast(refusal(a.error))));
    this.bars = [new Bar(), new Bar()];
    this.typed.addEventListener("keydown", (e) => {
      if (e.key !== "Enter" || this.typed.value.trim() === "") return;
      if (!this.live().mine) toast(t("notYourTurn"));
      else if (!this.stage.type(this.typed.value)) toast(t("noMove", this.typed.value));
      this.typed.value = "";
    });
    const log = h("section", { class: "log", "aria-label": t("moves") }, this.moves.list);
    put(this.side, h("div", { class: "about" }, h("strong", {}, describeVariant(v)), h("span", {}, describe(tb.timing))),
      h("div", { class: "state" }, this.status, this.detail, this.watching), this.opening, log, this.stage.confirmBar, h("div", { class: "tools" }, this.moves.buttons, this.typed), this.actions.root, this.chat.root);
    put(this.root, h("h1", { class: "sr" }, describeVariant(v)), this.bars[0]!.root, this.stage.root, this.bars[1]!.root, this.side);
    this.draw();
  }

  private news(tb: Table, news: Happening[]): void {
    if (!this.table || this.table !== tb) {
      this.open(tb);
      this.ply = -1;
    }
    const past = tb.seen <= tb.past;
    for (const p of news) this.happened(tb, p, past);
    this.draw();
    const heard = this.heard;
    this.heard = null;
    if (heard) setTimeout(heard); // behind the move: making a sound takes its time
  }

  private happened(tb: Table, p: Happening, past: boolean): void {
    if (p.type === Type.Forbidden) {
      const size = tb.variant.size || 15;
      const all = Array.from({ length: size * size }, (_, n) => n);
      this.forbidden.points = p.ply === tb.moves.length ? all.filter((n) => hasPoint(p.points, n % size, Math.floor(n / size))) : [];
      return;
    }
    if (p.type === Type.Started) this.line = undefined;
    if (past || p.type === Type.Clock) return;
    const name = (seat: number) => tb.player(seat).name;
    switch (p.type) {
      case Type.Started:
        this.heard = sounds.start;
        this.ply = -1;
        announce(t("started"));
        break;
      case Type.Moved: {
        this.heard = sounds[tb.variant.kind === Kind.Chess ? "man" : "stone"];
        const line = this.follow(tb);
        announce(t("movedBy", name(p.seat), line.texts[line.texts.length - 1] ?? "") + (tb.myTurn ? " " + t("yourTurn") : ""));
        break;
      }
      case Type.Ended: this.heard = sounds.end; announce(this.result(tb).join(" ")); break;
      case Type.TookBack: toast(t("tookBack")); break;
      case Type.Proposed: if (p.seat !== tb.seat) announce(t("offers", name(p.seat), named("offers", p.what))); break;
      case Type.Replied: if (p.seat !== tb.seat && p.accept === 0) toast(t("declined", name(p.seat))); break;
      case Type.Away: if (p.seat !== tb.seat) toast(t("away", name(p.seat))); break;
      case Type.Back: if (p.seat !== tb.seat) toast(t("back", name(p.seat))); break;
      case Type.Left: if (p.seat !== tb.seat) toast(t("left", name(p.seat))); break;
      case Type.Said: if (p.seat !== tb.seat) announce(t("said", name(p.seat) || t("spectator"), p.text)); break;
    }
  }

  private follow(tb: Table): Line {
    this.line = follow(tb.variant, tb.moves.map((m) => m.move), this.line);
    return this.line;
  }

  /** What may be done now: whether it is one's turn, and the move that waits for its answer. */
  private live(): { mine: boolean; pending: Move | null } {
    const tb = this.table!;
    const sent = this.link.unanswered(tb.id).find((p) => p.type === Type.MakeMove);
    const pending = sent?.type === Type.MakeMove && !tb.moves.slice(sent.ply).some((m) => sameMove(m.move, sent.move)) ? sent.move : null;
    return { mine: tb.myTurn && this.ply < 0, pending: this.ply < 0 ? pending : null };
  }

  private play(m: Move): void {
    const tb = this.table!;
    if (!this.live().mine) return;
    void this.link.send({ type: Type.MakeMove, move: m, game: tb.game, ply: tb.moves.length }, tb.id).then((a) => {
      if (a.error) toast(t("takenBack", refusal(a.error)));
      this.draw();
    });
    if (this.link.state !== "online") announce(t("willSend"));
    this.draw();
  }

  private look(ply: number): void {
    this.ply = ply === this.table!.moves.length ? -1 : ply;
    this.draw();
  }

  private turn(): void {
    this.turned = !this.turned;
    this.draw();
  }

  private key(e: KeyboardEvent): void {
    if (!this.table || e.defaultPrevented) return;
    this.moves.key(e);
  }

  /** In renju a player may pass once the opening is over. */
  private passable(): boolean {
    const tb = this.table!, p = this.line?.omok[this.line.omok.length - 1];
    return tb.variant.rules === Ruleset.Renju && p !== undefined && p.phase === "playing" && p.count > 0 && this.live().mine;
  }

  private draw(): void {
    const tb = this.table;
    if (!tb) return;
    const line = this.follow(tb);
    const ply = this.ply < 0 ? line.moves.length : Math.min(this.ply, line.moves.length);
    const { mine, pending } = this.live();
    const own = colourOf(tb, tb.seat);
    const flipped = (tb.variant.kind === Kind.Chess && own === 1) !== this.turned;
    this.ask(tb);
    this.stage.show({
      line, ply, mine, own, flipped, pending, over: tb.reason !== 0, running: tb.running, numbers: this.numbers,
      forbidden: ply === line.moves.length && tb.running ? this.forbidden.points : [],
    });
    this.moves.show(line.texts, ply);
    const bottom = tb.seat === 2 ? 2 : tb.seat === 0 && tb.variant.kind === Kind.Chess && tb.black === 1 ? 2 : 1;
    const lower = this.turned && tb.variant.kind === Kind.Chess ? 3 - bottom : bottom;
    this.bars[0]!.draw(tb, 3 - lower, line, ply);
    this.bars[1]!.draw(tb, lower, line, ply);
    [this.status.textContent, this.detail.textContent] = this.say(tb);
    this.watching.textContent = tb.viewers > 0 ? t("watchers", tb.viewers) : "";
    this.detail.hidden = this.detail.textContent === "";
    this.root.classList.toggle("myturn", tb.myTurn);
    this.root.classList.toggle("begun", tb.game > 0);
    this.drawOpening(tb, line, mine);
    this.actions.draw(this.code);
    this.chat.draw(tb);
    this.waiting(tb);
    document.title = (tb.myTurn ? "● " + t("yourTurn") : tb.running ? (tb.seat === 0 ? t("turnOf", tb.player(tb.turn).name) : t("theirTurn")) : describeVariant(tb.variant)) + " — " + t("brand");
    this.tick();
  }

  /** Asks the server for the forbidden points of a position, once. */
  private ask(tb: Table): void {
    const key = `${tb.game}/${tb.moves.length}`;
    const rules = tb.variant.rules;
    if (!tb.running || this.forbidden.key === key || (rules !== Ruleset.Renju && rules !== Ruleset.Korean)) return;
    this.forbidden = { key, points: [] };
    if (tb.moves.length >= 5 && this.link.state === "online") void this.link.send({ type: Type.Points }, tb.id);
  }

  /** Whose turn it is, or how the game ended: in a few large words, and the reason. */
  private say(tb: Table): [string, string] {
    if (tb.reason !== 0) return this.result(tb);
    if (!tb.running) return [t("waitingOpponent"), ""];
    const waits = this.live().pending !== null;
    if (tb.myTurn) return waits ? [t("sending"), this.link.state === "online" ? "" : t("willSend")] : [t("yourTurn"), ""];
    return [t("turnOf", tb.player(tb.turn).name), ""];
  }

  private result(tb: Table): [string, string] {
    const reason = named("reasons", tb.reason);
    if (tb.winner === 0) return [t(tb.reason === 18 ? "noResult" : "draw"), reason];
    const wins = t("wins", tb.player(tb.winner).name);
    return tb.seat === 0 ? [wins, reason] : [t(tb.winner === tb.seat ? "youWin" : "youLose"), wins + " · " + reason];
  }

  private drawOpening(tb: Table, line: Line, mine: boolean): void {
    const p = line.omok[line.omok.length - 1];
    const show = p !== undefined && tb.running && p.phase !== "playing";
    this.opening.hidden = !show;
    if (!show) {
      return;
    }
    const args = mine ? omok.choices(p) : [];
    const labels = p.phase === "picking" ? p.offers.map((at) => omok.point(p.size, at)) : args.map((a) => choiceText(p, a));
    put(this.opening, h("p", {}, t(`phase_${p.phase}` as Parameters<typeof t>[0], named("sides", p.next), p.wanted - p.offers.length)),
      h("div", { class: "choices" }, ...args.map((a, i) => button(labels[i]!, () => this.play(omok.choice(a)), { class: "small primary" }))));
  }

  /** While a seat is free: how an opponent comes, or a seat for the one who came by a link. */
  private waiting(tb: Table): void {
    const old = this.root.querySelector(".invite");
    const free = !tb.running && tb.reason === 0 && !(tb.player(1).here && tb.player(2).here);
    if (!free) return void old?.remove();
    const kind = tb.seat === 0 ? "guest" : "host";
    if (kind === "guest" && !tb.player(1).here && !tb.player(2).here) return; // its records are still to come
    if (old?.getAttribute("data-kind") === kind) return;
    old?.remove();
    this.stage.root.append(invite(tb, kind, {
      sit: () => void this.link.send({ type: Type.Enter, code: tb.code }).then((a) => a.error && toast(refusal(a.error))),
      leave: () => this.leave(),
    }));
  }

  /** The clocks, ten times a second. */
  private tick(): void {
    const tb = this.table;
    if (!tb) return;
    for (const bar of this.bars) {
      const runs = bar.tick(tb);
      if (!runs || bar.seat !== tb.seat) continue;
      if (runs.periods !== this.periods) {
        this.periods = runs.periods;
        if (runs.periods > 0) toast(runs.periods === 1 ? t("lastPeriod") : t("inByoyomi", runs.periods));
      }
      const second = Math.ceil(runs.ms / 1000);
      if (second <= 10 && second > 0 && second !== this.counted) {
        this.counted = second;
        count(second);
        if (second <= 5) sounds.low();
      }
    }
    this.actions?.tick();
  }
}
