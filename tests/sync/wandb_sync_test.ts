/** What `ato sync wandb` writes is what the real `wandb` reads and sends. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { SQLFinder, SQLLogger } from "@ato/ato/tracker";
import { wandbRunId } from "@ato/ato/sync";
import { decodeJson, encodeJson } from "../../internal/json.ts";
import { ato, inFolder } from "../cli/_lib.ts";
import { ROOT, runtimeArgs } from "../_shared/run_script.ts";
import {
  runProgram,
  WANDB_PYTHONS,
  type WandbPython,
  WHY_NO_WANDB,
} from "./_wandb_pythons.ts";
import { WandbService } from "./_wandb_service.ts";

const READER = join(ROOT, "tests/sync/_wandb_records.py");
const WRITER = join(ROOT, "tests/sync/_wandb_offline.py");

/** A record as wandb's classes read it. */
interface SeenRecord {
  readonly type: string | null;
  readonly unknown: number;
  // deno-lint-ignore no-explicit-any
  readonly content: any;
}

async function recordsOf(
  python: WandbPython,
  log: string,
): Promise<SeenRecord[]> {
  const { code, out, err } = await runProgram(python.path, [READER, log]);
  assertEquals([code, err], [0, ""]);
  return out.trimEnd().split("\n").map((line) => JSON.parse(line));
}

/** The only log in a folder of runs. */
function logIn(folder: string): string {
  const run = readdirSync(folder).find((name) => name.startsWith("offline-"))!;
  const log = readdirSync(join(folder, run)).find((name) =>
    name.endsWith(".wandb")
  )!;
  return join(folder, run, log);
}

interface SeenItem {
  readonly key?: string;
  readonly nested_key?: readonly string[];
  readonly value_json: string;
}

function valuesOf(items: readonly SeenItem[]): Record<string, unknown> {
  return Object.fromEntries(items.map((item) => [
    (item.nested_key ?? [item.key!]).join("/"),
    decodeJson(item.value_json),
  ]));
}

/** What two logs of the same data must have in common. */
function commonOf(records: readonly SeenRecord[]) {
  const of = (type: string) =>
    records.filter((record) => record.type === type)
      .map(({ content }) => content[type]);
  const rows = of("history").map(({ item, step }) => {
    const { _runtime, _timestamp, ...row } = valuesOf(item);
    assertEquals([typeof _runtime, typeof _timestamp], ["number", "number"]);
    return [Number(step.num ?? 0), row];
  });
  const { _wandb, ato: _, ...config } = valuesOf(of("run")[0].config.update);
  const { _runtime, _timestamp, _wandb: __, ...summary } = Object.assign(
    {},
    ...of("summary").map(({ update }) => valuesOf(update)),
  );
  const { project, display_name, notes, tags, host } = of("run")[0];
  delete summary["_wandb/runtime"];
  return {
    ...{ rows, config, summary, project, display_name, notes, tags, host },
    exit: of("exit").map(({ exit_code = 0 }) => exit_code),
    hasVersion: of("header")[0].version_info.producer !== "",
    hasStart: of("run")[0].start_time !== undefined,
  };
}

const ROWS: [number, Record<string, number>][] = [
  [0, { loss: 1, "val/acc": 0.25, "a.b": 2 }],
  [1, { loss: NaN, tiny: 1e-300 }],
  [7, { loss: Infinity, "val/acc": -Infinity }],
  [1000000, { loss: 0.5, "ünï": -0.125 }],
];

const CONFIG = {
  lr: 0.1,
  on: true,
  nothing: null,
  model: { depth: 3, "a.b": "x", layers: [1, 2.5, "x", { y: [] }] },
  text: 'quote " \\ \u0001 ü 🦆',
};

/** The config of a run; `big` is a bigint. */
const BIG = { big: 1152921504606846976n };

