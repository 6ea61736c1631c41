/** `ato search` with what clumsy and hostile users give it: typos, strange names, files that are no searches, damaged journals. */
import { test } from "node:test";
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  defineSpace,
  float,
  fullFidelity,
  memoryJournal,
  openStudy,
  randomSampler,
  sqliteJournal,
  type StudyEvent,
  StudyJournalError,
} from "@ato/ato/hyperopt";
import { openForWriting } from "../../tracker/mod.ts";
import { ato, inFolder, type Said } from "./_lib.ts";
import { makeSearch } from "./_searches.ts";

/** Every way to look at a search. */
const LOOKS: readonly (readonly string[])[] = [
  ["show"],
  ["show", "--json"],
  ["plot", "--plot", "best,front,parallel,slices,rungs,importance"],
  ["words"],
  ["importance"],
  ["export", "--format", "csv"],
  ["resume", "--print"],
];

/** What no message of ato may have: the inside of the program. */
const INSIDE = /fault of ato|TypeError|undefined|\[object |properties of/;

function assertSentence({ err }: Said, what: string): void {
  assertEquals(err.trim().split("\n").length, 1, `${what}: ${err}`);
  assert(!INSIDE.test(err), `${what}: ${err}`);
}

test("ato search: typed words that are none of its own are refused with what to write", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeSearch(db);
    const cases: readonly [words: string[], code: number, said: RegExp][] = [
      [[], 2, /without a verb: write ato search list\|show/],
      [[""], 2, /do "" with a search: write ato search list\|show/],
      [["lsit"], 2, /did you mean list\?/],
      [["LIST"], 2, /did you mean list\?/],
      [["constructor"], 2, /write ato search list/],
      [["show\u001b[31m"], 2, /Cannot do show\\u001b\[31m with a search/],
      [["show", ""], 1, /Cannot find search "": `ato search list`/],
      [["show", "width"], 1, /did you mean widths\?/],
      [["show", "--limt", "3"], 2, /did you mean --limit\?/],
      [["words", "--trial=-1"], 2, /give a whole number from 0/],
      [["plot", "--plot", "best,"], 2, /--plot without a value/],
      [["export", "--format", "optuna"], 2, /give --out FILE\.db/],
      [["export", "--format", "xml"], 2, /one of csv, json, optuna/],
    ];
    for (const [words, code, said] of cases) {
      const found = await ato("search", ...words, "--db", db);
      const what = JSON.stringify(words);
      assertEquals([found.code, found.out], [code, ""], what);
      assertMatch(found.err, said, what);
      assertSentence(found, what);
    }
  });
});

test("ato search: a file that is no database, a folder and a missing file are named", async () => {
  await inFolder(async (folder) => {
    const text = join(folder, "notes.txt");
    writeFileSync(text, "these are notes, and no database at all\n".repeat(9));
    const cases: readonly [path: string, said: RegExp][] = [
      [text, /it is not a sound SQLite database/],
      [folder, /it is not a file; name a database/],
      [join(folder, "nowhere.db"), /there is no such file/],
    ];
    for (const [path, said] of cases) {
      for (const words of [["list"], ...LOOKS]) {
        const found = await ato("search", ...words, "--db", path);
        assertEquals([found.code, found.out], [2, ""], words.join(" "));
        assertMatch(found.err, said);
        assertSentence(found, words.join(" "));
      }
    }
  });
});

test("ato search: strange names of searches are shown in one line, and found again", async () => {
  await inFolder(async (folder) => {
    const names = [
      'it\'s "quoted" `x` $(y)',
      "a\nb",
      "\u001b]0;title\u0007\u202eevil",
      "list",
      "ü 日本 👩‍👩‍👧",
      " ",
    ];
    const db = join(folder, "runs.db");
    for (const id of names) await makeSearch(db, { id, until: 3 });
    const list = await ato("search", "list", "--db", db);
    assertEquals(list.out.trim().split("\n").length, names.length + 1);
    for (const id of names) {
      for (const [verb, ...rest] of LOOKS) {
        const words = [verb!, id, ...rest, "--db", db];
        const { code, out, err } = await ato("search", ...words);
        assertEquals(code, 0, `${JSON.stringify(words)}: ${err}`);
        // deno-lint-ignore no-control-regex
        assert(!/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/.test(out + err));
      }
    }
    // A name that looks like an option comes after the options.
    await makeSearch(db, { id: "--json", until: 3 });
    const dashed = ["search", "show", "--db", db, "--", "--json"];
    assertMatch((await ato(...dashed)).out, /^--json {2}stopped, 3 trials/);
  });
});

