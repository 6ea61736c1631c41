/** The contract suite of backends of distributed searches. */
import { assert, assertEquals, assertExists } from "@std/assert";
import { test } from "node:test";
import type { SearchBackend } from "../../hyperopt/mod.ts";
import { extended } from "./_extended.ts";

/** Makes connections to a new search; leases last `lease` milliseconds. */
export type Connect = (lease: number) => Promise<{
  connect(): SearchBackend;
  end(): Promise<void>;
}>;

const LONG = 20_000;
const now = { wait: 0 };
const soon = { wait: 15_000 };

/** Runs the suite on a backend; `SHORT` is a lease that runs out soon, but not within a call. */
export function checkBackend(
  name: string,
  connect: Connect,
  SHORT = 120,
): void {
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
      assertEquals(await extended(a, first!), false);
      await first!.ack();
      // The second rank still holds it: when that lease runs out, too, the job can be taken again.
      let third = await a.take(soon);
      assertEquals([third?.id, third?.attempt], ["1", 2]);
      while (third !== undefined) {
        const begin = performance.now();
        const isHeld = await extended(a, third);
        await third.ack();
        const isLate = !isHeld || performance.now() - begin >= SHORT;
        third = await a.take({ wait: 2 * SHORT });
        // On a busy machine that lease can have run out before the ack.
        if (!isLate) assertEquals(third, undefined);
      }
    },
  );

  check(
    "a lease that is extended does not run out",
    4 * SHORT,
    async (a, b) => {
      await a.publish({ id: "1", data: "" });
      for (;;) {
        const job = await a.take(soon);
        const other = b.take({ wait: 9 * SHORT });
        let [last, longest] = [performance.now(), 0];
        const extend = async () => {
          const begin = performance.now();
          await extended(a, job!);
          longest = Math.max(longest, performance.now() - last);
          last = begin;
        };
        const timer = setInterval(extend, SHORT);
        const taken = await other.finally(() => clearInterval(timer));
        longest = Math.max(longest, performance.now() - last);
        // On a busy machine the lease may not have been extended in time.
        if (taken !== undefined && longest >= 4 * SHORT) continue;
        assertEquals(taken, undefined);
        break;
      }
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
    "of several entries of a key only the first one is appended, and the others are told",
    LONG,
    async (a, b) => {
      assertEquals(await a.journal.append("x", "first"), true);
      assertEquals(await b.journal.append("x", "second"), false);
      assertEquals(await a.journal.append("x", "third"), false);
      assertEquals(await b.journal.append("y", "second"), true);
      const entries = await a.journal.read(0, soon);
      assertEquals(entries.map(({ key, value }) => [key, value]), [
        ["x", "first"],
        ["y", "second"],
      ]);
    },
  );

  check(
    "of many that append an entry of one key at once exactly one does",
    LONG,
    async (a, b) => {
      const answers = await Promise.all(
        Array.from(
          { length: 40 },
          (_, i) => [a, b][i % 2]!.journal.append("x", String(i)),
        ),
      );
      assertEquals(answers.filter((first) => first).length, 1);
      const entries = await b.journal.read(0, soon);
      assertEquals(entries.map(({ value }) => value), [
        String(answers.indexOf(true)),
      ]);
    },
  );

  check(
    "a reader that follows a journal sees every entry once, in order, while others append",
    LONG,
    async (a, b) => {
      const keys = Array.from({ length: 60 }, (_, i) => `k${i}`);
      const appending = Promise.all(
        keys.map((key, i) => [a, b][i % 2]!.journal.append(key, "")),
      );
      const seen: string[] = [];
      let last = 0;
      while (seen.length < keys.length) {
        const some = await a.journal.read(last, { ...soon, limit: 7 });
        assert(some.length > 0 && some.length <= 7);
        for (const { sequence, key } of some) {
          assert(sequence > last);
          last = sequence;
          seen.push(key);
        }
      }
      await appending;
      assertEquals(seen.toSorted(), keys.toSorted());
    },
  );

  check("journals of other names are apart", LONG, async (a, b) => {
    await a.journal.append("x", "1");
    assertEquals(await a.journalNamed("told").append("x", "2"), true);
    const read = async (name: string) =>
      (await b.journalNamed(name).read(0, soon)).map(({ value }) => value);
    assertEquals(await read("told"), ["2"]);
    assertEquals((await b.journal.read(0, now)).length, 1);
    assertEquals(await b.journalNamed("other").read(0, now), []);
  });

  check("keys and values of a journal are any text", LONG, async (a, b) => {
    const texts = ["", " ", "a.b:c/d", "ä\u{1f600}", "x".repeat(100_000)];
    for (const text of texts) await a.journal.append(text, text);
    const entries = await b.journal.read(0, soon);
    assertEquals(entries.map(({ key }) => key), texts);
    assertEquals(entries.map(({ value }) => value), texts);
  });

  check("a lock is held by one until it is released", LONG, async (a, b) => {
    const held = await a.lock("owner");
    assertExists(held);
    assertEquals(await b.lock("owner"), undefined);
    assertEquals(await a.lock("owner"), undefined);
    assertExists(await b.lock("other"));
    assertEquals(await held.extend(), true);
    await held.release();
    assertExists(await b.lock("owner"));
    await held.release();
    assertEquals(await a.lock("owner"), undefined);
    assertEquals(await held.extend(), false);
  });

  check(
    "a lock whose lease ran out can be taken, and is lost to whom it was",
    SHORT,
    async (a, b) => {
      const first = await a.lock("owner");
      for (;;) {
        const begin = performance.now();
        const second = await b.lock("owner");
        if (second === undefined) {
          await new Promise((resolve) => setTimeout(resolve, SHORT / 8));
          continue;
        }
        assertEquals(await extended(a, first!), false);
        await first!.release();
        const isHeld = await extended(b, second);
        // On a busy machine this lease can have run out, too.
        if (!isHeld && performance.now() - begin >= SHORT) continue;
        assertEquals(isHeld, true);
        break;
      }
    },
  );

  check("the clock is that of the engine", LONG, async (a, b) => {
    const [first, second] = [await a.now(), await b.now()];
    assert(second >= first);
    assert(Math.abs(second - Date.now()) < 60_000);
  });

  check("a search that was dropped is empty", LONG, async (a, b) => {
    await a.publish({ id: "1", data: "" });
    await a.publish({ id: "2", data: "" });
    await a.take(soon);
    await a.journal.append("x", "1");
    await a.journalNamed("told").append("x", "1");
    await a.lock("owner");
    await b.drop();
    assertEquals(await b.take(now), undefined);
    assertEquals(await b.journal.read(0, now), []);
    assertEquals(await b.journalNamed("told").read(0, now), []);
    assertExists(await b.lock("owner"));
    await a.publish({ id: "1", data: "" });
    assertEquals((await b.take(soon))?.attempt, 0);
    assertEquals(await b.journal.append("x", "2"), true);
  });

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
