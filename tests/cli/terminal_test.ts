/** Only visible characters of a file reach a terminal. */
import { test } from "node:test";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import fc from "fast-check";
import { COMMANDS } from "../../cli/commands.ts";
import { main } from "../../cli/main.ts";
import { Terminal } from "../../cli/terminal.ts";
import { visible, visibleJson } from "../../internal/visible_text.ts";
import { columnsOf, freshCopy, ownCommands, RAW, say } from "./_campaign.ts";
import { ato, inFolder, makeRun } from "./_lib.ts";
import { writeTable } from "../../cli/output/table.ts";
import { CODE_POINT } from "../_shared/code_point.ts";

const HOSTILE = "x\u001b[31m\u0007\r\n\u009b2J\u202ey\u2028\u{e0041}";

test("visible: the text has no control characters, visible characters stay, and it is one line", () => {
  fc.assert(fc.property(fc.string({ unit: CODE_POINT }), (text) => {
    const shown = visible(text);
    assert(!RAW.test(shown) && !shown.includes("\n"));
    assertEquals(visible(shown), shown);
    const json = JSON.stringify({ text });
    assertEquals(JSON.parse(visibleJson(json)), { text });
    assert(!RAW.test(visibleJson(json)));
  }));
});

test("Terminal: colours are the only control characters, and no text can make one", () => {
  let out = "";
  const terminal = new Terminal({
    write: (text) => out += text,
    warn: (text) => out += text,
    color: true,
    interactive: true,
    width: 60,
  });
  const styled = terminal.style("red", HOSTILE);
  terminal.line(`${styled} ${HOSTILE}${styled.slice(0, 20)}`);
  terminal.warn(HOSTILE);
  terminal.data(HOSTILE);
  terminal.notice(HOSTILE);
  terminal.json({ [HOSTILE]: HOSTILE });
  writeTable(terminal, [HOSTILE, "b"], [[HOSTILE, HOSTILE]], [1]);
  // deno-lint-ignore no-control-regex -- styles are control characters
  const rest = out.replace(/\u001b\[(?:31|39|1|22)m/g, "");
  assert(!RAW.test(rest), JSON.stringify(rest.match(RAW)));
  assertStringIncludes(out, "\u001b[31mx\\u001b[31m\\u0007");
});

for (
  const [index, [table, column]] of columnsOf(
    new URL("damage.db", import.meta.url).pathname,
  ).entries()
) {
  test(`main: escapes in ${table}.${column} reach no terminal`, async () => {
    await inFolder(async (folder) => {
      const db = join(folder, "runs.db");
      freshCopy(db);
      const database = new DatabaseSync(db);
      database.exec("PRAGMA foreign_keys = OFF; PRAGMA journal_mode = DELETE");
      try {
        database.prepare(`UPDATE OR IGNORE ${table} SET ${column} = ?`).run(
          HOSTILE,
        );
      } catch (error) {
        // The id of a table accepts no text.
        assertEquals((error as { errcode?: number }).errcode, 20);
        return;
      } finally {
        database.close();
      }
      // Each of these commands shows other columns.
      const commands = [
        "show 1",
        "show 2 --json",
        "runs",
        "why 1 3",
        "doctor",
        "projects",
        "export vision --format json",
      ];
      for (const command of ownCommands(commands, index)) {
        const { out, err } = await say(command, db, join(folder, "out"));
        assert(
          !RAW.test(out + err),
          `${command}: ${JSON.stringify((out + err).match(RAW))}`,
        );
      }
    });
  });
}

test("main: a word of the command line reaches no terminal raw either", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeRun(db);
    for (const name of [HOSTILE, ...Object.keys(COMMANDS)]) {
      for (
        const words of [[HOSTILE], [`--${HOSTILE}`], [`--metric=${HOSTILE}`], [
          "1",
          HOSTILE,
        ], [`--db=${HOSTILE}`]]
      ) {
        if (name === "run") continue;
        const { out, err } = await ato(name, ...words);
        assert(
          !RAW.test(out + err),
          `${name} ${JSON.stringify(words)}: ${JSON.stringify(err)}`,
        );
      }
    }
  });
});

const UNKNOWN: readonly string[] = [
  "show 999",
  "why 1 999",
  "why 999 1",
  "diff 1 999",
  "compare 1 999",
  "plot 999 --metric loss",
  "similar 999",
  "tag 999",
  "tag 999 +x",
  "note 999",
  "note 999 text",
  "delete 999",
  "restore 999",
  "repeat 999",
  "export 999 --format json",
  "export nobody --format csv",
  "show nobody",
  "show latest-but-one",
  "runs nobody",
  "best nobody --metric loss",
  "best --metric nothing",
  "bisect nobody --metric loss",
  "plot 1 --metric nothing",
  "why 1 2 --metric nothing",
  "bisect --metric loss --good 1 --bad 999",
  "trace nobody train",
  "show ffffffff",
];

for (const command of UNKNOWN) {
  test(`ato ${command}: what is missing is exit code 1, as documented`, async () => {
    await inFolder(async (folder) => {
      const db = join(folder, "runs.db");
      await makeRun(db);
      await makeRun(db, { config: { lr: 0.2 } });
      const { code, out, err } = await say(command, db, folder);
      assertEquals([code, out], [1, ""], err);
      assertEquals(err.trim().split("\n").length, 1, err);
    });
  });
}

test("main: whether a message is meant for users depends on its class, not on its words", async () => {
  const { COMMANDS: commands } = await import("../../cli/commands.ts");
  const load = commands["projects"]!;
  const command = await load();
  const { run } = command;
  let err = "";
  const terminal = new Terminal({
    write: () => {},
    warn: (text) => err += text,
  });
  try {
    for (
      const error of [
        new TypeError("Cannot read properties of undefined: x"),
        new Error("Cannot a: b"),
      ]
    ) {
      err = "";
      Object.assign(command, { run: () => Promise.reject(error) });
      assertEquals(await main(["projects"], terminal), 2);
      assertMatch(
        err,
        /^Cannot continue: this is a fault of ato, not of the command \(\w+: Cannot .*\n$/,
      );
    }
  } finally {
    Object.assign(command, { run });
  }
});
