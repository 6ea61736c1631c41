/** Processes of a run that no observer was loaded into. */
import { existsSync, realpathSync } from "node:fs";
import { basename, delimiter, join, resolve } from "node:path";
import process from "node:process";
import { attempt } from "../internal/attempt.ts";
import {
  isOneCommand,
  isPlainCommand,
  isShell,
  textForShell,
} from "./_plain_shells.ts";
import type { SeenProcess, SeenRun } from "./_seen_run.ts";

/** Programs that read nothing that decides a result: they tell about the machine, or only start others. */
const HARMLESS: ReadonlySet<string> = new Set(
  ("git nvidia-smi rocm-smi uname lscpu lspci ldconfig hostname which ps whoami id date nproc getconf sysctl sw_vers " +
    "stty tput tty resize infocmp locale sleep true false echo printf kill mkdir rm rmdir touch clear nvcc " +
    // They only start a program, which is observed itself.
    "env nice ionice chrt time timeout nohup stdbuf setsid taskset prlimit numactl npm npx pnpm yarn uv uvx poetry " +
    "pipenv pdm rye hatch pixi pyenv esbuild").split(" "),
);

/** Those of them that become the program that they start. */
const BECOME =
  /^(?:env|nice|ionice|chrt|nohup|stdbuf|taskset|prlimit|numactl)$/;

/** Names that are all one program: `python3.11` is started as `python`. */
const FAMILY = /^(python|pypy|node|deno|bun)(?:\d[\d.]*)?(?:\.exe)?$/;

/** Programs that read files of their own and start others. */
const READS =
  /^(?:g?make|ninja|xargs|parallel|perl|[gm]?awk|ruby|php|lua|Rscript|julia|java)$/;

/** A process that was started. */
interface Started {
  readonly pid?: number | undefined;
  readonly program: string;
  /** Its words, if they are known. */
  readonly argv?: readonly string[];
  /** Whether it is a child of the process with that id, and not that process. */
  readonly isBelow?: boolean | undefined;
}

/**
 * Names the processes that could not be observed.
 *
 * @param run What was seen.
 * @param root The process that was started, its program, and whether it only starts another one.
 * @returns phrases for the coverage, without those on the written list of harmless programs.
 */
export function unobserved(
  run: SeenRun,
  root: Started & { readonly isPlain?: boolean },
): string[] {
  const claimed = new Set<SeenProcess>();
  const names = new Set<string>();
  const isRootSeen = root.pid !== undefined && isSeen(root, { run, claimed });
  if (!isRootSeen && root.isPlain !== true) names.add(startedName(root));
  const rootName = nameOf(root.program);
  const isIt = ({ seen }: SeenProcess) =>
    root.pid === (root.isBelow === true ? seen.parent : seen.pid);
  if (BECOME.test(rootName) && !run.processes.some(isIt)) {
    names.add(`what ${rootName} started`);
  }
  for (const parent of run.processes) {
    for (const child of parent.children) {
      if (child.thread !== undefined) {
        const isIts = ({ seen }: SeenProcess) =>
          seen.pid === parent.seen.pid && seen.thread === child.thread;
        if (!run.processes.some(isIts)) {
          names.add(`the worker ${child.program}`);
        }
      } else if (!isSeen(child, { run, claimed, parent })) {
        names.add(startedName(child));
      }
    }
    for (const name of startersOf(parent, { run, root })) names.add(name);
  }
  return [...names].filter((name) => !HARMLESS.has(name)).sort()
    .map((name) => `${name} was not observed`);
}

/** Names the programs that started an observed process and were not observed themselves. */
function startersOf(
  { seen, starters }: SeenProcess,
  { run, root }: { readonly run: SeenRun; readonly root: Started },
): string[] {
  const names: string[] = [];
  const ends = new Set(run.processes.map((one) => one.seen.pid));
  if (root.pid !== undefined) ends.add(root.pid);
  if (seen.pid === root.pid) return names;
  for (const { pid, command } of starters) {
    if (ends.has(pid)) return names;
    if (command === undefined) {
      names.push(`what started ${nameOf(seen.executable)}`);
    } else if (!isPlainCommand(command, seen.cwd)) {
      const [program = "", ...argv] = command;
      names.push(startedName({ program, argv }));
    }
  }
  return names;
}

/** Names a program that was started. Of one that starts another, what could read is named. */
function startedName({ program, argv = [] }: Started): string {
  const words = [program, ...argv];
  const text = textForShell(words);
  if (text !== undefined) return nameOf(text);
  const name = nameOf(program);
  if (!HARMLESS.has(name)) return name;
  const at = argv.findIndex((word) =>
    isShell(word) || READS.test(basename(word))
  );
  if (at < 0) return name;
  const rest = argv.slice(at);
  return isOneCommand(textForShell(rest) ?? "")
    ? name
    : startedName({ program: rest[0]!, argv: rest.slice(1) });
}

/**
 * Tells whether a process was observed from its start. A process that replaces itself keeps its id, so the program
 * counts, too: a shell that ends with `exec python` was not observed. Each process is claimed once.
 */
function isSeen(
  { pid, program, argv = [], isBelow = false }: Started,
  { run, claimed, parent }: {
    readonly run: SeenRun;
    readonly claimed: Set<SeenProcess>;
    readonly parent?: SeenProcess;
  },
): boolean {
  if (pid !== undefined && run.shells.has(pid)) return true;
  const isIts = ({ seen }: SeenProcess): boolean =>
    pid === undefined
      ? seen.parent === parent?.seen.pid || run.shells.has(seen.parent)
      : pid === (isBelow ? seen.parent : seen.pid);
  const found = run.processes.find((one) =>
    one !== parent && one.seen.thread === undefined && !claimed.has(one) &&
    isIts(one) && runs(one, textForShell([program, ...argv]) ?? program)
  );
  if (found === undefined) return false;
  claimed.add(found);
  return true;
}

/** Tells whether a process is the one that a program becomes, and nothing was done before. */
function runs({ seen }: SeenProcess, program: string): boolean {
  const name = nameOf(program);
  return familyOf(seen.executable) === familyOf(program) ||
    // A script that names its interpreter in its first line.
    seen.argv.some((word) => basename(word) === name) ||
    isLinkTo(program, seen.executable);
}

/** Tells whether a program is the interpreter by another name, or only starts it, as the links of pnpm do. */
function isLinkTo(program: string, executable: string): boolean {
  const place = placeOf(program);
  if (place === undefined) return false;
  if (/[\\/]node_modules[\\/]\.bin[\\/]/.test(place)) return true;
  const real = (path: string) => attempt(() => realpathSync(path));
  return real(place) !== undefined && real(place) === real(executable);
}

/** Returns the path of a program. */
function placeOf(program: string): string | undefined {
  if (program.includes("/")) return resolve(program);
  return (process.env.PATH ?? "").split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path));
}

/** Returns the name of a program. For one that a shell starts, observers may give the text for the shell. */
function nameOf(program: string): string {
  if (!/\s/.test(program) || existsSync(program)) {
    return basename(program) || program || "a process";
  }
  const [first = ""] = program.trim().split(/\s+/);
  return isOneCommand(program) ? basename(first) : "sh";
}

function familyOf(program: string): string {
  const name = nameOf(program);
  return FAMILY.exec(name)?.[1] ?? name;
}
