import { basename, extname, resolve } from "node:path";
import process from "node:process";
import { scriptAt } from "../../internal/process_words.ts";
import type { ProgramSnapshot } from "../../internal/run_factors.ts";

/** Scripts whose modules can be followed. */
const FOLLOWED = /^\.[cm]?[jt]sx?$/;
/** Other scripts, with what is not recorded of them. A phrase that starts with a path would be about that file alone. */
const ALONE: Readonly<Record<string, (script: string) => string>> = {
  ".py": (script) => `the modules that ${script} imports`,
  ".sh": (script) => `the programs that ${script} starts`,
  ".bash": (script) => `the programs that ${script} starts`,
};
/** What a snapshot says of every script of another language. */
const USES = "what it uses is not recorded";
const SCRIPT = /^\.(?:py|rb|jl|r|lua|pl|sh|bash)$/i;

/**
 * Finds the script of a command: its first word that is a file with the name of a script, and not what an option of
 * the runtime loads.
 *
 * @param command The program and its words.
 * @returns the path; `undefined` if it has none.
 */
export function scriptOf(command: readonly string[]): string | undefined {
  const at = scriptAt(
    command,
    (extension) => FOLLOWED.test(extension) || SCRIPT.test(extension),
  );
  return at < 0 ? undefined : resolve(command[at] ?? "");
}

/**
 * Takes the snapshot of the program that a command starts.
 *
 * @param command The program and its words.
 * @returns the snapshot; it has no modules if the command names no script.
 */
export async function scriptProgram(
  command: readonly string[],
): Promise<ProgramSnapshot> {
  const script = scriptOf(command);
  if (script === undefined) {
    return withoutScript(command[0] ?? "");
  }
  const { takeSnapshot } = await import("../../fingerprint/program/mod.ts");
  // The program has not started yet: whatever is on the disk now is what runs.
  const snapshot = await takeSnapshot(script, {
    processStart: Date.now(),
    links: isRealFile(command, script) ? "real" : "given",
  });
  return FOLLOWED.test(extname(script)) ? snapshot : alone(snapshot);
}

/** Whether the runtime of a command loads the file that a link leads to, as Node and Bun do. */
function isRealFile(command: readonly string[], script: string): boolean {
  return FOLLOWED.test(extname(script)) &&
    !command.some((word) => /^deno(?:\.exe)?$/.test(basename(word)));
}

/** A script of another language is recorded as a file, without what it uses. */
function alone(snapshot: ProgramSnapshot): ProgramSnapshot {
  const { entry } = snapshot;
  const what = ALONE[extname(entry).toLowerCase()]?.(entry) ??
    `the files that ${entry} loads`;
  return {
    ...snapshot,
    modules: snapshot.modules.map((module) => ({
      ...module,
      pieces: module.pieces.map((piece) => ({
        ...piece,
        kind: "file",
        reachable: true,
      })),
    })),
    coverage: {
      level: "partial",
      missing: [
        ...snapshot.coverage.missing.filter((one) => !one.includes(USES)),
        `${what} are not recorded yet`,
      ],
    },
  };
}

function withoutScript(program: string): ProgramSnapshot {
  return {
    root: process.cwd(),
    entry: program,
    modules: [],
    packages: {},
    files: [],
    texts: new Map(),
    coverage: {
      level: "none",
      missing: [`the code of ${program} is not recorded`],
    },
  };
}
