import { messageOf } from "../../../internal/errors.ts";
import type { Judged } from "../_engine.ts";
import { codeOf, type EngineWords } from "../_network.ts";
import type { EngineProblem } from "../errors.ts";

/** What the codes of Postgres mean, and what to do. */
const CODES: Readonly<Record<string, readonly [EngineProblem, string]>> = {
  "28P01": [
    "login",
    "it refuses the user or the password; correct them in the URL",
  ],
  "28000": [
    "login",
    "it refuses the user; correct it in the URL, or add the user and this host to pg_hba.conf",
  ],
  "3D000": [
    "database",
    "there is no such database; correct the end of the URL, or create it with createdb",
  ],
  "42501": [
    "permission",
    "the user may not create or use the schemas ato and bullmq; grant CREATE on the database, or connect once as a " +
    "user who has it, and grant USAGE on both schemas and ALL on all their tables, sequences and functions",
  ],
  "42P01": ["version", "its tables are gone; connect again to make them"],
  "42883": ["version", "its functions are gone; connect again to make them"],
  "53100": [
    "full",
    "its disk is full; make room, or drop searches that are over",
  ],
  "53200": ["full", "it has no memory left; see its log"],
};

/** Codes of a server that is starting, stopping or has no room for a connection now, and of transactions that collided. */
const SOON = /^(?:08...|57P0[1235]|53300|40001|40P01|55P03|25006)$/;

/**
 * Says what an error of Postgres means.
 *
 * @param words Makes the errors.
 * @param error What a call rejected with.
 */
export function judgePostgres(words: EngineWords, error: unknown): Judged {
  const code = codeOf(error);
  const text = messageOf(error);
  const known = (problem: EngineProblem, reason: string): Judged => ({
    again: false,
    error: words.error(problem, reason),
  });
  if (/no encryption|SSL off/.test(text)) {
    return known(
      "tls",
      "it takes encrypted connections only; add sslmode=verify-full (or sslmode=require) to the URL",
    );
  }
  if (/does not support SSL/i.test(text)) {
    return known(
      "tls",
      "it offers no encryption; leave sslmode out of the URL",
    );
  }
  if (/password must be a (?:non-empty )?string|SASL/i.test(text)) {
    return known(
      "login",
      "it asks for a password; give it in the URL or in PGPASSWORD",
    );
  }
  if (code !== undefined && SOON.test(code)) {
    return words.starting(`it says ${text}`);
  }
  const meaning = code === undefined ? undefined : CODES[code];
  if (meaning !== undefined) return known(...meaning);
  return words.network(error) ?? { again: false, error: words.other(error) };
}
