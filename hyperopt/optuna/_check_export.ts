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

type Refuse = (name: string, value: unknown, give: string) => never;

/** Checks that the export has a metric and its mode, or objectives, and valid bounds. */
function checkGoal(study: OptunaExport, refuse: Refuse): void {
  const { metric, mode, objectives, constraints } = study;
  if (objectives === undefined) {
    if (typeof metric !== "string" || metric === "") {
      refuse("metric", metric, "its name");
    }
    if (!isMode(mode)) refuse("mode", mode, MODES);
  } else {
    if (metric !== undefined) refuse("metric", metric, "objectives alone");
    if (mode !== undefined) refuse("mode", mode, "objectives alone");
    checkObjectives(objectives, refuse);
  }
  if (constraints !== undefined) checkConstraints(constraints, refuse);
}

const MODES = '"min" or "max"';

function isMode(value: unknown): boolean {
  return value === "min" || value === "max";
}

function checkObjectives(objectives: unknown, refuse: Refuse): void {
  if (!isRecord(objectives) || Object.keys(objectives).length === 0) {
    return refuse("objectives", objectives, "the mode of at least one metric");
  }
  for (const [name, mode] of Object.entries(objectives)) {
    if (!isMode(mode)) refuse(`objectives.${name}`, mode, MODES);
  }
}

function checkConstraints(constraints: unknown, refuse: Refuse): void {
  if (!isRecord(constraints)) {
    return refuse("constraints", constraints, "the bounds of each metric");
  }
  const isBound = (value: unknown) =>
    value === undefined || Number.isFinite(value);
  for (const [name, bounds] of Object.entries(constraints)) {
    const isValid = isRecord(bounds) && isBound(bounds["min"]) &&
      isBound(bounds["max"]);
    if (isValid) continue;
    refuse(`constraints.${name}`, bounds, "{ max: … }, { min: … } or both");
  }
}
