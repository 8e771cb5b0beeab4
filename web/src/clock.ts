// Clocks in writing.

import { Timing, type TimeLeft, type Timing as Control } from "./wire";
import { t } from "./lang";

/** Writes a clock: 1:02:03, 9:58, 0:07.3. */
export function digits(ms: number): string {
  const two = (n: number) => String(n).padStart(2, "0");
  if (ms < 10_000 && ms > 0) return "0:0" + (Math.floor(ms / 100) / 10).toFixed(1);
  const s = Math.ceil(ms / 1000);
  if (s >= 86_400) return t("days", Math.floor(s / 86_400)) + " " + two(Math.floor(s / 3600) % 24) + ":" + two(Math.floor(s / 60) % 60);
  const hours = Math.floor(s / 3600);
  return (hours > 0 ? hours + ":" + two(Math.floor(s / 60) % 60) : String(Math.floor(s / 60))) + ":" + two(s % 60);
}

/** What stands beside the digits: the periods left, or the moves to make in this one. */
export function overtime(c: Control, left: TimeLeft): string {
  if (c.kind === Timing.Byoyomi) return t("periods", left.periods);
  if (c.kind === Timing.Canadian && left.main === 0) return t("stonesLeft", left.stones);
  return "";
}

const units: { [unit: string]: number } = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function span(text: string, bare: string): number {
  const m = /^(\d+(?:\.\d{1,3})?)([smhd]?)$/.exec(text);
  return m ? Math.round(Number(m[1]) * units[m[2] || bare]!) : NaN;
}

/** Reads a time control as the command line writes it: none, 5+3, 5d3, 10m+3x30s, 10m+25/5m, 30s/move, 3d/move. */
export function readControl(text: string): Control | null {
  const c: Control = { kind: Timing.Untimed, periods: 0, stones: 0, main: 0, extra: 0 };
  const s = text.trim().toLowerCase();
  let m: RegExpExecArray | null;
  if (s === "none") return c;
  if ((m = /^(.+)\/move$/.exec(s))) {
    c.extra = span(m[1]!, "s");
    c.kind = m[1]!.endsWith("d") ? Timing.Correspondence : Timing.PerMove;
  } else if ((m = /^(.+)\+(\d+)x(.+)$/.exec(s))) {
    c.kind = Timing.Byoyomi;
    c.main = span(m[1]!, "m");
    c.periods = Number(m[2]);
    c.extra = span(m[3]!, "s");
  } else if ((m = /^(.+)\+(\d+)\/(.+)$/.exec(s))) {
    c.kind = Timing.Canadian;
    c.main = span(m[1]!, "m");
    c.stones = Number(m[2]);
    c.extra = span(m[3]!, "m");
  } else if ((m = /^([\d.]+m?)d([\d.]+s?)$/.exec(s))) {
    c.kind = Timing.Delay;
    c.main = span(m[1]!, "m");
    c.extra = span(m[2]!, "s");
  } else if ((m = /^([^+]+)(?:\+([^+]+))?$/.exec(s))) {
    c.kind = Timing.Fischer;
    c.main = span(m[1]!, "m");
    c.extra = m[2] ? span(m[2], "s") : 0;
  }
  const sound = c.kind !== Timing.Untimed && c.main >= 0 && c.extra >= 0 && c.main + c.extra > 0 && c.periods < 256 && c.stones < 256;
  return sound ? c : null;
}

/** Writes a span of time: 30 s, 5 min, 3 d. */
export function brief(ms: number): string {
  if (ms % units["d"]! === 0 && ms > 0) return t("days", ms / units["d"]!);
  if (ms % 60_000 === 0) return t("minutes", ms / 60_000);
  if (ms > 60_000) return t("minutes", Math.floor(ms / 60_000)) + " " + t("seconds", (ms % 60_000) / 1000);
  return t("seconds", ms / 1000);
}

/** Says what a time control is, in words. */
export function describe(c: Control): string {
  switch (c.kind) {
    case Timing.Fischer: return c.extra > 0 ? t("controlFischer", brief(c.main), brief(c.extra)) : brief(c.main);
    case Timing.Delay: return t("controlDelay", brief(c.main), brief(c.extra));
    case Timing.Byoyomi: return t("controlByoyomi", brief(c.main), brief(c.extra), c.periods);
    case Timing.Canadian: return t("controlCanadian", brief(c.main), c.stones, brief(c.extra));
    case Timing.PerMove: return t("controlMove", brief(c.extra));
    case Timing.Correspondence: return t("controlMove", t("days", c.extra / units["d"]!));
  }
  return t("controlNone");
}
