/** Commands never overwrite a database, and overwrite files of other programs only with `--force`. */
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { commandOf } from "../examples/_examples.ts";
import { fileURLToPath } from "node:url";
import { ato, inFolder, makeRun } from "./_lib.ts";

const CLI = commandOf(fileURLToPath(new URL("../../cli.ts", import.meta.url)));

/** The commands that write one file: the words before its name. */
const WRITERS: readonly (readonly string[])[] = [
  ["export", "1", "--format", "json", "--out"],
  ["export", "1", "--format", "csv", "--out"],
  ["export", "1", "--format", "csv", "--table", "runs", "--out"],
  ["export", "1", "--format", "parquet", "--out"],
  ["plot", "1", "--metric", "loss", "--svg"],
];

async function withRun(
  work: (folder: string, db: string) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const db = join(folder, "runs.db");
    await makeRun(db);
    await work(folder, db);
  });
}

function unfinished(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.includes(".part"));
}

test("ato export: an earlier export is replaced, anything else stays without --force", async () => {
  await withRun(async (folder, db) => {
    for (const [i, words] of WRITERS.entries()) {
      const path = join(folder, `out${i}`);
      const write = (...more: string[]) =>
        ato(...words, path, ...more, "--db", db);
      assertEquals((await write()).code, 0);
      assertEquals(statSync(path).mode & 0o777, 0o600);
      chmodSync(path, 0o640);
      assertEquals((await write()).code, 0, "an export replaces an export");
      assertEquals(statSync(path).mode & 0o777, 0o640, "its mode stays");
      for (const text of ["precious\n", "", "<svg >mine</svg>", "PAR1 PAR1"]) {
        writeFileSync(path, text);
        const refused = await write();
        assertEquals([refused.code, refused.out], [2, ""], words.join(" "));
        assertStringIncludes(refused.err, "--force");
        assertEquals(readFileSync(path, "utf8"), text);
      }
      assertEquals((await write("--force")).code, 0);
      assert(readFileSync(path, "utf8").length > 20);
    }
    assertEquals(unfinished(folder), []);
  });
});

test("ato export: a database and its files are never overwritten, under any name", async () => {
  await withRun(async (folder, db) => {
    const other = join(folder, "other.sqlite");
    await makeRun(other);
    writeFileSync(`${db}-wal`, "");
    writeFileSync(`${other}-shm`, "shared");
    mkdirSync(join(folder, "sub"));
    symlinkSync(db, join(folder, "link.csv"));
    symlinkSync("link.csv", join(folder, "link of link"));
    symlinkSync(folder, join(folder, "sub", "up"));
    linkSync(db, join(folder, "hard.json"));
    linkSync(`${db}-wal`, join(folder, "hard wal"));
    const log = join(folder, "lonely-wal");
    writeFileSync(log, new Uint8Array([0x37, 0x7f, 0x06, 0x82, 0, 0, 0, 0]));
    const places = [
      ...[db, `${db}-wal`, `${db}-shm`, `${db}-journal`, other],
      `${other}-shm`,
      join(folder, "link.csv"),
      join(folder, "link of link"),
      join(folder, "sub", "up", "runs.db"),
      join(folder, "sub", "up", "runs.db-wal"),
      `${folder}/./sub/../runs.db`,
      join(folder, "RUNS.DB-WAL"),
      join(folder, "hard.json"),
      join(folder, "hard wal"),
      log,
    ];
    const text = readFileSync(db);
    for (const words of WRITERS) {
      for (const place of places) {
        const { code, err } = await ato(
          ...[...words, place, "--force", "--db", db],
        );
        assertEquals(code, 2, place);
        assertStringIncludes(err, "it is a database, or belongs to one");
      }
    }
    assertEquals(readFileSync(db), text);
    assertEquals(readFileSync(`${other}-shm`, "utf8"), "shared");
    assertEquals(readlinkSync(join(folder, "link.csv")), db);
    const config = join(folder, "c.json");
    writeFileSync(config, '{"lr": 1}');
    symlinkSync(db, join(folder, "c.yaml"));
    const args = ["config", "convert", config, "--to", "yaml", "--force"];
    assertEquals((await ato(...args)).code, 2);
    assertEquals(readFileSync(db), text);
  });
});

