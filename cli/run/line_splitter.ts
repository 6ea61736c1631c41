import { StringDecoder } from "node:string_decoder";

/** The most characters of a line; the rest is left out. */
const LONGEST = 1 << 16;

/** Splits a stream of bytes into lines; a carriage return, as of a progress bar, also ends a line. */
export class LineSplitter {
  readonly #decoder = new StringDecoder("utf8");
  readonly #onLine: (line: string) => void;
  #rest = "";
  #endsInReturn = false;

  /**
   * Makes a splitter.
   *
   * @param onLine Gets each line, without its line break.
   */
  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** Takes the next bytes. */
  write(chunk: Uint8Array): void {
    let text = this.#decoder.write(chunk);
    // The two characters of a line break can be in two pieces.
    if (this.#endsInReturn && text.startsWith("\n")) text = text.slice(1);
    else if (text === "") return;
    this.#endsInReturn = text.endsWith("\r");
    const lines = (this.#rest + text).split(/\r\n|\n|\r/);
    this.#rest = lines.pop()!.slice(0, LONGEST);
    for (const line of lines) this.#onLine(line.slice(0, LONGEST));
  }

  /** Takes the end of the stream: the last line needs no line break. */
  end(): void {
    const last = this.#rest + this.#decoder.end();
    this.#rest = "";
    if (last !== "") this.#onLine(last);
  }
}
