// What a player can do besides moving: offers and their answers, claims, resigning, leaving.

import { button, h, put, toast } from "./dom";
import { named, t } from "./lang";
import type { Link } from "./link";
import { refusal } from "./play";
import type { Table } from "./table";
import * as wire from "./wire";
import { Kind, Ruleset, Type, type Packet } from "./wire";

/** What the game allows besides moving, and how it is done. */
export interface Possible {
  claimable(): boolean;
  passable(): boolean;
  pass(): void;
  leave(): void;
}

export class Actions {
  readonly root = h("div", { class: "actions" });
  private drawn = "";
  private sure = ""; // the action that was pressed once and wants a second press

  constructor(private readonly link: Link, private readonly table: () => Table, private readonly game: Possible) {}

  private do(p: Packet, then?: () => void): void {
    void this.link.send(p, this.table().id).then((a) => (a.error ? toast(refusal(a.error)) : then?.()));
  }

  /** Returns a button that acts when it is pressed a second time. */
  private twice(key: string, label: string, act: () => void): HTMLButtonElement {
    const sure = this.sure === key;
    return button(sure ? t("sure", label) : label, () => {
      this.sure = sure ? "" : key;
      this.drawn = "";
      if (sure) act();
      else setTimeout(() => {
        if (this.sure === key) {
          this.sure = "";
          this.drawn = "";
          this.draw(this.table().code);
        }
      }, 4000);
      this.draw(this.table().code);
    }, { class: sure ? "small danger" : "small", "data-act": key });
  }

  /** Claims come with time. */
  tick(): void {
    const tb = this.table();
    if (tb.player(3 - tb.seat).away) this.draw(tb.code);
  }

  draw(code: string): void {
    const tb = this.table();
    const other = tb.player(3 - tb.seat), own = tb.player(tb.seat);
    const claim = tb.running && tb.seat !== 0 && other.away && performance.now() >= other.claimAt;
    const key = [tb.seat, tb.running, tb.reason, tb.game, tb.moves.length, other.offer, own.offer, claim, other.here, this.sure, this.game.passable()].join();
    if (key === this.drawn) return;
    this.drawn = key;
    put(this.root, ...(tb.seat === 0 ? [] : tb.running ? this.playing(tb, claim) : tb.reason !== 0 ? this.after(tb) : []),
      ...(tb.reason !== 0 ? [h("a", { class: "button small", href: `/r/${code}/${tb.game}` }, t("record"))] : []));
  }

  /** The opponent's offer with its answers, or one's own to take back. */
  private offers(tb: Table): HTMLElement[] {
    const theirs = tb.player(3 - tb.seat).offer, own = tb.player(tb.seat).offer;
    const all: HTMLElement[] = [];
    if (theirs) {
      const reply = (accept: number) => () => this.do({ type: Type.Reply, what: theirs, accept });
      all.push(h("p", { class: "offer" }, t("offers", tb.player(3 - tb.seat).name, named("offers", theirs))),
        button(t("accept"), reply(wire.ReplyAccept), { class: "small primary", "data-act": "accept" }),
        button(t("decline"), reply(wire.ReplyDecline), { class: "small", "data-act": "decline" }));
    }
    if (own) all.push(button(t("withdraw", named("offers", own)), () => this.do({ type: Type.Reply, what: own, accept: wire.ReplyWithdraw }), { class: "small" }));
    return all;
  }

  private playing(tb: Table, claim: boolean): HTMLElement[] {
    const all = this.offers(tb);
    const own = tb.player(tb.seat).offer;
    const offer = (what: number, label: string, act: string) => button(label, () => this.do({ type: Type.Propose, what }), { class: "small", "data-act": act });
    const claiming = (what: number, label: string) => button(label, () => this.do({ type: Type.Claim, what, withMove: 0, move: { kind: 0, col: 0, row: 0, fromCol: 0, fromRow: 0, arg: 0 } }), { class: "small primary", "data-act": "claim" });
    if (claim) all.push(claiming(wire.ClaimWin, t("claimWin")), claiming(wire.ClaimLeftDraw, t("claimLeftDraw")));
    if (tb.variant.kind === Kind.Chess && tb.myTurn && this.game.claimable()) all.push(claiming(wire.ClaimDraw, t("claimDraw")));
    if (tb.myTurn && tb.variant.flags & 1 && tb.variant.rules === Ruleset.Renju) all.push(claiming(wire.ClaimForbidden, t("claimForbidden")));
    if (this.game.passable()) all.push(button(t("passTurn"), () => this.game.pass(), { class: "small", "data-act": "pass" }));
    const asked = tb.player(3 - tb.seat).offer !== 0; // first that is answered
    if (!own && !asked && tb.moves.length > 0) all.push(offer(wire.OfferTakeback, t("takeback"), "takeback"));
    if (!own && !asked && tb.moves.length > 1) all.push(offer(wire.OfferDraw, t("offerDraw"), "draw"));
    all.push(this.twice("resign", t("resign"), () => this.do({ type: Type.Resign })));
    return all;
  }

  private after(tb: Table): HTMLElement[] {
    const all = this.offers(tb);
    if (all.length === 0 && tb.player(3 - tb.seat).here) all.push(button(t("rematch"), () => this.do({ type: Type.Propose, what: wire.OfferRematch }), { class: "small primary", "data-act": "rematch" }));
    all.push(button(t("leave"), () => this.game.leave(), { class: "small", "data-act": "leave" }));
    return all;
  }
}
