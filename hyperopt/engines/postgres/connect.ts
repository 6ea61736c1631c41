/**
 * Searches on Postgres.
 *
 * @module
 */
import { messageOf } from "../../../internal/errors.ts";
import type { EngineAddress } from "../_address.ts";
import { EngineWords } from "../_network.ts";
import { loadPackage } from "../_load_package.ts";
import { type BullModule, JobQueue } from "../_queue.ts";
import type { EngineOptions } from "../_engine.ts";
import { searchTag } from "../_search_tag.ts";
import { toStored } from "../_text.ts";
import {
  clientOptions,
  closeClient,
  type PgClient,
  type PgModule,
  type PgPool,
  watchClient,
} from "./_client.ts";
import { clockedPool, engineClock, type Rewrite } from "./_engine_clock.ts";
import { judgePostgres } from "./_judge.ts";
import { Listener } from "./_listener.ts";
import { PostgresEngine } from "./_postgres_engine.ts";
import { checkServer, makeTables } from "./_tables.ts";

const PACKAGES = ["bullmq", "pg"] as const;

/** The connections of one process to one search, besides the one that listens: renewals must not wait for reads. */
const CONNECTIONS = 3;

/** The milliseconds that making tables may take: other processes may be making them. */
const MAKING = 60_000;

/**
 * Connects to a search on Postgres.
 *
 * @param address The address.
 * @param options The search, and who is warned of settings that lose data.
 * @throws {EngineError} If the server cannot be used.
 */
export async function connectPostgres(
  address: EngineAddress,
  options: EngineOptions,
): Promise<PostgresEngine> {
  const bull = await loadPackage<BullModule>("bullmq", PACKAGES);
  const pg = await loadPackage<PgModule>("pg", PACKAGES);
  const { searchId, lease, patience } = options;
  const words = new EngineWords(address);
  const tag = searchTag(searchId);
  try {
    const rewrite = await prepare(pg, bull, address, words, {
      ...options,
      tag,
    });
    const clients = new Set<PgClient>();
    const pool = makePool(pg, clientOptions(address, patience), clients);
    const queue = new JobQueue(bull, bull.createPostgresBackend, {
      name: tag,
      lease,
      connection: clockedPool(pool, rewrite),
    });
    const listener = new Listener(
      tag,
      () => new pg.Client(clientOptions(address, patience)),
      patience,
    );
    const parts = { pool, clients, queue, listener, words, tag, lease };
    const engine = new PostgresEngine(parts);
    try {
      await queue.ready();
    } catch (error) {
      engine.close();
      throw error;
    }
    return engine;
  } catch (error) {
    throw words.first(judgePostgres(words, error));
  }
}

/** Checks the server and makes what is missing. */
async function prepare(
  pg: PgModule,
  bull: BullModule,
  address: EngineAddress,
  words: EngineWords,
  { patience, searchId, tag, warn }: EngineOptions & { readonly tag: string },
): Promise<Rewrite> {
  const client = new pg.Client(clientOptions(address, patience, MAKING));
  watchClient(client);
  let last: unknown;
  client.on("error", (error) => last = error);
  try {
    await client.connect();
    await checkServer(client, words);
    await makeTables(client, bull, words);
    await client.query(
      "INSERT INTO ato.search (search, id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
      [tag, toStored(searchId)],
    );
    await warnOfLoss(client, warn);
    return await engineClock(client, words);
  } catch (error) {
    throw messageOf(error) === "" ? last ?? error : error;
  } finally {
    closeClient(client);
  }
}

async function warnOfLoss(
  client: PgClient,
  warn: (text: string) => void,
): Promise<void> {
  const { rows: [settings] } = await client.query<{ fsync: string }>(
    "SELECT current_setting('fsync') AS fsync",
  );
  if (settings?.fsync === "off") {
    warn(
      "Postgres may lose a search when its machine stops: fsync is off; set it to on",
    );
  }
}

/** Makes a pool, and keeps track of its clients from their start: also those that are connecting must be closed. */
function makePool(
  pg: PgModule,
  options: object,
  clients: Set<PgClient>,
): PgPool {
  class TrackedClient extends pg.Client {
    constructor(options: object) {
      super(options);
      watchClient(this);
      clients.add(this);
      this.on("end", () => clients.delete(this));
    }
  }
  const pool = new pg.Pool({
    ...options,
    max: CONNECTIONS,
    Client: TrackedClient,
  });
  // An idle client whose connection breaks is replaced by the pool; without a listener the process would end.
  pool.on("error", () => {});
  return pool;
}
