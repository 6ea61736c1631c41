/** The snapshot of a program of 50 modules, beside reading and hashing the same files. */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { takeSnapshot } from "@ato/ato/program";
import {
  median,
  ratioRow,
  type Row,
  time,
  timeAsync,
  timeRow,
} from "./_report.ts";

const MODULES = 50;
const FUNCTIONS = 20;

/** Measures a snapshot whose facts are stored, and one that parses every file. */
export async function benchSnapshot(folder: string): Promise<Row[]> {
  const source = join(folder, "snapshot");
  writeProgram(source);
  const store = new Map<string, string>();
  const cache = {
    get: (key: string) => store.get(key),
    set: (key: string, facts: string) => void store.set(key, facts),
  };
  const entry = join(source, "m0.ts");
  const take = async () => {
    const { modules } = await takeSnapshot(entry, { cache });
    if (modules.length !== MODULES) {
      throw new Error(`Cannot measure: ${modules.length} modules were reached`);
    }
  };
  const [cold, warm, plain]: [number[], number[], number[]] = [[], [], []];
  for (let i = 0; i < 15; i++) {
    store.clear();
    if (i < 5) cold.push(await timeAsync(take));
    else await take();
    warm.push(await timeAsync(take));
    plain.push(time(() => readAndHash(source)));
  }
  const name = "reading and hashing its files";
  return [
    timeRow("snapshot of 50 modules, warm", median(warm), 30),
    ratioRow(
      "snapshot of 50 modules, warm",
      median(warm),
      median(plain),
      name,
      20,
    ),
    ratioRow(
      "snapshot of 50 modules, cold",
      median(cold),
      median(plain),
      name,
      250,
    ),
  ];
}

function readAndHash(folder: string): void {
  for (const name of readdirSync(folder)) {
    createHash("sha256").update(readFileSync(join(folder, name))).digest("hex");
  }
}

/** Modules that each use two others. */
function writeProgram(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "deno.json"), "{}");
  for (let i = 0; i < MODULES; i++) {
    const others = [i + 1, i + 2].filter((one) => one < MODULES);
    const imports = others.map((one) =>
      `import { f0 as from${one} } from "./m${one}.ts";\n`
    );
    const calls = others.map((one) => `from${one}(x)`).join(" + ") || "x";
    const functions = Array.from(
      { length: FUNCTIONS },
      (_, k) => `
/** Function ${k}. */
export function f${k}(x: number, name: string = "a${k}"): number {
  const list: number[] = [x, ${k}, name.length];
  for (const one of list) {
    if (one > ${k}) return ${calls};
  }
  return list.map((one) => one * ${k + 1}).reduce((a, b) => a + b, 0);
}
`,
    );
    writeFileSync(
      join(folder, `m${i}.ts`),
      [...imports, ...functions].join(""),
    );
  }
}
