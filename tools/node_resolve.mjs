/**
 * Resolves the names of `deno.npm.json` for Node, so that the repository's TypeScript sources and
 * tests run there as they are (Node strips the types).
 *
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

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
  return ownModule(specifier, context) ?? nextResolve(specifier, context);
}

/**
 * A module of this repository that another one names by its path: Node would look at each folder above it,
 * in each of hundreds of processes.
 */
function ownModule(specifier, { parentURL, importAttributes }) {
  if (
    !/^\.\.?\/.*\.ts$/.test(specifier) || !parentURL?.startsWith(root.href) ||
    parentURL.includes("/node_modules/")
  ) return undefined;
  const url = new URL(specifier, parentURL);
  return existsSync(fileURLToPath(url))
    ? { url: url.href, importAttributes, shortCircuit: true }
    : undefined;
}
