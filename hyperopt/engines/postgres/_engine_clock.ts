import type { EngineWords } from "../_network.ts";
import { BULL_SCHEMA, type PgPool, type PgQueryable } from "./_client.ts";

/** The parameter of BullMQ's functions that takes the time. */
const NOW = "p_now";

/** The functions that grant leases and end them. */
const LEASING = ["move_to_active", "extend_lock", "move_stalled_jobs_to_wait"];

/** The engine's time in milliseconds. A statement needs all its parameters, so the given time is used, too: as nothing. */
const engineNow = (given: string) =>
  `(${given}::bigint * 0 + (extract(epoch FROM clock_timestamp()) * 1000)::bigint)`;

/** Puts the engine's clock into statements of BullMQ. */
export type Rewrite = (statement: string) => string;

/**
 * Returns a function that puts the engine's clock into BullMQ's statements. BullMQ sends the time of its machine to
 * Postgres, so with a clock that is an hour ahead it would take the jobs of all others away; on Redis, leases are by the
 * clock of Redis already.
 *
 * @param database A connection.
 * @param words Makes the error.
 * @throws {EngineError} If the functions are not those that are known.
 */
export async function engineClock(
  database: PgQueryable,
  words: EngineWords,
): Promise<Rewrite> {
  const { rows } = await database.query<{ name: string; place: number }>(
    `SELECT p.proname AS name, array_position(p.proargnames, $2) AS place
       FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE n.nspname = $1 AND $2 = ANY (p.proargnames)`,
    [BULL_SCHEMA, NOW],
  );
  const places = new Map(rows.map(({ name, place }) => [name, place - 1]));
  const unknown = () =>
    words.error(
      "version",
      "its tables are of a version of BullMQ whose leases Ato does not know; install bullmq 6.7",
    );
  if (LEASING.some((name) => !places.has(name))) throw unknown();
  const known = new Map<string, string>();
  return (statement) => {
    const rewritten = known.get(statement) ??
      rewrite(statement, places, unknown);
    known.set(statement, rewritten);
    return rewritten;
  };
}

function rewrite(
  statement: string,
  places: ReadonlyMap<string, number>,
  unknown: () => Error,
): string {
  return statement.replaceAll(
    /\b([a-z_]+)\(([^()]*)\)/g,
    (call, name, list) => {
      const place = places.get(name);
      if (place === undefined) return call;
      const values = list.split(",");
      const given = values[place]?.trim();
      if (given === undefined || !/^\$\d+$/.test(given)) throw unknown();
      values[place] = engineNow(given);
      return `${name}(${values.join(", ")})`;
    },
  );
}

/**
 * Returns a pool for BullMQ whose statements have the engine's clock.
 *
 * @param pool The pool.
 * @param rewritten Puts the clock into a statement.
 */
export function clockedPool(pool: PgPool, rewritten: Rewrite): PgPool {
  return {
    query: (text, values) => pool.query(rewritten(text), values),
    connect: () => pool.connect(),
    end: () => pool.end(),
    on: (event, listener) => pool.on(event, listener),
    removeAllListeners: (event) => pool.removeAllListeners(event),
  };
}
