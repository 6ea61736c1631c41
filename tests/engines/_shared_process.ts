/** Engines as the stories of shared searches want them. */
import type { TestEngineKind } from "../hyperopt/_engines.ts";
import { connect } from "./_connect.ts";
import type { TestEngine } from "./_engines.ts";

/** Returns an engine whose server the file of tests stops. */
export function kindOf({ name, skip, server }: TestEngine): TestEngineKind {
  return {
    name,
    skip,
    async start(lease) {
      const { url } = await server();
      return {
        url,
        connect: (searchId) => connect(url, { searchId, lease }),
        end: () => Promise.resolve(),
      };
    },
  };
}
