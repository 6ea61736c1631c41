/** Exports of runs whose metrics, keys and tags have any name. */
import { test } from "node:test";
import { lstatSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { writeCsv } from "../../cli/export/csv.ts";
import { safeNames } from "../../internal/safe_name.ts";
import { SQLFinder } from "../../tracker/mod.ts";
import { ato, inFolder, makeRun } from "./_lib.ts";
import { CODE_POINT } from "../_shared/code_point.ts";

/** Names that collide, lead out of the folder, or cannot be names of files. */
const NAMES = [
  ...["loss", "loss/val", "loss/val/top", "LOSS", "Loss/Val", "loss_2"],
  ...["..", "../x", "../../../../evil", "/abs", "a//b", "a/./b", "a/", "/"],
  ...["a\\b", "C:\\x", "a:b", "nul", "CON.txt", "com1", "x.", "x ", ".hidden"],
  ...["é", "e\u0301", "ＡＢ", "ß", "ss", "😀x", "__proto__", "_\u0001proto__"],
  ...["k".repeat(5000), "k".repeat(5000) + "2", "漢".repeat(300)],
  "a/".repeat(2000) + "z",
  ...["=cmd", "-x", "@x", "+1", "tab\tx", "nl\nx", "\u007f\u0085", "ato.run"],
];
const FORMATS = ["json", "csv", "parquet", "tensorboard", "mlflow"] as const;

async function hostileRun(db: string): Promise<void> {
  const config: Record<string, unknown> = {
    "a.b": 1,
    a: { b: 2, "c d": 3 },
    "": 4,
    nested: Object.fromEntries(NAMES.map((name) => [name, name])),
  };
  await makeRun(db, {
    config,
    project: 'we"ird: \u0085 /../proj',
    tags: [...NAMES],
    loss: [],
    more: (logger) => {
      NAMES.forEach((name, i) => {
        logger.logMetric(name, i, 0);
        logger.logMetric(name, -i - 0.5, 1);
      });
    },
  });
}

/** Lists every file and folder below a folder. */
function below(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" });
}

test("every format ends with names that are hostile, or the beginning of one another", async () => {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await hostileRun(db);
    for (const format of FORMATS) {
      const out = join(folder, "out", "in", format);
      if (format === FORMATS[0]) {
        const { err } = await ato(
          ...["export", "1", "--format", format, "--out", out, "--db", db],
        );
        assertStringIncludes(err, "its folder does not exist");
        mkdirSync(join(folder, "out", "in"), { recursive: true });
      }
      const args = ["export", "1", "--format", format, "--out", out];
      const { code, err } = await ato(...args, "--db", db);
      assertEquals([code, err], [0, ""], format);
    }
    const others = readdirSync(folder).filter((name) =>
      !/^runs\.db/.test(name)
    );
    assertEquals(others, ["out"], "nothing led out");
    assertEquals(readdirSync(join(folder, "out")), ["in"]);
    assertEquals(
      readdirSync(join(folder, "out", "in")).sort(),
      [...FORMATS].sort(),
    );
    for (const path of below(join(folder, "out"))) {
      assert(path.split("/").every((part) => part.length < 250));
      const found = lstatSync(join(folder, "out", path));
      const mode = found.mode & 0o777;
      if (path !== "in") assertEquals(mode, found.isFile() ? 0o600 : 0o700);
    }
  });
});

test("what MLflow's layout cannot name comes back under its own name", async () => {
  await inFolder(async (folder) => {
    const [db, back] = [join(folder, "runs.db"), join(folder, "back.db")];
    const out = join(folder, "mlruns");
    await hostileRun(db);
    const args = ["export", "1", "--format", "mlflow", "--out", out];
    for (const _ of [1, 2]) {
      assertEquals((await ato(...args, "--db", db)).code, 0, "and again");
    }
    assertEquals((await ato("import", out, "--db", back)).code, 0);
    const finders = [new SQLFinder(db), new SQLFinder(back)];
    const [one, other] = await Promise.all(
      finders.map((finder) => finder.findRun(1)),
    );
    assertEquals(
      (await other!.metrics.names()).sort(),
      (await one!.metrics.names()).sort(),
    );
    for (const [i, name] of NAMES.entries()) {
      const { points } = await other!.metrics.points(name);
      assertEquals(points.map(({ value }) => value), [i, -i - 0.5], name);
    }
    assertEquals([...other!.tags].sort(), [...one!.tags].sort());
    const { a, "a.b": dotted, nested } = other!.config;
    assertEquals([a, dotted], [{ b: 2, "c d": 3 }, 1]);
    assertEquals(Object.keys(nested as object).sort(), [...NAMES].sort());
    await Promise.all(finders.map((finder) => finder.close()));
  });
});

