/** What set a config value, in words. */
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import type { ConfigHistory, HistoryEntry } from "../../internal/run_source.ts";
import { historyOf, setBy, setterText } from "../../internal/set_by.ts";

function entry(
  kind: HistoryEntry["kind"],
  by: string,
  at?: HistoryEntry["at"],
): HistoryEntry {
  return { kind, by, value: 1, ...(at && { at }) };
}

const DEFAULTS = entry("view", "defaults", {
  file: "/work/train.ts",
  line: 12,
});
const TYPED = entry("command-line", "lr=0.1");
const HISTORY: ConfigHistory = {
  lr: [DEFAULTS, TYPED],
  model: [DEFAULTS],
  "model.depth": [],
};

test("historyOf: the entries of a key, or of the nearest mapping around it", () => {
  assertEquals(historyOf(HISTORY, "lr"), [DEFAULTS, TYPED]);
  assertEquals(historyOf(HISTORY, "model.depth"), [DEFAULTS]);
  assertEquals(historyOf(HISTORY, "model.head.size"), [DEFAULTS]);
  assertEquals(historyOf(HISTORY, "epochs"), []);
  assertEquals(historyOf(HISTORY, "toString"), []);
  assertEquals(historyOf(HISTORY, ""), []);
});

test("setBy: the last entry", () => {
  assertEquals(setBy(HISTORY, "lr"), "command line: lr=0.1");
  assertEquals(setBy(HISTORY, "model.depth"), "defaults, train.ts:12");
  assertEquals(setBy(HISTORY, "epochs"), "");
});

test("setterText: the setter, and the file without its folders", () => {
  const at = { file: "C:\\work\\base.py", line: 3 };
  const word = { file: "command line", line: 2, word: "optimizer.lr=0.1" };
  const cases: [entry: HistoryEntry, text: string][] = [
    [entry("initial", ""), "initial"],
    [entry("code", ""), "code"],
    [entry("lazy", "layers"), "layers"],
    [entry("view", "base", at), "base, base.py:3"],
    [entry("view", "base", word), "base, optimizer.lr=0.1"],
  ];
  for (const [entry, text] of cases) assertEquals(setterText(entry), text);
});
