import { isRecord, setOwn } from "../../internal/objects.ts";
import { type ForeignRun, uuidFrom } from "../../tracker/mod.ts";

/** The tag of a run on a server: the identity of the run that it was sent from. */
export const UUID_TAG = "ato.run_uuid";

/** A run of MLflow, from files or from a database. */
export interface MlflowRun {
  readonly id: string;
  readonly project: string;
  readonly name: string | undefined;
  readonly status: unknown;
  readonly startTime: unknown;
  readonly endTime: unknown;
  readonly params: Iterable<readonly [key: string, value: string]>;
  readonly tags: Iterable<readonly [key: string, value: string]>;
}

/** The original names, if `ato export` had to replace them. */
export interface KnownNames {
  /** Keys of metrics, by name. */
  readonly metrics: ReadonlyMap<string, string>;
  /** Key paths of parameters, by name. */
  readonly params: ReadonlyMap<string, readonly string[]>;
  /** Tags, by name. */
  readonly tags: ReadonlyMap<string, string>;
}

/**
 * Reads the original names from an export of ato.
 *
 * @param text The tag `ato.names`; any text, because anyone can write it.
 * @returns the names; none if the tag has another form.
 */
export function knownNames(text: string | undefined): KnownNames {
  const said = readObject(text);
  const entries = (part: string) =>
    Object.entries(typeof said[part] === "object" ? said[part] ?? {} : {});
  const texts = (part: string) => new Map(entries(part).filter(isTextPair));
  return {
    metrics: texts("metrics"),
    params: new Map(entries("params").filter(isPathPair)),
    tags: texts("tags"),
  };
}

function readObject(text: string | undefined): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(text ?? "{}");
    return isRecord(read) ? read : {};
  } catch {
    // The tag was not written by ato: there are no other names.
    return {};
  }
}

function isTextPair(pair: [string, unknown]): pair is [string, string] {
  return typeof pair[1] === "string";
}

function isPathPair(pair: [string, unknown]): pair is [string, string[]] {
  return Array.isArray(pair[1]) && pair[1].length > 0 &&
    pair[1].every((key) => typeof key === "string");
}

const STATUS: Readonly<Record<string, string>> = {
  1: "interrupted",
  2: "interrupted",
  3: "completed",
  4: "failed",
  5: "interrupted",
  RUNNING: "interrupted",
  SCHEDULED: "interrupted",
  FINISHED: "completed",
  FAILED: "failed",
  KILLED: "interrupted",
};

/** Translates the fields of a run. A run that MLflow lists as running is interrupted here. */
export function common(
  run: MlflowRun,
): Omit<ForeignRun, "artifacts" | "metrics"> {
  const tags = new Map(run.tags);
  const names = knownNames(tags.get("ato.names"));
  const time = (value: unknown): number | undefined =>
    typeof value === "number" && value > 0 ? value : undefined;
  const endTime = time(run.endTime);
  const name = run.name ?? tags.get("mlflow.runName");
  const [notes, seed] = [
    tags.get("mlflow.note.content"),
    tags.get("ato.seed"),
  ];
  return {
    uuid: uuidOf(run.id),
    project: run.project,
    status: STATUS[String(run.status)] ?? "completed",
    startTime: time(run.startTime) ?? 0,
    ...(endTime !== undefined && { endTime }),
    ...(name !== undefined && { name }),
    ...(notes !== undefined && { notes }),
    ...(seed !== undefined && { seed }),
    tags: [...tags].filter(([name]) =>
      names.tags.has(name) || !/^(mlflow|ato)\./.test(name)
    ).map(
      ([name, value]) => {
        const key = names.tags.get(name) ?? name;
        return /^(true|)$/i.test(value) ? key : `${key}=${value}`;
      },
    ),
    config: nest(run.params, names.params),
  };
}

function uuidOf(id: string): string {
  return /^[0-9a-f]{32}$/.test(id)
    ? id.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")
    : uuidFrom(["mlflow", id]);
}

/** Turns `model.depth` into `{ model: { depth } }`, unless another key is in the way. */
function nest(
  params: Iterable<readonly [string, string]>,
  known: KnownNames["params"],
): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [key, text] of params) {
    const told = known.get(key);
    const path = told ?? key.split(".");
    const fits = isFree(root, path) &&
      (told !== undefined ||
        path.every((part) => part !== "" && part !== "__proto__"));
    set(root, fits ? path : [key], valueOf(text));
  }
  return root;
}

function isFree(root: object, path: readonly string[]): boolean {
  let at: unknown = root;
  for (const part of path) {
    if (typeof at !== "object" || at === null || Array.isArray(at)) {
      return false;
    }
    if (!Object.hasOwn(at, part)) return true;
    at = (at as Record<string, unknown>)[part];
  }
  return false;
}

function set(root: object, path: readonly string[], value: unknown): void {
  let at = root as Record<string, unknown>;
  for (const part of path.slice(0, -1)) {
    if (!Object.hasOwn(at, part)) setOwn(at, part, {});
    at = at[part] as Record<string, unknown>;
  }
  setOwn(at, path.at(-1)!, value);
}

/** Reads the value of a parameter: MLflow stores Python's text of it. */
function valueOf(text: string): unknown {
  if (/^-?\d+(\.\d*)?([eE][-+]?\d+)?$/.test(text)) {
    const exact = /^-?\d+$/.test(text) && !Number.isSafeInteger(Number(text));
    return exact ? BigInt(text) : Number(text);
  }
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === "true";
  if (text === "None" || text === "null") return null;
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    // Python's own notation of a list or dict stays a string.
    return text;
  }
}

/** Reads a number as Python writes it. */
export function pythonNumber(text: string): number {
  const word = /^([-+]?)(inf|infinity|nan)$/i.exec(text);
  if (word === null) return Number(text);
  if (word[2]!.toLowerCase() === "nan") return NaN;
  return word[1] === "-" ? -Infinity : Infinity;
}
