import type { Sampler } from "../samplers/sampler.ts";
import type { Scheduler } from "../schedulers/scheduler.ts";
import type { Space } from "../spaces/space.ts";
import { checkMethods, checkSettings, SPACE } from "../_settings.ts";
import { describe } from "../spaces/_read_spec.ts";
import { StudySettingError } from "./errors.ts";
import type { Journal } from "./journal.ts";

/** What a search may use up, over all its sessions. */
export interface StudyBudget {
  /** How many trials may begin. */
  readonly trials?: number;
  /** How many units of fidelity may be handed out. */
  readonly fidelity?: number;
  /** How many seconds it may take. */
  readonly seconds?: number;
}

/** How a study is opened. */
export interface StudyOptions<C> {
  /** Names the study; one of a known name goes on where it was. */
  readonly id: string;
  /** What is searched. Trials of an earlier session stay where they fit in it. */
  readonly space: Space<C>;
  /** Chooses new configs; a fresh one for each session. */
  readonly sampler: Sampler;
  /** Decides which trial runs how far; a fresh one for each session, with the same settings. */
  readonly scheduler: Scheduler;
  /** The name of the metric. */
  readonly metric: string;
  /**
   * Whether the least or the greatest metric wins.
   *
   * @default "max", as everywhere in this package
   */
  readonly mode?: "min" | "max";
  /**
   * The seed of everything random.
   *
   * @default 0
   */
  readonly seed?: number | string;
  /**
   * What the search may use up.
   *
   * @default no limit: the scheduler ends it
   */
  readonly budget?: StudyBudget;
  /**
   * How often a trial is tried again at a rung after it failed, or was lost.
   *
   * @default 1
   */
  readonly retries?: number;
  /**
   * Seconds for which a worker may be silent before its job is lost.
   *
   * @default 60
   */
  readonly lease?: number;
  /**
   * Seconds that a job may take.
   *
   * @default no limit
   */
  readonly timeout?: number;
  /**
   * What becomes of a config that was tried before: another one is sampled, the earlier result is
   * taken, or it runs again.
   *
   * @default "skip"
   */
  readonly duplicates?: "skip" | "reuse" | "allow";
  /**
   * In `logical` order results count in the order in which jobs were handed out, so that the same seed
   * gives the same trials whatever the number of workers; some of them wait for that.
   *
   * @default "arrival"
   */
  readonly order?: "arrival" | "logical";
  /**
   * In logical order: how many jobs may be handed out and not yet counted. At least the number of
   * workers, and part of what decides the trials.
   *
   * @default 8
   */
  readonly width?: number;
  /**
   * Where the study is kept.
   *
   * @default in memory
   */
  readonly journal?: Journal;
  /**
   * The time in milliseconds since 1970.
   *
   * @default Date.now
   */
  readonly clock?: () => number;
}

/** The settings with their defaults. */
export interface CheckedOptions {
  readonly mode: "min" | "max";
  readonly seed: number | string;
  readonly budget: StudyBudget;
  readonly retries: number;
  /** Milliseconds. */
  readonly lease: number;
  /** Milliseconds. */
  readonly timeout: number;
  readonly duplicates: "skip" | "reuse" | "allow";
  readonly order: "arrival" | "logical";
  readonly width: number;
}

/** Checks that a study gets what it is made of, and no setting that there is not. */
export function checkMembers(options: unknown): void {
  const make = (setting: string, message: string) =>
    new StudySettingError(setting, message);
  const action = "open a study";
  checkSettings<StudyOptions<unknown>>(action, options ?? null, {
    id: true,
    space: true,
    sampler: true,
    scheduler: true,
    metric: true,
    mode: true,
    seed: true,
    budget: true,
    retries: true,
    lease: true,
    timeout: true,
    duplicates: true,
    order: true,
    width: true,
    journal: true,
    clock: true,
  }, make);
  const { space, sampler, scheduler, journal } = options as StudyOptions<
    unknown
  >;
  checkMethods(action, "space", space, SPACE, make);
  checkMethods(action, "sampler", sampler, {
    methods: ["sample"],
    give: "a sampler, such as randomSampler(space)",
  }, make);
  checkMethods(action, "scheduler", scheduler, {
    methods: ["next", "started", "ended", "plan"],
    give: "a scheduler, such as fullFidelity({ trials: 20 })",
  }, make);
  if (journal === undefined) return;
  checkMethods(action, "journal", journal, {
    methods: ["claim", "read", "append", "release"],
    give: "a journal, such as await sqliteJournal({ dbPath, studyId })",
  }, make);
}

/** Checks the settings. */
export function checkOptions<C>(options: StudyOptions<C>): CheckedOptions {
  const { id, budget = {} } = options;
  const fail = (setting: string, value: unknown, may: string): never => {
    throw new StudySettingError(
      setting,
      `Cannot open study ${id}: ${setting} is ${String(value)}; give ${may}`,
    );
  };
  const name = (setting: string, value: unknown, may: string): void => {
    if (value === "") fail(setting, "empty", may);
    if (typeof value !== "string") fail(setting, describe(value), may);
  };
  const oneOf = <T extends string>(
    setting: keyof StudyOptions<C>,
    values: readonly T[],
  ): T => {
    const value = (options[setting] ?? values[0]) as T;
    if (!values.includes(value)) {
      fail(setting, describe(value), values.join(" or "));
    }
    return value;
  };
  const number = (
    setting: string,
    value: number,
    least: number,
    isWhole: boolean,
  ): number => {
    const fits = typeof value === "number" && value >= least &&
      (!isWhole || Number.isInteger(value));
    if (!fits) {
      fail(
        setting,
        describe(value),
        `a ${isWhole ? "whole " : ""}number from ${least} up`,
      );
    }
    return value;
  };
  name("id", id, "a name");
  name("metric", options.metric, "the metric's name");
  const { seed = 0, clock } = options;
  if (typeof seed !== "number" && typeof seed !== "string") {
    fail("seed", describe(seed), "a number or a text");
  }
  if (clock !== undefined && typeof clock !== "function") {
    fail("clock", describe(clock), "a function that gives milliseconds");
  }
  checkSettings<StudyBudget>(`open study ${id}`, budget, {
    trials: true,
    fidelity: true,
    seconds: true,
  }, (setting, message) => new StudySettingError(`budget.${setting}`, message));
  for (const [name, value] of Object.entries(budget)) {
    if (value !== undefined) number(`budget.${name}`, value, 0, false);
  }
  return {
    mode: oneOf("mode", ["max", "min"]),
    seed: options.seed ?? 0,
    budget,
    retries: number("retries", options.retries ?? 1, 0, true),
    lease: 1000 * number("lease", options.lease ?? 60, 0.001, false),
    timeout: 1000 * number("timeout", options.timeout ?? Infinity, 0, false),
    duplicates: oneOf("duplicates", ["skip", "reuse", "allow"]),
    order: oneOf("order", ["arrival", "logical"]),
    width: number("width", options.width ?? 8, 1, true),
  };
}
