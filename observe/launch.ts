/**
 * Starts programs so that they are observed: the folder that the observers and the program write to, and the
 * variables that load an observer into each process.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { messageOf } from "../internal/errors.ts";
import { LAUNCH_VARIABLE } from "../internal/launch_note.ts";
import { identifyProcess } from "../internal/process_identity.ts";
import { LAUNCH_PREFIX, OWNER_FILE } from "./_stale_launches.ts";
import { submitterOf } from "./_submitters.ts";

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
    if (submitterOf(command) !== undefined) {
      // Node in a job would not start without the observer that it is told to load.
      return { ...unobserved("it only submits a job"), env: {} };
    }
    if (process.platform === "win32") {
      return unobserved("programs are not observed on Windows yet");
    }
    const observations = join(folder, "observations");
    const observed = await writeObservers(folder, options);
    mkdirSync(observations, { mode: 0o700 });
    return {
      ...plain,
      observations,
      reason: undefined,
      env: { ...plain.env, ...observed.env },
      command: observed.command,
    };
  } catch (error) {
    return unobserved(`the observers cannot be written: ${messageOf(error)}`);
  }
}

/** Writes the observers, and returns what loads them. */
async function writeObservers(
  folder: string,
  { env, command }: LaunchOptions,
): Promise<Pick<Launch, "env" | "command">> {
  const [
    { pythonLaunch },
    { keepCompiled },
    { changesFiles, javascriptLaunch },
  ] = await Promise.all([
    import("./python/launch.ts"),
    import("./python/compiled.ts"),
    import("./javascript/launch.ts"),
  ]);
  const own = {
    PATH: withoutLaunches(env["PATH"], delimiter),
    PYTHONPATH: withoutLaunches(env["PYTHONPATH"], delimiter),
    NODE_OPTIONS: withoutLaunches(env["NODE_OPTIONS"], / /),
  };
  const python = pythonLaunch(folder, own);
  const javascript = javascriptLaunch(folder, own, command);
  const write = (path: string, text: string, mode: number) => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, text, { mode });
  };
  for (const [path, text] of python.files) write(path, text, 0o600);
  keepCompiled(join(folder, "python"), python.files.values());
  if (changesFiles(command, process.cwd())) return { env: python.env, command };
  for (const { path, text, mode } of javascript.files) {
    write(join(folder, path), text, mode);
  }
  return {
    env: { ...python.env, ...javascript.env },
    command: javascript.command,
  };
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
