/// <reference lib="dom" />
/** The keyboard. */
import { useLayoutEffect, useRef } from "preact/hooks";

/** What keys do, by `KeyboardEvent.key`. An action that returns `false` leaves the key to the browser. */
export type Keys = Readonly<
  Record<string, (event: KeyboardEvent) => void | false>
>;

/** Gives a view its keys. They do nothing while a person types into a field, nor together with Ctrl, Alt or Meta. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  // With the view, not after it is drawn: the first key must not be lost.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (isField(event.target)) return;
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
  return target instanceof HTMLElement &&
    (target.isContentEditable ||
      /^(input|select|textarea)$/i.test(target.tagName));
}
