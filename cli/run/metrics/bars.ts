/** Progress bars, which are drawn again and again: only what they show at their end is read. */
import { isNoMetric, isTime } from "./names.ts";
import { NUMBER, readNumber } from "./numbers.ts";
import type { PrintedNumber } from "./printed.ts";

/** One drawing of a bar. */
export interface Bar {
  /** What it counts: the text before it. */
  readonly label: string;
  /** How far it is, and how far it goes; without that its end is not known. */
  readonly at: number;
  readonly of?: number;
  /** What it shows beside it. */
  readonly numbers: ReadonlyMap<string, PrintedNumber>;
  /** The epoch that it names. */
  readonly epoch?: number;
  /** Whether Keras draws it: after the line of an epoch there is one bar of that epoch. */
  readonly isKeras: boolean;
  /** Whether Rich draws it. */
  readonly isRich?: boolean;
  /** Whether it is drawn once, at its end. */
  readonly isOnce?: boolean;
}

/** A bar is not longer than a line of a wide terminal. */
export const LONGEST_BAR = 1_000;

/** tqdm: `Epoch 0: 100%|████| 10/10 [00:00<00:00, 50.1it/s, loss=0.52]`, `15it [00:03, loss=0.5]`. */
const TQDM =
  /^(?:(.*?):\s*)?(?:\d+%\|[^|]*\|\s*)?([\d.]+)[kMGT]?(?:\/([\d.]+)[kMGT]?|\w*)\s*\[\d[\d:]*(?:<[\d:?]+)?,[^[\]]*?(?:it\/s|s\/it|\/s)?(?:,\s*([^\]]*))?\]\s*$/;
/** Keras: `32/32 ━━━━ 0s 2ms/step - accuracy: 0.91 - loss: 0.31`, and with `[=====>....]`. */
const KERAS =
  /^(\d+)\/(\d+)\s+(?:[━╺╸ ]+|\[[=>.]*\])\s*(?:-\s*)?(?:ETA:\s*)?[\dsmh:]+\s+(?:[\d.]+\s*[mun]?s\/(?:step|epoch|sample)\s+)?-\s+(.*)$/;
/** Keras with `verbose=2`: `32/32 - 1s - 3ms/step - loss: 0.31`. */
const KERAS_LINE =
  /^(\d+)\/(\d+)\s+-\s+[\d.]+m?s\s+-\s+((?:[\d.]+\s*[mun]?s\/|[A-Za-z]).*)$/;
/** Rich, as Lightning uses it: `Epoch 0 ━━━━ 10/10 0:00:01 • 0:00:00 50.1it/s v_num: 0.000 loss: 0.5`. */
const RICH =
  /^(.*?)\s*[━╺╸]{3,}\s*(\d+)\/(\d+)\s+[\d:]+\s+•\s+[-\d:]+\s+[\d.]+\s*it\/s\s*(.*)$/;
const RICH_PAIRS = /^(?:[\w./@-]+:\s+\S+(?:\s+|$))*/;
const PAIR = new RegExp(
  `([A-Za-z_][\\w./@-]*)\\s*[:=]\\s*(${NUMBER})%?(?=$|[\\s,;])`,
  "g",
);
const EPOCH = /\bepoch\s*\[?(\d+)/i;

/** Reads a drawing of a bar; `undefined` if the line is none. */
export function readBar(line: string): Bar | undefined {
  if (line.length > LONGEST_BAR || !/[[━]|^\d+\/\d+ - /.test(line)) {
    return undefined;
  }
  const drawn = KERAS.exec(line);
  const keras = drawn ?? KERAS_LINE.exec(line);
  if (keras !== null) {
    const text = keras[3]!.replaceAll(" - ", ", ");
    const isOnce = drawn === null;
    return { ...bar("", keras[1]!, keras[2], text), isKeras: true, isOnce };
  }
  const rich = RICH.exec(line);
  if (rich !== null) {
    // A message of another stream can follow the pairs.
    const text = RICH_PAIRS.exec(rich[4]!)![0];
    return { ...bar(rich[1]!, rich[2]!, rich[3], text), isRich: true };
  }
  const tqdm = TQDM.exec(line);
  if (tqdm === null) return undefined;
  return bar(tqdm[1] ?? "", tqdm[2]!, tqdm[3], tqdm[4] ?? "");
}

function bar(
  label: string,
  at: string,
  of: string | undefined,
  text: string,
): Bar {
  const numbers = new Map<string, PrintedNumber>();
  for (const [, name, number] of text.matchAll(PAIR)) {
    if (isNoMetric(name!) || isTime(name!)) continue;
    numbers.set(name!, readNumber(number!));
  }
  const epoch = EPOCH.exec(label)?.[1];
  return {
    label: label.trim(),
    at: Number(at),
    ...(of !== undefined && { of: Number(of) }),
    numbers,
    isKeras: false,
    ...(epoch !== undefined && { epoch: Number(epoch) }),
  };
}

/** Whether a drawing belongs to the same bar as an earlier one. */
export function isSameBar(one: Bar, later: Bar): boolean {
  if (one.isKeras && isComplete(one) && !isRepeated(one, later)) return false;
  return one.label === later.label && one.of === later.of &&
    one.at <= later.at;
}

/** Whether Keras draws a bar that is at its end again, with the numbers of the validation. */
function isRepeated(one: Bar, later: Bar): boolean {
  return !one.isOnce && later.isKeras && !later.isOnce &&
    [...one.numbers].every(([name, { value }]) =>
      Object.is(later.numbers.get(name)?.value, value)
    );
}

/** Whether a bar is at its end, as far as that is known. */
export function isComplete({ at, of }: Bar): boolean {
  return of === undefined || at === of;
}
