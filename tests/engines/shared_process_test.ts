/** Shared studies, and the example search, in real processes over Redis and Postgres. */
import { tellTeamStory } from "../examples/_team_story.ts";
import type { TestEngineKind } from "../hyperopt/_engines.ts";
import { tellStories } from "../hyperopt/_shared_stories.ts";
import { connect } from "./_connect.ts";
import { ENGINES, type TestEngine } from "./_engines.ts";

function kindOf({ name, skip, server }: TestEngine): TestEngineKind {
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

for (const engine of ENGINES.map(kindOf)) {
  tellStories(engine);
  tellTeamStory(engine);
}
