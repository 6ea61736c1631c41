/** The start of a line: what a log writes before a message, and the step. */
import { partOf } from "./names.ts";

/** The start of a line, and the rest of it. */
export interface Head {
  /** The line without it. */
  readonly rest: string;
  /** Whether the line says a step or an epoch: then it is about the training. */
  readonly isFound: boolean;
  /** The step. */
  readonly step?: number;
  /** The part of the data that it is about, e.g. `val`; empty for training. */
  readonly part: string;
  /** Whether it is a report in the middle of an evaluation, whose values are of a part of the data. */
  readonly isUnfinished: boolean;
}

const LEVEL = "(?:TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL|NOTICE)";
/** What logs write before a message; several may follow each other. */
const PREFIX = new RegExp(
  "^(?:" + [
    "\\[?\\d{4}[-/]\\d\\d[-/]\\d\\d(?:[T ,]+\\d\\d:\\d\\d(?::\\d\\d)?(?:[.,]\\d+)?(?:Z|[+-]\\d\\d:?\\d\\d)?)?\\]?",
    "\\[?\\d\\d[/:]\\d\\d(?:[:/ ]\\d\\d)*(?:[.,]\\d+)?\\]?",
    `\\[?${LEVEL}\\]?(?::[\\w.]+:)?`,
    `[\\w.]+ - (?=${LEVEL}\\b)`,
    // glog and absl: `I1129 12:00:00.123456 14099 train.py:10] `.
    "[IWEF]\\d{4} \\d\\d:\\d\\d:\\d\\d\\.\\d+\\s+\\d+ [\\w.]+:\\d+\\]",
    // loguru: `__main__:main:10 - `.
    "[\\w.]+:[\\w<>.]+:\\d+ - ",
    "__main__:",
    "\\[(?:default|rank)\\d+\\]:?",
    "[-–|:]",
  ].join("|") + ")\\s*",
);

const INTEGER = "\\d{1,3}(?:,\\d{3})+|\\d+";
const PART = "train(?:ing)?|val(?:id(?:ation)?)?|test(?:ing)?|eval(?:uation)?";
const UNIT =
  "epoch|global[_ ]?step|step|iteration|iter|it|batch|round|episode|trial|update";
/** `3`, `3/10`, `[3/10]`, `[3]`, `3 of 10`, `[640/60000 (1%)]`. */
const POSITION =
  `[\\[(]?\\s*(${INTEGER})\\s*(?:(?:/|of)\\s*(${INTEGER})\\s*)?(?:\\(\\s*\\d+%\\s*\\)\\s*)?[\\])]?`;
/** `Epoch 3:`, `step 100 |`, `[Epoch 3]`, `Train Epoch: 1`, `Epoch(train) [1]`. */
const COUNTED = new RegExp(
  `^[\\[(]?(?:(${PART})[ :]+)?(${UNIT})\\b\\s*(?:\\((${PART})\\))?\\s*[:#]?\\s*${POSITION}(?=$|[\\s:,|;\\]–-]|\\.\\.)[\\s:,|;\\]–-]*`,
  "i",
);
/** `[1,  2000] loss: 2.1`: an epoch and a batch, of which the line does not say how many there are. */
const EPOCH_AND_BATCH = /^\[\s*\d+,\s*\d+\]\s+(?=[A-Za-z])/;
/** `Train: 0 [  50/1251 (  4%)]`, `Test: [ 48/48]`: the part of the data instead of a unit. */
const PART_ONLY = new RegExp(
  `^(${PART}):\\s*(?:(${INTEGER})\\s+)?(?=\\[\\s*\\d+\\s*/\\s*\\d+)`,
  "i",
);
/** The place in the epoch, after the epoch: `[ 50/196]`. */
const PLACE =
  /^\[\s*(\d+)\s*\/\s*(\d+)\s*(\(\s*\d+%\s*\))?\s*\](?=$|[\s:,|;])[\s:,|;]*/;
