/**
 * Damages copies of a real file, each in another way, and runs every command on each copy.
 * The same seed damages the same bytes.
 */
import { createHash } from "node:crypto";
import {
  copyFileSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { main } from "../../cli/main.ts";
import { Terminal } from "../../cli/terminal.ts";
import { makeTempFolder } from "../_shared/temp_folder.ts";

/** The file that is damaged. */
export const REAL_FILE: string = fileURLToPath(
  new URL("damage.db", import.meta.url),
);

/** One way to damage a copy. */
export interface Damage {
  /** A description for messages. */
  readonly what: string;
  /** The kind of damage. */
  readonly kind: "flip" | "zero" | "cut" | "value";
  /** The new value of a column that takes any text; commands show it, because the file has it. */
  readonly text?: string;
  /** Whether the column is now null, which its table allows. */
  readonly isEmpty?: boolean;
  /** Damages a copy. */
  apply(path: string): void;
}

/** What a command wrote, and its exit code. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Something that must not happen. */
export interface Finding {
  readonly damage: string;
  readonly command: string;
  readonly what: string;
  readonly detail: string;
}

/** The result of a campaign. */
export interface Report {
  readonly copies: Readonly<Record<string, number>>;
  readonly commands: number;
  /** The number of commands that ended with an error or wrote a notice. */
  readonly told: number;
  /** The number of commands that showed another value, which is the value in the file now. */
  readonly other: number;
  readonly findings: readonly Finding[];
}

/** Makes a generator of numbers from 0 to 1, the same ones for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A part of every hostile text, to find it in the output of a command. */
const MARK = "HOSTILE";

/** Values that no logger writes, or that must not reach a terminal. */
const HOSTILE_VALUES:
  readonly (string | number | bigint | null | Uint8Array)[] = [
    `${MARK}\u001b[2J\u0007\u009b[31m\u202e`,
    new Uint8Array([0x1b, 0x5b, 0x32, 0x4a]),
    9223372036854775807n,
    `{"${MARK}":`,
    "2026-02-30 12:00:00.000000",
    null,
    9e999,
    "[".repeat(100_000),
    `${MARK}\n\r\u2028${MARK} run 99  completed`,
    "[null, 5]",
    "{}",
    -1,
  ];

/** The columns that take any text. */
const FREE =
  /^(experiments\.(uuid|name|notes|seed|structural_hash|status)|projects\.(name|description)|artifacts\.(path|data_type|sha256)|fingerprints\.(trace_id|fingerprint)|deep_fingerprints\.(trace_id|deep|graph|own|reason)|fingerprint_gaps\.(trace_id|reason)|series\.key|outputs\.(trace_id|outcome|hash|reason))$/;

/** Lists every column of every table of the file. */
export function columnsOf(path: string): [table: string, column: string][] {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const tables = database.prepare(
      "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
    ).all().map((row) => String(row["name"]));
    return tables.flatMap((table) =>
      database.prepare(`PRAGMA table_info(${table})`).all().map((
        row,
      ): [string, string] => [table, String(row["name"])])
    );
  } finally {
    database.close();
  }
}

function flip(random: () => number): Damage {
  const spots = Array.from(
    { length: 1 + Math.floor(random() * 8) },
    () => [random(), Math.floor(random() * 8)] as const,
  );
  return {
    kind: "flip",
    what: `bits flipped at ${spots.map(([at]) => at.toFixed(5)).join(", ")}`,
    apply(path) {
      const bytes = readFileSync(path);
      for (const [at, bit] of spots) {
        const index = Math.floor(at * bytes.length);
        bytes[index]! ^= 1 << bit;
      }
      writeFileSync(path, bytes);
    },
  };
}

function zero(random: () => number): Damage {
  const at = random();
  return {
    kind: "zero",
    what: `the page at ${at.toFixed(5)} zeroed`,
    apply(path) {
      const bytes = readFileSync(path);
      const page = Math.floor(at * bytes.length / 4096);
      bytes.fill(0, page * 4096, (page + 1) * 4096);
      writeFileSync(path, bytes);
    },
  };
}

function cut(random: () => number): Damage {
  const [share, whole] = [random(), random() < 0.5];
  return {
    kind: "cut",
    what: `cut at ${share.toFixed(5)}${whole ? ", between pages" : ""}`,
    apply(path) {
      const size = Math.floor(share * readFileSync(path).length);
      truncateSync(path, whole ? size - size % 4096 : size);
    },
  };
}

