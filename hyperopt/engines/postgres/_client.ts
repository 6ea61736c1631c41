import type { EngineAddress } from "../_address.ts";

/** The rows of an answer. */
export interface PgResult<R> {
  readonly rows: readonly R[];
}

/** What runs statements. */
export interface PgQueryable {
  query<R = unknown>(
    text: string,
    values?: readonly unknown[],
  ): Promise<PgResult<R>>;
}

/** What is used of a client of `pg`. */
export interface PgClient extends PgQueryable {
  connect(): Promise<void>;
  end(): Promise<void>;
  on(event: string, listener: (...values: never[]) => void): unknown;
  /** The socket, which `end` leaves open until the other side answers. */
  readonly connection?: { readonly stream?: { destroy(): unknown } };
}

/** What is used of a pool of `pg`. */
export interface PgPool extends PgQueryable {
  connect(): Promise<PgClient & { release(destroy?: boolean): void }>;
  end(): Promise<void>;
  on(event: string, listener: (...values: never[]) => void): unknown;
  removeAllListeners(event?: string): unknown;
}

/** What is used of the package `pg`. */
export interface PgModule {
  readonly Pool: new (options: object) => PgPool;
  readonly Client: new (options: object) => PgClient;
}

/** The schema of BullMQ; with a pool that it did not make, it is always this one. */
export const BULL_SCHEMA = "bullmq";

/**
 * Returns the options of a client.
 *
 * @param address The address.
 * @param patience The milliseconds without an answer after which the connection is given up.
 * @param longest The milliseconds that one statement may take.
 */
export function clientOptions(
  address: EngineAddress,
  patience: number,
  longest: number = patience,
): object {
  const { host, port, user, database, tls } = address;
  const password = address.password();
  return {
    host,
    port,
    // What is not in the URL comes from the variables that all clients of Postgres know, such as PGPASSWORD.
    ...user === undefined ? {} : { user },
    ...password === undefined ? {} : { password },
    ...database === undefined ? {} : { database },
    ...tls === undefined ? {} : { ssl: tls },
    application_name: "ato",
    options: `-c search_path=${BULL_SCHEMA}`,
    connectionTimeoutMillis: patience,
    query_timeout: longest,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  };
}

/** The milliseconds that a connection has to end politely. */
const POLITE = 500;

/** The clients that are connected. */
const connected = new WeakSet<PgClient>();

/**
 * Makes note of when a client is connected, for {@linkcode closeClient}.
 *
 * @param client The client, which is not connected yet.
 */
export function watchClient(client: PgClient): void {
  client.on("connect", () => connected.add(client));
}

/**
 * Closes a client: politely if the server answers, and otherwise soon.
 *
 * @param client The client.
 */
export function closeClient(client: PgClient): void {
  const destroy = () => client.connection?.stream?.destroy();
  // After `end`, a client that is still connecting would never settle its promise, nor its timer.
  if (!connected.has(client)) return void destroy();
  const timer = setTimeout(destroy, POLITE);
  // What rejects was broken already.
  client.end().then(() => clearTimeout(timer), destroy);
}
