/// <reference lib="dom" />
/** The keyboard. */
import { useEffect } from "preact/hooks";

/** What keys do, by `KeyboardEvent.key`. An action that returns `false` leaves the key to the browser. */
export type Keys = Readonly<
  Record<string, (event: KeyboardEvent) => void | false>
>;

/** Gives a view its keys. They do nothing while a person types into a field, nor together with Ctrl, Alt or Meta. */
export function useKeys(keys: Keys): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (
        event.ctrlKey || event.altKey || event.metaKey || isField(event.target)
      ) return;
      const action = Object.hasOwn(keys, event.key)
        ? keys[event.key]
        : undefined;
      if (action !== undefined && action(event) !== false) {
        event.preventDefault();
      }
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  });
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement &&
    (target.isContentEditable ||
      /^(input|select|textarea)$/i.test(target.tagName));
}
