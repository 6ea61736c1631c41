/**
 * Resolves the names of `deno.npm.json` for Node, so that the repository's TypeScript sources and
 * tests run there as they are (Node strips the types).
 *
 * @module
 */
import { readFileSync } from "node:fs";

const root = new URL("../", import.meta.url);
const config = JSON.parse(readFileSync(new URL("deno.npm.json", root), "utf8"));

/** What a name stands for: a file of this repository, or a package's bare name. */
function target(specifier) {
  if (specifier === config.name || specifier.startsWith(config.name + "/")) {
    return config.exports["." + specifier.slice(config.name.length)];
  }
  return Object.hasOwn(config.imports, specifier)
    ? config.imports[specifier]
    : undefined;
}

/** Node's resolve hook, for both `registerHooks` and `register`. */
export function resolve(specifier, context, nextResolve) {
  const mapped = target(specifier);
  if (mapped?.startsWith("./")) {
    return nextResolve(new URL(mapped, root).href, context);
  }
  if (mapped?.startsWith("npm:")) {
    // From wherever the importer lies, the package is the repository's own.
    return nextResolve(specifier, { ...context, parentURL: import.meta.url });
  }
  return nextResolve(specifier, context);
}
