/// <reference lib="dom" />
/** Where a person types which runs are shown. */
import type { RefObject, VNode } from "preact";
import { set } from "../../router.ts";

/** The field. What is typed is in the address. */
export function FilterBox({ where, box, onChange }: {
  readonly where: string;
  readonly box?: RefObject<HTMLInputElement | null>;
  onChange?(): void;
}): VNode {
  return (
    <input
      {...(box && { ref: box })}
      type="search"
      class="filter"
      aria-label="Filter"
      placeholder="lr<0.01 accuracy>=0.9 tag:best"
      spellcheck={false}
      value={where}
      onInput={(event) => {
        onChange?.();
        set({ where: event.currentTarget.value });
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") event.currentTarget.blur();
      }}
    />
  );
}
