/**
 * What shows that this user recorded a run: a database can claim any user and any host, so a run
 * carries a code that only the user's own key makes.
 *
 * @module
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Encoded } from "../internal/json.ts";
import { userKey } from "./_user_key.ts";

/** What a seal vouches for: all that `ato repeat` would run, and with which config. */
export interface Sealed {
  /** The words of the command line. */
  readonly command: readonly string[];
  /** The working folder. */
  readonly cwd: string;
  /** The config, as it is stored. */
  readonly config: Encoded;
}

/**
 * Seals what a run was started with.
 *
 * @param what What it was started with.
 * @returns a code, or `undefined` where this user has no key and can have none.
 */
export function sealOf(what: Sealed): string | undefined {
  const key = userKey();
  if (key === undefined) return undefined;
  const { text, types } = what.config;
  const all = JSON.stringify([
    "ato-seal-v1",
    what.command,
    what.cwd,
    text,
    types,
  ]);
  return createHmac("sha256", key).update(all).digest("hex");
}

/**
 * Whether this user sealed exactly this: the same command, folder and config.
 *
 * @param seal The code that was stored.
 * @param what What the file says that it belongs to.
 * @returns false also where it cannot be known.
 */
export function isSealed(seal: string | undefined, what: Sealed): boolean {
  const own = sealOf(what);
  if (own === undefined || typeof seal !== "string") return false;
  const [given, expected] = [seal, own].map((text) =>
    new TextEncoder().encode(text)
  );
  return given!.length === expected!.length &&
    timingSafeEqual(given!, expected!);
}