/** `[10]	train-rmse:0.5` of XGBoost and LightGBM, `10:	learn: 0.5` of CatBoost. */
const BARE = /^(?:\[(\d+)\]\s+(?=[^\s:]+(?:'s [^\s:]+)?:)|(\d+):\t(?=\w+: ))/;

/** A position in a head: a count, and of how many. */
interface Counted {
  readonly unit: string;
  readonly at: number;
  readonly of?: number;
  /** Whether the first one is 1: `1/5`, `Epoch(train) [1]`. */
  readonly isFromOne?: boolean;
}

/** Reads the start of a line. */
export function readHead(line: string): Head {
  let rest = withoutPrefix(line);
  const bare = BARE.exec(rest);
  if (bare !== null) {
    return {
      rest: rest.slice(bare[0].length),
      isFound: true,
      step: Number(bare[1] ?? bare[2]),
      part: "",
      isUnfinished: false,
    };
  }
  const pair = EPOCH_AND_BATCH.exec(rest);
  if (pair !== null) {
    rest = rest.slice(pair[0].length);
    return { rest, isFound: true, part: "", isUnfinished: false };
  }
  const counts: Counted[] = [];
  let part = "";
  const alone = PART_ONLY.exec(rest);
  if (alone !== null) {
    part = partOf(alone[1]!);
    if (alone[2] !== undefined) counts.push(count("epoch", alone[2]));
    rest = rest.slice(alone[0].length);
  }
  for (let found = COUNTED.exec(rest); found; found = COUNTED.exec(rest)) {
    const [all, before, unit, after, at, of] = found;
    part ||= partOf(before ?? after ?? "");
    const isFromOne = of !== undefined || after !== undefined;
    counts.push({ ...count(unit!.toLowerCase(), at!, of), isFromOne });
    rest = rest.slice(all.length);
  }
  const place = counts.length > 0 || alone !== null ? PLACE.exec(rest) : null;
  if (place !== null && part !== "") {
    // A report at the end of an evaluation is about the epoch.
    rest = rest.slice(place[0].length);
  } else if (place !== null) {
    // A share in brackets says that samples are counted, not batches.
    const unit = place[3] !== undefined && alone === null ? "sample" : "batch";
    counts.push(count(unit, place[1]!, place[2]));
    rest = rest.slice(place[0].length);
  }
  const step = stepOf(counts);
  return {
    rest,
    isFound: counts.length > 0 || place !== null,
    ...(step !== undefined && { step }),
    part,
    isUnfinished: part !== "" && place !== null && place[1] !== place[2],
  };
}

/** Removes times, levels and names of loggers before a message. */
export function withoutPrefix(line: string): string {
  let rest = line;
  for (let found = PREFIX.exec(rest); found; found = PREFIX.exec(rest)) {
    rest = rest.slice(found[0].length);
  }
  return rest;
}

function count(unit: string, at: string, of?: string): Counted {
  const read = (text: string) => Number(text.replaceAll(",", ""));
  return { unit, at: read(at), ...(of !== undefined && { of: read(of) }) };
}

/** The units within an epoch. */
const INNER: ReadonlySet<string> = new Set(["step", "iter", "batch", "it"]);

/**
 * The step that the counts of a line say. Where the batches of an epoch are counted, each epoch starts from the
 * first one again, so that the step is that of all epochs. Samples are no steps.
 */
function stepOf(counts: readonly Counted[]): number | undefined {
  if (counts.some(({ unit }) => unit === "sample")) return undefined;
  const epoch = counts.find(({ unit }) => unit === "epoch");
  const inner = counts.find(({ unit, of }) =>
    INNER.has(unit) && of !== undefined
  );
  if (epoch !== undefined && inner !== undefined && epoch !== inner) {
    const before = epoch.isFromOne ? epoch.at - 1 : epoch.at;
    return before * inner.of! + inner.at;
  }
  return counts.find(({ unit }) => unit !== "epoch")?.at ?? epoch?.at;
}