function hostile(
  [table, column]: readonly [string, string],
  index: number,
): Damage {
  const value = HOSTILE_VALUES[index % HOSTILE_VALUES.length]!;
  const text = typeof value === "string" ? JSON.stringify(value) : `${value}`;
  const shown = typeof value === "number" ? value.toFixed(1) : String(value);
  return {
    kind: "value",
    ...(value === null && { isEmpty: true }),
    ...(FREE.test(`${table}.${column}`) && { text: shown }),
    what: `${table}.${column} = ${text.slice(0, 40)}`,
    apply(path) {
      const database = new DatabaseSync(path);
      try {
        database.exec(
          "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF",
        );
        const where = table === "experiments" ? "WHERE id = 3" : "";
        const update = database.prepare(
          `UPDATE OR IGNORE ${table} SET ${column} = ? ${where}`,
        );
        // If a constraint refuses the value, another one is tried.
        for (const other of [value, `${MARK}\u001b[2J`, 2n ** 53n + 1n]) {
          try {
            update.run(other);
            return;
          } catch (error) {
            if ((error as { errcode?: unknown }).errcode === undefined) {
              throw error;
            }
          }
        }
      } finally {
        database.close();
      }
    },
  };
}

/** The damages of a campaign: a hostile value in each column, and random ones. */
export function planDamage(
  seed: number,
  copies: number,
  options: { readonly byChance?: boolean } = {},
): Damage[] {
  const random = seeded(seed);
  const columns = columnsOf(REAL_FILE);
  const plan = options.byChance ? [] : columns.slice(0, copies).map(hostile);
  const kinds = [flip, zero, cut, flip];
  for (let i = 0; plan.length < copies; i++) {
    plan.push(
      i % 5 === 4
        ? hostile(
          columns[Math.floor(random() * columns.length)]!,
          Math.floor(random() * 1000),
        )
        : kinds[i % 5]!(random),
    );
  }
  return plan;
}

/** Commands that read. */
export const READING: readonly string[] = [
  "runs",
  "runs --json",
  "runs lr<0.35 --sort=-accuracy --columns lr,accuracy,wide",
  "projects",
  "projects --json",
  "show 1",
  "show 2 --json",
  "show 3",
  "show 4",
  "show 7",
  "why 1 3",
  "why 2 4 --json",
  "diff 1 3",
  "compare 1 2 3 --all",
  "bisect vision --metric accuracy",
  "best vision --metric loss --mode min",
  "best vision --metric accuracy --json",
  "similar 1",
  "similar 1 --trace train",
  "trace vision train --metric loss",
  "plot 1 3 --metric loss",
  "restore",
  "doctor",
  "tag 3",
  "note 3",
  "repeat 3 --print",
  "export vision --format json",
  "export vision --format csv",
  "export vision --format csv --table runs",
  "export vision --format mlflow --out OUT/mlflow",
  "export 3 --format tensorboard --out OUT/board",
  "export vision --format parquet --out OUT/x.parquet",
];

/** Commands that write to the file, or from it to another one. */
export const WRITING: readonly string[] = [
  "tag 3 +x",
  "note 2 seen",
  "delete 3",
  "restore 3",
  "gc --days 0",
  "merge DB --db OUT/merged.db",
  "import DB --db OUT/imported.db",
];

/**
 * Returns the commands that are asked about a case under this runtime: Deno and Node share them, each asks every other
 * one, and the others about the next case.
 */
export function ownCommands(
  commands: readonly string[],
  index: number,
): string[] {
  const turn = navigator.userAgent.startsWith("Deno/") ? 0 : 1;
  return commands.filter((_, at) => (at + index) % 2 === turn);
}

/** Runs a command in this process. */
export async function say(
  command: string,
  db: string,
  out: string,
): Promise<Said> {
  const words = command.split(" ").map((word) =>
    word.replace("OUT", out).replace(/^DB$/, db)
  );
  const said = { out: "", err: "" };
  const terminal = new Terminal({
    write: (text) => void (said.out += text),
    warn: (text) => void (said.err += text),
  });
  try {
    const code = await main(
      words.includes("--db") ? words : [...words, "--db", db],
      terminal,
    );
    return { code, ...said };
  } catch (error) {
    return { code: THROWN, out: said.out, err: said.err + String(error) };
  }
}