/** Records a run. */
async function record(
  db: string,
  options: {
    readonly config?: Record<string, unknown>;
    readonly rows?: readonly (readonly [number, Record<string, number>])[];
    readonly run?: Parameters<SQLLogger["run"]>[0];
    readonly more?: (logger: SQLLogger) => unknown;
    readonly end?: Parameters<SQLLogger["finish"]>[0] | false;
  } = {},
): Promise<{ id: number; uuid: string; wandbId: string }> {
  const { config = { lr: 0.1 }, rows = [], end = {} } = options;
  const experiment = { projectName: "proj", sql: { dbPath: db } };
  const logger = new SQLLogger({ ...config, experiment });
  const id = await logger.run(options.run);
  for (const [step, row] of rows) logger.logMetrics(row, step);
  await options.more?.(logger);
  if (end !== false) await logger.finish(end);
  const finder = new SQLFinder(db);
  const run = (await finder.findRun(id))!;
  await finder.close();
  return { id, uuid: run.uuid!, wandbId: wandbRunId(run) };
}

/** Writes folders, and lets `wandb sync` send them. */
async function writeAndSend(
  folder: string,
  { python, service }: { python: WandbPython; service: WandbService },
): Promise<string> {
  const out = join(folder, "wandb");
  const said = await ato(
    "sync",
    "wandb",
    "--out",
    out,
    "--db",
    join(folder, "runs.db"),
  );
  assertEquals([said.code, said.err], [0, ""]);
  await wandbSync(out, { python, service });
  return said.out;
}

async function wandbSync(
  out: string,
  { python, service }: { python: WandbPython; service: WandbService },
): Promise<void> {
  const runs = readdirSync(out).filter((name) => name.startsWith("offline-"));
  const { code, out: printed, err } = await runProgram(
    python.wandb,
    ["sync", ...runs.map((run) => join(out, run))],
    { cwd: out, env: service.env },
  );
  assertEquals(code, 0, printed + err);
}

/** Runs a test with each version of wandb and a service of its own. */
function withWandb(
  name: string,
  work: (
    folder: string,
    with_: { python: WandbPython; service: WandbService },
  ) => Promise<void>,
): void {
  if (WHY_NO_WANDB !== false) test(name, { skip: WHY_NO_WANDB }, () => {});
  for (const python of WANDB_PYTHONS) {
    test(`${name} (wandb ${python.version})`, () =>
      inFolder((folder) =>
        WandbService.during((service) => work(folder, { python, service }))
      ));
  }
}

withWandb(
  "ato sync wandb: wandb's own classes read every record, and it is what wandb writes of the same data",
  async (folder, { python }) => {
    const db = join(folder, "runs.db");
    await record(db, {
      config: { ...CONFIG, ...BIG },
      rows: ROWS,
      run: { name: "a name", tags: ["a", "b"] },
    });
    await ato("note", "1", "a note", "--db", db);
    const out = join(folder, "ours");
    assertEquals(
      (await ato("sync", "wandb", "--db", db, "--out", out)).code,
      0,
    );
    const records = await recordsOf(python, logIn(out));
    assertEquals(records.filter(({ unknown }) => unknown !== 0), []);
    assertEquals(
      records.map(({ content }) => Number(content.num)),
      [
        ...records.keys(),
      ].map((i) => i + 1),
    );
    const ours = commonOf(records);
    const { experiment: _, ...config } = ours.config;

    const theirs = join(folder, "theirs");
    mkdirSync(theirs);
    const input = encodeJson({
      init: {
        project: "proj",
        name: "a name",
        tags: ["a", "b"],
        notes: "a note",
        config: { ...CONFIG, ...BIG },
      },
      rows: ROWS,
    }).text;
    const { code, err } = await runProgram(python.path, [WRITER, theirs], {
      cwd: theirs,
      input,
    });
    assertEquals(code, 0, err);
    const reference = commonOf(
      await recordsOf(python, logIn(join(theirs, "wandb"))),
    );
    assertEquals({ ...ours, config }, reference);
  },
);

