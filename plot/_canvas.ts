import type { PlotSpan } from "./terminal_plot.ts";

/** The dots of a braille character by row, left then right (Unicode block 2800). */
const DOTS = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]] as const;

/** A drawing of dots; the best trials are drawn with a character that is seen without colours. */
export class Canvas {
  readonly #columns: number;
  readonly #rows: number;
  readonly #dots: Uint8Array;
  readonly #best: Uint8Array;

  /** Makes an empty drawing of so many characters. */
  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.#rows = rows;
    this.#dots = new Uint8Array(columns * rows);
    this.#best = new Uint8Array(columns * rows);
  }

  /** Draws a dot at shares of the width and the height. */
  dot(x: number, y: number, isBest: boolean): void {
    const column = Math.round(x * (this.#columns * 2 - 1));
    const row = Math.round((1 - y) * (this.#rows * 4 - 1));
    if (!(column >= 0 && column < this.#columns * 2)) return;
    if (!(row >= 0 && row < this.#rows * 4)) return;
    const cell = (row >> 2) * this.#columns + (column >> 1);
    this.#dots[cell]! |= DOTS[(row & 3) as 0]![(column & 1) as 0];
    if (isBest) this.#best[cell] = 1;
  }

  /** Draws a line between two places. */
  line(
    from: readonly [number, number],
    to: readonly [number, number],
    isBest: boolean,
  ): void {
    const steps = Math.max(this.#columns * 2, this.#rows * 4);
    for (let i = 0; i <= steps; i++) {
      const share = i / steps;
      this.dot(
        from[0] + (to[0] - from[0]) * share,
        from[1] + (to[1] - from[1]) * share,
        isBest,
      );
    }
  }

  /** Returns the characters of a row. */
  rowOf(row: number): PlotSpan[] {
    const spans: { text: string; style?: "green" }[] = [];
    for (let column = 0; column < this.#columns; column++) {
      const cell = row * this.#columns + column;
      const isBest = this.#best[cell] === 1;
      const dots = this.#dots[cell]!;
      const text = isBest
        ? "●"
        : dots === 0
        ? " "
        : String.fromCharCode(0x2800 + dots);
      const last = spans.at(-1);
      if (last !== undefined && (last.style === "green") === isBest) {
        last.text += text;
      } else spans.push(isBest ? { text, style: "green" } : { text });
    }
    return spans;
  }
}
