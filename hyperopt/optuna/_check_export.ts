import { isRecord } from "../../internal/objects.ts";
import { describe } from "../_describe.ts";
import { SearchUsageError } from "../errors.ts";
import { checkMethods, checkSettings, SPACE } from "../_settings.ts";
import type { OptunaExport } from "./write_optuna_study.ts";

/** Checks the arguments, since plain JavaScript may pass anything. */
export function checkExport(path: unknown, study: OptunaExport): void {
  const action = "write an Optuna study";
  checkSettings<OptunaExport>(action, study ?? null, {
    studyName: true,
    metric: true,
    mode: true,
    objectives: true,
    constraints: true,
    space: true,
    trials: true,
    times: true,
    attributes: true,
  });
  const refuse = (name: string, value: unknown, give: string): never => {
    throw new SearchUsageError(
      name,
      `Cannot ${action}: ${name} is ${describe(value)}; give ${give}`,
    );
  };
  const isName = (value: unknown) => typeof value === "string" && value !== "";
  const { studyName, space, trials, times, attributes } = study;
  if (!isName(path)) refuse("path", path, "the path of a new file");
  if (!isName(studyName)) refuse("studyName", studyName, "a name");
  checkGoal(study, refuse);
  if (!Array.isArray(trials)) refuse("trials", trials, "an array of trials");
  if (times !== undefined && !Array.isArray(times)) {
    refuse("times", times, "an array of the times of trials");
  }
  if (attributes !== undefined && typeof attributes !== "function") {
    refuse("attributes", attributes, "a function of a trial");
  }
  checkMethods(action, "space", space, { ...SPACE, methods: ["dimensions"] });
}

/** Checks that the export has a metric and its mode, or objectives, and valid bounds. */
function checkGoal(
  { metric, mode, objectives, constraints }: OptunaExport,
  refuse: (name: string, value: unknown, give: string) => never,
): void {
  const isMode = (value: unknown) => value === "min" || value === "max";
  const isBound = (value: unknown) =>
    value === undefined || Number.isFinite(value);
  if (objectives === undefined) {
    if (typeof metric !== "string" || metric === "") {
      refuse("metric", metric, "its name");
    }
    if (!isMode(mode)) refuse("mode", mode, '"min" or "max"');
  } else {
    if (metric !== undefined) refuse("metric", metric, "objectives alone");
    if (mode !== undefined) refuse("mode", mode, "objectives alone");
    const modes = isRecord(objectives) ? Object.values(objectives) : [];
    if (modes.length === 0 || !modes.every(isMode)) {
      refuse("objectives", objectives, 'the mode of each, "min" or "max"');
    }
  }
  const bounds = isRecord(constraints ?? {}) ? constraints ?? {} : undefined;
  const areBounds = bounds !== undefined &&
    Object.values(bounds).every((one) =>
      isRecord(one) && isBound(one["min"]) && isBound(one["max"])
    );
  if (!areBounds) {
    refuse("constraints", constraints, "the bounds of each metric");
  }
}
