import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { parquetReadObjects } from "hyparquet";
import { Buffer } from "node:buffer";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { crc32c, maskedCrc32c } from "../../cli/export/crc32c.ts";
import { withFile } from "../../tracker/_with_file.ts";
import { ato, inFolder, makeRun } from "./_lib.ts";

async function twoRuns(db: string): Promise<void> {
  await makeRun(db, { config: { lr: 0.5, model: { depth: 3 } }, tags: ["a"] });
  await makeRun(db, {
    config: { lr: 0.25, note: 'say "hi",\nplease' },
    loss: [1, NaN, -0, Infinity],
  });
}

test("ato export: JSON has everything that is known about a run", () =>
  inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await twoRuns(db);
    const { code, out } = await ato("export", "2", "--format=json", "--db", db);
    const { runs } = JSON.parse(out);
    assertEquals([code, runs.length, runs[0].id], [0, 1, 2]);
    assertEquals(runs[0].project, "demo");
    assertEquals(runs[0].metrics.loss.steps, [0, 1, 2, 3]);
    assertEquals(runs[0].metrics.loss.values, [1, "NaN", 0, "Infinity"]);
    const all = await ato("export", "demo", "--format=json", "--db", db);
    assertEquals(JSON.parse(all.out).runs.length, 2);
  }));

test("ato export: CSV has a row for each point, or for each run", () =>
  inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    const file = join(folder, "out.csv");
    await twoRuns(db);
    const { code } = await ato(
      ...["export", "demo", "--format=csv", "--out", file, "--db", db],
    );
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    assertEquals([code, lines.length], [0, 8]);
    assertEquals(lines[0], "run,uuid,project,name,metric,step,value,time");
    assertEquals(
      lines.slice(4).map((line) => line.split(",")[6]),
      ["1", "NaN", "-0", "Infinity"],
    );
    const runs = await ato(
      ...["export", "demo", "--format=csv", "--table=runs", "--db", db],
    );
    assertStringIncludes(runs.out, '"say ""hi"",\nplease"');
    assertStringIncludes(runs.out.split("\n")[0]!, "config.model.depth");
  }));

/** Reads the records of a TFRecord file; fails if a checksum is wrong. */
function recordsOf(bytes: Uint8Array): Uint8Array[] {
  const records: Uint8Array[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length;) {
    const length = Number(view.getBigUint64(at, true));
    const data = bytes.subarray(at + 12, at + 12 + length);
    const frame = bytes.subarray(at, at + 8);
    assertEquals(view.getUint32(at + 8, true), maskedCrc32c(frame));
    assertEquals(
      view.getUint32(at + 12 + length, true),
      maskedCrc32c(data),
    );
    records.push(data);
    at += length + 16;
  }
  return records;
}

test("crc32c: the checksum of RFC 3720", () => {
  assertEquals(crc32c(new TextEncoder().encode("123456789")), 0xe3069283);
  assertEquals(crc32c(new Uint8Array(32)), 0x8a9136aa);
  assertEquals(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
});

test("ato export: TensorBoard's event files have the points", () =>
  inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    const logs = join(folder, "logs");
    await twoRuns(db);
    const args = ["export", "demo", "--format=tensorboard", "--db", db];
    assertEquals((await ato(...args)).code, 2);
    assertEquals((await ato(...args, "--out", logs)).code, 0);
    assertEquals((await ato(...args, "--out", logs)).code, 0);
    assertEquals(readdirSync(logs).sort(), ["1", "2"]);
    const files = readdirSync(join(logs, "1"));
    assertEquals(files.length, 1);
    const records = recordsOf(readFileSync(join(logs, "1", files[0]!)));
    assertEquals(records.length, 5);
    assertStringIncludes(new TextDecoder().decode(records[0]), "brain.Event:2");
    // summary { value { tag: "loss" simple_value: 1.0 } } at step 2
    const end = "10022a0d0a0b0a046c6f7373150000803f";
    assertEquals(Buffer.from(records[4]!).toString("hex").slice(18), end);
  }));

