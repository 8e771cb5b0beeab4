// What the players say to each other.

import { button, h, put } from "./dom";
import { t } from "./lang";
import { MaxChat } from "./wire";
import type { Table } from "./table";

export class Chat {
  readonly root: HTMLDetailsElement;
  private readonly lines = h("div", { class: "lines", tabindex: 0, role: "log", "aria-label": t("chat"), "aria-live": "off" });
  private readonly text = h("input", { class: "say", maxlength: 300, autocomplete: "off", "aria-label": t("sayWhat"), placeholder: t("sayWhat") });
  private readonly badge = h("span", { class: "badge", hidden: true });
  private drawn: unknown = null;
  private read = 0;

  constructor(private readonly say: (text: string) => void) {
    const send = () => this.send();
    this.text.addEventListener("keydown", (e) => {
      if (e.key === "Enter" && !e.isComposing) send();
    });
    this.root = h("details", { class: "chat", toggle: () => this.opened() }, h("summary", {}, t("chat"), this.badge),
      this.lines, h("div", { class: "row" }, this.text, button(t("send"), send, { class: "small" })));
    this.root.open = matchMedia("(min-width: 900px) and (min-height: 640px)").matches;
  }

  private send(): void {
    const text = this.text.value.trim();
    if (text === "" || new TextEncoder().encode(text).length > MaxChat) return;
    this.text.value = "";
    this.say(text);
  }

  private opened(): void {
    if (!this.root.open) return;
    this.badge.hidden = true;
    this.lines.scrollTop = this.lines.scrollHeight;
  }

  draw(tb: Table): void {
    if (this.drawn === tb.chat) return;
    this.drawn = tb.chat;
    put(this.lines, tb.chat.length === 0 ? h("p", { class: "quiet" }, t("noChat")) : null, ...tb.chat.map((l) => h("p", { class: l.seat === tb.seat ? "own" : "" },
      h("b", {}, tb.player(l.seat).name || t("spectator")), " ", l.text)));
    if (this.root.open) this.read = tb.chat.length;
    this.badge.hidden = this.root.open || tb.chat.length <= this.read;
    this.badge.textContent = String(tb.chat.length - this.read);
    this.lines.scrollTop = this.lines.scrollHeight;
  }
}
