import type { Sampler } from "../samplers/sampler.ts";
import type { Scheduler } from "../schedulers/scheduler.ts";
import type { Space } from "../spaces/space.ts";
import { describe } from "../_describe.ts";
import {
  checkMethods,
  checkSettings,
  type Known,
  SPACE,
} from "../_settings.ts";
import { StudySettingError } from "./errors.ts";
import type { OpenedEvent } from "./events.ts";
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
  readonly clock: () => number;
}

const OPTIONS: Known<StudyOptions<unknown>> = {
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
};

const BUDGET: Known<StudyBudget> = {
  trials: true,
  fidelity: true,
  seconds: true,
};

/** What a study is made of: what each part must have, and what to pass. */
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

/** What a setting must be. */
interface Rule {
  /** What to pass, as in "give a name". */
  readonly give: string;
  readonly fits: (value: unknown) => boolean;
}

/** What each setting must be that is no part of the study. */
const RULES: Readonly<
  Record<Exclude<keyof CheckedOptions, "budget"> | "id" | "metric", Rule>
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
  const { id, metric, seed = 0, clock = Date.now, budget = {} } = options;
  const settings = {
    seed,
    clock,
    mode: options.mode ?? "max",
    retries: options.retries ?? 1,
    lease: options.lease ?? 60,
    timeout: options.timeout ?? Infinity,
    duplicates: options.duplicates ?? "skip",
    order: options.order ?? "arrival",
    width: options.width ?? 8,
  };
  const given = { id, metric, ...settings };
  for (const [setting, rule] of Object.entries(RULES)) {
    checkRule(id, setting, given[setting as keyof typeof given], rule);
  }
  checkBudget(id, budget);
  const { lease, timeout } = settings;
  return { ...settings, budget, lease: 1000 * lease, timeout: 1000 * timeout };
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
  "metric",
  "mode",
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
  const setting = FOUNDED.find((name) => founded[name] !== now[name]);
  if (setting === undefined) return;
  const name = setting === "plan" ? "scheduler" : setting;
  throw settingError(
    name,
    `Cannot open study ${id}: it began with ${name} ${founded[setting]}, not ${
      now[setting]
    }; open it with that, or choose another name for the study`,
  );
}
