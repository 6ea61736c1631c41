/**
 * What a config tells the other rooms about itself, and without counting as reading it. A config offers
 * this under a symbol, so that the tracker and a scope need to know this contract, not each other.
 *
 * @module
 */
import type { Origin } from "./origin.ts";

/** The symbol property of a config: a function that returns its {@linkcode ConfigAccess}. */
export const CONFIG_ACCESS: unique symbol = Symbol.for(
  "ato.config-access",
) as never;

/** One write to a config. */
export interface ConfigWrite {
  /** The keys from the root on. */
  readonly path: string[];
  /** Whether the key was set or deleted. */
  readonly kind: "set" | "delete";
  /** What is there now: a plain value, an ADict or an array of the config. */
  readonly value: unknown;
  /** What was there before. */
  readonly previous: unknown;
  /** Whether the key was there before. */
  readonly hadPrevious: boolean;
}

/** A function on the stack of a listener: what it called is the config's own code. */
export type StackMark = (...args: never[]) => unknown;

/** What to do when a config is written, or a missing key is read. */
export interface ConfigListeners {
  /** Called after each write. */
  write?(event: ConfigWrite, above: StackMark): void;
  /** Called when a key is read that is not there, before `undefined` is returned. */
  missing?(path: string[], above: StackMark): void;
}

/** What a config tells about itself. */
export interface ConfigAccess {
  /** The keys and values; what lies deeper are configs and arrays again. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Returns the data as plain objects and arrays. */
  snapshot(): unknown;
  /** Returns the key paths of the leaves that were certainly not read so far. */
  unread(): string[];
  /** Returns the line of the config file that set a key, if it came from one that tells. */
  originAt(path: readonly string[]): Origin | undefined;
  /** Counts what was read of this config as read of a copy of it. */
  copyReadsTo(copy: object): void;
  /** Listens to this config and all that lies in it; returns a function that stops it. */
  listen(listeners: ConfigListeners): () => void;
}

/**
 * Asks a value for its {@linkcode ConfigAccess}.
 *
 * @param value Any value.
 * @returns the access; `undefined` if the value is not a config that offers it.
 */
export function configAccess(value: unknown): ConfigAccess | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const ask = (value as Record<symbol, unknown>)[CONFIG_ACCESS];
  return typeof ask === "function" ? ask.call(value) : undefined;
}
