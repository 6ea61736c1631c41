/** Whatever a hub says of a search, a pull leaves it out with a sentence, writes nothing of it, and brings the others. */
import { test } from "node:test";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { checkJournal } from "../../hyperopt/journals.ts";
import { Hub } from "../../sync/hub/_hub.ts";
import { changeIndex } from "../../sync/hub/_index.ts";
import type { SearchEntry } from "../../sync/hub/_search_entry.ts";
import { chainEvents, NO_EVENTS } from "../../tracker/travel/mod.ts";
import { ato } from "../cli/_lib.ts";
import { makeSearch, makeTwo } from "../cli/_searches.ts";
import { filesIn, inFolder, made, pull, push } from "./_lib.ts";
import { addSearch, journalsOf } from "./_searches.ts";
import { MemoryStore } from "./_stores.ts";

type Event = Record<string, unknown>;

interface Planted {
  readonly store: MemoryStore;
  readonly entry: SearchEntry;
  readonly events: readonly Event[];
}

let first: Promise<Planted> | undefined;

/** A hub with two searches, of which the second one is going to lie; it is filled once, and copied. */
async function planted(): Promise<Planted> {
  first ??= (async () => {
    const filled = Promise.withResolvers<Planted>();
    await inFolder(async (folder) => filled.resolve(await fill(folder)));
    return await filled.promise;
  })();
  const { store, ...rest } = await first;
  const copy = await made(new MemoryStore());
  store.objects.forEach((object, name) => copy.objects.set(name, object));
  store.refs.forEach((ref, name) => copy.refs.set(name, ref));
  return { store: copy, ...rest };
}

async function fill(folder: string): Promise<Planted> {
  const [here] = filesIn(folder, "here") as [string];
  const store = await made(new MemoryStore());
  await addSearch(here, { studyId: "honest" });
  await addSearch(here, { studyId: "liar" });
  await push(here, store);
  const hub = await Hub.open(store);
  const { root } = await hub.head("searches");
  const node = await hub.searches.read(root!);
  assert("leaf" in node);
  const entry = node.leaf.find(({ name }) => name === "liar")!;
  const text = new TextDecoder().decode(
    await hub.read(entry.parts[0]![0], "content"),
  );
  const { journal } = JSON.parse(text) as { journal: { events: string[] } };
  return { store, entry, events: journal.events.map((one) => JSON.parse(one)) };
}

/** Writes an entry, as anyone who can write to a hub can. */
async function forge(store: MemoryStore, entry: SearchEntry): Promise<void> {
  const hub = await Hub.open(store);
  const head = await hub.head("searches");
  const changes = new Map([[entry.uuid, entry]]);
  const root = await changeIndex(head.root, changes, hub.searches);
  assert(await hub.setHead(root, head, "searches"));
}

/** Writes a journal whose index fits it. */
async function forgeEvents(
  { store, entry }: Planted,
  events: readonly (Event | string)[],
  more: Partial<SearchEntry> = {},
): Promise<void> {
  const texts = events.map((one) =>
    typeof one === "string" ? one : JSON.stringify(one)
  );
  const hub = await Hub.open(store);
  const uuid = more.uuid ?? entry.uuid;
  const part = await hub.put(
    "content",
    JSON.stringify({ version: 1, journal: { uuid, first: 0, events: texts } }),
  );
  let digest = NO_EVENTS;
  try {
    digest = chainEvents(NO_EVENTS, texts);
  } catch {
    // What is no event has no digest.
  }
  await forge(store, {
    ...entry,
    count: texts.length,
    digest,
    parts: [[part, 0, texts.length]],
    ...more,
  });
}

const started = (of: Event): boolean => of["kind"] === "started";
const completed = (of: Event): boolean => of["kind"] === "completed";

/** Changes the first event of a kind. */
function changed(
  events: readonly Event[],
  is: (event: Event) => boolean,
  by: Event,
): Event[] {
  const at = events.findIndex(is);
  return events.map((event, i) => i === at ? { ...event, ...by } : event);
}

/** What a journal may say; each is left out. */
const LIES: Readonly<
  Record<
    string,
    (events: readonly Event[]) => readonly (Event | string)[]
  >
