import { formatPath } from "../internal/key_path.ts";
import { ADict, type ADict as ADictType } from "../adict/mod.ts";
import { kindOf } from "../internal/kind_of.ts";
import { refuseGenerator } from "./_arguments.ts";
import { ScopeUsageError } from "./errors.ts";
import { isPromise } from "../internal/promises.ts";
import { entriesOf } from "../internal/config_data.ts";
import { leavesOf } from "../internal/leaves.ts";

/** The descriptions of the keys. */
export class Manuals {
  readonly #docs: ADictType = ADict.auto();

  /** Adds the descriptions of an object, or those that a function sets. */
  add(manual: unknown): void {
    refuseGenerator("add a manual", manual);
    if (typeof manual === "function") {
      if (isPromise(manual(this.#docs))) {
        throw new ScopeUsageError(
          "Cannot add a manual: the function is async; pass one that is not",
        );
      }
    } else if (entriesOf(manual) !== undefined) {
      this.#docs.update(manual as object);
    } else {
      throw new ScopeUsageError(
        `Cannot add a manual: it is ${
          kindOf(manual)
        }; pass a function or an object`,
      );
    }
  }

  /** The key paths that are described. A key with dots is a path. */
  get paths(): ReadonlySet<string> {
    const paths = new Set<string>();
    for (const [path] of leavesOf(this.#docs)) {
      paths.add(formatPath(path));
      paths.add(path.join("."));
    }
    return paths;
  }

  /** The lines of the manual; groups are indented. */
  lines(prefix = ""): string[] {
    return [...writeLines(this.#docs, prefix, 0)];
  }
}

function* writeLines(
  value: object,
  prefix: string,
  level: number,
): Generator<string> {
  for (const [key, item] of entriesOf(value) ?? []) {
    const indent = "  ".repeat(level);
    if (entriesOf(item) !== undefined) {
      yield `${indent}${prefix}${key}:`;
      yield* writeLines(item as object, "", level + 1);
    } else {
      // The lines of a longer description are indented below their key.
      const text = String(item).replaceAll("\n", `\n${indent}  `);
      yield `${indent}${prefix}${key}: ${text}`;
    }
  }
}