test("ato export: no link is followed, neither at the file nor at a name beside it", async () => {
  await withRun(async (folder, db) => {
    const victim = join(folder, "victim");
    writeFileSync(victim, "precious");
    for (const [i, words] of WRITERS.entries()) {
      const path = join(folder, `out${i}`);
      symlinkSync(victim, `${path}.part`);
      assertEquals((await ato(...words, path, "--db", db)).code, 0);
      const link = join(folder, `link${i}`);
      symlinkSync(victim, link);
      const refused = await ato(...words, link, "--db", db);
      assertEquals(refused.code, 2);
      assertStringIncludes(refused.err, "it is a link");
      assertEquals((await ato(...words, link, "--force", "--db", db)).code, 0);
      assert(lstatSync(link).isFile(), "the link was replaced");
      const dangling = join(folder, `dangling${i}`);
      symlinkSync(join(folder, "not there"), dangling);
      assertEquals((await ato(...words, dangling, "--db", db)).code, 2);
    }
    assertEquals(readFileSync(victim, "utf8"), "precious");
    assertEquals(existsSync(join(folder, "not there")), false);
    const config = join(folder, "c.json");
    writeFileSync(config, '{"lr": 1}');
    symlinkSync(join(folder, "not there"), join(folder, "c.yaml"));
    const args = ["config", "convert", config, "--to", "yaml"];
    assertEquals((await ato(...args)).code, 2);
    assertEquals(existsSync(join(folder, "not there")), false);
  });
});

test("ato export: no link leads out of a folder, and a run of MLflow's own stays", async () => {
  await withRun(async (folder, db) => {
    const away = join(folder, "away");
    mkdirSync(away);
    const logs = join(folder, "logs");
    mkdirSync(logs);
    symlinkSync(away, join(logs, "1"));
    const tensorboard = ["export", "1", "--format", "tensorboard", "--out"];
    const led = await ato(...tensorboard, logs, "--db", db);
    assertEquals(led.code, 2);
    assertStringIncludes(led.err, "it is a link");
    assertEquals(readdirSync(away), []);

    const runs = join(folder, "mlruns");
    const mlflow = ["export", "1", "--format", "mlflow", "--out", runs];
    assertEquals((await ato(...mlflow, "--db", db)).code, 0);
    const [experiment] = readdirSync(runs);
    const [run] = readdirSync(join(runs, experiment!)).filter((name) =>
      name !== "meta.yaml"
    );
    const place = join(runs, experiment!, run!);
    // A run as MLflow writes it, without our tag.
    writeFileSync(join(place, "meta.yaml"), "mine: true\n");
    rmSync(join(place, "tags", "ato.run"));
    const refused = await ato(...mlflow, "--db", db);
    assertEquals(refused.code, 2);
    assertStringIncludes(refused.err, "--force");
    assertEquals(
      readFileSync(join(place, "meta.yaml"), "utf8"),
      "mine: true\n",
    );
    assertEquals((await ato(...mlflow, "--force", "--db", db)).code, 0);
  });
});

test("ato export: the identity of a run in a file is never used as a path", async () => {
  await withRun(async (folder, db) => {
    const { withFile } = await import("../../tracker/_with_file.ts");
    await withFile(db, {}, (connection) => {
      connection.prepare("UPDATE experiments SET uuid = ?").run(
        "/../../../../evil/../evil",
      );
    });
    const inner = join(folder, "a", "b");
    mkdirSync(inner, { recursive: true });
    for (const format of ["tensorboard", "mlflow"]) {
      const out = join(inner, format);
      const args = ["export", "1", "--format", format, "--out", out];
      assertEquals((await ato(...args, "--db", db)).code, 0);
    }
    assertEquals(readdirSync(inner).sort(), ["mlflow", "tensorboard"]);
    assertEquals(readdirSync(join(folder, "a")), ["b"]);
    const others = readdirSync(folder).filter((name) => !/^runs/.test(name));
    assertEquals(others, ["a"]);
  });
});

test("ato export: pipes and devices are written to, not replaced", async () => {
  await withRun((folder, db) => {
    const [program, ...rest] = CLI;
    const words = ["export", "1", "--format", "csv", "--db", db, "--out"];
    // A real pipe: `spawnSync` can read from a socket, which cannot be opened by its name.
    const piped = spawnSync(
      "sh",
      ["-c", '"$@" | cat', "sh", program!, ...rest, ...words, "/dev/stdout"],
      { encoding: "utf8" },
    );
    assertEquals(piped.status, 0, piped.stderr);
    const lines = piped.stdout.trimEnd().split("\n");
    assertEquals(lines.length, 4, "the table alone");
    const nowhere = spawnSync(program!, [...rest, ...words, "/dev/null"]);
    assertEquals(nowhere.status, 0);
    assert(statSync("/dev/null").isCharacterDevice());
    const full = spawnSync(program!, [...rest, ...words, "/dev/full"], {
      encoding: "utf8",
    });
    assertEquals([full.status, full.stderr.trim().split("\n").length], [2, 1]);
    assertStringIncludes(full.stderr, "the disk is full");
    assertEquals(unfinished(folder), []);
    return Promise.resolve();
  });
});
