/** The deep fingerprint of a function that uses a real package's sources: lodash-es's `merge`. */
import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { fingerprintDeep } from "@ato/ato/fingerprint";
import { median, type Row, timeAsync, timeRow } from "./_report.ts";

// Only looked up in the project's source, never called.
declare const merge: (target: object, source: object) => object;
const step = (x: object) => merge({}, x);

/** Measures a cold fingerprint: nothing of the project has been read before. */
export async function benchDeep(folder: string): Promise<Row> {
  const project = join(folder, "deep");
  mkdirSync(join(project, "lib"), { recursive: true });
  const sources = dirname(fileURLToPath(import.meta.resolve("lodash-es")));
  for (const name of readdirSync(sources)) {
    if (name.endsWith(".js")) {
      cpSync(join(sources, name), join(project, "lib", name));
    }
  }
  writeFileSync(join(project, "deno.json"), "{}");
  writeFileSync(
    join(project, "train.ts"),
    'import merge from "./lib/merge.js";\nexport const step = (x: object) => merge({}, x);\n',
  );
  const module = pathToFileURL(join(project, "train.ts")).href;
  const { dependencies, reason } = await fingerprintDeep(step, { module });
  if (dependencies.length === 0) throw new Error(`Cannot measure: ${reason}`);
  const times: number[] = [];
  for (let i = 0; i < 9; i++) {
    times.push(await timeAsync(() => fingerprintDeep(step, { module })));
  }
  return timeRow(
    `deep fingerprint, ${dependencies.length} dependencies of lodash-es`,
    median(times),
    50,
  );
}
