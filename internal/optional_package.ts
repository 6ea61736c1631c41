/**
 * Packages that most programs never use: clients of servers. They are no part of the graph of this package, and are
 * loaded when the address of such a server is given.
 *
 * @module
 */
import { isError } from "./errors.ts";
import { importLate } from "./import_late.ts";
import { isDeno } from "./runtime.ts";

/** The name of a package. */
export type OptionalPackage =
  | "@nats-io/transport-node"
  | "aws4fetch"
  | "bullmq"
  | "ioredis"
  | "pg";

/** The packages, with the versions that Deno takes: those of `deno.json`. */
export const OPTIONAL_PACKAGES: Readonly<Record<OptionalPackage, string>> = {
  "@nats-io/transport-node": "^3.4.0",
  aws4fetch: "^1.0.20",
  bullmq: "^6.7.0",
  ioredis: "^6.0.0",
  pg: "^8.23.0",
};

/** Whether this is the package for npm, whose modules find others beside it; Deno takes no `npm:` from them. */
const IS_INSTALLED = String(import.meta.url).includes("/node_modules/");

/** The packages that the program brings along. */
const provided = new Map<OptionalPackage, () => Promise<object>>();

/**
 * Lets a program bring a package along, as one that is compiled into one file must: it finds nothing by a name.
 *
 * @param name Its name.
 * @param load Imports it.
 */
export function provideOptional(
  name: OptionalPackage,
  load: () => Promise<object>,
): void {
  provided.set(name, load);
}

/**
 * Loads a package.
 *
 * @param name Its name.
 * @returns what it exports; `undefined` if it is not installed.
 */
export async function loadOptional<M extends object>(
  name: OptionalPackage,
): Promise<M | undefined> {
  const address = isDeno() && !IS_INSTALLED
    ? `npm:${name}@${OPTIONAL_PACKAGES[name]}`
    : name;
  let loaded: object;
  try {
    loaded = await (provided.get(name)?.() ?? importLate(address));
  } catch (error) {
    if (!isMissing(error)) throw error;
    return undefined;
  }
  // Node finds not all names of a CommonJS module.
  const { default: whole } = loaded as { default?: object };
  return { ...whole, ...loaded } as M;
}

/**
 * Says how packages are installed, as the end of a sentence.
 *
 * @param names Their names.
 */
export function howToInstall(names: readonly OptionalPackage[]): string {
  const words = names.map((one) => `npm:${one}`).join(" ");
  return `install it with: npm install ${
    names.join(" ")
  } (Deno: deno add ${words})`;
}

/** Whether an import failed because there is no such package, rather than because of what is in it. */
function isMissing(error: unknown): boolean {
  if (!isError(error)) return false;
  const { code } = error as { code?: unknown };
  return code === "ERR_MODULE_NOT_FOUND" ||
    /cannot find|could not find|not found|not installed|offline|error sending request/i
      .test(error.message);
}
