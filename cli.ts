/**
 * The `ato` command.
 *
 * @module
 */
import process from "node:process";
import { main } from "./cli/main.ts";

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
