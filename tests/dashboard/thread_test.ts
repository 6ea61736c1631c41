import { test } from "node:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { DashboardError, serveInThread } from "../../dashboard/mod.ts";
import { openForWriting } from "../../tracker/mod.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";
import { ask, makeRun } from "./_lib.ts";

/** A file with a run, and a path where there is none. */
const withRuns = (work: (dbPath: string) => Promise<void>) =>
  withTempFolder(async (folder) => {
    const dbPath = join(folder, "runs.db");
    await makeRun(dbPath, { config: { lr: 0.25 } });
    await work(dbPath);
  }, "dashboard-thread");

/** The address of a module that is the program of a thread. */
const program = (text: string) => ({
  address: `data:text/javascript,${
    encodeURIComponent(
      `import { parentPort } from "node:worker_threads";\n${text}`,
    )
  }`,
});

const SERVING =
  `parentPort.postMessage({ is: "serving", url: "http://127.0.0.1:9/", port: 9 });`;

test("serveInThread: serves, passes on warnings, and listens no more once it is closed", () =>
  withRuns(async (dbPath) => {
    const id = await makeRun(dbPath);
    const file = await openForWriting(dbPath);
    file.exec(
      `UPDATE experiments SET start_time = 'yesterday' WHERE id = ${id}`,
    );
    file.close();
    const warnings: string[] = [];
    let answer = "";
    const dashboard = await serveInThread({
      dbPath,
      onWarning: (line) => warnings.push(line),
    });
    try {
      ({ text: answer } = await ask(dashboard.port, {
        path: "/api/runs?project=demo",
      }));
      const answered = await ask(dashboard.port, { path: "/api/why?a=1&b=1" });
      assert(answered.status < 500, answered.text);
    } finally {
      await dashboard.close();
    }
    // The thread's last message comes after all others; an answer may come before a warning that was sent first.
    assert(warnings.length > 0, answer);
    assertEquals(JSON.parse(answer).warnings, warnings);
    await assertRejects(() => ask(dashboard.port, {}));
    assertEquals(
      await Promise.race([dashboard.failure, "no failure"]),
      "no failure",
    );
  }));

test("serveInThread: a port that is taken is said as a sentence, with its code", () =>
  withRuns(async (dbPath) => {
    const first = await serveInThread({ dbPath });
    try {
      const { port } = first;
      const error = await assertRejects(
        () => serveInThread({ dbPath, port }),
        DashboardError,
        `port ${port} of 127.0.0.1 is in use`,
      );
      assertEquals(error.code, "EADDRINUSE");
    } finally {
      await first.close();
    }
  }));

test("serveInThread: serves here where no thread can start, or it cannot be loaded", () =>
  withRuns(async (dbPath) => {
    const broken = program(`throw new Error("it cannot be loaded");`);
    for (const where of [{ address: undefined }, broken]) {
      const dashboard = await serveInThread({ dbPath }, where);
      try {
        const { text } = await ask(dashboard.port, { path: "/api/projects" });
        assertEquals(JSON.parse(text).projects, [{ name: "demo" }]);
      } finally {
        await dashboard.close();
      }
    }
  }));

test("serveInThread: says why a thread ended that was serving, and can be closed then", () =>
  withRuns(async (dbPath) => {
    // It ends when it is told to: an end at once may be heard of before the message that it serves.
    const end = `${dbPath}.end`;
    const ending = program(`${SERVING}
      import { existsSync } from "node:fs";
      setInterval(() => {
        if (existsSync(${
      JSON.stringify(end)
    })) throw new Error("out of memory");
      }, 10);`);
    const dashboard = await serveInThread({ dbPath }, ending);
    try {
      assertEquals(dashboard.port, 9);
      await writeFile(end, "");
      const failure = await dashboard.failure;
      assert(failure instanceof DashboardError);
      assertEquals(
        /^Cannot go on serving the dashboard: .*out of memory.*; start it again$/
          .test(failure.message),
        true,
        failure.message,
      );
    } finally {
      await dashboard.close();
    }
  }));
