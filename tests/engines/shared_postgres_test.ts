/** Shared studies in real processes over Postgres. */
import { tellStories } from "../hyperopt/_shared_stories.ts";
import { POSTGRES } from "./_engines.ts";
import { kindOf } from "./_shared_process.ts";

tellStories(kindOf(POSTGRES));
