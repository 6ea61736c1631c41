/** Processes of a run that no observer was loaded into. */
import { existsSync } from "node:fs";
import { basename } from "node:path";
import { isOneCommand } from "./_plain_shells.ts";
import type { SeenProcess, SeenRun } from "./_seen_run.ts";

/** Programs that read nothing that decides a result: they tell about the machine, or only start others. */
const HARMLESS: ReadonlySet<string> = new Set(
  ("git nvidia-smi rocm-smi uname lscpu lspci ldconfig hostname which ps whoami id date nproc getconf sysctl sw_vers " +
    "stty tput tty resize infocmp locale sleep true false echo printf kill mkdir rm rmdir touch clear nvcc " +
    // They only start a program, which is observed itself.
    "env nice time timeout nohup stdbuf setsid taskset numactl npm npx pnpm yarn uv uvx poetry pipenv pdm rye hatch " +
    "esbuild").split(" "),
);

/** Names that are all one program: `python3.11` is started as `python`. */
const FAMILY = /^(python|pypy|node|deno|bun)(?:\d[\d.]*)?(?:\.exe)?$/;

/**
 * Names the processes that could not be observed.
 *
 * @param run What was seen.
 * @param root The process that was started, its program, and whether it only starts another one.
 * @returns phrases for the coverage, without those on the written list of harmless programs.
 */
export function unobserved(
  run: SeenRun,
  root: {
    readonly pid: number | undefined;
    readonly program: string;
    readonly isPlain?: boolean;
  },
): string[] {
  const pids = new Set([
    ...run.processes.map(({ seen }) => seen.pid),
    ...run.shells,
  ]);
  const claimed = new Set<number>();
  const names = new Set<string>();
  const isRootSeen = root.pid !== undefined && pids.has(root.pid);
  if (!isRootSeen && root.isPlain !== true) names.add(nameOf(root.program));
  for (const parent of run.processes) {
    for (const { pid, program } of parent.children) {
      const isSeen = pid !== undefined
        ? pids.has(pid)
        : claim(program, { parent, run, claimed });
      if (!isSeen) names.add(nameOf(program));
    }
  }
  return [...names].filter((name) => !HARMLESS.has(name)).sort()
    .map((name) => `${name} was not observed`);
}

/** Finds the process that a child without a known id is, each process once. */
function claim(
  program: string,
  { parent, run, claimed }: {
    readonly parent: SeenProcess;
    readonly run: SeenRun;
    readonly claimed: Set<number>;
  },
): boolean {
  const free = run.processes.filter(({ seen }) =>
    (seen.parent === parent.seen.pid || run.shells.has(seen.parent)) &&
    seen.thread === undefined &&
    !claimed.has(seen.pid)
  );
  const found = free.find(({ seen }) =>
    familyOf(seen.executable) === familyOf(program) ||
    seen.argv.some((word) => basename(word) === nameOf(program))
  );
  if (found === undefined) return false;
  claimed.add(found.seen.pid);
  return true;
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