withWandb(
  "ato sync wandb: every row and config key arrives once, also when it is sent again and after the run went on",
  async (folder, with_) => {
    const db = join(folder, "runs.db");
    const { service } = with_;
    const { id, wandbId } = await record(db, {
      config: { ...CONFIG, ...BIG, nan: NaN, huge: 2n ** 70n },
      rows: ROWS.slice(0, 3),
      end: { error: new Error("out of memory") },
    });
    await writeAndSend(folder, with_);
    const rows = () =>
      service.history(wandbId).map(({ _runtime, _timestamp, ...row }) => row);
    const expected = ROWS.map(([_step, row]) => ({ ...row, _step }));
    assertEquals(rows(), expected.slice(0, 3));
    const { config } = service.runs.get(wandbId)!;
    const { lr, nan, huge, model, text } = config;
    assertEquals({ lr, nan, huge, model, text }, {
      ...{ lr: CONFIG.lr, model: CONFIG.model, text: CONFIG.text },
      ...{ nan: "NaN", huge: String(2n ** 70n) },
    });
    assertEquals(Number(config["big"]), 2 ** 60);
    assertEquals((config["ato"] as { status: string }).status, "failed");
    assertEquals(service.runs.get(wandbId)!.exits, [1]);

    // Nothing has changed: the folder is left alone, and sending it again changes nothing.
    assertStringIncludes(await writeAndSend(folder, with_), "unchanged");
    assertEquals(rows(), expected.slice(0, 3));

    const experiment = { projectName: "proj", sql: { dbPath: db } };
    const logger = new SQLLogger({ lr: 0.1, experiment });
    await logger.run({ resume: { run: id, step: 7 } });
    logger.logMetrics(ROWS[3]![1], ROWS[3]![0]);
    await logger.finish();
    assertStringIncludes(await writeAndSend(folder, with_), "written");
    assertEquals(rows(), expected);
    assertEquals(service.runs.get(wandbId)!.exits.at(-1), 0);
    assertEquals([...service.runs.keys()], [wandbId]);
    assertEquals(service.summary(wandbId)["loss"], 0.5);
  },
);

withWandb(
  "ato sync wandb: a run that goes on is not called finished",
  async (folder, with_) => {
    const db = join(folder, "runs.db");
    let running: SQLLogger | undefined;
    const { wandbId } = await record(db, {
      rows: ROWS.slice(0, 2),
      more: (logger) => running = logger,
      end: false,
    });
    await writeAndSend(folder, with_);
    const { exits } = with_.service.runs.get(wandbId)!;
    // The sync of 0.23 knows no run that goes on.
    assertEquals(exits, with_.python.version.startsWith("0.23.") ? [0] : []);
    running!.logMetric("loss", 9, 2);
    await running!.finish({ status: "interrupted" });
    await writeAndSend(folder, with_);
    assertEquals(exits.at(-1), 255);
    const steps = with_.service.history(wandbId).map(({ _step }) => _step);
    assertEquals(steps, [0, 1, 2]);
  },
);

withWandb(
  "ato sync wandb: steps that W&B would drop or merge get rows of their own, with the real step beside",
  async (folder, with_) => {
    const db = join(folder, "runs.db");
    const { wandbId } = await record(db, {
      more: (logger) => {
        for (const step of [-3, 0, 1]) logger.logMetric("loss", step, step);
        for (const value of [10, 11]) logger.logMetric("loss", value, 1);
        logger.logMetric("LOSS", 6, 0);
        logger.logMetric("acc", 0.5, 1);
        logger.logMetric("_step", 42, 1);
        logger.logMetric("loss", 5, 9);
      },
    });
    await writeAndSend(folder, with_);
    const seen = with_.service.history(wandbId)
      .map(({ _runtime, _timestamp, ...row }) => row);
    assertEquals(seen, [
      { _step: 0, "ato/step": -3, loss_: -3 },
      { _step: 1, "ato/step": 0, loss_: 0, LOSS: 6 },
      { _step: 2, "ato/step": 1, loss_: 1, acc: 0.5, "_step_": 42 },
      { _step: 3, "ato/step": 1, loss_: 10 },
      { _step: 4, "ato/step": 1, loss_: 11 },
      { _step: 9, "ato/step": 9, loss_: 5 },
    ]);
    const about = with_.service.runs.get(wandbId)!.config["ato"];
    assertEquals((about as Record<string, unknown>)["metrics"], {
      "_step_": "_step",
      "loss_": "loss",
    });
  },
);

