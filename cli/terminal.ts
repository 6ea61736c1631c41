import { styleText } from "node:util";
import { fit, pad, widthOf } from "./text.ts";

/** Colours and weights of {@linkcode Terminal.style}. */
export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** Where a command writes. */
export class Terminal {
  readonly #write: (text: string) => void;
  readonly #warn: (text: string) => void;
  readonly #outlive: () => void;
  /** Columns; `Infinity` when piped. */
  readonly width: number;
  /** Whether colours are shown. */
  readonly color: boolean;
  /** Whether a person looks on. */
  readonly interactive: boolean;

  /** Asks a person and gives the answer; empty where there is none. Absent where nobody is there. */
  readonly ask: ((question: string) => Promise<string>) | undefined;

  /** Makes a terminal over two writers. */
  constructor(options: {
    readonly write: (text: string) => void;
    readonly warn: (text: string) => void;
    readonly outlive?: () => void;
    readonly ask?: (question: string) => Promise<string>;
    readonly width?: number;
    readonly color?: boolean;
    readonly interactive?: boolean;
  }) {
    this.#write = options.write;
    this.#warn = options.warn;
    this.#outlive = options.outlive ?? (() => {});
    this.ask = options.ask;
    this.width = options.width ?? Infinity;
    this.color = options.color ?? false;
    this.interactive = options.interactive ?? false;
  }

  /** From now on the process goes on where nobody reads what it writes. */
  outliveReader(): void {
    this.#outlive();
  }

  /** Writes a line. */
  line(text = ""): void {
    this.#write(text + "\n");
  }

  /** Writes a line to stderr. */
  warn(text: string): void {
    this.#warn(text + "\n");
  }

  /** Writes a value as JSON; numbers that JSON has not are strings. */
  json(value: unknown): void {
    this.line(JSON.stringify(value, replaceUnknown, 2));
  }

  /** Styles a text, where colours are shown. */
  style(style: Style, text: string): string {
    return this.color
      ? styleText(style, text, { validateStream: false })
      : text;
  }

  /**
   * Writes a table. The last column gives way where the terminal is narrow.
   *
   * @param head The heads of the columns.
   * @param rows Visible texts.
   * @param right The indices of the columns that stand to the right, numbers for example.
   */
  table(
    head: readonly string[],
    rows: readonly (readonly string[])[],
    right: readonly number[] = [],
  ): void {
    const widths = head.map((text, i) =>
      Math.max(widthOf(text), ...rows.map((row) => widthOf(row[i] ?? "")))
    );
    const before = widths.slice(0, -1).reduce(
      (sum, width) => sum + width + 2,
      0,
    );
    const last = widths.length - 1;
    widths[last] = Math.max(
      4,
      Math.min(widths[last] ?? 0, this.width - before),
    );
    const write = (row: readonly string[]) =>
      row.map((text, i) => {
        const width = widths[i] ?? 0;
        const fitted = fit(text, width);
        if (right.includes(i)) return pad(fitted, width, "right");
        return i === last ? fitted : pad(fitted, width);
      }).join("  ").trimEnd();
    this.line(this.style("bold", write(head)));
    for (const row of rows) this.line(write(row));
  }
}

function replaceUnknown(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number" && !Number.isFinite(value)) {
    return String(value);
  }
  return value;
}
