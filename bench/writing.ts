/** Writing metrics: against a prepared insert into a plain table, same driver and settings. */
import { join } from "node:path";
import { chooseDriver, SQLLogger } from "@ato/ato/tracker";
import { median, ratioRow, type Row, time } from "./_report.ts";

const POINTS = 5000;
const ROUNDS = 7;
const STAMP = "2026-01-01 00:00:00.000000";

/** Measures `logMetric`, `logMetrics` and `logMetricBatch`. */
export async function benchWriting(folder: string): Promise<Row[]> {
  const driver = await chooseDriver();
  const raw = driver.connect(join(folder, "raw.db"));
  raw.exec(
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE metrics " +
      "(id INTEGER PRIMARY KEY, run_id INTEGER, key TEXT, value REAL, step INTEGER, timestamp TEXT)",
  );
  const insert = raw.prepare(
    "INSERT INTO metrics (run_id, key, value, step, timestamp) VALUES (?, ?, ?, ?, ?)",
  );
  const logger = new SQLLogger({
    experiment: {
      projectName: "bench",
      sql: { dbPath: join(folder, "ato.db") },
    },
  });
  await logger.run();
  let step = 0;

  const insertIn = (size: number) => () => {
    for (let i = 0; i < POINTS; i++) {
      if (size > 1 && i % size === 0) raw.exec("BEGIN IMMEDIATE");
      insert.run(1, "loss", i * 0.37, i, STAMP);
      if (size > 1 && i % size === size - 1) raw.exec("COMMIT");
    }
  };
  const one = () => {
    for (let i = 0; i < POINTS; i++) logger.logMetric("loss", i * 0.37, step++);
  };
  const names = Array.from({ length: 10 }, (_, i) => `metric${i}`);
  const record = () => {
    for (let i = 0; i < POINTS / 10; i++, step++) {
      logger.logMetrics(
        Object.fromEntries(names.map((name) => [name, i])),
        step,
      );
    }
  };
  const batch = () => {
    for (let i = 0; i < POINTS; i += 1000) {
      logger.logMetricBatch(
        Array.from(
          { length: 1000 },
          () => ({ key: "b", value: step * 0.37, step: step++ }),
        ),
      );
    }
  };

  const pair = (ours: () => void, baseline: () => void): [number, number] => {
    const a: number[] = [], b: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      b.push(time(baseline));
      a.push(time(ours));
    }
    return [median(a), median(b)];
  };
  const rows = [
    ratioRow("logMetric", ...pair(one, insertIn(1)), "a raw insert", 1.5),
    ratioRow(
      "logMetrics of 10",
      ...pair(record, insertIn(10)),
      "10 raw inserts at once",
      2,
    ),
    ratioRow(
      "logMetricBatch of 1000",
      ...pair(batch, insertIn(1000)),
      "1000 raw inserts",
      2,
    ),
  ];
  await logger.finish();
  raw.close();
  return rows;
}
