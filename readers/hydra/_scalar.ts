/**
 * The values of scalars, as PyYAML reads them with OmegaConf's loader.
 *
 * @module
 */
import { readFloat, readInteger } from "../yaml/number.ts";
import { integer } from "./resolve/_grammar.ts";
import { Float } from "./_tree.ts";

/** Returns the value of a scalar with a tag; `undefined` if the text is not a value of that type. */
export function scalarOf(tag: string, text: string): unknown {
  switch (tag) {
    case "str":
      return text;
    case "null":
      return null;
    case "bool":
      return BOOLEANS.get(text.toLowerCase());
    case "int": {
      const exact = readInteger(text);
      return exact === undefined ? undefined : integer(String(exact));
    }
    case "float": {
      const value = readFloat(text);
      return value === undefined ? undefined : new Float(value);
    }
    default:
      return undefined;
  }
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ["yes", true],
  ["true", true],
  ["on", true],
  ["no", false],
  ["false", false],
  ["off", false],
]);
