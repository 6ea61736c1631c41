/** A training script for the tests: `_child.ts <mode> <folder> …`. */
import { existsSync, writeSync } from "node:fs";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { SQLLogger } from "../../tracker/mod.ts";
import { configIn } from "./_helpers.ts";

const [mode, folder, ...rest] = process.argv.slice(2) as [
  string,
  string,
  ...string[],
];
const config = configIn(folder, { lr: 0.1 });

/**
 * Prints a line, and blocks while nobody reads: `process.stdout` would keep it, and a process that is killed would lose
 * what it has printed.
 */
function print(line: string): void {
  let bytes = new TextEncoder().encode(`${line}\n`);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(1, bytes));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      // The pipe is full.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** Logs a number of points as fast as it can. */
async function many(): Promise<void> {
  // Of many that write at once, one can wait for long.
  const logger = new SQLLogger(config, {
    onError: "throw",
    busyTimeout: 600_000,
  });
  const id = await logger.run();
  for (let step = 0; step < Number(rest[0]); step++) {
    logger.logMetric("loss", step / 2, step);
  }
  await logger.finish();
  console.log(`run ${id}`);
}

/** Logs until it is killed, or up to a last step, and prints what it has logged. */
async function forever(): Promise<void> {
  const resume = rest[0] === undefined
    ? undefined
    : { run: Number(rest[0]), step: Number(rest[1]) };
  const last = Number(rest[2] ?? Infinity);
  const logger = new SQLLogger(config);
  print(`run ${await logger.run(resume === undefined ? {} : { resume })}`);
  for (let step = (resume?.step ?? -1) + 1;; step++) {
    logger.logMetric("loss", 1 / (step + 1), step);
    // A step that was printed was logged, and at most one more was.
    print(`step ${step}`);
    if (step === last) await pause(600_000);
    if (step % 20 === 0) await pause(1);
  }
}

/** Waits for a signal; `own` has a handler of its own. */
async function waiting(): Promise<void> {
  const logger = new SQLLogger(config);
  const id = await logger.run();
  logger.logMetric("loss", 1, 0);
  if (rest[0] === "own") {
    process.on("SIGINT", async () => {
      await logger.finish({ status: "completed" });
      console.log("own handler");
      process.exit(0);
    });
  }
  await pause(400);
  console.log(`run ${id}`);
  for (;;) await pause(50);
}

/** Computes without ever letting the event loop turn. */
async function busy(): Promise<void> {
  const logger = new SQLLogger(config);
  process.stdout.write(`run ${await logger.run()}\n`);
  const until = Date.now() + 30_000;
  logger.logMetric("loss", 0);
  process.stdout.write("computing\n");
  for (let step = 1; Date.now() < until; step++) logger.logMetric("loss", step);
  console.log("survived");
}

/** Ends in one of the ways a script may end. */
async function ending(): Promise<void> {
  const logger = new SQLLogger(config);
  await logger.run();
  logger.logMetric("loss", 1, 0);
  if (rest[0] === "throw") throw new Error("the loss went up");
  if (rest[0] === "exit") process.exit(3);
  if (rest[0] === "dispose") {
    try {
      throw new Error("within the block");
    } finally {
      await logger[Symbol.asyncDispose]();
    }
  }
}

/** Logs a number of points to a file that cannot grow without limit. */
async function filling(): Promise<void> {
  const logger = new SQLLogger(config, { bufferSize: 500 });
  console.log(`run ${await logger.run()}`);
  let logged = 0;
  for (let step = 0; step < Number(rest[0]); step++) {
    logger.logMetric("loss", step, step);
    logged++;
  }
  await logger.finish();
  console.log(`logged ${logged}`);
}

/** Logs points without steps until it is killed, and does not wait for locks. A line says that an outage has begun. */
async function impatient(): Promise<void> {
  const logger = new SQLLogger(config, {
    busyTimeout: 20,
    onWarning: (message) => print(`warning ${message}`),
  });
  print(`run ${await logger.run()}`);
  for (let step = 0;; step++) {
    logger.logMetric("loss", step);
    print(`step ${step}`);
    if (step % 20 === 0) await pause(1);
  }
}

/** Logs ten points, waits for a file `go`, logs more, and ends. */
async function halves(): Promise<void> {
  const [go, more] = rest as [string, string];
  const logger = new SQLLogger(config);
  console.log(`run ${await logger.run({ tags: ["halves"] })}`);
  for (let step = 0; step < 10; step++) logger.logMetric("loss", step / 2);
  logger.logArtifact("s3://bucket/model", { metadata: { a: 1 } });
  console.log("half");
  while (!existsSync(go)) await pause(5);
  for (let step = 0; step < Number(more); step++) {
    logger.logMetric("loss", 5 + step / 2);
    // Longer than the interval at which a logger checks its file.
    if (step === 5) await pause(300);
  }
  await logger.finish();
  console.log("done");
}

const modes: Record<string, () => Promise<void>> = {
  many,
  forever,
  waiting,
  busy,
  ending,
  filling,
  halves,
  impatient,
};
await modes[mode]!();
