// Clocks as the page counts them down between two records. The server's clock decides; a test holds
// this to it.

import { Timing, type TimeLeft, type Timing as Control } from "./wire";

/** How long a player with this left can think before the flag falls. */
function total(c: Control, left: TimeLeft): number {
  return left.main + left.extra + (c.kind === Timing.Byoyomi && left.periods > 1 ? (left.periods - 1) * c.extra : 0);
}

/** Returns what is left when a player's time has run for ms longer. */
export function spend(c: Control, left: TimeLeft, ms: number): TimeLeft {
  if (ms <= 0) return left;
  if (c.kind === Timing.Untimed || ms >= total(c, left)) return { main: 0, extra: 0, periods: 0, stones: 0 };
  let { main, extra, periods } = left;
  if (c.kind === Timing.Delay) {
    const free = Math.min(ms, extra);
    return { ...left, extra: extra - free, main: main - (ms - free) };
  }
  const own = Math.min(ms, main);
  main -= own;
  ms -= own;
  while (ms >= extra && periods > 1) {
    ms -= extra;
    extra = c.extra;
    periods--;
  }
  return { ...left, main, extra: extra - ms, periods };
}

/** The time that a clock shows, in milliseconds. */
export function shown(c: Control, left: TimeLeft): number {
  if (c.kind === Timing.Fischer || c.kind === Timing.Delay || left.main > 0) return left.main;
  return left.extra;
}
