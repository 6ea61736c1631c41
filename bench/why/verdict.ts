/**
 * The verdict of `ato why --json`, as the suite reads it.
 *
 * @module
 */
import { kindOfFactor } from "../../internal/run_factors.ts";

/** A suspect of a verdict. */
export interface SuspectSaid {
  /** The id of the factor. */
  readonly id: string;
  /** Its kind. */
  readonly kind: string;
  /** How well it is shown. */
  readonly evidence: string;
  /** The ids that cannot be told apart from it. */
  readonly group?: readonly string[];
  /** Its value in run A. */
  readonly before?: unknown;
  /** Its value in run B. */
  readonly after?: unknown;
}

/** How completely a dimension was recorded. */
export interface CoverageSaid {
  /** The level. */
  readonly level: string;
  /** What is missing. */
  readonly missing: readonly string[];
}

/** A verdict. */
export interface Verdict {
  /** The outcome. */
  readonly outcome: string;
  /** The first sentence, and what belongs to it. */
  readonly sentence: string;
  /** The suspects, the most probable first. */
  readonly suspects: readonly SuspectSaid[];
  /** The coverage of each dimension; empty before the second version. */
  readonly coverage: Readonly<Record<string, CoverageSaid>>;
  /** The metric that it is about. */
  readonly metric?: {
    readonly key: string;
    readonly a?: number;
    readonly b?: number;
    readonly test?: { readonly detectable?: number };
  };
  /** What is not known. */
  readonly unknown: readonly string[];
  /** What to do next. */
  readonly next?: { readonly command?: string; readonly why: string };
}

/** A verdict of the first version of `why`. */
interface OldVerdict {
  readonly verdict: string;
  readonly isEvidence: boolean;
  readonly suspects: readonly {
    readonly kind: string;
    readonly what: string;
    readonly path?: string;
  }[];
  readonly metric?: {
    readonly name: string;
    readonly a: number;
    readonly b: number;
  };
  readonly unknown: readonly string[];
  readonly next?: { readonly command: string; readonly why: string };
}

/**
 * Reads the JSON of `ato why`, also that of its first version, which the suite measures as a baseline.
 *
 * @param text The JSON.
 * @returns the verdict.
 */
export function readVerdict(text: string): Verdict {
  const said = JSON.parse(text) as Partial<Verdict> & Partial<OldVerdict>;
  if (said.outcome !== undefined) {
    return {
      ...said as Verdict,
      sentence: said.sentence ?? "",
      suspects: said.suspects as Verdict["suspects"] ?? [],
      coverage: said.coverage ?? {},
      unknown: said.unknown ?? [],
    };
  }
  return fromOld(said as OldVerdict);
}

function fromOld(old: OldVerdict): Verdict {
  const suspects = old.suspects
    .filter(({ kind }) => kind !== "randomness")
    .map(({ kind, what, path }): SuspectSaid => {
      const id = kind === "seed" ? "seed" : `${kind}:${path ?? pieceOf(what)}`;
      return {
        id,
        kind: kindOfFactor(id),
        evidence: /Caused by it/.test(old.verdict) ? "intervention" : "prior",
      };
    });
  return {
    outcome: oldOutcome(old, suspects.length),
    sentence: old.verdict,
    suspects,
    coverage: {},
    unknown: old.unknown,
    ...(old.metric && { metric: { ...old.metric, key: old.metric.name } }),
    ...(old.next && { next: old.next }),
  };
}

function oldOutcome(old: OldVerdict, suspects: number): string {
  if (/^Nothing differs/.test(old.verdict)) return "identical";
  if (!old.isEvidence) {
    return old.metric && old.metric.a !== old.metric.b
      ? "within-noise"
      : "identical";
  }
  return suspects > 0 ? "explained" : "unexplained";
}

/** `decay() in src/a.ts` is the piece `src/a.ts#decay`; other code is named by its file alone. */
function pieceOf(what: string): string {
  const file = /^code outside of .* \((\S+)\)$/.exec(what);
  if (file !== null) return file[1]!;
  const match = /^(\S+?)\(?\)? in (\S+)$/.exec(what);
  return match === null ? what : `${match[2]}#${match[1]}`;
}
