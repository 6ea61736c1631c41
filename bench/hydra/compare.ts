/**
 * Compares our reading of Hydra config folders with hydra-core's, value by value.
 *
 *     ATO_HYDRA_PYTHON=venv/bin/python deno run -A bench/hydra/compare.ts \
 *       [--limit=300] [--base=1.1] [--show=20] FOLDER …
 *
 * @module
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { casesOf } from "./_cases.ts";
import type { Case } from "./ours.ts";

/** Hydra's own settings are no part of the data: ours neither checks them nor needs Hydra's plugins. */
const HYDRA =
  /Could not find 'hydra\/(?:launcher|sweeper|job_logging|hydra_logging)\/|full_key: hydra\./;

interface Result {
  readonly raw?: unknown;
  readonly values?: Record<string, unknown>;
  readonly error?: string;
  readonly message?: string;
}

const args = process.argv.slice(2);
const option = (name: string) =>
  args.find((arg) => arg.startsWith(`--${name}=`))?.split("=")[1];
const folders = args.filter((arg) => !arg.startsWith("--")).map((arg) =>
  resolve(arg)
);
const python = process.env.ATO_HYDRA_PYTHON;
if (python === undefined || folders.length === 0) {
  console.error(
    "Give folders, and a Python with hydra-core as ATO_HYDRA_PYTHON",
  );
  process.exit(2);
}
const limit = Number(option("limit") ?? 300);
const base = option("base") as Case["versionBase"];
const work = mkdtempSync(join(tmpdir(), "ato-hydra-"));
const here = import.meta.dirname!;
const total = {
  cases: 0,
  equal: 0,
  refused: 0,
  hydra: 0,
  values: 0,
  valuesEqual: 0,
  noValue: 0,
};
let shown = Number(option("show") ?? 20);

for (const folder of folders) {
  const cases = casesOf(folder, limit, base);
  if (cases.length === 0) continue;
  const [input, ours, peer] = ["cases", "ours", "peer"].map((name) =>
    join(work, name)
  );
  writeFileSync(
    input!,
    cases.map((one) => JSON.stringify(one)).join("\n") + "\n",
  );
  const runtime = process.execPath;
  const config = join(here, "../../deno.npm.json");
  const seconds = [
    [
      runtime,
      "run",
      "-A",
      "--config",
      config,
      join(here, "ours.ts"),
      input!,
      ours!,
    ],
    [python, join(here, "peer.py"), input!, peer!],
  ].map(([command, ...rest]) =>
    execFileSync(command!, rest, {
      encoding: "utf-8",
      maxBuffer: 1 << 28,
      stdio: ["ignore", "pipe", "inherit"],
    }).trim().split("\n").at(-1)
  );
  count(folder, cases, read(ours!), read(peer!), seconds as string[]);
}
rmSync(work, { recursive: true });
console.log(
  `all: ${total.cases} cases: ${total.equal} equal, ${total.refused} refused by both, ${total.hydra} refused by hydra for its own settings, ${
    total.cases - total.equal - total.refused - total.hydra
  } different; interpolations: ${total.values}: ${total.valuesEqual} equal, ${total.noValue} without a value in both, ${
    total.values - total.valuesEqual - total.noValue
  } different`,
);

function read(file: string): Result[] {
  return readFileSync(file, "utf-8").trim().split("\n").map((line) =>
    JSON.parse(line)
  );
}

function count(
  folder: string,
  cases: readonly Case[],
  ours: readonly Result[],
  peers: readonly Result[],
  seconds: readonly string[],
): void {
  const sum = {
    equal: 0,
    refused: 0,
    hydra: 0,
    values: 0,
    valuesEqual: 0,
    noValue: 0,
  };
  for (const [i, one] of cases.entries()) {
    const [our, peer] = [ours[i]!, peers[i]!];
    if (our.error !== undefined || peer.error !== undefined) {
      if (
        our.error !== undefined && peer.error !== undefined && !("stack" in our)
      ) sum.refused++;
      else if (HYDRA.test(peer.message ?? "")) sum.hydra++;
      else show(one, "outcome", our, peer);
      continue;
    }
    if (sorted(our.raw) === sorted(peer.raw)) sum.equal++;
    else show(one, "data", difference(our.raw, peer.raw), undefined);
    for (
      const path of new Set([
        ...Object.keys(our.values!),
        ...Object.keys(peer.values!),
      ])
    ) {
      const [a, b] = [our.values![path], peer.values![path]] as [
        Result,
        Result,
      ];
      sum.values++;
      if (a?.error !== undefined && b?.error !== undefined) sum.noValue++;
      else if (sorted(a) === sorted(b)) sum.valuesEqual++;
      else show(one, path, a, b);
    }
  }
  total.cases += cases.length;
  for (const key of Object.keys(sum) as (keyof typeof sum)[]) {
    total[key] += sum[key];
  }
  console.log(
    `${folder}: ${cases.length} cases: ${sum.equal} equal, ${sum.refused} refused by both, ${sum.hydra} refused by hydra for its own settings, ${
      cases.length - sum.equal - sum.refused - sum.hydra
    } different; interpolations: ${sum.valuesEqual} equal, ${sum.noValue} without a value, ${
      sum.values - sum.valuesEqual - sum.noValue
    } different; seconds: ours ${seconds[0]}, hydra ${seconds[1]}`,
  );
}

function sorted(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, item) =>
      typeof item === "object" && item !== null && !Array.isArray(item)
        ? Object.fromEntries(
          Object.entries(item).sort(([a], [b]) => a < b ? -1 : 1),
        )
        : item,
  ) ?? "";
}

function difference(a: unknown, b: unknown, path = ""): string {
  if (sorted(a) === sorted(b)) return "";
  const isDeep = (value: unknown) =>
    typeof value === "object" && value !== null;
  if (!isDeep(a) || !isDeep(b)) {
    return `${path}: ${JSON.stringify(a)} | ${JSON.stringify(b)}`;
  }
  for (
    const key of new Set([
      ...Object.keys(a as object),
      ...Object.keys(b as object),
    ])
  ) {
    const found = difference(
      (a as Record<string, unknown>)[key],
      (b as Record<string, unknown>)[key],
      `${path}/${key}`,
    );
    if (found !== "") return found;
  }
  return "?";
}

function show(one: Case, what: string, ours: unknown, peer: unknown): void {
  if (--shown < 0) return;
  console.log(
    `  ${one.dir} ${one.name} ${JSON.stringify(one.overrides)} ${what}`,
  );
  console.log(`    ours: ${JSON.stringify(ours)?.slice(0, 700)}`);
  if (peer !== undefined) {
    console.log(`    peer: ${JSON.stringify(peer)?.slice(0, 700)}`);
  }
}
