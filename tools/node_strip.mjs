/**
 * Strips the types of the repository's sources once for all processes of a test run: Node does it anew in
 * each, which takes a third of a short process's time. The result is Node's own, byte for byte.
 *
 * @module
 */
import * as nodeModule from "node:module";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { threadId } from "node:worker_threads";

const folder = fileURLToPath(
  new URL(
    `../node_modules/.cache/ato-stripped/${process.version}/`,
    import.meta.url,
  ),
);
const root = new URL("../", import.meta.url).href;

/** Node's load hook, for `registerHooks`. */
export function load(url, context, nextLoad) {
  if (!url.startsWith(root) || !url.endsWith(".ts")) {
    return nextLoad(url, context);
  }
  const source = readFileSync(fileURLToPath(url), "utf8");
  return { format: "module", shortCircuit: true, source: stripped(source) };
}

function stripped(source) {
  const name = createHash("sha256").update(source).digest("hex");
  try {
    return readFileSync(folder + name, "utf8");
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  const text = strip(source);
  mkdirSync(folder, { recursive: true });
  // Written whole or not at all: other processes and threads read the same file.
  const draft = `${folder}${name}.${process.pid}.${threadId}`;
  writeFileSync(draft, text);
  renameSync(draft, folder + name);
  return text;
}

/** Without the warning that the function is experimental, which is not the program's own. */
function strip(source) {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return nodeModule.stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}
