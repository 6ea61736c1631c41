/**
 * Observes the process that asks for it: a script whose runs are not started by `ato run`.
 *
 * @module
 */
export { observeProcess } from "./observe_process.ts";
