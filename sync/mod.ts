/**
 * Runs that travel: to a hub where a team meets, and from it.
 *
 * ```ts
 * import { initHub, pullRuns, pushRuns } from "@ato/ato/sync";
 * import { SQLLogger } from "@ato/ato/tracker";
 * import { mkdtempSync, rmSync } from "node:fs";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 *
 * const folder = mkdtempSync(join(tmpdir(), "ato-"));
 * const [here, there, hub] = ["here.db", "there.db", "hub"].map((name) => join(folder, name));
 * const logger = new SQLLogger({ experiment: { projectName: "demo", sql: { dbPath: here } } });
 * await logger.run();
 * await logger.finish();
 *
 * await initHub(hub);
 * await pushRuns(here, hub);
 * await pullRuns(there, hub);
 * rmSync(folder, { recursive: true });
 * ```
 *
 * @module
 */
export {
  gcHub,
  type GcOptions,
  type GcResult,
  HubError,
  type HubProblem,
  type HubStatus,
  hubStatus,
  initHub,
  type PullOptions,
  type PullResult,
  pullRuns,
  type PushOptions,
  type PushResult,
  pushRuns,
  type SendOptions,
  type SendProgress,
  type SendResult,
  type Sent,
  shownUrl,
  type TakeOptions,
  type TakeProgress,
  type TakeResult,
} from "./hub/mod.ts";
