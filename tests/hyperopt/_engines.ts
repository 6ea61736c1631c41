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

/** A kind of engine. */
export interface TestEngineKind {
  readonly name: string;
  /** The reason to skip its tests, or `false`. */
  readonly skip: string | false;
  /** Whether it is too slow for thousands of trials. @default {false} */
  readonly isSlow?: boolean;
  /** Starts it; `lease` in milliseconds. */
  start(lease: number): Promise<TestEngine>;
}

/** The engine that a process of the tests is, so that it needs no other program. */
export const RELAY_ENGINE: TestEngineKind = {
  name: "relay",
  skip: false,
  isSlow: true,
  start: startRelay,
};
