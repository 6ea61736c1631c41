/** The Pythons of this machine, and programs for them. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type {
  ParseCache,
  ProgramSnapshot,
} from "../../internal/run_factors.ts";
import { pythonProgram, type PythonProgramOptions } from "../../observe/mod.ts";
import { PYTHON } from "../_shared/python.ts";

/** An interpreter. */
export interface Interpreter {
  readonly executable: string;
  /** E.g. `3.11`. */
  readonly version: string;
  readonly minor: number;
}

const ASK =
  "import sys;print(sys.executable, '%d.%d' % sys.version_info[:2], sys.version_info[1])";

function interpreter(command: string): Interpreter | undefined {
  const { status, stdout } = spawnSync(command, ["-I", "-S", "-c", ASK], {
    encoding: "utf8",
  });
  const [executable, version, minor] = (stdout ?? "").trim().split(" ");
  return status === 0 && executable && version?.startsWith("3.") &&
      Number(minor) >= 8
    ? { executable, version, minor: Number(minor) }
    : undefined;
}

/** The Python that most tests use; `undefined` if there is none. */
export const OWN: Interpreter | undefined = interpreter(PYTHON);

/** Why tests that need Python are skipped. */
export const NO_PYTHON: string | false = OWN === undefined
  ? `${PYTHON} is no Python of version 3.8 or later (set ATO_PYTHON to one)`
  : false;

/** One interpreter of each version from 3.8 on. */
export function allPythons(): Interpreter[] {
  const folder = join(homedir(), ".pyenv", "versions");
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const found = names.filter((name) => /^3\.(?:[89]|\d\d)\./.test(name))
    .map((name) => interpreter(join(folder, name, "bin", "python")));
  const all = [...found, OWN].filter((one) => one !== undefined);
  return [...new Map(all.map((one) => [one.version, one])).values()]
    .sort((a, b) => a.minor - b.minor);
}

/** Returns the SHA-256 of a text or of bytes. */
export function sha(text: string | Uint8Array): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Makes the snapshot of a program whose files are given; the first one is the entry. */
export function snapshotOf(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: Partial<PythonProgramOptions> = {},
): Promise<ProgramSnapshot> {
  const entry = Object.keys(files)[0]!;
  const modules = Object.entries(files).map(([path, text]) => ({
    path,
    name: path === entry
      ? "__main__"
      : path.replace(/(?:\/__init__)?\.\w+$/, "").replaceAll("/", "."),
    sha256: sha(text),
    text,
  }));
  return pythonProgram({
    root: "/project",
    entry,
    modules,
    packages: {},
    executable: OWN?.executable ?? "python3",
    missing: [],
    ...options,
  });
}

/** What is compared of the pieces of a module, by their names. */
export function valuesOf(
  snapshot: ProgramSnapshot,
  path: string,
): Record<string, string> {
  const module = snapshot.modules.find((one) => one.path === path);
  return Object.fromEntries(
    (module?.pieces ?? []).map(({ name, hash, links = [] }) => [
      name,
      [hash, ...links].join("\n"),
    ]),
  );
}

/** The names of the pieces that differ between two modules. */
export function changedBetween(
  snapshot: ProgramSnapshot,
  before: string,
  after: string,
): string[] {
  const [a, b] = [valuesOf(snapshot, before), valuesOf(snapshot, after)];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .filter((name) => a[name] !== b[name]).sort();
}

/** The names of the pieces of a module that nothing uses. */
export function unusedIn(snapshot: ProgramSnapshot, path: string): string[] {
  const module = snapshot.modules.find((one) => one.path === path);
  return (module?.pieces ?? []).filter(({ reachable }) => !reachable)
    .map(({ name }) => name);
}

/** A cache of parsed modules. */
export class MemoryCache implements ParseCache {
  readonly facts: Map<string, string> = new Map();

  get(key: string): string | undefined {
    return this.facts.get(key);
  }

  set(key: string, facts: string): void {
    this.facts.set(key, facts);
  }
}

/** The value of each piece that may be used, by its id. */
export function usedOf({ modules }: ProgramSnapshot): Map<string, string> {
  return new Map(
    modules.flatMap(({ path, pieces }) =>
      pieces.filter(({ reachable }) => reachable).map((
        { name, hash, links = [] },
      ) => [`code:${path}#${name}`, [hash, ...links].join("\n")] as const)
    ),
  );
}
