/// <reference lib="dom" />
/** A choice of a few. */
import type { VNode } from "preact";

/** The list of values with their texts. */
export function Choice({ label, value, options, onChange }: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  onChange(value: string): void;
}): VNode {
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      {options.map(([name, text]) => (
        <option key={name} value={name}>{text}</option>
      ))}
    </select>
  );
}
