import type { Sampler } from "../samplers/sampler.ts";
import type { Scheduler } from "../schedulers/scheduler.ts";
import type { Space } from "../spaces/space.ts";
import { describe } from "../_describe.ts";
import type { Known } from "../../internal/known_options.ts";
import { isRecord } from "../../internal/objects.ts";
import { checkMethods, checkSettings, SPACE } from "../_settings.ts";
import { StudySettingError } from "./errors.ts";
import type { OpenedEvent } from "./events.ts";
import type { GoalSettings } from "./_goal.ts";
import { checkGoal, checkSeveral } from "./_goal_options.ts";
import type { Journal } from "./journal.ts";

/** The budget of a search, over all its sessions. */
export interface StudyBudget {
  /**
   * How many trials are started at most.
   *
   * @default {no limit}
   */
  readonly trials?: number;
  /**
   * How many units of fidelity are handed out at most. A job that would exceed them does not start. Every
   * attempt counts in full, also if it fails, is lost or restarts from 0; only the units that a stopped trial
   * did not use are given back, and those above the last report of a job that was released.
   *
   * @default {no limit}
   */
  readonly fidelity?: number;
  /**
   * How many seconds the search takes: no further job starts after them.
   *
   * @default {no limit}
   */
  readonly seconds?: number;
}

/** The bounds of a metric; at least one of them is given. */
export type Constraint =
  | {
    /** The greatest value that is allowed. */
    readonly max: number;
    /** The least value that is allowed. */
    readonly min?: number;
  }
  | {
    /** The least value that is allowed. */
    readonly min: number;
    /** The greatest value that is allowed. */
    readonly max?: number;
  };

/** Options for {@linkcode openStudy}. */
export interface StudyOptions<C> {
  /** The name of the study. An existing study is resumed. */
  readonly id: string;
  /** The space that is searched. Trials of earlier sessions are kept if they fit in it. */
  readonly space: Space<C>;
  /** Chooses new configs; make a new sampler for each session. */
  readonly sampler: Sampler;
  /** Decides which trial runs how far; make a new scheduler for each session, with the same settings. */
  readonly scheduler: Scheduler;
  /** The name of the metric. It is needed, unless `objectives` are given. */
  readonly metric?: string;
  /**
   * Whether the least or the greatest metric is the best.
   *
   * @default {"max"}
   */
  readonly mode?: "min" | "max";
  /**
   * The metrics to minimise or maximise, instead of `metric` and `mode`. With several of them the study has a
   * front instead of a best trial; see {@linkcode Study.front}.
   *
   * @default {metric, with mode}
   */
  readonly objectives?: Readonly<Record<string, "min" | "max">>;
  /**
   * The bounds of metrics. A trial that violates one is infeasible: it ranks behind all feasible ones. How much it
   * violates is summed over the constraints, each in units of its bound if that is not 0.
   *
   * @default {no constraints}
   */
  readonly constraints?: Readonly<Record<string, Constraint>>;
  /**
   * The seed of all random numbers.
   *
   * @default {0}
   */
  readonly seed?: number | string;
  /**
   * The budget of the search.
   *
   * @default {no limit: the scheduler ends the search}
   */
  readonly budget?: StudyBudget;
  /**
   * How often an attempt that failed is repeated, at each rung of a trial.
   *
   * @default {1}
   */
  readonly retries?: number;
  /**
   * How often an attempt that was lost is repeated, at each rung of a trial. It is lost if its process ends
   * without closing the study, or if its worker is silent. The limit is for trials that end the process each
   * time, e.g. because they need too much memory: nothing else can be known about them.
   *
   * @default {10}
   */
  readonly losses?: number;
  /**
   * The seconds after which the job of a silent worker is lost.
   *
   * @default {60}
   */
  readonly lease?: number;
  /**
   * The seconds after which a job fails.
   *
   * @default {no limit}
   */
  readonly timeout?: number;
  /**
   * What happens to a config that was tried before: another one is sampled (`"skip"`), the earlier result
   * is used (`"reuse"`), or the config runs again (`"allow"`).
   *
   * @default {"skip"}
   */
  readonly duplicates?: "skip" | "reuse" | "allow";
  /**
   * The order in which results count. In `logical` order it is the order in which the jobs would end on `width`
   * workers that all need the same time for a unit of fidelity. So the same seed gives the same trials for any
   * number of workers up to `width`, however long the jobs take; some workers wait for others.
   *
   * @default {"arrival"}
   */
  readonly order?: "arrival" | "logical";
  /**
   * In logical order: how many jobs can be handed out and not yet counted. Twice the number of workers keeps
   * them busy, and more makes the sampler know less. The trials depend on it, so each session must have the same.
   *
   * @default {16; that of the first session if there is one}
   */
  readonly width?: number;
  /**
   * The journal that stores the study.
   *
   * @default {a journal in memory}
   */
  readonly journal?: Journal;
  /**
   * Returns the time in milliseconds since 1970.
   *
   * @default {Date.now}
   */
  readonly clock?: () => number;
}