test("ato export: MLflow's folders have parameters, metrics and tags, and none leads out", () =>
  inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    const out = join(folder, "in", "mlruns");
    await makeRun(db, {
      config: { lr: 0.5, "../../evil": 1, a: { b: [1, 2] } },
      tags: ["../up", "good"],
      more: (logger) => {
        logger.logMetric("../../../../evil", 1, 0);
        logger.logMetric("val/loss", NaN, 3);
      },
    });
    const { code } = await ato(
      ...["export", "1", "--format=mlflow", "--out", out, "--db", db],
    );
    assertEquals(code, 0);
    assertEquals(
      readdirSync(folder).filter((name) => !name.startsWith("runs.db")),
      ["in"],
    );
    assertEquals(readdirSync(join(folder, "in")), ["mlruns"]);
    const experiment = join(out, readdirSync(out)[0]!);
    const run = join(
      experiment,
      readdirSync(experiment).find((name) => name !== "meta.yaml")!,
    );
    assertEquals(readFileSync(join(run, "params", "lr"), "utf8"), "0.5");
    assertEquals(readFileSync(join(run, "params", "a.b"), "utf8"), "[1,2]");
    assertEquals(readFileSync(join(run, "tags", "good"), "utf8"), "true");
    const loss = readFileSync(join(run, "metrics", "loss"), "utf8");
    assertMatch(loss, /^\d{13} 3 0\n\d{13} 2 1\n\d{13} 1 2\n$/);
    const val = readFileSync(join(run, "metrics", "val", "loss"), "utf8");
    assertMatch(val, /^\d{13} nan 3\n$/);
  }));

test("ato export: Parquet has the same rows, with their types", () =>
  inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    const file = join(folder, "out.parquet");
    await twoRuns(db);
    const read = async (): Promise<Record<string, unknown>[]> => {
      const bytes = readFileSync(file);
      return await parquetReadObjects({
        file: bytes.buffer.slice(
          bytes.byteOffset,
          bytes.byteOffset + bytes.length,
        ),
      });
    };
    const args = ["export", "demo", "--format=parquet", "--db", db];
    assertEquals((await ato(...args, "--out", file)).code, 0);
    const points = await read();
    assertEquals(points.map(({ value }) => value), [
      3,
      2,
      1,
      1,
      NaN,
      -0,
      Infinity,
    ]);
    assertEquals(points.map(({ step }) => step), [0n, 1n, 2n, 0n, 1n, 2n, 3n]);
    assertEquals(points.map(({ run }) => run), [1, 1, 1, 2, 2, 2, 2]);
    assert(points.every(({ time }) => time instanceof Date));
    assertEquals(
      (await ato(...args, "--table=runs", "--out", file)).code,
      0,
    );
    const runs = await read();
    assertEquals(runs.map((run) => run["config.lr"]), [0.5, 0.25]);
    assertEquals(runs.map((run) => run["config.model.depth"]), [3, null]);
    assertEquals(runs.map((run) => run["config.note"]), [
      null,
      'say "hi",\nplease',
    ]);
    assertEquals(
      readdirSync(folder).filter((name) => name.endsWith(".part")),
      [],
    );
  }));

test("ato export: what cannot be exported is an error of one sentence", () =>
  inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeRun(db);
    for (
      const args of [
        ["1"],
        ["1", "--format=toString"],
        ["nothing", "--format=json"],
        ["1", "--format=csv", "--table=x"],
        ["--format=csv"],
        ["1", "--format=csv", "--out", join(folder, "no", "x.csv")],
        ["1", "--format=parquet", "--out", join(folder, "no", "x.parquet")],
        ["1", "--format=mlflow", "--out", join(db, "x")],
        ["1", "--format=tensorboard", "--out", db],
      ]
    ) {
      const { code, err } = await ato("export", ...args, "--db", db);
      // What was named does not exist; everything else is misuse.
      const expected = args[0] === "nothing" ? 1 : 2;
      assertEquals(
        [code, err.split("\n").length],
        [expected, 2],
        args.join(" "),
      );
    }
  }));

test("ato export: Parquet takes any number of runs", () =>
  inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    const file = join(folder, "out.parquet");
    await makeRun(db);
    await withFile(db, {}, (connection) => {
      const tables =
        "series attempts run_details run_state run_factors run_programs";
      for (const table of tables.split(" ")) {
        connection.prepare(`UPDATE ${table} SET run_id = ?`).run(3_000_000_000);
      }
      connection.prepare("UPDATE experiments SET id = ?").run(3_000_000_000);
    });
    for (const table of ["metrics", "runs"]) {
      const args = ["export", "demo", "--format=parquet", `--table=${table}`];
      const { code, err } = await ato(...args, "--out", file, "--db", db);
      assertEquals([code, err], [0, ""], table);
      const bytes = readFileSync(file);
      const rows = await parquetReadObjects({
        file: bytes.buffer.slice(
          bytes.byteOffset,
          bytes.byteOffset + bytes.length,
        ),
      });
      assertEquals(rows.at(-1)!["run"], 3_000_000_000n, table);
    }
  }));
