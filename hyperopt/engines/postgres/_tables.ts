import { isError } from "../../../internal/errors.ts";
import { checkFormat, FORMAT } from "../_format.ts";
import type { EngineWords } from "../_network.ts";
import type { BullModule } from "../_queue.ts";
import type { PgQueryable } from "./_client.ts";

/** The channel of messages about journals; a message is the tag of the search. */
export const CHANNEL = "ato";

/** The lock under which tables are made: `ATO1` in ASCII. */
const MAKING = 0x41544f31;

/** The oldest Postgres that BullMQ supports. */
const OLDEST = 13;

const TABLES = `
CREATE SCHEMA IF NOT EXISTS ato;
CREATE TABLE ato.format (version integer NOT NULL);
INSERT INTO ato.format VALUES (${FORMAT});
CREATE TABLE ato.search (search text PRIMARY KEY, id text NOT NULL);
CREATE TABLE ato.journal (
  search text NOT NULL, name text NOT NULL, last bigint NOT NULL,
  PRIMARY KEY (search, name)
);
CREATE TABLE ato.entry (
  search text NOT NULL, journal text NOT NULL, sequence bigint NOT NULL,
  hash bytea NOT NULL, token text NOT NULL, key text NOT NULL, value text NOT NULL,
  PRIMARY KEY (search, journal, sequence),
  UNIQUE (search, journal, hash)
);
CREATE TABLE ato.lock (
  search text NOT NULL, name text NOT NULL, token text NOT NULL, until timestamptz NOT NULL,
  PRIMARY KEY (search, name)
);
CREATE FUNCTION ato.append(
  p_search text, p_journal text, p_hash bytea, p_key text, p_value text, p_token text
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  v_last bigint;
  v_token text;
BEGIN
  SELECT token INTO v_token FROM ato.entry
   WHERE search = p_search AND journal = p_journal AND hash = p_hash;
  IF FOUND THEN RETURN v_token = p_token; END IF;
  -- Locks the row of the journal until others see this entry, so that they see entries in the order of their numbers.
  INSERT INTO ato.journal AS j (search, name, last) VALUES (p_search, p_journal, 1)
    ON CONFLICT (search, name) DO UPDATE SET last = j.last + 1
    RETURNING j.last INTO v_last;
  INSERT INTO ato.entry (search, journal, sequence, hash, token, key, value)
    VALUES (p_search, p_journal, v_last, p_hash, p_token, p_key, p_value)
    ON CONFLICT (search, journal, hash) DO NOTHING;
  IF FOUND THEN
    PERFORM pg_notify('${CHANNEL}', p_search);
    RETURN true;
  END IF;
  SELECT token INTO v_token FROM ato.entry
   WHERE search = p_search AND journal = p_journal AND hash = p_hash;
  RETURN v_token = p_token;
END;
$$;
`;

/**
 * Checks that a server can hold searches.
 *
 * @param database A connection.
 * @param words Makes the errors.
 * @throws {EngineError} If it is too old, or its encoding has not all characters.
 */
export async function checkServer(
  database: PgQueryable,
  words: EngineWords,
): Promise<void> {
  const { rows: [facts] } = await database.query<
    { version: number; encoding: string }
  >(
    `SELECT current_setting('server_version_num')::int AS version,
            current_setting('server_encoding') AS encoding`,
  );
  const major = Math.floor((facts?.version ?? 0) / 10_000);
  if (major < OLDEST) {
    throw words.error(
      "version",
      `it is Postgres ${major}; a search needs ${OLDEST} or newer`,
    );
  }
  const encoding = facts?.encoding ?? "unknown";
  if (!["UTF8", "SQL_ASCII"].includes(encoding)) {
    throw words.error(
      "database",
      `its encoding is ${encoding}, which has not all characters; create a database with ENCODING 'UTF8'`,
    );
  }
}

/**
 * Makes the tables that are missing. A user who may not create any can use those that another one made.
 *
 * @param database A connection of its own, since there is a transaction.
 * @param bull The package of the queue.
 * @param words Makes the errors.
 * @throws {EngineError} If the tables are of a newer version.
 */
export async function makeTables(
  database: PgQueryable,
  bull: BullModule,
  words: EngineWords,
): Promise<void> {
  if (!await hasTables(database, words)) {
    await inTransaction(database, async () => {
      // Two that create a schema at the same time would collide, also with IF NOT EXISTS.
      await database.query("SELECT pg_advisory_xact_lock($1)", [MAKING]);
      if (!await hasTables(database, words)) await database.query(TABLES);
    });
  }
  await makeBullTables(database, bull, words);
}

async function hasTables(
  database: PgQueryable,
  words: EngineWords,
): Promise<boolean> {
  // Not by `to_regclass`, which can remember that there was no schema.
  const { rows } = await database.query(
    "SELECT 1 FROM pg_tables WHERE schemaname = 'ato' AND tablename = 'format'",
  );
  if (rows.length === 0) return false;
  const { rows: [format] } = await database.query<{ version: number }>(
    "SELECT version FROM ato.format",
  );
  checkFormat(words, "the schema ato", format?.version ?? NaN);
  return true;
}

async function inTransaction(
  database: PgQueryable,
  work: () => Promise<void>,
): Promise<void> {
  await database.query("BEGIN");
  try {
    await work();
    await database.query("COMMIT");
  } catch (error) {
    await database.query("ROLLBACK");
    throw error;
  }
}

async function makeBullTables(
  database: PgQueryable,
  bull: BullModule,
  words: EngineWords,
): Promise<void> {
  try {
    await bull.assertSchemaCompatibility(database);
    return;
  } catch (error) {
    const name = isError(error) ? error.constructor.name : "";
    if (name === "SchemaVersionMismatchError") {
      throw words.error(
        "version",
        "the schema bullmq is of a newer version of BullMQ; install that version",
      );
    }
    if (name !== "SchemaMigrationRequiredError") throw error;
  }
  await bull.runMigrations(database);
}
