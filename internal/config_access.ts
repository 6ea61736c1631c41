/**
 * Access to a config that does not count as reading it. A config offers this under a symbol, so that the
 * tracker and a scope depend on this contract and not on each other.
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
  /** The value now: a plain value, an ADict or an array of the config. */
  readonly value: unknown;
  /** The value before. */
  readonly previous: unknown;
  /** Whether the key existed before. */
  readonly hadPrevious: boolean;
}

/** A function on the stack of a listener; the frames above it are code of the config. */
export type StackMark = (...args: never[]) => unknown;

/** The callbacks of {@linkcode ConfigAccess.listen}. */
export interface ConfigListeners {
  /** Called after each write. */
  write?(event: ConfigWrite, above: StackMark): void;
  /** Called when a missing key is read, before `undefined` is returned. */
  missing?(path: string[], above: StackMark): void;
}

/** Access to the data of a config. */
export interface ConfigAccess {
  /** The keys and values; nested values are configs and arrays too. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Returns the data as plain objects and arrays. */
  snapshot(): unknown;
  /** Returns the key paths of the leaves that were certainly not read yet. */
  unread(): string[];
  /** Returns the line of the config file that set a key, if it is known. */
  originAt(path: readonly string[]): Origin | undefined;
  /** Marks the keys that were read in this config as read in a copy of it. */
  copyReadsTo(copy: object): void;
  /** Listens to this config and the configs in it; returns a function that stops listening. */
  listen(listeners: ConfigListeners): () => void;
}

/**
 * Returns the {@linkcode ConfigAccess} of a config.
 *
 * @param value Any value.
 * @returns the access; `undefined` if the value is not a config that offers it.
 */
export function configAccess(value: unknown): ConfigAccess | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const ask = (value as Record<symbol, unknown>)[CONFIG_ACCESS];
  return typeof ask === "function" ? ask.call(value) : undefined;
}
