/**
 * Runs commands on copies of a real file that are each damaged in another way. No command prints a stack
 * trace or a raw control character, hangs, shows another number without a warning, or damages the file further.
 *
 * Each copy is read by a part of the commands, another part under each runtime: all runtimes meet every kind of
 * damage and every command, and together they run an eighth of the commands on each copy. `ATO_DAMAGE=1` runs all
 * commands on each copy, and `ATO_DAMAGE_COPIES=1000 ATO_DAMAGE_SEED=7` makes more copies with other damages.
 */
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  columnsOf,
  type Damage,
  FAULT,
  freshCopy,
  judge,
  planDamage,
  RAW,
  READING,
  REAL_FILE,
  runCampaign,
  say,
} from "./_campaign.ts";
import { sentenceOf } from "../../cli/user_error.ts";
import { inFolder } from "./_lib.ts";
import { denoConfig, IS_DENO, ROOT } from "../_shared/run_script.ts";
import { SHARE, SHARES } from "../_shared/share.ts";

const ALL = process.env["ATO_DAMAGE"] !== undefined;
const COPIES = Number(process.env["ATO_DAMAGE_COPIES"] ?? 200);
const SEED = Number(process.env["ATO_DAMAGE_SEED"] ?? 2026);

/** Each runtime runs every n-th command on a copy. */
const EVERY = 8 * SHARES;

test(`main: every command on ${COPIES} damaged copies ends with an answer or a sentence`, async () => {
  const report = await runCampaign({
    seed: SEED,
    copies: COPIES,
    every: ALL ? 1 : EVERY,
    first: 8 * SHARE,
  });
  if (ALL) console.log(JSON.stringify({ ...report, findings: undefined }));
  assertEquals(report.findings, []);
  assert(report.told > report.commands / 10, "the damage was met");
  const { flip = 0, zero = 0, cut = 0, value = 0 } = report.copies;
  assert(value >= columnsOf(REAL_FILE).length && flip * zero * cut > 0);
});

test("judge: finds what must not happen", () => {
  const truth = { code: 0, out: "loss  0.5  42\nname x\n", err: "" };
  const damage: Damage = { kind: "flip", what: "", apply: () => {} };
  const of = (said: Partial<typeof truth>, command = "runs") =>
    judge(command, { ...truth, ...said }, truth, damage)?.what;
  assertEquals(of({}), undefined);
  assertEquals(
    of({ out: "loss  0.7  42\nname x\n" }),
    "another number without a word",
  );
  assertEquals(
    of({ out: "loss  0.7  42\nname x\n", err: "damaged" }),
    undefined,
  );
  assertEquals(of({ out: "loss  0.5  42\n" }), "left out without a word");
  assertEquals(of({ err: "a\u001b[2J" }), "raw control characters");
  assertEquals(of({ code: -1 }), "a stack trace");
  // The sentence of the command line itself: if its words change, so must FAULT.
  assertEquals(
    of({ code: 2, err: sentenceOf(new TypeError("x")) }),
    "a stack trace",
  );
});

/** Runs a command as a process; a process that hangs is ended, and the test fails. */
function process_(command: string, db: string, folder: string) {
  const start = IS_DENO
    ? [
      "run",
      "-A",
      "--no-check",
      "--config",
      denoConfig(),
      join(ROOT, "cli.ts"),
    ]
    : [...process.execArgv, join(ROOT, "cli.ts")];
  const ended = spawnSync(process.execPath, [
    ...start,
    ...command.split(" "),
    "--db",
    db,
  ], { cwd: folder, encoding: "utf8", timeout: 300_000 });
  return { ...ended, text: `${ended.stdout}${ended.stderr}` };
}

test("cli: damaged copies, with real processes", async () => {
  await inFolder((folder) => {
    const db = join(folder, "copy.db");
    const plan = planDamage(SEED, 40, { byChance: true });
    const chosen = (["flip", "zero", "cut", "value"] as const).map((kind) =>
      plan.find((one) => one.kind === kind)!
    );
    for (const [i, damage] of chosen.entries()) {
      freshCopy(db);
      damage.apply(db);
      const command = READING[(i * 5) % READING.length]!;
      const { status, signal, text } = process_(command, db, folder);
      assertEquals(signal, null, `${command} on ${damage.what} hangs`);
      assert(status === 0 || status === 1 || status === 2, text);
      assert(!RAW.test(text), text);
      assert(!/^\s+at .*:\d+:\d+\)?$/m.test(text), text);
    }
  });
});

const NO_DATABASE: readonly [string, string | Uint8Array][] = [
  ["an empty file", ""],
  [
    "text",
    "no database, but a text that is long enough to be taken for one".repeat(
      20,
    ),
  ],
  ["zeros", new Uint8Array(8192)],
  ["a header alone", "SQLite format 3\u0000"],
];

for (const [what, content] of NO_DATABASE) {
  test(`main: every command on ${what} ends with a sentence`, async () => {
    await inFolder(async (folder) => {
      const db = join(folder, "no.db");
      for (const command of READING) {
        writeFileSync(db, content);
        const { code, out, err } = await say(command, db, join(folder, "out"));
        assert(code === 1 || code === 2 || command === "doctor", command);
        assert(err !== "" || out !== "", command);
        assert(!err.includes(FAULT), `${command}: ${err}`);
      }
    });
  });
}

test("ato runs: a damaged run is named, and the others are listed", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "copy.db");
    const hurt = async (sql: string) => {
      freshCopy(db);
      const { DatabaseSync } = await import("node:sqlite");
      const database = new DatabaseSync(db);
      database.exec(sql);
      database.close();
    };
    const cases: [sql: string, column: RegExp][] = [
      [
        "UPDATE experiments SET start_time = '2026-02-30 00:00:00' WHERE id = 3",
        /start_time is "2026-02-30 00:00:00", not a time/,
      ],
      ["UPDATE experiments SET tags = '{' WHERE id = 3", /tags is not JSON/],
      [
        "UPDATE experiments SET error = '5' WHERE id = 3",
        /error is a number, not a mapping/,
      ],
      [
        "UPDATE experiments SET config = '[1' WHERE id = 3",
        /config is not JSON/,
      ],
    ];
    for (const [sql, reason] of cases) {
      await hurt(sql);
      for (
        const command of [
          "runs --json",
          "export vision --format csv --table runs",
        ]
      ) {
        const { out, err } = await say(command, db, folder);
        assertMatch(err, /Cannot read run 3 of /, sql);
        assertMatch(err, reason);
        for (const other of ["trial-1", "trial-2", "trial-4"]) {
          assert(out.includes(other), `${command} hides ${other}`);
        }
        assert(!out.includes("trial-3"));
      }
      const shown = await say("show 3", db, folder);
      assertEquals(shown.code, 2);
      assertMatch(shown.err, reason);
      // A damaged run can be deleted.
      assertEquals((await say("delete 3", db, folder)).code, 0);
      assertEquals((await say("runs", db, folder)).err, "");
    }
  });
});