> = {
  "no JSON": (events) => [JSON.stringify(events[0]), "{"],
  "a list": (events) => [JSON.stringify(events[0]), "[]"],
  "null": (events) => [JSON.stringify(events[0]), "null"],
  "brackets without end": (
    events,
  ) => [JSON.stringify(events[0]), `{"kind":"x","at":1,"a":${"[".repeat(2e5)}`],
  "a value that is nested too deep": (events) => [
    JSON.stringify(events[0]),
    `{"kind":"x","at":1,"a":${"[".repeat(2e4)}${"]".repeat(2e4)}}`,
  ],
  "spaces that Ato does not write": (
    events,
  ) => [JSON.stringify(events[0], null, 1)],
  "a command": ([first, ...rest]) => [
    { ...first, start: { command: ["rm", "-rf", "/"], cwd: "/" } },
    ...rest,
  ],
  "the id of a run": (events) => [
    ...events.slice(0, 3),
    { kind: "linked", at: 1, trial: 0, run: 1 },
  ],
  "no session": (events) => events.slice(1),
  "a session of another search": (events) => [
    ...events,
    { ...events[0], nonce: "another" },
  ],
  "a trial that did not begin": (events) =>
    changed(events, completed, { trial: 7 }),
  "a trial of an enormous number": (events) =>
    changed(events, started, { trial: 999_999 }),
  "a trial of a number beyond all": (events) =>
    changed(events, started, { trial: 2 ** 40 }),
  "a trial that is a fraction": (events) =>
    changed(events, started, { trial: 0.5 }),
  "a trial that is called __proto__": (events) =>
    changed(events, started, { trial: "__proto__" }),
  "a trial that starts twice": (events) => [
    ...events.slice(0, 2),
    events[1]!,
    ...events.slice(2),
  ],
  "a trial that ends twice": (events) =>
    events.flatMap((event) => completed(event) ? [event, event] : [event]),
  "the end of another attempt": (events) =>
    changed(events, completed, { attempt: 1 }),
  "a trial without a config": (events) =>
    changed(events, started, { hash: undefined, point: undefined }),
  "a config that is a string": (events) =>
    changed(events, started, { config: "x" }),
  "an encoded config that cannot be read": (events) =>
    changed(events, started, { config: undefined, encoded: "{" }),
  "a point of another space": (events) =>
    changed(events, started, { point: [1, 2, 3] }),
  "a metric that is a text": (events) =>
    changed(events, completed, { metrics: { loss: "low" } }),
  "metrics that are a list": (events) =>
    changed(events, completed, { metrics: [1] }),
  "a space that is none": ([first, ...rest]) => [
    { ...first, space: "no space" },
    ...rest,
  ],
  "a space of nothing": ([first, ...rest]) => [
    { ...first, space: '[{"path":1}]' },
    ...rest,
  ],
  "no mode": ([first, ...rest]) => [{ ...first, mode: "best" }, ...rest],
  "no time": (events) => changed(events, started, { at: "now" }),
  "a time after all times": (events) => changed(events, started, { at: 1e300 }),
  "a rung without end": (events) => changed(events, started, { rung: 1e12 }),
  "an error without a message": (events) => [
    ...events.slice(0, 2),
    {
      kind: "failed",
      at: 1,
      trial: 0,
      rung: 0,
      attempt: 0,
      error: {},
      told: true,
      final: true,
    },
  ],
};

for (const [name, lie] of Object.entries(LIES)) {
  test(`a journal with ${name}: its search is left out, the other one comes`, async () => {
    await inFolder(async (folder) => {
      const all = await planted();
      await forgeEvents(all, lie(all.events));
      await assertLeftOut(folder, all.store);
    });
  });
}

async function assertLeftOut(
  folder: string,
  store: MemoryStore,
  said: RegExp = /^Search liar is left out: [^\n]+$/,
): Promise<void> {
  const [there] = filesIn(folder, "there") as [string];
  const taken = await pull(there, store);
  assertEquals(taken.searches.lost, ["liar"]);
  assertEquals(taken.notices.length, 1);
  assertMatch(taken.notices[0]!, said);
  assert(!/TypeError|undefined|properties of/.test(taken.notices[0]!));
  assertEquals(Object.keys(await journalsOf(there)), ["honest"]);
  assertEquals((await ato("search", "list", "--db", there)).code, 0);
}

/** What an index may say of a sound journal. */
const CLAIMS: Readonly<Record<string, (entry: SearchEntry) => SearchEntry>> = {
  "another identity": (entry) => ({ ...entry, uuid: "forged" }),
  "another digest": (entry) => ({ ...entry, digest: "f".repeat(64) }),
  "fewer events than there are": (entry) => ({
    ...entry,
    count: entry.count - 1,
    parts: [[entry.parts[0]![0], 0, entry.count - 1]],
  }),
  "more events than there are": (entry) => ({
    ...entry,
    count: 3_000_000,
    parts: [[entry.parts[0]![0], 0, 3_000_000]],
  }),
  "a part twice": (entry) => ({
    ...entry,
    count: 2 * entry.count,
    parts: [
      entry.parts[0]!,
      [entry.parts[0]![0], entry.count, entry.count],
    ],
  }),
  "a part that is gone": (entry) => ({
    ...entry,
    parts: [["0".repeat(64), 0, entry.count]],
  }),
};

