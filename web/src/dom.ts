// Making elements. Texts go into text nodes and attributes alone, never through a parser:
// whatever a name or a line of chat contains stays text.

type Child = Node | string | null | undefined | false;
type Props = { [name: string]: string | number | boolean | null | undefined | ((e: never) => void) };

function fill(el: Element, props: Props, children: Child[]): void {
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") el.addEventListener(name, value as EventListener);
    else if (value === true) el.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) el.setAttribute(name, String(value));
  }
  for (const c of children) if (c) el.append(c);
}

/** Returns an HTML element: attributes, listeners (functions) and children. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const el = document.createElement(tag);
  fill(el, props, children);
  return el;
}

/** Returns an SVG element. */
export function svg<K extends keyof SVGElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): SVGElementTagNameMap[K] {
  const el = document.createElementNS("http://www.w3.org/2000/svg", tag);
  fill(el, props, children);
  return el;
}

/** Puts children in the place of what el has. */
export function put(el: Element, ...children: Child[]): void {
  el.replaceChildren(...children.filter((c): c is Node | string => Boolean(c)));
}

/** Returns a button that does something. */
export function button(label: string, act: () => void, props: Props = {}): HTMLButtonElement {
  return h("button", { type: "button", click: act, ...props }, label);
}

/** Returns a picture for a button: a path in a box of 24 by 24. */
export function icon(d: string): SVGSVGElement {
  return svg("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, svg("path", { d }));
}

/** The announcements for screen readers. */
const live = h("div", { class: "sr", role: "status", "aria-live": "polite" });

export function announcer(): HTMLElement {
  return live;
}

/** Has screen readers say something. */
export function announce(text: string): void {
  live.append(h("p", {}, text));
  while (live.childElementCount > 8) live.firstElementChild!.remove();
}

let toasts: HTMLElement | null = null;

/** Shows a short message for a few seconds, and has it said. */
export function toast(text: string): void {
  toasts ??= document.body.appendChild(h("div", { class: "toasts", "aria-hidden": "true" }));
  const el = h("div", { class: "toast" }, text);
  toasts.append(el);
  while (toasts.childElementCount > 3) toasts.firstElementChild!.remove();
  announce(text);
  setTimeout(() => el.remove(), 5000);
}
