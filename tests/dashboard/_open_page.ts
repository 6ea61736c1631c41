/** A page of a dashboard over a file of its own, for one test. */
import type { Page } from "playwright-core";
import type { DashboardOptions } from "../../dashboard/mod.ts";
import { type PageOptions, withPage } from "./_browser.ts";
import { type Served, withDashboard } from "./_lib.ts";

/** How the dashboard is served, and how its page is opened. */
export interface OpenOptions extends Partial<DashboardOptions> {
  readonly page?: PageOptions;
}

/**
 * Fills a file, serves it, opens a view of it, and ends all of it when the work is done.
 *
 * @param fill Writes the file.
 * @param view The part of the address from `#` on.
 * @param work What is done with the page.
 * @param options How it is served and opened.
 */
export async function withOpenPage(
  fill: (dbPath: string) => Promise<unknown>,
  view: string,
  work: (page: Page, served: Served) => Promise<void>,
  { page: pageOptions, ...options }: OpenOptions = {},
): Promise<void> {
  await withDashboard(
    fill,
    (served) =>
      withPage(
        `${served.dashboard.url}${view}`,
        (page) => work(page, served),
        pageOptions,
      ),
    options,
  );
}
