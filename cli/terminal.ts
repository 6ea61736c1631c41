import { styleText } from "node:util";
import { visible, visibleOutput } from "../internal/visible_text.ts";
import { jsonText } from "../internal/json_text.ts";

/** Colours and weights of {@linkcode Terminal.style}. */
export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/**
 * The terminal that a command writes to. Everything from a file goes through here and is escaped here, and
 * only here: a line contains visible characters, and the only control characters are those of colours.
 */
export class Terminal {
  readonly #write: (text: string) => void;
  readonly #writeBytes: (bytes: Uint8Array) => void;
  readonly #warn: (text: string) => void;
  readonly #outlive: () => void;
  /** Marks the start and end of each style until the line is written; no file can guess it. */
  readonly #mark = `\u0001${crypto.randomUUID()}:`;
  readonly #notices = new Set<string>();
  readonly #decoders = new Map<string, TextDecoder>();
  /** Columns; `Infinity` if it is piped. */
  readonly width: number;
  /** Whether colours are shown. */
  readonly color: boolean;
  /** Whether a person reads the output. */
  readonly interactive: boolean;

  /** Asks the person and returns the answer, empty if there is none. Absent if nobody can answer. */
  readonly ask: ((question: string) => Promise<string>) | undefined;

  /** Makes a terminal over two writers. */
  constructor(options: {
    readonly write: (text: string) => void;
    readonly writeBytes?: (bytes: Uint8Array) => void;
    readonly warn: (text: string) => void;
    readonly outlive?: () => void;
    readonly ask?: (question: string) => Promise<string>;
    readonly width?: number;
    readonly color?: boolean;
    readonly interactive?: boolean;
  }) {
    this.#write = options.write;
    this.#writeBytes = options.writeBytes ??
      ((bytes) => options.write(new TextDecoder().decode(bytes)));
    this.#warn = options.warn;
    this.#outlive = options.outlive ?? (() => {});
    this.ask = options.ask;
    this.width = options.width ?? Infinity;
    this.color = options.color ?? false;
    this.interactive = options.interactive ?? false;
  }

  /** From now on the process continues when nobody reads its output. */
  outliveReader(): void {
    this.#outlive();
  }

  /** Writes a line; invisible characters and line breaks are escaped. */
  line(text = ""): void {
    this.#write(this.#shown(text) + "\n");
  }

  /** Writes a line to stderr, escaped in the same way. */
  warn(text: string): void {
    this.#warn(this.#shown(text) + "\n");
  }

  /** Writes to stderr what was left out, and why; the same text only once. */
  notice(text: string): void {
    if (this.#notices.has(text)) return;
    this.#notices.add(text);
    this.warn(`ato: ${text}`);
  }

  /** Whether {@linkcode notice} was called: the answer is incomplete. */
  get hasNotices(): boolean {
    return this.#notices.size > 0;
  }

  /**
   * Writes a line of a file format such as CSV: unchanged to a pipe, because it is data, and escaped if a
   * person reads it.
   */
  data(line: string): void {
    this.#write((this.interactive ? visible(line) : line) + "\n");
  }

  /**
   * Writes what a program printed: unchanged to a pipe, and without what would control the terminal if a person
   * reads it.
   *
   * @param bytes The next bytes of a stream.
   * @param stream The name of the stream; a character can be in two pieces.
   */
  output(bytes: Uint8Array, stream: string): void {
    if (!this.interactive) return this.#writeBytes(bytes);
    let decoder = this.#decoders.get(stream);
    if (decoder === undefined) {
      this.#decoders.set(stream, decoder = new TextDecoder());
    }
    const text = decoder.decode(bytes, { stream: true });
    this.#write(visibleOutput(text, { color: this.color }));
  }

  /** Writes a value as JSON; numbers that JSON lacks are strings, control characters are escaped. */
  json(value: unknown): void {
    this.#write(jsonText(value, 2) + "\n");
  }

  /** Styles a string, if colours are shown. */
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
}
