// What stands on the board while a seat is free.

import { button, h, toast } from "./dom";
import { t } from "./lang";
import { describe } from "./clock";
import type { Table } from "./table";

/** Returns the card: for who has a seat, the ways to invite an opponent; for a guest, the seat. */
export function invite(tb: Table, kind: "guest" | "host", act: { sit(): void; leave(): void }): HTMLElement {
  const card = h("div", { class: "invite", "data-kind": kind });
  if (kind === "guest") {
    const host = tb.player(1).here ? tb.player(1) : tb.player(2);
    card.append(h("h2", {}, t("seatFree")), h("p", {}, t("playAgainst", host.name)), h("p", { class: "quiet" }, describe(tb.timing)),
      button(t("sitDown"), act.sit, { class: "primary big" }));
    return card;
  }
  const link = `${location.origin}/g/${tb.code}`;
  const copy = () => void navigator.clipboard.writeText(link).then(() => toast(t("copied")), () => toast(link));
  const share = () => void navigator.share({ title: t("brand"), url: link }).catch(() => undefined);
  const code = tb.code.length === 8 ? tb.code.slice(0, 4) + " " + tb.code.slice(4) : tb.code;
  card.append(h("h2", {}, t(tb.private ? "inviteFriend" : "waitingOpponent")), h("p", {}, t(tb.private ? "inviteHow" : "waitOrInvite")),
    h("img", { class: "qr", src: `/g/${tb.code}/qr.svg`, alt: t("qr"), width: 148, height: 148 }),
    h("dl", { class: "ways" }, h("dt", {}, t("code")), h("dd", { class: "code" }, code), h("dt", {}, t("linkWord")), h("dd", {}, link.replace(/^https?:\/\//, ""))),
    h("div", { class: "row" }, button(t("copyLink"), copy, { class: "primary small" }),
      "share" in navigator ? button(t("share"), share, { class: "small" }) : null, button(t("giveUp"), act.leave, { class: "small" })));
  return card;
}
