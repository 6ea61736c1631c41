/** Shared studies in real processes over Redis. */
import { tellStories } from "../hyperopt/_shared_stories.ts";
import { REDIS } from "./_engines.ts";
import { kindOf } from "./_shared_process.ts";

tellStories(kindOf(REDIS));
