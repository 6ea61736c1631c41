/**
 * The program that fits prices without its process: the snapshot of its modules, what it would have read, and its
 * arguments, for {@linkcode Planter}.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { recordInputs } from "../../inputs/mod.ts";
import type { ProgramSnapshot } from "../../internal/run_factors.ts";
import type { LateRecord } from "../../internal/run_inputs.ts";
import { applyEdits, makeProject } from "../../bench/why/_folder.ts";
import type { Cause, Edit, Situation } from "../../bench/why/types.ts";
import { MemoryCache, snapshotOf } from "../observe/_pythons.ts";

const ARGS: Readonly<Record<string, unknown>> = {
  lr: 0.2,
  epochs: 5,
  seed: 7,
  noise: 0,
  digits: 0,
  out: "out/latest",
  decay: 0.9,
};

/** The files that the program reads, if they are there. */
const READ =
  /^(?:settings\.yaml|scale\.json|\.env|data\/(?:flats\.csv|current\.json|start\.bin|codes\.txt|bonus\/\w+\.txt))$/;

/** Whether the program can be planted without a process: it changes nothing that only running it would tell. */
export function isPlainPython(
  { base = {}, others = [], b, planted, stops }: Cause,
): boolean {
  return !stops && planted.every(({ needs }) => needs !== "shell") &&
    [base, ...others, b].every((
      { words = [], edits = [], env = {}, ...more },
    ) =>
      !("kill" in more || "seedKey" in more || "TZ" in env) &&
      words.every((word) => word.includes("=") && !/skip|\./.test(word)) &&
      edits.every(({ file }) => !file.startsWith("..")) &&
      !edits.some((edit) => "from" in edit && /default=/.test(edit.from))
    );
}

/** The projects with edits, in a folder. */
export class PythonProjects {
  readonly #folder: string;
  readonly #cache = new MemoryCache();
  readonly #made = new Map<string, Promise<Project>>();

  /** Makes the place for the projects. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Parses the modules of all projects in one process. */
  async parse(edits: readonly (readonly Edit[])[]): Promise<void> {
    const folders = edits.map((some, i) => this.#write(`parse${i}`, some));
    const texts = folders.flatMap((folder) => Object.values(modulesIn(folder)));
    await snapshotOf(
      Object.fromEntries(
        [...new Set(texts)].map((text, at) => [`m${at}.py`, text]),
      ),
      { cache: this.#cache },
    );
  }

  /** The arguments of a run as config. */
  configOf(words: readonly string[], seed: number): Record<string, unknown> {
    const args: Record<string, unknown> = { ...ARGS, seed };
    for (const word of words) {
      const [key = "", value = ""] = word.split("=");
      args[key] = Number.isNaN(Number(value)) ? value : Number(value);
    }
    return { program: "python3", args };
  }

  /** What is known of a run of the project with edits. */
  async record(
    edits: readonly Edit[],
    env: Situation["env"] & object,
  ): Promise<LateRecord> {
    const key = JSON.stringify(edits);
    const made = this.#made.get(key) ?? this.#make(edits);
    this.#made.set(key, made);
    const { folder, program } = await made;
    const levels = env["PRICE_LEVELS"] ?? "data/levels_a.json";
    const paths = [...filesIn(folder, ""), ...filesIn(folder, "data/")]
      .concat(filesIn(folder, "data/bonus/"))
      .filter((path) => READ.test(path) || path === levels);
    const inputs = await recordInputs({
      root: folder,
      reads: [...paths, "cache.json"].map((path) => ({
        path: join(folder, path),
      })),
      written: new Set([join(folder, "cache.json")]),
      variables: ["LR_BOOST", "OMP_NUM_THREADS", "PRICE_LEVELS"]
        .map((name) => [name, env[name] ?? null] as const),
      code: program.modules.map(({ path }) => join(folder, path)),
      gaps: [],
      isObserved: true,
    });
    return { program, inputs };
  }

  async #make(edits: readonly Edit[]): Promise<Project> {
    const folder = this.#write(String(this.#made.size), edits);
    const metadata = readdirSync(join(folder, "site-packages"))
      .find((name) => name.endsWith(".dist-info"))!;
    const version = /-(.*)\.dist-info/.exec(metadata)![1]!;
    const program = await snapshotOf(modulesIn(folder), {
      root: folder,
      packages: { "pypi:flatstats": version },
      cache: this.#cache,
    });
    return { folder, program };
  }

  #write(name: string, edits: readonly Edit[]): string {
    const folder = join(this.#folder, name, "pricing");
    makeProject("pricing", folder);
    applyEdits(folder, edits);
    return folder;
  }
}

interface Project {
  readonly folder: string;
  readonly program: ProgramSnapshot;
}

function filesIn(folder: string, below: string): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => below + name);
}

/** The modules of the program by path, the script first. */
function modulesIn(folder: string): Record<string, string> {
  const paths = filesIn(folder, "pricing/").sort()
    .filter((path) => path.endsWith(".py"));
  return Object.fromEntries(
    ["train.py", ...paths].map((path) => [
      path,
      readFileSync(join(folder, path), "utf8"),
    ]),
  );
}
