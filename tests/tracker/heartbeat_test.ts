/** A heartbeat that fails in its timer is reported at the next call of the logger. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { SQLFinder, StorageError } from "../../tracker/mod.ts";
import { beginRun } from "../../tracker/_begin_run.ts";
import { describeRun } from "../../tracker/_describe_run.ts";
import { loggerSettings } from "../../tracker/_logger_settings.ts";
import { OpenRun } from "../../tracker/_open_run.ts";
import { chooseDriver } from "../../tracker/open.ts";
import { faultyDriver } from "./_faulty_driver.ts";
import { configIn, inFolder } from "./_helpers.ts";

const FULL = "database or disk is full";

/** A run whose heartbeat comes every millisecond, and whose file is full while `isFull`. */
class Beating {
  isFull = false;
  readonly warnings: string[] = [];
  readonly #folder: string;
  #failed = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async start(): Promise<OpenRun> {
    const failed = () => this.#failed++;
    const isFull = () => this.isFull;
    const fault = {
      get message(): string | undefined {
        if (!isFull()) return undefined;
        failed();
        return FULL;
      },
    };
    const settings = loggerSettings(configIn(this.#folder), {
      onError: "throw",
      onWarning: (message) => this.warnings.push(message),
    });
    const driver = faultyDriver(await chooseDriver(), fault);
    const { run } = await describeRun(settings, driver, {});
    const plan = { settings, driver, run, options: {} };
    return new OpenRun(plan, beginRun(plan), 1);
  }

  /** Lets some heartbeats fail in the timer; after that, the file can be written again. */
  async fail(): Promise<void> {
    this.isFull = true;
    const before = this.#failed;
    while (this.#failed < before + 6) await pause(1);
    this.isFull = false;
  }

  async stored(): Promise<unknown> {
    const finder = new SQLFinder(configIn(this.#folder));
    const [run] = await finder.getRunsInProject("demo");
    const points = (await run?.metrics.summary("loss"))?.count;
    await finder.close();
    return [run?.status, points];
  }
}

test("logMetric: the error of a failed heartbeat is thrown once", async () => {
  await inFolder(async (folder) => {
    const beating = new Beating(folder);
    const run = await beating.start();
    run.logPoint("loss", 1, undefined);
    await beating.fail();
    const log = (): void => run.logPoint("loss", 2, undefined);
    assertThrows(log, StorageError, "the disk is full");
    log();
    await run.finish({});
    assertEquals(await beating.stored(), ["completed", 2]);
  });
});

test("finish: the error of a failed heartbeat is thrown after the run has ended", async () => {
  await inFolder(async (folder) => {
    const beating = new Beating(folder);
    const run = await beating.start();
    run.logPoint("loss", 1, undefined);
    await beating.fail();
    await assertRejects(() => run.finish({}), StorageError, "disk is full");
    assertEquals(run.isOpen, false);
    assertEquals(await beating.stored(), ["completed", 1]);
  });
});

test("finish: the error of a failed heartbeat does not hide the error that ended the run", async () => {
  await inFolder(async (folder) => {
    const beating = new Beating(folder);
    const run = await beating.start();
    await beating.fail();
    await run.finish({ error: new Error("the loss is NaN") });
    assertEquals(beating.warnings.length, 1);
    assertEquals(await beating.stored(), ["failed", undefined]);
  });
});
