/**
 * What a run read: files, folders, URLs and environment variables as factors.
 *
 * @module
 */
export type { SeenInputs, SeenRead } from "./types.ts";
