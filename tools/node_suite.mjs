/**
 * Runs test files under Node in the order in which they are given: `node --test` sorts them by name.
 * `node --import ./tools/node_hooks.mjs tools/node_suite.mjs <jobs> <file>...`
 *
 * @module
 */
import { resolve } from "node:path";
import process from "node:process";
import { run } from "node:test";
import { spec } from "node:test/reporters";

const [jobs, ...files] = process.argv.slice(2);

run({
  files: files.map((file) => resolve(file)),
  concurrency: Number(jobs),
})
  .on("test:fail", () => process.exitCode = 1)
  .compose(spec)
  .pipe(process.stdout);
