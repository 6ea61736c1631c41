/** Reads a unified diff as two columns. */

/** A line of a text. */
export interface DiffLine {
  /** Its number, from 1; absent in a list of files. */
  readonly line?: number;
  readonly text: string;
}

/** A line of the two columns. */
export interface DiffRow {
  /** `gap` stands for lines that are the same and left out. */
  readonly kind: "same" | "changed" | "gap";
  /** Absent if the line was added. */
  readonly before?: DiffLine;
  /** Absent if the line was removed. */
  readonly after?: DiffLine;
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/**
 * Reads a unified diff. Lines that were removed and added at one place stand beside each other. The numbers of lines
 * that a part announces tell its lines from the names of files, because a removed line can look like such a name.
 */
export function diffRows(diff: string): DiffRow[] {
  const reader = new DiffReader();
  for (const line of diff.split("\n")) reader.read(line);
  return reader.rows();
}

class DiffReader {
  readonly #rows: DiffRow[] = [];
  #removed: DiffLine[] = [];
  #added: DiffLine[] = [];
  /** The lines that the part still has, before and after. */
  #left: [number, number] = [0, 0];
  /** The number of the next line, before and after; `undefined` in a list of files. */
  #next: [number, number] | undefined;

  read(line: string): void {
    if (line.startsWith("\\")) return;
    const isInside = this.#left[0] > 0 || this.#left[1] > 0;
    const hunk = isInside ? null : HUNK.exec(line);
    if (hunk !== null) this.#start(hunk);
    else if (!isInside && /^(---|\+\+\+) /.test(line)) this.#leave();
    else if (line.startsWith("-")) this.#removed.push(this.#take(line, 0));
    else if (line.startsWith("+")) this.#added.push(this.#take(line, 1));
    else if (isInside || line.startsWith(" ")) this.#same(line);
  }

  rows(): DiffRow[] {
    this.#flush();
    return this.#rows;
  }

  #start([, old, olds = "1", now, nows = "1"]: RegExpExecArray): void {
    this.#flush();
    if (this.#rows.length > 0) this.#rows.push({ kind: "gap" });
    this.#next = [Number(old), Number(now)];
    this.#left = [Number(olds), Number(nows)];
  }

  #leave(): void {
    this.#flush();
    this.#next = undefined;
  }

  #same(line: string): void {
    this.#flush();
    const [before, after] = [this.#take(line, 0), this.#take(line, 1)];
    this.#rows.push({ kind: "same", before, after });
  }

  #take(line: string, side: 0 | 1): DiffLine {
    const text = line.slice(1);
    this.#left[side]--;
    return this.#next === undefined
      ? { text }
      : { line: this.#next[side]++, text };
  }

  #flush(): void {
    const count = Math.max(this.#removed.length, this.#added.length);
    for (let i = 0; i < count; i++) {
      const [before, after] = [this.#removed[i], this.#added[i]];
      this.#rows.push({
        kind: "changed",
        ...(before && { before }),
        ...(after && { after }),
      });
    }
    [this.#removed, this.#added] = [[], []];
  }
}