test("sqliteJournal: the command that resumes a search has its name as a shell reads it", async () => {
  await inFolder(async (folder) => {
    const dbPath = join(folder, "runs.db");
    for (
      const [studyId, words] of [
        ["plain", `plain --db ${dbPath}`],
        ["it's", `'it'\\''s' --db ${dbPath}`],
        ["-x", `--db ${dbPath} -- -x`],
        ["a\nb", `$'a\\nb' --db ${dbPath}`],
      ] as const
    ) {
      const journal = await sqliteJournal({ dbPath, studyId });
      assertEquals(
        journal.resumeHint,
        `to resume it, start its program again, or run ato search resume ${words}`,
      );
      journal.close();
    }
    assertMatch(memoryJournal().resumeHint ?? "", /its journal is in memory/);
  });
});

/** Ways to damage event `seq` of a study. */
const DAMAGES: Readonly<Record<string, string>> = {
  missing: "DELETE FROM study_events WHERE study_id = ? AND seq = ?",
  "without those before":
    "DELETE FROM study_events WHERE study_id = ? AND seq < ?",
  "without those after":
    "DELETE FROM study_events WHERE study_id = ? AND seq > ?",
  "of a newer version":
    `UPDATE study_events SET event = '{"kind":"novel","at":1}' WHERE study_id = ? AND seq = ?`,
  "cut in the middle":
    "UPDATE study_events SET event = substr(event, 1, length(event) / 2) WHERE study_id = ? AND seq = ?",
  "of another trial":
    `UPDATE study_events SET event = replace(event, '"trial":', '"trial":99') WHERE study_id = ? AND seq = ?`,
  null: "UPDATE study_events SET event = 'null' WHERE study_id = ? AND seq = ?",
};

test("ato search: a journal that is damaged at any event is shown as far as it goes, or refused with a sentence", async () => {
  await inFolder(async (folder) => {
    const whole = join(folder, "whole.db");
    await makeSearch(whole);
    const db = join(folder, "damaged.db");
    const outcomes = new Set<string>();
    for (const [what, sql] of Object.entries(DAMAGES)) {
      // The first events, one in the middle, the last one.
      for (const seq of [0, 1, 2, 14, 28]) {
        copyFileSync(whole, db);
        const connection = await openForWriting(db);
        connection.prepare(sql).run(1, seq);
        connection.close();
        for (const words of LOOKS) {
          const found = await ato("search", ...words, "--db", db);
          const place = `event ${seq} ${what}: ${words.join(" ")}`;
          assert(!INSIDE.test(found.err + found.out), `${place}: ${found.err}`);
          if (found.code === 0) outcomes.add(`${what}: shown`);
          else {
            assertSentence(found, place);
            outcomes.add(`${what}: refused`);
          }
        }
      }
    }
    // A journal that ends early is that of a search that was killed.
    assert(outcomes.has("without those after: shown"), [...outcomes].join());
    assert(outcomes.has("missing: refused"), [...outcomes].join());
    assert(outcomes.has("cut in the middle: refused"), [...outcomes].join());
  });
});

test("ato search: the event that does not follow from the others is named", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeSearch(db);
    const connection = await openForWriting(db);
    connection.exec(
      "DELETE FROM study_events WHERE study_id = 1 AND seq = 1",
    );
    connection.close();
    const { err } = await ato("search", "show", "--db", db);
    assertMatch(
      err,
      /^Cannot read study widths: event 1 \(completed\) does not follow from those before it; .* restore a copy/,
    );
  });
});

test("openStudy: a damaged journal is refused with the event, and the study stays free", () => {
  const events: StudyEvent[] = [];
  const space = defineSpace({ x: float(0, 1) });
  const open = (stored: Iterable<StudyEvent>) => {
    const journal = memoryJournal({ events: stored });
    return {
      journal,
      study: () =>
        openStudy({
          id: "torn",
          space,
          sampler: randomSampler(space),
          scheduler: fullFidelity({ trials: 3 }),
          metric: "loss",
          journal,
        }),
    };
  };
  const first = open([]);
  const study = first.study();
  for (let answer = study.ask(); answer.kind === "job"; answer = study.ask()) {
    study.tell(answer.job, { metrics: { loss: answer.job.trial } });
  }
  study.close();
  events.push(...first.journal.read());
  const torn = open(events.filter(({ kind }) => kind !== "started"));
  const { message } = assertThrows(torn.study, StudyJournalError);
  assertMatch(message, /torn: event 1 \(completed\) does not follow/);
  // The claim was released: the error is the same again.
  assertThrows(torn.study, StudyJournalError, "event 1");
  open(events).study().close();
});

test("ato search export: a file of Optuna that cannot be written is named", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeSearch(db);
    const path = join(folder, "nowhere", "optuna.db");
    const words = ["export", "--format", "optuna", "--out", path, "--db", db];
    const found = await ato("search", ...words);
    assertEquals([found.code, found.out], [2, ""]);
    assertSentence(found, path);
    assertStringIncludes(found.err, `Cannot write ${path}`);
    mkdirSync(join(folder, "nowhere"));
    assertEquals((await ato("search", ...words)).code, 0);
    assert(existsSync(path));
  });
});
