/** Checks what a study searches for: the options metric and mode, objectives, and constraints. */
import { isRecord } from "../../internal/objects.ts";
import { describe } from "../_describe.ts";
import type { Sampler } from "../samplers/sampler.ts";
import type { Scheduler } from "../schedulers/scheduler.ts";
import { unknownSetting } from "../_settings.ts";
import { StudySettingError } from "./errors.ts";
import { Goal, type GoalSettings } from "./_goal.ts";
import type { StudyOptions } from "./options.ts";

/**
 * Checks what a study searches for.
 *
 * @returns the goal in the form in which the journal keeps it: one objective is a metric and a mode, however
 * it was given.
 * @throws {StudySettingError} If an option cannot work.
 */
export function checkGoal<C>(options: StudyOptions<C>): GoalSettings {
  const { id, metric, mode, objectives, constraints } = options;
  checkConstraints(id, constraints);
  const kept = constraints !== undefined &&
      Object.keys(constraints).length > 0
    ? { constraints }
    : {};
  // Whether the metric and the mode are valid is checked with the other settings.
  if (objectives === undefined) {
    return { metric: metric as string, mode: mode ?? "max", ...kept };
  }
  const other = metric !== undefined ? "metric" : "mode";
  if (options[other] !== undefined) {
    throw refused(
      id,
      other,
      `${other} and objectives are both given; give metric and mode for one objective, or objectives for several`,
    );
  }
  checkObjectives(id, objectives);
  const entries = Object.entries(objectives);
  const [first, firstMode] = entries[0]!;
  return {
    metric: first,
    mode: firstMode,
    ...(entries.length > 1 && { objectives }),
    ...kept,
  };
}

function checkObjectives(id: string, objectives: unknown): void {
  const give = 'give the mode of each metric, e.g. { loss: "min" }';
  if (!isRecord(objectives) || Object.keys(objectives).length === 0) {
    const what = isRecord(objectives) ? "empty" : describe(objectives);
    throw refused(id, "objectives", `objectives is ${what}; ${give}`);
  }
  for (const [name, mode] of Object.entries(objectives)) {
    if (mode === "min" || mode === "max") continue;
    const setting = `objectives.${name}`;
    const what = describe(mode);
    throw refused(id, setting, `${setting} is ${what}; give "min" or "max"`);
  }
}

function checkConstraints(id: string, constraints: unknown): void {
  if (constraints === undefined) return;
  if (!isRecord(constraints)) {
    throw refused(
      id,
      "constraints",
      `constraints is ${
        describe(constraints)
      }; give the bounds of each metric, e.g. { memory: { max: 8 } }`,
    );
  }
  for (const [name, bounds] of Object.entries(constraints)) {
    const setting = `constraints.${name}`;
    const fault = faultOf(bounds);
    if (fault === undefined) continue;
    throw refused(
      id,
      setting,
      `${setting} ${fault}; give { max: … }, { min: … } or both`,
    );
  }
}

/** Finds what is wrong with the bounds of a metric. */
function faultOf(bounds: unknown): string | undefined {
  if (!isRecord(bounds)) return `is ${describe(bounds)}`;
  const unknown = unknownSetting(bounds, ["min", "max"]);
  if (unknown !== undefined) return `has an unknown bound: ${unknown.reason}`;
  const { min, max } = bounds;
  if (min === undefined && max === undefined) return "has no bound";
  for (const [name, bound] of Object.entries({ min, max })) {
    if (bound === undefined || Number.isFinite(bound)) continue;
    return `has the ${name} ${describe(bound)}, which is not a finite number`;
  }
  return (min as number) > (max as number)
    ? `has the min ${min} above the max ${max}, so no result satisfies it`
    : undefined;
}

/**
 * Refuses a sampler or a scheduler that needs one loss, if there are several objectives.
 *
 * @throws {StudySettingError} If the study could not use one of them.
 */
export function checkSeveral(
  id: string,
  settings: GoalSettings,
  { sampler, scheduler }: {
    readonly sampler: Sampler;
    readonly scheduler: Scheduler;
  },
): void {
  const goal = new Goal(settings);
  if (!goal.isSeveral) return;
  const names = goal.names.join(", ");
  if (
    sampler.observe !== undefined && sampler.severalObjectives !== true
  ) {
    throw refused(
      id,
      "sampler",
      `the sampler ${sampler.name} learns from one loss, and the study has the objectives ${names}; ` +
        `give nsga2Sampler(space), motpeSampler(space) or randomSampler(space)`,
    );
  }
  const ranks = scheduler.reported !== undefined ||
    scheduler.plan().brackets.some((rungs) => rungs.length > 1);
  if (!ranks) return;
  throw refused(
    id,
    "scheduler",
    `the scheduler ${scheduler.name} ranks trials by one loss, and the study has the objectives ${names}; ` +
      `give fullFidelity(), or one objective and constraints on the other metrics`,
  );
}

function refused(
  id: string,
  setting: string,
  reason: string,
): StudySettingError {
  return new StudySettingError(setting, `Cannot open study ${id}: ${reason}`);
}
