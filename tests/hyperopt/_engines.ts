/** The engines that the tests of shared searches run on. */
import type { SearchBackend } from "@ato/ato/hyperopt";
import * as real from "../engines/_engines.ts";
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
  /** Starts it; `lease` in milliseconds. */
  start(lease: number): Promise<TestEngine>;
}

function realEngine({ name, skip, server }: real.TestEngine): TestEngineKind {
  return {
    name,
    skip,
    async start(lease) {
      const { url } = await server();
      return {
        url,
        connect: (searchId) => real.connect(url, { searchId, lease }),
        end: () => Promise.resolve(),
      };
    },
  };
}

/** The engines. */
export const ENGINES: readonly TestEngineKind[] = [
  { name: "relay", skip: false, start: startRelay },
  ...real.ENGINES.map(realEngine),
];
