/** Reads metrics in what a program prints, line by line. `docs/printed_metrics.md` has the grammar. */
import { stripVTControlCharacters } from "node:util";
import {
  type Bar,
  isComplete,
  isSameBar,
  LONGEST_BAR,
  readBar,
} from "./bars.ts";
import { readHead } from "./heads.ts";
import { readMapping } from "./mapping.ts";
import { isMetricName, isSetting, metricName, namesSettings } from "./names.ts";
import { readPairs } from "./pairs.ts";
import {
  type PrintedMetrics,
  printedMetrics,
  type PrintedNumber,
} from "./printed.ts";

/** What moves the cursor to another line, or erases one: what follows is a line of its own. */
// deno-lint-ignore no-control-regex
const MOVES = /\x1b\[(?:\d*[ABEFG]|[\d;]*[Hf]|[0-3]?J|2K)/;
/** A bar of tqdm with a message after it, which another stream has printed to the same terminal. */
const BAR_AND_MESSAGE =
  /^(.{0,200}?\d{1,3}%\|[^|]*\|[^[\]]*\[[^[\]]*\])\s*([^\s].*)$/;
/** Where Rich breaks the line of a bar, the rest is far to the right. */
const RICH_GOES_ON = /^\s{20,}\S/;
/** A row of a table with a name and a value. */
const ROW = /^[│┃|]\s*([A-Za-z][\w./@-]*)\s*[│┃|]\s*([^\s│┃|]+)\s*[│┃|]$/;
/** Characters that draw nothing, such as those that take back what a progress bar drew. */
const CONTROL = /(?!\t)\p{Cc}/gu;
/** LightGBM repeats the line of the best iteration after this one. */
const BEST = /\bbest iteration is:$/i;
/** `Epoch 1/5` alone: the epoch of the bars that follow. */
const EPOCH_LINE = /^Epoch:?\s+(\d+)\s*\/\s*\d+$/i;

/** Reads the metrics of lines. What it reads does not depend on how often a bar is drawn. */
export class MetricReader {
  /** The last drawing of a bar that may not have ended. */
  #bar: Bar | undefined;
  /** The last drawing of a bar that names its epoch: other bars are drawn while it stands, e.g. of the validation. */
  #epochBar: Bar | undefined;
  /** The text of a bar of Rich, while its line may go on. */
  #rich: string | undefined;
  /** The last bar that was read, as text. */
  #lastBar = "";
  #epoch: number | undefined;
  /** Whether the bar of the epoch has ended: a bar of Keras after it is that of an evaluation. */
  #hasEpochEnded = false;
  #isRepeated = false;

  /**
   * Takes the next line.
   *
   * @param line A line without its line break.
   * @returns the metrics that are certain by now, in the order in which they were printed.
   */
  read(line: string): PrintedMetrics[] {
    return line.split(MOVES).flatMap((piece) => this.#readPiece(piece));
  }

  #readPiece(piece: string): PrintedMetrics[] {
    const drawn = withoutControl(piece);
    const text = drawn.trim();
    if (text === "") return [];
    const [, first, message] = text.length <= LONGEST_BAR &&
        BAR_AND_MESSAGE.exec(text) || [];
    if (first !== undefined) {
      return [...this.#readPiece(first), ...this.#readPiece(message!)];
    }
    const isRest = this.#rich !== undefined && RICH_GOES_ON.test(drawn);
    const whole = isRest ? `${this.#rich} ${text}` : text;
    const bar = readBar(whole);
    this.#rich = bar?.isRich ? whole : undefined;
    return bar === undefined ? this.#readLine(text) : this.#takeBar(bar);
  }

  #readLine(text: string): PrintedMetrics[] {
    const epoch = EPOCH_LINE.exec(text)?.[1];
    const ended = epoch === undefined && this.#mayGoOn() ? [] : this.#endBar();
    if (epoch !== undefined) {
      this.#epoch = Number(epoch);
      this.#hasEpochEnded = false;
    }
    const isRepeated = this.#isRepeated;
    this.#isRepeated = BEST.test(text);
    const found = isRepeated ? undefined : readText(text);
    if (found === undefined) return ended;
    const before = this.#isAfterEpoch(found) ? this.#endEpochBar() : [];
    return [...before, ...ended, found];
  }

  /** Whether a line without a step says anew what a bar of an epoch shows: the points of the bar come first. */
  #isAfterEpoch({ metrics, step }: PrintedMetrics): boolean {
    const bar = this.#epochBar;
    return step === undefined && bar !== undefined &&
      Object.keys(metrics).some((name) => bar.numbers.has(name));
  }

  /** Takes the end of the output. */
  end(): PrintedMetrics[] {
    return [...this.#endEpochBar(), ...this.#endBar()];
  }

  #takeBar(bar: Bar): PrintedMetrics[] {
    if (bar.epoch !== undefined) {
      const last = this.#epochBar;
      const ended = last === undefined || isSameBar(last, bar)
        ? []
        : this.#endEpochBar();
      this.#epochBar = bar;
      return [...ended, ...this.#endBar()];
    }
    const last = this.#bar;
    const ended = last === undefined || isSameBar(last, bar)
      ? []
      : this.#endBar();
    this.#bar = bar;
    return ended;
  }

  #endEpochBar(): PrintedMetrics[] {
    const bar = this.#epochBar;
    this.#epochBar = undefined;
    return bar === undefined ? [] : this.#readBar(bar);
  }

  /** Whether Keras may draw the bar again: after the messages of callbacks, with the numbers of the validation. */
  #mayGoOn(): boolean {
    const bar = this.#bar;
    return bar !== undefined && bar.isKeras && !bar.isOnce &&
      isComplete(bar) && this.#epoch !== undefined && !this.#hasEpochEnded;
  }

  #endBar(): PrintedMetrics[] {
    const bar = this.#bar;
    this.#bar = undefined;
    return bar === undefined ? [] : this.#readBar(bar);
  }

  #readBar(bar: Bar): PrintedMetrics[] {
    if (!isComplete(bar)) return [];
    const isEvaluation = bar.isKeras && this.#hasEpochEnded;
    if (bar.isKeras && this.#epoch !== undefined) this.#hasEpochEnded = true;
    const of = bar.label === "" && !isEvaluation ? this.#epoch : undefined;
    const named = [...bar.numbers].map(([name, number]) =>
      [isEvaluation ? metricName(name, "eval") : name, number] as const
    );
    const found = printedMetrics(new Map(named), bar.epoch ?? of);
    // A bar at its end is drawn again after a message.
    const text = JSON.stringify([bar.label, bar.of, found]);
    if (found === undefined || text === this.#lastBar) return [];
    this.#lastBar = text;
    return [found];
  }
}

