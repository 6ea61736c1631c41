/** The checks of `ato doctor`. Nothing is written. */
import { existsSync, statfsSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import process from "node:process";
import {
  chooseDriver,
  type Connection,
  findSpills,
  hasWalResetBug,
  networkFileSystem,
  openForReading,
  SCHEMA_VERSION,
  schemaVersion,
} from "../../tracker/mod.ts";
import { visible } from "../../internal/visible_text.ts";
import { VERSION } from "../../internal/version.ts";

/** The result of one check. */
export interface Check {
  /** What was checked. */
  readonly name: string;
  /** Whether it is fine, worth knowing, or wrong. */
  readonly level: "ok" | "note" | "bad";
  /** What was found. */
  readonly found: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** Checks the versions of everything that is involved. */
export async function checkRuntime(): Promise<Check[]> {
  const { deno, node, v8 } = process.versions as Record<string, string>;
  const runtime = deno === undefined ? `node ${node}` : `deno ${deno}`;
  const driver = await chooseDriver();
  const affected = hasWalResetBug(driver.sqliteVersion);
  return [
    { name: "ato", level: "ok", found: VERSION },
    { name: "runtime", level: "ok", found: `${runtime}, v8 ${v8}` },
    {
      name: "sqlite",
      level: affected ? "note" : "ok",
      found: `${driver.sqliteVersion} through ${driver.name}`,
      ...(affected && {
        advice: "it has the WAL-reset bug: files are used without WAL, " +
          "which is slower; use a newer runtime",
      }),
    },
  ];
}

/** Checks the file and what is beside it. */
export function checkPlace(path: string): Check[] {
  const size = statSync(path).size;
  const network = networkFileSystem(path);
  const { bavail, bsize } = statfsSync(dirname(path));
  const free = bavail * bsize;
  const spills = findSpills(path).map((file) => basename(file));
  return [
    { name: "file", level: "ok", found: `${visible(path)}, ${bytes(size)}` },
    network === undefined
      ? { name: "file system", level: "ok", found: "local" }
      : {
        name: "file system",
        level: "note",
        found: network,
        advice: "use a file per host on a local disk, then `ato merge`",
      },
    free < 2 * size || free < 1 << 26
      ? {
        name: "free space",
        level: "note",
        found: bytes(free),
        advice: "make room: a run cannot be written to a full disk",
      }
      : { name: "free space", level: "ok", found: bytes(free) },
    spills.length === 0
      ? { name: "spill files", level: "ok", found: "none" }
      : {
        name: "spill files",
        level: "note",
        found: visible(spills.join(", ")),
        advice: "points that could not be written; the next run writes them",
      },
  ];
}

/** Checks the content: what SQLite says about the file, and whether its rows are consistent. */
export async function checkContent(
  path: string,
  full: boolean,
): Promise<Check[]> {
  const connection = await openForReading(path);
  try {
    return [
      integrity(connection, full),
      schema(connection),
      journal(connection, path),
      ...isOurs(connection) ? [loose(connection)] : [],
    ];
  } finally {
    connection.close();
  }
}

function integrity(connection: Connection, full: boolean): Check {
  const name = full ? "integrity" : "quick check";
  const pragma = full ? "integrity_check" : "quick_check";
  const faults = connection.prepare(`PRAGMA ${pragma}(5)`).all()
    .map((row) => String(Object.values(row)[0]))
    .filter((text) => text !== "ok");
  return faults.length === 0 ? { name, level: "ok", found: "ok" } : {
    name,
    level: "bad",
    found: visible(faults.join("; ")),
    advice: "copy what can be read: `ato merge THIS --db NEW.db`, " +
      "or `sqlite3 THIS .recover`",
  };
}

function isOurs(connection: Connection): boolean {
  return schemaVersion(connection) > 0;
}

function schema(connection: Connection): Check {
  const version = schemaVersion(connection);
  const found = version === 0
    ? "none: written by Python ato, or by another program"
    : `version ${version}`;
  if (version > SCHEMA_VERSION) {
    return {
      name: "schema",
      level: "bad",
      found: `${found}, newer than ${SCHEMA_VERSION}`,
      advice: "use a newer Ato",
    };
  }
  return version === SCHEMA_VERSION ? { name: "schema", level: "ok", found } : {
    name: "schema",
    level: "note",
    found,
    advice: `the next run migrates it to version ${SCHEMA_VERSION}`,
  };
}

function journal(connection: Connection, path: string): Check {
  const mode = String(
    Object.values(connection.prepare("PRAGMA journal_mode").get() ?? {})[0],
  );
  const log = `${path}-wal`;
  const pending = existsSync(log)
    ? `, ${bytes(statSync(log).size)} in -wal`
    : "";
  return { name: "journal", level: "ok", found: `${mode}${pending}` };
}

/** Finds rows that belong to no run: another program wrote or deleted them. */
function loose(connection: Connection): Check {
  const count = (table: string) =>
    Number(
      connection.prepare(
        `SELECT count(*) AS n FROM ${table} WHERE run_id NOT IN (SELECT id FROM experiments)`,
      ).get()?.["n"],
    );
  const found = ["series", "fingerprints", "artifacts", "attempts"]
    .map((table) => [table, count(table)] as const)
    .filter(([, n]) => n > 0)
    .map(([table, n]) => `${n} of ${table}`);
  return found.length === 0
    ? { name: "loose rows", level: "ok", found: "none" }
    : {
      name: "loose rows",
      level: "note",
      found: found.join(", "),
      advice: "rows of runs that were deleted by hand; they are harmless",
    };
}

/** Writes a size in a convenient unit. */
function bytes(count: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let [value, unit] = [count, 0];
  while (value >= 1024 && unit < units.length - 1) {
    [value, unit] = [value / 1024, unit + 1];
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
