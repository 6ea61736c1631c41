/** Leases on NATS: what its own acknowledgements do not promise, and what the leases that stand beside them do. */
import process from "node:process";
import { test } from "node:test";
import { assertEquals, assertExists } from "@std/assert";
import {
  connect as openNats,
  type NatsConnection,
} from "@nats-io/transport-node";
import { searchTag } from "../../hyperopt/engines/_search_tag.ts";
import { PASSWORD } from "../_shared/engine_server.ts";
import { IS_DENO } from "../_shared/run_script.ts";
import { extended } from "../hyperopt/_extended.ts";
import { connect } from "./_connect.ts";
import { NATS } from "./_engines.ts";

const skip = NATS.skip ||
  (IS_DENO || process.env["ATO_ALL_STORIES"] ? false : "it is told under Deno");
const now = { wait: 0 };
const soon = { wait: 60_000 };

/** Calls a function with a client of its own, and closes it. */
async function withClient(
  work: (nats: NatsConnection, url: string) => Promise<void>,
): Promise<void> {
  const { port, url } = await NATS.server();
  const nats = await openNats({ port, user: "ato", pass: PASSWORD });
  try {
    await work(nats, url);
  } finally {
    await nats.close();
  }
}

/** Pulls a job without taking it; resolves to the subject that acknowledges it. */
async function pull(nats: NatsConnection, searchId: string): Promise<string> {
  const { reply } = await nats.request(
    `$JS.API.CONSUMER.MSG.NEXT.ato-${searchTag(searchId)}.workers`,
    JSON.stringify({ batch: 1, expires: 30_000_000_000 }),
    { timeout: 60_000, noMux: true },
  );
  return reply!;
}

test(
  "NATS alone: who acknowledges after its time was over removes a job that another one has",
  {
    skip,
  },
  async () => {
    await withClient(async (nats, url) => {
      const searchId = `acks ${crypto.randomUUID()}`;
      const backend = await connect(url, { searchId, lease: 200 });
      await backend.publish({ id: "1", data: "" });
      const late = await pull(nats, searchId);
      assertExists(await pull(nats, searchId));
      await nats.request(late, "+ACK", { timeout: 60_000 });
      await new Promise((resolve) => setTimeout(resolve, 500));
      assertEquals(await backend.take(now), undefined);
      await backend.drop();
      await backend.close();
    });
  },
);

test(
  "NATS: a job whose process ended before it said that it has it was never taken",
  {
    skip,
  },
  async () => {
    await withClient(async (nats, url) => {
      const searchId = `never ${crypto.randomUUID()}`;
      const backend = await connect(url, { searchId, lease: 200 });
      await backend.publish({ id: "1", data: "" });
      await pull(nats, searchId);
      const job = await backend.take(soon);
      assertEquals([job?.id, job?.attempt], ["1", 0]);
      await backend.drop();
      await backend.close();
    });
  },
);

test(
  "NATS: a job with a longer lease than others have is not handed out before its end",
  {
    skip,
  },
  async () => {
    const { url } = await NATS.server();
    const searchId = `longer ${crypto.randomUUID()}`;
    const long = await connect(url, { searchId, lease: 600_000 });
    const short = await connect(url, { searchId, lease: 100 });
    await long.publish({ id: "1", data: "" });
    const job = await long.take(soon);
    assertEquals(await short.take({ wait: 500 }), undefined);
    assertEquals(await job!.extend(), true);
    await job!.ack();
    // The other way about: a short lease ends early, whatever others have.
    await short.publish({ id: "2", data: "" });
    assertExists(await short.take(soon));
    assertEquals((await long.take(soon))?.attempt, 1);
    await long.drop();
    await long.close();
    await short.close();
  },
);

test(
  "NATS: a job that was acked and published again starts from the beginning, and its former holder is told",
  {
    skip,
  },
  async () => {
    const { url } = await NATS.server();
    const searchId = `again ${crypto.randomUUID()}`;
    // Only the lease of the former holder is waited for.
    const [a, b] = [
      await connect(url, { searchId, lease: 300 }),
      await connect(url, { searchId, lease: 600_000 }),
    ];
    await a.publish({ id: "1", data: "x" });
    const first = await a.take(soon);
    const second = await b.take(soon);
    assertEquals(second?.attempt, 1);
    await second!.ack();
    await b.publish({ id: "1", data: "y" });
    const third = await b.take(soon);
    assertEquals([third?.data, third?.attempt], ["y", 0]);
    assertEquals(await extended(a, first!), false);
    await first!.ack();
    assertEquals(await third!.extend(), true);
    await a.drop();
    await a.close();
    await b.close();
  },
);

test(
  "NATS: what is left of a job that is gone does not hold up a new one of its id",
  {
    skip,
  },
  async () => {
    await withClient(async (nats, url) => {
      const searchId = `left ${crypto.randomUUID()}`;
      const tag = searchTag(searchId);
      const backend = await connect(url, { searchId, lease: 600_000 });
      await backend.publish({ id: "1", data: "x" });
      const former = await backend.take(soon);
      await nats.request(
        `$JS.API.STREAM.PURGE.ato-${tag}`,
        JSON.stringify({ filter: `ato.${tag}.job.*` }),
      );
      await backend.publish({ id: "1", data: "y" });
      const job = await backend.take(soon);
      assertEquals([job?.data, job?.attempt], ["y", 0]);
      assertEquals(await former!.extend(), false);
      await backend.drop();
      await backend.close();
    });
  },
);

test("NATS: processes that make the same searches at once can all use them", {
  skip,
}, async () => {
  const { url } = await NATS.server();
  await Promise.all(Array.from({ length: 20 }, async () => {
    const searchId = `at once ${crypto.randomUUID()}`;
    const open = await Promise.all(
      [0, 1, 2].map(() => connect(url, { searchId })),
    );
    const [a, b, c] = open;
    await a!.publish({ id: "1", data: "x" });
    await Promise.all(open.map(({ journal }, i) => journal.append(`${i}`, "")));
    assertEquals((await c!.take(soon))?.data, "x");
    assertEquals((await b!.journal.read(0, soon)).length, 3);
    await a!.drop();
    await Promise.all(open.map((one) => one.close()));
  }));
});