withWandb(
  "ato sync wandb: a long run with records longer than a block arrives completely",
  async (folder, with_) => {
    const { wandbId } = await record(join(folder, "runs.db"), {
      config: { text: "ü".repeat(100_000) },
      more: (logger) => {
        for (let step = 0; step < 6000; step++) {
          logger.logMetrics({ loss: step / 7, [`m${step % 50}`]: step }, step);
        }
      },
    });
    await writeAndSend(folder, with_);
    const seen = with_.service.history(wandbId);
    assertEquals(seen.length, 6000);
    for (const [i, { _step, loss, ...more }] of seen.entries()) {
      assertEquals([_step, loss, more[`m${i % 50}`]], [i, i / 7, i]);
    }
    const { text } = with_.service.runs.get(wandbId)!.config;
    assertEquals(text, "ü".repeat(100_000));
  },
);

withWandb(
  "ato sync wandb: artifacts are sent as they were recorded, or not at all; output only with --with-sources",
  async (folder, with_) => {
    const { service } = with_;
    const [good, changed] = ["model *[1].bin", "changed.bin"].map((name) =>
      join(folder, name)
    );
    const { wandbId } = await record(join(folder, "runs.db"), {
      rows: ROWS,
      more: (logger) => {
        for (const path of [good!, changed!]) {
          writeFileSync(path, "weights");
          logger.logArtifact(path, { type: "model" });
        }
        writeFileSync(join(folder, "missing.bin"), "");
        logger.logArtifact(join(folder, "missing.bin"));
        logger.logConsole("stdout", new TextEncoder().encode("epoch 1\nü"));
        logger.logConsole("stderr", new TextEncoder().encode("careful\n"));
      },
    });
    writeFileSync(changed!, "WEIGHTS");
    rmSync(join(folder, "missing.bin"));
    const out = join(folder, "wandb");
    const args = [
      "sync",
      "wandb",
      "--out",
      out,
      "--db",
      join(folder, "runs.db"),
    ];
    const plain = await ato(...args);
    assertEquals(plain.code, 1);
    assertStringIncludes(
      plain.err,
      "changed.bin is left out: the file has changed",
    );
    assertStringIncludes(plain.err, "missing.bin is left out");
    await wandbSync(out, with_);
    const uploads = [...service.uploads].filter(([, text]) =>
      /weights/i.test(text)
    );
    assertEquals(uploads.map(([, text]) => text), ["weights"]);
    assertEquals(service.runs.get(wandbId)!.files.has("output.log"), false);

    assertEquals((await ato(...args, "--with-sources")).code, 1);
    await wandbSync(out, with_);
    const printed = [
      ...service.runs.get(wandbId)!.files.get("output.log")!.values(),
    ].join("\n");
    for (const text of ["epoch 1", "ü", "careful"]) {
      assertStringIncludes(printed, text);
    }
  },
);

withWandb(
  "ato sync wandb --send: sends what is new with the installed wandb, and says what it did not send",
  async (folder, { python, service }) => {
    const db = join(folder, "runs.db");
    const ids = [];
    for (const loss of [1, 2]) {
      ids.push((await record(db, { rows: [[0, { loss }]] })).wandbId);
    }
    const send = (env: Record<string, string>) =>
      runProgram(
        process.execPath,
        [
          ...[...runtimeArgs("run"), join(ROOT, "cli.ts"), "sync", "wandb"],
          ...["--send", "--db", db, "--out", join(folder, "w")],
        ],
        // wandb writes logs of its own into the folder that it is started in.
        { cwd: folder, env: { ATO_WANDB: python.wandb, ...env } },
      );
    const missing = await send({ ATO_WANDB: join(folder, "none") });
    assertEquals(missing.code, 2);
    assertStringIncludes(missing.err, "it is not installed");
    service.refuses = 403;
    const refused = await send(service.env);
    assertEquals(refused.code, 1, refused.err);
    assertStringIncludes(refused.err, "has not sent run 1, 2");
    assertEquals(ids.map((id) => service.history(id)), [[], []]);
    service.refuses = 0;
    const first = await send(service.env);
    assertEquals(first.code, 0, first.err);
    assertStringIncludes(first.err, "sent 2 runs");
    assertEquals([...service.runs.keys()].sort(), ids.sort());
    const again = await send(service.env);
    assertEquals([again.code, service.runs.get(ids[0]!)!.exits.length], [0, 1]);
  },
);
