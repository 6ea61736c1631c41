/** The example search in real processes over Redis and Postgres. */
import { tellTeamStory } from "../examples/_team_story.ts";
import { ENGINES } from "./_engines.ts";
import { kindOf } from "./_shared_process.ts";

for (const engine of ENGINES.map(kindOf)) tellTeamStory(engine);
