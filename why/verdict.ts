/** What most likely explains the differences. */
import type { CodeChange, Run, TraceComparison } from "../tracker/mod.ts";
import { changesOf, pieceName } from "./code_changes.ts";
import type { Differences } from "./differences.ts";

/** The kind of a suspect. */
export type SuspectKind =
  | "code"
  | "config"
  | "seed"
  | "environment"
  | "randomness";

/** Something that differs and may explain the result. */
export interface Suspect {
  /** What it is. */
  readonly kind: SuspectKind;
  /** Its name in words, not escaped, e.g. `relu() in iris/activations.ts`. */
  readonly what: string;
  /** The trace, for code and randomness. */
  readonly traceId?: string;
  /** The key path, for config. */
  readonly path?: string;
}

/** Fields of the environment that only say where the code comes from: the code itself is compared. */
const PROVENANCE_FIELDS: ReadonlySet<string> = new Set([
  "git",
  "uncommitted changes",
]);

/**
 * Lists the suspects, likeliest first: causes before effects, and code before the seed that changed with it.
 */
export function suspectsOf(found: Differences): Suspect[] {
  const code = found.code
    .filter(({ status }) => status === "changed")
    .flatMap(codeSuspects);
  const config = configSuspects(found);
  const suspects = [
    ...code,
    ...config,
    ...environmentSuspects(found, config.some(({ kind }) => kind === "seed")),
    ...outsideSuspect(found),
  ];
  if (suspects.length === 0) suspects.push(...randomnessSuspect(found));
  return suspects.sort((a, b) => RANK[a.kind] - RANK[b.kind]);
}

/** The config values that differ; a value that was never read explains nothing. */
function configSuspects({ config }: Differences): Suspect[] {
  return config.filter(({ neverRead }) => !neverRead).map(({ path }) => ({
    kind: /(^|\.)seed$/i.test(path) ? "seed" : "config",
    what: path,
    path,
  }));
}

/** The fields of the environment that differ; the seed of the run only if no seed of the config does. */
function environmentSuspects(
  { environment }: Differences,
  seedIsNamed: boolean,
): Suspect[] {
  return environment.flatMap(({ field }): Suspect[] => {
    if (field === "seed") {
      return seedIsNamed ? [] : [{ kind: "seed", what: "the seed of the run" }];
    }
    return PROVENANCE_FIELDS.has(field)
      ? []
      : [{ kind: "environment", what: field }];
  });
}

/** The first trace with changed code that it does not reach. */
function outsideSuspect({ code }: Differences): Suspect[] {
  const trace = code.find(({ outside }) => outside);
  if (trace === undefined) return [];
  const { traceId, modules } = trace;
  const files = modules.map(({ before, after }) => (after ?? before)?.id ?? "");
  const what = `code outside of ${traceId} (${files.join(", ")})`;
  return [{ kind: "code", what, traceId }];
}

/** Randomness, if nothing else differs and the results do. */
function randomnessSuspect({ outputs, metrics }: Differences): Suspect[] {
  const first = outputs[0];
  if (first !== undefined) {
    const { traceId } = first;
    return [{ kind: "randomness", what: traceId, traceId }];
  }
  return metrics.length > 0
    ? [{ kind: "randomness", what: "something that is not traced" }]
    : [];
}

const RANK: Readonly<Record<SuspectKind, number>> = {
  code: 0,
  config: 1,
  seed: 2,
  environment: 3,
  randomness: 4,
};

function codeSuspects(trace: TraceComparison): Suspect[] {
  const { traceId } = trace;
  const changes = changesOf(trace)
    .filter(({ change }) => change !== "renamed" && change !== "moved");
  const suspects = changes.map((change): Suspect => ({
    kind: "code",
    what: nameOf(change),
    traceId,
  }));
  if (trace.own?.change === "changed" || suspects.length === 0) {
    suspects.unshift({ kind: "code", what: ownName(traceId), traceId });
  }
  return suspects;
}

/** A trace is a function; with `ato run` it is a script. */
function ownName(traceId: string): string {
  return /\.\w+$/.test(traceId) ? traceId : `${traceId}()`;
}

function nameOf({ before, after }: CodeChange): string {
  const piece = after ?? before;
  if (piece === undefined) return "";
  const { file, name } = pieceName(piece.id);
  if (piece.kind === "package") {
    return `${file}${name ? ` (${name})` : ""}`;
  }
  const call = piece.kind === "function" || piece.kind === "uses" ? "()" : "";
  return name === undefined ? `${file}${call}` : `${name}${call} in ${file}`;
}

/** Writes the verdict: one or two sentences. */
export function sentence(
  suspects: readonly Suspect[],
  found: Differences,
  a: Run,
  b: Run,
): string {
  const [first, ...others] = suspects;
  if (first === undefined && found.config.length > 0) {
    return `Only config values that were never read changed: ${
      found.config.map(({ path }) => path).join(", ")
    }.`;
  }
  if (first === undefined) {
    return found.code.length > 0 || found.agreeing.length > 0
      ? "Nothing differs: same config, same code, same outputs, same metrics."
      : "Nothing differs in config and metrics; no code was traced.";
  }
  if (first.kind === "randomness") return randomness(first, found);
  const kinds = new Set(suspects.map(({ kind }) => kind));
  const same = (["config", "code"] as const).filter((kind) => !kinds.has(kind));
  const start = `${KIND_WORDS[first.kind]}${
    same.length ? `; ${same.join(" and ")} did not` : ""
  }.`;
  const likely = first.kind === "seed" ? "" : ` Likely: ${first.what}`;
  const more = others.length === 0 ? "" : `, and ${others.length} more`;
  const unchanged =
    found.outputs.length + found.metrics.length > 0 || a.id === b.id
      ? ""
      : " The outputs and metrics are still the same.";
  return `${start}${likely}${likely && more}${likely ? "." : ""}${unchanged}`;
}

const KIND_WORDS: Readonly<Record<SuspectKind, string>> = {
  code: "The code changed",
  config: "The config changed",
  seed: "The seed changed",
  environment: "The environment changed",
  randomness: "",
};

function randomness(first: Suspect, found: Differences): string {
  const divergence = found.outputs[0];
  const config = found.config.length === 0
    ? "Same config"
    : "No config value that was read differs";
  return divergence === undefined
    ? `${config}, same code, yet the metrics diverge: something that is not traced differs. ` +
      "Likely: unseeded randomness, or data that changed."
    : `${config}, same code, yet the outputs first diverge at ${first.what}, call ${
      divergence.call + 1
    }. Likely: unseeded randomness there, or data that changed.`;
}
