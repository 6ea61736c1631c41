/** The package for npm with the packages of engines and hubs, which npm installs beside it, under Node and Deno. */
import type { TestContext } from "node:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { assertEquals } from "@std/assert";
import { OPTIONAL_PACKAGES } from "../../internal/optional_package.ts";
import { run } from "./_packed.ts";

/** Asks for servers that are not there: the answer says whether the client of each was found. */
const SERVERS = `
import { connectEngine } from "@ato/ato/engines";
import { hubStatus } from "@ato/ato/sync";

const here = "127.0.0.1:1";
const asked = [
  ...["redis", "postgres", "nats"].map((kind) => () => connectEngine(kind + "://" + here, { searchId: "x" })),
  () => hubStatus("postgres://" + here + "/x"),
  () => hubStatus("s3://bucket/x"),
];
for (const ask of asked) {
  try {
    await ask();
    console.log("answered");
  } catch (error) {
    console.log(/is not installed/.test(error.message) ? "not installed" : "no server: " + error.message);
  }
}
`;

/** A bucket on a port where nothing listens. */
const BUCKET = {
  AWS_ENDPOINT_URL: "http://127.0.0.1:1",
  AWS_ACCESS_KEY_ID: "id",
  AWS_SECRET_ACCESS_KEY: "key",
  AWS_REGION: "us-east-1",
};

/**
 * Tries the clients of servers in a project: before they are installed, and after.
 *
 * @param t The test.
 * @param folder The project.
 * @param node The binary of Node.
 */
export async function tryServers(
  t: TestContext,
  folder: string,
  node: string,
): Promise<void> {
  writeFileSync(join(folder, "servers.js"), SERVERS);
  const answers = (command: string, ...words: string[]) =>
    run(command, [...words, "servers.js"], folder, BUCKET).trim().split("\n")
      .map((line) => line.replace(/:.*$/, ""));
  const runtimes = [[node], [process.execPath, "run", "-A"]] as const;
  for (const [command, ...words] of runtimes) {
    assertEquals(answers(command, ...words), Array(5).fill("not installed"));
  }
  const packages = Object.entries(OPTIONAL_PACKAGES)
    .map(([name, version]) => `${name}@${version}`);
  const flags = ["install", "--no-audit", "--no-fund", "--prefer-offline"];
  run("npm", [...flags, ...packages], folder);
  for (const [i, [command, ...words]] of runtimes.entries()) {
    const name = i === 0 ? "Node" : "Deno";
    await t.test(`npm package: ${name} finds the clients of engines and hubs beside it`, () => {
      assertEquals(answers(command, ...words), Array(5).fill("no server"));
    });
  }
}
