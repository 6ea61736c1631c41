/**
 * The packages that engines need. Most programs never use an engine, so the packages are optional: they are no part of
 * the graph of this package, and are loaded when the URL of an engine is given.
 *
 * @module
 */
import { isError } from "../../internal/errors.ts";
import { importLate } from "../../internal/import_late.ts";
import { isDeno } from "../../internal/runtime.ts";
import { EngineError } from "./errors.ts";

/** The name of a package. */
export type PackageName = "bullmq" | "ioredis" | "pg";

/** The packages, with the versions that Deno takes: those of `deno.json`. */
export const PACKAGES: Readonly<Record<PackageName, string>> = {
  bullmq: "^6.7.0",
  ioredis: "^6.0.0",
  pg: "^8.23.0",
};

/**
 * Loads a package.
 *
 * @param name Its name.
 * @param all All packages that the engine needs, for the message.
 * @returns what it exports.
 * @throws {EngineError} If it is not installed.
 */
export async function loadPackage<M extends object>(
  name: PackageName,
  all: readonly PackageName[],
): Promise<M> {
  const address = isDeno() ? `npm:${name}@${PACKAGES[name]}` : name;
  let loaded: object;
  try {
    loaded = await importLate(address);
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new EngineError(
      "package",
      `Cannot connect to an engine: the package ${name} is not installed; ` +
        `install it with: npm install ${all.join(" ")} (Deno: deno add ${
          all.map((one) => `npm:${one}`).join(" ")
        })`,
    );
  }
  // Node finds not all names of a CommonJS module.
  const { default: whole } = loaded as { default?: object };
  return { ...whole, ...loaded } as M;
}

/** Whether an import failed because there is no such package, rather than because of what is in it. */
function isMissing(error: unknown): boolean {
  if (!isError(error)) return false;
  const { code } = error as { code?: unknown };
  return code === "ERR_MODULE_NOT_FOUND" ||
    /cannot find|could not find|not found|not installed|offline|error sending request/i
      .test(error.message);
}
