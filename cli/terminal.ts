import { styleText } from "node:util";
import { visible } from "../internal/visible_text.ts";
import { jsonText } from "../internal/json_text.ts";
import { fit, pad, widthOf } from "../internal/text_width.ts";

/** Colours and weights of {@linkcode Terminal.style}. */
export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/**
 * Where a command writes. Whatever a file holds goes through here, and here alone it is made
 * harmless: a line reaches the terminal as visible characters, and colours are the only control
 * characters there are.
 */
export class Terminal {
  readonly #write: (text: string) => void;
  readonly #warn: (text: string) => void;
  readonly #outlive: () => void;
  /** Stands around each style until the line is written; no file can guess it. */
  readonly #mark = `\u0001${crypto.randomUUID()}:`;
  readonly #notices = new Set<string>();
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

  /** Writes a line; characters that are not visible are escaped, line breaks too. */
  line(text = ""): void {
    this.#write(this.#shown(text) + "\n");
  }

  /** Writes a line to stderr, escaped in the same way. */
  warn(text: string): void {
    this.#warn(this.#shown(text) + "\n");
  }

  /** Says on stderr what was left out, and why; the same only once. */
  notice(text: string): void {
    if (this.#notices.has(text)) return;
    this.#notices.add(text);
    this.warn(`ato: ${text}`);
  }

  /** Whether {@linkcode notice} was called: the answer is not all that there is. */
  get hasNotices(): boolean {
    return this.#notices.size > 0;
  }

  /**
   * Writes a line of a file format, such as CSV: as it is into a pipe, since it is data, and escaped
   * where a person looks on.
   */
  data(line: string): void {
    this.#write((this.interactive ? visible(line) : line) + "\n");
  }

  /** Writes a value as JSON; numbers that JSON has not are strings, control characters escapes. */
  json(value: unknown): void {
    this.#write(jsonText(value, 2) + "\n");
  }

  /** Styles a text, where colours are shown. */
  style(style: Style, text: string): string {
    return this.color ? `${this.#mark}${style};${text}${this.#mark};` : text;
  }

  #shown(text: string): string {
    if (!this.color) return visible(text);
    const [first = "", ...rest] = text.split(this.#mark);
    let out = visible(first);
    let style: Style | undefined;
    for (const part of rest) {
      const end = part.indexOf(";");
      style = (part.slice(0, end) || undefined) as Style | undefined;
      const shown = visible(part.slice(end + 1));
      out += style === undefined
        ? shown
        : styleText(style, shown, { validateStream: false });
    }
    return out;
  }

  /**
   * Writes a table. The last column gives way where the terminal is narrow.
   *
   * @param head The heads of the columns; any texts, as in the rows.
   * @param rows Any texts.
   * @param right The indices of the columns that stand to the right, numbers for example.
   */
  table(
    head: readonly string[],
    rows: readonly (readonly string[])[],
    right: readonly number[] = [],
  ): void {
    const names = head.map(visible);
    const shown = rows.map((row) => row.map(visible));
    // Not by spreading: a list may be longer than a call has room for arguments.
    const widths = names.map((text, i) =>
      shown.reduce(
        (most, row) => Math.max(most, widthOf(row[i] ?? "")),
        widthOf(text),
      )
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
    this.line(this.style("bold", write(names)));
    for (const row of shown) this.line(write(row));
  }
}
