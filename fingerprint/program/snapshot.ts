/**
 * Snapshots of programs: the pieces of an entry script and of every local module that it reaches.
 *
 * @module
 */
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type {
  Coverage,
  ProgramModule,
  ProgramSnapshot,
} from "../../internal/run_factors.ts";
import { isDeno } from "../../internal/runtime.ts";
import { provideSnapshots } from "../provide_snapshots.ts";
import { Project } from "../deep/_project.ts";
import { readEntry } from "./_entry.ts";
import { type LoadedFile, type LoadedProgram, loadProgram } from "./_load.ts";
import { piecesOf } from "./_module_pieces.ts";
import { Reach } from "./_reach.ts";
import { findRoot, pathFrom } from "./_root.ts";
import { Sources, withoutLinks } from "./_source_file.ts";
import type { SnapshotOptions } from "./options.ts";

/** The most text that a snapshot holds, in bytes. */
const MOST_TEXT = 20 * 1024 * 1024;

/**
 * Takes a snapshot of a program: its entry script and every local module that it reaches, split into declarations.
 * Nothing is run, and nothing is read without a permission that is already granted.
 *
 * @param entry The path or the URL of the entry script.
 * @param options Options.
 * @returns the snapshot. Its coverage says what is missing; it is `none` if the entry cannot be read.
 *
 * @example
 * ```ts
 * import { takeSnapshot } from "@ato/ato/program";
 * import { assertEquals } from "@std/assert";
 *
 * const { coverage } = await takeSnapshot("[eval]");
 * assertEquals(coverage.level, "none");
 * ```
 */
export async function takeSnapshot(
  entry: string,
  options: SnapshotOptions = {},
): Promise<ProgramSnapshot> {
  const found = readEntry(entry);
  if ("reason" in found) return nothing(entry, "", found.reason);
  const links = options.links ?? (isDeno() ? "given" : "real");
  const fileOf = links === "real" ? withoutLinks : (url: string) => url;
  const url = fileOf(found.url);
  const path = fileURLToPath(url);
  const sources = new Sources();
  const file = sources.read(url);
  if ("reason" in file) {
    const reason = file.reason.replace(path, dirname(path));
    return nothing(path, dirname(path), `${path} ${reason}`);
  }
  const project = new Project({ followLinks: true });
  const root = options.root === undefined
    ? await findRoot(url, project)
    : folderUrl(options.root);
  const program = await loadProgram(url, {
    project,
    sources,
    root,
    cache: options.cache,
    fileOf,
    also: options.also ?? [],
  });
  return await assemble(url, root, { program, project, sources, options });
}

function folderUrl(folder: string): string {
  const url = folder.startsWith("file:") ? folder : pathToFileURL(folder).href;
  return url.endsWith("/") ? url : `${url}/`;
}

function nothing(entry: string, root: string, reason: string): ProgramSnapshot {
  return {
    root,
    entry,
    modules: [],
    packages: {},
    files: [],
    texts: new Map(),
    coverage: { level: "none", missing: [reason] },
  };
}

/** What a snapshot is made of. */
interface Parts {
  readonly program: LoadedProgram;
  readonly project: Project;
  readonly sources: Sources;
  readonly options: SnapshotOptions;
}

async function assemble(
  entry: string,
  root: string,
  parts: Parts,
): Promise<ProgramSnapshot> {
  const { program, options } = parts;
  const reach = new Reach(program);
  const files = sortFiles(program, entry);
  const modules = files.map((file): ProgramModule => ({
    path: file.path,
    sha256: file.file.sha256,
    pieces: piecesOf(file, reach),
  }));
  const texts = new Texts(options.most ?? MOST_TEXT);
  for (const { file } of files) texts.add(file);
  const manifests = await manifestsOf(parts, root, texts);
  const start = options.processStart ?? performance.timeOrigin;
  const missing = [
    ...files.filter(({ file }) => file.changedAt > start)
      .map(({ path }) => `${path}: changed since the process started`),
    ...program.missing,
  ];
  return {
    root: fileURLToPath(root).replace(/(?<=.)[\\/]$/, ""),
    entry: pathFrom(root, entry),
    modules,
    packages: versionsOf(program),
    files: manifests,
    texts: texts.kept,
    coverage: coverageOf(missing, texts.leftOut),
  };
}

function sortFiles(program: LoadedProgram, entry: string): LoadedFile[] {
  const files = [...program.files.values()];
  return files.sort((a, b) =>
    Number(b.url === entry) - Number(a.url === entry) ||
    (a.path < b.path ? -1 : 1)
  );
}

function versionsOf({ packages }: LoadedProgram): Record<string, string> {
  return Object.fromEntries(
    Array.from(packages, ([name, versions]) =>
      [
        name,
        [...versions].sort().join(", "),
      ] as const).sort(([a], [b]) => a < b ? -1 : 1),
  );
}

/** The texts of files, up to a limit. */
class Texts {
  readonly kept = new Map<string, string>();
  leftOut = 0;
  #left: number;

  constructor(most: number) {
    this.#left = most;
  }

  add(
    { sha256, size, text }: { sha256: string; size: number; text?: string },
  ): void {
    if (text === undefined || this.kept.has(sha256)) return;
    if (size > this.#left) {
      this.leftOut++;
      return;
    }
    this.#left -= size;
    this.kept.set(sha256, text);
  }
}

/** The manifests and lock files of the root, and of the members and linked packages that take part. */
async function manifestsOf(
  { program, project, sources }: Parts,
  root: string,
  texts: Texts,
): Promise<{ path: string; sha256: string }[]> {
  const folders = new Set([root]);
  for (const { url } of program.files.values()) {
    const found = await project.foldersOf(url);
    if (found === undefined) continue;
    folders.add(found.own).add(found.root);
  }
  for (const folder of folders) await project.readLocks(folder);
  const urls = (await project.filesRead()).filter((url) =>
    !url.includes("/node_modules/") &&
    [...folders].some((folder) => url.startsWith(folder))
  );
  return urls.sort().flatMap((url) => {
    const file = sources.read(url);
    if ("reason" in file) return [];
    texts.add(file);
    return [{ path: pathFrom(root, url), sha256: file.sha256 }];
  });
}

function coverageOf(missing: readonly string[], leftOut: number): Coverage {
  const level = missing.length === 0 ? "full" : "partial";
  if (leftOut === 0) return { level, missing };
  const files = leftOut === 1 ? "1 file" : `${leftOut} files`;
  return {
    level,
    missing: [
      ...missing,
      `the text of ${files} is not kept, because there is too much; the hashes are`,
    ],
  };
}

// A program that contains this module loads nothing late.
provideSnapshots(takeSnapshot);
