/** The engines that the tests of shared searches run on. */
import type { SearchBackend } from "@ato/ato/hyperopt";
import { startRelay } from "./_relay.ts";

/** An engine that a test started. */
export interface TestEngine {
  /** Its address, for other processes. */
  readonly url: string;
  /** Connects the test itself. */
  connect(searchId: string): SearchBackend | Promise<SearchBackend>;
  /** Ends the engine. */
  end(): Promise<void>;
}

/** Starts each engine; `lease` in milliseconds. */
export const ENGINES: Readonly<
  Record<string, (lease: number) => Promise<TestEngine>>
> = { relay: startRelay };
