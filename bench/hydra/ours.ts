/**
 * Composes cases with our reader and writes what comes out, one JSON line a case.
 *
 *     deno run -A bench/hydra/ours.ts CASES.jsonl OUT.jsonl
 *
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { ADict } from "../../adict/mod.ts";
import { composeTree, type HydraOptions } from "../../readers/hydra/compose.ts";
import { BUILTINS, formatTime } from "../../readers/hydra/_resolvers.ts";
import { Evaluator } from "../../readers/hydra/resolve/_evaluate.ts";
import { Expander } from "../../readers/hydra/resolve/_expand.ts";
import { hasInterpolation } from "../../readers/hydra/resolve/_grammar.ts";
import { floatText, plainOf } from "../../readers/hydra/_text.ts";
import {
  children,
  Float,
  keyText,
  Leaf,
  MapNode,
  pathOfNode,
  type TreeNode,
} from "../../readers/hydra/_tree.ts";
import { parseHydraYaml } from "../../readers/hydra/_yaml.ts";

/** One config to compose. */
export interface Case {
  readonly dir: string;
  readonly name: string;
  readonly overrides: readonly string[];
  readonly versionBase?: HydraOptions["versionBase"];
}

const FIXED = new Date(2024, 0, 2, 3, 4, 5);

/** Values with their types: an int is not a float. */
function canonical(node: TreeNode): unknown {
  if (node instanceof MapNode) {
    return {
      map: Object.fromEntries(
        [...node.items].map(([key, item]) => [keyText(key), canonical(item)]),
      ),
    };
  }
  if (!(node instanceof Leaf)) return { list: node.items.map(canonical) };
  const { value } = node;
  if (value instanceof Float) return { float: floatText(value.value) };
  if (typeof value === "bigint") return { int: String(value) };
  if (typeof value !== "number") return value;
  return Number.isInteger(value)
    ? { int: String(value) }
    : { float: floatText(value) };
}

function values(tree: TreeNode): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  const evaluator = new Evaluator({
    style: "python",
    builtins: BUILTINS,
    resolvers: { now: (pattern) => formatTime(String(pattern), FIXED) },
    env: process.env,
    parseYaml: (text) => parseHydraYaml(text, "oc.create") ?? new MapNode(),
  });
  const visit = (node: TreeNode) => {
    if (!(node instanceof Leaf)) {
      for (const item of children(node)) visit(item);
    } else if (hasInterpolation(node.value)) {
      const path = JSON.stringify(pathOfNode(node));
      try {
        found[path] = canonical(new Expander(evaluator, "keep").expand(node));
      } catch (error) {
        const { name, message } = error as Error;
        found[path] = { error: name, message };
      }
    }
  };
  visit(tree);
  return found;
}

async function run(one: Case) {
  const options = {
    configDir: one.dir,
    configName: one.name,
    overrides: one.overrides,
    ...(one.versionBase === undefined ? {} : { versionBase: one.versionBase }),
  };
  const tree = composeTree(options);
  const config = await ADict.fromHydra(options);
  const same = JSON.stringify(config, wide) ===
    JSON.stringify(new ADict(plainOf(tree) as object), wide);
  if (!same) throw new Error("fromHydra gives another config than the tree");
  return { raw: canonical(tree), values: values(tree) };
}

function wide(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

console.warn = () => {};
const [casesFile, outFile] = process.argv.slice(2);
const lines: string[] = [];
const start = performance.now();
for (const line of readFileSync(casesFile!, "utf-8").trim().split("\n")) {
  try {
    lines.push(JSON.stringify(await run(JSON.parse(line))));
  } catch (error) {
    const { name, message, stack } = error as Error;
    const isOurs = name !== "Error" && name !== "TypeError" &&
      name !== "RangeError";
    lines.push(
      JSON.stringify({ error: name, message, ...(isOurs ? {} : { stack }) }),
    );
  }
}
const seconds = (performance.now() - start) / 1000;
writeFileSync(outFile!, lines.join("\n") + "\n");
console.log(seconds.toFixed(3));
