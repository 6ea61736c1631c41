/**
 * Compares the code of two runs.
 *
 * @module
 */
import { pairCode } from "./_pair_code.ts";
import type { RunFingerprint } from "./run_parts.ts";
import type { Run } from "./run_record.ts";
import type {
  BlindSpot,
  CodeDependency,
  DeepRecord,
} from "../internal/run_source.ts";

/** A piece of code or data in one run. */
export interface CodePiece {
  /** Its place, such as `utils.ts#normalize`; for the function itself, the id of the trace. */
  readonly id: string;
  /** Its kind; `traced` for the function itself, `uses` for a helper named in `uses`. */
  readonly kind: CodeDependency["kind"] | "traced" | "uses" | "module";
  /** The fingerprint of this piece alone. */
  readonly hash: string;
  /** Its canonical source, if it was stored. */
  readonly source?: string;
}

/** How a piece differs between two runs. */
export interface CodeChange {
  /**
   * `renamed` in its file, or `moved` to another one (perhaps under another name): both have the
   * same hash, so neither changes what the code does.
   */
  readonly change: "changed" | "added" | "removed" | "renamed" | "moved";
  /** The piece in the first run; absent if it was added. */
  readonly before?: CodePiece;
  /** The piece in the second run; absent if it was removed. */
  readonly after?: CodePiece;
}

/** A package whose version differs, or that only one of the runs has. */
export interface PackageChange {
  /** Its name, e.g. `npm:lodash`. */
  readonly name: string;
  /** Its version in the first run. */
  readonly before?: string;
  /** Its version in the second run. */
  readonly after?: string;
}

/** The function itself in both runs. */
export interface OwnCode {
  /** `names` means that it differs only in the names of what it uses. */
  readonly change: "same" | "names" | "changed";
  /** The function in the first run. */
  readonly before: CodePiece;
  /** The function in the second run. */
  readonly after: CodePiece;
}

/** How a traced function differs between two runs. */
export interface TraceComparison {
  /** The id of the trace. */
  readonly traceId: string;
  /**
   * `same` and `changed` describe the function with all that it uses, as far as `basis` covers it.
   * `unknown` means that one of the runs has no fingerprint of it.
   */
  readonly status: "same" | "changed" | "only-in-a" | "only-in-b" | "unknown";
  /** `deep` if both runs have a deep fingerprint; `code` compares the function and its `uses`. */
  readonly basis?: "deep" | "code";
  /** Why the first or the second run has no fingerprint, or no deep fingerprint. */
  readonly reasons: { readonly a?: string; readonly b?: string };
  /** The function itself, if both runs have a fingerprint of it. */
  readonly own?: OwnCode;
  /** The differences in what it uses, nearest first. */
  readonly dependencies: readonly CodeChange[];
  /**
   * True if the deep fingerprints differ although every piece is the same: the references between
   * them have changed.
   */
  readonly rewired: boolean;
  /** The helpers named in `uses` that differ. */
  readonly uses: readonly CodeChange[];
  /** The packages of the reachable modules that differ, by name. */
  readonly packages: readonly PackageChange[];
  /**
   * True if the deep fingerprints are equal but those of the graph differ: something outside the
   * traced code changed. `modules` and `packages` show where.
   */
  readonly outside: boolean;
  /** The reachable modules that differ as a whole, by path. */
  readonly modules: readonly CodeChange[];
  /** What the fingerprints of the first and of the second run do not cover. */
  readonly blindSpots: {
    readonly a: readonly BlindSpot[];
    readonly b: readonly BlindSpot[];
  };
}

/** The code of one trace in a run. */
interface Side {
  readonly print?: RunFingerprint;
  /** Why there is no fingerprint. */
  readonly gap?: string;
}

/** Returns sources of one run. */
type Sources = ReadonlyMap<string, string>;

/**
 * Compares the code of two runs, which may be in different files.
 *
 * @param a The first run.
 * @param b The second run.
 * @returns the comparison of each trace of either run, by trace id.
 */
export function compareRunCode(
  a: Run,
  b: Run,
): ReadonlyMap<string, TraceComparison> {
  const [left, right] = [sidesOf(a), sidesOf(b)];
  const ids = [...new Set([...left.keys(), ...right.keys()])].sort();
  const bare = ids.map((id) => compareTrace(id, left.get(id), right.get(id)));
  const sources = [sourcesOf(a, bare), sourcesOf(b, bare)] as const;
  return new Map(
    bare.map((trace) => [trace.traceId, withSources(trace, ...sources)]),
  );
}

function sidesOf(run: Run): Map<string, Side> {
  const sides = new Map<string, Side>();
  for (const { traceId, reason } of run.fingerprintGaps) {
    sides.set(traceId, { gap: reason });
  }
  for (const print of run.fingerprints) {
    if (print.type === "static") sides.set(print.traceId, { print });
  }
  return sides;
}

const NOTHING = {
  reasons: {},
  dependencies: [],
  rewired: false,
  uses: [],
  packages: [],
  outside: false,
  modules: [],
} as const;

