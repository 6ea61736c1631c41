/**
 * A hub in a Postgres database. It is loaded only for such an address, and `pg` only when it connects.
 *
 * @module
 */
import { messageOf } from "../../internal/errors.ts";
import { visible } from "../../internal/visible_text.ts";
import { HubError, type HubProblem, shownUrl } from "./errors.ts";
import { loadClient } from "./_load_client.ts";
import { pause } from "../../internal/pause.ts";
import type {
  HubStore,
  StoredObject,
  StoredRef,
  WaitOptions,
} from "./store.ts";

/** What is used of `pg`. */
interface Client {
  connect(): Promise<unknown>;
  query(
    sql: string,
    values?: readonly unknown[],
  ): Promise<{ rows: Record<string, unknown>[]; rowCount: number | null }>;
  end(): Promise<void>;
  on(event: "notification", listener: (of: { channel: string }) => void): void;
  on(event: "error", listener: (error: Error) => void): void;
}

const CHANNEL = "ato_hub";
/** Milliseconds after which a server that does not answer counts as unreachable. */
const PATIENCE = 30_000;
/** How often a query is tried on a new connection after the old one broke. */
const TRIES = 4;
/** The objects that are listed at once. */
const PAGE = 1_000;

/**
 * A store in two tables of a schema, by default `ato_hub`; `?schema=NAME` in the address names another, so that several
 * hubs are in one database. An object is a row that is never changed, a value a row that is set if its generation is
 * the one that was read, and whoever waits for a change is told by `NOTIFY`.
 */
export class PostgresStore implements HubStore {
  readonly shown: string;
  readonly #url: string;
  readonly #schema: string;
  #client: Promise<Client> | undefined;
  #isListening = false;
  readonly #waiting = new Set<() => void>();

  /**
   * @param url The address: `postgres://user:password@host:port/database`. A password that it does not have is read
   * from `PGPASSWORD` or `~/.pgpass`.
   */
  constructor(url: string) {
    this.shown = shownUrl(url);
    let parsed: URL;
    try {
      parsed = new URL(url);
    } catch {
      throw new HubError(
        `Cannot open ${this.shown}: it is not an address; write postgres://user@host/database`,
        { problem: "usage" },
      );
    }
    const schema = parsed.searchParams.get("schema") ?? "ato_hub";
    if (!/^[a-z_][a-z\d_]{0,62}$/.test(schema)) {
      throw new HubError(
        `Cannot open ${this.shown}: its schema has other characters than a-z, 0-9 and _`,
        { problem: "usage" },
      );
    }
    if (parsed.pathname.length <= 1) {
      throw new HubError(
        `Cannot open ${this.shown}: it names no database; write postgres://user@host/database`,
        { problem: "usage" },
      );
    }
    parsed.searchParams.delete("schema");
    this.#schema = schema;
    this.#url = parsed.href;
  }

