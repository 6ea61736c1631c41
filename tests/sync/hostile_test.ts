/** Whatever stands in a hub, a pull says in a sentence what it leaves out, brings the rest, and harms nothing. */
import { test } from "node:test";
import fc from "fast-check";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import { join } from "node:path";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { encodeBlob, sha256 } from "../../sync/hub/_blob.ts";
import type { HubEntry } from "../../sync/hub/_entry.ts";
import { Hub } from "../../sync/hub/_hub.ts";
import { changeIndex, entriesOf } from "../../sync/hub/_index.ts";
import { decodeSegment, type SegmentPart } from "../../sync/hub/_segment.ts";
import { HubError } from "../../sync/mod.ts";
import { assertSame, dump } from "./_dump.ts";
import { filesIn, inFolder, made, pull, push, record } from "./_lib.ts";
import { MemoryStore } from "./_stores.ts";

/** A store with two runs, each in a segment of its own, and their file. */
async function twoRuns(
  folder: string,
): Promise<{ store: MemoryStore; here: string; uuids: string[] }> {
  const [here] = filesIn(folder, "here");
  const store = await made(new MemoryStore());
  const uuids: string[] = [];
  for (const lr of [1, 2]) {
    const path = join(folder, `weights of ${lr}.bin`);
    writeFileSync(path, `weights ${lr}`);
    uuids.push(
      await record(here!, {
        config: { lr, text: "x".repeat(3_000) },
        more: (logger) => logger.logArtifact(path),
      }),
    );
    await push(here!, store, { sources: true, artifacts: true });
  }
  return { store, here: here!, uuids };
}

async function entriesIn(store: MemoryStore): Promise<HubEntry[]> {
  const hub = await Hub.open(store);
  const { root } = await hub.head();
  return await Array.fromAsync(entriesOf(root, hub.runs.read));
}

/** Writes an entry, as anyone who can write to a hub can. */
async function forge(store: MemoryStore, entry: HubEntry): Promise<void> {
  const hub = await Hub.open(store);
  const head = await hub.head();
  const root = await changeIndex(head.root, new Map([[entry.uuid, entry]]), {
    read: hub.runs.read,
    write: hub.runs.write,
  });
  assert(await hub.setHead(root, head));
}

/** Stores a segment that says something else of a run, and lets the index refer to it. */
async function forgeParts(
  store: MemoryStore,
  uuid: string,
  change: (part: SegmentPart, json: Record<string, unknown>) => unknown,
): Promise<void> {
  const entry = (await entriesIn(store)).find((one) => one.uuid === uuid)!;
  const name = entry.record[0];
  const parts = decodeSegment(name, (await store.get(name))!);
  const hub = await Hub.open(store);
  const text = new TextDecoder().decode(await hub.read(name, "segment"));
  const json = JSON.parse(text) as { parts: Record<string, unknown>[] };
  const changed = await change(parts[0]!, json.parts[0]!);
  const blob = encodeBlob(
    "segment",
    typeof changed === "string"
      ? changed
      : JSON.stringify({ version: 1, parts: [changed ?? json.parts[0]] }),
  );
  await store.put(blob.name, blob.bytes);
  await forge(store, {
    ...entry,
    clock: [entry.clock[0] + 1, entry.clock[1], "mallory"],
    record: [blob.name, 0, entry.record[2]],
    parts: entry.parts.map(([, , rows]) => [blob.name, 0, rows]),
  });
}

