// Texts in the language that was chosen. The catalogue is generated from the server's.

import { settings } from "./settings";
import { numbers, texts, type Key, type Numbered } from "./texts";

/** Returns a text, its %s and %d filled in, in order or by number: %[2]s. */
export function t(key: Key, ...args: (string | number)[]): string {
  return format(texts[key][settings.language === "ko" ? 0 : 1], args);
}

function format(text: string, args: (string | number)[]): string {
  let next = 0;
  return text.replace(/%(?:\[(\d+)\])?[sd]/g, (_, n?: string) => {
    if (n) next = Number(n) - 1;
    return String(args[next++] ?? "");
  });
}

/** Returns the text of a number of the protocol: a refusal, a reason, a rule set. */
export function named(what: Numbered, n: number): string {
  const entry = numbers[what][n];
  return entry ? entry[settings.language === "ko" ? 0 : 1] : String(n);
}
