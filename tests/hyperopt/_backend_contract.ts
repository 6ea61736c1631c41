/** The contract suite of backends of distributed searches. */
import { assert, assertEquals, assertExists } from "@std/assert";
import { test } from "node:test";
import type { SearchBackend } from "../../hyperopt/mod.ts";

/** Makes connections to a new search; leases last `lease` milliseconds. */
export type Connect = (lease: number) => Promise<{
  connect(): SearchBackend;
  end(): Promise<void>;
}>;

const LONG = 20_000;
const SHORT = 120;
const now = { wait: 0 };
const soon = { wait: 5_000 };

/** Runs the suite on a backend. */
export function checkBackend(name: string, connect: Connect): void {
  const check = (
    what: string,
    lease: number,
    work: (a: SearchBackend, b: SearchBackend) => Promise<void>,
  ) =>
    test(`${name}: ${what}`, async () => {
      const shared = await connect(lease);
      const [a, b] = [shared.connect(), shared.connect()];
      try {
        await work(a, b);
      } finally {
        await Promise.all([a.close(), b.close()]);
        await shared.end();
      }
    });

  check("all connections are to the same search", LONG, async (a, b) => {
    assertEquals([a.searchId, a.lease], [b.searchId, LONG]);
    await Promise.resolve();
  });

  check(
    "a job is taken by one, and gone when it is acked",
    LONG,
    async (a, b) => {
      await a.publish({ id: "0.0", data: "x" });
      const job = await b.take(soon);
      assertEquals([job?.id, job?.data, job?.attempt], ["0.0", "x", 0]);
      assertEquals(await a.take(now), undefined);
      await job!.ack();
      assertEquals(await a.take(now), undefined);
    },
  );

  check(
    "publishing twice is publishing once, also while it is taken",
    LONG,
    async (a, b) => {
      await Promise.all([
        a.publish({ id: "1", data: "x" }),
        b.publish({ id: "1", data: "x" }),
      ]);
      assertExists(await a.take(soon));
      await b.publish({ id: "1", data: "x" });
      assertEquals(await b.take(now), undefined);
    },
  );

  check(
    "jobs come in the order in which they were published",
    LONG,
    async (a, b) => {
      for (const id of ["a", "b", "c"]) await a.publish({ id, data: "" });
      const ids = [];
      for (let i = 0; i < 3; i++) ids.push((await b.take(soon))?.id);
      assertEquals(ids, ["a", "b", "c"]);
    },
  );

  check(
    "a job whose lease ran out comes to another, and to whom it was is nothing",
    SHORT,
    async (a, b) => {
      await a.publish({ id: "1", data: "" });
      const first = await a.take(soon);
      const second = await b.take(soon);
      assertEquals([first?.id, second?.id, second?.attempt], ["1", "1", 1]);
      assertEquals(await first!.extend(), false);
      await first!.ack();
      // The second rank still holds it: when that lease runs out, too, the job can be taken again.
      const third = await a.take(soon);
      assertEquals([third?.id, third?.attempt], ["1", 2]);
      await third!.ack();
      assertEquals(await a.take({ wait: 2 * SHORT }), undefined);
    },
  );

  check(
    "a lease that is extended does not run out",
    4 * SHORT,
    async (a, b) => {
      await a.publish({ id: "1", data: "" });
      const job = await a.take(soon);
      const other = b.take({ wait: 9 * SHORT });
      const timer = setInterval(() => job!.extend(), SHORT);
      assertEquals(await other, undefined);
      clearInterval(timer);
      assertEquals((await b.take(soon))?.id, "1");
    },
  );

  check(
    "a job of a closed connection comes to another",
    SHORT,
    async (a, b) => {
      await a.publish({ id: "1", data: "" });
      assertExists(await a.take(soon));
      await a.close();
      assertEquals((await b.take(soon))?.id, "1");
    },
  );

  check(
    "who waits for a job gets it when it comes, or gives up",
    LONG,
    async (a, b) => {
      const taking = b.take(soon);
      await a.publish({ id: "1", data: "" });
      assertEquals((await taking)?.id, "1");
      const controller = new AbortController();
      const begin = performance.now();
      const aborted = a.take({ wait: LONG, signal: controller.signal });
      controller.abort();
      assertEquals(await aborted, undefined);
      assert(performance.now() - begin < LONG / 2);
      assertEquals(await a.take({ wait: 5 }), undefined);
      assertEquals(
        await a.take({ wait: LONG, signal: AbortSignal.abort() }),
        undefined,
      );
    },
  );

  check(
    "the journal is read by all in one order, from anywhere",
    LONG,
    async (a, b) => {
      await a.journal.append("x", "1");
      await b.journal.append("y", "2");
      const [all, same] = [
        await a.journal.read(0, soon),
        await b.journal.read(0, soon),
      ];
      assertEquals(all, same);
      assertEquals(all.map(({ key, value }) => [key, value]), [["x", "1"], [
        "y",
        "2",
      ]]);
      const rest = await b.journal.read(all[0]!.sequence, soon);
      assertEquals(rest.map(({ key }) => key), ["y"]);
      assertEquals(await a.journal.read(all[1]!.sequence, now), []);
    },
  );

  check(
    "of several entries of a key the first one comes first",
    LONG,
    async (a, b) => {
      await a.journal.append("x", "first");
      await b.journal.append("x", "second");
      const entries = await a.journal.read(0, soon);
      assertEquals(entries.find(({ key }) => key === "x")?.value, "first");
    },
  );

  check(
    "who waits for news gets them when they come, or gives up",
    LONG,
    async (a, b) => {
      const reading = b.journal.read(0, soon);
      await a.journal.append("x", "1");
      assertEquals((await reading).map(({ value }) => value), ["1"]);
      const last = (await reading)[0]!.sequence;
      const controller = new AbortController();
      const aborted = b.journal.read(last, {
        wait: LONG,
        signal: controller.signal,
      });
      controller.abort();
      assertEquals(await aborted, []);
    },
  );
}
