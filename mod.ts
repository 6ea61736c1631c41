/** Why did this run give a different result? See the README.
 *
 * @module
 */
export * from "./adict/mod.ts";
export * from "./fingerprint/mod.ts";
export * from "./hyperopt/mod.ts";
export * from "./scope/mod.ts";
export * from "./tracker/mod.ts";
// `hyperopt` names it too, but only as a type: this one wins.
export { SQLLogger } from "./tracker/sql_logger.ts";
