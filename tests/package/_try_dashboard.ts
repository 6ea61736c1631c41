/** The dashboard of an installed package: its page, and the work that it does in a thread. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { assertEquals, assertMatch } from "@std/assert";
import { BIG_PROJECT, writeBigFile } from "../dashboard/_big_file.ts";

/** More runs than the server reads for a history if it has no thread. */
const RUNS = 230;

/** The runs that it then leaves out: it reads the newest one, and 200 others. */
const LEFT_OUT_WITHOUT_THREAD = RUNS - 201;

/**
 * Writes a file of runs by which a thread can be told from the server's own work.
 *
 * @param folder Where to write it.
 * @returns its path.
 */
export async function writeRuns(folder: string): Promise<string> {
  const db = join(folder, "dashboard.db");
  await writeBigFile(db, { runs: RUNS, points: 2_000 });
  return db;
}

/** How to start `ato`. */
export interface AtoCommand {
  readonly command: string;
  /** Words before those of `ato`. */
  readonly words?: readonly string[];
  readonly cwd: string;
  /** Variables to add to the environment, or (`undefined`) to remove from it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Serves the dashboard, and asks for what takes long.
 *
 * @param ato How to start `ato`.
 * @param db The file of {@linkcode writeRuns}.
 * @param hasThread Whether a thread has to do the work; `undefined` if either is right.
 */
export async function tryDashboard(
  { command, words = [], cwd, env = {} }: AtoCommand,
  db: string,
  hasThread: boolean | undefined,
): Promise<void> {
  const child = spawn(
    command,
    [...words, "dashboard", "--db", db, "--port", "0"],
    {
      cwd,
      env: { ...process.env, NO_COLOR: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text) => said += text);
  const ended = new Promise((done) => child.once("close", done));
  try {
    const url = await new Promise<string>((done, fail) => {
      let out = "";
      child.stdout.setEncoding("utf8").on("data", (text) => {
        const [found] = /http:\/\/\S+/.exec(out += text) ?? [];
        if (found !== undefined && out.includes("\n")) done(found);
      });
      child.once("error", fail);
      child.once("exit", () => fail(new Error(`it ended: ${out} ${said}`)));
    });
    const get = async (path: string) => {
      const response = await fetch(new URL(path, url));
      const text = await response.text();
      assertEquals(response.status, 200, `${path}: ${text} ${said}`);
      return text;
    };
    assertMatch(await get("/"), /<script [^>]*src="/);
    const why = JSON.parse(await get("/api/why?a=1&b=2"));
    assertEquals([why.a, why.b], [1, 2]);
    const history = JSON.parse(
      await get(`/api/changes?project=${BIG_PROJECT}`),
    );
    const expected = hasThread === undefined
      ? history.leftOut
      : hasThread
      ? 0
      : LEFT_OUT_WITHOUT_THREAD;
    assertEquals(history.leftOut, expected, `the runs that were left out`);
    assertEquals(history.ids.length, RUNS - history.leftOut);
    assertEquals(said, "");
  } finally {
    child.kill("SIGTERM");
    await ended;
  }
}
