/** The example search in real processes over Redis and Postgres. */
import { tellTeamStory } from "../examples/_team_story.ts";
import { POSTGRES, REDIS } from "./_engines.ts";
import { kindOf } from "./_shared_process.ts";

for (const engine of [REDIS, POSTGRES].map(kindOf)) tellTeamStory(engine);