/** The settings with their defaults. */
export interface CheckedOptions {
  readonly goal: GoalSettings;
  readonly mode: "min" | "max";
  readonly seed: number | string;
  readonly budget: StudyBudget;
  readonly retries: number;
  readonly losses: number;
  /** Milliseconds. */
  readonly lease: number;
  /** Milliseconds. */
  readonly timeout: number;
  readonly duplicates: "skip" | "reuse" | "allow";
  readonly order: "arrival" | "logical";
  readonly width: number;
  readonly clock: () => number;
}

/** Twice eight workers: see the table in `docs/hyperopt.md`. */
const DEFAULT_WIDTH = 16;

const OPTIONS: Known<StudyOptions<unknown>> = {
  id: true,
  space: true,
  sampler: true,
  scheduler: true,
  metric: true,
  mode: true,
  objectives: true,
  constraints: true,
  seed: true,
  budget: true,
  retries: true,
  losses: true,
  lease: true,
  timeout: true,
  duplicates: true,
  order: true,
  width: true,
  journal: true,
  clock: true,
};

const BUDGET: Known<StudyBudget> = {
  trials: true,
  fidelity: true,
  seconds: true,
};

/** The parts of a study: the properties that each must have, and what to give. */
const MEMBERS = {
  space: SPACE,
  sampler: {
    methods: ["sample"],
    give: "a sampler, such as randomSampler(space)",
  },
  scheduler: {
    methods: ["next", "started", "ended", "plan"],
    give: "a scheduler, such as fullFidelity({ trials: 20 })",
  },
  journal: {
    methods: ["claim", "read", "append", "release"],
    give: "a journal, such as await sqliteJournal({ dbPath, studyId })",
  },
} as const;

/** The values that a setting can have. */
interface Rule {
  /** What to give, as in "give a name". */
  readonly give: string;
  readonly fits: (value: unknown) => boolean;
}

/** The rule of each setting. */
const RULES: Readonly<
  Record<
    Exclude<keyof CheckedOptions, "budget" | "goal"> | "id" | "metric",
    Rule
  >
> = {
  id: word("a name"),
  metric: word("the metric's name"),
  seed: {
    give: "a number or a string",
    fits: (value) => typeof value === "number" || typeof value === "string",
  },
  clock: {
    give: "a function that returns milliseconds",
    fits: (value) => typeof value === "function",
  },
  mode: oneOf("max", "min"),
  retries: wholeFrom(0),
  losses: wholeFrom(0),
  lease: numberFrom(0.001),
  timeout: numberFrom(0),
  duplicates: oneOf("skip", "reuse", "allow"),
  order: oneOf("arrival", "logical"),
  width: wholeFrom(1),
};

function word(give: string): Rule {
  return { give, fits: (value) => typeof value === "string" && value !== "" };
}

function oneOf(...words: readonly unknown[]): Rule {
  return { give: words.join(" or "), fits: (value) => words.includes(value) };
}

function numberFrom(least: number): Rule {
  return {
    give: `a number from ${least} up`,
    fits: (value) => typeof value === "number" && value >= least,
  };
}

function wholeFrom(least: number): Rule {
  return {
    give: `a whole number from ${least} up`,
    fits: (value) => Number.isInteger(value) && (value as number) >= least,
  };
}