test("names of files differ, end, and stay in their folder, whatever the texts", () => {
  const parts = fc.constantFrom(
    ...["loss", "Loss", "LOSS", "val", "..", ".", "", "a", "nul", "NUL.x"],
    ...["é", "e\u0301", "x ", "x.", "\ud800", "\0", "漢".repeat(90)],
  );
  const texts = fc.array(
    fc.oneof(
      fc.array(parts, { minLength: 1, maxLength: 4 })
        .map((list) => list.join("/")),
      fc.string({ unit: CODE_POINT, maxLength: 300 }),
    ),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(fc.boolean(), texts, (slashes, list) => {
      const nameOf = safeNames({ slashes });
      const names = [...new Set(list)].map(nameOf);
      const seen = new Map(
        names.map((name) => [name.normalize("NFC").toLowerCase(), name]),
      );
      assertEquals(seen.size, names.length);
      for (const name of names) {
        const pieces = name.split("/");
        assert(slashes || pieces.length === 1);
        for (const piece of pieces) {
          assert(/^[^.\s\\:\0][^\\:\0]*$/u.test(piece), JSON.stringify(piece));
          assert(!/[. ]$/.test(piece) && !/^(con|nul)(\.|$)/i.test(piece));
          assert(new TextEncoder().encode(piece).length < 250);
        }
        for (let i = 1; i < pieces.length; i++) {
          const above = pieces.slice(0, i).join("/");
          assert(!seen.has(above.normalize("NFC").toLowerCase()), above);
        }
      }
    }),
    { seed: 11, numRuns: 500 },
  );
});

test("names that begin alike are told apart, however many they are", () => {
  const nameOf = safeNames({ slashes: true });
  const names = new Set<string>();
  for (let i = 0; i < 20_000; i++) {
    names.add(nameOf("?".repeat(1 + i % 3)));
  }
  assertEquals(names.size, 20_000);
});

const CELLS: readonly (readonly [value: unknown, cell: string])[] = [
  ["=1+1", "'=1+1"],
  ["+x", "'+x"],
  ["-x", "'-x"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["\tx", "'\tx"],
  ["\rx", `"'\rx"`],
  ["＝1", "'＝1"],
  ["'=1", "''=1"],
  ["'tis", "'tis"],
  ["a=1", "a=1"],
  ["-5", "-5"],
  ["+1.5e-3", "+1.5e-3"],
  ["-1+2", "'-1+2"],
  ['=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
  [-5, "-5"],
  [-0, "-0"],
  [-1e-7, "-1e-7"],
  [-12345678901234567890n, "-12345678901234567890"],
  [[-1, 2], '"[-1,2]"'],
];

test("a cell that a spreadsheet would take for a formula is a text; numbers stay numbers", async () => {
  await inFolder(async (folder) => {
    for (const [value, cell] of CELLS) {
      const lines: string[] = [];
      await writeCsv({
        columns: ["x"],
        async *rows() {
          yield { x: value };
        },
      }, (line) => void lines.push(line));
      assertEquals(lines, ["x", cell]);
    }
    const db = join(folder, "runs.db");
    await makeRun(db, {
      config: { note: "=cmd|x" },
      project: "@p",
      loss: [-1],
    });
    for (const table of ["runs", "metrics"]) {
      const file = join(folder, `${table}.csv`);
      const args = ["export", "1", "--format", "csv", "--table", table];
      assertEquals((await ato(...args, "--out", file, "--db", db)).code, 0);
      const [, line] = readFileSync(file, "utf8").split("\n");
      assertStringIncludes(line!, ",'@p,");
      assertStringIncludes(line!, table === "runs" ? ",'=cmd|x," : ",-1,");
    }
  });
});

test("a table of texts comes back as it was, by the rule that is documented", async () => {
  const pieces = fc.constantFrom(
    ...["'", "=", "+", "-", "@", "\t", "\r", "\n", "＝", "1", "a", '"', ","],
  );
  const texts = fc.oneof(
    fc.array(pieces, { maxLength: 6 }).map((list) => list.join("")),
    fc.string({ unit: CODE_POINT }).map((text) => text.toWellFormed()),
  );
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      const lines: string[] = [];
      await writeCsv({
        columns: ["x"],
        async *rows() {
          yield { x: text };
        },
      }, (line) => void lines.push(line));
      const cell = lines[1]!;
      const raw = cell.startsWith('"')
        ? cell.slice(1, -1).replaceAll('""', '"')
        : cell;
      assert(
        !/^[=+\-@\t\r\n＝＋－＠]/.test(raw) || !Number.isNaN(Number(raw)),
        JSON.stringify(raw),
      );
      const back = raw.replace(/^'(?='*[=+\-@\t\r\n＝＋－＠])/, "");
      assertEquals(back, text);
    }),
    { seed: 8, numRuns: 1000 },
  );
});
