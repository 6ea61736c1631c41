/** Projects that are snapshot and edited. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type ProgramSnapshot, takeSnapshot } from "@ato/ato/fingerprint";
import type { SnapshotOptions } from "@ato/ato/fingerprint";
import { makeTempFolder } from "../_shared/temp_folder.ts";

/** Files of a project, by path. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** What is not in a file: links between folders. */
export interface ProjectOptions extends SnapshotOptions {
  /** The path of the entry script. @default {"train.ts"} */
  readonly entry?: string;
  /** Does more in the folder, e.g. makes links. */
  readonly prepare?: (folder: string) => void;
}

/** Writes files into a folder. */
export function writeFiles(folder: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Takes the snapshot of a project that is there only meanwhile. */
export async function snapshotOf(
  files: Files,
  { entry = "train.ts", prepare, ...options }: ProjectOptions = {},
): Promise<ProgramSnapshot> {
  const folder = makeTempFolder("program");
  try {
    writeFiles(folder, files);
    prepare?.(folder);
    return await takeSnapshot(join(folder, entry), {
      processStart: Infinity,
      ...options,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The hash of every piece that is used, by the id of its factor, and the versions of packages. */
export function factorsOf(snapshot: ProgramSnapshot): Map<string, string> {
  const factors = new Map<string, string>();
  for (const { path, pieces } of snapshot.modules) {
    for (const { name, kind, hash, reachable, links = [] } of pieces) {
      const mark = kind === "view" ? " (view)" : reachable ? "" : " (unused)";
      factors.set(`${path}#${name}${mark}`, [hash, ...links].join("\n"));
    }
  }
  for (const [name, version] of Object.entries(snapshot.packages)) {
    factors.set(name, version);
  }
  return factors;
}

/** What differs between two snapshots: `id`, `+id` for what is new, `-id` for what is gone. */
export function differences(
  before: ProgramSnapshot,
  after: ProgramSnapshot,
): string[] {
  const [a, b] = [factorsOf(before), factorsOf(after)];
  const ids = [...new Set([...a.keys(), ...b.keys()])];
  return ids.flatMap((id) => {
    const [old, now] = [a.get(id), b.get(id)];
    if (old === now) return [];
    return [old === undefined ? `+${id}` : now === undefined ? `-${id}` : id];
  }).sort();
}

/** A program of several modules, with everything that a snapshot follows. */
export const PROGRAM: Readonly<Record<string, string>> = {
  "deno.json": `{
  "workspace": ["./packages/metrics"],
  "imports": { "@/": "./src/", "ms": "npm:ms@^2.0.0", "@ato/ato": "npm:@ato/ato@^1.0.0" }
}
`,
  "deno.lock": `{
  "version": "5",
  "specifiers": { "npm:ms@2": "2.1.3", "npm:@ato/ato@1": "1.0.0" },
  "npm": { "ms@2.1.3": {}, "@ato/ato@1.0.0": {} }
}
`,
  "train.ts": `import { Scope } from "@ato/ato";
import ms from "ms";
import { Mlp } from "@/model.ts";
import * as loss from "./src/loss.ts";
import { accuracy } from "@acme/metrics";
import data from "./data.json" with { type: "json" };

const scope = new Scope();

scope.observe({ default: true })(function defaults(config) {
  config.lr = 0.1;
  config.model = { depth: 2 };
});

/** Trains. */
export function train(config: { lr: number }, steps: number = 10): number {
  const model: Mlp = new Mlp(config.lr);
  let total = 0;
  for (let i = 0; i < steps; i++) total += loss.mse(model.learn(i), data.goal);
  return total + accuracy(total) + ms("1s");
}

const worker = new Worker(new URL("./src/worker.ts", import.meta.url), { type: "module" });
worker.postMessage("go");
scope.main((config) => train(config as never));
`,
  "data.json": '{ "goal": 3 }\n',
  "src/model.ts": `import { Layer } from "./layer.ts";

export class Mlp extends Layer {
  #rate: number;
  static count = 0;

  constructor(rate: number) {
    super();
    this.#rate = rate;
  }

  learn(x: number): number {
    return this.scale(x) * this.#rate + this.depth;
  }

  get depth(): number {
    return 2;
  }
}
`,
  "src/layer.ts": `import { GAIN } from "./consts.ts";

export class Layer {
  scale(x: number, by = GAIN): number {
    return x * by;
  }
}

Layer.prototype.toString = () => "layer";
`,
  "src/consts.ts": `export const GAIN = 3;
export const UNUSED = 4;
`,
  "src/loss.ts": `import type { Shape } from "./types.ts";

export function mse(a: number, b: number): number {
  return square(a - b);
}

export function mae(a: number, b: number): number {
  return Math.abs(a - b);
}

function square(x: number): number {
  return x * x;
}

export type { Shape };
`,
  "src/types.ts": "export interface Shape { size: number }\n",
  "src/worker.ts": `import { noise } from "./noise.ts";

self.onmessage = () => self.postMessage(noise(1));
`,
  "src/noise.ts":
    "export const noise = (x: number): number => x + Math.random();\n",
  "packages/metrics/deno.json":
    '{ "name": "@acme/metrics", "version": "1.0.0", "exports": "./mod.ts" }\n',
  "packages/metrics/mod.ts": 'export { accuracy } from "./accuracy.ts";\n',
  "packages/metrics/accuracy.ts":
    "export function accuracy(x: number): number {\n  return x / 100;\n}\n",
};
