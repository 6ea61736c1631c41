import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  type DeepOptions,
  type DeepRecord,
  fingerprintDeep,
} from "@ato/ato/fingerprint";
import { makeTempFolder } from "../_shared/temp_folder.ts";

/** Files of a project, by path. */
export type Files = Readonly<Record<string, string>>;

// The traced function's free names: they are never called, only looked up in the project's source.
declare const augment: (x: number) => number;
declare const RATE: number;
declare const math: { add(a: number, b: number): number };
declare const settings: { k: number };
declare const chunk: <T>(items: T[], size: number) => T[][];
declare const reexported: (x: number) => number;
declare const Model: new (size: number) => { predict(x: number): number };
declare const low: number;

/** The traced function: the same code as `train.ts#step` of the project. */
export function step(x: number): number {
  const model = new Model(settings.k);
  return augment(x) * RATE + math.add(x, low) + chunk([x], 1).length +
    reexported(x) + Math.abs(model.predict(x));
}

/** A project in which everything is used that a deep fingerprint follows. */
export const PROJECT: Files = {
  "deno.json": '{ "imports": { "lodash": "npm:lodash@^4.17.0" } }',
  "deno.lock":
    '{ "version": "5", "specifiers": { "npm:lodash@^4.17.0": "4.17.21" } }',
  "train.ts": `import { augment } from "./lib/augment.ts";
import type { Shape } from "./lib/types.ts";
import * as math from "./lib/math.ts";
import { chunk } from "lodash";
import settings from "./settings.json" with { type: "json" };
import { reexported } from "./lib/index.ts";
import { Model } from "./lib/model.ts";

const RATE: number = 0.5;
const { low, high } = { low: 1, high: 2 };

export function step(x: number): number {
  const model = new Model(settings.k);
  return augment(x) * RATE + math.add(x, low) + chunk([x], 1).length +
    reexported(x) + Math.abs(model.predict(x));
}

export const unused = (shape: Shape): number => high + shape.size;
`,
  "lib/types.ts": "export interface Shape { size: number }\n",
  "lib/augment.ts": `import { P } from "./consts.ts";

/** Flips some. */
export const augment = (x: number): number => x > 0 ? flip(x, P) : augment(x + 1);

function flip(x: number, p: number): number {
  return x * p;
}
`,
  "lib/consts.ts": "export const P = 0.5;\nexport const Q = 7;\n",
  "lib/math.ts": `export function add(a: number, b: number): number {
  return a + b;
}
export function subtract(a: number, b: number): number {
  return a - b;
}
`,
  "lib/index.ts":
    'export * from "./re.ts";\nexport { default as shrink } from "./shrink.ts";\n',
  "lib/re.ts": `import { shrink } from "./index.ts";

export function reexported(x: number): number {
  return shrink(x) - 1;
}
`,
  "lib/shrink.ts":
    "export default function (x: number): number {\n  return x / 2;\n}\n",
  "lib/base.ts": `export class Base {
  scale(x: number): number {
    return x * 3;
  }
}
`,
  "lib/model.ts": `import { Base } from "./base.ts";

export class Model extends Base {
  readonly #size: number;
  constructor(size: number) {
    super();
    this.#size = size;
  }
  predict(x: number): number {
    return this.scale(x) + this.#size;
  }
}
`,
  "settings.json": '{ "k": 3, "note": "x" }\n',
};

/** Fingerprints `step` in a project that is there only meanwhile. */
export async function fingerprintIn(
  files: Files,
  options: Partial<DeepOptions> = {},
  fn: (...args: never[]) => unknown = step,
  path = "train.ts",
): Promise<DeepRecord> {
  const folder = makeTempFolder("deep");
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const module = pathToFileURL(join(folder, path)).href;
    return await fingerprintDeep(fn, { module, ...options });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
