// What the page keeps in this browser.

export interface Settings {
  name: string;
  language: "ko" | "en";
  theme: "auto" | "light" | "dark";
  sound: boolean;
  count: boolean;
  confirm: boolean;
  coordinates: boolean;
  game: string;
  time: string;
}

const korean = navigator.languages.some((l) => l.toLowerCase().startsWith("ko"))
  && !navigator.languages[0]!.toLowerCase().startsWith("en");

const defaults: Settings = {
  name: "", language: korean ? "ko" : "en", theme: "auto", sound: true, count: false,
  confirm: matchMedia("(pointer: coarse)").matches, coordinates: true, game: "omok", time: "10m+3x30s",
};

function read(): Settings {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem("hansu.settings") ?? "{}");
    const s = { ...defaults };
    for (const [k, v] of Object.entries(kept as object)) {
      if (k in s && typeof v === typeof s[k as keyof Settings]) (s as unknown as { [k: string]: unknown })[k] = v;
    }
    return s;
  } catch {
    return { ...defaults };
  }
}

export const settings: Settings = read();

const listeners = new Set<() => void>();

/** Changes settings, keeps them, and tells whoever wants to know. */
export function change(part: Partial<Settings>): void {
  Object.assign(settings, part);
  keep("hansu.settings", JSON.stringify(settings));
  for (const f of listeners) f();
}

/** Has f called after each change. */
export function onChange(f: () => void): () => void {
  listeners.add(f);
  return () => listeners.delete(f);
}

/** Keeps a value; a browser that keeps nothing is no reason to stop. */
function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Private windows of some browsers have no storage: the token then lasts as long as the tab.
  }
}

const zeros = "0".repeat(32);
let token = zeros;

/** The secret by which the server knows this browser again. */
export function getToken(): string {
  try {
    const kept = localStorage.getItem("hansu.token") ?? "";
    if (/^[0-9a-f]{32}$/.test(kept)) token = kept;
  } catch {
    // as above
  }
  return token;
}

export function setToken(t: string): void {
  token = t;
  keep("hansu.token", t);
}

// Another tab has changed the settings.
addEventListener("storage", (e) => {
  if (e.key === "hansu.settings") {
    Object.assign(settings, read());
    for (const f of listeners) f();
  }
});
