// The page: its frame, and which screen is shown at which address.

import { announcer, button, h, icon, put } from "./dom";
import { t } from "./lang";
import { Link, type State } from "./link";
import { LobbyScreen } from "./lobby";
import { PlayScreen, refusal } from "./play";
import { RecordScreen } from "./record";
import { change, onChange, settings } from "./settings";

if (settings.name === "") {
  const guests = settings.language === "ko" ? "손님" : "Guest";
  change({ name: guests + " " + String(100 + Math.floor(Math.random() * 900)) });
}

const link = new Link((location.protocol === "https:" ? "wss://" : "ws://") + location.host + "/ws");
// The lobby's head is painted before this script does its work, which takes a slow phone a second.
if (document.querySelector(".shell") && !document.hidden) {
  await new Promise<void>((done) => {
    requestAnimationFrame(() => setTimeout(done));
    setTimeout(done, 300);
  });
}

// What was wished for before this script came: see shell.html.
const wish = location.pathname === "/" && location.hash === "#play";
if (wish) history.replaceState(null, "", "/");
let screen: { root: HTMLElement; close(): void } | null = null;
const connection = h("p", { class: "connection", role: "status" });
const speaker = { on: "M4 9.500v5h3.500L12 18.500v-13L7.500 9.500zM15.500 9a4.200 4.200 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11", off: "M4 9.500v5h3.500L12 18.500v-13L7.500 9.500zM16 9.500l5 5m0-5l-5 5" };

/** Shows the screen of the address. */
function show(): typeof screen {
  screen?.close();
  const path = location.pathname;
  const game = /^\/g\/([^/]+)$/.exec(path), record = /^\/r\/([^/]+)\/(\d+)$/.exec(path);
  screen = game ? new PlayScreen(link, decode(game[1]!).toUpperCase(), go)
    : record ? new RecordScreen(decode(record[1]!), record[2]!)
    : new LobbyScreen(link, go);
  document.querySelector("#main")?.remove();
  frame.after(screen.root);
  document.body.classList.toggle("wide", Boolean(game ?? record));
  return screen;
}

/** An address that is not even encoded right is no reason to stop: there is no such table. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function go(path: string): void {
  history.pushState(null, "", path);
  show();
}

addEventListener("popstate", show);
document.addEventListener("click", (e) => {
  const a = (e.target as Element).closest?.("a");
  if (!a || e.ctrlKey || e.metaKey || e.shiftKey || a.hasAttribute("download") || a.origin !== location.origin || a.hash) return;
  e.preventDefault();
  go(a.pathname);
});

function state(s: State): void {
  const text = s === "online" ? "" : s === "replaced" ? t("replaced") : s === "refused" ? (link.reason ? refusal(link.reason) : t("refused")) : t("reconnecting");
  connection.title = text || t("connected");
  put(connection, h("span", { class: "lamp", "aria-hidden": "true" }), h("span", text === "" ? { class: "sr" } : {}, text || t("connected")), s === "replaced" || s === "refused" ? button(t(s === "replaced" ? "takeOver" : "again"), () => link.again(), { class: "small" }) : null);
  document.documentElement.dataset["link"] = s;
}

const sheet = h("dialog", { class: "sheet", "aria-labelledby": "settings" });

function openSettings(): void {
  const check = (key: "sound" | "count" | "confirm" | "coordinates", label: string) => {
    const box = h("input", { type: "checkbox", id: "set-" + key, checked: settings[key], change: () => change({ [key]: box.checked }) });
    return h("div", { class: "check" }, box, h("label", { for: "set-" + key }, label));
  };
  const choice = (key: "theme" | "language", label: string, all: [string, string][]) => {
    const el = h("select", { id: "set-" + key, change: () => change({ [key]: el.value }) }, ...all.map(([v, text]) => h("option", { value: v, selected: settings[key] === v }, text)));
    return h("div", { class: "field" }, h("label", { for: "set-" + key }, label), el);
  };
  put(sheet, h("h2", { id: "settings" }, t("settings")),
    choice("language", t("language"), [["ko", "한국어"], ["en", "English"]]),
    choice("theme", t("theme"), [["auto", t("themeAuto")], ["light", t("themeLight")], ["dark", t("themeDark")]]),
    check("sound", t("soundOn")), check("count", t("countAloud")), check("confirm", t("confirmMoves")), check("coordinates", t("coordinates")),
    h("div", { class: "row" }, button(t("close"), () => sheet.close(), { class: "primary" })));
  sheet.showModal();
}

const frame = h("header", { class: "frame" });

function build(): void {
  document.documentElement.lang = settings.language;
  const pressed = frame.contains(document.activeElement) ? document.activeElement!.className : "";
  if (settings.theme === "auto") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.dataset["theme"] = settings.theme;
  const gear = button("", openSettings, { class: "gear", "aria-label": t("settings"), title: t("settings") });
  gear.append(icon("M4 7h10M18 7h2M4 17h4M12 17h8M16 4.5v5M10 14.5v5"));
  const sound = button("", () => change({ sound: !settings.sound }), { class: "sound", "aria-label": t("soundOn"), "aria-pressed": String(settings.sound), title: t("soundOn") });
  sound.append(icon(settings.sound ? speaker.on : speaker.off));
  const other = settings.language === "ko" ? "en" : "ko";
  put(frame, h("a", { href: "/", class: "brand", "aria-label": t("brand") + ": " + t("toLobby") }, h("span", { class: "mark", "aria-hidden": "true" }), h("span", {}, t("brand"))), connection,
    h("nav", { "aria-label": t("settings") }, button(other === "en" ? "English" : "한국어", () => change({ language: other }), { class: "lang", lang: other }), sound, gear));
  if (pressed) frame.querySelector<HTMLElement>("." + pressed)?.focus();
  state(link.state);
}

let language = settings.language;
onChange(() => {
  build();
  if (language === settings.language) return;
  language = settings.language;
  if (sheet.open) sheet.close();
  link.again();
  show();
});
link.listen({ state });
build();
document.querySelector(".frame")?.remove();
document.body.append(frame, sheet, announcer());
const first = show();
if (wish && first instanceof LobbyScreen) first.start("join");