/**
 * Reads the metrics of one line that is no progress bar.
 *
 * @param line A line without its line break.
 * @returns the metrics; `undefined` if the line has none.
 */
export function readMetricLine(line: string): PrintedMetrics | undefined {
  return readText(withoutControl(line).trim());
}

/** Removes colours and movements of the cursor. */
function withoutControl(line: string): string {
  return stripVTControlCharacters(line).replace(CONTROL, "");
}

function readText(line: string): PrintedMetrics | undefined {
  const text = line.replace(ROW, "$1  $2");
  const at = text.indexOf("{");
  if (at >= 0 && text.endsWith("}")) {
    const numbers = readMapping(text.slice(at));
    if (numbers !== undefined) {
      return readNumbers(numbers, text.slice(0, at));
    }
  }
  return readPairs(text);
}

/** Takes the numbers of a mapping, unless they are settings. */
function readNumbers(
  numbers: ReadonlyMap<string, PrintedNumber>,
  before: string,
): PrintedMetrics | undefined {
  const { rest, part, step, isFound } = readHead(before);
  // `Best: 0.88 using {'C': 1}` is a sentence about the mapping.
  if (!/^$|[:=|>-]\s*$/.test(rest) || namesSettings(rest)) return undefined;
  const names = [...numbers.keys()];
  const isConfig = !isFound && names.some(isSetting) &&
    !names.some((name) => isMetricName(name, false) || name.includes("step"));
  if (isConfig) return undefined;
  const named = [...numbers].map(([name, number]) =>
    [metricName(name, part), number] as const
  );
  return printedMetrics(new Map(named), step);
}
