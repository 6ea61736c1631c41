/// <reference lib="dom" />
/** The keyboard. */
import { useLayoutEffect, useRef } from "preact/hooks";

/** What keys do, by `KeyboardEvent.key`. An action that returns `false` leaves the key to the browser. */
export type Keys = Readonly<
  Record<string, (event: KeyboardEvent) => void | false>
>;

/**
 * Gives a view its keys. They do nothing while a person types into a field, nor together with Ctrl, Alt or Meta. What
 * has the focus and needs a key itself, as a button needs Enter, gets it.
 */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  // With the view, not after it is drawn: the first key must not be lost.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (isField(event.target) || isOwn(event)) return;
      const { current } = latest;
      const action = Object.hasOwn(current, event.key)
        ? current[event.key]
        : undefined;
      if (action !== undefined && action(event) !== false) {
        event.preventDefault();
      }
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}

function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && target.type === "checkbox") {
    return false;
  }
  return target.isContentEditable ||
    /^(input|select|textarea)$/i.test(target.tagName);
}

/** The keys that an element needs itself, by what it is. */
const OWN: readonly (readonly [selector: string, keys: RegExp])[] = [
  ["button, summary", /^(Enter| )$/],
  ["a[href]", /^Enter$/],
  ["input[type=checkbox]", /^ $/],
  // What scrolls, and drawings that are moved within.
  [
    "[role=slider], [role=application], .console, .sides-scroll, .differences",
    /^(Arrow.*|Page.*|Home|End|Enter| )$/,
  ],
];

function isOwn({ target, key }: KeyboardEvent): boolean {
  return target instanceof Element &&
    OWN.some(([selector, keys]) =>
      keys.test(key) && target.closest(selector) !== null
    );
}
