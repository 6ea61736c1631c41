/** What every store must do. */
import { after, before, describe, test } from "node:test";
import { join } from "node:path";
import { rmSync } from "node:fs";
import { assert, assertEquals } from "@std/assert";
import { pause } from "../../internal/pause.ts";
import { sha256 } from "../../sync/hub/_blob.ts";
import { FolderStore } from "../../sync/hub/folder_store.ts";
import { PostgresStore } from "../../sync/hub/postgres_store.ts";
import { S3Store } from "../../sync/hub/s3/s3_store.ts";
import type { HubStore } from "../../sync/hub/store.ts";
import {
  type EngineServer,
  NO_POSTGRES,
  startPostgres,
} from "../_shared/engine_server.ts";
import { makeTempFolder } from "../_shared/temp_folder.ts";
import { KEYS, S3_KINDS, type S3Server } from "./_s3_server.ts";
import { MemoryStore } from "./_stores.ts";

function object(text: string): [name: string, content: Uint8Array] {
  const content = new TextEncoder().encode(text);
  return [sha256(content), content];
}

async function namesIn(store: HubStore, prefix?: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of store.list(prefix)) names.push(name);
  return names.sort();
}

/** Makes two clients of one new store; `again` makes more. */
interface Place {
  fresh(): () => HubStore;
}

function contract(name: string, place: Place, skip: string | false): void {
  const check = (
    what: string,
    work: (a: HubStore, b: HubStore) => Promise<void>,
  ): void => {
    test(`${name}: ${what}`, { skip }, async () => {
      const open = place.fresh();
      const [a, b] = [open(), open()];
      try {
        await a.prepare();
        await work(a, b);
      } finally {
        await a.close();
        await b.close();
      }
    });
  };

  test(`${name}: a store is prepared once, and again changes nothing`, {
    skip,
  }, async () => {
    const open = place.fresh();
    const store = open();
    try {
      assertEquals(await store.isPrepared(), false);
      await store.prepare();
      assertEquals(await store.isPrepared(), true);
      await store.put(...object("kept"));
      await store.prepare();
      assertEquals(await namesIn(store), [object("kept")[0]]);
    } finally {
      await store.close();
    }
  });

  check("many clients can prepare it at once", async (a, b) => {
    await Promise.all([a, b, a, b].map((store) => store.prepare()));
    assertEquals(await b.isPrepared(), true);
  });

  check("an object is stored once and read by others", async (a, b) => {
    const [name, content] = object("hello");
    assertEquals(await a.get(name), undefined);
    assertEquals(await a.put(name, content), true);
    assertEquals(await b.put(name, content), false);
    assertEquals([...(await b.get(name))!], [...content]);
    assertEquals(await b.has([name, sha256("other")]), new Set([name]));
    assertEquals(await b.has([]), new Set());
  });

  check("an object can be empty, or have any bytes", async (a, b) => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => i * i);
    for (const content of [new Uint8Array(), bytes]) {
      await a.put(sha256(content), content);
      assertEquals([...(await b.get(sha256(content)))!], [...content]);
    }
  });

  check("of many clients that store the same, one does", async (a, b) => {
    const [name, content] = object("same");
    const results = await Promise.all(
      [a, b, a, b].map((store) => store.put(name, content)),
    );
    assert(results.filter(Boolean).length >= 1);
    assertEquals([...(await a.get(name))!], [...content]);
    assertEquals(await namesIn(a), [name]);
  });

  check("objects are listed with their sizes, by prefix", async (a, b) => {
    const all = Array.from({ length: 40 }, (_, i) => object(`object ${i}`));
    for (const one of all) await a.put(...one);
    assertEquals(await namesIn(b), all.map(([name]) => name).sort());
    for (const prefix of ["", "a", "ab", all[7]![0].slice(0, 9), all[3]![0]]) {
      assertEquals(
        await namesIn(b, prefix),
        all.map(([name]) => name).filter((name) => name.startsWith(prefix))
          .sort(),
      );
    }
    for await (const { name, size, at } of b.list()) {
      assertEquals(size, all.find(([one]) => one === name)![1].length);
      assert(Math.abs(at - await b.now()) < 600_000);
    }
  });

  check(
    "only an object that was stored before a time is removed",
    async (a, b) => {
      const [name, content] = object("old");
      await a.put(name, content);
      const now = await a.now();
      assertEquals(await b.remove(name, now - 3_600_000), false);
      assertEquals([...(await a.get(name))!], [...content]);
      assertEquals(await b.remove(name, now + 3_600_000), true);
      assertEquals(await b.remove(name, now + 3_600_000), false);
      assertEquals(await a.get(name), undefined);
      assertEquals(await a.put(name, content), true);
    },
  );

  check(
    "an object that is stored again while it is removed is there",
    async (a, b) => {
      const all = Array.from({ length: 8 }, (_, i) => object(`again ${i}`));
      for (const one of all) await a.put(...one);
      // The clock of a store may count whole seconds.
      const stored = await a.now();
      let before = stored;
      while (before <= stored) {
        await pause(20);
        before = await a.now();
      }
      await Promise.all(all.flatMap(([name, content]) => [
        a.remove(name, before),
        b.put(name, content),
      ]));
      for (const [name, content] of all) {
        assertEquals([...(await a.get(name))!], [...content]);
        assertEquals([...(await b.get(name))!], [...content]);
        assertEquals(await a.remove(name, before), false);
      }
    },
  );

  check("a value is set by one client for each generation", async (a, b) => {
    assertEquals(await a.read("head"), undefined);
    assertEquals(await a.swap("head", "one", 0), true);
    assertEquals(await b.read("head"), { value: "one", generation: 1 });
    assertEquals(await b.swap("head", "two", 0), false);
    assertEquals(await b.swap("head", "two", 1), true);
    assertEquals(await a.read("head"), { value: "two", generation: 2 });
    assertEquals(await a.swap("head", "three", 1), false);
    assertEquals(await a.read("other"), undefined);
  });

  check(
    "of many clients that count at once, none loses a count",
    async (a, b) => {
      const count = async (store: HubStore): Promise<void> => {
        for (let done = 0; done < 10;) {
          const found = await store.read("count");
          const value = String(Number(found?.value ?? 0) + 1);
          if (await store.swap("count", value, found?.generation ?? 0)) done++;
        }
      };
      await Promise.all([count(a), count(b)]);
      assertEquals((await a.read("count"))?.value, "20");
    },
  );

  check(
    "who waits is told of a change, and a signal ends the wait",
    async (a, b) => {
      await a.read("head");
      await a.swap("head", "one", 0);
      const changed = b.wait("head", { generation: 1, timeout: 60_000 });
      await a.read("head");
      await a.swap("head", "two", 1);
      await changed;
      // A change before the wait is seen, too.
      await b.wait("head", { generation: 1, timeout: 60_000 });
      const ending = new AbortController();
      const waiting = b.wait("head", {
        generation: 2,
        timeout: 60_000,
        signal: ending.signal,
      });
      ending.abort();
      await waiting;
      await b.wait("head", { generation: 2, timeout: 1 });
    },
  );
}