  async isPrepared(): Promise<boolean> {
    const { rows } = await this.#query("SELECT to_regclass($1) AS found", [
      `${this.#schema}.refs`,
    ]);
    return rows[0]?.["found"] !== null;
  }

  async prepare(): Promise<void> {
    if (await this.isPrepared()) return;
    // Two clients that make the same schema at once would fail; the lock is released with the transaction.
    await this.#query(`DO $$ BEGIN
      PERFORM pg_advisory_xact_lock(4701398);
      CREATE SCHEMA IF NOT EXISTS ${this.#schema};
      CREATE TABLE IF NOT EXISTS ${this.#schema}.objects (
        name text PRIMARY KEY CHECK (name ~ '^[0-9a-f]{64}$'),
        at timestamptz NOT NULL DEFAULT clock_timestamp(), content bytea NOT NULL);
      ALTER TABLE ${this.#schema}.objects ALTER COLUMN content SET STORAGE EXTERNAL;
      CREATE TABLE IF NOT EXISTS ${this.#schema}.refs (
        name text PRIMARY KEY, value text NOT NULL, generation bigint NOT NULL);
    END $$`);
  }

  async put(name: string, content: Uint8Array): Promise<boolean> {
    const { rowCount } = await this.#query(
      `UPDATE ${this.#schema}.objects SET at = clock_timestamp() WHERE name = $1`,
      [name],
    );
    if (rowCount === 1) return false;
    const inserted = await this.#query(
      `INSERT INTO ${this.#schema}.objects (name, content) VALUES ($1, $2)
       ON CONFLICT (name) DO UPDATE SET at = clock_timestamp() RETURNING xmax = 0 AS is_new`,
      [name, content],
    );
    return inserted.rows[0]?.["is_new"] === true;
  }

  async get(name: string): Promise<Uint8Array | undefined> {
    const { rows } = await this.#query(
      `SELECT content FROM ${this.#schema}.objects WHERE name = $1`,
      [name],
    );
    return rows[0]?.["content"] as Uint8Array | undefined;
  }

  async has(names: readonly string[]): Promise<Set<string>> {
    const { rows } = await this.#query(
      `SELECT name FROM ${this.#schema}.objects WHERE name = ANY($1)`,
      [names],
    );
    return new Set(rows.map(({ name }) => String(name)));
  }

  async *list(prefix = ""): AsyncIterable<StoredObject> {
    let after = prefix;
    let isFirst = true;
    for (;;) {
      const { rows } = await this.#query(
        `SELECT name, length(content) AS size, extract(epoch FROM at) * 1000 AS at
         FROM ${this.#schema}.objects WHERE name ${
          isFirst ? ">=" : ">"
        } $1 AND starts_with(name, $2)
         ORDER BY name LIMIT ${PAGE}`,
        [after, prefix],
      );
      for (const { name, size, at } of rows) {
        after = String(name);
        yield { name: after, size: Number(size), at: Number(at) };
      }
      if (rows.length < PAGE) return;
      isFirst = false;
    }
  }

  async remove(name: string, before: number): Promise<boolean> {
    const { rowCount } = await this.#query(
      `DELETE FROM ${this.#schema}.objects WHERE name = $1 AND at < to_timestamp($2::double precision / 1000)`,
      [name, before],
    );
    return rowCount === 1;
  }

  async read(ref: string): Promise<StoredRef | undefined> {
    const { rows } = await this.#query(
      `SELECT value, generation FROM ${this.#schema}.refs WHERE name = $1`,
      [ref],
    );
    const row = rows[0];
    return row &&
      { value: String(row["value"]), generation: Number(row["generation"]) };
  }

  async swap(ref: string, value: string, generation: number): Promise<boolean> {
    for (let tries = 1;; tries++) {
      try {
        if (!await this.#swapOnce(ref, value, generation)) return false;
        break;
      } catch (error) {
        if (!(error instanceof HubError) || error.problem !== "unreachable") {
          throw error;
        }
        // The connection broke: whether the value was set is seen by asking.
        const now = await this.read(ref);
        const found = now?.generation ?? 0;
        if (found === generation + 1 && now?.value === value) break;
        if (found !== generation) return false;
        if (tries >= TRIES) throw error;
      }
    }
    await this.#query("SELECT pg_notify($1, $2)", [
      CHANNEL,
      `${this.#schema} ${ref}`,
    ]);
    return true;
  }

  async #swapOnce(
    ref: string,
    value: string,
    generation: number,
  ): Promise<boolean> {
    const { rowCount } = await this.#query(
      generation === 0
        ? `INSERT INTO ${this.#schema}.refs (name, value, generation) VALUES ($1, $2, $3::bigint + 1)
           ON CONFLICT (name) DO NOTHING`
        : `UPDATE ${this.#schema}.refs SET value = $2, generation = $3::bigint + 1
           WHERE name = $1 AND generation = $3::bigint`,
      [ref, value, generation],
      { once: true },
    );
    return rowCount === 1;
  }

  async wait(
    ref: string,
    { generation, timeout, signal }: WaitOptions,
  ): Promise<void> {
    const told = new AbortController();
    const wake = (): void => told.abort();
    this.#waiting.add(wake);
    try {
      if (!this.#isListening) {
        await this.#query(`LISTEN ${CHANNEL}`);
        this.#isListening = true;
      }
      // Only now: a change before LISTEN is told to nobody.
      if ((await this.read(ref))?.generation !== (generation || undefined)) {
        return;
      }
      const either = signal === undefined
        ? told.signal
        : AbortSignal.any([told.signal, signal]);
      await pause(timeout, either);
    } finally {
      this.#waiting.delete(wake);
    }
  }

  async now(): Promise<number> {
    const { rows } = await this.#query(
      "SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now",
    );
    return Number(rows[0]?.["now"]);
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    try {
      await (await client)?.end();
    } catch {
      // The connection is broken already.
    }
  }

  /** Sends a statement; again on a new connection if the old one breaks, with longer and longer pauses. */
  async #query(
    sql: string,
    values: readonly unknown[] = [],
    { once = false }: { once?: boolean } = {},
  ): ReturnType<Client["query"]> {
    for (let tries = 1;; tries++) {
      try {
        const client = await this.#connected();
        return await client.query(sql, values);
      } catch (error) {
        const isBroken = isConnectionProblem(error);
        if (isBroken) await this.#drop();
        if (!isBroken || tries >= TRIES || once) throw this.#toHubError(error);
        await pause(250 * 2 ** tries * (0.5 + Math.random()));
      }
    }
  }

  async #drop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    this.#isListening = false;
    try {
      await (await client)?.end();
    } catch {
      // It is broken: that is why it is dropped.
    }
    for (const wake of this.#waiting) wake();
  }

  #connected(): Promise<Client> {
    this.#client ??= this.#connect();
    return this.#client;
  }

  async #connect(): Promise<Client> {
    const make = await loadClient<Client>(this.shown, {
      name: "pg",
      exported: "Client",
      major: 8,
    });
    const client = new make({
      connectionString: this.#url,
      connectionTimeoutMillis: PATIENCE,
      query_timeout: 10 * PATIENCE,
      keepAlive: true,
      application_name: "ato",
    });
    client.on("notification", ({ channel }) => {
      if (channel === CHANNEL) { for (const wake of this.#waiting) wake(); }
    });
    // The query that is being sent fails, too, and that is what is reported.
    client.on("error", () => {
      this.#client = undefined;
      this.#isListening = false;
      for (const wake of this.#waiting) wake();
    });
    await client.connect();
    return client;
  }

  #toHubError(error: unknown): HubError {
    if (error instanceof HubError) return error;
    const [problem, reason] = REASONS[codeOf(error)] ??
      (isConnectionProblem(error)
        ? UNREACHABLE
        : ["other" as const, this.#withoutPassword(messageOf(error))]);
    return new HubError(`Cannot use ${this.shown}: ${visible(reason)}`, {
      problem,
    });
  }

  /** The message of another program can repeat the address. */
  #withoutPassword(message: string): string {
    const { password } = new URL(this.#url);
    const plain = decoded(password);
    return [password, plain].filter((one) => one !== "").reduce(
      (text, one) => text.replaceAll(one, "***"),
      message,
    );
  }
}

const UNREACHABLE: readonly [HubProblem, string] = [
  "unreachable",
  "the server does not answer; check host and port, and that it is running",
];
const LOGIN: readonly [HubProblem, string] = [
  "refused",
  "the server refuses the login; check user and password",
];

/** Error codes of Postgres and of the network. */
const REASONS: Readonly<Record<string, readonly [HubProblem, string]>> = {
  "28P01": LOGIN,
  "28000": LOGIN,
  "3D000": [
    "missing",
    "there is no such database; make it with createdb",
  ],
  "42501": [
    "refused",
    "this user lacks a permission; ask for CREATE on the database, or for INSERT, SELECT, UPDATE and DELETE on its tables",
  ],
  "53100": ["full", "the disk of the server is full"],
  "53300": ["unreachable", "the server has too many connections; try again"],
  "25006": ["refused", "the server is read-only"],
  ENOTFOUND: ["unreachable", "there is no such host"],
  EAI_AGAIN: ["unreachable", "the name of the host cannot be resolved now"],
};

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "string" ? code : "";
}

/** Whether the connection broke, or was never there; then trying again can help. */
function isConnectionProblem(error: unknown): boolean {
  if (error instanceof HubError) return false;
  const code = codeOf(error);
  return /^(?:ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)/.test(code) ||
    /^(?:08|57P0[123])/.test(code) ||
    /connection terminated|timeout expired|not queryable|connection error|Client was closed/i
      .test(messageOf(error)) ||
    (error instanceof Error && "name" in error &&
      /^(?:ConnectionRefused|ConnectionReset|BrokenPipe|TimedOut)$/.test(
        error.name,
      ));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