for (const [name, claim] of Object.entries(CLAIMS)) {
  test(`an index of searches with ${name}: the search is left out, the other one comes`, async () => {
    await inFolder(async (folder) => {
      const { store, entry } = await planted();
      const hub = await Hub.open(store);
      const head = await hub.head("searches");
      const forged = claim(entry);
      const root = await changeIndex(
        head.root,
        new Map<string, SearchEntry | undefined>([
          [entry.uuid, undefined],
          [forged.uuid, forged],
        ]),
        hub.searches,
      );
      assert(await hub.setHead(root, head, "searches"));
      await assertLeftOut(folder, store);
    });
  });
}

test("a forged journal of somebody's search does not reach the file that has it", async () => {
  await inFolder(async (folder) => {
    const all = await fill(folder);
    const [here] = filesIn(folder, "here") as [string];
    const before = await journalsOf(here);
    const { events } = all;
    const lie = changed(events, completed, { metrics: { loss: -1e9 } });
    await forgeEvents(all, [...lie, { ...events[0], at: 2e12 }]);
    const taken = await pull(here, all.store);
    assertEquals(taken.searches.diverged, ["liar"]);
    assertEquals(taken.notices.length, 1);
    assertEquals(await journalsOf(here), before);
    // Further events of the same journal do reach it.
    await forgeEvents(all, [...events, { ...events[0], at: 2e12 }]);
    assertEquals((await pull(here, all.store)).searches.updated, ["liar"]);
  });
});

test("an entry of searches that is none is refused as a part of the index", async () => {
  await inFolder(async (folder) => {
    const wrong: readonly Partial<Record<keyof SearchEntry, unknown>>[] = [
      { name: "" },
      { name: "x".repeat(2_000) },
      { uuid: "" },
      { count: 0, parts: [] },
      { count: 1e12 },
      { parts: [["x", 0, 1]] },
      { digest: "short" },
      { holder: { pid: "me" } },
      { projects: [1] },
      { started: -1 },
      { clock: [1] },
    ];
    for (const [i, change] of wrong.entries()) {
      const { store, entry } = await planted();
      await forge(store, { ...entry, ...change } as SearchEntry);
      const [there] = filesIn(folder, `there ${i}`) as [string];
      const taken = await pull(there, store);
      assertEquals(taken.searches.added, [], JSON.stringify(change));
      assertMatch(
        taken.notices[0]!,
        /^A part of the hub's index of searches cannot be read, .*push again/,
      );
    }
  });
});

test("a part of a newer Ato is refused with what to do", async () => {
  await inFolder(async (folder) => {
    const { store, entry } = await planted();
    const hub = await Hub.open(store);
    const part = await hub.put("content", '{"version":2}');
    await forge(store, { ...entry, parts: [[part, 0, entry.count]] });
    await assertLeftOut(folder, store, /a newer Ato made .* update Ato$/);
  });
});

test("events of kinds that this Ato does not know come along", async () => {
  await inFolder(async (folder) => {
    const all = await planted();
    await forgeEvents(all, [...all.events, { kind: "novel", at: 1, x: [1] }]);
    const [there] = filesIn(folder, "there") as [string];
    const taken = await pull(there, all.store);
    assertEquals([taken.notices, taken.searches.added.length], [[], 2]);
    assertEquals((await ato("search", "show", "liar", "--db", there)).code, 0);
  });
});

test("names that look like SQL, paths or terminal escapes stay names", async () => {
  await inFolder(async (folder) => {
    const names = [
      "'; DROP TABLE studies; --",
      "../../../etc/passwd",
      "\u001b[2J\u001b]0;owned\u0007",
      "__proto__",
      "a\u0000b",
    ];
    for (const [i, name] of names.entries()) {
      const all = await planted();
      await forgeEvents(all, all.events, { name });
      const [there] = filesIn(folder, `there ${i}`) as [string];
      const taken = await pull(there, all.store);
      assertEquals(taken.notices, []);
      const list = await ato("search", "list", "--db", there);
      assertEquals(list.code, 0);
      assertEquals(list.out.trim().split("\n").length, 3);
      // deno-lint-ignore no-control-regex
      assert(!/[\u0000-\u0009\u000b-\u001f\u007f]/.test(list.out));
    }
  });
});

test("`checkJournal` accepts what studies write", async () => {
  await inFolder(async (folder) => {
    const [db] = filesIn(folder, "db") as [string];
    await makeSearch(db);
    await makeSearch(db, { id: "stopped", until: 4 });
    await makeSearch(db, { id: "stopped" });
    await makeTwo(db);
    await addSearch(db, { project: "iris" });
    await addSearch(db, { project: "iris" });
    const journals = Object.entries(await journalsOf(db));
    assertEquals(journals.length, 4);
    for (const [id, events] of journals) {
      const { nonce } = JSON.parse(events[0]!) as { nonce: string };
      checkJournal(events, { id, nonce });
      await assertRejects(
        async () => {
          await Promise.resolve();
          checkJournal(events, { id, nonce: "another" });
        },
        Error,
        "its event 0 is a session of another search",
      );
    }
  });
});