contract("memory", {
  fresh: () => {
    const store = new MemoryStore();
    return () => store;
  },
}, false);

describe("folder", () => {
  const folder = makeTempFolder("stores");
  after(() => rmSync(folder, { recursive: true, force: true }));
  let next = 0;
  contract("folder", {
    fresh: () => {
      const path = join(folder, `hub ${next++}`);
      return () => new FolderStore(path);
    },
  }, false);
});

describe("postgres", () => {
  let server: EngineServer | undefined;
  before(async () => {
    if (NO_POSTGRES === false) server = await startPostgres();
  });
  after(async () => await server?.stop());
  let next = 0;
  contract("postgres", {
    fresh: () => {
      const url = `${server!.url}?schema=hub_${next++}`;
      return () => new PostgresStore(url);
    },
  }, NO_POSTGRES);
});

for (const kind of S3_KINDS) {
  describe(`s3 (${kind.name})`, () => {
    let server: S3Server | undefined;
    before(async () => {
      if (kind.skip === false) server = await kind.start();
    });
    after(async () => await server?.stop());
    let next = 0;
    contract(`s3 (${kind.name})`, {
      fresh: () => {
        // Characters that have a meaning in an address, in XML and in a signature.
        const url = server!.hub(`a+b & c='d' ü/${next++}`);
        return () => new S3Store(url, { environment: KEYS });
      },
    }, kind.skip);
  });
}
