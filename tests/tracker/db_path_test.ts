/** Which file a config names, and which names are refused because nobody means that file. */
import { test } from "node:test";
import process from "node:process";
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { ADict } from "@ato/ato/adict";
import { dbPathOf, projectNameOf } from "@ato/ato/tracker";

/** Runs `fn` as if on another operating system. */
function onPlatform<T>(platform: string, fn: () => T): T {
  const own = Object.getOwnPropertyDescriptor(process, "platform")!;
  Object.defineProperty(process, "platform", {
    value: platform,
    configurable: true,
  });
  try {
    return fn();
  } finally {
    Object.defineProperty(process, "platform", own);
  }
}

const EVERYWHERE: [text: string, path: string][] = [
  ["runs.db", "runs.db"],
  ["a folder/runs.db", "a folder/runs.db"],
  ["/abs/runs.db", "/abs/runs.db"],
  ["sqlite:///runs.db", "runs.db"],
  ["sqlite:///a/b/runs.db", "a/b/runs.db"],
  ["sqlite:////abs/runs.db", "/abs/runs.db"],
  ["sqlite+pysqlite:///runs.db", "runs.db"],
  ["SQLite:///runs.db", "runs.db"],
  ["sqlite://", ":memory:"],
  ["sqlite:///", ":memory:"],
  ["sqlite:///:memory:", ":memory:"],
  [":memory:", ":memory:"],
  ["run?s.db", "run?s.db"],
  ["sqlite.db", "sqlite.db"],
];

test("dbPathOf: a path and a URL of SQLAlchemy name a file", () => {
  for (const platform of ["linux", "darwin", "win32"]) {
    onPlatform(platform, () => {
      for (const [text, path] of EVERYWHERE) {
        assertEquals(dbPathOf(text), path, text);
      }
    });
  }
});

const OF_WINDOWS: [text: string, path: string][] = [
  ["sqlite:///C:\\runs\\x.db", "C:\\runs\\x.db"],
  ["sqlite:///C:/runs/x.db", "C:/runs/x.db"],
  ["C:\\runs\\x.db", "C:\\runs\\x.db"],
  ["c:/runs/x.db", "c:/runs/x.db"],
  ["runs\\x.db", "runs\\x.db"],
  ["\\\\server\\share\\x.db", "\\\\server\\share\\x.db"],
];

test("dbPathOf: a Windows path names a file on Windows, and is refused elsewhere", () => {
  for (const [text, path] of OF_WINDOWS) {
    assertEquals(onPlatform("win32", () => dbPathOf(text)), path, text);
    for (const platform of ["linux", "darwin"]) {
      const config = { experiment: { sql: { dbPath: text } } };
      for (const given of [text, config, new ADict(config)]) {
        const error = onPlatform(
          platform,
          () => assertThrows(() => dbPathOf(given), TypeError, "of Windows"),
        );
        assertStringIncludes(error.message, JSON.stringify(text));
      }
    }
  }
});

const REFUSED: [text: string, mend: string][] = [
  ["~/runs.db", "write the whole path"],
  ["sqlite:///~/runs.db", "write the whole path"],
  ["~ada/runs.db", "write the whole path"],
  ["~", "write the whole path"],
  ["sqlite:runs.db", "write sqlite:///runs.db"],
  ["sqlite:/runs.db", "write sqlite:///runs.db"],
  ["sqlite://runs.db", "write sqlite:///runs.db"],
  ["sqlite:///runs.db?mode=ro", "write sqlite:///runs.db"],
  [" sqlite:///runs.db", "leave them out"],
  ["runs.db ", "leave them out"],
  ["runs.db\n", "leave them out"],
  ["a\0b.db", "leave it out"],
  ["postgresql://host/db", "only SQLite is supported"],
  ["file:///runs.db", "only SQLite is supported"],
  ["file:runs.db", "only SQLite is supported"],
  ["http://host/runs.db", "only SQLite is supported"],
];

test("dbPathOf: refuses paths that are certainly mistakes", () => {
  for (const [text, mend] of REFUSED) {
    const error = assertThrows(
      () => dbPathOf(text),
      TypeError,
      mend,
      JSON.stringify(text),
    );
    assertStringIncludes(error.message, "Cannot use ");
    const advised = /write (sqlite:\S+?),? ?(?:or|$)/.exec(error.message)?.[1];
    if (advised !== undefined) assertEquals(dbPathOf(advised), "runs.db");
  }
});

test("dbPathOf, projectNameOf: say which key is missing or is not a string", () => {
  const cases: [config: unknown, message: string][] = [
    [undefined, "it is undefined; pass an object"],
    [null, "it is null; pass an object"],
    [5, "it is a number; pass an object"],
    [{}, "has no experiment."],
    [{ experiment: null }, "has no experiment."],
    [{ experiment: "mine" }, "has no experiment."],
    [ADict.auto(), "has no experiment."],
    [new ADict(), "has no experiment."],
    [{ experiment: { projectName: "", sql: {} } }, "has no experiment."],
    [
      { experiment: { projectName: 5, sql: { dbPath: 5 } } },
      "it is a number; set it to a string",
    ],
    [
      ADict.auto({
        experiment: { project_name: ["a"], sql: { db_path: ["a"] } },
      }),
      "it is a list; set it to a string",
    ],
  ];
  for (const [config, message] of cases) {
    assertThrows(() => projectNameOf(config as never), TypeError, message);
    assertThrows(() => dbPathOf(config as never), TypeError, message);
  }
  const python = {
    experiment: { project_name: "p", sql: { db_path: "a.db" } },
  };
  for (const config of [python, new ADict(python), ADict.auto(python)]) {
    assertEquals([projectNameOf(config), dbPathOf(config)], ["p", "a.db"]);
  }
});
