/**
 * The local dashboard: a page over a file of runs, and the server that it reads from. It only reads. Nothing else
 * loads this room; `ato dashboard` imports it when it is called.
 *
 * @module
 */
export { type Dashboard, DashboardError } from "./server/dashboard.ts";
export type { DashboardOptions } from "./server/options.ts";
export {
  type ServedDashboard,
  serveInThread,
} from "./server/thread/serve_in_thread.ts";
