/**
 * The data of the planted suite: projects, ways to make a run, and what was planted in it.
 *
 * @module
 */

import type { FactorKind } from "../../internal/run_factors.ts";

/** The names of the projects under `projects/`. */
export type ProjectName = "credit" | "spam" | "pricing" | "queue";

/** The kinds of causes, the rows of the table: kinds of factors, and what is no single factor. */
export type CauseKind =
  | Exclude<FactorKind, "command">
  | "noise"
  | "progress"
  | "combination"
  | "neutral"
  | "history";

/** An edit of a file of a project. */
export type Edit =
  | { readonly file: string; readonly from: string; readonly to: string }
  | { readonly file: string; readonly content: string }
  | { readonly file: string; readonly append: string }
  | { readonly file: string; readonly renameTo: string }
  | { readonly file: string; readonly linkTo: string }
  | { readonly file: string; readonly isRemoved: true };

/** How a run is made. */
export interface Situation {
  /** The edits of the project's files before the run. */
  readonly edits?: readonly Edit[];
  /** Config words, e.g. `lr=0.2`; a later word of the same key replaces an earlier one. */
  readonly words?: readonly string[];
  /** Environment variables; `undefined` removes one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Whether a program that imports Ato is started without `ato run`: what it reads is not recorded then. */
  readonly plain?: boolean;
  /** The version of Node, where the project runs under Node. @default {"22"} */
  readonly node?: "22" | "24";
  /** The project that the run is recorded under; its own if left out. */
  readonly as?: string;
  /** The number that noise comes from which no seed explains; without it, a run would have other noise each time. */
  readonly noise?: number;
  /** The seed; the base's next one if left out. */
  readonly seed?: number;
  /** Ends the program by a signal when it has logged this epoch. */
  readonly kill?: {
    readonly signal: "SIGKILL" | "SIGINT" | "SIGTERM";
    readonly epoch: number;
  };
  /** The name of a change of the record after the run, which no program can make by itself. */
  readonly afterwards?: "other host" | "old file";
}

/** The runs before run B: run A is the first of them. */
export interface Base extends Situation {
  /** The name of the key of words that have another value in each run, as labels do. */
  readonly label?: string;
  /** The name of the key that is the seed. @default {"seed"} */
  readonly seedKey?: string;
}

/** A factor that really differs between run A and run B. */
export interface Planted {
  /**
   * What names it, at declaration level: ids, of which one is enough where the product may choose (the old or the
   * new name of a piece).
   */
  readonly ids: readonly string[];
  /** Whether it changes the result. */
  readonly hasEffect: boolean;
  /** What must be recorded for it to be found. */
  readonly needs: "record" | "inputs" | "shell" | "nothing can";
  /** Whether it names the run, and must not be a suspect. */
  readonly isLabel?: boolean;
}

/** A cause of the suite. */
export interface Cause {
  /** A short name that is unique in the suite. */
  readonly id: string;
  /** The project. */
  readonly project: ProjectName;
  /** The row of the table. */
  readonly kind: CauseKind;
  /** How the base runs are made. */
  readonly base?: Base;
  /** How further runs are made after the base, before run B. */
  readonly others?: readonly Situation[];
  /** How run B is made. */
  readonly b: Situation;
  /** What differs between A and B. */
  readonly planted: readonly Planted[];
  /** Groups of planted factors that the runs of `others` separate from each other. */
  readonly separated?: boolean;
  /** Whether run B must end early. */
  readonly stops?: boolean;
  /** Whether A and B are asked for in the other order. */
  readonly isReversed?: boolean;
  /** Whether run A is the best of the base and of `others`, as one who looks at a table would choose it. */
  readonly isBest?: boolean;
  /** The way the seeds vary; both if left out. */
  readonly seeds?: SeedMode;
}

/** Whether the base runs have one seed or a seed each. */
export type SeedMode = "fixed" | "varying";

/** The names of the seed modes. */
export const SEED_MODES: readonly SeedMode[] = ["fixed", "varying"];

/** The numbers of base runs, A included. */
export const BASE_RUNS: readonly number[] = [1, 2, 5];

/** Says that a recorded factor with an effect differs. */
export function cause(...ids: string[]): Planted {
  return { ids, hasEffect: true, needs: "record" };
}

/** Says that a recorded factor without an effect differs. */
export function neutral(...ids: string[]): Planted {
  return { ids, hasEffect: false, needs: "record" };
}

/** Says that a file or a variable which the program reads differs. */
export function input(...ids: string[]): Planted {
  return { ids, hasEffect: true, needs: "inputs" };
}

/** Says that a file or a variable which the program reads differs, without an effect. */
export function neutralInput(...ids: string[]): Planted {
  return { ids, hasEffect: false, needs: "inputs" };
}

/** Says that something which no record can hold differs. */
export function hidden(...ids: string[]): Planted {
  return { ids, hasEffect: true, needs: "nothing can" };
}

/** Says that a file differs which a shell program or a command in it reads: no observer is loaded into these. */
export function shellFile(...ids: string[]): Planted {
  return { ids, hasEffect: true, needs: "shell" };
}

/** Says that a label differs. */
export function label(...ids: string[]): Planted {
  return { ids, hasEffect: false, needs: "record", isLabel: true };
}

/** Makes an edit that replaces a text. */
export function edit(file: string, from: string, to: string): Edit {
  return { file, from, to };
}
