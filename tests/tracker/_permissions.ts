/** Does one thing with the permissions that it was started with; prints the error as JSON. */
import { argv } from "node:process";
import { isForUser } from "../../internal/errors.ts";
import { mergeRuns, SQLFinder, SQLLogger } from "../../tracker/mod.ts";

const [, , what = "", dbPath = ""] = argv;
const config = { experiment: { projectName: "demo", sql: { dbPath } } };

const ACTIONS: Readonly<Record<string, () => Promise<unknown>>> = {
  async log() {
    const onWarning = (message: string) => {
      throw new Error(`this is not expected: ${message}`);
    };
    const logger = new SQLLogger(config, { onWarning });
    await logger.run();
    logger.logMetric("loss", 1);
    await logger.finish();
  },
  async strict() {
    await new SQLLogger(config, { onError: "throw" }).run();
  },
  async find() {
    await new SQLFinder(config).listProjects();
  },
  async merge() {
    await mergeRuns(dbPath, `${dbPath}.other`);
  },
};

try {
  await ACTIONS[what]!();
  console.log("null");
} catch (error) {
  const { name, message } = error as Error;
  console.log(JSON.stringify({ name, message, forUser: isForUser(error) }));
}