function compareTrace(
  traceId: string,
  a: Side | undefined,
  b: Side | undefined,
): TraceComparison {
  const blindSpots = {
    a: a?.print?.deep?.blindSpots ?? [],
    b: b?.print?.deep?.blindSpots ?? [],
  };
  const base = { ...NOTHING, traceId, blindSpots };
  if (a === undefined || b === undefined) {
    const status = a === undefined ? "only-in-b" : "only-in-a";
    return { ...base, status, reasons: reasonsOf(a?.gap, b?.gap) };
  }
  if (a.print === undefined || b.print === undefined) {
    return { ...base, status: "unknown", reasons: reasonsOf(a.gap, b.gap) };
  }
  const uses = pairCode(usesOf(a.print), usesOf(b.print));
  const [before, after] = [a.print.deep, b.print.deep];
  if (before?.hash === undefined || after?.hash === undefined) {
    const own = ownCode(a.print, b.print);
    const differs = own.change === "changed" || uses.some(matters);
    const status = differs ? "changed" : "same";
    const reasons = reasonsOf(whyNotDeep(before), whyNotDeep(after));
    return { ...base, status, basis: "code", reasons, own, uses };
  }
  return { ...base, uses, ...compareDeep(a.print, b.print, uses) };
}

/** Whether a change can change what the code does. */
function matters({ change }: CodeChange): boolean {
  return change !== "renamed" && change !== "moved";
}

function reasonsOf(a?: string, b?: string): TraceComparison["reasons"] {
  return { ...(a !== undefined && { a }), ...(b !== undefined && { b }) };
}

function whyNotDeep(deep: DeepRecord | undefined): string | undefined {
  if (deep?.hash !== undefined) return undefined;
  return deep?.reason ?? "the run stored no deep fingerprint";
}

/** Compares two fingerprints that both have a deep one. */
function compareDeep(
  a: RunFingerprint,
  b: RunFingerprint,
  uses: readonly CodeChange[],
): Omit<TraceComparison, "traceId" | "blindSpots" | "uses" | "reasons"> {
  const [before, after] = [a.deep!, b.deep!];
  const equal = before.hash === after.hash;
  const own = ownCode(a, b);
  const dependencies = pairCode<CodePiece>(
    before.dependencies,
    after.dependencies,
  );
  const explained = own.change === "changed" ||
    dependencies.some(matters);
  return {
    status: equal && !uses.some(matters) ? "same" : "changed",
    basis: "deep",
    own,
    dependencies,
    rewired: !equal && !explained,
    packages: comparePackages(before.packages, after.packages),
    outside: equal && before.graph !== after.graph &&
      before.graph !== undefined && after.graph !== undefined,
    modules: pairCode(modulesOf(before), modulesOf(after)),
  };
}

function ownCode(a: RunFingerprint, b: RunFingerprint): OwnCode {
  const piece = ({ traceId, hash }: RunFingerprint): CodePiece => ({
    id: traceId,
    kind: "traced",
    hash,
  });
  const sides = { before: piece(a), after: piece(b) };
  if (a.hash === b.hash) return { change: "same", ...sides };
  const [before, after] = [a.deep, b.deep];
  const onlyNames = before?.hash !== undefined && after?.hash !== undefined &&
    (before.hash === after.hash ||
      (before.own !== undefined && before.own === after.own));
  return { change: onlyNames ? "names" : "changed", ...sides };
}

function usesOf(print: RunFingerprint): CodePiece[] {
  return Object.entries(print.uses ?? {}).map(([id, hash]) => ({
    id,
    kind: "uses",
    hash,
  }));
}

function modulesOf(deep: DeepRecord): CodePiece[] {
  return Object.entries(deep.modules).map(([id, hash]) => ({
    id,
    kind: "module",
    hash,
  }));
}

function comparePackages(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): PackageChange[] {
  const [old, now] = [Object.entries(before), Object.entries(after)]
    .map((entries) => new Map(entries)) as [
      Map<string, string>,
      Map<string, string>,
    ];
  const names = [...new Set([...old.keys(), ...now.keys()])].sort();
  return names.filter((name) => old.get(name) !== now.get(name)).map((name) => {
    const [a, b] = [old.get(name), now.get(name)];
    return {
      name,
      ...(a !== undefined && { before: a }),
      ...(b !== undefined && { after: b }),
    };
  });
}

/** The sources of everything that differs, read in one query. */
function sourcesOf(run: Run, traces: readonly TraceComparison[]): Sources {
  const hashes = new Set<string>();
  for (const { own, dependencies, uses } of traces) {
    for (const { before, after } of [...dependencies, ...uses]) {
      if (before !== undefined) hashes.add(before.hash);
      if (after !== undefined) hashes.add(after.hash);
    }
    if (own !== undefined) hashes.add(own.before.hash).add(own.after.hash);
  }
  return run.sources(hashes);
}

function withSources(
  trace: TraceComparison,
  a: Sources,
  b: Sources,
): TraceComparison {
  const add = (piece: CodePiece, sources: Sources): CodePiece => {
    const source = sources.get(piece.hash);
    return source === undefined ? piece : { ...piece, source };
  };
  const both = <T extends { before?: CodePiece; after?: CodePiece }>(
    change: T,
  ): T => ({
    ...change,
    ...(change.before && { before: add(change.before, a) }),
    ...(change.after && { after: add(change.after, b) }),
  });
  return {
    ...trace,
    ...(trace.own && { own: both(trace.own) }),
    dependencies: trace.dependencies.map(both),
    uses: trace.uses.map(both),
  };
}
