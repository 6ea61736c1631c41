/**
 * Checks that a file has only what Ato and Python ato create, and nothing that runs by itself. A file
 * may come from a stranger: a view in place of a table can compute forever, a trigger can delete other
 * rows, and a default or a constraint is an expression that runs with each write.
 */
import {
  CONSOLE_TABLES,
  DEEP_TABLES,
  FACTOR_TABLES,
  HUB_TABLES,
  METRICS_VIEW,
  OWN_TABLES,
  PYTHON_TABLES,
  STUDY_TABLES,
} from "./_schema_sql.ts";
import type { Connection } from "./driver.ts";
import { StorageError } from "./errors.ts";
import { visible } from "../internal/visible_text.ts";

/** The file may come from a stranger: its schema must call no risky function, and sizes are checked. */
export const DISTRUST =
  "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON";

const SCRIPTS = [
  PYTHON_TABLES,
  OWN_TABLES,
  METRICS_VIEW,
  DEEP_TABLES,
  STUDY_TABLES,
  FACTOR_TABLES,
  CONSOLE_TABLES,
  HUB_TABLES,
].join("\n");

function squeezed(sql: string): string {
  return sql.replace(/\s+/g, " ").replace(/;? *$/, "").trim();
}

/** Returns the statements of Ato of a kind, as SQLite stores them. */
function statements(pattern: RegExp): ReadonlySet<string> {
  const found = SCRIPTS.match(pattern) ?? [];
  return new Set(
    found.map((sql) => squeezed(sql.replace("IF NOT EXISTS ", ""))),
  );
}

const TABLES: ReadonlySet<string> = new Set([
  "metrics",
  ...[...SCRIPTS.matchAll(/CREATE TABLE (?:IF NOT EXISTS )?(\w+)/g)]
    .map(([, name]) => name!),
]);
const VIEWS = statements(/CREATE VIEW[^;]*;/g);
const TRIGGERS = statements(/CREATE TRIGGER[\s\S]*?\bEND;/g);
const INDEXES = statements(/CREATE (?:UNIQUE )?INDEX[^;]*;/g);

/** Words of a table's definition that make reading it run an expression, or find other rows. */
const NOT_READ = new Set(["AS", "GENERATED", "VIRTUAL", "SELECT", "COLLATE"]);
/** The same for writing. */
const NOT_WRITTEN = new Set([...NOT_READ, "CHECK", "ON"]);

/** The words of a definition outside of quoted names, strings and comments. */
function wordsOf(sql: string): string[] {
  const bare = sql.replace(
    /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g,
    " q ",
  );
  return bare.toUpperCase().match(/\w+|\(/g) ?? [];
}

/** An object in the schema of a file. */
interface SchemaObject {
  readonly type: string;
  readonly name: string;
  readonly table: string;
  readonly sql: string;
}

function objectsOf(connection: Connection): SchemaObject[] {
  const rows = connection.prepare(
    "SELECT type, name, tbl_name, sql FROM sqlite_master",
  ).all();
  return rows.map((row) => ({
    type: String(row["type"]),
    name: String(row["name"]),
    table: String(row["tbl_name"]).toLowerCase(),
    sql: typeof row["sql"] === "string" ? row["sql"] : "",
  }));
}

/** What is wrong with a table that is read or written, if anything. */
function faultOfTable(
  { type, sql }: SchemaObject,
  action: "read" | "write",
): string | undefined {
  if (type !== "table") return `is a ${type}, not a table`;
  const words = wordsOf(sql);
  const forbidden = action === "read" ? NOT_READ : NOT_WRITTEN;
  const word = words.find((one, i) =>
    forbidden.has(one) ||
    (action === "write" && one === "DEFAULT" && words[i + 1] === "(")
  );
  return word === undefined
    ? undefined
    : `has ${word} in its definition, which runs by itself`;
}

/** What is wrong with an object, if anything. */
function faultOf(
  object: SchemaObject,
  options: { action: "read" | "write"; tables: ReadonlySet<string> },
): string | undefined {
  const { action, tables } = options;
  const { type, name, table, sql } = object;
  if (type === "view" && VIEWS.has(squeezed(sql))) return undefined;
  const isOurs = tables.has(name.toLowerCase());
  if (isOurs && type !== "index" && type !== "trigger") {
    return faultOfTable(object, action);
  }
  // Other objects are neither read nor run, unless something is written.
  if (action === "read") return undefined;
  if (type === "trigger" && !TRIGGERS.has(squeezed(sql))) {
    return `is a trigger on ${visible(table)} that Ato did not make`;
  }
  if (type === "index" && tables.has(table) && !isPlainIndex(sql)) {
    return `is an index on ${
      visible(table)
    } with an expression that Ato did not make`;
  }
  return undefined;
}

/** An index over columns: one that SQLite created (without SQL), one of ours, or one like them. */
function isPlainIndex(sql: string): boolean {
  return sql === "" || INDEXES.has(squeezed(sql)) ||
    /^CREATE (?:UNIQUE )?INDEX [^()]* ON [^()]*\([^()]*\)$/i.test(
        squeezed(sql),
      ) && !wordsOf(sql).includes("COLLATE");
}

/** Objects that were accepted: the files of a process have the same few, and each run opens one again. */
const accepted = new Set<string>();
const MOST_ACCEPTED = 1_000;

function textOf(object: SchemaObject, action: "read" | "write"): string {
  return JSON.stringify([action, ...Object.values(object)]);
}

function accept(text: string): void {
  if (accepted.size >= MOST_ACCEPTED) accepted.clear();
  accepted.add(text);
}

/**
 * Refuses a file in which reading or writing would run code that Ato did not create.
 *
 * @param connection The file.
 * @param options Its path, whether it is read or written, and the tables, by default those of Ato.
 * @throws {StorageError} If there is such an object; the error names the first one.
 */
export function refuseForeign(
  connection: Connection,
  options: {
    readonly path: string;
    readonly action: "read" | "write";
    readonly tables?: ReadonlySet<string>;
  },
): void {
  const { path, action, tables = TABLES } = options;
  for (const object of objectsOf(connection)) {
    const text = tables === TABLES ? textOf(object, action) : undefined;
    if (text !== undefined && accepted.has(text)) continue;
    const fault = faultOf(object, { action, tables });
    if (fault === undefined) {
      if (text !== undefined) accept(text);
      continue;
    }
    const { type, name } = object;
    const drop = `DROP ${type.toUpperCase()} "${visible(name)}"`;
    throw new StorageError(
      `Cannot ${action} ${visible(path)}: ${visible(name)} ${fault}; ` +
        (type === "table" || tables.has(name.toLowerCase())
          ? "take the runs from a file that Ato made"
          : `check it, and drop it if you do not need it: ${drop}`),
      { problem: "foreign", table: name },
    );
  }
}
