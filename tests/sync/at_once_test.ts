/** Objects of a hub that go several at once: never more than a store takes, never a head before what it refers to. */
import { test } from "node:test";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { Hub } from "../../sync/hub/_hub.ts";
import { ReadAhead } from "../../sync/hub/_read_ahead.ts";
import { WriteQueue } from "../../sync/hub/_write_queue.ts";
import { sha256 } from "../../sync/hub/_blob.ts";
import { SQLFinder } from "../../tracker/mod.ts";
import { assertSame, dump } from "./_dump.ts";
import { filesIn, inFolder, made, pull, push, record } from "./_lib.ts";
import { addSearch } from "./_searches.ts";
import { MemoryStore } from "./_stores.ts";

const AT_ONCE = 4;

/** A store whose calls overlap: each takes some turns of the loop. It counts them. */
class BusyStore extends MemoryStore {
  underWay = 0;
  most = 0;
  puts = 0;
  /** Fails with this from a put on. */
  fault: { readonly at: number; readonly error: Error } | undefined;

  constructor() {
    super(AT_ONCE);
  }

  async #busy<T>(work: () => Promise<T>, turns: number): Promise<T> {
    this.most = Math.max(this.most, ++this.underWay);
    try {
      for (let i = 0; i < turns; i++) {
        await new Promise((done) => setTimeout(done, 0));
      }
      return await work();
    } finally {
      this.underWay--;
    }
  }

  override put(name: string, content: Uint8Array): Promise<boolean> {
    const number = this.puts++;
    const { fault } = this;
    // The one that fails does so first.
    if (number === fault?.at) {
      return this.#busy(() => Promise.reject(fault.error), 1);
    }
    return this.#busy(() => super.put(name, content), 3);
  }

  override get(name: string): Promise<Uint8Array | undefined> {
    return this.#busy(() => super.get(name), 3);
  }

  override swap(ref: string, value: string, of: number): Promise<boolean> {
    assertEquals(this.underWay, 0, "a head is set while objects are under way");
    return super.swap(ref, value, of);
  }
}

/** Runs with content of their own, which are objects of their own. */
async function makeRuns(path: string): Promise<void> {
  for (let i = 0; i < 8; i++) {
    await record(path, { config: { i, text: `${i} `.repeat(2_000) } });
  }
  await addSearch(path);
  await addSearch(path, { studyId: "other" });
}

test("a push and a pull have several objects under way, and no more than the store takes", async () => {
  await inFolder(async (folder) => {
    const [here, there] = filesIn(folder, "here", "there") as [string, string];
    await makeRuns(here);
    const store = await made(new BusyStore());
    const sent = await push(here, store, { sources: true });
    assertEquals([sent.added.length, sent.searches.added.length], [8, 2]);
    assertEquals([store.most, store.underWay], [AT_ONCE, 0]);
    // Each object was stored once.
    assertEquals([sent.objects, store.puts], [
      store.objects.size,
      store.objects.size,
    ]);
    store.most = 0;
    const taken = await pull(there, store);
    assertEquals([taken.notices, taken.searches.added.length], [[], 2]);
    assert(
      store.most > 1 && store.most <= AT_ONCE + 1,
      `${store.most} at once`,
    );
    assertEquals(store.underWay, 0);
    assertSame(await dump(there), await dump(here));
    // The ids follow time, whatever comes first.
    const finder = new SQLFinder(there);
    const runs = (await finder.getRunsInProject("demo"))
      .map(({ id, config }) => [id, Number(config["i"])] as const)
      .sort(([a], [b]) => a - b);
    await finder.close();
    assertEquals(runs, Array.from({ length: 8 }, (_, i) => [i + 1, i]));
  });
});

test("a put that fails ends a push with its error: the others end, none begins, and no head is set", async () => {
  await inFolder(async (folder) => {
    const [here] = filesIn(folder, "here") as [string];
    await makeRuns(here);
    for (const at of [0, 5]) {
      const store = await made(new BusyStore());
      const error = new RangeError(`put ${at} failed`);
      store.fault = { at, error };
      const heads = store.refs.size;
      assertEquals(await assertRejects(() => push(here, store)), error);
      assertEquals(store.underWay, 0);
      assert(store.puts <= at + AT_ONCE, `${store.puts} puts`);
      assertEquals(store.refs.size, heads);
      // The next push begins anew.
      store.fault = undefined;
      assertEquals((await push(here, store)).added.length, 8);
    }
  });
});

test("a get that fails is the error of the run that needs it, and the others come", async () => {
  await inFolder(async (folder) => {
    const [here, there] = filesIn(folder, "here", "there") as [string, string];
    await makeRuns(here);
    const store = await made(new BusyStore());
    await push(here, store);
    const [lost] = [...store.objects].find(([, { content }]) =>
      content[5] === 3 || content.length > 60
    )!;
    const hub = await Hub.open(store);
    const before = await hub.fetch(lost);
    store.objects.get(lost)!.content = new Uint8Array(before.length);
    const taken = await pull(there, store);
    assert(taken.lost.length > 0);
    assertEquals(taken.notices.length, taken.lost.length);
    assertEquals(taken.added.length + taken.lost.length, 8);
    assertEquals(store.underWay, 0);
  });
});

/** A store that holds puts and gets until it is told. */
class HeldStore extends MemoryStore {
  readonly held: (() => void)[] = [];

  constructor() {
    super(8);
  }

  override async put(): Promise<boolean> {
    await new Promise<void>((done) => this.held.push(done));
    return true;
  }

  override async get(): Promise<Uint8Array> {
    await new Promise<void>((done) => this.held.push(done));
    return LARGE;
  }

  async release(): Promise<void> {
    for (const done of this.held.splice(0)) done();
    await new Promise((done) => setTimeout(done, 0));
  }
}

const LARGE = new Uint8Array(20 * 1024 * 1024);

test("large objects go fewer at once, so that what is in memory is bounded", async () => {
  const store = new HeldStore();
  const queue = new WriteQueue(store);
  const names = ["a", "b", "c"].map(sha256);
  const adding = Promise.all(names.map((name) => queue.add(name, LARGE)));
  await Promise.resolve();
  assertEquals(store.held.length, 1);
  for (let i = 0; i < 3; i++) await store.release();
  await adding;
  await store.release();
  await queue.finish();

  const many = Array.from({ length: 20 }, (_, i) => [sha256(`${i}`)]);
  const ahead = new ReadAhead(store, many);
  assertEquals(store.held.length, 8);
  await store.release();
  // Eight wait to be taken: nothing more is asked for until they are.
  assertEquals(store.held.length, 0);
  for (const [name] of many.slice(0, 6)) await ahead.take(name!);
  assertEquals(store.held.length, 0);
  // What nobody takes is dropped when its turn is over.
  for (let i = 0; i < 8; i++) ahead.next();
  assertEquals(store.held.length, 8);
  const ending = ahead.end();
  await store.release();
  await ending;
  assertEquals(store.held.length, 0);
});

test("a list of names that cannot be read on ends nothing: what was asked for is there, the rest is asked for when it is needed", async () => {
  const store = new BusyStore();
  await store.put("a", new Uint8Array([1]));
  function* names(): Generator<string[]> {
    yield ["a"];
    throw new Error("database disk image is malformed");
  }
  const ahead = new ReadAhead(store, names());
  assertEquals(await ahead.take("a"), new Uint8Array([1]));
  assertEquals(ahead.take("b"), undefined);
  await ahead.end();
});
