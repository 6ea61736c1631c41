import { nearestName } from "../../internal/names.ts";
import { SpaceError } from "./errors.ts";
import type { Definition } from "./parameter.ts";

const SNAKE: Readonly<Record<string, string>> = {
  param_type: "paramType",
  param_range: "paramRange",
  num_samples: "numSamples",
  space_type: "spaceType",
};

const SETTINGS: readonly string[] = [
  ...Object.values(SNAKE),
  ...Object.keys(SNAKE),
  "categories",
  "base",
  "step",
];

/**
 * Tells whether an object is a parameter in Python's form: one of its settings holds a value that no group can
 * hold. A group may have a parameter whose name is `base`.
 */
export function isPythonForm(
  node: unknown,
): node is Readonly<Record<string, unknown>> {
  if (typeof node !== "object" || node === null || Array.isArray(node)) {
    return false;
  }
  return SETTINGS.some((name) => {
    if (!Object.hasOwn(node, name)) return false;
    const value = (node as Record<string, unknown>)[name];
    return typeof value !== "object" || value === null || Array.isArray(value);
  });
}

/** Reads a parameter in Python's form; its numbers are checked later. */
export function readPythonForm(
  path: string,
  form: Readonly<Record<string, unknown>>,
): Definition {
  const settings = camelCased(path, form);
  const type = word(path, "paramType", settings.get("paramType"));
  switch (type) {
    case undefined:
      throw new SpaceError(
        path,
        "it has no paramType; give FLOAT, INTEGER or CATEGORY",
      );
    case "CATEGORY":
      refuse(path, settings, type, "paramRange");
      refuse(path, settings, type, "step");
      return { kind: "category", choices: settings.get("categories") };
    case "FLOAT":
    case "INTEGER":
      refuse(path, settings, type, "categories");
      return {
        kind: type === "FLOAT" ? "float" : "int",
        range: settings.get("paramRange"),
        log: isLog(path, settings.get("spaceType")),
        grid: settings.get("numSamples"),
        step: settings.get("step"),
        base: settings.get("base") ?? (type === "FLOAT" ? 10 : 2),
        isPython: true,
      };
    default:
      throw new SpaceError(
        path,
        `its paramType is ${
          JSON.stringify(type)
        }; give FLOAT, INTEGER or CATEGORY`,
      );
  }
}

/** Returns the settings in camel case. */
function camelCased(
  path: string,
  form: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, unknown> {
  const settings = new Map<string, unknown>();
  for (const [given, value] of Object.entries(form)) {
    const name = Object.hasOwn(SNAKE, given) ? SNAKE[given]! : given;
    if (!SETTINGS.includes(name)) {
      throw new SpaceError(
        path,
        `it has no setting ${
          JSON.stringify(given)
        }; a parameter has paramType, paramRange, ` +
          `numSamples, spaceType, base, step and categories${near(given)}`,
      );
    }
    if (settings.has(name)) {
      throw new SpaceError(
        path,
        `its ${name} is given twice, in camel case and in snake case; drop one`,
      );
    }
    settings.set(name, value);
  }
  return settings;
}

/** Returns a hint at the name that was probably meant. */
function near(given: string): string {
  const found = nearestName(given, SETTINGS, { slips: 3, shortest: 2 });
  return found === undefined ? "" : `; did you mean ${found}?`;
}

function word(path: string, name: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string") return value.toUpperCase();
  throw new SpaceError(
    path,
    `its ${name} is not a string; write it as a string`,
  );
}

function isLog(path: string, value: unknown): boolean {
  const type = word(path, "spaceType", value) ?? "LINEAR";
  if (type === "LOG" || type === "LINEAR") return type === "LOG";
  throw new SpaceError(
    path,
    `its spaceType is ${JSON.stringify(type)}; give LINEAR or LOG`,
  );
}

/** Refuses a setting that the type does not have. */
function refuse(
  path: string,
  settings: ReadonlyMap<string, unknown>,
  type: string,
  name: string,
): void {
  if (!settings.has(name)) return;
  throw new SpaceError(
    path,
    `a parameter of type ${type} has no ${name}; drop it, or change paramType`,
  );
}
