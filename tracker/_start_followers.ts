/** Starts the processes that send the runs of this process to other places while they run. */
import type { ChildProcess } from "node:child_process";
import { resolve } from "node:path";
import { atoCommand } from "../internal/ato_command.ts";
import { attempt } from "../internal/attempt.ts";
import { messageOf } from "../internal/errors.ts";
import { SYNC_VARIABLE } from "../internal/launch_note.ts";
import { getProcess, isGranted } from "../internal/runtime.ts";

/** A run that is sent. */
export interface FollowedRun {
  /** The path of its file. */
  readonly path: string;
  readonly uuid: string;
  /** The addresses of places, as `experiment.sync` has them. */
  readonly places: readonly string[];
  /** Receives what went wrong, one line each. */
  readonly warn: (line: string) => void;
}

/** The processes that send the runs of this one, by place and file. */
const followers = new Map<string, ChildProcess>();

/**
 * Starts a process for each place, unless one is there already: it sends all runs of this process. A run never waits
 * for them and never fails by them: they read its file, and they live longer than this process.
 */
export async function startFollowers(run: FollowedRun): Promise<void> {
  for (const place of new Set(run.places)) {
    const key = JSON.stringify([place, resolve(run.path)]);
    const before = followers.get(key);
    if (before?.exitCode === null && before.signalCode === null) continue;
    try {
      followers.set(key, await startFollower(place, run));
    } catch (error) {
      run.warn(
        `Cannot start what sends the run to ${shown(place)}: ${
          messageOf(error)
        }; \`ato sync\` sends it later`,
      );
    }
  }
}

/** A place, and the login that stands in its address. */
interface Place {
  readonly kind: string;
  readonly address: string;
  readonly env: Readonly<Record<string, string>>;
}

async function startFollower(
  place: string,
  { path, uuid }: FollowedRun,
): Promise<ChildProcess> {
  const { kind, address, env } = readPlace(place);
  const command = atoCommand();
  if (command === undefined) {
    throw new Error(
      "this program does not have the ato command; name it in ATO_COMMAND, as a JSON list of words",
    );
  }
  const [program = "", ...words] = command;
  if (!isGranted({ name: "run", command: program })) {
    throw new Error(`Deno needs --allow-run=${program}`);
  }
  // Few programs need it.
  const { spawn } = await import("node:child_process");
  const child = spawn(program, [
    ...words,
    ...["sync", kind, address],
    ...["--db", resolve(path), "--until-process-ended", uuid],
  ], {
    detached: true,
    stdio: "ignore",
    windowsHide: true,
    env: { ...getProcess().env, ...env, [SYNC_VARIABLE]: "" },
  });
  await new Promise<void>((done, fail) => {
    child.once("spawn", () => done());
    child.once("error", fail);
  });
  child.unref();
  return child;
}

/** Logins are handed over in the environment, because every user of the machine sees the words of a process. */
function readPlace(place: string): Place {
  const [, kind, address] = /^([a-z]+)\+(https?:\/\/.+)$/is.exec(place) ?? [];
  if (kind === undefined || address === undefined || !URL.canParse(address)) {
    throw new Error(
      "it is no such address; write e.g. mlflow+http://127.0.0.1:5000",
    );
  }
  const url = new URL(address);
  const { username, password } = url;
  url.username = url.password = "";
  const decode = (text: string) =>
    attempt(() => decodeURIComponent(text)) ?? text;
  const isHidden = decode(username) === "***" || decode(password) === "***";
  return {
    kind: kind.toLowerCase(),
    address: url.href,
    env: username === "" || isHidden ? {} : {
      MLFLOW_TRACKING_USERNAME: decode(username),
      MLFLOW_TRACKING_PASSWORD: decode(password),
    },
  };
}

function shown(place: string): string {
  return place.replace(/^([a-z+]*:?\/*)[^/]*@/i, "$1").slice(0, 200);
}
