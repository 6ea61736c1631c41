import { type ScalarType, type Schema, yaml } from "./_js_yaml.ts";

// `js-yaml` 4 reads other numbers than `@std/yaml` does: `1_000` is a string to it, `017` is 17 and
// `0o17` is 15. A config must not change its values with the registry, so these are the numbers of
// `@std/yaml`. The same types decide which strings are quoted when written.
const INTEGER =
  /^[-+]?0(?:b[01_]*[01]|x[0-9A-Fa-f_]*[0-9A-Fa-f]|[0-7_]*[0-7])?$/;
const FLOAT =
  /^(?:[-+]?(?:0|[1-9][0-9_]*)(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9_]+(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/** Binary, octal and hexadecimal integers; decimal ones are read as floats, to the same value. */
function readInteger(text: string): number {
  const sign = text.startsWith("-") ? -1 : 1;
  const digits = text.replace(/^[-+]|_/g, "");
  if (digits === "0") return 0;
  if (digits.startsWith("0b")) return sign * parseInt(digits.slice(2), 2);
  if (digits.startsWith("0x")) return sign * parseInt(digits, 16);
  return sign * parseInt(digits, 8);
}

function readFloat(text: string): number {
  const sign = text.startsWith("-") ? -1 : 1;
  const digits = text.replace(/^[-+]|_/g, "").toLowerCase();
  if (digits === ".inf") return sign * Infinity;
  if (digits === ".nan") return NaN;
  return sign * parseFloat(digits);
}

function scalar(
  tag: "int" | "float",
  resolve: ScalarType["resolve"],
  construct: ScalarType["construct"],
): unknown {
  const { kind, predicate, represent, defaultStyle } = yaml.types[tag];
  return new yaml.Type(`tag:yaml.org,2002:${tag}`, {
    kind,
    resolve,
    construct,
    predicate,
    represent,
    defaultStyle,
  });
}

/** The types of `@std/yaml`'s default schema. */
export const SCHEMA: Schema = yaml.DEFAULT_SCHEMA.extend({
  implicit: [
    scalar(
      "int",
      (text) => text !== null && INTEGER.test(text),
      readInteger,
    ),
    scalar(
      "float",
      (text) => text !== null && FLOAT.test(text) && !text.endsWith("_"),
      readFloat,
    ),
  ],
});
