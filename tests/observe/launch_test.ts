/** Tests of the folder and the variables with which a program is started. */
import { test } from "node:test";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { assert, assertEquals } from "@std/assert";
import { identifyProcess } from "../../internal/process_identity.ts";
import { makeLaunch, removeStaleLaunches } from "../../observe/mod.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

const inFolder = (work: (folder: string) => Promise<void> | void) =>
  withTempFolder(work, "launch");

test("makeLaunch: the folder is for this user alone, and is removed as a whole", async () => {
  await inFolder(async (within) => {
    const launch = await makeLaunch({
      command: ["python", "a.py"],
      env: {},
      isObserved: true,
      within,
    });
    const { folder, observations, env } = launch;
    assertEquals(statSync(folder).mode & 0o777, 0o700);
    assertEquals(observations, join(folder, "observations"));
    assertEquals(readdirSync(observations!), []);
    assert(existsSync(join(folder, "python", "sitecustomize.py")));
    assertEquals(env, {
      ATO_LAUNCH: join(folder, "runs"),
      ATO_OBSERVE: observations!,
      PYTHONPATH: join(folder, "python"),
      NODE_OPTIONS: `--require ${join(folder, "observer.cjs")}`,
      PATH: join(folder, "bin"),
    });
    launch.remove();
    assertEquals(readdirSync(within), []);
    launch.remove();
  });
});

test("makeLaunch: what the variables say already stays, without the launch around this one", async () => {
  await inFolder(async (space) => {
    const within = join(space, 'a "b" c');
    mkdirSync(within);
    const outer = await makeLaunch({
      command: ["node"],
      env: { PYTHONPATH: "/x:/y", NODE_OPTIONS: "--no-warnings" },
      isObserved: true,
      within,
    });
    const inner = await makeLaunch({
      command: ["node"],
      env: outer.env,
      isObserved: true,
      within,
    });
    const file = JSON.stringify(join(inner.folder, "observer.cjs"));
    assertEquals(inner.env["NODE_OPTIONS"], `--require ${file} --no-warnings`);
    assertEquals(
      inner.env["PYTHONPATH"],
      `${join(inner.folder, "python")}:/x:/y`,
    );
  });
});

test("makeLaunch: a program that is not observed gets no observer", async () => {
  await inFolder(async (within) => {
    const launch = await makeLaunch({
      command: ["deno", "run", "a.ts"],
      env: {},
      isObserved: false,
      within,
    });
    assertEquals(Object.keys(launch.env), ["ATO_LAUNCH"]);
    assertEquals([launch.observations, launch.command], [undefined, [
      "deno",
      "run",
      "a.ts",
    ]]);
    assertEquals(launch.reason, "observing was off");
  });
});

test("makeLaunch: a job gets nothing of a launch that is over when it starts", async () => {
  await inFolder(async (within) => {
    for (
      const [command, reason] of [
        [["/usr/bin/sbatch", "job.sh"], "it only submits a job"],
        [["qsub", "job.sh"], "it only submits a job"],
        [["srun", "sbatch"], undefined],
        [["./sbatch.py"], undefined],
      ] as const
    ) {
      const launch = await makeLaunch({
        command,
        env: {},
        isObserved: true,
        within,
      });
      assertEquals(launch.reason, reason);
      const keys = Object.keys(launch.env).length;
      assertEquals(keys > 0, reason === undefined);
    }
  });
});

test("makeLaunch: Deno may write where its observer writes", async () => {
  await inFolder(async (within) => {
    const { command, observations } = await makeLaunch({
      command: ["deno", "run", "--allow-read", "a.ts"],
      env: {},
      isObserved: true,
      within,
    });
    assertEquals(command, [
      "deno",
      "run",
      `--allow-write=${observations}`,
      "--allow-read",
      "a.ts",
    ]);
  });
});

test("removeStaleLaunches: only folders of dead launchers go", async () => {
  await inFolder((within) => {
    const own = identifyProcess();
    const made = (name: string, owner?: object) => {
      const folder = join(within, name);
      mkdirSync(folder);
      if (owner) writeFileSync(join(folder, "owner"), JSON.stringify(owner));
      return folder;
    };
    made("ato-launch-alive", own);
    made("ato-launch-dead", { ...own, pidStart: "1" });
    made("ato-launch-elsewhere", { ...own, host: "another", pidStart: "1" });
    made("ato-launch-fresh");
    const old = made("ato-launch-old");
    const past = Date.now() / 1000 - 2 * 24 * 3600;
    utimesSync(old, past, past);
    const other = made("other", { ...own, pidStart: "1" });
    symlinkSync(other, join(within, "ato-launch-link"));
    removeStaleLaunches(within);
    assertEquals(readdirSync(within).sort(), [
      "ato-launch-alive",
      "ato-launch-elsewhere",
      "ato-launch-fresh",
      "ato-launch-link",
      "other",
    ]);
  });
});
