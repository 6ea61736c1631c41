/**
 * Shared studies in real processes over NATS: the stories of frozen and of paused processes. What the others
 * ask of an engine is in its contract; `ATO_ALL_STORIES=1` tells them, too.
 */
import process from "node:process";
import { tellStories } from "../hyperopt/_shared_stories.ts";
import { NATS } from "./_engines.ts";
import { kindOf } from "./_shared_process.ts";

tellStories(
  kindOf(NATS),
  process.env["ATO_ALL_STORIES"] ? /^/ : /^three processes|^pause/,
);
