/** The example search in three processes that stand for three machines, over an engine of the tests. */
import { RELAY_ENGINE } from "../hyperopt/_engines.ts";
import { tellTeamStory } from "./_team_story.ts";

tellTeamStory(RELAY_ENGINE);
