/**
 * Makes Node read the repository's sources: `node --import ./tools/node_hooks.mjs file.ts`
 * (before Node 22.18 also `--experimental-strip-types`).
 *
 * @module
 */
import * as nodeModule from "node:module";
import { resolve } from "./node_resolve.mjs";
import { load } from "./node_strip.mjs";

// `registerHooks` came with Node 22.15; before it, hooks run in a thread of their own.
if (nodeModule.registerHooks) nodeModule.registerHooks({ resolve, load });
else nodeModule.register("./node_resolve.mjs", import.meta.url);
