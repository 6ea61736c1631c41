/**
 * The part of `js-yaml` 4 that {@link ./yaml.ts} uses, typed: the package carries no types.
 *
 * @module
 */
import jsYaml from "js-yaml";

/** What `js-yaml` throws. */
export interface YamlException extends Error {
  /** What is wrong, without the position. */
  readonly reason: string;
  /** Where, from 0; missing for faults of the whole text. */
  readonly mark?: { readonly line: number; readonly column: number };
}

/** The functions of the package. */
export interface JsYaml {
  load(text: string, options: { json: boolean }): unknown;
  dump(data: unknown, options: Record<string, unknown>): string;
  readonly YAMLException: new (...args: never[]) => YamlException;
}

/** The package, as typed above. */
export const yaml: JsYaml = jsYaml as unknown as JsYaml;