test("an object that is changed, cut off or gone: its run is left out, the other one comes", async () => {
  await inFolder(async (folder) => {
    const { store, here, uuids } = await twoRuns(folder);
    const expected = await dump(here);
    const objects = new Map(store.objects);
    const names = [...objects.keys()];
    let next = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.constantFrom("flip", "cut", "grow", "empty", "gone"),
        fc.nat(),
        async (name, how, at) => {
          const { content, at: time } = objects.get(name)!;
          const bytes = new Uint8Array(content);
          const place = at % bytes.length;
          bytes[place] = bytes[place]! ^ (1 << (at % 8));
          const changed = {
            flip: bytes,
            cut: content.slice(0, place),
            grow: new Uint8Array([...content, 0]),
            empty: new Uint8Array(),
            gone: undefined,
          }[how];
          store.objects.clear();
          for (const [key, value] of objects) {
            if (key !== name) store.objects.set(key, value);
            else if (changed) {
              store.objects.set(key, { content: changed, at: time });
            }
          }
          const [there] = filesIn(folder, `there ${next++}`);
          const taken = await pull(there!, store, { artifacts: true });
          const found = await dump(there!);
          for (const [uuid, run] of Object.entries(found)) {
            assertSame({ [uuid]: run }, { [uuid]: expected[uuid] });
          }
          if (Object.keys(found).length < uuids.length) {
            assert(taken.lost.length > 0 && taken.notices.length > 0);
          }
          for (const line of taken.notices) assertMatch(line, /^(Run|A part)/);
          // A hub that is whole again gives the rest.
          for (const [key, value] of objects) store.objects.set(key, value);
          const whole = await pull(there!, store, { artifacts: true });
          assertEquals(whole.notices, []);
          assertSame(await dump(there!), expected);
        },
      ),
      { numRuns: 25, endOnFailure: true },
    );
  });
});

test("an object that inflates to more than it says, or to more than may be, is refused at once", async () => {
  await inFolder(async (folder) => {
    const { store, uuids } = await twoRuns(folder);
    const bomb = deflateRawSync(new Uint8Array(200_000_000), { level: 9 });
    for (const claimed of [10, 200_000_000, 0xffffffff]) {
      const head = new Uint8Array(10);
      head.set(new TextEncoder().encode("ATOh"));
      head[4] = 1;
      new DataView(head.buffer).setUint32(6, claimed, true);
      const bytes = new Uint8Array([...head, ...bomb]);
      await store.put(sha256(bytes), bytes);
      const entry = (await entriesIn(store)).find(({ uuid }) =>
        uuid === uuids[0]
      )!;
      await forge(store, {
        ...entry,
        record: [sha256(bytes), 0, 3],
        parts: [[sha256(bytes), 0, 3]],
      });
      const [there] = filesIn(folder, `there ${claimed}`);
      const taken = await pull(there!, store);
      assertEquals(taken.lost, [uuids[0]!]);
      assertEquals(Object.keys(await dump(there!)), [uuids[1]]);
    }
  });
});

/** What a segment may say; each is left out, and the other run comes. */
const LIES: Readonly<
  Record<string, (part: SegmentPart, json: Record<string, unknown>) => unknown>
> = {
  "no JSON": () => "{",
  "a list": () => "[]",
  "no parts": () => '{"version":1,"parts":[]}',
  "a newer version": () => '{"version":99,"parts":[]}',
  "parts that are none": () => '{"version":1,"parts":[null,1,"x"]}',
  "another run": (_, json) => ({ ...json, uuid: "another" }),
  "no record": (_, { record: _record, ...json }) => json,
  "a record of a string": (_, json) => ({ ...json, record: "x" }),
  "tables that are missing": (part, json) => ({
    ...json,
    record: { ...part.record, tables: {} },
  }),
  "a config that is no JSON": (part, json) => ({
    ...json,
    record: { ...part.record, run: { ...part.record!.run, config: "{" } },
  }),
  "a config that is a number": (part, json) => ({
    ...json,
    record: { ...part.record, run: { ...part.record!.run, config: 7 } },
  }),
  "a status that is bytes": (part, json) => ({
    ...json,
    record: {
      ...part.record,
      run: { ...part.record!.run, status: { bytes: "AAAA" } },
    },
  }),
  "a value of no type": (part, json) => ({
    ...json,
    record: { ...part.record, run: { ...part.record!.run, seed: { x: 1 } } },
  }),
  "an integer beyond 64 bits": (part, json) => ({
    ...json,
    record: {
      ...part.record,
      run: { ...part.record!.run, duration: { int: "99999999999999999999" } },
    },
  }),
  "another project": (part, json) => ({
    ...json,
    record: { ...part.record, project: { name: "another" } },
  }),
  "factors with another hash": (part, json) => ({
    ...json,
    contents: Object.fromEntries(
      Object.keys(part.contents!).map((name) => [name, "[]"]),
    ),
  }),
  "points that do not fit": (_, json) => ({
    ...json,
    streams: [{
      kind: "point",
      key: "loss",
      attempt: 1,
      points: { step: [0], seq: [0, 1], at: [0], value: [1], kind: [] },
    }],
  }),
  "points that are strings": (_, json) => ({
    ...json,
    streams: [{
      kind: "point",
      key: "loss",
      attempt: 1,
      points: { step: [0], seq: [0], at: [0], value: ["1"], kind: [] },
    }],
  }),
  "steps beyond 2^53": (_, json) => ({
    ...json,
    streams: [{
      kind: "point",
      key: "loss",
      attempt: 1,
      points: {
        step: [2 ** 53 - 1, 2 ** 53 - 1],
        seq: [0, 1],
        at: [0, 0],
        value: [1, 2],
        kind: [],
      },
    }],
  }),
  "fewer points than its index says": (_, json) => ({ ...json, streams: [] }),
};

