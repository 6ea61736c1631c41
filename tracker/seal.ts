/**
 * A proof that this user recorded a run: a database can claim any user and any host, so a run has a code
 * that only the user's own key makes.
 *
 * @module
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Encoded } from "../internal/json.ts";
import { userKey } from "../internal/user_key.ts";

/** What a seal is made of: everything that `ato repeat` would run, and its config. */
export interface Sealed {
  /** The command line. */
  readonly command: readonly string[];
  /** The working folder. */
  readonly cwd: string;
  /** The config, as it is stored. */
  readonly config: Encoded;
}

/**
 * Seals what a run was started with.
 *
 * @param what The command line, the folder and the config.
 * @returns a code; `undefined` if this user has no key and none can be stored.
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
 * Tells whether this user sealed exactly this: the same command, folder and config.
 *
 * @param seal The code that the file has.
 * @param what The command line, the folder and the config that the file has.
 * @returns false also if this user has no key.
 */
export function isSealed(seal: string | undefined, what: Sealed): boolean {
  return isSame(seal, sealOf(what));
}

/**
 * Seals the program of a run: a stored text can be anything, and `ato repeat` runs it.
 *
 * @param hash The SHA-256 of the stored program, which has the hashes of its files.
 * @returns a code; `undefined` if this user has no key and none can be stored.
 */
export function sealOfProgram(hash: string): string | undefined {
  const key = userKey();
  if (key === undefined) return undefined;
  const all = JSON.stringify(["ato-program-v1", hash]);
  return createHmac("sha256", key).update(all).digest("hex");
}

/**
 * Tells whether this user sealed exactly this program.
 *
 * @param seal The code that the file has.
 * @param hash The hash of the program that the file has.
 * @returns false also if this user has no key.
 */
export function isSealedProgram(
  seal: string | undefined,
  hash: string,
): boolean {
  return isSame(seal, sealOfProgram(hash));
}

function isSame(seal: string | undefined, own: string | undefined): boolean {
  if (own === undefined || typeof seal !== "string") return false;
  const [given, expected] = [seal, own].map((text) =>
    new TextEncoder().encode(text)
  );
  return given!.length === expected!.length &&
    timingSafeEqual(given!, expected!);
}
