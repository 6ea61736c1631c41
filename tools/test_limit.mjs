/**
 * Ends a test file that does not end, and says what it waits for: a test that fails can leave a server open, and a
 * runner would wait for it for ever. `deno test --preload` and `node --import` load it before each test file.
 *
 * @module
 */
import process from "node:process";
import { isMainThread } from "node:worker_threads";

/** How long a file may take, in seconds: several times what the slowest takes on a slow machine. */
const LIMIT = Number(process.env.ATO_TEST_LIMIT || 15 * 60);

const file = process.argv[1] ?? "";
// Tests replace it in processes of their own.
const { exit } = process;

if (isMainThread && file.endsWith("_test.ts")) {
  setTimeout(end, LIMIT * 1000).unref();
}

function end() {
  const open = process.getActiveResourcesInfo?.().join(", ") ?? "";
  console.error(
    `${file} has not ended after ${LIMIT} s${
      open === "" ? "" : `; it waits for: ${open}`
    }`,
  );
  exit.call(process, 1);
}