/**
 * Checks the options of a study.
 *
 * @param options What plain JavaScript may pass.
 * @returns the settings with their defaults.
 * @throws {StudySettingError} If an option is unknown, or its value cannot work.
 */
export function checkOptions<C>(options: StudyOptions<C>): CheckedOptions {
  checkMembers(options);
  const { id, seed = 0, clock = Date.now, budget = {} } = options;
  const goal = checkGoal(options);
  const settings = {
    seed,
    clock,
    mode: goal.mode,
    retries: options.retries ?? 1,
    losses: options.losses ?? 10,
    lease: options.lease ?? 60,
    timeout: options.timeout ?? Infinity,
    duplicates: options.duplicates ?? "skip",
    order: options.order ?? "arrival",
    width: options.width ?? DEFAULT_WIDTH,
  };
  const given = { id, metric: goal.metric, ...settings };
  for (const [setting, rule] of Object.entries(RULES)) {
    checkRule(id, setting, given[setting as keyof typeof given], rule);
  }
  checkBudget(id, budget);
  checkSeveral(id, goal, options);
  const { lease, timeout } = settings;
  return {
    ...settings,
    goal,
    budget,
    lease: 1000 * lease,
    timeout: 1000 * timeout,
  };
}

/** Checks the names of the options, and the parts that a study is made of. */
function checkMembers<C>(options: StudyOptions<C>): void {
  const action = "open a study";
  checkSettings(action, options ?? null, OPTIONS, settingError);
  for (const [name, want] of Object.entries(MEMBERS)) {
    const member = options[name as keyof typeof MEMBERS];
    if (name === "journal" && member === undefined) continue;
    checkMethods(action, name, member, want, settingError);
  }
}

function checkBudget(id: string, budget: StudyBudget): void {
  checkRule(id, "budget", budget, {
    give: "an object with trials, fidelity or seconds",
    fits: isRecord,
  });
  checkSettings(
    `open study ${id}`,
    budget,
    BUDGET,
    (setting, message) => settingError(`budget.${setting}`, message),
  );
  for (const [name, value] of Object.entries(budget)) {
    if (value !== undefined) {
      checkRule(id, `budget.${name}`, value, numberFrom(0));
    }
  }
}

function checkRule(
  id: string,
  setting: string,
  value: unknown,
  { give, fits }: Rule,
): void {
  if (fits(value)) return;
  const isName = setting === "id" || setting === "metric";
  const what = isName && value === "" ? "empty" : describe(value);
  throw settingError(
    setting,
    `Cannot open study ${id}: ${setting} is ${what}; give ${give}`,
  );
}

function settingError(setting: string, message: string): StudySettingError {
  return new StudySettingError(setting, message);
}

/** The settings that decide the trials, so that every session of a study must have the same. */
const FOUNDED = [
  "objectives",
  "metric",
  "mode",
  "constraints",
  "seed",
  "order",
  "width",
  "scheduler",
  "plan",
] as const;

/**
 * Compares the settings of a session with those of the first session.
 *
 * @param id The name of the study.
 * @param founded The settings of the first session, if there was one.
 * @param now The settings of this session.
 * @throws {StudySettingError} If one that decides the trials is another.
 */
export function checkFounded(
  id: string,
  founded: OpenedEvent | undefined,
  now: OpenedEvent,
): void {
  if (founded === undefined) return;
  // Of several objectives, another one may be the first.
  const isFirst = (name: string) => name === "metric" || name === "mode";
  const setting = FOUNDED.find((name) =>
    textOf(founded[name]) !== textOf(now[name]) &&
    !(founded.objectives !== undefined && isFirst(name))
  );
  if (setting === undefined) return;
  const name = setting === "plan" ? "scheduler" : setting;
  throw settingError(
    name,
    `Cannot open study ${id}: it began with ${name} ${
      textOf(founded[setting])
    }, not ${
      textOf(now[setting])
    }; open it with that, or choose another name for the study`,
  );
}

/** Writes a setting; the order of objectives and of constraints does not matter. */
function textOf(setting: unknown): string {
  return isRecord(setting)
    ? JSON.stringify(
      setting,
      (_, value: unknown) =>
        isRecord(value)
          ? Object.fromEntries(
            Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1),
          )
          : value,
    )
    : String(setting ?? "none");
}
