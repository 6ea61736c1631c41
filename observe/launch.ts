/**
 * Starts programs so that they are observed: the folder that the observers and the program write to, and the
 * variables that load an observer into each process.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import process from "node:process";
import { messageOf } from "../internal/errors.ts";
import { LAUNCH_VARIABLE } from "../internal/launch_note.ts";
import { identifyProcess } from "../internal/process_identity.ts";
import { LAUNCH_PREFIX, OWNER_FILE } from "./_stale_launches.ts";
import { withPermissions } from "./_deno_permissions.ts";

/** Options for {@linkcode makeLaunch}. */
export interface LaunchOptions {
  /** The program and its words. */
  readonly command: readonly string[];
  /** The variables that the program would get. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether the program is observed. */
  readonly isObserved: boolean;
  /**
   * The folder in which the folder of the launch is made.
   *
   * @default {the system's folder for temporary files}
   */
  readonly within?: string;
}

/** How a program is started. */
export interface Launch {
  /** The folder of this launch; only this user can read it. */
  readonly folder: string;
  /** The folder that observers write to; `undefined` if the program is not observed. */
  readonly observations: string | undefined;
  /** Why it is not observed. */
  readonly reason: string | undefined;
  /** The file in which a program announces the runs that it records itself. */
  readonly runs: string;
  /** Variables to set. */
  readonly env: Readonly<Record<string, string>>;
  /** The program and its words, with the permissions that Deno's observer needs. */
  readonly command: readonly string[];
  /** Removes the folder. */
  remove(): void;
}

/**
 * Makes the folder of a launch.
 *
 * @param options The command, its variables, and whether it is observed.
 * @returns how to start the program. If the observers cannot be written, it is started without them.
 */
export async function makeLaunch(options: LaunchOptions): Promise<Launch> {
  const { command, within = tmpdir() } = options;
  const folder = mkdtempSync(join(within, LAUNCH_PREFIX));
  const runs = join(folder, "runs");
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const plain = { folder, runs, remove, env: { [LAUNCH_VARIABLE]: runs } };
  const unobserved = (reason: string): Launch => ({
    ...plain,
    command,
    observations: undefined,
    reason,
  });
  try {
    writeFileSync(join(folder, OWNER_FILE), JSON.stringify(identifyProcess()));
    if (!options.isObserved) return unobserved("observing was off");
    if (process.platform === "win32") {
      return unobserved("programs are not observed on Windows yet");
    }
    const observations = join(folder, "observations");
    const env = await writeObservers(folder, options.env);
    mkdirSync(observations, { mode: 0o700 });
    return {
      ...plain,
      observations,
      reason: undefined,
      env: { ...plain.env, ...env },
      command: withPermissions(command, observations),
    };
  } catch (error) {
    return unobserved(`the observers cannot be written: ${messageOf(error)}`);
  }
}

/** Writes the observers, and returns the variables that load them. */
async function writeObservers(
  folder: string,
  env: LaunchOptions["env"],
): Promise<Record<string, string>> {
  const [{ pythonLaunch }, javascript] = await Promise.all([
    import("./python/launch.ts"),
    import("./javascript/assets.ts"),
  ]);
  const python = pythonLaunch(folder, {
    PYTHONPATH: withoutLaunches(env["PYTHONPATH"], delimiter),
  });
  mkdirSync(join(folder, "python"), { mode: 0o700 });
  for (const [path, text] of python.files) writeFileSync(path, text);
  for (const [name, text] of Object.entries(javascript.ASSETS)) {
    writeFileSync(join(folder, name), text);
  }
  const load = `--require ${optionWord(join(folder, "observer.cjs"))}`;
  const options = withoutLaunches(env["NODE_OPTIONS"], / /) ?? "";
  return { ...python.env, NODE_OPTIONS: `${load} ${options}`.trimEnd() };
}

/** Writes a path as NODE_OPTIONS wants it. */
function optionWord(path: string): string {
  return /[\s"\\]/.test(path) ? `"${path.replace(/["\\]/g, "\\$&")}"` : path;
}

/** Leaves out what an `ato run` around this one has added: each process has one observer. */
function withoutLaunches(
  text: string | undefined,
  separator: string | RegExp,
): string | undefined {
  if (!text?.includes(LAUNCH_PREFIX)) return text;
  if (separator === delimiter) {
    return text.split(separator)
      .filter((path) => !path.includes(`/${LAUNCH_PREFIX}`)).join(delimiter);
  }
  const added = new RegExp(
    `--require (?:"(?:[^"\\\\]|\\\\.)*/${LAUNCH_PREFIX}(?:[^"\\\\]|\\\\.)*"|[^\\s"]*/${LAUNCH_PREFIX}\\S*) ?`,
    "g",
  );
  return text.replace(added, "").trim();
}

/** Returns the name of a program, as messages show it. */
export function programName(program: string): string {
  return basename(program) || program;
}