/** Control characters that must not reach a terminal; CSV is data and can have them in a pipe. */
export const RAW: RegExp = /(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

/** A part of the sentence about an error that is none of the user's: no command may print it. */
export const FAULT = "this is a fault of ato";

/** Splits a text into lines, without the layout in columns. */
function lines(text: string): string[] {
  return text.split("\n").map((line) => line.replace(/\s+/g, " ").trim())
    .filter((line) => line !== "");
}

/** The lines of a text that another text lacks, each as often as it is missing. */
function lacking(text: string, other: string): string[] {
  const there = new Map<string, number>();
  for (const line of lines(other)) there.set(line, (there.get(line) ?? 0) + 1);
  return lines(text).filter((line) => {
    const left = there.get(line) ?? 0;
    there.set(line, left - 1);
    return left <= 0;
  });
}

function numbersOf(texts: readonly string[]): string[] {
  return texts.flatMap((line) =>
    line.match(/-?\d+(?:\.\d+)?(?:e[-+]?\d+)?/g) ?? []
  );
}

/** Compares the output of a command on a damaged file with that on the sound file, and returns what is wrong. */
export function judge(
  command: string,
  said: Said,
  truth: Said,
  damage: Damage,
): { what: string; detail: string } | undefined {
  const both = said.out + said.err;
  if (said.code === THROWN || both.includes(FAULT)) {
    return { what: "a stack trace", detail: both.slice(0, 600) };
  }
  const shown = command.includes("--format csv") ? said.err : both;
  const raw = RAW.exec(shown);
  if (raw !== null) {
    const around = shown.slice(Math.max(0, raw.index - 40), raw.index + 40);
    return { what: "raw control characters", detail: JSON.stringify(around) };
  }
  // The doctor also describes the machine; and a difference that was reported is no finding.
  if (command === "doctor" || said.err !== truth.err) return undefined;
  // Other hashes mean other code and other outputs: nothing else in the file contradicts them.
  if (damage.text !== undefined && COMPARING.test(command)) return undefined;
  const [more, less] = [
    lacking(said.out, truth.out),
    lacking(truth.out, said.out),
  ];
  const strange = more.filter((line) =>
    !line.includes(MARK) &&
    !(damage.text !== undefined && line.includes(damage.text.slice(0, 16)))
  );
  const known = numbersOf(less);
  const wrong = numbersOf(strange).filter((number) => {
    const at = known.indexOf(number);
    if (at >= 0) known.splice(at, 1);
    return at < 0;
  });
  const detail = `${strange.slice(0, 4).join(" | ")}  INSTEAD OF  ${
    less.slice(0, 4).join(" | ")
  }`;
  if (wrong.length > 0) {
    return { what: "another number without a word", detail };
  }
  return LISTS.test(command) && more.length < less.length && !damage.isEmpty
    ? { what: "left out without a word", detail }
    : undefined;
}

/** Commands that list everything of a kind. */
const LISTS = /^(runs|projects|export)/;

/** Commands that say what is equal. */
const COMPARING = /^(why|similar|compare|trace|bisect)/;

/** Stands for an error that the command does not catch. */
const THROWN = -1;

/**
 * Makes a sound file with the values that SQLite reads from a damaged one. A flipped bit in a stored
 * number or text gives another one, and because SQLite keeps no checksums, no reader can detect it. A
 * command must then show the value that is in the file.
 *
 * A table that cannot be read, or lacks rows, is not changed.
 */
export function asTheFileSays(damaged: string, target: string): void {
  copyFileSync(REAL_FILE, target);
  const [from, to] = [
    new DatabaseSync(damaged, { readOnly: true }),
    new DatabaseSync(target),
  ];
  try {
    to.exec("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF");
    for (const table of new Set(columnsOf(target).map(([table]) => table))) {
      to.exec("SAVEPOINT one");
      try {
        copyValues(from, to, table);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        // What SQLite itself cannot read does not count as another value.
        to.exec("ROLLBACK TO one");
      }
      to.exec("RELEASE one");
    }
  } finally {
    from.close();
    to.close();
  }
}

function copyValues(
  from: DatabaseSync,
  to: DatabaseSync,
  table: string,
): void {
  const names = to.prepare(`PRAGMA table_info(${table})`).all()
    .map((row) => `"${row["name"]}"`);
  const select = from.prepare(
    `SELECT ${names.join(", ")} FROM ${table} NOT INDEXED`,
  );
  select.setReadBigInts(true);
  const rows = select.all();
  const count = to.prepare(`SELECT count(*) AS n FROM ${table}`).get()!;
  if (rows.length !== Number(count["n"])) return;
  to.exec(`DELETE FROM ${table}`);
  const insert = to.prepare(
    `INSERT INTO ${table} (${names.join(", ")}) VALUES (${
      names.map(() => "?").join(", ")
    })`,
  );
  for (const row of rows) insert.run(...Object.values(row));
}

function digest(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

/** Counts the rows of each table that can be read. */
function countRows(path: string): Map<string, number> {
  const counts = new Map<string, number>();
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    for (const table of ["experiments", "points", "series", "fingerprints"]) {
      try {
        const row = database.prepare(`SELECT count(*) AS n FROM ${table}`)
          .get();
        counts.set(table, Number(row?.["n"]));
      } catch {
        // A table whose rows cannot be counted cannot be compared.
      }
    }
  } catch {
    // The rows of no table can be counted.
  } finally {
    database?.close();
  }
  return counts;
}

/** Damages copies and runs every command on each. */
export async function runCampaign(options: {
  readonly seed: number;
  readonly copies: number;
  /** Whether the hostile value in each column is left out. */
  readonly byChance?: boolean;
  /** Runs every n-th command on a copy, and other ones on the next copy; 1 for all. */
  readonly every?: number;
  /** Which of the n commands is the first one. @default 0 */
  readonly first?: number;
  readonly onCopy?: (damage: Damage) => void;
}): Promise<Report> {
  const folder = makeTempFolder("damage");
  const findings: Finding[] = [];
  const copies: Record<string, number> = {};
  let [commands, told, other] = [0, 0, 0];
  try {
    const [sound, aside] = [join(folder, "sound.db"), join(folder, "aside.db")];
    const truths = new Map<string, Said>();
    // All copies have the same name, because commands print it.
    const db = join(folder, "copy.db");
    const out = join(folder, "out");
    for (const command of READING) {
      copyFileSync(REAL_FILE, db);
      truths.set(command, await say(command, db, fresh(out)));
    }
    for (
      const [index, damage] of planDamage(
        options.seed,
        options.copies,
        options,
      ).entries()
    ) {
      options.onCopy?.(damage);
      copies[damage.kind] = (copies[damage.kind] ?? 0) + 1;
      freshCopy(db);
      damage.apply(db);
      const note = (command: string, what: string, detail: string) =>
        findings.push({ damage: damage.what, command, what, detail });
      const before = digest(db);
      const { every = 1, first = 0 } = options;
      const isDue = (at: number) => (at + index + first) % every === 0;
      for (const command of READING.filter((_, at) => isDue(at))) {
        const said = await say(command, db, fresh(out));
        commands++;
        if (said.err !== "") told++;
        let found = judge(command, said, truths.get(command)!, damage);
        if (found !== undefined && damage.kind === "flip") {
          asTheFileSays(db, sound);
          // Commands print the name of the file.
          renameSync(db, aside);
          renameSync(sound, db);
          const says = await say(command, db, fresh(out));
          renameSync(aside, db);
          found = judge(command, said, says, damage);
          if (found === undefined) other++;
        }
        if (found !== undefined) note(command, found.what, found.detail);
        if (digest(db) !== before) note(command, "a reader wrote", "");
      }
      const counts = countRows(db);
      for (const command of WRITING.filter((_, at) => isDue(at))) {
        const said = await say(command, db, fresh(out));
        commands++;
        if (said.err !== "") told++;
        const found = judge(command, said, said, damage);
        if (found !== undefined) note(command, found.what, found.detail);
        if (command.startsWith("gc")) continue;
        for (const [table, n] of countRows(db)) {
          const was = counts.get(table) ?? n;
          if (!command.startsWith("m") && n < was) {
            if (WRITING.indexOf(command) < WRITING.indexOf("gc --days 0")) {
              note(command, "rows were lost", `${table}: ${n} of ${was}`);
            }
          }
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { copies, commands, told, other, findings };
}

/** Copies the real file, and removes what earlier copies left beside it. */
export function freshCopy(path: string): void {
  for (const beside of ["", "-wal", "-shm", "-journal"]) {
    rmSync(path + beside, { force: true });
  }
  copyFileSync(REAL_FILE, path);
}

function fresh(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  return folder;
}