for (const [name, change] of Object.entries(LIES)) {
  test(`a segment with ${name}: its run is left out, the other one comes`, async () => {
    await inFolder(async (folder) => {
      const { store, uuids } = await twoRuns(folder);
      await forgeParts(store, uuids[0]!, change);
      const [there] = filesIn(folder, "there");
      const taken = await pull(there!, store);
      assertEquals(taken.lost, [uuids[0]!]);
      assertEquals(taken.notices.length, 1);
      assertMatch(taken.notices[0]!, /^Run \S+ is left out: .+/);
      assertEquals(Object.keys(await dump(there!)), [uuids[1]]);
    });
  });
}

test("an index that claims a later state of somebody's run, with fewer points, takes no point away", async () => {
  await inFolder(async (folder) => {
    const { store, here, uuids } = await twoRuns(folder);
    const before = await dump(here);
    for (const attempts of [["x"], [], undefined]) {
      const entry = (await entriesIn(store)).find(({ uuid }) =>
        uuid === uuids[0]
      )!;
      await forgeParts(
        store,
        uuids[0]!,
        (_, json) => ({ ...json, streams: [] }),
      );
      const forged = (await entriesIn(store)).find(({ uuid }) =>
        uuid === uuids[0]
      )!;
      await forge(store, {
        ...forged,
        covers: [],
        rows: 0,
        parts: [],
        digest: "later",
        attempts: attempts ?? [...entry.attempts, "another"],
      });
      await pull(here, store);
      const points = (runs: Record<string, unknown>): unknown =>
        (runs[uuids[0]!] as { points: unknown }).points;
      assertEquals(points(await dump(here)), points(before));
    }
  });
});

test("names that look like SQL, paths or terminal escapes stay names", async () => {
  await inFolder(async (folder) => {
    const [here, there] = filesIn(folder, "here", "there");
    const store = await made(new MemoryStore());
    const names = [
      "'; DROP TABLE points; --",
      "../../../etc/passwd",
      "\u001b[2J\u001b]0;owned\u0007",
      "__proto__",
      "constructor",
      "\u202egnp.exe",
    ];
    const config = Object.fromEntries(names.map((name) => [`${name}!`, name]));
    for (const name of names) {
      await record(here!, {
        config,
        project: name,
        run: { tags: [name], name },
        more: (logger) => logger.logMetric(name, 1, 0),
      });
    }
    await push(here!, store, { sources: true });
    const taken = await pull(there!, store);
    assertEquals(taken.lost, []);
    assertSame(await dump(there!), await dump(here!));
  });
});

test("an artifact whose recorded path leads elsewhere lands beside the file, under its hash", async () => {
  await inFolder(async (folder) => {
    const [there] = filesIn(folder, "there");
    const { store, uuids } = await twoRuns(folder);
    const evil = "../../../../evil/..\\..\\x\u001b.sh";
    await forgeParts(store, uuids[0]!, (part, json) => {
      const artifacts = part.record!.tables.artifacts
        .map((row) => ({ ...row, path: evil }));
      const tables = { ...part.record!.tables, artifacts };
      return { ...json, record: { ...part.record, tables } };
    });
    await pull(there!, store, { artifacts: true });
    const found = readdirSync(`${there}.artifacts`, { recursive: true })
      .map(String).filter((path) => /\.(sh|bin)$/.test(path)).sort();
    assertEquals(found.length, 2);
    for (const path of found) {
      assertMatch(path, /^[0-9a-f]{2}\/[0-9a-f]{64}\/[\w.-]+$/);
    }
    assert(!existsSync(join(folder, "evil")));
  });
});

