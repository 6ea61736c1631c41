/**
 * A door for programs that only read files: it loads none of the modules that write runs. {@linkcode SQLFinder}
 * and what it gives are the same as through `mod.ts`.
 *
 * @module
 */
export { dbPathOf } from "./db_path.ts";
export { openForReading } from "./open.ts";
export { SQLFinder } from "./sql_finder.ts";
