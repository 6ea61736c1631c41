/**
 * The `ato` command as one file: what `deno task compile` compiles. It brings along the clients of servers, which the
 * command otherwise loads from where it is installed.
 *
 * @module
 */
import process from "node:process";
import { provideOptional } from "../internal/optional_package.ts";
import { main } from "../cli/main.ts";

provideOptional(
  "@nats-io/transport-node",
  () => import("@nats-io/transport-node"),
);
provideOptional("aws4fetch", () => import("aws4fetch"));
provideOptional("bullmq", () => import("bullmq"));
provideOptional("ioredis", () => import("ioredis"));
provideOptional("pg", () => import("pg"));

// Not awaited: the scripts that Node takes in a single executable have no `await` at the top.
main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
