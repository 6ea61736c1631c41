/** Shared studies in real processes, over an engine that is a process of the tests. */
import { RELAY_ENGINE } from "./_engines.ts";
import { tellStories } from "./_shared_stories.ts";

tellStories(RELAY_ENGINE);
