/** Secrets of a config are not stored, and their change is still seen. */
import { test } from "node:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert, assertEquals } from "@std/assert";
import { Scope } from "@ato/ato/scope";
import { SQLFinder, SQLLogger } from "@ato/ato/tracker";
import { explain } from "@ato/ato/why";
import { inFolder } from "./_helpers.ts";

/** What the secrets have and nothing else, not even a change of this test that is not committed. */
const SIGN = crypto.randomUUID();

/** All bytes of a folder's files, as text. */
function bytesOf(folder: string): string {
  return readdirSync(folder).map((name) =>
    readFileSync(join(folder, name), "latin1")
  ).join("\n");
}

interface Config {
  apiKey: string;
  lr: number;
  url: string;
  mirror: string;
  maxTokens: number;
  experiment: { projectName: string; sql: { dbPath: string } };
}

/** The config of a run; its secrets are marked. */
function configOf(dbPath: string, key: string): Config {
  return {
    apiKey: `${SIGN}-${key}`,
    lr: 0.1,
    url: `https://ana:${SIGN}-login@example.com/data.csv`,
    mirror: `mlflow+https://${SIGN}-token@example.com`,
    maxTokens: 12,
    experiment: { projectName: "p", sql: { dbPath } },
  };
}

async function record(config: Config): Promise<void> {
  const logger = new SQLLogger(config);
  await logger.run();
  logger.logMetric("loss", config.apiKey.length, 0);
  await logger.finish();
}

for (const kind of ["a plain config", "the config of a scope"]) {
  test(`SQLLogger: secrets of ${kind} are stored as ***, and what else it has as it is`, async () => {
    await inFolder(async (folder) => {
      const dbPath = join(folder, "runs.db");
      for (const key of ["one", "one", "another"]) {
        const plain = configOf(dbPath, key);
        if (kind === "a plain config") {
          await record(plain);
          continue;
        }
        const scope = new Scope<Config>({ argv: [] });
        scope.observe("all", plain, { default: true });
        await scope.main(async (config) => {
          assertEquals(config.apiKey, plain.apiKey);
          await record(config as Config);
        })();
      }
      assert(!bytesOf(folder).includes(SIGN), "a secret is in the file");
      const finder = new SQLFinder(dbPath);
      const [a, b, c] = await finder.getRunsInProject("p");
      const { apiKey, lr, maxTokens } = a!.config as unknown as Config;
      assertEquals([apiKey, lr, maxTokens], ["***", 0.1, 12]);
      const differing = async (other: typeof a) =>
        (await explain(a!, other!, { finder })).differing.map(({ id }) => id);
      assertEquals(await differing(b), []);
      assertEquals(await differing(c), ["config:apiKey"]);
      await finder.close();
    });
  });
}
