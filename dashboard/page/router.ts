/// <reference lib="dom" />
/**
 * Which page is shown. The part of the address after `#` says it, so that every view has a permanent link and nothing
 * of it is sent to the server: `#/runs/PROJECT?where=lr<0.1`, `#/run/41?metric=loss`.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { forgetAddress, settleAddress, writeAddress } from "./address.ts";

/** A page, what it shows, and how. */
export interface Route {
  /** The name of the page: a key of `PAGES`. */
  readonly page: string;
  /** The words after it, decoded. */
  readonly parts: readonly string[];
  /** The settings of the view. */
  readonly query: URLSearchParams;
}

/** The settings of a link; those that are `undefined` or empty are left out. */
export type Settings = Readonly<Record<string, string | number | undefined>>;

const current = signal(parse(location.hash));
addEventListener("hashchange", () => {
  forgetAddress();
  current.value = parse(location.hash);
});
// Before a link is followed, by the mouse or by Enter.
addEventListener("click", settleAddress, { capture: true });
addEventListener("pagehide", settleAddress);

/** The page that is shown. */
export const route: ReadonlySignal<Route> = current;

/** Returns the address of a view. */
export function link(
  page: string,
  parts: readonly (string | number)[] = [],
  settings: Settings = {},
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(settings)) {
    if (value !== undefined && value !== "") query.set(name, String(value));
  }
  const path = [page, ...parts].map((part) => encodeURIComponent(part)).join(
    "/",
  );
  return `#/${path}${query.size === 0 ? "" : `?${query}`}`;
}

/** Shows a view. */
export function go(href: string): void {
  settleAddress();
  location.hash = href;
}

/** Changes settings of the view that is shown, without a new entry in the browser's history. */
export function set(settings: Settings): void {
  const { page, parts, query } = current.peek();
  const all: Settings = { ...Object.fromEntries(query), ...settings };
  const href = link(page, parts, all);
  current.value = parse(href);
  writeAddress(href);
}

function parse(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  const [page = "", ...parts] = path.split("/").filter(Boolean).map(decode);
  return { page: page || "runs", parts, query: new URLSearchParams(query) };
}

/** A link that was cut off may end within an escape. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
