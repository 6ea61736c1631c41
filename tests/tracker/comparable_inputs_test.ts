import { assert, assertEquals } from "@std/assert";
import { test } from "node:test";
import {
  addRunInputs,
  type RunFacts,
  type RunInputs,
  SQLFinder,
  SQLLogger,
} from "../../tracker/mod.ts";
import { explainFacts } from "../../why/mod.ts";
import { sha } from "./_factors.ts";
import { configIn, inFolder } from "./_helpers.ts";

type Inputs = Readonly<Record<string, string>>;

/** Records two runs with these inputs, and returns their facts. */
async function compared(
  inputs: readonly [Inputs, Inputs],
  texts: readonly string[] = [],
  work?: (a: RunFacts, b: RunFacts) => void,
): Promise<[RunFacts, RunFacts]> {
  let found: [RunFacts, RunFacts] | undefined;
  await inFolder(async (folder) => {
    const config = configIn(folder);
    const logger = new SQLLogger(config, { snapshot: false });
    for (const [i, factors] of inputs.entries()) {
      await logger.run();
      const uuid = logger.runUuid!;
      logger.logMetric("loss", i, 0);
      await logger.finish();
      const record: RunInputs = {
        factors: Object.entries(factors),
        coverage: { level: "full", missing: [] },
        texts: new Map(texts.map((text) => [sha(text), text])),
      };
      await addRunInputs(config, uuid, record);
    }
    const finder = new SQLFinder(config);
    const history = (await finder.history(1, 2))!;
    found = [history.a, history.b];
    await finder.close();
  });
  work?.(...found!);
  return found!;
}

const file = (text: string) => `sha256:${sha(text)},${text.length}`;
const secret = (key: string, code: string) =>
  `ato-secret-v1:${key.padEnd(16, "0")}:${sha(code)}`;

/** Values of one input in two runs, and whether they are the same, different or unknown. */
const PAIRS: readonly (readonly [
  string,
  string,
  "same" | "different" | "unknown",
])[] = [
  [file("1"), file("1"), "same"],
  [file("1"), file("2"), "different"],
  ["unreadable", "unreadable", "unknown"],
  [file("1"), "unreadable", "unknown"],
  [secret("a", "1"), secret("a", "1"), "same"],
  [secret("a", "1"), secret("a", "2"), "different"],
  [secret("a", "1"), secret("b", "1"), "unknown"],
  [secret("a", "1"), file("1"), "unknown"],
  ['etag:"1"', 'etag:"1"', "same"],
  ['etag:"1"', 'etag:"2"', "different"],
  ['etag:"1"', "modified:now", "unknown"],
  ['etag:"1"', file("1"), "unknown"],
  ["unset", "unset", "same"],
  ["unset", secret("a", "1"), "different"],
];
for (const [before, after, is] of PAIRS) {
  test(`history: an input that is ${before.slice(0, 24)} and ${after.slice(0, 24)} is ${is}`, async () => {
    const [a, b] = await compared([{ "input:x": before }, {
      "input:x": after,
    }]);
    const [old, now] = [a, b].map(({ factors }) => factors.get("input:x"));
    const isKnown = old !== undefined && now !== undefined;
    assertEquals(isKnown, is !== "unknown");
    if (isKnown) assertEquals(old === now, is === "same");
    const isFull = [a, b].every(({ coverage }) =>
      coverage.inputs.level === "full"
    );
    assertEquals(isFull, is !== "unknown");
    const { suspects, unknown } = explainFacts({
      a,
      b,
      others: [],
      leftOut: 0,
    });
    const isSuspect = suspects.some(({ id }) => id === "input:x");
    assertEquals(isSuspect, is === "different");
    assertEquals(
      unknown.some((phrase) => phrase.includes("inputs: x: ")),
      is === "unknown",
    );
  });
}

const LISTING = ["a", "b"].map((way) => `${sha(way)} 1 ${way}\n`).join("");
const tree = (listing: string) =>
  `tree:${sha(listing)},${listing.split("\n").length - 1},2`;

test("history: a folder is compared file by file with single files of it", async () => {
  await compared(
    [{ "input:d": tree(LISTING) }, {
      "input:d/a": file("a"),
      "input:d/b": file("x"),
    }],
    [LISTING],
    (a, b) => {
      assertEquals(a.factors.get("input:d/a"), b.factors.get("input:d/a"));
      const { suspects } = explainFacts({ a, b, others: [], leftOut: 0 });
      assertEquals(suspects.map(({ id }) => id), ["input:d/b"]);
    },
  );
});

test("history: without its listing, a folder is unknown beside single files of it", async () => {
  await compared(
    [{ "input:d": tree(LISTING) }, { "input:d/a": file("a") }],
    [],
    (a, b) => {
      assertEquals(a.coverage.inputs.level, "partial");
      const { suspects } = explainFacts({ a, b, others: [], leftOut: 0 });
      assertEquals(suspects, []);
    },
  );
});

test("history: two folders are compared as a whole, also beside a secret of theirs", async () => {
  const other = LISTING.replace(sha("b"), sha("x"));
  await compared(
    [
      { "input:d": tree(LISTING), "input:d/.env": secret("a", "1") },
      { "input:d": tree(other), "input:d/.env": secret("a", "1") },
    ],
    [LISTING, other],
    (a, b) => {
      const { suspects } = explainFacts({ a, b, others: [], leftOut: 0 });
      assertEquals(suspects.map(({ id }) => id), ["input:d"]);
      assert(a.coverage.inputs.level === "full");
    },
  );
});