test("the contents of artifacts travel once, and those that have changed stay", async () => {
  await inFolder(async (folder) => {
    const [here, there] = filesIn(folder, "here", "there");
    const store = await made(new MemoryStore());
    const [big, gone] = [join(folder, "big.bin"), join(folder, "gone.bin")];
    // More than one piece.
    writeFileSync(big, new Uint8Array(9 * 1024 * 1024).fill(7));
    writeFileSync(gone, "old");
    for (let i = 0; i < 2; i++) {
      await record(here!, {
        more: (logger) => {
          logger.logArtifact(big);
          logger.logArtifact(gone);
        },
      });
    }
    writeFileSync(gone, "new");
    const sent = await push(here!, store, { artifacts: true });
    assert(sent.bytes > 9_000_000 && sent.bytes < 9_600_000, `${sent.bytes}`);
    assertEquals(sent.notices.length, 2);
    assertMatch(sent.notices[0]!, /gone\.bin is not sent: it has changed/);
    assert((await push(here!, store, { artifacts: true })).bytes === 0);
    await pull(there!, store, { artifacts: true });
    const found = readdirSync(`${there}.artifacts`, { recursive: true })
      .map(String).filter((path) => path.endsWith(".bin"));
    assertEquals(found.length, 1);
  });
});

test("a hub of a newer Ato is refused, an older one is brought up to date, and something else is no hub", async () => {
  const newer = new MemoryStore();
  await newer.prepare();
  await newer.swap("format", '{"format":"ato-hub","version":99,"id":"x"}', 0);
  await assertRejects(() => Hub.open(newer), Error, "update Ato");

  const older = new MemoryStore();
  await older.prepare();
  await older.swap("format", '{"format":"ato-hub","version":0}', 0);
  const [one, two] = [await Hub.open(older), await Hub.open(older)];
  assertEquals(one.id, two.id);
  assert(one.id.length > 30);

  for (const value of ["", "[]", "{", '{"format":"other","version":1}', "7"]) {
    const other = new MemoryStore();
    await other.prepare();
    await other.swap("format", value, 0);
    await assertRejects(() => Hub.open(other), Error, "no hub of Ato");
  }
  await assertRejects(() => Hub.open(new MemoryStore()), Error, "ato hub init");
});

test("an entry that says nonsense of what people wrote is not taken over, and the rest of the index is read", async () => {
  await inFolder(async (folder) => {
    const { store, here, uuids } = await twoRuns(folder);
    const [there] = filesIn(folder, "there");
    await pull(there!, store);
    const before = await dump(there!);
    const entry = (await entriesIn(store)).find(({ uuid }) =>
      uuid === uuids[0]
    )!;
    const edits = { ...entry.edits, deleted: "never" };
    await forge(store, { ...entry, clock: [9, 9, "mallory"], edits });
    const taken = await pull(there!, store);
    assertEquals(taken.notices.length, 1);
    assertSame(await dump(there!), before);
    await assertRejects(() => push(here, store), HubError, "push to a new hub");
  });
});

test("an index whose branches all lead to one node is not walked again and again", async () => {
  await inFolder(async (folder) => {
    const { store, uuids } = await twoRuns(folder);
    const [there] = filesIn(folder, "there");
    const hub = await Hub.open(store);
    const head = await hub.head();
    let node = head.root!;
    const keys = [..."0123456789abcdef"];
    for (let depth = 0; depth < 8; depth++) {
      const branch = Object.fromEntries(keys.map((key) => [key, node]));
      node = await hub.runs.write({ branch });
    }
    assert(await hub.setHead(node, head));
    const taken = await pull(there!, store);
    assertEquals(taken.added.toSorted(), uuids.toSorted());
    assert(taken.notices.length > 0);
  });
});

test("an entry that names a part again and again is not taken", async () => {
  await inFolder(async (folder) => {
    const { store, uuids } = await twoRuns(folder);
    const [there] = filesIn(folder, "there");
    const entry = (await entriesIn(store)).find(({ uuid }) =>
      uuid === uuids[0]
    )!;
    const parts = Array.from({ length: 10_000 }, () => entry.parts[0]!);
    await forge(store, { ...entry, parts });
    assert((await pull(there!, store)).notices.length > 0);
    assertEquals(await dump(there!), {});
  });
});
