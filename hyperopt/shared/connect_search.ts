import { messageOf, UserError } from "../../internal/errors.ts";
import { nearestName } from "../../internal/names.ts";
import { getProcess, isGranted } from "../../internal/runtime.ts";
import { urlSecrets } from "../../internal/url_secrets.ts";
import type { SearchBackend } from "../distributed/backend.ts";
import { SearchUsageError } from "../errors.ts";
import { hideInText } from "../../internal/hidden_secrets.ts";

/** What a search needs of an engine. */
export interface ConnectSearchOptions {
  /** The id of the search. */
  readonly searchId: string;
  /**
   * The milliseconds that a lease lasts.
   *
   * @default {the engine's}
   */
  readonly lease?: number;
}

/** Connects to the engine at a URL. */
export type EngineConnector = (
  url: string,
  options: ConnectSearchOptions,
) => Promise<SearchBackend>;

/** The engines that a program registered, by scheme. */
const registered = new Map<string, EngineConnector>();

/**
 * Registers an engine of one's own, so that its URLs can be used like those of Ato's engines.
 *
 * @param scheme The scheme of its URLs, e.g. `memory`.
 * @param connect Connects to the engine.
 *
 * @example
 * ```ts
 * import { connectSearch, InProcessBackend, registerEngine } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const shared = new InProcessBackend({ searchId: "demo" });
 * registerEngine("memory", () => Promise.resolve(shared.connect()));
 * const backend = await connectSearch("memory://here", { searchId: "demo" });
 * assertEquals(backend.searchId, "demo");
 * await backend.close();
 * ```
 */
export function registerEngine(scheme: string, connect: EngineConnector): void {
  registered.set(scheme, connect);
}

/** The schemes of the engines that Ato has. */
const OWN = ["redis", "rediss", "postgres", "postgresql", "nats"];

/**
 * Connects this process to a search on an engine.
 *
 * @param url The address of the engine, e.g. `redis://host:6379` or `postgres://user:password@host/database`. Without
 * it, the environment variable `ATO_WORKERS` has the address, so that a password is on no command line.
 * @param options The search.
 * @returns the connection; close it when it is not needed any more.
 * @throws {SearchUsageError} If there is no address, or no engine for it.
 *
 * @example
 * ```ts ignore
 * import { connectSearch } from "@ato/ato/hyperopt";
 *
 * const backend = await connectSearch("redis://localhost:6379", { searchId: "team" });
 * console.log(await backend.now());
 * await backend.close();
 * ```
 */
export async function connectSearch(
  url: string | undefined,
  options: ConnectSearchOptions,
): Promise<SearchBackend> {
  const address = url ?? workersVariable();
  if (typeof address !== "string" || address === "") {
    throw usage(
      "there is no address of an engine; give engine, such as redis://host:6379, or set ATO_WORKERS",
    );
  }
  const scheme = /^([a-z][\w+.-]*):/i.exec(address)?.[1]?.toLowerCase() ?? "";
  const connect = registered.get(scheme) ?? await ownEngine(scheme);
  if (connect === undefined) {
    const known = [...registered.keys(), ...OWN];
    const guess = nearestName(scheme, known);
    throw usage(
      `no engine is known for ${
        JSON.stringify(hideInText(address))
      }; give a URL of ${known.join(", ")}${
        guess === undefined ? "" : `; did you mean ${guess}?`
      }`,
    );
  }
  warnIfVisible(address);
  try {
    return await connect(address, options);
  } catch (error) {
    if (error instanceof UserError) throw error;
    // The URL, which may have a password, can be part of the message of a driver.
    const what = hideInText(messageOf(error));
    throw usage(
      `the engine at ${
        hideInText(address)
      } cannot be used: ${what}; check that it runs, and its address`,
    );
  }
}

/** The addresses that were warned of. */
const warned = new Set<string>();

/** Warns of a password on the command line: `ps` shows it to every user of the machine. */
function warnIfVisible(url: string): void {
  if (urlSecrets(url).length === 0 || warned.has(url)) return;
  if (!getProcess().argv.some((word) => word.includes(url))) return;
  warned.add(url);
  console.error(
    "ato: The address of the engine has a password, which every user of this machine can see while this process runs; " +
      "set ATO_WORKERS instead",
  );
}

/** Reads the environment variable that has the address of the engine. */
export function workersVariable(): string | undefined {
  return variable("ATO_WORKERS");
}

/** Reads the environment variable that has the id of the search. */
export function searchVariable(): string | undefined {
  return variable("ATO_SEARCH");
}

function variable(name: string): string | undefined {
  if (!isGranted({ name: "env", variable: name })) return undefined;
  return getProcess().env[name] || undefined;
}

/** The engines load their drivers, so they are loaded only when one is used. */
async function ownEngine(scheme: string): Promise<EngineConnector | undefined> {
  if (!OWN.includes(scheme)) return undefined;
  const { connectEngine } = await import("../engines/mod.ts");
  return connectEngine;
}

function usage(reason: string): SearchUsageError {
  return new SearchUsageError("engine", `Cannot join a search: ${reason}`);
}
