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

/** How a scalar is recognised, read and written. */
export interface ScalarType {
  /** Always `"scalar"`. */
  readonly kind: string;
  /** Whether a plain scalar is of this type. */
  resolve(text: string | null): boolean;
  /** Its value. */
  construct(text: string): unknown;
  /** Whether a value is of this type. */
  readonly predicate: (value: object) => boolean;
  /** How it is written, by style. */
  readonly represent: unknown;
  /** The style that is used. */
  readonly defaultStyle: string;
}

/** A set of types. */
export interface Schema {
  /** Another set in which the given types stand for those of the same tag. */
  extend(types: { implicit: unknown[] }): Schema;
}

/** How far the parser is. */
export interface ParserState {
  /** Offset in the text, without its byte order mark. */
  readonly position: number;
}

/** Options of reading. */
export interface LoadOptions {
  /** Whether duplicate keys are allowed. */
  json: boolean;
  /** The types. */
  schema: Schema;
  /** Is told when a node begins and ends. */
  listener: (event: "open" | "close", state: ParserState) => void;
}

/** The functions of the package. */
export interface JsYaml {
  load(text: string, options: LoadOptions): unknown;
  dump(data: unknown, options: Record<string, unknown>): string;
  readonly DEFAULT_SCHEMA: Schema;
  readonly Type: new (tag: string, options: ScalarType) => unknown;
  readonly types: { readonly int: ScalarType; readonly float: ScalarType };
  readonly YAMLException: new (...args: never[]) => YamlException;
}

/** The package, as typed above. */
export const yaml: JsYaml = jsYaml as unknown as JsYaml;
